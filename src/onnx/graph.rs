//! A decoded model with an index over its values.

use std::collections::HashMap;

use prost::Message;
use prost::bytes::Bytes;

use super::error::OnnxError;
use super::facts::ValueFacts;
use super::other_kind::other_kind;
use super::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use super::tensors::small_floats;

/// Constants above this many bytes are dropped by [`Graph::forget_weights`].
const SMALL_CONSTANT_BYTES: usize = 4096;

/// What a model's graph says.
#[derive(Clone, Debug)]
pub struct Graph {
    /// The values a caller must give: graph inputs that are not initialisers.
    pub inputs: Vec<ValueFacts>,
    pub outputs: Vec<ValueFacts>,
    /// Version of the standard operator set; 0 where the file does not say.
    pub opset: i64,
    pub ir_version: i64,
    /// Exporter and its version, e.g. `pytorch 2.5.1`; may be empty.
    pub producer: String,
    /// `metadata_props` as written.
    pub metadata: Vec<(String, String)>,
    /// The decoded file.
    pub proto: ModelProto,
    producers: HashMap<String, usize>,
    constants: HashMap<String, usize>,
}

/// Said of files that end inside a part that is longer.
const CUT: &str = "the file ends too early, as after a broken download; copy or download it again";

/// Decodes a model. Copies the weights once; [`read_shared`] does not.
///
/// # Errors
/// [`OnnxError::NotOnnx`] for anything that is not a protobuf ONNX model with a graph.
pub fn read(bytes: &[u8]) -> Result<Graph, OnnxError> {
    read_shared(Bytes::copy_from_slice(bytes))
}

/// `tf2onnx 1.17.0`, without the `None` that it writes where it knows no commit.
fn producer(name: &str, version: &str) -> String {
    let parts = name.split_whitespace().chain(version.split_whitespace().filter(|part| *part != "None"));
    parts.collect::<Vec<_>>().join(" ")
}

/// Decodes a model; its weights stay slices of `bytes`.
///
/// # Errors
/// As [`read`].
pub fn read_shared(bytes: Bytes) -> Result<Graph, OnnxError> {
    let not_onnx = |reason: &str| OnnxError::NotOnnx { reason: reason.to_owned() };
    let head = bytes.slice(..bytes.len().min(1024));
    let proto = ModelProto::decode(bytes).map_err(|error| {
        // The only kind of damage that tells what to do.
        let is_cut = error.to_string().contains("underflow");
        let damaged = if is_cut { CUT } else { "the file is damaged or of another kind; export or copy it again" };
        not_onnx(other_kind(&head).unwrap_or(damaged))
    })?;
    let facts = match &proto.graph {
        Some(graph) if !graph.node.is_empty() && !graph.output.is_empty() => index(graph),
        _ => return Err(not_onnx(other_kind(&head).unwrap_or("it holds no graph with nodes and outputs"))),
    };
    Ok(Graph::new(proto, facts))
}

impl Graph {
    fn new(proto: ModelProto, graph: Index) -> Self {
        let opset = proto
            .opset_import
            .iter()
            .filter(|set| is_standard_domain(&set.domain))
            .map(|set| set.version)
            .max()
            .unwrap_or(0);
        Self {
            inputs: graph.inputs,
            outputs: graph.outputs,
            opset,
            ir_version: proto.ir_version,
            producer: producer(&proto.producer_name, &proto.producer_version),
            metadata: proto.metadata_props.iter().map(|e| (e.key.clone(), e.value.clone())).collect(),
            producers: graph.producers,
            constants: graph.constants,
            proto,
        }
    }

    /// The graph itself. A read model always has one.
    pub(super) fn body(&self) -> Option<&GraphProto> {
        self.proto.graph.as_ref()
    }

    /// Nodes in the file's order.
    pub fn nodes(&self) -> &[NodeProto] {
        self.body().map_or(&[], |graph| graph.node.as_slice())
    }

    /// The node that makes a value; `None` for inputs, initialisers and unknown names.
    pub fn producer(&self, value: &str) -> Option<&NodeProto> {
        self.nodes().get(*self.producers.get(value)?)
    }

    /// The initialiser of that name.
    pub fn constant(&self, value: &str) -> Option<&TensorProto> {
        self.body()?.initializer.get(*self.constants.get(value)?)
    }

    /// The constant of that name, or the one that it is made from by a DequantizeLinear or a Cast (weights of fewer bits).
    pub fn weights(&self, value: &str) -> Option<&TensorProto> {
        let stored = |node: &'_ NodeProto| matches!(node.op_type.as_str(), "DequantizeLinear" | "Cast");
        let source = || self.producer(value).filter(|node| stored(node)).and_then(|node| node.input.first());
        self.constant(value).or_else(|| self.constant(source()?))
    }

    /// Nodes that read a value, in the file's order.
    pub fn consumers<'a>(&'a self, value: &'a str) -> impl Iterator<Item = &'a NodeProto> {
        self.nodes().iter().filter(move |node| node.input.iter().any(|input| input == value))
    }

    /// True where the graph makes, holds or takes a value of this name.
    pub fn has_value(&self, value: &str) -> bool {
        self.producers.contains_key(value)
            || self.constants.contains_key(value)
            || self.inputs.iter().any(|input| input.name == value)
    }

    /// Names of nodes and initialisers, as written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let weights = self.body().map_or(&[][..], |graph| graph.initializer.as_slice());
        self.nodes().iter().map(|node| node.name.as_str()).chain(weights.iter().map(|weight| weight.name.as_str()))
    }

    /// Constants of up to four float32 values.
    pub fn small_constants(&self) -> impl Iterator<Item = Vec<f32>> {
        let weights = self.body().map_or(&[][..], |graph| graph.initializer.as_slice());
        let inside = self.nodes().iter().filter(|node| node.op_type == "Constant").flat_map(|node| &node.attribute);
        weights.iter().chain(inside.filter_map(|attribute| attribute.t.as_ref())).filter_map(small_floats)
    }

    /// True for a file that Keras' exporter wrote.
    pub fn is_from_keras(&self) -> bool {
        let producer = self.producer.to_ascii_lowercase();
        producer.contains("tf2onnx") || producer.contains("keras")
    }

    /// Drops large constants and every reference into the file's bytes, so that those can be freed. Questions about
    /// names, shapes and nodes still work; [`check`](super::check) no longer does.
    pub fn forget_weights(&mut self) {
        let Some(graph) = self.proto.graph.as_mut() else { return };
        graph.initializer.iter_mut().for_each(forget_tensor);
        for attribute in graph.node.iter_mut().flat_map(|node| node.attribute.iter_mut()) {
            forget_attribute(attribute);
        }
        graph.sparse_initializer.clear();
        self.proto.training_info.clear();
        self.proto.functions.clear();
    }
}

/// `""` and `ai.onnx` are the same domain.
pub(super) fn is_standard_domain(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn forget_tensor(tensor: &mut TensorProto) {
    tensor.raw_data = if tensor.raw_data.len() > SMALL_CONSTANT_BYTES {
        Bytes::new()
    } else {
        Bytes::copy_from_slice(&tensor.raw_data)
    };
    if tensor.float_data.len() > SMALL_CONSTANT_BYTES {
        tensor.float_data = Vec::new();
    }
    tensor.string_data.clear();
}

fn forget_attribute(attribute: &mut AttributeProto) {
    attribute.s = Bytes::copy_from_slice(&attribute.s);
    for text in &mut attribute.strings {
        *text = Bytes::copy_from_slice(text);
    }
    attribute.t.iter_mut().for_each(forget_tensor);
    attribute.tensors.iter_mut().for_each(forget_tensor);
    attribute.g = None;
    attribute.graphs.clear();
    attribute.sparse_tensor = None;
    attribute.sparse_tensors.clear();
}

struct Index {
    inputs: Vec<ValueFacts>,
    outputs: Vec<ValueFacts>,
    producers: HashMap<String, usize>,
    constants: HashMap<String, usize>,
}

/// The first maker of a name wins; `check` refuses names made twice.
fn index(graph: &GraphProto) -> Index {
    let mut producers = HashMap::new();
    for (position, node) in graph.node.iter().enumerate() {
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            producers.entry(output.clone()).or_insert(position);
        }
    }
    let mut constants = HashMap::new();
    for (position, tensor) in graph.initializer.iter().enumerate() {
        constants.entry(tensor.name.clone()).or_insert(position);
    }
    let sparse = |name: &str| {
        graph.sparse_initializer.iter().any(|s| s.values.as_ref().is_some_and(|values| values.name == name))
    };
    let inputs = graph
        .input
        .iter()
        .filter(|input| !constants.contains_key(&input.name) && !sparse(&input.name))
        .map(ValueFacts::from_proto)
        .collect();
    let outputs = graph.output.iter().map(ValueFacts::from_proto).collect();
    Index { inputs, outputs, producers, constants }
}
