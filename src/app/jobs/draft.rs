//! What the import page shows of a draft.

use std::path::{Path, PathBuf};

use super::describe::describe_model;
use super::import::Place;
use crate::app::{Drafted, Fact, GraphFacts, LogitsPlace, Parameter};
use crate::engine::Origin;
use crate::engine::import::{Draft, Fact as Line, assumed};
use crate::engine::{MetadataFile, Model};
use crate::onnx;
use crate::preprocess::{Recipe, Step, VolumeRecipe};

/// Longest note inside a model that is shown, characters.
const MOST_NOTE: usize = 120;

/// `files` are those beside the model; `says_more` is true where the person changed what the export says; `kept` says where
/// model folders are kept, `path` what was opened.
pub(super) fn drafted(
    draft: &Draft,
    files: Vec<(&'static str, bool)>,
    says_more: bool,
    (kept, path): (&Place, &Path),
) -> Drafted {
    let mut facts = describe_model(&draft.model);
    let line = |topic: &str| draft.page.iter().find(|line| line.topic == topic);
    for parameter in &mut facts.facts {
        let topics: &[&str] = match parameter.fact {
            Fact::Classes { .. } => &["classes"],
            Fact::Input { .. } => &["layout", "channels", "size"],
            Fact::Output(_) => &["scores"],
            Fact::Slices { .. } => &[],
        };
        take_origin(parameter, topics.iter().filter_map(|topic| line(topic)));
    }
    let steps = draft.page.iter().filter(|line| line.topic == "step");
    for (step, line) in facts.steps.iter_mut().zip(steps) {
        (step.origin, step.from) = (line.origin, line.from.clone());
    }
    let out = place(&draft.file, &facts.name, kept, path);
    facts.classes_are_named = line("classes").is_none_or(|line| line.origin != Origin::Assumed);
    let layout_from = line("layout").map(|line| line.from.clone()).unwrap_or_default();
    let model = &draft.model;
    Drafted {
        layout_from,
        // Another place is a copy, whatever it says.
        is_changed: says_more || kept.chosen,
        keeps_older: out.join("metadata.json").is_file(),
        leaves_out_fitted: draft.leaves_out_fitted,
        channels: model.channels(),
        size: model.input_size().map(|(rows, cols)| [rows, cols]).or_else(|| resized(model.steps())),
        size_is_assumed: model.input_size().is_none()
            && facts.steps.iter().any(|step| step.origin == Origin::Assumed && RESIZES.contains(&step.name.as_str())),
        recipe: Recipe::of_steps(model.steps(), model.channels()),
        volume: model.is_volume().then(|| VolumeRecipe::of_steps(model.volume_steps())).flatten(),
        assumed: assumed(&draft.page),
        positive_is_assumed: line("positive").is_some_and(|line| line.origin == Origin::Assumed),
        positive: model.manifest.positive_class.as_ref().map(|class| class.value),
        graph: graph_facts(model),
        files,
        out,
        facts,
    }
}

/// Steps that decide how large the picture is.
const RESIZES: [&str; 4] = ["resize", "resize_shorter", "center_crop", "letterbox"];

/// Rows and columns after the last step that states both.
fn resized(steps: &[Step]) -> Option<[usize; 2]> {
    steps.iter().rev().find_map(|step| match step {
        Step::Resize { size, .. } | Step::CenterCrop { size, .. } | Step::Letterbox { size, .. } => Some(*size),
        _ => None,
    })
}

/// The least sure of the lines.
fn take_origin<'a>(parameter: &mut Parameter, lines: impl Iterator<Item = &'a Line>) {
    let doubt = |line: &&Line| match line.origin {
        Origin::Declared => u8::from(line.from == GIVEN),
        Origin::Imported => 2,
        Origin::Assumed => 3,
    };
    if let Some(line) = lines.max_by_key(doubt) {
        (parameter.origin, parameter.from) = (line.origin, line.from.clone());
    }
}

/// What `engine::import` says of values that the person gave.
const GIVEN: &str = "given";

fn graph_facts(model: &Model) -> GraphFacts {
    let graph = &model.graph;
    let entry = onnx::entry(graph);
    let precision = onnx::precision(graph);
    let input = graph.inputs.iter().find(|input| input.name == model.input.name);
    let output = graph.outputs.iter().find(|output| output.name == model.output);
    let notes = graph.metadata.iter().map(|(key, value)| (key.clone(), value.chars().take(MOST_NOTE).collect()));
    GraphFacts {
        producer: graph.producer.clone(),
        opset: graph.opset,
        operators: graph.nodes().len(),
        parameters: precision.parameters(),
        precision: precision.words(),
        input: model.input.name.clone(),
        dtype: input.map(onnx::ValueFacts::dtype_text).unwrap_or_default(),
        input_shape: input.map(onnx::ValueFacts::shape_text).unwrap_or_default(),
        layout: model.input.layout,
        batch: model.input.batch.fixed(),
        free_size: model.input.rows.fixed().is_none() || model.input.cols.fixed().is_none(),
        resizes: entry.resizes,
        scales: (!entry.arithmetic.is_empty()).then(|| entry.range_of_8bit()),
        output: model.output.clone(),
        output_shape: output.map(onnx::ValueFacts::shape_text).unwrap_or_default(),
        classes: onnx::class_count(graph, &model.output).map(|values| values.max(2)),
        activation: onnx::find_logits(graph, &model.output).activation,
        logits: match &model.logits {
            Some(logits) if logits.name == model.output => LogitsPlace::Output,
            Some(logits) => LogitsPlace::Tensor(logits.name.clone()),
            None => LogitsPlace::None,
        },
        notes: notes.collect(),
    }
}

/// Where the model would be saved: its own folder, else a free one by its name.
fn place(file: &MetadataFile, name: &str, kept: &Place, path: &Path) -> PathBuf {
    if !kept.chosen && path.join("metadata.json").is_file() && path.join("model.onnx").is_file() {
        return path.to_owned();
    }
    let beside = path.parent().unwrap_or(Path::new("."));
    let base = kept.below.as_deref().unwrap_or(beside);
    let name = file_name(name);
    let numbered = |n: u32| base.join(if n == 1 { name.clone() } else { format!("{name} {n}") });
    let is_own = |folder: &Path| {
        let text = std::fs::read_to_string(folder.join("metadata.json")).unwrap_or_default();
        let stated = MetadataFile::parse(&text).ok().and_then(|stated| stated.model_sha256);
        stated.is_some() && stated == file.model_sha256
    };
    if is_own(base) {
        return base.to_owned();
    }
    (1..100).map(numbered).find(|folder| !folder.exists() || is_own(folder)).unwrap_or_else(|| numbered(100))
}

/// A name that every system takes for a folder.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c };
    let name: String = name.trim().chars().map(plain).take(80).collect();
    let name = name.trim_matches(['.', ' ']).to_owned();
    if name.is_empty() { "model".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_free_or_the_models_own() {
        let base = tempfile::tempdir().unwrap();
        let kept = Place { below: Some(base.path().to_owned()), chosen: false };
        let of = |sha256: &str| MetadataFile { model_sha256: Some(sha256.into()), ..MetadataFile::default() };
        let place = |sha256: &str| place(&of(sha256), " grades: 3/4 ", &kept, Path::new("/x/a.onnx"));
        assert_eq!(place("aa"), base.path().join("grades- 3-4"));
        std::fs::create_dir(base.path().join("grades- 3-4")).unwrap();
        assert_eq!(place("aa"), base.path().join("grades- 3-4 2"));
        let text = serde_json::to_string(&of("aa")).unwrap();
        std::fs::write(base.path().join("grades- 3-4/metadata.json"), text).unwrap();
        assert_eq!(place("aa"), base.path().join("grades- 3-4"));
        assert_eq!(place("bb"), base.path().join("grades- 3-4 2"));
        assert_eq!(file_name(" .. "), "model");
    }
}
