//! How stable the prediction on the screen is under small changes of its picture: checked on demand, kept by case.

use std::collections::HashMap;
use std::sync::Arc;

use super::jobs::StabilityJob;
use super::{AppState, PredictionState};
use crate::engine::Inference;
use crate::review::stability::Stability;

/// Checks that are kept, of as many predictions.
const MOST_KEPT: usize = 512;

/// Which prediction is checked: of this model, list and item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StabilityRequest {
    pub(super) model: u64,
    pub(super) list: u64,
    pub(super) item: usize,
    /// The one slice that was predicted instead of the manifest's choice.
    pub(super) slice: Option<usize>,
}

/// The state of a prediction's check.
#[derive(Clone, Debug)]
pub enum StabilityState {
    /// Changes predicted so far, of all; `None` until the first answer.
    Running(Option<(usize, usize)>),
    Ready(Arc<Stability>),
    /// The sentence.
    Failed(String),
}

/// The checks of the model and the list in use; one at most runs.
#[derive(Debug, Default)]
pub(super) struct Stabilities(HashMap<StabilityRequest, StabilityState>);

impl Stabilities {
    fn running(&self) -> Option<StabilityRequest> {
        let runs = |(_, state): &(&_, &StabilityState)| matches!(state, StabilityState::Running(_));
        self.0.iter().find(runs).map(|(request, _)| *request)
    }
}

impl AppState {
    /// What is known of the stability of the prediction on the screen; `None` where nobody asked.
    pub fn stability(&self) -> Option<&StabilityState> {
        self.stabilities.0.get(&self.stability_request()?)
    }

    /// The class that the window calls: by the reader's own operating point, where there is one.
    pub fn class_of(&self, inference: &Inference) -> usize {
        self.called(&inference.scores).unwrap_or(inference.predicted)
    }

    /// Checks the prediction on the screen, unless that is done.
    pub(super) fn check_stability(&mut self) {
        let Some(request) = self.stability_request() else { return };
        let known = self.stabilities.0.get(&request);
        if known.is_some_and(|known| !matches!(known, StabilityState::Failed(_))) {
            return;
        }
        let Some(current) = self.subject() else { return };
        let (Some(scan), PredictionState::Done(prediction)) = (current.scan.clone(), &current.prediction) else {
            return;
        };
        let slices = prediction.frames.clone();
        self.cancel_stability();
        let kept = &mut self.stabilities.0;
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        // Those of another model or list are never asked for again.
        kept.retain(|known, _| (known.model, known.list) == (request.model, request.list));
        kept.insert(request, StabilityState::Running(None));
        self.jobs.stability(StabilityJob { request, scan, slices });
    }

    pub(super) fn cancel_stability(&mut self) {
        if let Some(request) = self.stabilities.running() {
            self.stabilities.0.remove(&request);
            self.jobs.stop_stability();
        }
    }

    /// Ends a check whose prediction is no longer on the screen. Called after every change.
    pub(super) fn leave_stability(&mut self) {
        if self.stabilities.running().is_some_and(|running| self.stability_request() != Some(running)) {
            self.cancel_stability();
        }
    }

    /// `None` where no prediction is on the screen.
    fn stability_request(&self) -> Option<StabilityRequest> {
        let current = self.subject()?;
        matches!(current.prediction, PredictionState::Done(_)).then_some(StabilityRequest {
            model: self.model_generation,
            list: self.items.generation,
            item: current.item,
            slice: current.slice_override,
        })
    }

    pub(super) fn stability_progress(&mut self, request: StabilityRequest, progress: (usize, usize)) {
        if let Some(StabilityState::Running(known)) = self.stabilities.0.get_mut(&request) {
            *known = Some(progress);
        }
    }

    pub(super) fn stability_ready(&mut self, request: StabilityRequest, result: Result<Arc<Stability>, String>) {
        if let Some(state @ StabilityState::Running(_)) = self.stabilities.0.get_mut(&request) {
            *state = match result {
                Ok(found) => StabilityState::Ready(found),
                Err(sentence) => StabilityState::Failed(sentence),
            };
        }
    }

    /// The worker broke: nothing may wait for it.
    pub(super) fn fail_stability(&mut self, sentence: &str) {
        if let Some(request) = self.stabilities.running() {
            self.stabilities.0.insert(request, StabilityState::Failed(sentence.to_owned()));
        }
    }
}
