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
        (&words::SCORING, Some(plain(&model.scoring))),
        (&words::ENGINE, Some(engine.join(" · "))),
        (&words::SYSTEM, Some(run.engine.system.clone())),
        (&words::PROGRAM, Some(run.program.clone())),
        (&words::OPTIONS, Some(plain(&options))),
        (&words::STARTED, Some(run.started.clone())),
        (&words::WRITTEN, Some(report.written.clone())),
    ];
    facts.into_iter().filter_map(|(phrase, value)| Some((language.say(phrase), value?))).collect()
}

/// `kind softmax, temperature 1.2`; what is not set is left out.
fn plain(value: &Value) -> String {
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Object(map) => {
            let set = map.iter().filter(|(_, value)| !value.is_null() && **value != Value::Bool(false));
            let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
            let words = set.filter(|(_, value)| !empty(value)).map(|(key, value)| format!("{key} {}", word(value)));
            words.collect::<Vec<_>>().join(", ")
        }
        other => word(other),
    }
}

/// One row a preprocessing step.
fn steps<'a>(steps: &Value, language: Language) -> Option<Block<'a>> {
    let rows: Vec<Vec<String>> = steps
        .as_array()?
        .iter()
        .map(|step| {
            let name = step.get("step").and_then(Value::as_str).unwrap_or("?").to_owned();
            let mut rest = step.clone();
            if let Some(map) = rest.as_object_mut() {
                map.remove("step");
            }
            vec![name, plain(&rest)]
        })
        .collect();
    let header = vec![language.say(&words::STEPS), language.say(&words::OPTIONS)];
    (!rows.is_empty()).then(|| Block::Table(Table::of_words(header, rows)))
}
