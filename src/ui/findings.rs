//! The panel on the right: what the model says about the scan on the screen, and why one should doubt it.

use eframe::egui::{self, Align, Button, Label, Layout, RichText, ScrollArea, Sense, Spinner, Ui};

use super::actions::Action;
use super::decision::DecisionPanel;
use super::heatmap_panel::heatmap_panel;
use super::known::{self, KnownPanel};
use super::model_panel::{model_panel, model_title};
use super::seen::Seen;
use super::shell::Wishes;
use super::stability::stability;
use super::theme;
use super::widgets::{
    action_button, bare_text_button, card, doubts, heading, notice, palette, primary_button, problem, score_bar, weak,
};
use super::words::{Words, words};
use crate::app::{
    AppState, Cause, Command, Current, CurrentError, ModelFacts, ModelState, Prediction, PredictionState,
};
use crate::engine::Origin;

/// The panel's own memory: the uploaded pictures of the steps.
#[derive(Default)]
pub(super) struct Findings {
    seen: Seen,
    decision: DecisionPanel,
    known: KnownPanel,
}

impl Findings {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            egui::Frame::NONE.inner_margin(theme::PANEL_MARGIN).show(ui, |ui| {
                ui.set_width(ui.available_width());
                match state.model() {
                    ModelState::Ready { facts, .. } => {
                        prediction(ui, state, facts, wishes);
                        let done = state.current().map(|current| &current.prediction);
                        if let Some(PredictionState::Done(prediction)) = done
                            && let Some(known) = &prediction.known
                        {
                            self.known.show(ui, state, known, wishes);
                        }
                        stability(ui, state, facts, wishes);
                        set_up(ui, state, facts, wishes);
                        if state.current().is_none_or(|current| current.outside_name().is_none()) {
                            self.decision.show(ui, state, facts, wishes);
                        }
                        ui.add_space(theme::GRID);
                        heatmap_panel(ui, state, wishes);
                        if let Some(PredictionState::Done(prediction)) = state.current().map(|c| &c.prediction) {
                            self.seen.show(ui, facts, prediction);
                        }
                        model_panel(ui, state, wishes);
                    }
                    ModelState::None => no_model(ui, wishes),
                    ModelState::Loading { path } => loading(ui, &model_title(path)),
                    ModelState::Failed { path, problem: why } => {
                        heading(ui, &model_title(path));
                        problem(ui, why);
                        ui.horizontal_wrapped(|ui| {
                            action_button(ui, Action::OpenModel, wishes);
                            if why.cause == Cause::ModelRefused {
                                action_button(ui, Action::SetUpModel, wishes);
                            }
                        });
                    }
                }
            });
        });
    }
}

fn prediction(ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
    let words = words(ui);
    heading(ui, words.text("prediction"));
    let Some(current) = state.current() else {
        weak(ui, words.text("prediction-nothing-open"));
        return;
    };
    match &current.prediction {
        PredictionState::None if matches!(current.error, Some(CurrentError::File(_))) => {
            weak(ui, words.text("prediction-no-file"));
        }
        PredictionState::None => {
            weak(ui, words.text("prediction-waiting"));
        }
        PredictionState::Running => running(ui),
        PredictionState::Failed(why) => problem(ui, why),
        PredictionState::Done(prediction) => {
            // Before the class: it is what to doubt first.
            if let Some(known) = &prediction.known {
                known::warning(ui, known);
            }
            answer(ui, state, current, (facts, prediction), wishes);
            slices(ui, current, (prediction, facts.takes_volumes), wishes);
            let said: Vec<&str> = prediction.warnings.iter().chain(&prediction.remarks).map(String::as_str).collect();
            doubts(ui, &words.with("doubts", &[("count", said.len().into())]), &said);
            if prediction.cases > 1 {
                let p = palette(ui);
                let text = words.with("slices-each", &[("count", prediction.cases.into())]);
                notice(ui, &text, p.amber, p.amber_fill);
            }
        }
    }
}

/// Where nobody has said how pictures are prepared for the model.
fn set_up(ui: &mut Ui, state: &AppState, facts: &ModelFacts, wishes: &mut Wishes) {
    let assumed = facts.steps.iter().any(|step| step.origin == Origin::Assumed);
    if !facts.is_bare && !assumed && state.importing().is_none() {
        return;
    }
    let (p, words) = (palette(ui), words(ui));
    ui.add_space(4.0);
    notice(ui, words.text("set-up-banner"), p.amber, p.amber_fill);
    primary_button(ui, Action::SetUpModel, wishes);
}

fn no_model(ui: &mut Ui, wishes: &mut Wishes) {
    let words = words(ui);
    heading(ui, words.text("model-none-loaded"));
    weak(ui, words.text("model-none-hint"));
    primary_button(ui, Action::OpenModel, wishes);
}

fn loading(ui: &mut Ui, name: &str) {
    heading(ui, words(ui).text("model-loading"));
    ui.horizontal(|ui| {
        ui.add(Spinner::new().size(16.0));
        weak(ui, name);
    });
}

fn running(ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.add(Spinner::new().size(16.0));
        weak(ui, words(ui).text("prediction-running"));
    });
}

/// The predicted class, every class's number, the reference label.
fn answer(
    ui: &mut Ui,
    state: &AppState,
    current: &Current,
    (facts, prediction): (&ModelFacts, &Prediction),
    wishes: &mut Wishes,
) {
    let (p, words) = (palette(ui), words(ui));
    let inference = &prediction.inference;
    let own_point = state.review().threshold();
    let predicted = state.called(&inference.scores).unwrap_or(inference.predicted);
    let truth = state.items().get(current.item).and_then(|item| state.truth(item));
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let name = words.class(facts, predicted);
        ui.add(Label::new(RichText::new(name).font(theme::title())).wrap());
        match truth {
            Some(truth) if truth != predicted => {
                let text = words.with("prediction-disagrees", &[("label", words.class(facts, truth).into())]);
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.amber)).wrap());
            }
            Some(_) => {
                let text = words.text("prediction-agrees");
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.green)).wrap());
            }
            None => {}
        }
        ui.add_space(4.0);
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal(|ui| {
            weak(ui, words.text("class"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| weak(ui, words.score(facts)));
        });
        for (class, score) in inference.scores.iter().enumerate() {
            let own = own_point.map(|(own, least)| (own == class).then_some(least));
            let threshold = own.unwrap_or_else(|| facts.thresholds.get(class).copied().flatten());
            class_row(ui, facts, (class, *score), (class == predicted, threshold), wishes);
        }
        if own_point.is_some() {
            weak(ui, words.text("review-threshold-own"));
        }
        bare_text_button(ui, Action::Account, wishes);
    });
}

fn class_row(
    ui: &mut Ui,
    facts: &ModelFacts,
    (class, score): (usize, f32),
    (predicted, threshold): (bool, Option<f32>),
    wishes: &mut Wishes,
) {
    let (p, words) = (palette(ui), words(ui));
    let font = if predicted { theme::strong() } else { theme::body() };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let number = Label::new(RichText::new(format!("{score:.3}")).font(font.clone())).sense(Sense::click());
                let number = ui.add(number).on_hover_cursor(egui::CursorIcon::PointingHand);
                if number.on_hover_text(Action::Account.entry().hover_text(words)).clicked() {
                    wishes.actions.push(Action::Account);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(Label::new(RichText::new(words.class(facts, class)).font(font)).truncate());
                });
            });
        });
        score_bar(ui, score, threshold, if predicted { p.accent } else { p.weak });
        if let Some(threshold) = threshold {
            weak(ui, words.with("threshold-at", &[("value", format!("{threshold:.3}").into())]));
        }
    });
    ui.add_space(2.0);
}

/// Which slices went in, and the way to ask for others (of a network that takes the whole volume there are none).
fn slices(ui: &mut Ui, current: &Current, (prediction, whole): (&Prediction, bool), wishes: &mut Wishes) {
    if current.frames() < 2 {
        return;
    }
    let words = words(ui);
    weak(ui, slices_text(words, &prediction.frames, current.frames(), whole));
    let shown = current.shown.as_ref().map(|shown| shown.index);
    let other = shown.is_some_and(|index| prediction.frames != [index]);
    if whole || (!other && current.slice_override.is_none()) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        if other {
            action_button(ui, Action::PredictShownSlice, wishes);
        }
        if current.slice_override.is_some() && ui.add(Button::new(words.text("slices-own-choice"))).clicked() {
            wishes.commands.push(Command::PredictChosenSlices);
        }
    });
}

/// `From slice 12 of 24`, `From slices 9–16 of 24 together`, `From 5 of 24 slices together`; of a network that takes the
/// whole volume (`whole`), that it was one input.
pub(super) fn slices_text(words: Words, frames: &[usize], of: usize, whole: bool) -> String {
    if whole {
        let values = [("count", frames.len().into()), ("of", of.into())];
        return words.with(if frames.len() == of { "slices-volume" } else { "slices-part-volume" }, &values);
    }
    let run = frames.windows(2).all(|pair| matches!(pair, [a, b] if *b == a + 1));
    if frames.len() == of && of > 1 {
        return words.with("slices-all", &[("of", of.into())]);
    }
    let of = ("of", of.into());
    match (frames.first(), frames.last()) {
        (Some(first), Some(last)) if first == last => words.with("slices-one", &[("index", (first + 1).into()), of]),
        (Some(first), Some(last)) if run => {
            words.with("slices-run", &[("first", (first + 1).into()), ("last", (last + 1).into()), of])
        }
        _ => words.with("slices-some", &[("count", frames.len().into()), of]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn slices_are_said_from_one() {
        let slices_text = |frames: &[usize], of| slices_text(Words::new(Language::English), frames, of, false);
        assert_eq!(slices_text(&[11], 24), "From slice 12 of 24");
        assert_eq!(slices_text(&[8, 9, 10], 24), "From slices 9–11 of 24 together");
        assert_eq!(slices_text(&[0, 1, 2], 3), "From all 3 slices together");
        assert_eq!(slices_text(&[0, 6, 12], 24), "From 3 of 24 slices together");
        let volume =
            |count: usize| super::slices_text(Words::new(Language::English), &(0..count).collect::<Vec<_>>(), 24, true);
        assert_eq!(volume(24), "From the whole volume of 24 slices, as one input");
        assert_eq!(volume(12), "From one volume of 12 of the 24 slices, as one input");
    }
}
