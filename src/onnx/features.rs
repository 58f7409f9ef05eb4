//! The vector that a classifier makes of a picture just before its last linear layer, as an extra output.

use prost::bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ExtraOutput;
use super::error::OnnxError;
use super::extend::{append, value_info};
use super::graph::Graph;
use super::proto::{AttributeProto, AttributeType, DataType, GraphProto, NodeProto};

/// Name of the extra output.
pub const FEATURES: &str = "overread_features";

/// A tensor whose mean over everything but batch and channels stands for a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureTap {
    /// Name of the tensor.
    pub tensor: String,
    pub axes: FeatureAxes,
}

/// Where the channels of such a tensor lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureAxes {
    /// `[batch, channels, …]`.
    ChannelsFirst,
    /// `[batch, …, channels]`; `skip` positions of the second axis are no part of the picture (class tokens).
    ChannelsLast { skip: usize },
}

/// How many operators are followed.
const MAX_STEPS: usize = 32;

/// Operators that copy, average or reshape between the last linear layer and the logits.
const PASSES: &[&str] = &[
    "Identity",
    "Cast",
    "Squeeze",
    "Unsqueeze",
    "Reshape",
    "Flatten",
    "Dropout",
    "GlobalAveragePool",
    "ReduceMean",
    "QuantizeLinear",
    "DequantizeLinear",
];

/// Operators that make a constant of a constant.
const KEEPS_CONSTANT: &[&str] =
    &["Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "QuantizeLinear", "DequantizeLinear"];

/// What the last linear layer (Gemm, MatMul or Conv with constant weights) before `logits` reads; `None` where the graph
/// ends otherwise, or that layer reads the picture itself.
pub fn features_before_head(graph: &Graph, logits: &str) -> Option<FeatureTap> {
    let mut value = logits.to_owned();
    for _ in 0..MAX_STEPS {
        let node = graph.producer(&value)?;
        let weighs = || node.input.get(1).is_some_and(|name| is_constant(graph, name, 0));
        let (first, op) = (node.input.first()?, node.op_type.as_str());
        let axes = match op {
            "Gemm" | "MatMul" if weighs() => FeatureAxes::ChannelsLast { skip: 0 },
            "Conv" if weighs() => FeatureAxes::ChannelsFirst,
            "Add" | "Sub" | "Mul" | "Div" => {
                let mut others = node.input.iter().filter(|name| !is_constant(graph, name, 0));
                value = others.next().filter(|_| others.next().is_none())?.clone();
                continue;
            }
            op if PASSES.contains(&op) => {
                value = first.clone();
                continue;
            }
            _ => return None,
        };
        return graph.producer(first).map(|_| FeatureTap { tensor: first.clone(), axes });
    }
    None
}

fn is_constant(graph: &Graph, value: &str, depth: usize) -> bool {
    if graph.constant(value).is_some() {
        return true;
    }
    let Some(node) = graph.producer(value).filter(|_| depth < MAX_STEPS) else { return false };
    let keeps = KEEPS_CONSTANT.contains(&node.op_type.as_str());
    node.op_type == "Constant" || (keeps && node.input.first().is_some_and(|name| is_constant(graph, name, depth + 1)))
}

/// The model with `tensor`, as float32, as its last output [`FEATURES`].
///
/// # Errors
/// [`OnnxError::NoSuchTensor`] for a name that the graph does not make.
pub fn with_features(bytes: &Bytes, graph: &Graph, tensor: &str) -> Result<Bytes, OnnxError> {
    if graph.producer(tensor).is_none() {
        return Err(OnnxError::NoSuchTensor { name: tensor.to_owned() });
    }
    let to = AttributeProto {
        name: "to".to_owned(),
        i: DataType::Float as i64,
        r#type: AttributeType::Int as i32,
        ..Default::default()
    };
    let cast = NodeProto {
        op_type: "Cast".to_owned(),
        name: FEATURES.to_owned(),
        input: vec![tensor.to_owned()],
        output: vec![FEATURES.to_owned()],
        attribute: vec![to],
        ..Default::default()
    };
    let output = value_info(&ExtraOutput { name: FEATURES.to_owned(), dtype: Some(DataType::Float) });
    Ok(append(bytes, GraphProto { node: vec![cast], output: vec![output], ..Default::default() }))
}
