//! In which number types a model keeps its weights, and whether it was quantised.

use std::collections::{BTreeMap, HashSet};

use super::graph::Graph;
use super::proto::{DataType, NodeProto};

/// Operators that only quantised models have.
const QUANTISED: &[&str] =
    &["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger"];
/// Those that round what they computed to whole numbers, which have no slope.
const WHOLE_NUMBERS: &[&str] = &["QLinearConv", "QLinearMatMul"];

/// Weights by number type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precision {
    /// numpy's name to the number of values, shapes and other integers left out.
    pub weights: BTreeMap<&'static str, u64>,
    /// True where something computes in half precision; false where half-precision weights are only stored so, and each
    /// is cast before it is used.
    pub computes_in_half: bool,
    /// Operators that quantise or run on integers.
    pub quantised_operators: usize,
    /// Of those, operators that give integers again: no gradient passes them.
    pub integer_operators: usize,
}

impl Precision {
    /// All weights together.
    pub fn parameters(&self) -> u64 {
        self.weights.values().sum()
    }

    /// A sentence where the weights are not plain float32.
    pub fn words(&self) -> Option<String> {
        let kinds: Vec<String> = self.weights.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        if self.quantised_operators > 0 {
            return Some(format!(
                "quantised: {} weights, {} quantising operators. Scores differ a little from the float model's; {}",
                kinds.join(" + "),
                self.quantised_operators,
                match self.integer_operators {
                    0 => "gradients pass through rounding as if it were not there, and stop where a value was clipped",
                    _ =>
                        "it computes with whole numbers, so heatmaps that need gradients are not available in front of them",
                }
            ));
        }
        self.computes_in_half.then(|| {
            format!(
                "half precision: {} weights. Scores differ from the float32 model's in the third digit",
                kinds.join(" + ")
            )
        })
    }
}

/// Counts the constants with at least one axis; int64 are shapes and indices.
pub fn precision(graph: &Graph) -> Precision {
    let mut found = Precision::default();
    let mut halves = HashSet::new();
    for tensor in graph.body().into_iter().flat_map(|body| &body.initializer) {
        let Some(dtype) = DataType::try_from(tensor.data_type).ok() else { continue };
        let count = super::tensors::element_count(&tensor.dims).unwrap_or(0);
        let is_weight = !matches!(dtype, DataType::Int64 | DataType::Bool | DataType::String | DataType::Undefined);
        if is_weight && !tensor.dims.is_empty() {
            *found.weights.entry(dtype.numpy_name()).or_default() += count;
            if matches!(dtype, DataType::Float16 | DataType::Bfloat16) {
                halves.insert(tensor.name.as_str());
            }
        }
    }
    let uses =
        |node: &NodeProto| node.op_type != "Cast" && node.input.iter().any(|name| halves.contains(name.as_str()));
    found.computes_in_half = graph.nodes().iter().any(uses);
    let count = |kinds: &[&str]| graph.nodes().iter().filter(|node| kinds.contains(&node.op_type.as_str())).count();
    found.integer_operators = count(WHOLE_NUMBERS);
    found.quantised_operators = count(QUANTISED) + found.integer_operators;
    found
}
