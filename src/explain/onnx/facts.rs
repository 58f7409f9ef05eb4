//! What only a run can tell: shapes of all tensors between picture and logits, and small parameters (pads, slices) that
//! exporters compute inside of the graph.
//!
//! They are asked as extra outputs (`Shape` and `Cast`) of the graph itself, so the engine that will run the graph
//! answers; nothing is inferred twice, and an operator that nobody here knows still has a shape.

use std::collections::{HashMap, HashSet};

use ndarray::ArrayD;

use super::attributes::set_int;
use super::dag;
use crate::onnx::proto::{
    DataType, Dimension, DimensionValue, GraphProto, NodeProto, TensorShapeProto, TensorType, TypeProto, TypeValue,
    ValueInfoProto,
};
use crate::onnx::{Graph, element_types};

/// Inputs that hold parameters: (operator, place).
const PARAMETERS: &[(&str, usize)] = &[
    ("Slice", 1),
    ("Slice", 2),
    ("Slice", 3),
    ("Slice", 4),
    ("Pad", 1),
    ("Pad", 3),
    ("Gather", 1),
    ("GatherND", 1),
    ("Split", 1),
    ("ReduceMean", 1),
    ("ReduceSum", 1),
    ("ReduceMax", 1),
    ("ReduceMin", 1),
    ("ReduceL2", 1),
    ("ReduceSumSquare", 1),
    ("ReduceL1", 1),
    ("ReduceLogSum", 1),
    ("ReduceLogSumExp", 1),
    ("Resize", 2),
    ("Resize", 3),
    ("Tile", 1),
];

/// Shapes and parameters of one graph at one picture size.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Pictures in the run that gave the shapes; the first axis of most shapes.
    pub batch: usize,
    shapes: HashMap<String, Vec<usize>>,
    values: HashMap<String, Vec<f64>>,
    types: HashMap<String, DataType>,
}

impl Facts {
    /// Element type of a value, where it can be told.
    pub fn element_type(&self, value: &str) -> Option<DataType> {
        self.types.get(value).copied()
    }

    /// False for values of whole numbers, which are no map.
    pub fn is_float(&self, value: &str) -> bool {
        self.element_type(value).is_none_or(|dtype| matches!(dtype, DataType::Float | DataType::Float16))
    }

    /// Shape of a value, with [`batch`](Self::batch) pictures.
    pub fn shape(&self, value: &str) -> Option<&[usize]> {
        self.shapes.get(value).map(Vec::as_slice)
    }

    /// A parameter's values; `None` where it depends on the picture, or is none.
    pub fn numbers(&self, value: &str) -> Option<&[f64]> {
        self.values.get(value).map(Vec::as_slice)
    }

    /// A parameter's values as whole numbers; `None` where it depends on the picture, or is none.
    pub fn integers(&self, value: &str) -> Option<Vec<i64>> {
        // `as` saturates: "to the end" is written as the largest integer.
        self.values.get(value).map(|values| values.iter().map(|value| *value as i64).collect())
    }
}

/// Extra outputs that answer what is not written in the graph.
#[derive(Clone, Debug)]
pub struct Questions {
    /// Nodes and outputs to append.
    pub delta: GraphProto,
    /// Names of the new outputs, in the order of the graph.
    pub outputs: Vec<String>,
    asked: Vec<Asked>,
    known: HashMap<String, Vec<usize>>,
    types: HashMap<String, DataType>,
}

#[derive(Clone, Debug)]
enum Asked {
    Shape(String),
    Value(String),
}

impl Questions {
    /// Asks about everything between the picture `input` and `end` (the logits).
    pub fn about(graph: &Graph, input: &str, end: &str) -> Self {
        let order = dag::ordered(graph);
        let from_picture = dag::reached(&order, input, false);
        let to_end = dag::leading_to(&order, end, false);
        let on_the_way = |name: &str| from_picture.contains(name) && to_end.contains(name);
        let types = element_types(graph).into_iter().map(|(name, dtype)| (name.to_owned(), dtype)).collect();
        let mut questions =
            Self { delta: GraphProto::default(), outputs: Vec::new(), asked: Vec::new(), known: HashMap::new(), types };
        let mut seen: HashSet<&str> = HashSet::new();
        for node in order.iter().filter(|node| node.output.iter().any(|output| on_the_way(output))) {
            for value in node.input.iter().chain(&node.output).filter(|name| !name.is_empty()) {
                if seen.insert(value) {
                    questions.ask_shape(graph, value);
                }
            }
            for (op, place) in PARAMETERS.iter().filter(|(op, _)| *op == node.op_type) {
                let parameter = node.input.get(*place).filter(|name| !name.is_empty());
                if let Some(name) = parameter.filter(|name| !from_picture.contains(name.as_str())) {
                    tracing::trace!(op, name, "asked for its value");
                    questions.ask(Asked::Value(name.clone()));
                }
            }
        }
        questions
    }

    fn ask_shape(&mut self, graph: &Graph, value: &str) {
        let constant = |node: &NodeProto| {
            let tensor = node.attribute.iter().find(|attribute| attribute.name == "value")?.t.clone()?;
            (node.op_type == "Constant").then_some(tensor.dims)
        };
        let dims = graph.constant(value).map(|tensor| tensor.dims.clone());
        let dims = dims.or_else(|| graph.producer(value).and_then(constant));
        match dims {
            Some(dims) => {
                let shape = dims.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
                self.known.insert(value.to_owned(), shape);
            }
            None => self.ask(Asked::Shape(value.to_owned())),
        }
    }

    fn ask(&mut self, asked: Asked) {
        let number = self.asked.len();
        let mut source = match &asked {
            Asked::Shape(name) | Asked::Value(name) => name.clone(),
        };
        let mut add = |op: &str, what: &str, attribute| {
            let output = format!("overread_question_{number}_{what}");
            self.delta.node.push(NodeProto {
                op_type: op.to_owned(),
                name: output.clone(),
                input: vec![source.clone()],
                output: vec![output.clone()],
                attribute,
                ..Default::default()
            });
            source = output;
        };
        if matches!(asked, Asked::Shape(_)) {
            add("Shape", "shape", Vec::new());
            add("Cast", "whole", vec![set_int("to", DataType::Int64 as i64)]);
        }
        add("Cast", "answer", vec![set_int("to", DataType::Float as i64)]);
        self.delta.output.push(float_value(&source, None));
        self.outputs.push(source);
        self.asked.push(asked);
    }

    /// The facts, from what the new outputs held in a run over `batch` pictures.
    pub fn answered(self, batch: usize, answers: &[ArrayD<f32>]) -> Facts {
        let mut facts = Facts { batch, shapes: self.known, values: HashMap::new(), types: self.types };
        for (asked, answer) in self.asked.into_iter().zip(answers) {
            match asked {
                Asked::Shape(name) => {
                    facts.shapes.insert(name, answer.iter().map(|length| *length as usize).collect());
                }
                Asked::Value(name) => {
                    facts.values.insert(name, answer.iter().map(|value| f64::from(*value)).collect());
                }
            }
        }
        facts
    }
}

/// A float32 input or output of a graph; `dims` where the shape must be stated (`None` in it: any length).
pub(crate) fn float_value(name: &str, dims: Option<&[Option<usize>]>) -> ValueInfoProto {
    let dim = |length: &Option<usize>| Dimension {
        value: Some(match length {
            Some(length) => DimensionValue::DimValue(i64::try_from(*length).unwrap_or(i64::MAX)),
            None => DimensionValue::DimParam("overread_batch".to_owned()),
        }),
        ..Default::default()
    };
    let shape = dims.map(|dims| TensorShapeProto { dim: dims.iter().map(dim).collect() });
    let tensor = TensorType { elem_type: DataType::Float as i32, shape };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() });
    ValueInfoProto { name: name.to_owned(), r#type, ..Default::default() }
}
