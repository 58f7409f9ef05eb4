//! What the middle shows while nothing is open, and while files hover over the window.

use eframe::egui::{Align, Align2, CornerRadius, Label, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, vec2};

use super::actions::Action;
use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme;
use super::widgets::{action_button, elided, outline, primary_button};
use super::words::words;
use crate::app::AppState;

/// Size of the block in the middle.
const BLOCK: eframe::egui::Vec2 = vec2(560.0, 272.0);

pub(super) fn empty_state(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let all = ui.available_rect_before_wrap();
    let block = Rect::from_center_size(all.center(), BLOCK);
    // Always on dark ground, so the dark theme's controls in both themes.
    ui.scope_builder(UiBuilder::new().max_rect(block).layout(Layout::top_down(Align::Center)), |ui| {
        ui.set_style(ui.ctx().style_of(eframe::egui::Theme::Dark));
        let (icon, _) = ui.allocate_exact_size(vec2(72.0, 72.0), Sense::hover());
        icons::paint(ui.painter(), icon, 56.0, Icon::Stack, theme::ON_PICTURE_WEAK);
        ui.add_space(8.0);
        let words = words(ui);
        let text = if state.is_listing() { words.text("listing") } else { words.text("empty-invitation") };
        ui.add(Label::new(RichText::new(text).font(theme::title()).color(theme::ON_PICTURE)));
        ui.add(Label::new(RichText::new(words.text("empty-kinds")).color(theme::ON_PICTURE_WEAK)));
        ui.add_space(16.0);
        let width = buttons_width(ui, &[Action::OpenFiles, Action::OpenFolder]);
        ui.allocate_ui_with_layout(vec2(width, 36.0), Layout::left_to_right(Align::Center), |ui| {
            primary_button(ui, Action::OpenFiles, wishes);
            action_button(ui, Action::OpenFolder, wishes);
        });
        if state.model().facts().is_none() {
            ui.add_space(16.0);
            ui.add(Label::new(
                RichText::new(words.text("empty-model")).font(theme::small()).color(theme::ON_PICTURE_WEAK),
            ));
        }
    });
}

/// Of buttons side by side: their names are as long as the language makes them.
fn buttons_width(ui: &Ui, actions: &[Action]) -> f32 {
    let (padding, gap) = (2.0 * ui.spacing().button_padding.x, ui.spacing().item_spacing.x);
    let text = |action: &Action| elided(ui, action.name(words(ui)), theme::strong(), theme::ON_PICTURE, f32::INFINITY);
    actions.iter().map(|action| text(action).size().x + padding + gap).sum::<f32>() - gap
}

/// A frame around the middle while files hover.
pub(super) fn drop_hint(ui: &Ui) {
    if ui.ctx().input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let accent = theme::on_dark().accent;
    let rect = ui.max_rect().shrink(8.0);
    ui.painter().rect_filled(rect, theme::CARD_RADIUS, accent.gamma_multiply(0.12));
    outline(ui, rect, CornerRadius::same(8), Stroke::new(2.0, accent));
    let at = rect.center_bottom() - vec2(0.0, 32.0);
    ui.painter().text(at, Align2::CENTER_CENTER, words(ui).text("drop-to-open"), theme::title(), theme::ON_PICTURE);
}
