//! `metadata.json` against the graph: a contradiction is an error that names both values.

use std::path::Path;

use super::error::EngineError;
use super::manifest::GraphFacts;
use super::metadata_file::{MetadataFile, OutputKind};
use crate::onnx::Activation;

/// Channels, size, layout, element type, number of classes, output kind and the model's sha256.
pub(super) fn check_against_graph(
    file: &MetadataFile,
    graph: &GraphFacts,
    path: &Path,
    sha256: &str,
) -> Result<(), EngineError> {
    let mismatch = |what: &str, declared: String, found: String| EngineError::Mismatch {
        path: path.to_owned(),
        what: what.to_owned(),
        declared,
        found,
    };
    let same = |what: &str, declared: Option<usize>, found: Option<usize>| match (declared, found) {
        (Some(declared), Some(found)) if declared != found => {
            Err(mismatch(what, declared.to_string(), found.to_string()))
        }
        _ => Ok(()),
    };
    if let Some(stated) = file.model_sha256.as_deref().filter(|stated| !stated.eq_ignore_ascii_case(sha256)) {
        return Err(mismatch("model_sha256", stated.to_owned(), sha256.to_owned()));
    }
    if let Some(input) = file.input() {
        if let Some(layout) = input.layout.filter(|layout| *layout != graph.layout) {
            let found = format!("{} ({})", graph.layout, graph.layout_reason);
            return Err(mismatch("the input's layout", layout.to_string(), found));
        }
        same("num_channels", input.num_channels, graph.channels)?;
        let side = |index: usize| {
            let value = input.spatial_shape.as_ref()?.get(index)?.as_u64()?;
            usize::try_from(value).ok()
        };
        let volume = graph.layout.is_volume();
        let (axes, words) = if volume { (3, "3 (depth, rows, cols)") } else { (2, "2 (rows, cols)") };
        if let Some(shape) = input.spatial_shape.as_ref().filter(|shape| shape.len() != axes) {
            return Err(mismatch("the number of axes in spatial_shape", shape.len().to_string(), words.to_owned()));
        }
        let rows = usize::from(volume);
        if volume {
            same("the depth", side(0), graph.depth)?;
        }
        same("the number of rows", side(rows), graph.rows)?;
        same("the number of columns", side(rows + 1), graph.cols)?;
        if let Some(dtype) = input.dtype.as_deref().filter(|dtype| *dtype != graph.dtype) {
            return Err(mismatch("the input's dtype", dtype.to_owned(), graph.dtype.to_owned()));
        }
    }
    check_output(file, graph, &mismatch)
}

fn check_output(
    file: &MetadataFile,
    graph: &GraphFacts,
    mismatch: &dyn Fn(&str, String, String) -> EngineError,
) -> Result<(), EngineError> {
    let Some(output) = file.output() else { return Ok(()) };
    if let Some(kind) = output.kind.filter(|kind| contradicts(*kind, graph)) {
        let found = format!("{} (its last operator is {})", kind_of_graph(graph.activation), graph.last_op);
        return Err(mismatch("the output's kind", kind.to_string(), found));
    }
    let (Some(names), Some(values)) = (&output.channel_def, graph.values) else { return Ok(()) };
    // One value per picture is the score of the second of two classes.
    let expected = values.max(2);
    if names.len() != expected {
        let found = if values == 1 { "2 (one value: that of class 1)".to_owned() } else { values.to_string() };
        return Err(mismatch("the number of classes in channel_def", names.len().to_string(), found));
    }
    Ok(())
}

/// What the graph's last activation makes of its output. The softmax of log-probabilities is the softmax itself, so
/// LogSoftmax counts as logits.
pub(super) fn kind_of_graph(activation: Activation) -> OutputKind {
    match activation {
        Activation::Softmax => OutputKind::Softmax,
        Activation::Sigmoid => OutputKind::Sigmoid,
        Activation::LogSoftmax | Activation::None => OutputKind::Logits,
    }
}

/// Only what can be seen counts: a probability may also be made of Exp and Div, which has no name.
fn contradicts(kind: OutputKind, graph: &GraphFacts) -> bool {
    let ends_linear = matches!(graph.last_op.as_str(), "Gemm" | "MatMul" | "Add" | "Conv");
    match graph.activation {
        Activation::None => kind != OutputKind::Logits && ends_linear,
        activation => kind != kind_of_graph(activation),
    }
}
