//! The numbers worker: metrics of the answered, labelled cases. The values come at once, their intervals follow.

use std::sync::Arc;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::{Event, Numbers};
use crate::metrics::{self, ComparisonOptions, Outcomes, SummaryOptions};

#[derive(Debug)]
pub(in crate::app) struct Job {
    /// Counts the questions; an answer to an earlier one is dropped.
    pub generation: u64,
    /// False while answers still stream in: resampling would take the processor from them.
    pub intervals: bool,
    pub outcomes: Outcomes,
    /// The cases that both models answered, where there are two.
    pub paired: Option<(Outcomes, Outcomes)>,
}

pub(super) fn work(job: Job, emit: &Emitter, mailbox: &Mailbox<Job>) {
    let Job { generation, intervals, outcomes, paired } = job;
    for resamples in [Some(0), intervals.then_some(metrics::DEFAULT_RESAMPLES)].into_iter().flatten() {
        let options = SummaryOptions { resamples, ..SummaryOptions::default() };
        let compared = ComparisonOptions { resamples, ..ComparisonOptions::default() };
        let summary = metrics::summarize(&outcomes, options);
        let per_group = outcomes.per_group().map(|grouped| metrics::summarize(&grouped.outcomes, options));
        let comparison = paired.as_ref().and_then(|(a, b)| metrics::compare(a, b, &compared).ok());
        let numbers = Numbers { summary, per_group, comparison, has_intervals: resamples > 0 };
        emit.send(Event::NumbersReady { generation, numbers: Arc::new(numbers) });
        if mailbox.is_waiting() {
            return;
        }
    }
}
