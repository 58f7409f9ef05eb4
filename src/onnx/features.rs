//! Vectors that a classifier makes of a picture on the way, as extra outputs: what its last linear layer reads, and others.

use serde::{Deserialize, Serialize};

use super::graph::Graph;

/// Name of the extra output at `place`.
pub fn features_output(place: usize) -> String {
    format!("overread_features_{place}")
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::extend::{ExtraOutput, value_info};
    use crate::onnx::proto::{GraphProto, NodeProto};
    use crate::onnx::{find_logits, read};

    /// What the last layer of each shipped model reads.
    #[test]
    fn the_shipped_models_have_a_vector_before_their_head() {
        for (model, tensor) in [
            ("alzheimer-mri-4class", "/ReduceMean_output_0"),
            ("brain-fdg-pet", "flat"),
            ("chest-xray-pneumonia", "/ReduceMean_output_0"),
            ("chest-xray-pneumonia-lite", "/ReduceMean_output_0"),
            ("phantom-brain-3grade", "pooled_flat"),
            ("xray-knee-chest-4class", "/ReduceMean_output_0"),
        ] {
            let path = format!("{}/models/{model}/model.onnx", env!("CARGO_MANIFEST_DIR"));
            let graph = read(&std::fs::read(path).unwrap()).unwrap();
            let logits = find_logits(&graph, &graph.outputs[0].name).logits.unwrap();
            let tap = features_before_head(&graph, &logits).unwrap();
            assert_eq!(tap, FeatureTap { tensor: tensor.to_owned(), axes: FeatureAxes::ChannelsLast { skip: 0 } });
        }
    }

    #[test]
    fn heads_of_other_shapes() {
        let node = |op: &str, inputs: &[&str], output: &str| NodeProto {
            op_type: op.to_owned(),
            input: inputs.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            ..Default::default()
        };
        let of = |nodes: Vec<NodeProto>| {
            let constant = |name: &str| crate::onnx::proto::TensorProto { name: name.to_owned(), ..Default::default() };
            let output = value_info(&ExtraOutput { name: "logits".to_owned(), dtype: None });
            let initializer = vec![constant("w"), constant("b")];
            let graph = GraphProto { node: nodes, initializer, output: vec![output], ..Default::default() };
            let model = crate::onnx::proto::ModelProto { graph: Some(graph), ..Default::default() };
            let graph = read(&prost::Message::encode_to_vec(&model)).unwrap();
            features_before_head(&graph, "logits")
        };
        let first = node("Relu", &["image"], "map");
        let found = of(vec![first.clone(), node("MatMul", &["map", "w"], "x"), node("Add", &["x", "b"], "logits")]);
        assert_eq!(found, Some(FeatureTap { tensor: "map".into(), axes: FeatureAxes::ChannelsLast { skip: 0 } }));
        let conv = vec![
            first.clone(),
            node("Conv", &["map", "w", "b"], "x"),
            node("GlobalAveragePool", &["x"], "y"),
            node("Flatten", &["y"], "logits"),
        ];
        assert_eq!(of(conv), Some(FeatureTap { tensor: "map".into(), axes: FeatureAxes::ChannelsFirst }));
        let quantised = vec![
            first.clone(),
            node("DequantizeLinear", &["w", "b"], "weights"),
            node("Gemm", &["map", "weights"], "x"),
            node("QuantizeLinear", &["x", "b"], "q"),
            node("DequantizeLinear", &["q", "b"], "logits"),
        ];
        assert_eq!(of(quantised).map(|tap| tap.tensor).as_deref(), Some("map"));
        // Two values of the picture, the picture itself, something else.
        assert_eq!(of(vec![first.clone(), node("MatMul", &["map", "map"], "logits")]), None);
        assert_eq!(of(vec![first.clone(), node("Add", &["map", "image"], "logits")]), None);
        assert_eq!(of(vec![node("Gemm", &["image", "w"], "logits")]), None);
        assert_eq!(of(vec![first, node("ReduceMax", &["map"], "logits")]), None);
    }
}
