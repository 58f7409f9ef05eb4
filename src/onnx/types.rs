//! Element types of the values inside a graph, followed from its inputs and constants.

use std::collections::HashMap;

use super::graph::Graph;
use super::proto::{DataType, NodeProto, TensorProto};

/// How often the nodes are gone through: files are in order, so once is usual.
const MAX_ROUNDS: usize = 4;

/// Type of every value that can be told, by the rules of the operators' own specifications. An operator that nobody here
/// knows is taken to give what its first input has, which holds for nearly all.
pub fn element_types(graph: &Graph) -> HashMap<&str, DataType> {
    let mut known: HashMap<&str, DataType> =
        graph.inputs.iter().filter_map(|input| Some((input.name.as_str(), input.dtype?))).collect();
    let constants = graph.body().map_or(&[][..], |body| body.initializer.as_slice());
    known.extend(constants.iter().filter_map(|tensor| Some((tensor.name.as_str(), type_of(tensor)?))));
    for _ in 0..MAX_ROUNDS {
        let before = known.len();
        for node in graph.nodes() {
            for (place, output) in node.output.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                if !known.contains_key(output.as_str())
                    && let Some(found) = given_by(node, place, &known)
                {
                    known.insert(output, found);
                }
            }
        }
        if known.len() == before {
            break;
        }
    }
    known
}

fn type_of(tensor: &TensorProto) -> Option<DataType> {
    DataType::try_from(tensor.data_type).ok().filter(|dtype| *dtype != DataType::Undefined)
}

fn given_by(node: &NodeProto, place: usize, known: &HashMap<&str, DataType>) -> Option<DataType> {
    let input = |at: usize| node.input.get(at).and_then(|name| known.get(name.as_str())).copied();
    let attribute = |name: &str| node.attribute.iter().find(|attribute| attribute.name == name);
    let stated = |name: &str| attribute(name).and_then(|a| i32::try_from(a.i).ok()).and_then(|i| i.try_into().ok());
    match (node.op_type.as_str(), place) {
        ("Constant", _) => match attribute("value").and_then(|value| value.t.as_ref()) {
            Some(tensor) => type_of(tensor),
            None if attribute("value_int").or(attribute("value_ints")).is_some() => Some(DataType::Int64),
            None => Some(DataType::Float),
        },
        ("ConstantOfShape", _) => {
            attribute("value").and_then(|value| value.t.as_ref()).map_or(Some(DataType::Float), type_of)
        }
        ("Cast", _) => stated("to"),
        ("Shape" | "Size" | "NonZero" | "ArgMax" | "ArgMin", _) | ("TopK" | "MaxPool", 1) => Some(DataType::Int64),
        (
            "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" | "Not" | "And" | "Or" | "Xor" | "IsNaN"
            | "IsInf",
            _,
        )
        | ("Dropout", 1) => Some(DataType::Bool),
        ("Where" | "CastLike" | "DequantizeLinear", _) => input(1),
        ("OneHot", _) => input(2),
        ("QuantizeLinear", _) => input(2).or_else(|| stated("output_dtype")).or(Some(DataType::Uint8)),
        ("DynamicQuantizeLinear", 0 | 2) => Some(DataType::Uint8),
        ("ConvInteger" | "MatMulInteger", _) => Some(DataType::Int32),
        ("QLinearConv" | "QLinearMatMul", _) => input(7),
        _ => node.input.iter().find(|name| !name.is_empty()).and_then(|name| known.get(name.as_str())).copied(),
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::onnx::proto::{
        AttributeProto, GraphProto, ModelProto, TensorType, TypeProto, TypeValue, ValueInfoProto,
    };
    use crate::onnx::read;

    fn node(op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
        NodeProto {
            op_type: op.to_owned(),
            input: inputs.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            attribute,
            ..Default::default()
        }
    }

    #[test]
    fn types_follow_the_operators() {
        let tensor = TensorType { elem_type: DataType::Float16 as i32, shape: None };
        let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() });
        let to_float = AttributeProto { name: "to".to_owned(), i: DataType::Float as i64, ..Default::default() };
        let zero = TensorProto { name: "zero".to_owned(), data_type: DataType::Int8 as i32, ..Default::default() };
        let scale = TensorProto { name: "scale".to_owned(), data_type: DataType::Float as i32, ..Default::default() };
        let graph = GraphProto {
            // Not in order: the first reads what the last makes.
            node: vec![
                node("Relu", &["wide"], "late", vec![]),
                node("Relu", &["x"], "half", vec![]),
                node("Shape", &["half"], "shape", vec![]),
                node("Greater", &["half", "x"], "mask", vec![]),
                node("Where", &["mask", "half", "x"], "chosen", vec![]),
                node("QuantizeLinear", &["wide", "scale", "zero"], "whole", vec![]),
                node("DequantizeLinear", &["whole", "scale", "zero"], "again", vec![]),
                node("Cast", &["chosen"], "wide", vec![to_float]),
            ],
            input: vec![ValueInfoProto { name: "x".to_owned(), r#type, ..Default::default() }],
            output: vec![ValueInfoProto { name: "again".to_owned(), ..Default::default() }],
            initializer: vec![zero, scale],
            ..Default::default()
        };
        let graph = read(&ModelProto { graph: Some(graph), ..Default::default() }.encode_to_vec()).unwrap();
        let types = element_types(&graph);
        for (value, expected) in [
            ("half", DataType::Float16),
            ("shape", DataType::Int64),
            ("mask", DataType::Bool),
            ("chosen", DataType::Float16),
            ("wide", DataType::Float),
            ("whole", DataType::Int8),
            ("again", DataType::Float),
            ("late", DataType::Float),
        ] {
            assert_eq!(types.get(value), Some(&expected), "{value}");
        }
    }
}
