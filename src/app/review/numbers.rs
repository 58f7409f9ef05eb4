//! What is asked of the numbers worker, and its answer.

use std::sync::Arc;

use crate::app::AppState;
use crate::app::jobs::NumbersJob;
use crate::metrics::{Comparison, Summary};

/// Metrics of the answered, labelled cases of the list.
#[derive(Clone, Debug)]
pub struct Numbers {
    pub summary: Summary,
    /// Per patient or series, where several cases share one.
    pub per_group: Option<Summary>,
    /// Of the cases that both models answered.
    pub comparison: Option<Comparison>,
    /// False while the intervals are still being resampled.
    pub has_intervals: bool,
}

impl AppState {
    /// Asks for the numbers of the rows as they are now.
    pub(super) fn ask_numbers(&mut self) {
        self.review.asked = self.next_generation();
        match self.snapshot() {
            None => self.review.numbers = None,
            Some(list) => self.jobs.numbers(NumbersJob {
                generation: self.review.asked,
                intervals: !self.background.is_running(),
                list,
                cases: self.review.cases.clone(),
            }),
        }
    }

    pub(in crate::app) fn numbers_ready(&mut self, generation: u64, numbers: Option<Arc<Numbers>>) {
        if generation == self.review.asked {
            self.review.numbers = numbers;
        }
    }
}
