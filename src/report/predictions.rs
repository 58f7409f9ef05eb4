//! Predictions as JSON lines and as a CSV table. Both shapes are stable: others script against them.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::ReportError;
use crate::review::reference::Known;
use crate::review::stability::Stability;
use crate::review::{Case, CaseError, Scored};

/// One case as a JSON object: `path`, then either `slice`, `scores` by class name, `logits`, `predicted`, `engine`,
/// `provider`, `elapsed_ms` (and `slices`, `truth`, `known`, `warnings` where there are any), or `error`.
pub fn json_line(case: &Case, class_names: &[String]) -> Value {
    let mut line = Map::new();
    line.insert("path".to_owned(), json!(case.path.to_string_lossy()));
    match &case.outcome {
        Ok(scored) => scored_fields(&mut line, scored, class_names),
        Err(error) => {
            if let CaseError::Slice { slice, .. } = error {
                line.insert("slice".to_owned(), json!(slice));
            }
            line.insert("error".to_owned(), json!(error.to_string()));
        }
    }
    if let Some(truth) = case.truth.and_then(|index| class_names.get(index)) {
        line.insert("truth".to_owned(), json!(truth));
    }
    Value::Object(line)
}

/// A prediction under small changes: `other_class` `of` so many predict another class, from `score_low` to `score_high` the
/// score of the predicted one; `changes` holds the class and the scores under each.
pub fn stability_json(found: &Stability, class_names: &[String]) -> Value {
    let (low, high) = found.range();
    let name = |class: usize| class_names.get(class).cloned().unwrap_or_default();
    let changes: Vec<Value> = found
        .changed
        .iter()
        .map(|(change, one)| json!({"change": change.words(), "predicted": name(one.predicted), "scores": one.scores}))
        .collect();
    json!({
        "other_class": found.other_class().count(), "of": found.changed.len(), "score_low": low, "score_high": high,
        "changes": changes,
    })
}

fn scored_fields(line: &mut Map<String, Value>, scored: &Scored, class_names: &[String]) {
    let result = &scored.inference;
    line.insert("slice".to_owned(), json!(scored.slices.first()));
    if scored.slices.len() > 1 {
        line.insert("slices".to_owned(), json!(scored.slices));
    }
    let scores: Map<String, Value> =
        class_names.iter().zip(&result.scores).map(|(name, score)| (name.clone(), json!(score))).collect();
    line.insert("scores".to_owned(), Value::Object(scores));
    line.insert("logits".to_owned(), json!(result.logits));
    line.insert("predicted".to_owned(), json!(class_names.get(result.predicted)));
    line.insert("engine".to_owned(), json!(result.engine));
    line.insert("provider".to_owned(), json!(result.provider));
    line.insert("elapsed_ms".to_owned(), json!(result.elapsed_ms));
    if let Some(known) = &scored.known {
        line.insert("known".to_owned(), known_fields(known));
    }
    if !scored.warnings.is_empty() {
        line.insert("warnings".to_owned(), json!(scored.warnings));
    }
}

/// What the model's reference says of the case.
fn known_fields(known: &Known) -> Value {
    let mut fields = json!(known);
    if let Value::Object(fields) = &mut fields {
        fields.insert("unlike".to_owned(), json!(known.is_unlike()));
    }
    fields
}

/// Writes `path,slice,truth,predicted,score of each class,error`, one row a case.
pub fn write_csv(path: &Path, cases: &[Case], class_names: &[String]) -> Result<(), ReportError> {
    let failed = |source: csv::Error| ReportError::Write { path: path.to_owned(), source: source.into() };
    let mut writer = csv::Writer::from_path(path).map_err(failed)?;
    let mut header = vec!["path".to_owned(), "slice".to_owned(), "truth".to_owned(), "predicted".to_owned()];
    header.extend(class_names.iter().map(|name| format!("score {name}")));
    header.push("error".to_owned());
    writer.write_record(&header).map_err(failed)?;
    for case in cases {
        writer.write_record(csv_row(case, class_names)).map_err(failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn csv_row(case: &Case, class_names: &[String]) -> Vec<String> {
    let name = |index: Option<usize>| index.and_then(|i| class_names.get(i)).cloned().unwrap_or_default();
    let mut row = vec![case.path.to_string_lossy().into_owned()];
    match &case.outcome {
        Ok(scored) => {
            let slices: Vec<String> = scored.slices.iter().map(usize::to_string).collect();
            row.extend([slices.join(" "), name(case.truth), name(Some(scored.inference.predicted))]);
            row.extend(scored.inference.scores.iter().map(f32::to_string));
            row.push(String::new());
        }
        Err(error) => {
            row.extend([String::new(), name(case.truth), String::new()]);
            row.extend(class_names.iter().map(|_| String::new()));
            row.push(error.to_string());
        }
    }
    row
}
