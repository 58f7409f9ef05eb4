//! Which model, on what, how: enough to run it again.

use serde_json::Value;

use super::model_card::excerpt;
use super::words::{self, Language};
use super::{Block, Table};
use crate::report::ReviewReport;
use crate::review::folder::RunFacts;

pub(super) fn model<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    let mut blocks = Vec::new();
    for (title, run) in [(&words::MODEL_A, Some(report.run)), (&words::MODEL_B, report.compared)] {
        let Some(run) = run else { continue };
        if report.compared.is_some() {
            blocks.push(Block::Subheading(language.say(title)));
        }
        blocks.push(Block::Facts(facts(run, report, language)));
        blocks.extend(steps(&run.model.steps, language));
    }
    if let Some(card) = &report.model_card {
        let card = excerpt(card);
        if !card.is_empty() {
            blocks.push(Block::Subheading(language.say(&words::CARD)));
            blocks.extend(card.into_iter().map(|piece| match piece {
                super::model_card::Piece::Paragraph(text) => Block::Text(text),
                super::model_card::Piece::Bullets(lines) => Block::Bullets(lines),
            }));
        }
    }
    blocks
}

fn facts(run: &RunFacts, report: &ReviewReport<'_>, language: Language) -> Vec<(String, String)> {
    let model = &run.model;
    let engine = [Some(run.engine.engine.as_str()), run.engine.version.as_deref(), Some(run.engine.provider.as_str())];
    let engine: Vec<&str> = engine.into_iter().flatten().collect();
    let options = serde_json::to_value(&run.options).unwrap_or_default();
    let facts = [
        (&words::NAME, Some(model.name.clone())),
        (&words::VERSION, model.version.clone()),
        (&words::MODEL_HASH, Some(model.sha256.clone())),
        (&words::MANIFEST_HASH, model.manifest_sha256.clone()),
        (&words::CLASSES, Some(model.classes.join(", "))),
        (&words::SCORING, Some(plain(&without(&model.scoring, "thresholds"), language))),
        (&words::OPERATING_POINT, own_point(run)),
        (&words::ENGINE, Some(engine.join(" · "))),
        (&words::SYSTEM, Some(run.engine.system.clone())),
        (&words::PROGRAM, Some(run.program.clone())),
        (&words::OPTIONS, Some(plain(&options, language)).filter(|options| !options.is_empty())),
        (&words::STARTED, Some(run.started.clone())),
        (&words::WRITTEN, Some(report.written.clone())),
    ];
    facts.into_iter().filter_map(|(phrase, value)| Some((language.say(phrase), value?))).collect()
}

/// `kind softmax, temperature 1.2`; what is not set is left out, numbers have the digits that f32 holds.
fn plain(value: &Value, language: Language) -> String {
    let set = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(all) => !all.is_empty(),
        _ => true,
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or(number.to_string(), |number| (number as f32).to_string()),
        Value::Array(all) => all.iter().map(|value| plain(value, language)).collect::<Vec<_>>().join(" "),
        Value::Object(map) => {
            let words = map.iter().filter(|(_, value)| set(value)).map(|(key, value)| match value {
                Value::Object(_) => format!("{} ({})", language.setting(key), plain(value, language)),
                Value::Bool(_) => language.setting(key).to_owned(),
                value => format!("{} {}", language.setting(key), plain(value, language)),
            });
            words.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// One row a preprocessing step.
fn steps<'a>(steps: &Value, language: Language) -> Option<Block<'a>> {
    let rows: Vec<Vec<String>> = steps
        .as_array()?
        .iter()
        .map(|step| {
            let name = step.get("step").and_then(Value::as_str).unwrap_or("?").to_owned();
            // As the manifest writes them.
            vec![name, plain(&without(step, "step"), Language::English)]
        })
        .collect();
    let header = vec![language.say(&words::STEPS), language.say(&words::OPTIONS)];
    (!rows.is_empty()).then(|| Block::Table(Table::of_words(header, rows)))
}

fn without(value: &Value, key: &str) -> Value {
    let mut rest = value.clone();
    if let Some(map) = rest.as_object_mut() {
        map.remove(key);
    }
    rest
}

/// The least scores from which the model's manifest predicts classes: `PNEUMONIA ≥ 0.66`.
fn own_point(run: &RunFacts) -> Option<String> {
    let all: Vec<(usize, f32)> = serde_json::from_value(run.model.scoring.get("thresholds")?.clone()).ok()?;
    let one = |(class, score): &(usize, f32)| Some(format!("{} ≥ {score}", run.model.classes.get(*class)?));
    let words: Vec<String> = all.iter().filter_map(one).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
