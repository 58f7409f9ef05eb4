//! The named preprocessings, with words to find them by.

use eframe::egui::{
    Button, Key, Modifiers, Popup, PopupCloseBehavior, Rect, Response, RichText, Role, ScrollArea, Sense, Shape,
    Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use super::rows;
use crate::app::Drafted;
use crate::engine::import::Choices;
use crate::preprocess::{PRESETS, Preset};
use crate::ui::theme;
use crate::ui::widgets::{elided, palette, weak};
use crate::ui::words::{Language, Words, words};

/// The list's own memory: what is searched for, and the entry that Enter takes.
#[derive(Default)]
pub(super) struct PresetList {
    text: String,
    at: usize,
    was_open: bool,
}

/// What was chosen.
#[derive(Clone, Copy, PartialEq)]
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
            // Who chose by key, or left by Escape, goes on by key.
            let is_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&button));
            if self.was_open
                && !is_open
                && !ui.input(|input| input.pointer.any_pressed() || input.pointer.any_released())
            {
                button.request_focus();
            }
            self.was_open = is_open;
        });
        if let Some(preset) = preset {
            weak(ui, format!("{}: {}", preset.name, words.preset_about(preset)));
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
        // Before the field, which would take the arrows as moves within its line.
        // The Enter that opened the list chooses nothing in it.
        let keys = if opened { Keys::default() } else { Keys::pressed(ui) };
        let hint = words.text("import-preset-search");
        let edit = TextEdit::singleline(&mut self.text).hint_text(hint).desired_width(f32::INFINITY);
        let field = ui.add(edit.margin(eframe::egui::Margin::symmetric(8, 6))).accessible_name(hint);
        if opened {
            field.request_focus();
        }
        let found = entries(words, channels, is_own, &self.text);
        let before = self.at;
        if opened {
            self.at = found.iter().position(|entry| now.is_some() && entry.preset() == now).unwrap_or_default();
        } else if field.changed() {
            self.at = 0;
        }
        self.at = keys.moved(self.at, found.len());
        let mut chosen = found.get(self.at).copied().filter(|_| keys.enter);
        ScrollArea::vertical().max_height(theme::LIST_HEIGHT - 40.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            for (place, one) in found.iter().enumerate() {
                let marks = Marks { now: now.is_some() && one.preset() == now, at: place == self.at };
                let response = entry(ui, one.told(words), marks);
                if marks.at && (opened || self.at != before) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    chosen = Some(*one);
                }
            }
            if found.is_empty() {
                weak(ui, words.text("import-preset-nothing"));
            }
        });
        chosen
    }
}

impl Chosen {
    fn preset(self) -> Option<&'static Preset> {
        match self {
            Self::Preset(preset) => Some(preset),
            Self::Export => None,
        }
    }

    /// Its title, its name, and what it does.
    fn told(self, words: Words) -> [&'static str; 3] {
        match self {
            Self::Preset(preset) => [words.preset_title(preset), preset.name, words.preset_about(preset)],
            Self::Export => [words.text("import-preset-back"), "", words.text("import-preset-back.does")],
        }
    }
}

/// What the list holds: the way back where something was chosen, then the presets that fit and are searched for.
fn entries(words: Words, channels: usize, is_own: bool, text: &str) -> Vec<Chosen> {
    let fits = |preset: &&Preset| preset.recipe().scale.fits(channels) && is_found(words, preset, text);
    let back = is_own.then_some(Chosen::Export);
    back.into_iter().chain(PRESETS.iter().filter(fits).map(Chosen::Preset)).collect()
}

/// Keys that move through the list.
#[derive(Default)]
struct Keys {
    by: isize,
    enter: bool,
}

impl Keys {
    fn pressed(ui: &Ui) -> Self {
        ui.input_mut(|input| {
            let mut count = |key| isize::try_from(input.count_and_consume_key(Modifiers::NONE, key)).unwrap_or(0);
            Self { by: count(Key::ArrowDown) - count(Key::ArrowUp), enter: count(Key::Enter) > 0 }
        })
    }

    fn moved(&self, at: usize, count: usize) -> usize {
        at.saturating_add_signed(self.by).min(count.saturating_sub(1))
    }
}

/// How an entry stands out.
#[derive(Clone, Copy)]
struct Marks {
    /// It is in use.
    now: bool,
    /// Enter takes it.
    at: bool,
}

/// As on the lists below it.
fn open_mark(ui: &Ui, rect: Rect) {
    let at = rect.right_center() - vec2(18.0, 0.0);
    let corners = vec![at + vec2(-5.0, -3.0), at + vec2(5.0, -3.0), at + vec2(0.0, 4.0)];
    ui.painter().add(Shape::convex_polygon(corners, palette(ui).text, Stroke::NONE));
}

/// A title with its name, above what it does.
fn entry(ui: &mut Ui, [title, name, about]: [&str; 3], marks: Marks) -> Response {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 40.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, marks.now, title));
    if marks.at || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, p.hovered);
    }
    let color = if marks.now { p.accent } else { p.text };
    let width = rect.width() - 16.0;
    let name = elided(ui, name, theme::small(), p.weak, width / 2.0);
    let title = elided(ui, title, theme::strong(), color, width - name.size().x - theme::GRID);
    let about_line = elided(ui, about, theme::small(), p.weak, width);
    let left = rect.left_top() + vec2(8.0, 0.0);
    let beside = left + vec2(title.size().x + theme::GRID, 5.0);
    for (galley, at) in [(title, left + vec2(0.0, 3.0)), (name, beside), (about_line, left + vec2(0.0, 21.0))] {
        ui.painter().galley(at, galley, p.text);
    }
    response.on_hover_text(about)
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
        let english = entries(Words::new(Language::English), 3, false, "generator as they are");
        assert_eq!(
            english.iter().filter_map(|one| one.preset()).map(|p| p.name).collect::<Vec<_>>(),
            ["generator-raw"]
        );
        assert!(entries(Words::new(Language::English), 3, true, "").first() == Some(&Chosen::Export), "the way back");
        assert!(found("반전").contains(&"deepphi-invert"));
        assert_eq!(found("").len(), PRESETS.len());
        assert!(found("no such thing").is_empty());
    }
}
