//! The numbers worker: metrics of the answered, labelled cases. The values come at once, their intervals follow.

use std::sync::Arc;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::review::Snapshot;
use crate::app::{Event, ListedCase, Numbers, Pane};
use crate::metrics::{self, ComparisonOptions, SummaryOptions};

#[derive(Debug)]
pub(in crate::app) struct Job {
    /// Counts the questions; an answer to an earlier one is dropped.
    pub generation: u64,
    /// False while answers still stream in: resampling would take the processor from them.
    pub intervals: bool,
    pub list: Snapshot,
    pub cases: Arc<Vec<ListedCase>>,
}

pub(super) fn work(job: Job, emit: &Emitter, mailbox: &Mailbox<Job>) {
    let Job { generation, intervals, list, cases } = job;
    let Some(outcomes) = list.counted(&cases, Pane::First, |_| true) else {
        emit.send(Event::NumbersReady { generation, numbers: None });
        return;
    };
    let both = |case: &ListedCase| case.row.other.is_some();
    let paired = list.counted(&cases, Pane::First, both).zip(list.counted(&cases, Pane::Second, both));
    // The records are the window's again before the long work begins.
    drop((list, cases));
    for resamples in [Some(0), intervals.then_some(metrics::DEFAULT_RESAMPLES)].into_iter().flatten() {
        let options = SummaryOptions { resamples, ..SummaryOptions::default() };
        let compared = ComparisonOptions { resamples, ..ComparisonOptions::default() };
        let summary = metrics::summarize(&outcomes, options);
        let per_group = outcomes.per_group().map(|grouped| metrics::summarize(&grouped.outcomes, options));
        let comparison = paired.as_ref().and_then(|(a, b)| metrics::compare(a, b, &compared).ok());
        let numbers = Numbers { summary, per_group, comparison, has_intervals: resamples > 0 };
        emit.send(Event::NumbersReady { generation, numbers: Some(Arc::new(numbers)) });
        if mailbox.is_waiting() {
            return;
        }
    }
}
