//! What is asked of the numbers worker, and its answer.

use std::sync::Arc;

use super::ListedCase;
use crate::app::jobs::NumbersJob;
use crate::app::{AppState, Pane};
use crate::metrics::{Comparison, Outcomes, Summary};
use crate::review::record::CaseRecord;

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
        let classes = self.model.facts().map_or(0, |facts| facts.class_names.len());
        let counted = self.counted(|_| true, Pane::First, classes);
        let Some(outcomes) = counted.filter(|outcomes| !outcomes.is_empty()) else {
            self.review.numbers = None;
            return;
        };
        let both = |case: &ListedCase| case.row.other.is_some();
        let paired = self.review.cases.iter().any(both).then(|| {
            let first = self.counted(both, Pane::First, classes)?;
            Some((first, self.counted(both, Pane::Second, classes)?))
        });
        self.jobs.numbers(NumbersJob {
            generation: self.review.asked,
            intervals: !self.background.is_running(),
            outcomes,
            paired: paired.flatten(),
        });
    }

    pub(in crate::app) fn numbers_ready(&mut self, generation: u64, numbers: Arc<Numbers>) {
        if generation == self.review.asked {
            self.review.numbers = Some(numbers);
        }
    }

    /// Truth, predictions, scores and groups of the labelled cases that the model of `pane` answered.
    fn counted(&self, takes: impl Fn(&ListedCase) -> bool, pane: Pane, classes: usize) -> Option<Outcomes> {
        let (mut truth, mut predicted, mut scores, mut groups) = (vec![], vec![], vec![], vec![]);
        let cases = self.review.cases.iter().filter(|case| case.row.truth.is_some() && takes(case));
        for (number, case) in cases.enumerate() {
            let item = self.items.get(case.item)?;
            let Some(record) = item.records(pane).get(case.part) else { continue };
            let Some(scored) = record.scored().filter(|scored| scored.scores.len() == classes) else { continue };
            let own = match pane {
                Pane::First => case.row.predicted(),
                Pane::Second => Some(scored.predicted),
            };
            let (Some(label), Some(own)) = (case.row.truth, own) else { continue };
            truth.push(label);
            predicted.push(own);
            scores.extend(scored.scores.iter().map(|score| f64::from(*score)));
            groups.push(group(item.records(Pane::First).get(case.part), number));
        }
        let outcomes = Outcomes::new(classes, truth, predicted).ok()?;
        let grouped = |outcomes: Outcomes| outcomes.clone().with_groups(&groups).unwrap_or(outcomes);
        Some(grouped(outcomes.clone().with_probabilities(scores).unwrap_or(outcomes)))
    }
}

/// What a case shares with others: its patient or series, else nothing.
fn group(record: Option<&CaseRecord>, number: usize) -> Result<&str, usize> {
    record.and_then(CaseRecord::group).ok_or(number)
}
