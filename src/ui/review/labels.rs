//! Where the reference labels come from, and which class each label text means.

use std::path::Path;

use eframe::egui::{self, Button, Label, RichText, Ui};

use crate::app::{AppState, Command, ModelFacts};
use crate::ui::actions::Action;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{action_button, heading, notice, palette, weak};
use crate::ui::words::words;

/// Label texts that are listed.
const MOST_LABELS: usize = 40;

pub(super) fn labels(ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
    let (p, words, review) = (palette(ui), words(ui), state.review());
    heading(ui, words.text("review-labels"));
    ui.horizontal(|ui| {
        let from = match review.labels_table().and_then(Path::file_name) {
            Some(name) => words.with("review-labels-table", &[("name", name.to_string_lossy().into())]),
            None => words.text("review-labels-folders").to_owned(),
        };
        weak(ui, from);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            action_button(ui, Action::OpenLabels, wishes);
            if review.labels_table().is_some() && ui.add(Button::new(words.text("review-labels-back"))).clicked() {
                wishes.commands.push(Command::UseLabels(None));
            }
        });
    });
    let unknown: usize = review.mapping().iter().filter(|row| row.class.is_none()).map(|row| row.cases).sum();
    if unknown > 0 && review.labels_table().is_some() {
        let text = words.with("review-labels-unknown", &[("count", unknown.into())]);
        notice(ui, &text, p.amber, p.amber_fill);
    }
    if review.mapping().is_empty() {
        return;
    }
    let title = RichText::new(words.text("review-mapping")).font(theme::small()).color(p.weak);
    egui::CollapsingHeader::new(title).id_salt("review mapping").show_unindented(ui, |ui| {
        egui::Grid::new("mapping").num_columns(3).spacing([16.0, 4.0]).show(ui, |ui| {
            for row in review.mapping().iter().take(MOST_LABELS) {
                let class = row.class.map_or_else(|| "–".to_owned(), |class| words.class(facts, class));
                let color = if row.class.is_some() { p.text } else { p.amber };
                for text in [row.label.clone(), format!("→ {class}"), row.cases.to_string()] {
                    ui.add(Label::new(RichText::new(text).font(theme::small()).color(color)).truncate());
                }
                ui.end_row();
            }
        });
    });
}
