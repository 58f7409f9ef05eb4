//! Everything that a report about a review says, as plain data.

use std::path::Path;

use super::{ComparisonReport, GalleryEntry, LeakReport, MetricsReport, ReportError};
use crate::review::folder::{Decision, RunFacts};
use crate::review::record::{CaseRecord, MappedLabel};

/// A review, ready to be written up. No part of it holds an identifying tag unless `identify` is true; paths of cases
/// are below the reviewed folders.
pub struct ReviewReport<'a> {
    /// Model, hashes, steps, engine, roots, options of the run.
    pub run: &'a RunFacts,
    /// The same of the second model's.
    pub compared: Option<&'a RunFacts>,
    /// The model's README, Markdown.
    pub model_card: Option<String>,
    /// Every case of the run, failed ones included.
    pub cases: &'a [CaseRecord],
    /// Where labels came from, in sentences.
    pub label_remarks: &'a [String],
    /// Each label text and its class.
    pub mapping: &'a [MappedLabel],
    /// Operating point that goes before the model's own: class index and least score. Empty for the model's own.
    pub thresholds: &'a [(usize, f32)],
    /// `None` where no case has a label.
    pub metrics: Option<&'a MetricsReport>,
    pub metrics_b: Option<&'a MetricsReport>,
    pub comparison: Option<&'a ComparisonReport<'a>>,
    /// Misclassified cases (by either model), the most surely wrong first.
    pub gallery: &'a [GalleryEntry],
    /// Number of misclassified cases, those without a picture included.
    pub misclassified: usize,
    /// What the reader said, by case.
    pub decisions: &'a [Decision],
    /// A leak check against the training data, where one was made.
    pub leaks: Option<&'a LeakReport<'a>>,
    /// Whether identifiers may be shown.
    pub identify: bool,
    /// UTC, RFC 3339.
    pub written: String,
}

impl ReviewReport<'_> {
    /// Class names by index.
    pub fn class_names(&self) -> &[String] {
        &self.run.model.classes
    }
}

/// Writes the records as `path,slice,truth,predicted,score of each class,margin,loss,group,sha256,reference_distance,farther_than,unlike,error`, one
/// row a case: what `overread metrics` reads. `predicted` gives a record's class at the operating point.
///
/// # Errors
/// [`ReportError::Write`].
pub fn write_predictions(
    path: &Path,
    records: &[CaseRecord],
    class_names: &[String],
    predicted: &dyn Fn(&CaseRecord) -> Option<usize>,
) -> Result<(), ReportError> {
    let failed = |source: csv::Error| ReportError::Write { path: path.to_owned(), source: source.into() };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    let mut header = ["path", "slice", "truth", "predicted"].map(str::to_owned).to_vec();
    header.extend(class_names.iter().map(|name| format!("score {name}")));
    header.extend(
        ["margin", "loss", "group", "sha256", "reference_distance", "farther_than", "unlike", "error"]
            .map(str::to_owned),
    );
    writer.write_record(&header).map_err(failed)?;
    for record in records {
        writer.write_record(row(record, class_names, predicted(record))).map_err(failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn row(record: &CaseRecord, class_names: &[String], predicted: Option<usize>) -> Vec<String> {
    let name = |index: Option<usize>| index.and_then(|i| class_names.get(i)).cloned().unwrap_or_default();
    let number = |value: Option<String>| value.unwrap_or_default();
    let slices = record.scored().map(|scored| scored.slices.as_slice()).unwrap_or_default();
    let slices: Vec<String> = slices.iter().map(usize::to_string).collect();
    let mut row = vec![record.path.clone(), slices.join(" "), name(record.truth_class()), name(predicted)];
    let scores = record.scored().map(|scored| scored.scores.as_slice()).unwrap_or_default();
    row.extend((0..class_names.len()).map(|class| number(scores.get(class).map(f32::to_string))));
    row.push(number(record.margin().map(|margin| margin.to_string())));
    row.push(number(record.loss().map(|loss| loss.to_string())));
    row.push(record.group().unwrap_or_default().to_owned());
    row.push(record.sha256.clone().unwrap_or_default());
    let known = record.scored().and_then(|scored| scored.known.as_ref());
    row.push(number(known.map(|known| format!("{:.4}", known.distance))));
    row.push(number(known.map(|known| format!("{:.4}", known.farther_than))));
    row.push(number(known.map(|known| if known.is_unlike() { "yes" } else { "no" }.to_owned())));
    row.push(record.error().unwrap_or_default().to_owned());
    row
}
