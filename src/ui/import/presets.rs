//! The named preprocessings, with words to find them by.

use eframe::egui::{
    Button, Popup, PopupCloseBehavior, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, TextEdit, Ui,
    WidgetInfo, vec2,
};

use super::rows;
use crate::app::Drafted;
use crate::engine::import::Choices;
use crate::preprocess::{PRESETS, Preset};
use crate::ui::theme;
use crate::ui::widgets::{elided, palette, weak};
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
    /// One button; the list opens from it. `said` is what the person chose before.
    pub fn show(&mut self, ui: &mut Ui, drafted: &Drafted, said: &Choices) -> Option<Chosen> {
        let (words, is_own) = (words(ui), said.recipe.is_some());
        // Some are one recipe under two names: the one that was chosen is shown.
        let own = said.preset.filter(|preset| drafted.recipe.as_ref() == Some(&preset.recipe()));
        let preset = own.or_else(|| drafted.recipe.as_ref().and_then(Preset::of));
        let shown = match (preset, &drafted.recipe) {
            (Some(preset), _) => words.preset_title(preset),
            (None, Some(_)) => words.text("import-preset-own"),
            (None, None) => words.text("import-preset-steps"),
        };
        let mut chosen = None;
        rows::row(ui, words.text("import-preset"), |ui| {
            let button = Button::new(RichText::new(shown).font(theme::strong())).right_text("");
            let button = ui.add(button.min_size(vec2(ui.available_width(), ui.spacing().interact_size.y)));
            open_mark(ui, button.rect);
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
        if opened {
            self.text.clear();
        }
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
                if entry(ui, words.preset_title(preset), words.preset_about(preset), now == Some(preset)) {
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

/// As on the lists below it.
fn open_mark(ui: &Ui, rect: Rect) {
    let at = rect.right_center() - vec2(18.0, 0.0);
    let corners = vec![at + vec2(-5.0, -3.0), at + vec2(5.0, -3.0), at + vec2(0.0, 4.0)];
    ui.painter().add(Shape::convex_polygon(corners, palette(ui).text, Stroke::NONE));
}

/// A name above what it does; true where it was clicked.
fn entry(ui: &mut Ui, name: &str, about: &str, now: bool) -> bool {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, now, name));
    if now || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, p.hovered);
    }
    let color = if now { p.accent } else { p.text };
    let line = |text: &str, font, color| elided(ui, text, font, color, rect.width() - 16.0);
    let lines = [line(name, theme::strong(), color), line(about, theme::small(), p.weak)];
    for (galley, top) in lines.into_iter().zip([3.0, 21.0]) {
        ui.painter().galley(rect.left_top() + vec2(8.0, top), galley, p.text);
    }
    response.on_hover_text(about).clicked()
}

/// True where its name or what it does, in the window's language or in English, holds every word.
fn is_found(words: Words, preset: &Preset, text: &str) -> bool {
    let english = Words::new(Language::English).preset_about(preset);
    let own = [preset.name, words.preset_title(preset), words.preset_about(preset), english];
    let place = own.join(" ").to_lowercase();
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
