//! From records to the table that the metrics and their reports read.

use std::path::Path;

use super::CaseRecord;
use crate::engine::predicted_class;
use crate::review::table::{Key, PredictedCase, Predictions, RowProblem};

/// The predicted class of a record: as recorded, or (with `thresholds`: class index and least score) at another
/// operating point. `None` where there are no scores.
pub fn predicted_at(record: &CaseRecord, thresholds: Option<&[(usize, f32)]>) -> Option<usize> {
    let scored = record.scored()?;
    Some(thresholds.map_or(scored.predicted, |thresholds| predicted_class(&scored.scores, thresholds)))
}

/// The records as a table of predictions: what `overread metrics` computes with. Failed records are its problems, line
/// numbers are those of a table with one header line and a record a line. `path` says where the records lie.
pub fn predictions<'a>(
    records: impl IntoIterator<Item = &'a CaseRecord>,
    class_names: &[String],
    thresholds: Option<&[(usize, f32)]>,
    path: &Path,
) -> Predictions {
    let records: Vec<&CaseRecord> = records.into_iter().collect();
    // Where some cases belong together, the others are groups of one.
    let some_grouped = records.iter().any(|record| record.group().is_some());
    let group = |record: &CaseRecord| some_grouped.then(|| record.group().unwrap_or(&record.key).to_owned());
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    for (line, record) in (2..).zip(records) {
        let (Some(scored), Some(predicted)) = (record.scored(), predicted_at(record, thresholds)) else {
            let what = format!("{}: {}", record.key, record.error().unwrap_or("no scores"));
            problems.push(RowProblem { line, what });
            continue;
        };
        let known = |class: &usize| *class < class_names.len();
        let of_each_class = |values: &Option<Vec<f32>>| -> Vec<f64> {
            match values.as_deref() {
                // One sigmoid of two classes: the other side's logit is 0.
                Some([one]) if class_names.len() == 2 => vec![0.0, f64::from(*one)],
                Some(several) if several.len() == class_names.len() => several.iter().map(|z| f64::from(*z)).collect(),
                _ => Vec::new(),
            }
        };
        cases.push(PredictedCase {
            line,
            key: Key { id: record.key.clone(), slice: None },
            group: group(record),
            truth: record.truth_class().filter(known),
            predicted,
            probabilities: scored.scores.iter().map(|score| f64::from(*score)).collect(),
            logits: of_each_class(&scored.logits),
        });
    }
    Predictions {
        path: path.to_owned(),
        class_names: class_names.to_vec(),
        cases,
        remarks: Vec::new(),
        problems,
        has_ids: true,
        is_matrix: false,
    }
}
