//! The model's card and facts, and what runs it.

use std::path::Path;

use eframe::egui::{Button, CollapsingHeader, Label, RichText, Spinner, Ui};

use super::actions::Action;
use super::shell::Wishes;
use super::theme;
use super::widgets::{action_button, fact, notice, palette, weak};
use crate::app::{AppState, EngineFacts, InstallState, ModelFacts, ModelState, PredictionState};
use crate::engine::{EngineKind, Origin};

/// Characters of a sha256 that are shown; the whole of it is in the tooltip and copied.
const HASH_SHOWN: usize = 12;

pub(super) fn model_panel(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let ModelState::Ready { facts, engine } = state.model() else { return };
    let title = RichText::new("Model").font(theme::heading());
    CollapsingHeader::new(title).id_salt("model").default_open(true).show_unindented(ui, |ui| model(ui, facts));
    let title = RichText::new("Engine").font(theme::heading());
    CollapsingHeader::new(title).id_salt("engine").default_open(true).show_unindented(ui, |ui| {
        engine_facts(ui, state, engine, wishes);
    });
    if let Some(card) = &facts.card {
        let title = RichText::new("Model card").font(theme::heading());
        CollapsingHeader::new(title).id_salt("card").default_open(false).show_unindented(ui, |ui| {
            ui.add(Label::new(RichText::new(card).font(theme::small())).wrap().selectable(true));
        });
    }
}

fn model(ui: &mut Ui, facts: &ModelFacts) {
    ui.spacing_mut().item_spacing.y = 6.0;
    let version = facts.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    ui.add(Label::new(RichText::new(format!("{}{version}", facts.name)).font(theme::strong())).wrap());
    if let Some(description) = &facts.description {
        weak(ui, description.as_str());
    }
    if let Some(intended) = &facts.intended_use {
        fact(ui, "Intended use", intended, false);
    }
    for parameter in &facts.facts {
        fact(ui, &parameter.name, &parameter.value, parameter.origin == Origin::Assumed).on_hover_text(&parameter.from);
    }
    let word = if facts.calibrated { "calibrated: numbers are probabilities" } else { "none: numbers are scores" };
    fact(ui, "Calibration", word, false);
    hash(ui, &facts.sha256);
    let p = palette(ui);
    for remark in &facts.remarks {
        notice(ui, remark, p.amber, p.amber_fill);
    }
}

fn hash(ui: &mut Ui, sha256: &str) {
    ui.horizontal_top(|ui| {
        let shown: String = sha256.chars().take(HASH_SHOWN).collect();
        fact(ui, "sha256", &format!("{shown}…"), false);
        let color = palette(ui).accent;
        let button = Button::new(RichText::new("Copy").font(theme::small()).color(color)).frame(false).small();
        let response = ui.add(button).on_hover_text(sha256);
        if response.accessible_name("Copy sha256").clicked() {
            ui.ctx().copy_text(sha256.to_owned());
        }
    });
}

fn engine_facts(ui: &mut Ui, state: &AppState, engine: &EngineFacts, wishes: &mut Wishes) {
    ui.spacing_mut().item_spacing.y = 6.0;
    fact(ui, "Engine", &engine.title, false);
    fact(ui, "Ran on", &engine.provider.to_string(), false);
    if let Some(PredictionState::Done(prediction)) = state.current().map(|current| &current.prediction) {
        fact(ui, "Inference", &format!("{:.1} ms", prediction.inference.elapsed_ms), false);
        fact(ui, "With steps", &format!("{:.1} ms", prediction.total_ms), false);
    }
    if let Some(remark) = &engine.remark {
        weak(ui, remark.as_str());
    }
    let p = palette(ui);
    match state.install() {
        InstallState::Running(what) => {
            ui.horizontal(|ui| {
                ui.add(Spinner::new().size(16.0));
                weak(ui, what.as_str());
            });
        }
        InstallState::Failed(sentence) => {
            notice(ui, sentence, p.red, p.red_fill);
            action_button(ui, Action::InstallRuntime, wishes);
        }
        InstallState::Idle if engine.kind == EngineKind::Embedded => {
            action_button(ui, Action::InstallRuntime, wishes);
        }
        InstallState::Idle | InstallState::Done(_) => {}
    }
}

/// A model's name before it is loaded: its folder's, or the file's.
pub(super) fn model_title(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
