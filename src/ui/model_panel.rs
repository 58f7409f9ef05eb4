//! The model's card and facts, and what runs it.

use std::path::Path;

use eframe::egui::{Button, CollapsingHeader, Label, RichText, Spinner, Ui};

use super::actions::Action;
use super::shell::Wishes;
use super::theme;
use super::widgets::{action_button, doubts, fact, fact_in, palette, problem, remark, weak};
use super::words::words;
use crate::app::{AppState, EngineFacts, InstallState, ModelFacts, ModelState, PredictionState};
use crate::engine::{EngineKind, Origin};

/// Characters of a sha256 that are shown; the whole of it is in the tooltip and copied.
const HASH_SHOWN: usize = 12;

pub(super) fn model_panel(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let ModelState::Ready { facts, engine, .. } = state.model() else { return };
    let title = RichText::new(words(ui).text("model")).font(theme::heading());
    CollapsingHeader::new(title).id_salt("model").default_open(true).show_unindented(ui, |ui| model(ui, facts));
    let title = RichText::new(words(ui).text("engine")).font(theme::heading());
    CollapsingHeader::new(title).id_salt("engine").default_open(true).show_unindented(ui, |ui| {
        engine_facts(ui, state, engine, wishes);
    });
    if let Some(card) = &facts.card {
        let title = RichText::new(words(ui).text("model-card")).font(theme::heading());
        CollapsingHeader::new(title).id_salt("card").default_open(false).show_unindented(ui, |ui| {
            ui.add(Label::new(RichText::new(card).font(theme::small())).wrap().selectable(true));
        });
    }
}

fn model(ui: &mut Ui, facts: &ModelFacts) {
    let words = words(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    let version = facts.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    ui.add(Label::new(RichText::new(format!("{}{version}", facts.name)).font(theme::strong())).wrap());
    if let Some(description) = &facts.description {
        weak(ui, description.as_str());
    }
    if let Some(intended) = &facts.intended_use {
        fact(ui, words.text("model-intended-use"), intended, false);
    }
    for parameter in &facts.facts {
        let (name, value) = words.fact(&parameter.fact);
        fact(ui, name, &value, parameter.origin == Origin::Assumed).on_hover_text(&parameter.from);
    }
    let word = if facts.calibrated { words.text("model-calibrated") } else { words.text("model-uncalibrated") };
    fact(ui, words.text("model-calibration"), word, false);
    if let Some((said, passed)) = words.golden(&facts.golden) {
        let color = passed.map_or(palette(ui).text, |passed| if passed { palette(ui).green } else { palette(ui).red });
        let response = fact_in(ui, words.text("golden"), &said, color);
        let proof = words.golden_proof(&facts.golden);
        if !proof.is_empty() {
            response.on_hover_text(proof);
        }
    }
    hash(ui, &facts.sha256);
    let said: Vec<&str> = facts.remarks.iter().map(String::as_str).collect();
    doubts(ui, |count| words.with("model-remarks", &[("count", count.into())]), &said);
}

fn hash(ui: &mut Ui, sha256: &str) {
    ui.horizontal_top(|ui| {
        let shown: String = sha256.chars().take(HASH_SHOWN).collect();
        fact(ui, "sha256", &format!("{shown}…"), false);
        let color = palette(ui).accent;
        let button = Button::new(RichText::new(words(ui).text("model-copy")).font(theme::small()).color(color))
            .frame(false)
            .small();
        let response = ui.add(button).on_hover_text(sha256);
        if response.accessible_name(words(ui).text("model-copy-sha256")).clicked() {
            ui.ctx().copy_text(sha256.to_owned());
        }
    });
}

fn engine_facts(ui: &mut Ui, state: &AppState, engine: &EngineFacts, wishes: &mut Wishes) {
    ui.spacing_mut().item_spacing.y = 6.0;
    let words = words(ui);
    fact(ui, words.text("engine"), &words.engine(engine), false);
    fact(ui, words.text("engine-ran-on"), &words.provider(engine.provider), false);
    if let Some(PredictionState::Done(prediction)) = state.current().map(|current| &current.prediction) {
        fact(ui, words.text("engine-inference"), &format!("{:.1} ms", prediction.inference.elapsed_ms), false);
        fact(ui, words.text("engine-with-steps"), &format!("{:.1} ms", prediction.total_ms), false);
    }
    if let Some(why) = &engine.remark {
        remark(ui, words.text("engine-remark"), why);
    }
    if let Some(progress) = words.install(state.install()) {
        ui.horizontal(|ui| {
            ui.add(Spinner::new().size(16.0));
            weak(ui, progress);
        });
    }
    match state.install() {
        InstallState::Failed(why) => {
            problem(ui, why);
            action_button(ui, Action::InstallRuntime, wishes);
        }
        InstallState::Idle if engine.kind == EngineKind::Embedded => {
            action_button(ui, Action::InstallRuntime, wishes);
        }
        InstallState::Idle | InstallState::Starting | InstallState::Running(_) | InstallState::Done { .. } => {}
    }
}

/// A model's name before it is loaded: its folder's, or the file's.
pub(super) fn model_title(path: &Path) -> String {
    // Most exports are called so: the folder says more.
    let folder = path.parent().and_then(Path::file_name).filter(|_| path.ends_with("model.onnx"));
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    folder.map_or_else(|| name.clone().into_owned(), |folder| format!("{}/{name}", folder.to_string_lossy()))
}
