//! Which predictions are asked for, and in which order.

use std::path::PathBuf;
use std::time::Instant;

use super::jobs::{Batch, PredictJob};
use super::{AppState, Background, Current, CurrentError, Notice, Pane, PredictionState, Problem, Severity};

impl AppState {
    /// Asks for the prediction of one slice of the item on the screen, or again of those the manifest chooses.
    pub(super) fn predict_slice(&mut self, slice: Option<usize>) {
        let view = self.views.subject();
        let Some(item) = self.views.get(view).map(|current| current.item) else { return };
        for current in self.views.iter_mut().filter(|current| current.item == item) {
            current.slice_override = slice;
        }
        self.predict_in(view);
    }

    /// Asks for the predictions of all items on the screen.
    pub(super) fn predict_shown(&mut self) {
        let shown: Vec<usize> = self.views.shown().filter(|(_, c)| c.shown.is_some()).map(|(view, _)| view).collect();
        for view in shown {
            if self.views.get(view).is_some_and(|current| current.prediction_request.is_none()) {
                self.predict_in(view);
            }
        }
    }

    /// Asks for the prediction of the item in a view, before all others; other views of the item share the answer.
    pub(super) fn predict_in(&mut self, view: usize) {
        if self.model.facts().is_none() {
            return;
        }
        let request = self.next_generation();
        let (list, model) = (self.items.generation, self.model_generation);
        let Some(current) = self.views.get(view) else { return };
        if matches!(current.error, Some(CurrentError::File(_))) {
            return;
        }
        let (item, files) = (current.item, current.files.clone());
        let (scan, slice) = (current.scan.clone(), current.slice_override);
        for current in self.views.iter_mut().filter(|current| current.item == item) {
            current.prediction_request = Some(request);
            current.prediction = PredictionState::Running;
        }
        self.jobs.predict(view, PredictJob { model, list, item, files, scan, request, slice });
    }

    /// Asks for every item that has no answer, the one after the selection first; then, where a second model is
    /// compared, for its answers.
    pub(super) fn predict_rest(&mut self) {
        let pane = if self.start_batch(Pane::First) { Pane::First } else { Pane::Second };
        if pane == Pane::Second && !self.start_batch(Pane::Second) {
            self.background = Background::default();
        }
    }

    /// Ends the batch; what it has answered stays.
    pub(super) fn stop_batch(&mut self) {
        self.jobs.stop_batch();
        self.background = Background::default();
        self.batch_generation = self.next_generation();
        self.review.touch();
    }

    /// True where there is something to ask.
    pub(super) fn start_batch(&mut self, pane: Pane) -> bool {
        let Some(facts) = self.model.facts().filter(|_| self.review.recorder.is_some()) else { return false };
        let (path, sha256): (PathBuf, _) = match (pane, &self.review.compared) {
            (Pane::First, _) => (facts.path.clone(), Some(facts.sha256.clone())),
            (Pane::Second, Some(path)) => (path.clone(), self.review.compared_run.clone()),
            (Pane::Second, None) => return false,
        };
        // The item on the screen is asked for by itself, with its pictures; its answer is the list's too.
        let waits = |current: &Current| {
            pane == Pane::First && current.error.is_none() && !matches!(current.prediction, PredictionState::Failed(_))
        };
        let on_screen: Vec<usize> =
            self.views.shown().filter(|(_, current)| waits(current)).map(|(_, current)| current.item).collect();
        let wanted = self.items.unanswered(pane).into_iter().filter(|index| !on_screen.contains(index));
        let items: Vec<_> = wanted.filter_map(|index| Some((index, self.files(index)?))).collect();
        if items.is_empty() {
            return false;
        }
        // Where answers are kept, some of the second model's may be there already.
        if pane == Pane::Second && self.review.folder.is_some() && self.review.compared_run.is_none() {
            self.ready_second_model(path, items.len());
            return true;
        }
        self.background = Background { total: items.len(), done: 0, since: Some(Instant::now()), pane };
        self.batch_generation = self.next_generation();
        self.jobs.batch(Batch { generation: self.batch_generation, pane, path, sha256, items });
        true
    }

    pub(super) fn batch_ended(&mut self, generation: u64, pane: Pane, result: Result<(), Problem>) {
        if generation != self.batch_generation {
            return;
        }
        self.background = Background::default();
        self.review.touch();
        self.ask_all_near_pictures();
        match result {
            Ok(()) if pane == Pane::First => {
                self.start_batch(Pane::Second);
            }
            Ok(()) => {}
            Err(problem) => self.toasts.push(Severity::Error, Notice::ModelFailed(problem)),
        }
    }

    /// True where a batch was stopped, and items are left.
    pub fn can_go_on(&self) -> bool {
        !self.background.is_running() && self.review.recorder.is_some() && self.answered() < self.items.len()
    }

    /// Items whose answer is there, failed ones included.
    pub fn answered(&self) -> usize {
        self.items.all().iter().filter(|item| !item.records(Pane::First).is_empty()).count()
    }
}
