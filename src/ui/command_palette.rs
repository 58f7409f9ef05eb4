//! Every command by typing a part of its name, in the window's language or in English.

use eframe::egui::{
    Align, Align2, Context, Frame, Id, Key, Layout, Margin, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui, vec2,
};

use super::actions::{Action, Entry, TABLE};
use super::shell::{Look, Wishes};
use super::theme;
use super::widgets::{palette, weak};
use super::words::{Language, Words, words};

/// What is typed, and which of the commands found is chosen.
#[derive(Default)]
pub(super) struct PaletteField {
    text: String,
    chosen: usize,
}

/// Draws the palette while it is open; a chosen command goes to the wishes.
pub(super) fn command_palette(ctx: &Context, look: &mut Look, wishes: &mut Wishes) {
    let Some(field) = look.palette.as_mut() else { return };
    let area = Modal::default_area(Id::unique("command palette")).anchor(Align2::CENTER_TOP, vec2(0.0, 96.0));
    let frame = Frame::window(&ctx.global_style());
    let modal = Modal::new(Id::unique("command palette")).area(area).frame(frame).show(ctx, |ui| {
        ui.set_width(520.0_f32.min(ui.ctx().content_rect().width() - 96.0));
        // Before the text field sees them.
        let (up, down, enter) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            (pressed(Key::ArrowUp), pressed(Key::ArrowDown), pressed(Key::Enter))
        });
        let words = words(ui);
        let hint = words.text("palette-hint");
        let edit = TextEdit::singleline(&mut field.text).hint_text(hint).desired_width(f32::INFINITY);
        let response = ui.add(edit.margin(Margin::symmetric(12, 8)));
        response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::TextInput, true, hint));
        response.request_focus();
        if response.changed() {
            field.chosen = 0;
        }
        let found = found(&field.text, words);
        let last = found.len().saturating_sub(1);
        field.chosen = match (up, down) {
            (true, _) => field.chosen.saturating_sub(1),
            (_, true) => field.chosen.saturating_add(1),
            _ => field.chosen,
        }
        .min(last);
        let mut run = found.get(field.chosen).filter(|_| enter).map(|entry| entry.action);
        if found.is_empty() {
            weak(ui, words.text("palette-nothing"));
        }
        ScrollArea::vertical().max_height(theme::LIST_HEIGHT).show(ui, |ui| {
            for (number, entry) in found.iter().enumerate() {
                let chosen = number == field.chosen;
                let clicked = row(ui, entry, chosen, chosen && (up || down));
                run = run.or(clicked.then_some(entry.action));
            }
        });
        run
    });
    if let Some(action) = modal.inner {
        wishes.actions.push(action);
    }
    if modal.inner.is_some() || modal.should_close() {
        look.palette = None;
    }
}

/// A command with its key; true where it was clicked.
fn row(ui: &mut Ui, entry: &Entry, chosen: bool, scroll: bool) -> bool {
    let (p, words) = (palette(ui), words(ui));
    ui.horizontal(|ui| {
        let response = ui.selectable_label(chosen, entry.name(words)).on_hover_text(entry.tooltip(words));
        if scroll {
            response.scroll_to_me(None);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(key) = entry.key_text() {
                ui.label(RichText::new(key).font(theme::small()).color(p.weak));
            }
        });
        response.clicked()
    })
    .inner
}

/// Commands whose name, or else whose explanation, holds every word of `text`; names that begin with it first.
fn found(text: &str, words: Words) -> Vec<&'static Entry> {
    let text = text.trim().to_lowercase();
    let rank = |entry: &&'static Entry| {
        let of = |words: Words| {
            let (name, tooltip) = (entry.name(words).to_lowercase(), entry.tooltip(words).to_lowercase());
            let holds = |place: &str| text.split_whitespace().all(|word| place.contains(word));
            match () {
                () if name.starts_with(&text) => Some(0),
                () if holds(&name) => Some(1),
                () if holds(&tooltip) => Some(2),
                () => None,
            }
        };
        [of(words), of(Words::new(Language::English))].into_iter().flatten().min()
    };
    let offered = TABLE.iter().filter(|entry| !matches!(entry.action, Action::CommandPalette | Action::Close));
    let mut ranked: Vec<_> = offered.filter_map(|entry| Some((rank(&entry)?, entry))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str, language: Language) -> Option<Action> {
        found(text, Words::new(language)).first().map(|entry| entry.action)
    }

    #[test]
    fn commands_are_found_by_name_in_either_language_and_by_what_they_do() {
        assert_eq!(first("inv", Language::English), Some(Action::Invert));
        assert_eq!(first("slice previous", Language::English), Some(Action::PreviousFrame));
        assert_eq!(first("invert", Language::Korean), Some(Action::Invert), "English works everywhere");
        assert_eq!(first("히트맵", Language::Korean), Some(Action::Heatmap));
        assert_eq!(first("identify a person", Language::English), Some(Action::Identity));
        assert_eq!(first("no such thing", Language::English), None);
    }

    #[test]
    fn without_a_word_everything_is_offered_but_the_palette_itself() {
        assert_eq!(found("", Words::new(Language::English)).len(), TABLE.len() - 2);
    }
}
