//! Makes tensors of a graph extra outputs, in memory.
//!
//! A protobuf message followed by another one of the same type decodes as both merged (repeated fields are
//! concatenated, embedded messages merged), so a few bytes after the original ones are enough.

use prost::Message;
use prost::bytes::Bytes;

use super::error::OnnxError;
use super::features::{FeatureTap, features_output};
use super::graph::Graph;
use super::half::cast;
use super::proto::{DataType, GraphProto, ModelProto, TensorType, TypeProto, TypeValue, ValueInfoProto};

/// A tensor to be read in addition to the model's own outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraOutput {
    pub name: String,
    /// `None` lets the engine infer it.
    pub dtype: Option<DataType>,
}

/// The model with `extra` tensors as further outputs, in that order; those that are outputs already are left out. Behind them
/// the tensors of `taps`, as float32, named by [`features_output`].
///
/// # Errors
/// [`OnnxError::NoSuchTensor`] for a name the graph does not make.
pub fn extend(bytes: &Bytes, graph: &Graph, extra: &[ExtraOutput], taps: &[FeatureTap]) -> Result<Bytes, OnnxError> {
    let mut delta = with_taps(graph, taps)?;
    let mut output = Vec::new();
    for tensor in extra {
        if graph.producer(&tensor.name).is_none() {
            return Err(OnnxError::NoSuchTensor { name: tensor.name.clone() });
        }
        if graph.outputs.iter().all(|own| own.name != tensor.name) {
            output.push(value_info(tensor));
        }
    }
    output.append(&mut delta.output);
    if output.is_empty() {
        return Ok(bytes.clone());
    }
    Ok(append(bytes, GraphProto { output, ..delta }))
}

/// What makes each tensor of `taps`, as float32, an output named by [`features_output`].
fn with_taps(graph: &Graph, taps: &[FeatureTap]) -> Result<GraphProto, OnnxError> {
    let mut delta = GraphProto::default();
    for (place, FeatureTap { tensor, .. }) in taps.iter().enumerate() {
        if graph.producer(tensor).is_none() {
            return Err(OnnxError::NoSuchTensor { name: tensor.clone() });
        }
        let name = features_output(place);
        delta.node.push(cast(tensor, &name, DataType::Float));
        delta.output.push(value_info(&ExtraOutput { name, dtype: Some(DataType::Float) }));
    }
    Ok(delta)
}

/// The model with more nodes, constants, inputs and outputs: what `delta` lists comes after what is there.
pub fn append(bytes: &Bytes, delta: GraphProto) -> Bytes {
    let delta = ModelProto { graph: Some(delta), ..Default::default() };
    let mut extended = Vec::with_capacity(bytes.len().saturating_add(delta.encoded_len()));
    extended.extend_from_slice(bytes);
    extended.extend_from_slice(&delta.encode_to_vec());
    Bytes::from(extended)
}

pub(super) fn value_info(tensor: &ExtraOutput) -> ValueInfoProto {
    let r#type = tensor.dtype.map(|dtype| TypeProto {
        value: Some(TypeValue::Tensor(TensorType { elem_type: dtype as i32, shape: None })),
        ..Default::default()
    });
    ValueInfoProto { name: tensor.name.clone(), r#type, ..Default::default() }
}
