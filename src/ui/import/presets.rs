//! The named preprocessings, with words to find them by.

use eframe::egui::{Align, Button, Label, Layout, Popup, PopupCloseBehavior, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::rows;
use crate::app::Drafted;
use crate::preprocess::{PRESETS, Preset};
use crate::ui::theme;
use crate::ui::widgets::{palette, weak};
use crate::ui::words::{Language, Words, words};

/// The list's own memory: what is searched for.
#[derive(Default)]
pub(super) struct PresetList {
    text: String,
}

/// What was chosen.
pub(super) enum Chosen {
    Preset(&'static Preset),
    /// What the export says, or what is assumed of it.
    Export,
}

impl PresetList {
    /// One button; the list opens from it.
    pub fn show(&mut self, ui: &mut Ui, drafted: &Drafted, is_own: bool) -> Option<Chosen> {
        let words = words(ui);
        let preset = drafted.recipe.as_ref().and_then(Preset::of);
        let shown = match (preset, &drafted.recipe) {
            (Some(preset), _) => preset.name,
            (None, Some(_)) => words.text("import-preset-own"),
            (None, None) => words.text("import-preset-steps"),
        };
        let mut chosen = None;
        rows::row(ui, words.text("import-preset"), |ui| {
            let text = RichText::new(format!("{shown}  ⏷")).font(theme::strong());
            let button = ui.add_sized(vec2(ui.available_width(), 28.0), Button::new(text));
            let button = button.on_hover_text(words.text("import-preset.tooltip"));
            let opened = button.clicked();
            let button = button.accessible_name(words.text("import-preset"));
            let popup = Popup::from_toggle_button_response(&button)
                .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
                .width(460.0);
            popup.show(|ui| {
                chosen = self.list(ui, drafted.channels, preset, (is_own, opened));
                if chosen.is_some() {
                    ui.close();
                }
            });
        });
        if let Some(preset) = preset {
            weak(ui, words.preset_about(preset));
        }
        chosen
    }

    fn list(
        &mut self,
        ui: &mut Ui,
        channels: usize,
        now: Option<&Preset>,
        (is_own, opened): (bool, bool),
    ) -> Option<Chosen> {
        let words = words(ui);
        ui.set_width(460.0);
        let hint = words.text("import-preset-search");
        let edit = TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(f32::INFINITY);
        let field = ui.add(edit.margin(eframe::egui::Margin::symmetric(8, 6))).accessible_name(hint);
        if opened {
            field.request_focus();
        }
        let mut chosen = None;
        ScrollArea::vertical().max_height(theme::LIST_HEIGHT - 40.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            if is_own && entry(ui, words.text("import-preset-back"), words.text("import-preset-back.does"), false) {
                chosen = Some(Chosen::Export);
            }
            let fitting = PRESETS.iter().filter(|preset| preset.recipe().scale.fits(channels));
            let mut any = false;
            for preset in fitting.filter(|preset| is_found(words, preset, &self.text)) {
                any = true;
                if entry(ui, preset.name, words.preset_about(preset), now == Some(preset)) {
                    chosen = Some(Chosen::Preset(preset));
                }
            }
            if !any {
                weak(ui, words.text("import-preset-nothing"));
            }
        });
        chosen
    }
}

/// A name above what it does; true where it was clicked.
fn entry(ui: &mut Ui, name: &str, about: &str, now: bool) -> bool {
    let p = palette(ui);
    let response = ui.scope(|ui| {
        ui.with_layout(Layout::top_down(Align::Min), |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let name = RichText::new(name).font(theme::strong()).color(if now { p.accent } else { p.text });
            let button = Button::selectable(now, name).min_size(vec2(ui.available_width(), 0.0));
            let response = ui.add(button.right_text("")).on_hover_text(about);
            ui.horizontal(|ui| {
                ui.add_space(10.0);
                ui.add(Label::new(RichText::new(about).font(theme::small()).color(p.weak)).truncate());
            });
            response
        })
        .inner
    });
    response.inner.clicked()
}

/// True where its name or what it does, in the window's language or in English, holds every word.
fn is_found(words: Words, preset: &Preset, text: &str) -> bool {
    let english = Words::new(Language::English).preset_about(preset);
    let place = format!("{} {} {english}", preset.name, words.preset_about(preset)).to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| place.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_found_by_what_uses_them_in_either_language() {
        let found = |text: &str| {
            let words = Words::new(Language::Korean);
            PRESETS.iter().filter(|preset| is_found(words, preset, text)).map(|preset| preset.name).collect::<Vec<_>>()
        };
        assert_eq!(found("vgg caffe"), ["keras-caffe", "generator-caffe"]);
        assert!(found("반전").contains(&"deepphi-invert"));
        assert_eq!(found("").len(), PRESETS.len());
        assert!(found("no such thing").is_empty());
    }
}
