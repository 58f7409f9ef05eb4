//! What the window shows of a model and its session.

use serde::Serialize;
use serde_json::Value;

use crate::app::{EngineFacts, Fact, Golden, ModelFacts, Parameter, StepFacts};
use crate::engine::{EngineKind, InputSelection, Model, OneOrMany, Origin, Session, Sourced, runtime};

/// Longest model card that is shown, bytes.
const MOST_CARD: usize = 64 << 10;

pub(super) fn describe_model(model: &Model) -> ModelFacts {
    let manifest = &model.manifest;
    let text = |value: &Option<Sourced<String>>| value.as_ref().map(|value| value.value.clone());
    let selection = manifest.input_selection.as_ref().map(|selection| &selection.value);
    let mut thresholds = vec![None; model.class_names().len()];
    for (class, threshold) in &manifest.thresholds {
        if let Some(slot) = thresholds.get_mut(*class) {
            *slot = Some(*threshold);
        }
    }
    ModelFacts {
        name: manifest.name.value.clone(),
        version: text(&manifest.version),
        description: text(&manifest.description),
        intended_use: text(&manifest.intended_use),
        path: model.source.clone(),
        is_bare: model.is_bare,
        rule: Some(model.rule().clone()),
        sha256: model.sha256.clone(),
        class_names: model.class_names().to_vec(),
        classes_are_named: manifest.class_names.origin != Origin::Assumed,
        thresholds,
        calibrated: manifest.temperature.is_some(),
        golden: match manifest.golden_cases.len() {
            0 => Golden::None,
            cases => Golden::Waiting { cases },
        },
        facts: facts(model),
        steps: steps(model),
        card: card(model),
        modality: stated(selection.and_then(|selection| selection.modality.as_ref())),
        body_part: stated(selection.and_then(|selection| selection.body_part.as_ref())),
        remarks: manifest.remarks.clone(),
        takes_volumes: model.is_volume(),
        slice_files: model.slice_files().cloned(),
    }
}

fn stated(values: Option<&OneOrMany>) -> Vec<String> {
    values.map(|values| values.as_slice().to_vec()).unwrap_or_default()
}

pub(super) fn describe_engine(session: &Session) -> EngineFacts {
    let status = runtime::status();
    let version = match session.engine() {
        EngineKind::OnnxRuntime => status.version.unwrap_or_default(),
        EngineKind::Embedded => status.embedded,
    };
    EngineFacts {
        kind: session.engine(),
        version,
        provider: session.provider(),
        remark: session.remark().map(str::to_owned),
    }
}

fn facts(model: &Model) -> Vec<Parameter> {
    let manifest = &model.manifest;
    let side = |value: &Option<Sourced<usize>>| value.as_ref().map(|value| value.value);
    let input = Fact::Input {
        depth: side(&manifest.depth),
        cols: side(&manifest.cols),
        rows: side(&manifest.rows),
        channels: manifest.channels.value,
        layout: manifest.layout.value,
    };
    let least_sure = [
        Some((&manifest.layout.origin, &manifest.layout.from)),
        Some((&manifest.channels.origin, &manifest.channels.from)),
        manifest.rows.as_ref().map(|rows| (&rows.origin, &rows.from)),
        manifest.cols.as_ref().map(|cols| (&cols.origin, &cols.from)),
    ];
    let (origin, from) = least_sure.into_iter().flatten().max_by_key(|(origin, _)| doubt(**origin)).unzip();
    let mut facts = vec![
        Parameter {
            fact: Fact::Classes {
                count: model.class_names().len(),
                names: (manifest.class_names.origin != Origin::Assumed).then(|| model.class_names().to_vec()),
            },
            origin: manifest.class_names.origin,
            from: manifest.class_names.from.clone(),
        },
        Parameter {
            fact: input,
            origin: origin.copied().unwrap_or(Origin::Assumed),
            from: from.cloned().unwrap_or_default(),
        },
        Parameter {
            fact: Fact::Output(manifest.output_kind.value),
            origin: manifest.output_kind.origin,
            from: manifest.output_kind.from.clone(),
        },
    ];
    facts.extend(manifest.input_selection.as_ref().and_then(selection));
    facts
}

/// Assumed is more doubtful than imported, imported than declared.
fn doubt(origin: Origin) -> u8 {
    match origin {
        Origin::Declared => 0,
        Origin::Imported => 1,
        Origin::Assumed => 2,
    }
}

/// Which slices, and how they are combined.
fn selection(selection: &Sourced<InputSelection>) -> Option<Parameter> {
    let (slices, combine) = (selection.value.slices.clone(), selection.value.combine);
    (slices.is_some() || combine.is_some()).then(|| Parameter {
        fact: Fact::Slices { slices, combine },
        origin: selection.origin,
        from: selection.from.clone(),
    })
}

/// The steps of pictures, or those of volumes.
fn steps(model: &Model) -> Vec<StepFacts> {
    let manifest = &model.manifest;
    let volume = manifest.preprocess_volume.iter().map(step);
    manifest.preprocess.iter().map(step).chain(volume).collect()
}

fn step(step: &Sourced<impl Serialize>) -> StepFacts {
    let fields = match serde_json::to_value(&step.value) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let name = fields.get("step").and_then(Value::as_str).unwrap_or_default().to_owned();
    // In the order in which they are written: taking the name out would move the last one to the front.
    let parameters = fields.into_iter().filter(|(key, _)| key != "step").map(|(key, value)| (key, plain(value)));
    StepFacts { name, parameters: parameters.collect(), origin: step.origin, from: step.from.clone() }
}

/// A JSON value as a person reads it: no quotes, no brackets, short numbers.
fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text.replace('_', " "),
        Value::Array(values) => values.into_iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| format!("{} {}", key.replace('_', " "), plain(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => short(float),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// At most six significant digits.
fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// The README beside the model, where there is one.
fn card(model: &Model) -> Option<String> {
    if model.is_bare {
        return None;
    }
    let mut text = std::fs::read_to_string(model.folder.join("README.md")).ok()?;
    let end = (0..=MOST_CARD.min(text.len())).rev().find(|end| text.is_char_boundary(*end))?;
    text.truncate(end);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_read_like_words() {
        assert_eq!(plain(serde_json::json!([224, 224])), "224 224");
        assert_eq!(plain(serde_json::json!(0.00392156862745098)), "0.00392157");
        assert_eq!(plain(serde_json::json!("mean_probabilities")), "mean probabilities");
        assert_eq!(plain(serde_json::json!({"every_nth": 4})), "every nth 4");
    }
}
