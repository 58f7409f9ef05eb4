//! Makes tensors of a graph extra outputs, in memory.
//!
//! A protobuf message followed by another one of the same type decodes as both merged (repeated fields are
//! concatenated, embedded messages merged), so a few bytes after the original ones are enough.

use prost::Message;
use prost::bytes::Bytes;

use super::error::OnnxError;
use super::graph::Graph;
use super::proto::{DataType, GraphProto, ModelProto, TensorType, TypeProto, TypeValue, ValueInfoProto};

/// A tensor to be read in addition to the model's own outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraOutput {
    pub name: String,
    /// `None` lets the engine infer it.
    pub dtype: Option<DataType>,
}

/// The model with `extra` tensors as further outputs, in that order; those that are outputs already are left out.
///
/// # Errors
/// [`OnnxError::NoSuchTensor`] for a name the graph does not make.
pub fn extend(bytes: &Bytes, graph: &Graph, extra: &[ExtraOutput]) -> Result<Bytes, OnnxError> {
    let mut output = Vec::new();
    for tensor in extra {
        if graph.producer(&tensor.name).is_none() {
            return Err(OnnxError::NoSuchTensor { name: tensor.name.clone() });
        }
        if graph.outputs.iter().all(|own| own.name != tensor.name) {
            output.push(value_info(tensor));
        }
    }
    if output.is_empty() {
        return Ok(bytes.clone());
    }
    Ok(append(bytes, GraphProto { output, ..Default::default() }))
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
