//! How answers come into the list: from the folder of an earlier session, from the batch, from the picture on the
//! screen.

use std::path::PathBuf;
use std::sync::Arc;

use super::Review;
use crate::app::jobs::{KeptAnswers, OpenReview, OpenedReview, Place, StoreJob};
use crate::app::{AppState, Notice, Pane, PredictionState, Problem, Severity, ThumbnailState};
use crate::review::record::{CaseRecord, Recorder};
use crate::review::reference::Known;
use crate::review::{Case, Scored};

impl AppState {
    /// Reviews are kept below `folder`, each in a folder of its own. Without it nothing is written.
    pub fn keep_reviews_below(&mut self, folder: PathBuf) {
        self.review.base = Some(folder);
    }

    pub fn review(&self) -> &Review {
        &self.review
    }

    /// Another list: nothing is known of its cases.
    pub(in crate::app) fn new_list(&mut self, roots: Vec<PathBuf>, folder: Option<PathBuf>) {
        let before = std::mem::take(&mut self.review);
        self.review = Review {
            roots,
            reopened: folder,
            base: before.base,
            compared: before.compared,
            labels: None,
            ..Review::default()
        };
    }

    /// Opens the folder in which the answers of this model to this list are kept.
    pub(in crate::app) fn open_review(&mut self) {
        let Some(facts) = self.model.run().map(|run| (**run).clone()) else { return };
        if self.items.is_empty() {
            return;
        }
        for item in self.items.iter_mut() {
            Pane::ALL.into_iter().for_each(|pane| item.forget(pane));
        }
        (self.review.recorder, self.review.compared_run) = (None, None);
        self.review.decisions = Arc::default();
        // One model's operating point is not another's.
        self.review.threshold = None;
        self.review.folder = None;
        self.review.folder_generation = self.next_generation();
        let place = match (&self.review.reopened, &self.review.base) {
            (Some(folder), _) => Place::At(folder.clone()),
            (None, Some(base)) => Place::Below(base.clone()),
            (None, None) => Place::Memory,
        };
        self.jobs.store(StoreJob::Open(Box::new(OpenReview {
            generation: self.review.folder_generation,
            place,
            roots: self.review.roots.clone(),
            items: self.all_files(),
            facts,
            labels: self.review.labels.clone(),
        })));
        self.review.touch();
    }

    pub(in crate::app) fn review_opened(&mut self, generation: u64, opened: OpenedReview) {
        if generation != self.review.folder_generation {
            return;
        }
        let OpenedReview { recorder, folder, answers, tried_again, decisions, threshold, compared, problems } = opened;
        if !problems.is_empty() {
            self.toasts.push(Severity::Warning, Notice::NotKept(problems));
        }
        if tried_again > 0 {
            self.toasts.push(Severity::Info, Notice::TriedAgain { files: tried_again });
        }
        self.place_answers(Pane::First, answers);
        let by_key = decisions.into_iter().map(|decision| (decision.key.clone(), decision));
        self.review.decisions = Arc::new(by_key.collect());
        (self.review.recorder, self.review.folder) = (Some(recorder), folder);
        // One that was set while the folder was being opened is the newer one.
        self.review.threshold = self.review.threshold.or(threshold);
        if let Some(compared) = compared {
            self.compare_again(compared);
        }
        let shown: Vec<usize> = self.views.iter().map(|current| current.item).collect();
        shown.into_iter().for_each(|item| self.keep_shown_answer(item));
        self.review.touch();
        self.predict_rest();
    }

    /// Answers of an earlier session go to their items.
    pub(super) fn place_answers(&mut self, pane: Pane, answers: KeptAnswers) {
        for (index, records) in answers {
            if let Some(item) = self.items.get_mut(index) {
                *item.records_mut(pane) = records;
            }
        }
    }

    /// An answer of the batch.
    pub(in crate::app) fn answered_case(&mut self, pane: Pane, index: usize, case: &Case) {
        let Some(recorder) = self.review.recorder.clone() else { return };
        let Some(item) = self.items.get_mut(index) else { return };
        let mut record = recorder.record(case);
        if pane == Pane::Second {
            // The second model's batch does not hash the files again.
            let known =
                item.records(Pane::First).iter().find(|known| known.key == record.key || known.key == record.path);
            if let Some(known) = known {
                record.sha256 = known.sha256.clone();
                (record.patient, record.series) = (known.patient.clone(), known.series.clone());
                recorder.labels.label(&mut record);
            }
        }
        let records = item.records_mut(pane);
        if let Some(known) = records.iter_mut().find(|known| known.key == record.key) {
            *known = record.clone();
        } else {
            records.push(record.clone());
        }
        self.keep_record(pane, record);
        self.review.touch();
    }

    /// The answer about the item on the screen is the list's answer too, where the list has none yet.
    pub(in crate::app) fn keep_shown_answer(&mut self, index: usize) {
        let shown = self.views.iter().find(|current| current.item == index);
        let (Some(recorder), Some(current)) = (self.review.recorder.clone(), shown) else { return };
        let PredictionState::Done(prediction) = &current.prediction else { return };
        let Some(item) = self.items.get_mut(index).filter(|item| item.records(Pane::First).is_empty()) else { return };
        // The list shows the manifest's choice of slices, not the one slice that a reader tried.
        if current.slice_override.is_some() || prediction.cases > 1 {
            return;
        }
        let known = prediction.known.as_ref().map(|known| known.known.clone());
        let doubt = known.as_ref().and_then(Known::warning);
        let scored = Scored {
            slices: prediction.frames.clone(),
            siblings: 1,
            inference: prediction.inference.clone(),
            warnings: prediction.warnings.iter().cloned().chain(doubt).collect(),
            known,
        };
        let (path, source) = (item.path().to_owned(), Some(prediction.source.clone()));
        let record = recorder.record(&Case { item: index, path, truth: None, source, outcome: Ok(scored) });
        *item.records_mut(Pane::First) = vec![record.clone()];
        self.keep_record(Pane::First, record);
        self.review.touch();
    }

    /// The item on the screen cannot be read.
    pub(in crate::app) fn keep_failure(&mut self, index: usize, problem: &Problem) {
        let Some(recorder) = self.review.recorder.clone() else { return };
        let Some(item) = self.items.get_mut(index).filter(|item| item.records(Pane::First).is_empty()) else { return };
        let record = recorder.failed(item.path(), problem);
        *item.records_mut(Pane::First) = vec![record.clone()];
        self.keep_record(Pane::First, record);
        self.review.touch();
    }

    /// Every file that failed is read and predicted again.
    pub(in crate::app) fn retry_failed(&mut self) {
        let failed = |records: &[CaseRecord]| records.iter().any(|record| record.error().is_some());
        for item in self.items.iter_mut() {
            for pane in Pane::ALL {
                if failed(item.records(pane)) {
                    item.forget(pane);
                }
            }
            if matches!(item.thumbnail, ThumbnailState::Broken) {
                item.thumbnail = ThumbnailState::Unknown;
            }
        }
        self.reopen_broken();
        self.ask_shown_thumbnails();
        self.review.touch();
        self.predict_rest();
    }

    fn keep_record(&self, pane: Pane, record: CaseRecord) {
        if self.review.folder.is_some() && (pane == Pane::First || self.review.compared_run.is_some()) {
            let generation = self.review.folder_generation;
            self.jobs.store(StoreJob::Keep { generation, pane, record: Box::new(record) });
        }
    }

    /// A table of labels, or the folders' names again.
    pub(in crate::app) fn use_labels(&mut self, table: Option<PathBuf>) {
        let generation = self.review.folder_generation;
        self.jobs.store(StoreJob::Label { generation, table });
    }

    pub(in crate::app) fn labelled(
        &mut self,
        generation: u64,
        table: Option<PathBuf>,
        result: Result<Arc<Recorder>, Problem>,
    ) {
        if generation != self.review.folder_generation {
            return;
        }
        let recorder = match result {
            Ok(recorder) => recorder,
            Err(problem) => {
                self.toasts.push(Severity::Error, Notice::NoLabels(problem));
                return;
            }
        };
        let mut changed = Vec::new();
        for item in self.items.iter_mut() {
            for record in item.records_mut(Pane::Second) {
                recorder.labels.label(record);
            }
            for record in item.records_mut(Pane::First) {
                let before = record.truth.clone();
                recorder.labels.label(record);
                if record.truth != before {
                    changed.push(record.clone());
                }
            }
        }
        (self.review.recorder, self.review.labels) = (Some(recorder), table);
        changed.into_iter().for_each(|record| self.keep_record(Pane::First, record));
        self.review.touch();
    }
}
