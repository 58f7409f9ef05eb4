//! `confusion.csv`, `thresholds.csv`, `flips.csv`.

use std::path::Path;

use super::ComparisonReport;
use crate::metrics::{ConfusionMatrix, Summary};
use crate::report::ReportError;

fn failed(path: &Path) -> impl Fn(csv::Error) -> ReportError {
    move |source| ReportError::Write { path: path.to_owned(), source: source.into() }
}

fn write(path: &Path, header: &[String], rows: impl Iterator<Item = Vec<String>>) -> Result<(), ReportError> {
    let mut writer = csv::Writer::from_path(path).map_err(failed(path))?;
    writer.write_record(header).map_err(failed(path))?;
    for row in rows {
        writer.write_record(&row).map_err(failed(path))?;
    }
    writer.flush().map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Counts: one row a reference label, one column a predicted class.
pub fn write_matrix(path: &Path, matrix: &ConfusionMatrix, class_names: &[String]) -> Result<(), ReportError> {
    let header: Vec<String> = ["reference".to_owned()].into_iter().chain(class_names.iter().cloned()).collect();
    let rows = matrix.rows().zip(class_names);
    write(
        path,
        &header,
        rows.map(|(row, name)| [name.clone()].into_iter().chain(row.iter().map(u64::to_string)).collect()),
    )
}

/// The four cells at every threshold of every class (of two classes, of the second). `Ok(false)` without scores.
pub fn write_thresholds(path: &Path, summary: &Summary, class_names: &[String]) -> Result<bool, ReportError> {
    let skip = usize::from(summary.classes.len() == 2);
    let sweeps: Vec<_> = summary.classes.iter().skip(skip).filter_map(|class| class.sweep.as_ref().ok()).collect();
    if sweeps.is_empty() {
        return Ok(false);
    }
    let header = strings(&[
        "class",
        "threshold",
        "true_positives",
        "false_positives",
        "false_negatives",
        "true_negatives",
        "sensitivity",
        "specificity",
        "positive_predictive_value",
        "negative_predictive_value",
    ]);
    let rows = sweeps.into_iter().flat_map(|sweep| {
        sweep.points.iter().map(move |point| {
            let counts = sweep.at(point.threshold);
            let mut row = vec![class_names.get(sweep.class).cloned().unwrap_or_default(), point.threshold.to_string()];
            let cells = [counts.true_positives, counts.false_positives, counts.false_negatives, counts.true_negatives];
            row.extend(cells.map(|count| count.to_string()));
            let shares = [
                counts.sensitivity(),
                counts.specificity(),
                counts.positive_predictive_value(),
                counts.negative_predictive_value(),
            ];
            row.extend(shares.map(|share| share.value().map_or_else(|_| String::new(), |value| value.to_string())));
            row
        })
    });
    write(path, &header, rows)?;
    Ok(true)
}

/// Cases whose predicted class differs: `id,slice,truth,a,b,kind,score_a,score_b` (scores of the predicted classes).
pub fn write_flips(path: &Path, report: &ComparisonReport<'_>) -> Result<(), ReportError> {
    let header = strings(&["id", "slice", "truth", "a", "b", "kind", "score_a", "score_b"]);
    let name = |class: usize| report.a.class_names.get(class).cloned().unwrap_or_default();
    let score = |score: Option<f64>| score.map_or_else(String::new, |score| score.to_string());
    let flips = report.paired.iter().flat_map(|(comparison, _)| &comparison.flips);
    let rows = flips.filter_map(|flip| {
        let (of_a, of_b) = report.pairs.get(flip.case)?;
        let key = &report.a.cases.get(*of_a)?.key;
        Some(vec![
            key.id.clone(),
            key.slice.clone().unwrap_or_default(),
            name(flip.truth),
            name(flip.a),
            name(flip.b),
            flip.kind().to_owned(),
            score(report.a.score(*of_a, flip.a)),
            score(report.b.score(*of_b, flip.b)),
        ])
    });
    write(path, &header, rows)
}
