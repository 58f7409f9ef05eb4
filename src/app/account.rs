//! How a number on the screen came about, as text that a script can read.

use serde_json::{Value, json};

use super::{EngineFacts, ModelFacts, Prediction};
use crate::report;
use crate::review::stability::Stability;

/// Everything that led to a prediction: file, slices, steps, what was fed, model, engine, raw outputs, scores; and
/// what small changes of the picture make of it, where that was checked.
pub fn account(
    facts: &ModelFacts,
    engine: Option<&EngineFacts>,
    prediction: &Prediction,
    stability: Option<&Stability>,
) -> Value {
    let inference = &prediction.inference;
    let steps = facts.steps.iter().zip(prediction.seen.iter().skip(1)).map(|(step, seen)| {
        let parameters: serde_json::Map<String, Value> =
            step.parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let range = if seen.is_slice { "range_of_shown_slice" } else { "range" };
        json!({
            "step": step.name, "parameters": parameters, "origin": step.origin, "from": step.from,
            "remark": seen.remark, "shape": seen.shape, range: seen.range,
        })
    });
    let rule = facts.rule.as_ref();
    json!({
        "program": concat!("overread ", env!("CARGO_PKG_VERSION")),
        "file_sha256": prediction.source.sha256,
        "slices": prediction.frames,
        "preprocess": steps.collect::<Vec<Value>>(),
        "fed": prediction.fed.iter().map(|fed| json!({"low": fed.low, "mean": fed.mean, "high": fed.high}))
            .collect::<Vec<Value>>(),
        "model": {"name": facts.name, "version": facts.version, "sha256": facts.sha256},
        "engine": {"name": inference.engine, "version": engine.map(|engine| &engine.version),
            "provider": inference.provider, "milliseconds": inference.elapsed_ms},
        "output": rule.map(|rule| json!({"kind": rule.kind, "temperature": rule.temperature,
            "independent": rule.independent, "thresholds": rule.thresholds})),
        "parts": prediction.parts.iter().map(|part| json!({"logits": part.logits, "scores": part.scores}))
            .collect::<Vec<Value>>(),
        "classes": facts.class_names, "logits": inference.logits, "scores": inference.scores,
        "stability": stability.map(|found| report::stability_json(found, &facts.class_names)),
        "predicted": inference.predicted, "warnings": prediction.warnings, "remarks": prediction.remarks,
    })
}
