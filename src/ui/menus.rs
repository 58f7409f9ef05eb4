//! All commands in menus, for those who know no keys: made of the same table as buttons, keys and the help sheet.

use eframe::egui::{Button, Rect, Response, Role, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::actions::{Action, Menu, TABLE};
use super::icons::{self, Icon};
use super::shell::{Look, Page, Wishes};
use super::widgets::palette;
use super::words::{Words, words};
use crate::app::{AppState, Command};
use crate::review::Show;

/// Two em spaces.
pub(super) const MARK_ROOM: &str = "\u{2003}\u{2003}";
/// Choices for the memory that decoded pictures may take, MiB.
const MEMORY_MIB: [usize; 5] = [512, 1024, 2048, 4096, 8192];

/// One button; the menus open from it.
pub(super) fn menus(ui: &mut Ui, state: &AppState, look: &Look, wishes: &mut Wishes) {
    let words = words(ui);
    let button = ui.menu_button(words.text("menu"), |ui| {
        ui.set_min_width(180.0);
        for menu in Menu::ALL {
            ui.menu_button(name(words, menu), |ui| {
                ui.set_min_width(280.0);
                compact(ui);
                for entry in TABLE.iter().filter(|entry| entry.menu == Some(menu)) {
                    action_entry(ui, entry.action, state, look, wishes);
                }
                if menu == Menu::Window {
                    ui.separator();
                    memory(ui, state, wishes);
                }
            });
        }
    });
    button.response.on_hover_text(words.text("menu.tooltip"));
}

fn name(words: Words, menu: Menu) -> &'static str {
    match menu {
        Menu::File => words.text("menu-file"),
        Menu::View => words.text("menu-view"),
        Menu::Image => words.text("menu-image"),
        Menu::Measure => words.text("menu-measure"),
        Menu::Heatmap => words.text("menu-heatmap"),
        Menu::Review => words.text("menu-review"),
        Menu::Window => words.text("menu-window"),
    }
}

/// A line of a menu with its key; marked where it is on.
pub(super) fn action_entry(ui: &mut Ui, action: Action, state: &AppState, look: &Look, wishes: &mut Wishes) {
    let (entry, words) = (action.entry(), words(ui));
    let on = is_on(action, state, look);
    let key = entry.key_text().unwrap_or_default();
    let response = marked_entry(ui, entry.name(words), &key, on, is_possible(action, state));
    if response.on_hover_text(entry.tooltip(words)).clicked() {
        wishes.actions.push(action);
    }
}

/// A line with a check mark where it is on.
pub(super) fn marked_entry(ui: &mut Ui, name: &str, key: &str, on: bool, possible: bool) -> Response {
    // Room for the mark, before all names alike.
    let button = Button::new(format!("{MARK_ROOM}{name}")).shortcut_text(key).frame_when_inactive(false);
    let response = ui.add_enabled(possible, button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, possible, on, name));
    if on {
        let side = 14.0;
        let at = pos2(response.rect.left() + 4.0, response.rect.center().y - side / 2.0);
        icons::paint(ui.painter(), Rect::from_min_size(at, Vec2::splat(side)), side, Icon::Check, palette(ui).accent);
    }
    response
}

/// Menus hold many lines, and the window may be 720 points high.
pub(super) fn compact(ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = 22.0;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().button_padding = vec2(8.0, 2.0);
}

fn is_on(action: Action, state: &AppState, look: &Look) -> bool {
    let current = state.current();
    match action {
        Action::Layout(layout) => state.views().layout() == layout,
        Action::Plane(plane) => current.is_some_and(|current| current.plane == plane),
        Action::Link(link) => state.views().is_linked(link),
        Action::Tool(tool) => state.tool() == tool,
        Action::Play => current.is_some_and(|current| current.playing),
        Action::Invert => current.is_some_and(|current| current.invert),
        Action::Smooth => state.smooth(),
        Action::Identity => state.shows_identity(),
        Action::Heatmap => state.heatmaps().is_on(),
        Action::Compare => state.heatmaps().is_comparing(),
        Action::SetUpModel => look.page == Page::Import,
        Action::Account => look.account_open,
        Action::Worklist => look.worklist_open,
        Action::Findings => look.findings_open,
        _ => false,
    }
}

/// False for what would do nothing now.
fn is_possible(action: Action, state: &AppState) -> bool {
    let current = state.current();
    match action {
        Action::Undo => current.is_some_and(|current| current.marks.can_undo()),
        Action::Redo => current.is_some_and(|current| current.marks.can_redo()),
        Action::ForgetMeasures => current.is_some_and(|current| !current.marks.all().is_empty()),
        Action::NextColors => current.is_some_and(|current| current.is_nuclear()),
        Action::PreviousFrame | Action::NextFrame | Action::FirstFrame | Action::LastFrame | Action::Play => {
            current.is_some_and(|current| current.frames() > 1)
        }
        Action::PredictShownSlice => state.model().facts().is_some_and(|facts| !facts.takes_volumes),
        Action::Heatmap | Action::Compare | Action::CompareModel | Action::PredictRest => {
            state.model().facts().is_some()
        }
        Action::CancelRest => state.background().is_running(),
        Action::RetryFailed => state.review().count(Show::Failed) > 0,
        Action::NextView => state.views().layout().views() > 1,
        _ => true,
    }
}

fn memory(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let words = words(ui);
    let named = |mib: usize| {
        if mib < 1024 { format!("{mib} MB") } else { format!("{} GB", mib / 1024) }
    };
    let now = [("size", named(state.memory() >> 20).into())];
    let name = format!("{MARK_ROOM}{}", words.with("memory", &now));
    let button = ui.menu_button(name, |ui| {
        compact(ui);
        for mib in MEMORY_MIB {
            if marked_entry(ui, &named(mib), "", state.memory() == mib << 20, true).clicked() {
                wishes.commands.push(Command::SetMemory(mib << 20));
            }
        }
    });
    button.response.on_hover_text(words.text("memory.tooltip"));
}
