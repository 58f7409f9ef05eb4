//! The review as files for other people.

use std::path::PathBuf;

use crate::app::jobs::ExportJob;
use crate::app::{AppState, Notice, Problem, Severity};
use crate::report::Language;
use crate::review::folder::RunFacts;

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
        let Some(list) = self.snapshot() else { return };
        self.review.export = ExportState::Running { done: 0, total: 0 };
        self.jobs.export(ExportJob {
            out,
            language,
            run: facts,
            list,
            files: self.all_files(),
            compared: self.review.compared.clone(),
            thresholds: self.review.threshold.into_iter().collect(),
            recorder,
        });
    }

    pub(in crate::app) fn exported(&mut self, result: Result<PathBuf, Problem>) {
        self.review.export = ExportState::Idle;
        match result {
            Ok(folder) => self.toasts.push(Severity::Info, Notice::Exported { folder }),
            Err(problem) => self.toasts.push(Severity::Error, Notice::NotExported(problem)),
        }
    }
}
