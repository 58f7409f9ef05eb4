//! What the reader says of the selected case: opinion, own reference label, note, flag. Everything is kept at once.

use eframe::egui::{self, Button, ComboBox, Id, RichText, Stroke, TextEdit, Ui};

use super::actions::Action;
use super::review::filters::opinion_name;
use super::shell::Wishes;
use super::theme;
use super::widgets::{card, heading, named_row, palette, toggle_button, weak};
use super::words::words;
use crate::app::{AppState, Command, ModelFacts};
use crate::review::folder::{Decision, Opinion};
use crate::review::record::TruthFrom;

/// A note that is being written.
#[derive(Default)]
pub(super) struct DecisionPanel {
    /// Of the case with this key.
    key: String,
    note: String,
}

impl DecisionPanel {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
        let Some(record) = state.selected_record() else { return };
        let decision = state.selected_decision().cloned().unwrap_or_default();
        ui.add_space(theme::GRID);
        heading(ui, words(ui).text("decision"));
        card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            opinions(ui, &decision, wishes);
            label(ui, state, facts, &decision, wishes);
            self.note(ui, &record.key, &decision, wishes);
            if let Some(from) = record.truth.as_ref().map(|truth| truth.from) {
                let key = match from {
                    TruthFrom::Folder => "label-from-folder",
                    TruthFrom::Table => "label-from-table",
                    TruthFrom::Typed => "label-typed",
                };
                weak(ui, words(ui).text(key));
            }
        });
    }

    /// Every change is kept at once, under the case that it was typed for.
    fn note(&mut self, ui: &mut Ui, key: &str, decision: &Decision, wishes: &mut Wishes) {
        let words = words(ui);
        let id = note_field();
        let typing = ui.memory(|memory| memory.has_focus(id));
        if self.key != key || !typing {
            (self.key, self.note) = (key.to_owned(), decision.note.clone());
        }
        let field = TextEdit::singleline(&mut self.note).id(id).hint_text(words.text("decision-note"));
        let response = ui.add(field.desired_width(f32::INFINITY));
        response.clone().accessible_name(words.text("decision-note"));
        if response.changed() {
            wishes.commands.push(Command::Note { key: self.key.clone(), text: self.note.trim().to_owned() });
        }
    }
}

/// Where the keyboard goes to write a note.
pub(super) fn note_field() -> Id {
    Id::unique("decision note")
}

fn opinions(ui: &mut Ui, decision: &Decision, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding.x = 8.0;
        for (opinion, action) in
            [(Opinion::Agree, Action::Agree), (Opinion::Disagree, Action::Disagree), (Opinion::Unsure, Action::Unsure)]
        {
            let on = decision.opinion == opinion;
            let text = RichText::new(opinion_name(words, opinion)).color(if on { p.accent } else { p.text });
            let button = Button::new(text).stroke(Stroke::new(1.0, if on { p.accent } else { p.line }));
            let response = ui.add(button).on_hover_text(action.entry().hover_text(words));
            let name = opinion_name(words, opinion);
            response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, on, name));
            if response.clicked() {
                wishes.actions.push(action);
            }
        }
        toggle_button(ui, Action::Flag, decision.flag, wishes);
    });
}

/// The reader's reference label, instead of the folder's or the table's.
fn label(ui: &mut Ui, state: &AppState, facts: &ModelFacts, decision: &Decision, wishes: &mut Wishes) {
    let words = words(ui);
    let truth = state.selected_record().and_then(|record| state.truth_of(record));
    let shown = truth.map_or_else(|| words.text("label-none").to_owned(), |class| words.class(facts, class));
    named_row(ui, words.text("label"), |ui| {
        let list = ComboBox::from_id_salt("reference label").selected_text(shown).width(ui.available_width());
        let list = list.height(theme::LIST_HEIGHT).truncate().show_ui(ui, |ui| {
            for class in 0..facts.class_names.len() {
                if ui.selectable_label(truth == Some(class), words.class(facts, class)).clicked() {
                    wishes.commands.push(Command::SetLabel(Some(class)));
                }
            }
            if decision.truth.is_some() && ui.selectable_label(false, words.text("label-take-back")).clicked() {
                wishes.commands.push(Command::SetLabel(None));
            }
        });
        list.response.accessible_name(words.text("label"));
    });
}
