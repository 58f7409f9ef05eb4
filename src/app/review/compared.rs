//! The second model's answers to the list: asked for, kept like the first's, there again.

use std::path::PathBuf;
use std::time::Instant;

use crate::app::jobs::{OpenedComparison, ReadyModel, StoreJob};
use crate::app::{AppState, Background, Cause, Notice, Pane, Problem, Severity};
use crate::review::folder::RunFacts;

impl AppState {
    /// The list through the model that is compared, or no longer.
    pub(in crate::app) fn compare_list(&mut self, on: bool) {
        self.review.compared = self.heatmaps.compared.as_ref().map(|model| model.path.clone()).filter(|_| on);
        (self.review.compared_run, self.review.compared_name) = (None, None);
        for item in self.items.iter_mut() {
            item.forget(Pane::Second);
        }
        self.review.touch();
        if self.review.compared.is_none() {
            let (generation, batch) = (self.review.folder_generation, self.batch_generation);
            self.jobs.store(StoreJob::Compare { generation, batch, run: None });
            if self.background.pane == Pane::Second {
                self.stop_batch();
            }
        } else if !self.background.is_running() || self.background.pane == Pane::Second {
            self.start_batch(Pane::Second);
        }
    }

    /// The comparison of an earlier session, unless this one compares with another model already.
    pub(super) fn compare_again(&mut self, kept: OpenedComparison) {
        let other = self.review.compared.as_ref().is_some_and(|path| !names(path, &kept.path));
        if other {
            return;
        }
        if self.review.compared.is_none() {
            self.remember_compared(kept.path.clone());
            self.review.compared = Some(kept.path);
        }
        (self.review.compared_run, self.review.compared_name) = (Some(kept.sha256), Some(kept.name));
        self.place_answers(Pane::Second, kept.answers);
    }

    /// Starts the second model, to find the folder of its answers.
    pub(in crate::app) fn ready_second_model(&mut self, path: PathBuf, items: usize) {
        self.background = Background { total: items, done: 0, since: Some(Instant::now()), pane: Pane::Second };
        self.batch_generation = self.next_generation();
        self.jobs.ready_model(ReadyModel { generation: self.batch_generation, path, items });
    }

    pub(in crate::app) fn second_model_ready(&mut self, batch: u64, result: Result<Box<RunFacts>, Problem>) {
        if batch != self.batch_generation {
            return;
        }
        let own = self.model.run().map(|run| run.model.classes.clone()).unwrap_or_default();
        let same_classes = |run: Box<RunFacts>| {
            let others = || format!("{}: its classes are others: {}", run.model.name, run.model.classes.join(", "));
            if run.model.classes == own { Ok(run) } else { Err(Problem::new(Cause::Manifest, others())) }
        };
        match result.and_then(same_classes) {
            Ok(run) => {
                let generation = self.review.folder_generation;
                self.jobs.store(StoreJob::Compare { generation, batch, run: Some(run) });
            }
            Err(problem) => {
                self.background = Background::default();
                self.review.compared = None;
                self.review.touch();
                self.toasts.push(Severity::Error, Notice::ModelFailed(problem));
            }
        }
    }

    pub(in crate::app) fn comparison_opened(&mut self, batch: u64, result: Result<OpenedComparison, Problem>) {
        if batch != self.batch_generation || self.review.compared.is_none() {
            return;
        }
        self.background = Background::default();
        match result {
            Ok(kept) => {
                (self.review.compared_run, self.review.compared_name) = (Some(kept.sha256), Some(kept.name));
                self.place_answers(Pane::Second, kept.answers);
                self.review.touch();
                self.start_batch(Pane::Second);
            }
            Err(problem) => {
                self.review.compared = None;
                self.review.touch();
                self.toasts.push(Severity::Error, Notice::NotKept(vec![problem]));
            }
        }
    }
}

/// True where both name one model: its folder, or the .onnx in it.
fn names(chosen: &std::path::Path, onnx: &std::path::Path) -> bool {
    chosen == onnx || onnx.parent() == Some(chosen)
}
