//! `comparison.json`: two classifiers, on the same cases where rows can be matched, else side by side.

use serde_json::{Map, Value, json};

use super::MetricsReport;
use super::json::{estimate_json, problems_json};
use super::pairing::{Matched, matched, of_pairs};
use crate::metrics::{
    Agreement, AucDifference, Comparison, Measured, MetricsError, Summary, SummaryOptions, Undefined,
};
use crate::report::RESEARCH_USE;
use crate::review::table::{Predictions, RowProblem};

/// Two classifiers.
pub struct ComparisonReport<'a> {
    pub a: &'a Predictions,
    pub b: &'a Predictions,
    /// Each on all its own labelled cases.
    pub summary_a: &'a Summary,
    pub summary_b: &'a Summary,
    /// Indices of the matched cases in A and in B.
    pub pairs: Vec<(usize, usize)>,
    /// On the matched cases; `None` where rows could not be matched, and `remarks` says why.
    pub paired: Option<(Comparison, Vec<String>)>,
    /// How rows were matched, what was not.
    pub remarks: Vec<String>,
    pub problems: Vec<RowProblem>,
}

/// A class's precision, recall and F1 in both, with scikit-learn's zeros.
pub(in crate::report) struct RowPair {
    pub class: usize,
    pub a: Option<([f64; 3], u64)>,
    pub b: Option<([f64; 3], u64)>,
}

impl<'a> ComparisonReport<'a> {
    /// Matches the cases of both and compares them; the labels are A's.
    ///
    /// # Errors
    /// [`MetricsError`] for classes that are not the same.
    pub fn new(a: &'a MetricsReport, b: &'a MetricsReport, options: SummaryOptions) -> Result<Self, MetricsError> {
        let Matched { pairs, remarks, problems } = matched(a, b);
        let paired = if pairs.is_empty() { None } else { Some(of_pairs(a, b, &pairs, options)?) };
        Ok(Self {
            a: &a.predictions,
            b: &b.predictions,
            summary_a: &a.summary,
            summary_b: &b.summary,
            pairs,
            paired,
            remarks,
            problems,
        })
    }

    /// The rows of both classification reports, side by side.
    pub(in crate::report) fn rows(&self) -> Vec<RowPair> {
        let row = |summary: &Summary, class: usize| {
            let report = summary.report.as_ref().ok()?;
            report.rows.iter().find(|row| row.class == class).map(|row| (row.shown(), row.support))
        };
        let classes = 0..self.a.class_names.len();
        classes.map(|class| RowPair { class, a: row(self.summary_a, class), b: row(self.summary_b, class) }).collect()
    }
}

/// Everything about the two.
pub fn comparison_json(report: &ComparisonReport<'_>) -> Value {
    let names = &report.a.class_names;
    let mut map = Map::new();
    map.insert("program".to_owned(), json!(concat!("overread ", env!("CARGO_PKG_VERSION"))));
    map.insert("notice".to_owned(), json!(RESEARCH_USE));
    map.insert("a".to_owned(), side(report.a, report.summary_a));
    map.insert("b".to_owned(), side(report.b, report.summary_b));
    map.insert("remarks".to_owned(), json!(report.remarks));
    map.insert("left_out".to_owned(), problems_json(&report.problems));
    map.insert("classes".to_owned(), json!(names));
    let reports: Map<String, Value> = report
        .rows()
        .iter()
        .map(|row| {
            let scores = |of: Option<([f64; 3], u64)>| {
                of.map(|([precision, recall, f1], support)| {
                    json!({"precision": precision, "recall": recall, "f1-score": f1, "support": support})
                })
            };
            (names.get(row.class).cloned().unwrap_or_default(), json!({"a": scores(row.a), "b": scores(row.b)}))
        })
        .collect();
    map.insert("classification_reports".to_owned(), Value::Object(reports));
    map.insert("side_by_side".to_owned(), side_by_side(report.summary_a, report.summary_b));
    let paired = report.paired.as_ref().map(|(comparison, remarks)| paired_json(comparison, remarks, names));
    map.insert("paired".to_owned(), json!(paired));
    Value::Object(map)
}

fn side(predictions: &Predictions, summary: &Summary) -> Value {
    json!({
        "predictions": predictions.path.to_string_lossy(),
        "read_as": predictions.remarks,
        "n": summary.cases,
        "confusion": summary.matrix.rows().collect::<Vec<_>>(),
    })
}

/// Overall numbers of each on its own cases.
fn side_by_side(a: &Summary, b: &Summary) -> Value {
    let pairs = a.overall.iter().zip(&b.overall);
    pairs
        .map(|((statistic, a), (_, b))| {
            json!({
                "name": statistic.name(), "a": a.value.ok(), "b": b.value.ok(),
                "difference": a.value.ok().zip(b.value.ok()).map(|(a, b)| b - a),
            })
        })
        .collect()
}

fn paired_json(comparison: &Comparison, remarks: &[String], names: &[String]) -> Value {
    let value = |value: Measured| json!(value.ok());
    json!({
        "n": comparison.cases,
        "remarks": remarks,
        "agreement": agreement_json(&comparison.agreement),
        "agreement_by_class": comparison.by_class.iter().enumerate().map(|(class, counts)| {
            let mut counts = agreement_json(counts);
            counts["class"] = json!(names.get(class));
            counts
        }).collect::<Value>(),
        "mcnemar": {
            "only_a_right": comparison.mcnemar.only_a_right,
            "only_b_right": comparison.mcnemar.only_b_right,
            "p_exact_two_sided": comparison.mcnemar.p_exact,
            "p_mid": comparison.mcnemar.p_mid,
        },
        "auc_difference": comparison.auc.iter().enumerate().map(|(class, auc)| auc_json(class, auc, names)).collect::<Value>(),
        "metrics": comparison.pairs.iter().map(|pair| json!({
            "name": pair.statistic.name(),
            "class": pair.statistic.class().and_then(|class| names.get(class)),
            "a": value(pair.a),
            "b": value(pair.b),
            "b_minus_a": estimate_json(&pair.difference, names),
        })).collect::<Value>(),
        "flips": comparison.flips.len(),
        "moves": comparison.moves.iter().map(|step| json!({
            "truth": names.get(step.truth), "a": names.get(step.from), "b": names.get(step.to), "n": step.cases,
        })).collect::<Value>(),
    })
}

fn agreement_json(counts: &Agreement) -> Value {
    json!({
        "both_right": counts.both_right, "only_a_right": counts.only_a_right, "only_b_right": counts.only_b_right,
        "both_wrong": counts.both_wrong,
    })
}

fn auc_json(class: usize, auc: &Result<AucDifference, Undefined>, names: &[String]) -> Value {
    match auc {
        Err(reason) => json!({"class": names.get(class), "why_not": reason.words(names)}),
        Ok(auc) => json!({
            "class": names.get(class), "auc_a": auc.area_a, "auc_b": auc.area_b, "b_minus_a": auc.area_b - auc.area_a,
            "variance": auc.variance, "z": auc.z, "p_two_sided": auc.p, "method": "DeLong",
        }),
    }
}
