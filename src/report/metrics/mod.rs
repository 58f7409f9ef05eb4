//! The numbers of a review as files: JSON with everything, text for people, tables of the matrix, of every threshold and
//! of what changed between two classifiers.

mod comparison;
mod comparison_text;
mod json;
mod tables;
mod text;

use crate::metrics::{Summary, Temperature, Undefined};
use crate::review::table::Predictions;

pub use comparison::{ComparisonReport, comparison_json};
pub use comparison_text::comparison_text;
pub use json::metrics_json;
pub use tables::{write_flips, write_matrix, write_thresholds};
pub use text::metrics_text;

/// What is known about one classifier's predictions.
pub struct MetricsReport<'a> {
    pub predictions: &'a Predictions,
    /// Rows without a reference label.
    pub unlabelled: usize,
    pub summary: &'a Summary,
    pub temperature: TemperatureReport,
    pub per_group: Option<GroupReport<'a>>,
}

/// A temperature fitted to these cases.
pub struct TemperatureReport {
    pub fit: Result<Temperature, Undefined>,
    /// True where the file held logits, false where logarithms of its scores stood in.
    pub own_logits: bool,
}

/// The same numbers with one case a patient or series.
pub struct GroupReport<'a> {
    pub summary: &'a Summary,
    /// Sentences about groups that were left out.
    pub faults: Vec<String>,
}

/// How cases were put together.
const GROUP_RULE: &str =
    "One case for each patient or series: the mean of its cases' scores, the class of the largest mean.";
