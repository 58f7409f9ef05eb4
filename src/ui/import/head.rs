//! The page's head: what is set up, how much of it is assumed, where it goes, the two ways out, and what came up meanwhile.

use eframe::egui::{
    Align, Button, CornerRadius, Frame, Label, Layout, Margin, RichText, Spinner, Stroke, Ui, UiBuilder, vec2,
};

use super::names;
use crate::app::{Command, Drafted, ImportWish, Importing};
use crate::ui::dialogs::Wanted;
use crate::ui::model_panel::model_title;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{palette, tip, weak};
use crate::ui::words::words;

pub(super) fn head(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let inside = ui.max_rect().shrink2(vec2(16.0, 8.0));
    let builder = UiBuilder::new().max_rect(inside).layout(Layout::right_to_left(Align::Center));
    let left = ui.scope_builder(builder, |ui| {
        ways_out(ui, importing, wishes);
        ui.available_rect_before_wrap()
    });
    let builder = UiBuilder::new().max_rect(left.inner).layout(Layout::top_down(Align::Min));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        // A manifest names its model; before there is one, the file does.
        let is_stated = |drafted: &&Drafted| drafted.files.contains(&("metadata.json", true));
        let stated = importing.drafted.as_deref().filter(is_stated);
        let name = stated.map_or_else(|| model_title(&importing.path), |drafted| drafted.facts.name.clone());
        let title = words(ui).with("import-title", &[("name", name.into())]);
        let title = ui.add(Label::new(RichText::new(title).font(theme::title())).truncate());
        tip(title, || importing.path.display().to_string());
        ui.spacing_mut().interact_size.y = 16.0;
        below_title(ui, importing, wishes);
    });
}

fn ways_out(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let is_unchanged = importing.is_unchanged();
    let name = if is_unchanged { words.text("import-use") } else { words.text("import-save") };
    let text = RichText::new(name).font(theme::strong()).color(p.on_accent);
    let button = Button::new(text).fill(p.accent).stroke(Stroke::NONE);
    let response = ui.add_enabled(importing.can_save(), button);
    let response = match importing.names_fault() {
        Some(fault) => response.on_disabled_hover_text(names::told(words, &fault)),
        None if is_unchanged => tip(response, || words.text("import-use.tooltip").to_owned()),
        None => tip(response, || words.text("import-save.tooltip").to_owned()),
    };
    if response.clicked() {
        wishes.commands.push(Command::Import(ImportWish::Save));
    }
    let response = ui.add(Button::new(words.text("import-cancel")));
    if tip(response, || words.text("import-cancel.tooltip").to_owned()).clicked() {
        wishes.commands.push(Command::Import(ImportWish::Close));
    }
    if importing.saving {
        ui.add(Spinner::new().size(16.0));
    }
    ui.add_space(theme::GRID);
}

/// How much is assumed, that what was entered before is back, and where it will be saved.
fn below_title(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    ui.horizontal(|ui| {
        if let Some(drafted) = &importing.drafted {
            let (text, color) = match drafted.assumed {
                0 => (words.text("import-all-stated").to_owned(), p.green),
                count => (words.with("import-assumed", &[("count", count.into())]), p.amber),
            };
            ui.add(Label::new(RichText::new(text).font(theme::small_strong()).color(color)));
            ui.add_space(theme::GRID);
        }
        if importing.is_restored {
            weak(ui, words.text("import-restored"));
            if link(ui, words.text("import-start-over"), words.text("import-start-over.tooltip")) {
                wishes.commands.push(Command::Import(ImportWish::StartOver));
            }
            ui.add_space(theme::GRID);
        }
        let Some(drafted) = &importing.drafted else { return };
        if drafted.leaves_out_fitted {
            let text = RichText::new(words.text("import-left-out")).font(theme::small_strong()).color(p.amber);
            tip(ui.add(Label::new(text)), || words.text("import-left-out.tooltip").to_owned());
            ui.add_space(theme::GRID);
        }
        let folder = [("folder", drafted.out.display().to_string().into())];
        let place = match (importing.is_unchanged(), drafted.keeps_older) {
            (true, _) => words.text("import-place-none").to_owned(),
            (false, true) => words.with("import-place-keeps", &folder),
            (false, false) => words.with("import-place", &folder),
        };
        let room = (ui.available_width() - 112.0).max(80.0);
        ui.scope(|ui| {
            ui.set_max_width(room);
            let label = Label::new(RichText::new(place.clone()).font(theme::small()).color(p.weak));
            tip(ui.add(label.truncate()), || place);
        });
        let change = if importing.is_unchanged() { "import-place-copy" } else { "import-place-change" };
        if link(ui, words.find(change).unwrap_or_default(), "") {
            wishes.dialogs.push(Wanted::ModelFolder);
        }
    });
}

fn link(ui: &mut Ui, text: &'static str, about: &'static str) -> bool {
    let text = RichText::new(text).font(theme::small()).color(palette(ui).accent);
    let response = ui.add(Button::new(text).frame(false).small());
    let response = if about.is_empty() { response } else { tip(response, || about.to_owned()) };
    response.clicked()
}

/// Another model was dropped: it goes on with this one until the person says so.
pub(super) fn offer(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let Some(offered) = &importing.offered else { return };
    let (p, words) = (palette(ui), words(ui));
    let card = Frame::NONE.fill(p.raised).stroke(Stroke::new(1.0, p.accent));
    let card = card.corner_radius(CornerRadius::same(8)).inner_margin(Margin::symmetric(12, 6));
    card.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let name = model_title(offered);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (key, leave) in [("import-stay", false), ("import-switch", true)] {
                    let text = words.find(key).unwrap_or_default();
                    if ui.add(Button::new(text)).clicked() {
                        wishes.commands.push(Command::Import(ImportWish::Switch(leave)));
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let values = [("name", name.into()), ("now", model_title(&importing.path).into())];
                    ui.add(Label::new(words.with("import-offered", &values)).wrap());
                });
            });
        });
    });
}
