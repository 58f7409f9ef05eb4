//! The reader's own operating point: one class is called from a score on; everything follows the slider.

use eframe::egui::{Button, ComboBox, Slider, Ui};

use crate::app::{AppState, Command, ModelFacts};
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{heading, no_wider, weak};
use crate::ui::words::words;

/// Of the list of classes.
const CLASS: f32 = 136.0;

pub(super) fn threshold(ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
    let (words, chosen) = (words(ui), state.review().threshold());
    heading(ui, words.text("review-threshold"));
    let declared = facts.thresholds.iter().enumerate().find_map(|(class, value)| Some((class, (*value)?)));
    let usual = declared.unwrap_or((facts.class_names.len().saturating_sub(1), 0.5));
    let (class, value) = chosen.unwrap_or(usual);
    ui.horizontal(|ui| {
        let name = words.text("review-threshold-class");
        let list = ComboBox::from_id_salt(name).selected_text(words.class(facts, class)).width(CLASS).truncate();
        let list = list.height(theme::LIST_HEIGHT);
        no_wider(ui, CLASS, |ui| {
            let list = list.show_ui(ui, |ui| {
                for other in 0..facts.class_names.len() {
                    if ui.selectable_label(other == class, words.class(facts, other)).clicked() {
                        wishes.commands.push(Command::SetThreshold(Some((other, value))));
                    }
                }
            });
            list.response.accessible_name(name);
        });
        let mut moved = value;
        ui.spacing_mut().slider_width = 104.0;
        let slider = Slider::new(&mut moved, 0.0..=1.0).fixed_decimals(3).step_by(0.001);
        let response = ui.add(slider).accessible_name(words.text("review-threshold"));
        if response.changed() {
            wishes.commands.push(Command::SetThreshold(Some((class, moved))));
        }
        let back = ui.add_enabled(chosen.is_some(), Button::new(words.text("review-threshold-back")));
        if back.on_hover_text(words.text("review-threshold-back.tooltip")).clicked() {
            wishes.commands.push(Command::SetThreshold(None));
        }
    });
    weak(
        ui,
        match (chosen, declared) {
            (Some(_), _) => words.text("review-threshold-own"),
            (None, Some(_)) => words.text("review-threshold-declared"),
            (None, None) => words.text("review-threshold-largest"),
        },
    );
}
