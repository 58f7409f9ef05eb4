//! Where rules write their operators, and find the gradients that arrive.

use std::collections::{HashMap, HashSet};

use prost::bytes::Bytes;

use crate::explain::onnx::Facts;
use crate::explain::onnx::attributes::{set_int, set_ints};
use crate::onnx::Graph;
use crate::onnx::proto::{AttributeProto, DataType, NodeProto, TensorProto};

/// A forward node, seen from behind.
pub struct Forward<'a> {
    pub node: &'a NodeProto,
    gradients: Vec<Option<String>>,
}

impl<'a> Forward<'a> {
    pub(super) fn new(node: &'a NodeProto, tape: &mut Tape<'_>) -> Self {
        let gradients = node.output.iter().map(|output| tape.gradient_of(output)).collect();
        Self { node, gradients }
    }

    pub(super) fn has_gradient(&self) -> bool {
        self.gradients.iter().any(Option::is_some)
    }

    /// Name of an input.
    ///
    /// # Errors
    /// Where the node does not have it.
    pub fn input(&self, place: usize) -> Result<&'a str, String> {
        self.optional_input(place).ok_or_else(|| format!("its input {place} is missing"))
    }

    /// Name of an input, where it is given.
    pub fn optional_input(&self, place: usize) -> Option<&'a str> {
        self.node.input.get(place).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Name of an output.
    ///
    /// # Errors
    /// Where the node does not have it.
    pub fn output(&self, place: usize) -> Result<&'a str, String> {
        self.node.output.get(place).map(String::as_str).ok_or_else(|| format!("its output {place} is missing"))
    }

    /// Name of the gradient of an output.
    ///
    /// # Errors
    /// Where the logits do not depend on that output.
    pub fn gradient(&self, place: usize) -> Result<String, String> {
        self.optional_gradient(place).ok_or_else(|| format!("the logits depend on its other outputs than {place}"))
    }

    /// Name of the gradient of an output, where the logits depend on it.
    pub fn optional_gradient(&self, place: usize) -> Option<String> {
        self.gradients.get(place).cloned().flatten()
    }
}

/// The operators written so far, and the gradients they give.
pub struct Tape<'a> {
    facts: &'a Facts,
    opset: i64,
    wanted: HashSet<&'a str>,
    nodes: Vec<NodeProto>,
    gradients: HashMap<String, Vec<String>>,
    constants: HashMap<(Vec<i64>, i32, Vec<u8>), String>,
    /// float32 copies of forward values of half precision.
    widened: HashMap<String, String>,
    prefix: String,
    count: usize,
}

impl<'a> Tape<'a> {
    pub(super) fn new(graph: &Graph, facts: &'a Facts, wanted: HashSet<&'a str>) -> Self {
        let mut prefix = "overread_gradient".to_owned();
        while graph.nodes().iter().flat_map(|node| &node.output).any(|name| name.starts_with(&prefix)) {
            prefix.push('_');
        }
        Self {
            facts,
            opset: graph.opset,
            wanted,
            nodes: Vec::new(),
            gradients: HashMap::new(),
            constants: HashMap::new(),
            widened: HashMap::new(),
            prefix,
            count: 0,
        }
    }

    pub(super) fn into_nodes(self) -> Vec<NodeProto> {
        self.nodes
    }

    /// True where an input needs a gradient: it depends on the feature map, and the logits on it.
    pub fn wants(&self, value: &str) -> bool {
        self.wanted.contains(value)
    }

    /// Hands over a gradient of `value`'s shape; what arrives from several nodes is added up.
    pub fn give(&mut self, value: &str, gradient: String) {
        self.gradients.entry(value.to_owned()).or_default().push(gradient);
    }

    /// The sum of what was given.
    pub(super) fn gradient_of(&mut self, value: &str) -> Option<String> {
        let mut parts = self.gradients.get(value)?.clone().into_iter();
        let mut sum = parts.next()?;
        for part in parts {
            sum = self.add(&sum, &part);
        }
        self.gradients.insert(value.to_owned(), vec![sum.clone()]);
        Some(sum)
    }

    /// Shape of a forward value, for one batch of [`Facts::batch`] pictures: use lengths of the first axis only to tell
    /// what is the batch.
    ///
    /// # Errors
    /// Where it is not known.
    pub fn shape(&self, value: &str) -> Result<Vec<usize>, String> {
        let shape = self.facts.shape(value).map(<[usize]>::to_vec);
        shape.ok_or_else(|| format!("the shape of \"{value}\" is not known"))
    }

    /// The values of a parameter input.
    ///
    /// # Errors
    /// Where it depends on the picture.
    pub fn integers(&self, value: &str) -> Result<Vec<i64>, String> {
        self.facts.integers(value).ok_or_else(|| format!("its parameter \"{value}\" depends on the picture"))
    }

    /// The values of a parameter input that are no whole numbers.
    ///
    /// # Errors
    /// Where it depends on the picture.
    pub fn numbers(&self, value: &str) -> Result<Vec<f64>, String> {
        let found = self.facts.numbers(value).map(<[f64]>::to_vec);
        found.ok_or_else(|| format!("its parameter \"{value}\" depends on the picture"))
    }

    /// The facts, for the windows of [`crate::explain::onnx::window`].
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// Version of the operator set.
    pub fn opset(&self) -> i64 {
        self.opset
    }

    /// True where `axis` of a value is the batch, whose length differs from run to run.
    pub fn is_batch(&self, shape: &[usize], axis: usize) -> bool {
        axis == 0 && shape.first() == Some(&self.facts.batch)
    }

    /// Appends an operator with one output and gives its name. Forward values of half precision go in as float32.
    pub fn op(&mut self, op: &str, inputs: &[&str], attribute: Vec<AttributeProto>) -> String {
        self.op_with(op, inputs, attribute, 1).pop().unwrap_or_default()
    }

    /// Appends an operator with several outputs.
    pub fn op_with(
        &mut self,
        op: &str,
        inputs: &[&str],
        attribute: Vec<AttributeProto>,
        outputs: usize,
    ) -> Vec<String> {
        let takes_any = matches!(op, "Shape" | "Cast");
        let input = inputs.iter().map(|name| if takes_any { (*name).to_owned() } else { self.widened(name) }).collect();
        self.count += 1;
        let name = format!("{}_{}_{op}", self.prefix, self.count);
        let output: Vec<String> =
            (0..outputs).map(|place| if outputs == 1 { name.clone() } else { format!("{name}_{place}") }).collect();
        self.nodes.push(NodeProto {
            op_type: op.to_owned(),
            name,
            input,
            output: output.clone(),
            attribute,
            ..Default::default()
        });
        output
    }

    /// The float32 copy of a forward value of half precision; any other value as it is.
    fn widened(&mut self, value: &str) -> String {
        if self.facts.element_type(value) != Some(DataType::Float16) {
            return value.to_owned();
        }
        if let Some(known) = self.widened.get(value) {
            return known.clone();
        }
        let copy = self.as_float(value);
        self.widened.insert(value.to_owned(), copy.clone());
        copy
    }

    fn constant(&mut self, dims: &[usize], dtype: DataType, raw: Vec<u8>) -> String {
        let dims: Vec<i64> = dims.iter().map(|length| i64::try_from(*length).unwrap_or(i64::MAX)).collect();
        let key = (dims.clone(), dtype as i32, raw.clone());
        if let Some(known) = self.constants.get(&key) {
            return known.clone();
        }
        let raw_data = Bytes::from(raw);
        let tensor = TensorProto { dims, data_type: dtype as i32, raw_data, ..Default::default() };
        let name = self.op("Constant", &[], vec![super::super::onnx::attributes::set_tensor("value", tensor)]);
        self.constants.insert(key, name.clone());
        name
    }

    /// A float constant.
    pub fn floats(&mut self, dims: &[usize], values: &[f32]) -> String {
        self.constant(dims, DataType::Float, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// A single float.
    pub fn scalar(&mut self, value: f32) -> String {
        self.floats(&[], &[value])
    }

    /// A list of integers.
    pub fn ints(&mut self, values: &[i64]) -> String {
        self.constant(&[values.len()], DataType::Int64, values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }

    /// `a + b`.
    pub fn add(&mut self, a: &str, b: &str) -> String {
        self.op("Add", &[a, b], vec![])
    }

    /// `a - b`.
    pub fn sub(&mut self, a: &str, b: &str) -> String {
        self.op("Sub", &[a, b], vec![])
    }

    /// `a * b`.
    pub fn mul(&mut self, a: &str, b: &str) -> String {
        self.op("Mul", &[a, b], vec![])
    }

    /// `a / b`.
    pub fn div(&mut self, a: &str, b: &str) -> String {
        self.op("Div", &[a, b], vec![])
    }

    /// `-a`.
    pub fn neg(&mut self, a: &str) -> String {
        self.op("Neg", &[a], vec![])
    }

    /// `a * number`.
    pub fn times(&mut self, a: &str, number: f32) -> String {
        let number = self.scalar(number);
        self.mul(a, &number)
    }

    /// `a + number`.
    pub fn plus(&mut self, a: &str, number: f32) -> String {
        let number = self.scalar(number);
        self.add(a, &number)
    }

    /// 1 where `a > number`, else 0.
    pub fn mask_above(&mut self, a: &str, number: f32) -> String {
        let number = self.scalar(number);
        let found = self.op("Greater", &[a, &number], vec![]);
        self.as_float(&found)
    }

    /// 1 where `a < number`, else 0.
    pub fn mask_below(&mut self, a: &str, number: f32) -> String {
        let number = self.scalar(number);
        let found = self.op("Less", &[a, &number], vec![]);
        self.as_float(&found)
    }

    /// A float32 copy.
    pub fn as_float(&mut self, a: &str) -> String {
        self.op("Cast", &[a], vec![set_int("to", DataType::Float as i64)])
    }

    /// `x` in the shape of the value `like`.
    pub fn reshape_like(&mut self, x: &str, like: &str) -> String {
        let shape = self.op("Shape", &[like], vec![]);
        self.op("Reshape", &[x, &shape], vec![])
    }

    /// `x` in a stated shape; -1 once for "the rest".
    pub fn reshape(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.ints(shape);
        self.op("Reshape", &[x, &shape], vec![])
    }

    /// `x` repeated along its axes of length 1 where `dims` is longer; 1 in `dims` keeps the length of `x`.
    ///
    /// Repeating comes before a product with something larger: the embedded engine merges a product of a matrix and a
    /// larger field into the matrix's own operator, and fails.
    pub fn expand(&mut self, x: &str, dims: &[usize]) -> String {
        let dims: Vec<i64> = dims.iter().map(|length| i64::try_from(*length).unwrap_or(1)).collect();
        let dims = self.ints(&dims);
        self.op("Expand", &[x, &dims], vec![])
    }

    /// The sum over `axes`, which stay with length 1 where `keep`. (Axes became an input in operator set 13.)
    pub fn reduce_sum(&mut self, x: &str, axes: &[usize], keep: bool) -> String {
        self.reduce("ReduceSum", 13, x, axes, keep)
    }

    /// The mean over `axes`, which stay with length 1. (Axes became an input in operator set 18.)
    pub fn reduce_mean(&mut self, x: &str, axes: &[usize]) -> String {
        self.reduce("ReduceMean", 18, x, axes, true)
    }

    fn reduce(&mut self, op: &str, input_from: i64, x: &str, axes: &[usize], keep: bool) -> String {
        let axes: Vec<i64> = axes.iter().map(|axis| i64::try_from(*axis).unwrap_or(0)).collect();
        let keep = set_int("keepdims", i64::from(keep));
        if self.opset >= input_from {
            let axes = self.ints(&axes);
            self.op(op, &[x, &axes], vec![keep])
        } else {
            self.op(op, &[x], vec![set_ints("axes", &axes), keep])
        }
    }

    /// `x` with new axes of length 1 at `axes`. (Axes became an input in operator set 13.)
    pub fn unsqueeze(&mut self, x: &str, axes: &[usize]) -> String {
        let axes: Vec<i64> = axes.iter().map(|axis| i64::try_from(*axis).unwrap_or(0)).collect();
        if self.opset >= 13 {
            let axes = self.ints(&axes);
            self.op("Unsqueeze", &[x, &axes], vec![])
        } else {
            self.op("Unsqueeze", &[x], vec![set_ints("axes", &axes)])
        }
    }

    /// The gradient `g`, of the shape `from`, summed to the shape of the forward value `to`: whatever broadcasting
    /// repeated is added up.
    ///
    /// # Errors
    /// Where a shape is not known.
    pub fn unbroadcast(&mut self, g: String, from: &[usize], to: &str) -> Result<String, String> {
        let shape = self.shape(to)?;
        let lead = from.len().checked_sub(shape.len()).ok_or("its broadcast shapes do not fit")?;
        let repeated = |(axis, length): (usize, &usize)| {
            let own = axis.checked_sub(lead).and_then(|axis| shape.get(axis));
            (own.is_none() || (own == Some(&1) && *length != 1)).then_some(axis)
        };
        let axes: Vec<usize> = from.iter().enumerate().filter_map(repeated).collect();
        if axes.is_empty() {
            return Ok(g);
        }
        let sum = self.reduce_sum(&g, &axes, true);
        Ok(if lead == 0 { sum } else { self.reshape_like(&sum, to) })
    }
}
