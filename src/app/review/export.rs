//! The review as files for other people.

use std::collections::HashMap;
use std::path::PathBuf;

use crate::app::jobs::ExportJob;
use crate::app::{AppState, Notice, Pane, Problem, Severity};
use crate::report::Language;
use crate::review::folder::RunFacts;
use crate::review::record::{CaseRecord, Truth, TruthFrom};

/// How far an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportState {
    #[default]
    Idle,
    /// Steps done, of how many; 0 of 0 while that is not known.
    Running { done: usize, total: usize },
}

impl AppState {
    pub fn export_state(&self) -> ExportState {
        self.review.export
    }

    /// Writes the report of what is answered so far into the folder `out`.
    pub(in crate::app) fn export(&mut self, out: PathBuf, language: Language) {
        let (Some(run), Some(recorder)) = (self.model.run().cloned(), self.review.recorder.clone()) else { return };
        if self.review.export != ExportState::Idle {
            return;
        }
        let facts = RunFacts { roots: self.review.roots.clone(), ..(*run).clone() };
        let compared = self.review.compared.clone().map(|path| (path, self.labelled_records(Pane::Second)));
        let files = self.items.all().iter().map(|item| (recorder.roots.key(item.path()), item.files.to_vec()));
        let files: HashMap<String, Vec<PathBuf>> = files.collect();
        self.review.export = ExportState::Running { done: 0, total: 0 };
        self.jobs.export(ExportJob {
            out,
            language,
            run: facts,
            records: self.labelled_records(Pane::First),
            decisions: self.review.decisions.values().cloned().collect(),
            compared: compared.filter(|(_, records)| !records.is_empty()),
            thresholds: self.review.threshold.into_iter().collect(),
            files,
            recorder,
        });
    }

    /// All records, with the reader's own labels in the place of those from folders and tables.
    fn labelled_records(&self, pane: Pane) -> Vec<CaseRecord> {
        let records = self.items.all().iter().flat_map(|item| item.records(pane));
        let labelled = records.map(|record| {
            let typed = self.review.decision(&record.key).and_then(|decision| decision.truth.clone());
            let truth = typed.map(|label| Truth { label, class: self.truth_of(record), from: TruthFrom::Typed });
            CaseRecord { truth: truth.or_else(|| record.truth.clone()), ..record.clone() }
        });
        labelled.collect()
    }

    pub(in crate::app) fn exported(&mut self, result: Result<PathBuf, Problem>) {
        self.review.export = ExportState::Idle;
        match result {
            Ok(folder) => self.toasts.push(Severity::Info, Notice::Exported { folder }),
            Err(problem) => self.toasts.push(Severity::Error, Notice::NotExported(problem)),
        }
    }
}
