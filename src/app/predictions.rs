//! Which predictions are asked for, and in which order.

use super::jobs::PredictJob;
use super::{AppState, Background, Chip, CurrentError, PredictionState};

impl AppState {
    /// Asks for the prediction of the item on the screen, before all others.
    pub(super) fn predict_current(&mut self) {
        if self.model.facts().is_none() {
            return;
        }
        let request = self.next_generation();
        let (list, model) = (self.items.generation, self.model_generation);
        let Some(current) = &mut self.current else { return };
        if matches!(current.error, Some(CurrentError::File(_))) {
            return;
        }
        let Some(files) = self.items.get(current.item).map(|item| item.files.clone()) else { return };
        current.prediction_request = Some(request);
        current.prediction = PredictionState::Running;
        self.jobs.predict(PredictJob {
            model,
            list,
            item: current.item,
            files,
            scan: current.scan.clone(),
            request: Some(request),
            slice: current.slice_override,
        });
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
