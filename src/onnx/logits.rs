//! The tensor before the last Softmax or Sigmoid, and the number of classes.

use super::facts::Dim;
use super::graph::Graph;
use super::proto::NodeProto;

/// What the graph does last with its scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    Softmax,
    /// `log(softmax)`: its softmax is the softmax again.
    LogSoftmax,
    Sigmoid,
    /// None that can be seen: the output is taken for logits.
    None,
}

/// The end of the graph, seen from one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub activation: Activation,
    /// The tensor that holds the logits: the activation's input, or the output itself where there is none.
    pub logits: Option<String>,
    /// Why there is no way to the logits.
    pub no_logits_reason: Option<String>,
    /// True where a Cast lies between the activation and the output: the logits may have another element type.
    pub through_cast: bool,
    /// The last operator that computes something: `Gemm`, `Softmax`…
    pub last_op: String,
}

/// Operators that only rename, retype, round or reshape.
const PASSES: &[&str] =
    &["Identity", "Cast", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "QuantizeLinear", "DequantizeLinear"];

/// How many of them are followed.
const MAX_STEPS: usize = 32;

/// Walks back from `output` over Identity, Cast, Squeeze, Unsqueeze, Reshape, Flatten and quantising pairs to the last real
/// operator.
///
/// The Softmax must run over the classes: its default axis is 1 (flattened to two axes) up to operator set 12 and the
/// last one from 13 on; any other axis longer than one gives no logits, with the reason.
pub fn find_logits(graph: &Graph, output: &str) -> Head {
    let mut value = output.to_owned();
    let mut through_cast = false;
    for _ in 0..MAX_STEPS {
        let Some(node) = graph.producer(&value) else { break };
        if PASSES.contains(&node.op_type.as_str()) {
            through_cast |= node.op_type == "Cast";
            match node.input.first() {
                Some(input) => value = input.clone(),
                None => break,
            }
            continue;
        }
        return head_at(graph, node, output, through_cast);
    }
    Head {
        activation: Activation::None,
        logits: Some(output.to_owned()),
        no_logits_reason: None,
        through_cast,
        last_op: String::new(),
    }
}

fn head_at(graph: &Graph, node: &NodeProto, output: &str, through_cast: bool) -> Head {
    let activation = match node.op_type.as_str() {
        "Softmax" => Activation::Softmax,
        "LogSoftmax" => Activation::LogSoftmax,
        "Sigmoid" => Activation::Sigmoid,
        _ => Activation::None,
    };
    let last_op = node.op_type.clone();
    let (logits, no_logits_reason) = match activation {
        Activation::None => (Some(output.to_owned()), None),
        Activation::Sigmoid => (node.input.first().cloned(), None),
        Activation::Softmax | Activation::LogSoftmax => match wrong_axis(graph, node, output) {
            Some(reason) => (None, Some(reason)),
            None => (node.input.first().cloned(), None),
        },
    };
    Head { activation, logits, no_logits_reason, through_cast, last_op }
}

/// A sentence where the Softmax does not run over axis 1, the classes of `[batch, classes]`.
fn wrong_axis(graph: &Graph, node: &NodeProto, output: &str) -> Option<String> {
    let stated = node.attribute.iter().find(|a| a.name == "axis").map(|a| a.i);
    let axis = stated.unwrap_or(if graph.opset >= 13 { -1 } else { 1 });
    let facts = graph.outputs.iter().find(|facts| facts.name == output);
    let rank = facts.and_then(|facts| facts.dims.as_ref()).map_or(2, |dims| dims.len().max(1));
    let from_start = if axis < 0 { axis + i64::try_from(rank).unwrap_or(2) } else { axis };
    // Up to operator set 12, axis 1 takes everything after the batch; later, trailing axes of length 1 do not matter.
    (from_start == 0 && rank > 1).then(|| {
        format!("the last {} runs over axis {axis}, the pictures of a batch, not over the classes", node.op_type)
    })
}

/// Number of values per picture of an output: from its shape, else from the last layer's constants.
pub fn class_count(graph: &Graph, output: &str) -> Option<usize> {
    let facts = graph.outputs.iter().find(|facts| facts.name == output)?;
    from_shape(facts.dims.as_deref()).or_else(|| from_last_layer(graph, output))
}

/// `[batch, K]` and `[batch, K, 1, 1]` have K values per picture, `[batch]` has one.
fn from_shape(dims: Option<&[Dim]>) -> Option<usize> {
    match dims? {
        [] => None,
        [_batch] => Some(1),
        [_batch, rest @ ..] => rest.iter().try_fold(1usize, |count, dim| count.checked_mul(dim.fixed()?)),
    }
}

fn from_last_layer(graph: &Graph, output: &str) -> Option<usize> {
    let mut value = output.to_owned();
    for _ in 0..MAX_STEPS {
        let node = graph.producer(&value)?;
        if matches!(node.op_type.as_str(), "Gemm" | "MatMul" | "Add" | "Conv")
            && let Some(count) = constant_width(graph, node)
        {
            return Some(count);
        }
        value = node.input.first()?.clone();
    }
    None
}

fn constant_width(graph: &Graph, node: &NodeProto) -> Option<usize> {
    let trans_b = node.attribute.iter().any(|a| a.name == "transB" && a.i != 0);
    let constants = || node.input.iter().filter_map(|name| graph.weights(name));
    let dim = match node.op_type.as_str() {
        "Conv" => constants().next()?.dims.first().copied(),
        "Gemm" if trans_b => constants().next()?.dims.first().copied(),
        _ => constants().filter(|tensor| !tensor.dims.is_empty()).map(|tensor| tensor.dims.last().copied()).next()?,
    };
    usize::try_from(dim?).ok().filter(|count| *count > 0)
}
