//! The bar on top: open things on the left, what runs and how it looks on the right.

use eframe::egui::{Align, Button, Label, Layout, RichText, Sense, Ui, vec2};

use super::actions::Action;
use super::icons::Icon;
use super::menus::menus;
use super::shell::{Look, Page, Wishes};
use super::theme;
use super::widgets::{action_button, bare_text_button, icon_button, palette};
use super::words::words;
use crate::app::{AppState, ModelState};
use crate::engine::Provider;

pub(super) fn top_bar(ui: &mut Ui, state: &AppState, look: &Look, wishes: &mut Wishes) {
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        ui.add(Label::new(RichText::new("Overread").font(theme::title())));
        ui.add_space(16.0);
        menus(ui, state, look, wishes);
        action_button(ui, Action::OpenFiles, wishes);
        action_button(ui, Action::OpenFolder, wishes);
        action_button(ui, Action::OpenModel, wishes);
        let importing = state.importing().is_some();
        if !state.items().is_empty() || importing {
            ui.add_space(16.0);
            pages(ui, look.page, importing, wishes);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            ui.spacing_mut().item_spacing.x = 4.0;
            icon_button(ui, Icon::Question, Action::Help, look.help_open, wishes);
            bare_text_button(ui, Action::Language, wishes);
            icon_button(ui, Icon::HalfMoon, Action::Theme, false, wishes);
            icon_button(ui, Icon::PanelRight, Action::Findings, look.findings_open, wishes);
            icon_button(ui, Icon::PanelLeft, Action::Worklist, look.worklist_open, wishes);
            ui.add_space(12.0);
            engine(ui, state);
        });
    });
}

/// One scan, or the list and its numbers.
fn pages(ui: &mut Ui, page: Page, importing: bool, wishes: &mut Wishes) {
    ui.spacing_mut().item_spacing.x = 4.0;
    let pages = [
        (Page::Read, "page-read", Action::ReadPage),
        (Page::Review, "page-review", Action::ReviewPage),
        (Page::Import, "page-import", Action::SetUpModel),
    ];
    for (this, name, action) in pages.into_iter().filter(|(this, ..)| importing || *this != Page::Import) {
        let button = Button::selectable(page == this, words(ui).text(name));
        let shown = if this == Page::Import { action } else { Action::ReviewPage };
        let response = ui.add(button).on_hover_text(shown.entry().hover_text(words(ui)));
        if response.clicked() && page != this {
            wishes.actions.push(action);
        }
    }
}

/// `● ONNX Runtime 1.31 · CPU`: what really ran, never what was hoped for.
fn engine(ui: &mut Ui, state: &AppState) {
    let (p, words) = (palette(ui), words(ui));
    let (text, color, hover) = match state.model() {
        ModelState::Ready { engine, .. } => {
            let color = if engine.provider == Provider::Cpu { p.accent } else { p.green };
            (
                format!("{} · {}", words.engine(engine), words.provider(engine.provider)),
                color,
                engine.remark.as_ref().map(|why| words.explained(words.text("engine-remark"), why)),
            )
        }
        ModelState::Loading { .. } => (words.text("model-loading-short").to_owned(), p.amber, None),
        ModelState::Failed { .. } => (words.text("model-failed").to_owned(), p.red, None),
        ModelState::None => (words.text("model-none").to_owned(), p.weak, None),
    };
    let label = ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.weak)).truncate());
    if let Some(hover) = hover {
        label.on_hover_text(hover);
    }
    let (dot, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
    ui.painter().circle_filled(dot.center(), 4.0, color);
}
