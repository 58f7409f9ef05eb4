//! A hook for tests of the real window: with `OVERREAD_SMOKE_STATUS=path`, changes of the state are appended to that
//! file as JSON lines, by a thread of their own.
//!
//! `{"event":"first_frame","ms":…}` · `{"event":"items","count":…}` · `{"event":"scan_shown","name":…,"frame":…}` ·
//! `{"event":"scan_failed","sentence":…}` · `{"event":"model","state":"ready"|"failed","name":…}` ·
//! `{"event":"renderer","draws":"gpu"|"cpu","name":…}` (driver, or why not) ·
//! `{"event":"prediction","name":…,"class":…,"score":…,"engine":…}` · `{"event":"prediction_failed","sentence":…}`

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};

use serde_json::{Value, json};

use super::renderer::{Drawn, Renderer};
use crate::app::{AppState, CurrentError, ModelState, PredictionState};

/// Writes what changed since the last call.
pub(super) struct Smoke {
    lines: Sender<String>,
    last: [Value; 5],
    renderer: Drawn,
}

impl Smoke {
    /// `None` unless asked for by the environment.
    pub fn from_environment() -> Option<Self> {
        let path = PathBuf::from(std::env::var_os("OVERREAD_SMOKE_STATUS")?);
        let (lines, receiver) = channel::<String>();
        let spawned = std::thread::Builder::new().name("overread-smoke".into()).spawn(move || {
            for line in receiver {
                let written = OpenOptions::new().create(true).append(true).open(&path);
                if let Err(error) = written.and_then(|mut file| writeln!(file, "{line}")) {
                    tracing::warn!("{} could not be written: {error}", path.display());
                }
            }
        });
        spawned.ok().map(|_| Self { lines, last: Default::default(), renderer: Drawn::NothingYet })
    }

    pub fn first_frame(&self, ms: Option<u64>) {
        self.write(&json!({"event": "first_frame", "ms": ms}));
    }

    pub fn state(&mut self, state: &AppState) {
        let now = [items(state), picture(state), model(state), prediction(state), preview(state)];
        for (last, now) in self.last.iter().zip(&now) {
            if last != now && !now.is_null() {
                self.write(now);
            }
        }
        self.last = now;
    }

    pub fn renderer(&mut self, renderer: &Renderer) {
        let now = renderer.drawn();
        if now != self.renderer {
            match &now {
                Drawn::NothingYet => {}
                Drawn::Gpu(name) => self.write(&json!({"event": "renderer", "draws": "gpu", "name": name})),
                Drawn::Cpu(why) => self.write(&json!({"event": "renderer", "draws": "cpu", "name": why.to_string()})),
            }
            self.renderer = now;
        }
    }

    fn write(&self, value: &Value) {
        // The thread ends with the program; a line lost then is no loss.
        let _ = self.lines.send(value.to_string());
    }
}

fn items(state: &AppState) -> Value {
    match state.items().len() {
        0 => Value::Null,
        count => json!({"event": "items", "count": count}),
    }
}

fn picture(state: &AppState) -> Value {
    let Some(current) = state.current() else { return Value::Null };
    match (&current.error, &current.shown) {
        (Some(CurrentError::File(problem) | CurrentError::Frame { problem, .. } | CurrentError::Plane(problem)), _) => {
            json!({"event": "scan_failed", "sentence": problem.sentence})
        }
        (None, Some(shown)) => json!({"event": "scan_shown", "name": name(state), "frame": shown.index}),
        (None, None) => Value::Null,
    }
}

fn model(state: &AppState) -> Value {
    match state.model() {
        ModelState::Ready { facts, .. } => json!({"event": "model", "state": "ready", "name": facts.name}),
        ModelState::Failed { problem, .. } => {
            json!({"event": "model", "state": "failed", "name": problem.sentence})
        }
        ModelState::None | ModelState::Loading { .. } => Value::Null,
    }
}

fn prediction(state: &AppState) -> Value {
    match state.current().map(|current| &current.prediction) {
        Some(PredictionState::Done(prediction)) => {
            let inference = &prediction.inference;
            let class = state.model().facts().and_then(|facts| facts.class_names.get(inference.predicted));
            let score = inference.scores.get(inference.predicted);
            json!({"event": "prediction", "name": name(state), "class": class, "score": score, "engine": inference.engine})
        }
        Some(PredictionState::Failed(problem)) => {
            json!({"event": "prediction_failed", "sentence": problem.sentence})
        }
        _ => Value::Null,
    }
}

/// On the import page.
fn preview(state: &AppState) -> Value {
    match state.importing().map(|importing| &importing.preview) {
        Some(PredictionState::Done(prediction)) => {
            json!({"event": "preview", "scores": prediction.inference.scores, "engine": prediction.inference.engine})
        }
        Some(PredictionState::Failed(problem)) => json!({"event": "preview_failed", "sentence": problem.sentence}),
        _ => Value::Null,
    }
}

fn name(state: &AppState) -> Option<&str> {
    state.items().selected_item().map(|item| item.name.as_str())
}
