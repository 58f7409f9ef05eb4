//! What a view shows instead of a picture, or until there is one.

use eframe::egui::{self, Rect, Sense, Spinner, Ui, Vec2, pos2, vec2};

use super::overlay::shadowed;
use super::shell::Wishes;
use super::theme;
use super::words::{Told, words};
use crate::app::{Command, Current, CurrentError};

/// How to fill a view that is empty; what it says.
pub(super) fn empty_view(ui: &Ui, rect: Rect) -> String {
    let text = words(ui).text("view-empty");
    let font = theme::body();
    let galley = ui.painter().layout(text.to_owned(), font, theme::ON_PICTURE_WEAK, rect.width() - 32.0);
    let at = rect.center() - galley.size() / 2.0;
    ui.painter().with_clip_rect(rect).galley(at, galley, theme::ON_PICTURE_WEAK);
    text.to_owned()
}

/// A sentence, or a sign of work.
pub(super) fn without_picture(ui: &mut Ui, rect: Rect, current: &Current, wishes: &mut Wishes) {
    let p = theme::on_dark();
    let words = words(ui);
    match &current.error {
        Some(CurrentError::File(problem)) => {
            in_the_middle(ui, rect, words.text("picture-no-file"), words.problem(problem), p.red, None);
        }
        Some(CurrentError::Frame { problem, .. }) if current.frames() < 2 => {
            in_the_middle(ui, rect, words.text("picture-no-file"), words.problem(problem), p.red, None);
        }
        Some(CurrentError::Frame { index, problem }) => {
            let title = words.with("picture-no-frame", &[("index", (index + 1).into())]);
            in_the_middle(ui, rect, &title, words.problem(problem), p.red, None);
        }
        Some(CurrentError::Plane(problem)) => {
            let back = words.text("plane-back");
            if in_the_middle(ui, rect, words.text("plane-none"), words.problem(problem), p.amber, Some(back)) {
                wishes.commands.push(Command::SetPlane(None));
            }
        }
        None if current.loading.is_some() => loading(ui, rect, current),
        None => {
            let at = Rect::from_center_size(rect.center(), Vec2::splat(24.0));
            ui.put(at, Spinner::new().size(24.0).color(theme::ON_PICTURE_WEAK));
        }
    }
}

/// How far a volume is, over what is still shown.
pub(super) fn loading(ui: &mut Ui, rect: Rect, current: &Current) {
    let Some((done, total)) = current.loading else { return };
    let values = [("done", done.into()), ("total", total.into())];
    let text = words(ui).with("plane-loading", &values);
    let (width, height) = (160.0_f32.min(rect.width() - 32.0), 4.0);
    let bar = Rect::from_center_size(pos2(rect.center().x, rect.bottom() - 56.0), vec2(width, height));
    let share = if total == 0 { 0.0 } else { done as f32 / total as f32 };
    let full = Rect::from_min_size(bar.min, vec2(width * share, height));
    ui.painter().rect_filled(bar.expand(1.0), 3.0, theme::PICTURE_TEXT_SHADOW);
    ui.painter().rect_filled(bar, 2.0, theme::COLOR_BAR_GROUND);
    ui.painter().rect_filled(full, 2.0, theme::on_dark().accent);
    let at = pos2(rect.center().x, bar.top() - 6.0);
    shadowed(ui, at, egui::Align2::CENTER_BOTTOM, &text, theme::small(), theme::ON_PICTURE);
}

/// True where the way out is taken.
fn in_the_middle(
    ui: &mut Ui,
    rect: Rect,
    title: &str,
    (text, lines): Told,
    color: egui::Color32,
    way_out: Option<&str>,
) -> bool {
    let width = (rect.width() - 64.0).clamp(120.0, 560.0);
    let at = Rect::from_center_size(rect.center(), vec2(width, 160.0));
    let layout = egui::Layout::top_down(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(at).layout(layout), |ui| {
        // Always on dark ground, so the dark theme's controls in all themes.
        ui.set_style(ui.ctx().style_of(egui::Theme::Dark));
        let (icon, _) = ui.allocate_exact_size(vec2(32.0, 32.0), Sense::hover());
        super::icons::paint(ui.painter(), icon, 28.0, super::icons::Icon::Warning, color);
        ui.label(egui::RichText::new(title).font(theme::heading()).color(theme::ON_PICTURE));
        let text = egui::RichText::new(text).color(theme::ON_PICTURE_WEAK);
        ui.add(egui::Label::new(text).wrap().selectable(true).halign(egui::Align::Center));
        facts(ui, &lines);
        way_out.is_some_and(|name| ui.button(name).clicked())
    })
    .inner
}

/// The English sentence behind a problem, on request.
fn facts(ui: &mut Ui, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let id = ui.scope_id().with(lines);
    let open: bool = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let text = if open { words(ui).text("details-hide") } else { words(ui).text("details-show") };
    if ui.link(egui::RichText::new(text).font(theme::small())).clicked() {
        ui.data_mut(|data| data.insert_temp(id, !open));
    }
    if open {
        let text = egui::RichText::new(lines.join("\n")).font(theme::small()).color(theme::ON_PICTURE_WEAK);
        ui.add(egui::Label::new(text).wrap().selectable(true).halign(egui::Align::Center));
    }
}
