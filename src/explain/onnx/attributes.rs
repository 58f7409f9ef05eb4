//! Reading and writing attributes of a node.

use crate::onnx::proto::{AttributeProto, AttributeType, NodeProto, TensorProto};

fn find<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// An integer attribute, or its default.
pub fn int(node: &NodeProto, name: &str, default: i64) -> i64 {
    find(node, name).map_or(default, |attribute| attribute.i)
}

/// A float attribute, or its default.
pub fn float(node: &NodeProto, name: &str, default: f32) -> f32 {
    find(node, name).map_or(default, |attribute| attribute.f)
}

/// A list of integers; `None` where the node does not have it.
pub fn ints<'a>(node: &'a NodeProto, name: &str) -> Option<&'a [i64]> {
    find(node, name).map(|attribute| attribute.ints.as_slice())
}

/// A text attribute, or its default.
pub fn text<'a>(node: &'a NodeProto, name: &str, default: &'a str) -> &'a str {
    find(node, name).and_then(|attribute| std::str::from_utf8(&attribute.s).ok()).unwrap_or(default)
}

/// `name = value` for a new node.
pub fn set_int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.to_owned(), i: value, r#type: AttributeType::Int as i32, ..Default::default() }
}

/// `name = value` for a new node.
pub fn set_float(name: &str, value: f32) -> AttributeProto {
    AttributeProto { name: name.to_owned(), f: value, r#type: AttributeType::Float as i32, ..Default::default() }
}

/// `name = values` for a new node.
pub fn set_ints(name: &str, values: &[i64]) -> AttributeProto {
    let r#type = AttributeType::Ints as i32;
    AttributeProto { name: name.to_owned(), ints: values.to_vec(), r#type, ..Default::default() }
}

/// `name = text` for a new node.
pub fn set_text(name: &str, text: &str) -> AttributeProto {
    let s = text.as_bytes().to_vec().into();
    AttributeProto { name: name.to_owned(), s, r#type: AttributeType::String as i32, ..Default::default() }
}

/// `name = tensor` for a new node.
pub fn set_tensor(name: &str, tensor: TensorProto) -> AttributeProto {
    let r#type = AttributeType::Tensor as i32;
    AttributeProto { name: name.to_owned(), t: Some(tensor), r#type, ..Default::default() }
}
