//! On the right: what the model would be fed of the scan on the screen, and what it says then.

use eframe::egui::{Grid, Label, RichText, Sense, Spinner, Ui, vec2};

use crate::app::{Drafted, FedVolume, Importing, ModelFacts, Prediction, PredictionState};
use crate::ui::actions::Action;
use crate::ui::overlay::alike;
use crate::ui::shell::Wishes;
use crate::ui::strip::StepPictures;
use crate::ui::theme;
use crate::ui::widgets::{action_button, card, doubts, heading, palette, problem, score_bar, weak};
use crate::ui::words::words;

/// The tensor's picture.
const PICTURE: f32 = 160.0;
/// Classes that are shown.
const MOST_CLASSES: usize = 8;

pub(super) fn preview(
    ui: &mut Ui,
    importing: &Importing,
    drafted: &Drafted,
    pictures: &mut StepPictures,
    wishes: &mut Wishes,
) {
    let words = words(ui);
    heading(ui, words.text("import-preview"));
    match &importing.preview {
        PredictionState::None => {
            weak(ui, words.text("import-preview-nothing"));
            action_button(ui, Action::OpenFiles, wishes);
        }
        PredictionState::Running => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(16.0));
                weak(ui, words.text("prediction-running"));
            });
        }
        PredictionState::Failed(why) => problem(ui, why),
        PredictionState::Done(prediction) => {
            pictures.begin(prediction);
            tensor(ui, prediction, pictures);
            ui.add_space(4.0);
            scores(ui, &drafted.facts, prediction);
            let said: Vec<&str> = prediction.warnings.iter().map(String::as_str).collect();
            doubts(ui, &words.with("doubts", &[("count", said.len().into())]), &said);
            action_button(ui, Action::Account, wishes);
        }
    }
}

/// A volume through the middle along each of the tensor's axes, and its values.
fn volume(ui: &mut Ui, prediction: &Prediction, fed: &FedVolume, pictures: &mut StepPictures) {
    let (p, words) = (palette(ui), words(ui));
    let [depth, rows, cols] = fed.shape;
    weak(ui, words.text("import-tensor"));
    let values = [("depth", depth.into()), ("rows", rows.into()), ("cols", cols.into())];
    ui.add(Label::new(RichText::new(words.with("volume-shape", &values)).font(theme::strong())).wrap());
    let side = ((ui.available_width() - 2.0 * theme::GRID) / 3.0).floor();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        for (axis, plane) in fed.slices.iter().enumerate() {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.set_width(side);
                let (at, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                pictures.paint(ui, prediction.seen.len() + axis, plane.as_ref(), at);
                let length = fed.shape.get(axis).copied().unwrap_or_default();
                let letter = fed.axes.as_ref().and_then(|axes| axes.chars().nth(axis));
                let values = [("index", (length / 2 + 1).into()), ("count", length.into())];
                let text = words.with("volume-slice", &values);
                let text = letter.map_or_else(|| text.clone(), |letter| format!("{letter}  {text}"));
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.text)).truncate());
            });
        }
    });
    if let Some(axes) = &fed.axes {
        weak(ui, words.with("volume-axes", &[("axes", axes.into())]));
    }
    channels(ui, prediction);
    ui.add(Label::new(RichText::new(format!("{:.0} ms", prediction.total_ms)).font(theme::small()).color(p.weak)));
}

/// The last step as a picture, and its channels in numbers.
fn tensor(ui: &mut Ui, prediction: &Prediction, pictures: &mut StepPictures) {
    if let Some(fed) = &prediction.volume {
        return volume(ui, prediction, fed, pictures);
    }
    let (p, words) = (palette(ui), words(ui));
    let Some((n, last)) = prediction.seen.iter().enumerate().next_back() else { return };
    ui.horizontal_top(|ui| {
        let (at, _) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
        pictures.paint(ui, n, last.picture.as_ref(), at);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            weak(ui, words.text("import-tensor"));
            ui.add(Label::new(RichText::new(&last.shape).font(theme::strong())));
            channels(ui, prediction);
            let ms = format!("{:.0} ms", prediction.total_ms);
            ui.add(Label::new(RichText::new(ms).font(theme::small()).color(p.weak)));
        });
    });
}

/// Least, mean and largest value of each channel.
pub(in crate::ui) fn channels(ui: &mut Ui, prediction: &Prediction) {
    let (p, words) = (palette(ui), words(ui));
    let small = |text: String, color| Label::new(RichText::new(text).font(theme::small()).color(color));
    ui.spacing_mut().interact_size.y = 16.0;
    Grid::new("channels").num_columns(4).spacing([12.0, 2.0]).min_col_width(12.0).show(ui, |ui| {
        for key in ["", "import-least", "import-mean", "import-largest"] {
            let text = if key.is_empty() { "" } else { words.text(key) };
            ui.add(small(text.to_owned(), p.weak));
        }
        ui.end_row();
        for (channel, fed) in prediction.fed.iter().enumerate() {
            ui.add(small((channel + 1).to_string(), p.weak));
            // A mean that only rounding keeps from 0 is 0.
            let mean = if fed.mean.abs() < 1e-6 * (fed.high - fed.low) { 0.0 } else { fed.mean };
            for value in alike([fed.low, mean, fed.high].map(f64::from)) {
                ui.add(small(value, p.text));
            }
            ui.end_row();
        }
    });
}

fn scores(ui: &mut Ui, facts: &ModelFacts, prediction: &Prediction) {
    let (p, words) = (palette(ui), words(ui));
    let inference = &prediction.inference;
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.spacing_mut().interact_size.y = 20.0;
        let mut order: Vec<usize> = (0..inference.scores.len()).collect();
        let score = |class: usize| inference.scores.get(class).copied().unwrap_or_default();
        if order.len() > MOST_CLASSES {
            order.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            order.truncate(MOST_CLASSES);
        }
        for class in order {
            let predicted = class == inference.predicted;
            let font = if predicted { theme::strong() } else { theme::body() };
            ui.horizontal(|ui| {
                let value = Label::new(RichText::new(format!("{:.3}", score(class))).font(font.clone()));
                ui.with_layout(eframe::egui::Layout::right_to_left(eframe::egui::Align::Center), |ui| {
                    ui.add(value);
                    ui.with_layout(eframe::egui::Layout::left_to_right(eframe::egui::Align::Center), |ui| {
                        ui.add(Label::new(RichText::new(words.class(facts, class)).font(font)).truncate());
                    });
                });
            });
            score_bar(ui, score(class), None, if predicted { p.accent } else { p.weak });
        }
    });
}
