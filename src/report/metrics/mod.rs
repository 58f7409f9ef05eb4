//! The numbers of a review, from a table of predictions to files: JSON with everything, text for people, charts, tables of
//! the matrix, of every threshold and of what changed between two classifiers.

mod calibrated;
mod comparison;
mod comparison_text;
mod files;
mod json;
mod pairing;
mod tables;
mod text;

use crate::engine::predicted_class;
use crate::metrics::{
    GroupFault, MetricsError, Outcomes, Summary, SummaryOptions, Temperature, Undefined, fit_temperature, summarize,
};
use crate::review::table::Predictions;

pub use calibrated::{Applied, CalibratedScores, Scoring};
pub use comparison::{ComparisonReport, comparison_json};
pub use comparison_text::comparison_text;
pub use json::metrics_json;
pub use tables::{write_flips, write_matrix, write_thresholds};
pub use text::metrics_text;
pub(super) use text::p_words;

/// What is known about one classifier's predictions.
#[derive(Clone, Debug)]
pub struct MetricsReport {
    pub predictions: Predictions,
    /// Indices of the cases with a reference label: those that the numbers are about.
    pub labelled: Vec<usize>,
    pub outcomes: Outcomes,
    pub summary: Summary,
    pub temperature: TemperatureReport,
    /// That of the model's manifest, which its scores went through; `None` where there is none, or nobody knows.
    pub stored_temperature: Option<f64>,
    pub per_group: Option<GroupReport>,
}

/// A temperature fitted to these cases.
#[derive(Clone, Debug)]
pub struct TemperatureReport {
    pub fit: Result<Temperature, Undefined>,
    /// True where the file held logits, false where logarithms of its scores stood in.
    pub own_logits: bool,
}

/// The same numbers with one case a patient or series.
#[derive(Clone, Debug)]
pub struct GroupReport {
    pub summary: Summary,
    /// Sentences about groups that were left out.
    pub faults: Vec<String>,
}

/// How cases were put together.
const GROUP_RULE: &str =
    "One case for each patient or series: the mean of its cases' scores, the class of the largest mean.";

impl MetricsReport {
    /// Computes everything. Groups of cases are classified by `thresholds` (class index and least score) as the model
    /// classifies cases; without any by the largest mean score.
    ///
    /// # Errors
    /// [`MetricsError`] for fewer than two classes.
    pub fn new(
        predictions: Predictions,
        thresholds: &[(usize, f32)],
        options: SummaryOptions,
    ) -> Result<Self, MetricsError> {
        let labelled = predictions.labelled();
        let outcomes = predictions.outcomes(&labelled)?;
        let at_threshold = |mean: &[f64]| {
            let scores: Vec<f32> = mean.iter().map(|score| *score as f32).collect();
            predicted_class(&scores, thresholds)
        };
        let grouped = match thresholds {
            [] => outcomes.per_group(),
            _ => outcomes.per_group_by(&at_threshold),
        };
        let per_group = grouped.map(|grouped| GroupReport {
            summary: summarize(&grouped.outcomes, options),
            faults: group_faults(&predictions, &labelled, &outcomes, &grouped.faults),
        });
        let summary = summarize(&outcomes, options);
        let temperature = temperature(&predictions, &labelled, &outcomes);
        Ok(Self { predictions, labelled, outcomes, summary, temperature, stored_temperature: None, per_group })
    }

    /// Rows without a reference label.
    pub fn unlabelled(&self) -> usize {
        self.predictions.cases.len() - self.labelled.len()
    }
}

fn temperature(predictions: &Predictions, labelled: &[usize], outcomes: &Outcomes) -> TemperatureReport {
    let reason = match outcomes.proper() {
        Ok(_) => Undefined::NoLogits,
        Err(reason) => reason,
    };
    match predictions.logits(labelled) {
        None => TemperatureReport { fit: Err(reason), own_logits: false },
        Some((logits, own_logits)) => {
            TemperatureReport { fit: fit_temperature(outcomes.truth(), &logits, outcomes.classes()), own_logits }
        }
    }
}

/// Sentences about groups whose cases disagree.
fn group_faults(
    predictions: &Predictions,
    labelled: &[usize],
    outcomes: &Outcomes,
    faults: &[GroupFault],
) -> Vec<String> {
    let name = |class: usize| predictions.class_names.get(class).map_or("?", String::as_str);
    let groups = outcomes.groups().unwrap_or_default();
    let case_of = |group: usize| {
        let at = groups.iter().position(|other| *other == group)?;
        predictions.cases.get(*labelled.get(at)?)?.group.as_deref()
    };
    let sentence = |fault: &GroupFault| {
        let group = case_of(fault.group).unwrap_or("?");
        format!("{group} carries two reference labels, {} and {}: left out.", name(fault.first), name(fault.other))
    };
    faults.iter().map(sentence).collect()
}
