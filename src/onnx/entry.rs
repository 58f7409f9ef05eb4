//! What the graph itself does to a picture before its first layer: a resize, a scale.

use super::facts::ValueFacts;
use super::graph::Graph;
use super::proto::NodeProto;
use super::tensors::{small_floats, small_integers};

/// Operators between the input and the first layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// True where the graph resizes the picture itself.
    pub resizes: bool,
    /// The size it resizes to, as the graph's constant has it (with batch and channels), where it is one.
    pub resize_to: Option<Vec<i64>>,
    /// Arithmetic with constants, in order.
    pub arithmetic: Vec<Arithmetic>,
}

/// `value op constant`.
#[derive(Clone, Debug, PartialEq)]
pub struct Arithmetic {
    /// `Add`, `Sub`, `Mul` or `Div`.
    pub op: String,
    /// One value, or one per channel.
    pub values: Vec<f32>,
    /// True for `constant op value`.
    pub constant_first: bool,
}

/// Values from this span of results on are what networks learn from after scaling; 0..255 without scaling is wider.
const SCALED_SPAN: f64 = 20.0;

impl Entry {
    /// What 0 and 255 become (of the first channel).
    pub fn range_of_8bit(&self) -> (f64, f64) {
        let through = |value: f64| self.arithmetic.iter().fold(value, |value, step| step.apply(value));
        (through(0.0), through(255.0))
    }

    /// True where the graph brings 0..255 to a small range itself.
    pub fn scales_8bit(&self) -> bool {
        let (low, high) = self.range_of_8bit();
        !self.arithmetic.is_empty() && (high - low).abs() <= SCALED_SPAN && (high - low).abs() > 0.1
    }

    /// One sentence each, for people.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.resizes {
            let to = self.resize_to.as_ref().map(|sizes| format!(" to {sizes:?}")).unwrap_or_default();
            words.push(format!("the graph resizes the picture itself{to}"));
        }
        if !self.arithmetic.is_empty() {
            let steps: Vec<String> = self.arithmetic.iter().map(Arithmetic::words).collect();
            let (low, high) = self.range_of_8bit();
            words.push(format!(
                "the graph scales values itself ({}): 0 becomes {low:.3}, 255 becomes {high:.3}",
                steps.join(", ")
            ));
        }
        words
    }
}

impl Arithmetic {
    fn apply(&self, value: f64) -> f64 {
        let constant = self.values.first().copied().map_or(0.0, f64::from);
        match (self.op.as_str(), self.constant_first) {
            ("Add", _) => value + constant,
            ("Mul", _) => value * constant,
            ("Sub", false) => value - constant,
            ("Sub", true) => constant - value,
            ("Div", false) => value / constant,
            _ => constant / value,
        }
    }

    fn words(&self) -> String {
        let sign = match self.op.as_str() {
            "Add" => "+",
            "Sub" => "-",
            "Mul" => "×",
            _ => "÷",
        };
        let values: Vec<String> = self.values.iter().map(|value| format!("{value:.4}")).collect();
        format!("{sign} {}", values.join(" "))
    }
}

/// Operators that leave the values as they are.
const PASSES: &[&str] = &["Identity", "Cast", "Transpose", "QuantizeLinear", "DequantizeLinear"];
const ARITHMETIC: &[&str] = &["Add", "Sub", "Mul", "Div"];
/// How many operators are followed from the input.
const MAX_STEPS: usize = 32;

/// Follows the picture from the input to the first operator that is neither a resize nor arithmetic with a constant.
pub fn entry(graph: &Graph) -> Entry {
    let mut found = Entry::default();
    let Some(ValueFacts { name, .. }) = graph.inputs.first() else { return found };
    let mut value = name.as_str();
    for _ in 0..MAX_STEPS {
        // Exporters ask the picture for its shape on the side.
        let mut readers = graph.consumers(value).filter(|node| node.op_type != "Shape");
        let (Some(node), None) = (readers.next(), readers.next()) else { break };
        let op = node.op_type.as_str();
        if ARITHMETIC.contains(&op) {
            let Some(step) = arithmetic(graph, node, value) else { break };
            found.arithmetic.push(step);
        } else if matches!(op, "Resize" | "Upsample") {
            found.resizes = true;
            let sizes = node.input.get(3).and_then(|name| graph.constant(name)).and_then(small_integers);
            found.resize_to = found.resize_to.or(sizes);
        } else if !PASSES.contains(&op) {
            break;
        }
        let Some(next) = node.output.first() else { break };
        value = next;
    }
    found
}

fn arithmetic(graph: &Graph, node: &NodeProto, value: &str) -> Option<Arithmetic> {
    let [first, second] = node.input.as_slice() else { return None };
    let constant_first = second == value;
    let constant = if constant_first { first } else { second };
    let values = graph.constant(constant).and_then(small_floats).or_else(|| from_constant_node(graph, constant))?;
    Some(Arithmetic { op: node.op_type.clone(), values, constant_first })
}

fn from_constant_node(graph: &Graph, name: &str) -> Option<Vec<f32>> {
    let node = graph.producer(name).filter(|node| node.op_type == "Constant")?;
    small_floats(node.attribute.iter().find(|attribute| attribute.name == "value")?.t.as_ref()?)
}
