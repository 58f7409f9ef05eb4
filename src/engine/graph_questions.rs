//! What loading a model asks of its graph, and how the manifest's word on it is kept.

use std::path::Path;

use super::assumed::Hints;
use super::error::EngineError;
use super::family::{family, scales_itself};
use super::manifest::{GraphFacts, Manifest};
use super::metadata_file::{MetadataFile, OutputKind};
use super::scores::ScoreRule;
use crate::onnx::{self, Activation, ExtraOutput, Graph, ImageInput};

/// Integers whose scale is found while the model runs, over everything in the batch.
pub(super) fn mixes_pictures(graph: &Graph) -> bool {
    graph.nodes().iter().any(|node| node.op_type == "DynamicQuantizeLinear")
}

/// The output that the manifest names, else the first that can hold scores.
pub(super) fn score_output(graph: &Graph, metadata: Option<&MetadataFile>) -> String {
    let named = metadata.and_then(|metadata| {
        metadata.output_names().find(|name| graph.outputs.iter().any(|output| output.name == **name)).cloned()
    });
    named
        .or_else(|| graph.outputs.iter().find(|output| onnx::can_hold_scores(output)).map(|output| output.name.clone()))
        .unwrap_or_default()
}

pub(super) fn facts(
    graph: &Graph,
    input: &ImageInput,
    output: &str,
) -> (GraphFacts, Option<ExtraOutput>, Option<String>) {
    let head = onnx::find_logits(graph, output);
    let facts = GraphFacts {
        input_name: input.name.clone(),
        layout: input.layout,
        layout_reason: input.layout_reason.clone(),
        depth: input.depth.as_ref().and_then(|depth| depth.fixed()),
        rows: input.rows.fixed(),
        cols: input.cols.fixed(),
        channels: input.channels,
        dtype: graph.inputs.first().and_then(|input| input.dtype).map_or("float32", |dtype| dtype.numpy_name()),
        output_name: output.to_owned(),
        activation: head.activation,
        last_op: head.last_op.clone(),
        values: onnx::class_count(graph, output),
        hints: hints(graph),
    };
    let float = (!head.through_cast).then_some(onnx::proto::DataType::Float);
    let made = head.logits.filter(|name| graph.producer(name).is_some());
    let logits = made.map(|name| ExtraOutput { name, dtype: float });
    (facts, logits, head.no_logits_reason)
}

fn hints(graph: &Graph) -> Hints {
    let entry = onnx::entry(graph);
    Hints {
        family: family(graph),
        scales_itself: scales_itself(graph, &entry),
        from_keras: graph.is_from_keras(),
        entry,
    }
}

/// Names under `explain` must be tensors of the graph.
pub(super) fn check_explain(graph: &Graph, manifest: &Manifest, path: &Path) -> Result<(), EngineError> {
    let names = [("explain.layer", &manifest.explain.layer), ("explain.logits", &manifest.explain.logits)];
    for (what, name) in names {
        if let Some(name) = name.as_ref().filter(|name| !graph.has_value(name)) {
            return Err(EngineError::Mismatch {
                path: path.to_owned(),
                what: what.to_owned(),
                declared: format!("\"{name}\""),
                found: "no tensor of that name".to_owned(),
            });
        }
    }
    Ok(())
}

/// A stated logits tensor goes before the one that was found.
pub(super) fn stated_logits(graph: &Graph, manifest: &Manifest, found: Option<ExtraOutput>) -> Option<ExtraOutput> {
    let stated = manifest.explain.logits.as_ref().filter(|name| graph.producer(name).is_some());
    match stated {
        Some(name) if found.as_ref().is_none_or(|found| found.name != *name) => {
            Some(ExtraOutput { name: name.clone(), dtype: Some(onnx::proto::DataType::Float) })
        }
        _ => found,
    }
}

pub(super) fn rule(manifest: &Manifest, values: Option<usize>, activation: Activation) -> ScoreRule {
    let classes = manifest.class_names.value.len();
    let kind = manifest.output_kind.value;
    let values = values.unwrap_or(classes);
    ScoreRule {
        kind,
        values,
        classes,
        independent: values > 1 && (kind == OutputKind::Sigmoid || activation == Activation::Sigmoid),
        temperature: manifest.temperature,
        thresholds: manifest.thresholds.clone(),
    }
}
