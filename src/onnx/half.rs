//! Half-precision graphs, in memory: with a float32 boundary (callers feed and read float32, the operators between stay as
//! exported), or in float32 throughout (the same weights, no rounding between the operators).

use std::collections::HashMap;

use half::f16;
use prost::Message;
use prost::bytes::Bytes;

use super::graph::Graph;
use super::proto::{
    AttributeProto, AttributeType, DataType, GraphProto, ModelProto, NodeProto, TensorProto, TensorType, TypeProto,
    TypeValue, ValueInfoProto,
};
use super::types::element_types;

/// A model whose inputs and outputs are float32.
#[derive(Clone, Debug)]
pub struct FloatBoundary {
    pub bytes: Bytes,
    /// The outputs that have another name now: before to after.
    pub renamed: HashMap<String, String>,
}

/// Puts a Cast behind every float16 input and every float16 output; an output's Cast takes its place among the outputs.
/// `None` where none is float16.
pub fn float_boundary(graph: &Graph) -> Option<FloatBoundary> {
    let body = graph.body()?;
    let inputs: Vec<&str> = graph
        .inputs
        .iter()
        .filter(|input| input.dtype == Some(DataType::Float16))
        .map(|input| input.name.as_str())
        .collect();
    let types = element_types(graph);
    let is_half = |name: &str| types.get(name) == Some(&DataType::Float16);
    let outputs: Vec<&str> =
        graph.outputs.iter().map(|output| output.name.as_str()).filter(|name| is_half(name)).collect();
    if inputs.is_empty() && outputs.is_empty() {
        return None;
    }
    let mut changed = body.clone();
    let fed: HashMap<&str, String> = inputs.iter().map(|name| (*name, format!("overread_half_{name}"))).collect();
    feed(&mut changed, &fed);
    let renamed: HashMap<String, String> =
        outputs.iter().map(|name| ((*name).to_owned(), format!("overread_float_{name}"))).collect();
    for (half, float) in &renamed {
        let read = fed.get(half.as_str()).unwrap_or(half);
        changed.node.push(cast(read, float, DataType::Float));
    }
    for output in &mut changed.output {
        if let Some(float) = renamed.get(&output.name) {
            *output = float_value(float, output);
        }
    }
    let file = ModelProto { graph: Some(changed), ..graph.proto.clone() };
    Some(FloatBoundary { bytes: Bytes::from(file.encode_to_vec()), renamed })
}

/// The model in float32: weights, inputs, outputs and casts. `None` where nothing is float16. (tract computes some
/// operators of half precision in float32 and then misses a Cast.)
pub fn without_half(graph: &Graph) -> Option<Bytes> {
    let mut file = graph.proto.clone();
    let body = file.graph.as_mut()?;
    let mut changed = false;
    body.initializer.iter_mut().for_each(|tensor| changed |= widen(tensor));
    for node in &mut body.node {
        let to = node.attribute.iter_mut().filter(|attribute| node.op_type == "Cast" && attribute.name == "to");
        for attribute in to.filter(|attribute| attribute.i == DataType::Float16 as i64) {
            attribute.i = DataType::Float as i64;
            changed = true;
        }
        for tensor in node.attribute.iter_mut().filter_map(|attribute| attribute.t.as_mut()) {
            changed |= widen(tensor);
        }
    }
    for value in body.input.iter_mut().chain(&mut body.output).chain(&mut body.value_info) {
        if let Some(TypeValue::Tensor(tensor)) = value.r#type.as_mut().and_then(|own| own.value.as_mut())
            && tensor.elem_type == DataType::Float16 as i32
        {
            tensor.elem_type = DataType::Float as i32;
            changed = true;
        }
    }
    changed.then(|| Bytes::from(file.encode_to_vec()))
}

/// A float16 constant as float32; false for other types.
fn widen(tensor: &mut TensorProto) -> bool {
    if tensor.data_type != DataType::Float16 as i32 {
        return false;
    }
    let widened = |bits: u16| f16::from_bits(bits).to_f32().to_le_bytes();
    let raw = tensor.raw_data.chunks_exact(2).filter_map(|two| <[u8; 2]>::try_from(two).ok()).map(u16::from_le_bytes);
    // Without raw data, the bits lie in int32_data.
    let listed = tensor.int32_data.iter().map(|bits| *bits as u16);
    let bytes: Vec<u8> =
        if tensor.raw_data.is_empty() { listed.flat_map(widened).collect() } else { raw.flat_map(widened).collect() };
    tensor.raw_data = Bytes::from(bytes);
    tensor.int32_data.clear();
    tensor.data_type = DataType::Float as i32;
    true
}

/// Each input float32, and what read it reads its float16 copy.
fn feed(graph: &mut GraphProto, fed: &HashMap<&str, String>) {
    for name in graph.node.iter_mut().flat_map(|node| node.input.iter_mut()) {
        if let Some(half) = fed.get(name.as_str()) {
            name.clone_from(half);
        }
    }
    graph.value_info.retain(|value| !fed.contains_key(value.name.as_str()));
    let mut first = Vec::new();
    for input in graph.input.iter_mut().filter(|input| fed.contains_key(input.name.as_str())) {
        if let Some(half) = fed.get(input.name.as_str()) {
            first.push(cast(&input.name, half, DataType::Float16));
        }
        *input = float_value(&input.name, input);
    }
    graph.node.splice(0..0, first);
}

/// The value `like` as float32 under a name, its shape kept.
fn float_value(name: &str, like: &ValueInfoProto) -> ValueInfoProto {
    let shape = match like.r#type.as_ref().and_then(|own| own.value.as_ref()) {
        Some(TypeValue::Tensor(tensor)) => tensor.shape.clone(),
        _ => None,
    };
    let tensor = TensorType { elem_type: DataType::Float as i32, shape };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() });
    ValueInfoProto { name: name.to_owned(), r#type, ..Default::default() }
}

pub(super) fn cast(from: &str, to: &str, dtype: DataType) -> NodeProto {
    let to_type = AttributeProto {
        name: "to".to_owned(),
        i: dtype as i64,
        r#type: AttributeType::Int as i32,
        ..Default::default()
    };
    NodeProto {
        op_type: "Cast".to_owned(),
        name: to.to_owned(),
        input: vec![from.to_owned()],
        output: vec![to.to_owned()],
        attribute: vec![to_type],
        ..Default::default()
    }
}
