//! One page about a model: what the graph says, what was found, what is assumed.

use super::Choices;
use crate::engine::family::family;
use crate::engine::manifest::{Origin, Sourced};
use crate::engine::model::Model;
use crate::onnx::{self, Dim};

/// Where values come from that the person gave.
pub(super) const GIVEN: &str = "given";

/// One line of the page.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Fact {
    /// What it is about: `input`, `classes`…
    pub topic: &'static str,
    pub text: String,
    pub origin: Origin,
    /// The file it was read from, or the reason for the guess; may be empty.
    pub from: String,
}

/// The page, in reading order.
pub fn facts_of(model: &Model) -> Vec<Fact> {
    let mut facts = graph_facts(model);
    facts.extend(manifest_facts(model));
    facts
}

/// How much of a page rests on guesses: classes, their positive one, the input, the output and the preparation count once
/// each, however many lines they have.
pub fn assumed(page: &[Fact]) -> usize {
    let subject = |fact: &Fact| match fact.topic {
        "layout" | "channels" | "size" => Some("input"),
        // What the layers' names tell, not something to state.
        "family" => None,
        topic => Some(topic),
    };
    let guesses = page.iter().filter(|fact| fact.origin == Origin::Assumed);
    guesses.filter_map(subject).collect::<std::collections::BTreeSet<_>>().len()
}

/// The page of the model to save, where each line that the export said before keeps its origin; the rest was given.
/// `given_steps` is true where the person chose how pictures are prepared: then all steps are theirs.
pub(super) fn with_origins(page: Vec<Fact>, before: &[Fact], given_steps: bool) -> Vec<Fact> {
    let origin = |fact: Fact| match before.iter().find(|old| old.topic == fact.topic && old.text == fact.text) {
        _ if given_steps && fact.topic == "step" => Fact { from: GIVEN.to_owned(), ..fact },
        Some(old) => old.clone(),
        None if fact.origin == Origin::Declared => Fact { from: GIVEN.to_owned(), ..fact },
        None => fact,
    };
    page.into_iter().map(origin).collect()
}

/// Each step's line says where that step comes from.
pub(super) fn source_steps<T>(page: &mut [Fact], steps: &[Sourced<T>]) {
    for (fact, step) in page.iter_mut().filter(|fact| fact.topic == "step").zip(steps) {
        (fact.origin, fact.from) = (step.origin, step.from.clone());
    }
}

/// What decides how the graph is read was given before the page of the export was made.
pub(super) fn give(page: &mut [Fact], choices: &Choices) {
    for fact in page {
        let is_given = match fact.topic {
            "layout" => choices.layout.is_some(),
            "size" => choices.size.is_some(),
            "scores" => choices.kind.is_some(),
            _ => false,
        };
        if is_given {
            (fact.origin, fact.from) = (Origin::Declared, GIVEN.to_owned());
        }
    }
}

fn graph(topic: &'static str, text: String) -> Fact {
    Fact { topic, text, origin: Origin::Declared, from: "the model's graph".to_owned() }
}

fn graph_facts(model: &Model) -> Vec<Fact> {
    let found = &model.graph;
    let producer = if found.producer.is_empty() { "an unnamed program" } else { &found.producer };
    let operators = found.nodes().len();
    let precision = onnx::precision(found);
    let mut facts = vec![
        graph("written by", format!("{producer}, operator set {}, {operators} operators", found.opset)),
        graph("weights", precision.words().unwrap_or_else(|| format!("{} float32", precision.parameters()))),
    ];
    if let Some(input) = found.inputs.first() {
        facts.push(graph("input", format!("\"{}\" {} {}", input.name, input.dtype_text(), input.shape_text())));
    }
    facts.push(graph("batch", batch(&model.input.batch)));
    facts.extend(onnx::entry(found).words().into_iter().map(|words| graph("inside", words)));
    if let Some(family) = family(found) {
        facts.push(Fact {
            topic: "family",
            text: family.network.to_owned(),
            origin: Origin::Assumed,
            from: family.words(),
        });
    }
    let output = found.outputs.iter().find(|output| output.name == model.output);
    let shape = output.map(onnx::ValueFacts::shape_text).unwrap_or_default();
    let logits = match &model.logits {
        Some(logits) if logits.name == model.output => "it holds logits".to_owned(),
        Some(logits) => format!("the logits before it are read from \"{}\"", logits.name),
        None => "there is no way to the logits".to_owned(),
    };
    facts.push(graph("output", format!("\"{}\" {shape}; {logits}", model.output)));
    facts
}

fn batch(batch: &Dim) -> String {
    match batch.fixed() {
        Some(1) => "fixed to 1: pictures run one by one".to_owned(),
        Some(length) => format!("fixed to {length}"),
        None => "any length".to_owned(),
    }
}

fn manifest_facts(model: &Model) -> Vec<Fact> {
    let manifest = &model.manifest;
    let mut facts = vec![of("layout", manifest.layout.value.to_string(), &manifest.layout)];
    match (&manifest.rows, &manifest.cols) {
        (Some(rows), Some(cols)) if model.is_volume() => {
            let depth = manifest.depth.as_ref().map_or_else(|| "any".to_owned(), |depth| depth.value.to_string());
            facts.push(of("size", format!("a volume of {depth} x {} x {}", rows.value, cols.value), rows));
        }
        (Some(rows), Some(cols)) => {
            facts.push(of("size", format!("{} rows x {} columns", rows.value, cols.value), rows));
        }
        _ => facts.push(graph("size", "any".to_owned())),
    }
    facts.push(of("channels", manifest.channels.value.to_string(), &manifest.channels));
    facts.push(of("scores", manifest.output_kind.value.to_string(), &manifest.output_kind));
    facts.push(of("classes", manifest.class_names.value.join(", "), &manifest.class_names));
    if let Some(positive) = &manifest.positive_class {
        let name = manifest.class_names.value.get(positive.value).cloned().unwrap_or_default();
        facts.push(of("positive", name, positive));
    }
    for (number, step) in manifest.preprocess.iter().enumerate() {
        let text = serde_json::to_string(&step.value).unwrap_or_default();
        facts.push(of("step", format!("{} {text}", number + 1), step));
    }
    for (number, step) in manifest.preprocess_volume.iter().enumerate() {
        let text = serde_json::to_string(&step.value).unwrap_or_default();
        facts.push(of("step", format!("{} {text}", number + 1), step));
    }
    facts
}

fn of<T>(topic: &'static str, text: String, value: &Sourced<T>) -> Fact {
    Fact { topic, text, origin: value.origin, from: value.from.clone() }
}
