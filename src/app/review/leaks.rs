//! Whether the list's pictures lie in the training data too, and what the accuracy is worth without those.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::jobs::{LeakJob, LeakSearch};
use crate::app::{AppState, Notice, Problem, Severity};
use crate::metrics::{Proportion, Undefined};
use crate::render::Thumbnail;

/// What was found.
#[derive(Debug)]
pub struct LeakFinding {
    /// The training folder.
    pub against: PathBuf,
    /// Twins have a larger correlation.
    pub threshold: f32,
    pub training_files: usize,
    /// By item: its most similar training picture, and the correlation.
    pub twins: HashMap<usize, (PathBuf, f32)>,
    /// Items of patients whom the training data holds.
    pub shared_patients: HashSet<usize>,
    /// Pairs to look at: contradicting labels first, then the strongest.
    pub pairs: Vec<TwinPair>,
    /// Files that could not be read.
    pub unread: usize,
}

/// A picture of the list and its twin.
#[derive(Debug)]
pub struct TwinPair {
    pub inside: PathBuf,
    pub training: PathBuf,
    pub correlation: f32,
    pub labels: (Option<String>, Option<String>),
    pub pictures: (Arc<Thumbnail>, Arc<Thumbnail>),
}

impl LeakFinding {
    pub fn is_leaked(&self, item: usize) -> bool {
        self.twins.contains_key(&item) || self.shared_patients.contains(&item)
    }
}

/// How far the check is.
#[derive(Debug, Default)]
pub enum LeakState {
    #[default]
    None,
    Running {
        comparing: bool,
        done: usize,
        total: usize,
    },
    Found(LeakFinding),
}

impl AppState {
    pub fn leaks(&self) -> &LeakState {
        &self.review.leaks
    }

    /// Looks for the list's pictures in the training data below `against`.
    pub(in crate::app) fn find_leaks(&mut self, against: PathBuf) {
        let Some(answers) = self.snapshot() else { return };
        let search = LeakSearch { list: self.items.generation, answers, files: self.all_files(), against };
        self.review.leaks = LeakState::Running { comparing: false, done: 0, total: 0 };
        self.jobs.find_leaks(LeakJob::Search(Box::new(search)));
    }

    pub(in crate::app) fn stop_leaks(&mut self) {
        self.jobs.find_leaks(LeakJob::Stop);
        self.review.leaks = LeakState::None;
        self.review.touch();
    }

    pub(in crate::app) fn leaks_ready(&mut self, list: u64, result: Result<Box<LeakFinding>, Option<Problem>>) {
        if list != self.items.generation || !matches!(self.review.leaks, LeakState::Running { .. }) {
            return;
        }
        self.review.leaks = match result {
            Ok(finding) => LeakState::Found(*finding),
            Err(problem) => {
                if let Some(problem) = problem {
                    self.toasts.push(Severity::Error, Notice::NoLeakCheck(problem));
                }
                LeakState::None
            }
        };
        self.review.touch();
    }

    /// Accuracy of the labelled cases that the training data holds, and of the others.
    pub fn accuracy_without_leaks(&self) -> Option<(Proportion, Proportion)> {
        let LeakState::Found(finding) = &self.review.leaks else { return None };
        let count = |leaked: bool| {
            let counted = self.review.cases.iter().filter(|case| finding.is_leaked(case.item) == leaked);
            let mut proportion = Proportion { hits: 0, of: 0, none: Undefined::NoCases };
            for (truth, predicted) in counted.filter_map(|case| case.row.cell()) {
                proportion.of += 1;
                proportion.hits += u64::from(truth == predicted);
            }
            proportion
        };
        Some((count(true), count(false)))
    }
}
