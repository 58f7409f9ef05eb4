//! `metrics.json`: every number with its n, its interval, the method and the seed.

use serde_json::{Map, Value, json};

use super::calibrated::calibrated_json;
use super::{GROUP_RULE, MetricsReport, TemperatureReport};
use crate::metrics::{
    Averages, Baselines, ClassSummary, ClassificationReport, Estimate, Interval, LEVEL, Measured, Method, Summary,
};
use crate::report::RESEARCH_USE;
use crate::review::table::RowProblem;

/// Rows that were left out and are named.
const MOST_PROBLEMS: usize = 1000;

/// Everything about one classifier.
pub fn metrics_json(report: &MetricsReport) -> Value {
    let (predictions, names) = (&report.predictions, &report.predictions.class_names);
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("program", json!(concat!("overread ", env!("CARGO_PKG_VERSION"))));
    put("notice", json!(RESEARCH_USE));
    put("predictions", json!(predictions.path.to_string_lossy()));
    put("read_as", json!(predictions.remarks));
    put("classes", json!(names));
    put("rows", json!(predictions.cases.len()));
    put("rows_without_label", json!(report.unlabelled()));
    put("rows_left_out", json!(predictions.problems.len()));
    put("left_out", problems_json(&predictions.problems));
    for (key, value) in summary_fields(&report.summary, names) {
        put(&key, value);
    }
    put("temperature", temperature_json(&report.temperature, names));
    put("calibrated_scores", calibrated_json(report));
    let group = report.per_group.as_ref().map(|group| {
        let mut fields = summary_fields(&group.summary, names);
        fields.insert("rule".to_owned(), json!(GROUP_RULE));
        fields.insert("left_out".to_owned(), json!(group.faults));
        fields
    });
    put("per_group", json!(group));
    Value::Object(object)
}

pub(super) fn problems_json(problems: &[RowProblem]) -> Value {
    problems.iter().take(MOST_PROBLEMS).map(|problem| json!({"line": problem.line, "what": problem.what})).collect()
}

/// The fields of one set of cases.
pub(super) fn summary_fields(summary: &Summary, names: &[String]) -> Map<String, Value> {
    let matrix = &summary.matrix;
    let classes = 0..matrix.classes();
    let shares = |share: &dyn Fn(usize, usize) -> Measured| -> Value {
        classes.clone().map(|truth| classes.clone().map(|p| json!(share(truth, p).ok())).collect::<Value>()).collect()
    };
    let overall: Map<String, Value> = summary
        .overall
        .iter()
        .map(|(statistic, estimate)| (statistic.name().to_owned(), estimate_json(estimate, names)))
        .collect();
    let value = json!({
        "n": summary.cases,
        "groups": summary.groups,
        "warnings": summary.cautions.iter().map(|caution| json!({"key": caution.key(), "text": caution.words(names)})).collect::<Value>(),
        "confusion": {
            "rows": "reference label",
            "columns": "predicted",
            "counts": matrix.rows().collect::<Vec<_>>(),
            "row_shares": shares(&|truth, predicted| matrix.row_share(truth, predicted)),
            "column_shares": shares(&|truth, predicted| matrix.column_share(truth, predicted)),
        },
        "classification_report": summary.report.as_ref().map(|report| report_json(report, names)).ok(),
        "overall": overall,
        "by_class": summary.classes.iter().map(|class| class_json(class, names)).collect::<Value>(),
        "baselines": summary.baselines.as_ref().map(|baselines| baselines_json(baselines, names)).ok(),
        "calibration_bins": summary.options.bins,
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn report_json(report: &ClassificationReport, names: &[String]) -> Value {
    let name = |class: usize| names.get(class).cloned().unwrap_or_default();
    let rows: Map<String, Value> = report
        .rows
        .iter()
        .map(|row| {
            let [precision, recall, f1] = row.shown();
            let zero: Vec<&str> = row.zero_divisions().map(|(score, _)| score.name()).collect();
            let scores = json!({
                "precision": precision, "recall": recall, "f1-score": f1, "support": row.support,
                "zero_division": zero,
            });
            (name(row.class), scores)
        })
        .collect();
    let mean = |mean: Averages| {
        json!({
            "precision": mean.precision, "recall": mean.recall, "f1-score": mean.f1, "support": report.total,
        })
    };
    json!({
        "definition": "sklearn.metrics.classification_report, zero_division = 0",
        "classes": rows,
        "accuracy": report.accuracy,
        "macro avg": mean(report.macro_average),
        "weighted avg": mean(report.weighted_average),
        "classes_that_do_not_occur": report.left_out.iter().map(|class| name(*class)).collect::<Vec<_>>(),
    })
}

fn class_json(class: &ClassSummary, names: &[String]) -> Value {
    let calibration = class.calibration.as_ref().ok().map(|bins| {
        bins.iter()
            .map(|bin| {
                json!({
                    "above": bin.low, "up_to": bin.high, "n": bin.cases, "mean_stated": bin.mean_stated,
                    "share_true": bin.share_true,
                })
            })
            .collect::<Value>()
    });
    json!({
        "class": names.get(class.class),
        "support": class.support,
        "sensitivity": estimate_json(&class.recall, names),
        "specificity": estimate_json(&class.specificity, names),
        "positive_predictive_value": estimate_json(&class.precision, names),
        "negative_predictive_value": estimate_json(&class.negative_predictive_value, names),
        "f1": estimate_json(&class.f1, names),
        "auc": estimate_json(&class.auc, names),
        "average_precision": estimate_json(&class.average_precision, names),
        "calibration": calibration,
    })
}

fn baselines_json(baselines: &Baselines, names: &[String]) -> Value {
    json!({
        "majority": {
            "class": names.get(baselines.majority_class),
            "accuracy": baselines.majority_accuracy,
            "balanced_accuracy": baselines.majority_balanced_accuracy,
            "macro_f1": baselines.majority_macro_f1,
            "weighted_f1": baselines.majority_weighted_f1,
        },
        "chance_by_the_labels_shares": {"accuracy": baselines.stratified_accuracy},
        "chance_even": {"accuracy": baselines.uniform_accuracy},
        "p_accuracy_above_majority": baselines.p_above_majority,
    })
}

fn temperature_json(report: &TemperatureReport, names: &[String]) -> Value {
    match &report.fit {
        Err(reason) => json!({"temperature": null, "why_not": reason.words(names)}),
        Ok(fit) => json!({
            "temperature": fit.temperature,
            "n": fit.cases,
            "nll_before": fit.nll_before,
            "nll_after": fit.nll_after,
            "ece_before": fit.ece_before,
            "ece_after": fit.ece_after,
            "from": if report.own_logits { "logits" } else { "logarithms of the scores" },
            "note": "fitted to and measured on the same cases",
        }),
    }
}

/// A number, its interval, its n; or why they are not there.
pub(super) fn estimate_json(estimate: &Estimate, names: &[String]) -> Value {
    let mut map = Map::new();
    map.insert("value".to_owned(), json!(estimate.value.ok()));
    map.insert("n".to_owned(), json!(estimate.cases));
    if let Err(reason) = estimate.value {
        map.insert("why_not".to_owned(), json!(reason.words(names)));
    }
    match &estimate.interval {
        Ok(interval) => {
            map.insert("interval".to_owned(), interval_json(interval));
        }
        Err(reason) => {
            map.insert("interval".to_owned(), Value::Null);
            if estimate.value.is_ok() {
                map.insert("why_no_interval".to_owned(), json!(reason.words(names)));
            }
        }
    }
    Value::Object(map)
}

fn interval_json(interval: &Interval) -> Value {
    let mut value = json!({
        "low": interval.low, "high": interval.high, "level": LEVEL, "method": interval.method.name(),
    });
    if let (Method::Bootstrap { resamples, used, seed, groups }, Some(map)) = (interval.method, value.as_object_mut()) {
        map.insert("resamples".to_owned(), json!(resamples));
        map.insert("used".to_owned(), json!(used));
        map.insert("seed".to_owned(), json!(seed));
        if let Some(groups) = groups {
            map.insert("groups".to_owned(), json!(groups));
        }
    }
    value
}
