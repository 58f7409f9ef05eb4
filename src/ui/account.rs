//! How this number came about: from the file to the score, every step with its parameters, as the model was fed.

use std::sync::Arc;

use eframe::egui::{Align, Button, Context, Frame, Grid, Id, Label, Layout, Modal, RichText, ScrollArea, Ui};

use super::actions::Action;
use super::icons::Icon;
use super::import::channels;
use super::shell::{Look, Page};
use super::stability::Checked;
use super::strip::{StepPictures, strip};
use super::theme;
use super::widgets::{bare_icon_button, elided, fact, heading, palette, tip, weak};
use super::words::{Words, words};
use crate::app::{self, AppState, EngineFacts, Fact, ModelFacts, Prediction, PredictionState};
use crate::engine::{Inference, OutputKind, ScoreRule};

/// Of a step's picture: the lower the window, the smaller.
const PICTURES: std::ops::RangeInclusive<f32> = 72.0..=112.0;
/// The sheet's share of the three columns below the pictures: what was fed, what ran, how the score came.
const SHARES: [f32; 3] = [0.26, 0.33, 0.41];
/// Classes whose numbers are listed; of more, those with the largest scores.
const MOST_CLASSES: usize = 40;
/// Slices whose own scores are listed.
const MOST_PARTS: usize = 12;

/// What is told about.
struct Told<'a> {
    facts: &'a ModelFacts,
    /// `None` on the import page, whose session is its own.
    engine: Option<&'a EngineFacts>,
    prediction: &'a Arc<Prediction>,
    /// The file's name, or the series'.
    name: String,
    /// Slices of the scan.
    of: usize,
    /// The reader's own operating point.
    own: Option<(usize, f32)>,
    /// The prediction under small changes, where that was checked.
    checked: Option<Checked<'a>>,
}

/// Draws the sheet while it is open.
pub(super) fn account(ctx: &Context, look: &mut Look, pictures: &mut StepPictures, state: &AppState) {
    if !look.account_open {
        return;
    }
    let frame = Frame::window(&ctx.global_style());
    let told = told(state, look.page);
    let modal = Modal::new(Id::unique("account")).frame(frame).show(ctx, |ui| {
        let room = ui.ctx().content_rect().size();
        ui.set_width(1120.0_f32.min(room.x - 80.0));
        let closed = title(ui, told.as_ref());
        let height = (room.y - 136.0).max(160.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(
            ui,
            |ui| match &told {
                Some(told) => sheet(ui, told, pictures),
                None => drop(weak(ui, words(ui).text("account-nothing"))),
            },
        );
        closed
    });
    if modal.inner || modal.should_close() {
        look.account_open = false;
    }
}

/// The prediction on the screen: the import page's, or that of the scan in the active view.
fn told(state: &AppState, page: Page) -> Option<Told<'_>> {
    let current = state.subject()?;
    let name = state.items().get(current.item).map(|item| item.name.clone()).unwrap_or_default();
    let of = current.scan.as_ref().map_or(0, |scan| scan.frames);
    if let (Page::Import, Some(importing)) = (page, state.importing()) {
        let PredictionState::Done(prediction) = &importing.preview else { return None };
        let facts = &importing.drafted.as_ref()?.facts;
        return Some(Told { facts, engine: None, prediction, name, of, own: None, checked: None });
    }
    let PredictionState::Done(prediction) = &current.prediction else { return None };
    let (facts, engine) = (state.model().facts()?, state.model().engine()?);
    let own = state.review().threshold();
    Some(Told { facts, engine: Some(engine), prediction, name, of, own, checked: Checked::of(state, facts) })
}

/// True where it is to be closed.
fn title(ui: &mut Ui, told: Option<&Told<'_>>) -> bool {
    ui.horizontal(|ui| {
        ui.add(Label::new(RichText::new(Action::Account.name(words(ui))).font(theme::title())));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let closed = bare_icon_button(ui, Icon::Close, words(ui).text("help-close"), false).clicked();
            if let Some(told) = told {
                let button = ui.add(Button::new(words(ui).text("account-copy")));
                if button.on_hover_text(words(ui).text("account-copy.tooltip")).clicked() {
                    let json = app::account(
                        told.facts,
                        told.engine,
                        told.prediction,
                        told.checked.as_ref().map(Checked::found),
                    );
                    ui.ctx().copy_text(format!("{json:#}"));
                }
            }
            closed
        })
        .inner
    })
    .inner
}

fn sheet(ui: &mut Ui, told: &Told<'_>, pictures: &mut StepPictures) {
    let words = words(ui);
    let prediction = told.prediction;
    part(ui, 1, words.text("account-scan"));
    scan(ui, told);
    part(ui, 2, words.text("strip"));
    let height = ui.ctx().content_rect().height();
    strip(ui, pictures, prediction, &told.facts.steps, (height / 9.0).clamp(*PICTURES.start(), *PICTURES.end()));
    let width = ui.available_width() - 2.0 * COLUMN_GAP;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = COLUMN_GAP;
        column(ui, width * SHARES[0], |ui| {
            part(ui, 3, words.text("account-fed"));
            fed(ui, prediction);
        });
        column(ui, width * SHARES[1], |ui| {
            part(ui, 4, words.text("account-run"));
            model(ui, told);
        });
        column(ui, width * SHARES[2], |ui| {
            part(ui, 5, words.text("account-scores"));
            scores(ui, told);
            if let Some(checked) = &told.checked {
                checked.show(ui);
            }
        });
    });
}

/// A column of numbers, with what is between it and the next.
const NUMBER: f32 = 104.0;
/// Between the columns.
const COLUMN_GAP: f32 = 24.0;

fn column(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.x = theme::GRID;
        content(ui);
    });
}

fn fed(ui: &mut Ui, prediction: &Prediction) {
    let words = words(ui);
    match (&prediction.volume, prediction.seen.last()) {
        (Some(volume), _) => {
            let [depth, rows, cols] = volume.shape;
            let axes = volume.axes.as_ref().map(|axes| format!(", {axes}")).unwrap_or_default();
            fact(ui, words.text("account-shape-volume"), &format!("{depth} × {rows} × {cols}{axes}"), false);
        }
        (None, Some(last)) => drop(fact(ui, words.text("account-shape"), &last.shape, false)),
        (None, None) => {}
    }
    channels(ui, prediction);
}

fn part(ui: &mut Ui, number: usize, text: &str) {
    ui.add_space(theme::GRID);
    heading(ui, &format!("{number}  {text}"));
}

fn scan(ui: &mut Ui, told: &Told<'_>) {
    let words = words(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    fact(ui, words.text("account-file"), &told.name, false);
    if let Some(sha256) = &told.prediction.source.sha256 {
        fact(ui, "sha256", sha256, false);
    }
    if told.of > 1 {
        let slices = super::findings::slices_text(words, &told.prediction.frames, told.of, told.facts.takes_volumes);
        fact(ui, words.text("account-slices"), &slices, false);
        if told.prediction.frames.len() > 1 {
            let values = [("index", (told.prediction.seen_frame + 1).into())];
            weak(ui, words.with("account-seen", &values));
        }
    }
}

fn model(ui: &mut Ui, told: &Told<'_>) {
    let words = words(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    let (facts, inference) = (told.facts, &told.prediction.inference);
    let version = facts.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    fact(ui, words.text("model"), &format!("{}{version}", facts.name), false);
    fact(ui, "sha256", &facts.sha256, false);
    let unnumbered =
        || EngineFacts { kind: inference.engine, version: String::new(), provider: inference.provider, remark: None };
    let engine = words.engine(&told.engine.cloned().unwrap_or_else(unnumbered));
    fact(ui, words.text("engine"), engine.trim(), false);
    fact(ui, words.text("engine-ran-on"), &words.provider(inference.provider), false);
    fact(ui, words.text("engine-inference"), &format!("{:.1} ms", inference.elapsed_ms), false);
}

/// From the network's own numbers to the scores.
fn scores(ui: &mut Ui, told: &Told<'_>) {
    let (words, inference) = (words(ui), &told.prediction.inference);
    let Some(rule) = &told.facts.rule else { return };
    ui.spacing_mut().item_spacing.y = 6.0;
    weak(ui, formula(words, rule, inference));
    table(ui, told, rule);
    let more = inference.scores.len().saturating_sub(MOST_CLASSES);
    if more > 0 {
        weak(ui, words.with("account-more", &[("count", more.into())]));
    }
    if told.prediction.parts.len() > 1 {
        let combine = told.facts.facts.iter().find(|fact| matches!(fact.fact, Fact::Slices { .. }));
        let how = combine.map(|fact| words.fact(&fact.fact).1);
        let how = how.unwrap_or_else(|| words.text("model-combine-mean-probabilities").to_owned());
        let values = [("count", told.prediction.parts.len().into()), ("how", how.into())];
        weak(ui, words.with("account-combined", &values));
        parts(ui, told);
    }
    weak(ui, decided(words, told, rule));
}

/// How logits become scores.
fn formula(words: Words, rule: &ScoreRule, inference: &Inference) -> String {
    let from_logits = rule.kind == OutputKind::Logits || (rule.temperature.is_some() && inference.logits.is_some());
    let mut said = match (from_logits, rule.values == 1 || rule.independent) {
        (true, true) => words.text("account-sigmoid").to_owned(),
        (true, false) => words.text("account-softmax").to_owned(),
        (false, _) => words.text("account-own-scores").to_owned(),
    };
    match rule.temperature {
        Some(temperature) => {
            let values = [("temperature", format!("{temperature:.4}").into())];
            said = format!("{said} {}", words.with("account-temperature", &values));
        }
        None => said = format!("{said} {}", words.text("account-uncalibrated")),
    }
    said
}

fn table(ui: &mut Ui, told: &Told<'_>, rule: &ScoreRule) {
    let (p, words) = (palette(ui), words(ui));
    let inference = &told.prediction.inference;
    let small =
        |text: String, color| Label::new(RichText::new(text).font(theme::small()).color(color)).selectable(true);
    let logits = inference.logits.as_deref().unwrap_or_default();
    // One value stands for the second of two classes.
    let logit = |class: usize| match logits {
        [one] => (class == 1).then_some(*one),
        several => several.get(class).copied(),
    };
    ui.spacing_mut().interact_size.y = 18.0;
    let numbers = if rule.temperature.is_some() { 3.0 } else { 2.0 };
    let name_width = (ui.available_width() - numbers * NUMBER).max(64.0);
    Grid::new("account scores").num_columns(4).spacing([16.0, 4.0]).striped(true).show(ui, |ui| {
        let scaled = rule.temperature.map_or("", |_| words.text("account-scaled"));
        for text in [words.text("class"), words.text("account-logit"), scaled, words.score(told.facts)] {
            ui.add(small(text.to_owned(), p.weak));
        }
        ui.end_row();
        for class in listed(inference) {
            let score = inference.scores.get(class).copied().unwrap_or_default();
            let color = if class == inference.predicted { p.accent } else { p.text };
            let logit = logit(class);
            let scaled = logit.zip(rule.temperature).map(|(logit, temperature)| logit / temperature);
            let name = words.class(told.facts, class);
            let galley = elided(ui, &name, theme::small(), color, name_width);
            tip(ui.add(Label::new(galley)), || name);
            for value in [logit, scaled] {
                ui.add(small(value.map_or_else(String::new, |value| format!("{value:.6}")), color));
            }
            ui.add(small(format!("{score:.6}"), color));
            ui.end_row();
        }
    });
}

/// The classes whose numbers are listed: all, or of very many the first by score.
fn listed(inference: &Inference) -> Vec<usize> {
    let mut classes: Vec<usize> = (0..inference.scores.len()).collect();
    if classes.len() > MOST_CLASSES {
        let score = |class: &usize| inference.scores.get(*class).copied().unwrap_or_default();
        classes.sort_by(|a, b| score(b).total_cmp(&score(a)));
        classes.truncate(MOST_CLASSES);
    }
    classes
}

/// What each slice was given.
fn parts(ui: &mut Ui, told: &Told<'_>) {
    let (p, words) = (palette(ui), words(ui));
    let predicted = told.prediction.inference.predicted;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * theme::GRID;
        for (frame, part) in told.prediction.frames.iter().zip(&told.prediction.parts).take(MOST_PARTS) {
            let score = part.scores.get(predicted).copied().unwrap_or_default();
            let values = [("index", (frame + 1).into()), ("score", format!("{score:.4}").into())];
            let text = words.with("account-part", &values);
            // Whole or on the next line.
            ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.text)).extend());
        }
    });
    let more = told.prediction.parts.len().saturating_sub(MOST_PARTS);
    if more > 0 {
        weak(ui, words.with("account-more", &[("count", more.into())]));
    }
}

/// Why this class is called.
fn decided(words: Words, told: &Told<'_>, rule: &ScoreRule) -> String {
    let own = told.own.map(|own| vec![own]);
    let thresholds = own.as_ref().unwrap_or(&rule.thresholds);
    if thresholds.is_empty() {
        return words.text("account-largest").to_owned();
    }
    let each = thresholds.iter().map(|(class, least)| format!("{} {least:.3}", words.class(told.facts, *class)));
    let list = each.collect::<Vec<_>>().join(", ");
    match own {
        Some(_) => words.with("account-own-point", &[("list", list.into())]),
        None => words.with("account-thresholds", &[("list", list.into())]),
    }
}
