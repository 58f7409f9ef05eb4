//! Which predictions are asked for, and in which order.

use super::jobs::PredictJob;
use super::{AppState, Background, Chip, CurrentError, PredictionState};

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
        self.jobs.predict(view, PredictJob { model, list, item, files, scan, request: Some(request), slice });
    }

    /// Asks for every item that has no prediction, the one after the selection first.
    pub(super) fn predict_rest(&mut self) {
        if self.model.facts().is_none() {
            return;
        }
        self.rest_wanted = true;
        self.background = Background::default();
        self.queue_rest();
    }

    /// (Re)orders the background predictions: the item after the selection first.
    pub(super) fn queue_rest(&mut self) {
        let selected = self.items.selected();
        // The item on the screen is asked for by itself, with its pictures.
        let rest: Vec<usize> = self.items.unpredicted().into_iter().filter(|i| Some(*i) != selected).collect();
        let (list, model) = (self.items.generation, self.model_generation);
        let job = |item: usize| {
            let files = self.files(item)?;
            Some(PredictJob { model, list, item, files, scan: None, request: None, slice: None })
        };
        let jobs: Vec<_> = rest.iter().filter_map(|item| job(*item)).collect();
        let in_work = self.items.all().iter().filter(|item| item.chip == Chip::Running).count();
        self.background.total = self.background.done + jobs.len() + in_work;
        self.jobs.predict_later(jobs);
    }

    /// Items whose prediction is there, failed ones included.
    pub fn answered(&self) -> usize {
        self.items.all().iter().filter(|item| matches!(item.chip, Chip::Done { .. } | Chip::Failed(_))).count()
    }
}
