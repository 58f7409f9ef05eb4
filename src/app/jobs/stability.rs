//! The session worker's check of a prediction: one small change of the picture after the other.

use std::collections::VecDeque;

use crate::app::StabilityRequest;
use crate::engine::{Inference, Model, Session};
use crate::review::CaseError;
use crate::review::stability::{Change, Stability, Unchanged};
use crate::scan::Scan;

/// A check that is asked for.
#[derive(Debug)]
pub(in crate::app) struct StabilityJob {
    pub request: StabilityRequest,
    pub scan: Scan,
    /// The slices that were predicted, counted from 0.
    pub slices: Vec<usize>,
}

/// A check that runs. It holds the decoded slices until it is through.
pub(super) struct Changes {
    pub request: StabilityRequest,
    case: Unchanged,
    unchanged: Option<Inference>,
    changed: Vec<(Change, Inference)>,
    left: VecDeque<Change>,
}

impl Changes {
    /// Decodes the slices.
    pub fn start(job: &StabilityJob, model: &Model) -> Result<Self, CaseError> {
        let case = Unchanged::read(&job.scan, &job.slices, model)?;
        let left: VecDeque<Change> = Change::small(model.is_volume()).into();
        Ok(Self { request: job.request, case, unchanged: None, changed: Vec::with_capacity(left.len()), left })
    }

    /// Predicts once; gives what was found after the last time.
    pub fn step(&mut self, model: &Model, session: &mut Session) -> Result<Option<Stability>, CaseError> {
        let change = match self.unchanged {
            None => None,
            Some(_) => self.left.pop_front(),
        };
        let mut inference = self.case.predict(change, model, session)?;
        // Only for the distance from a reference, and many numbers.
        inference.features = None;
        match change {
            None => self.unchanged = Some(inference),
            Some(change) => self.changed.push((change, inference)),
        }
        if !self.left.is_empty() {
            return Ok(None);
        }
        let changed = std::mem::take(&mut self.changed);
        Ok(self.unchanged.take().map(|unchanged| Stability { unchanged, changed }))
    }

    /// Changes that were predicted, and all there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.changed.len(), self.changed.len() + self.left.len())
    }
}
