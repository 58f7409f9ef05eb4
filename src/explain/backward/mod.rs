//! The backward pass of a graph, written as standard operators after the forward nodes.
//!
//! In: a graph, its [`Facts`], a feature map, the logits and the name of their gradient (the seed). Out: nodes to append
//! and the name of the feature map's gradient. Forward nodes stay as they are; whatever engine runs the graph computes
//! the gradient with its own kernels. The operators written here exist in operator sets 11 to 28.
//!
//! # Adding an operator
//!
//! One file (or a few lines in the file of its group) holds a rule, its line in that file's `RULES`, and its test:
//!
//! ```text
//! pub(super) const RULES: &[Rule] = &[("Tanh", tanh)];
//!
//! fn tanh(node: &Forward<'_>, tape: &mut Tape<'_>) -> Result<(), String> {
//!     let (x, y, g) = (node.input(0)?, node.output(0)?, node.gradient(0)?);
//!     let square = tape.mul(y, y);          // append operators…
//!     let kept = tape.mul(&g, &square);
//!     let gradient = tape.sub(&g, &kept);
//!     tape.give(x, gradient);               // …and hand the gradient to an input
//!     Ok(())
//! }
//!
//! #[test]
//! fn tanh_agrees_with_differences() {
//!     Check::new(&[2, 3, 4, 4]).node("Tanh", &["x"], vec![]).agrees();
//! }
//! ```
//!
//! A rule gives each differentiable input that [`Tape::wants`] a gradient of that input's shape. It returns `Err` with a
//! reason for anything it does not cover: the layer is then not available, and nothing is approximated.

mod activations;
mod arithmetic;
#[cfg(test)]
mod check;
mod conv;
mod einsum;
mod gather;
mod linear;
mod normalize;
mod pool;
mod quantize;
mod reduce;
mod resample;
mod seed;
mod select;
mod shape;
mod tape;

use std::collections::HashSet;

use super::onnx::{Facts, dag};
use crate::onnx::Graph;
use crate::onnx::proto::NodeProto;

pub use seed::{Probabilities, Seed};
pub use tape::{Forward, Tape};

/// Writes the gradient of one node, or says why not.
type Write = fn(&Forward<'_>, &mut Tape<'_>) -> Result<(), String>;

/// An operator's name and how its gradient is written.
type Rule = (&'static str, Write);

/// One table per file.
const TABLES: &[&[Rule]] = &[
    activations::RULES,
    arithmetic::RULES,
    conv::RULES,
    einsum::RULES,
    gather::RULES,
    linear::RULES,
    normalize::RULES,
    pool::RULES,
    quantize::RULES,
    reduce::RULES,
    resample::RULES,
    select::RULES,
    shape::RULES,
];

/// The operator sets whose operators are written here.
const OLDEST_OPSET: i64 = 11;

/// Names of the operators that have a rule, sorted.
pub fn supported_operators() -> Vec<&'static str> {
    let mut names: Vec<_> = TABLES.iter().flat_map(|table| table.iter()).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names
}

/// Nodes to append, and what they give.
#[derive(Clone, Debug)]
pub struct Backward {
    pub nodes: Vec<NodeProto>,
    /// Name of the gradient, of the feature map's own shape.
    pub gradient: String,
}

/// Writes the gradient of what `seed` chooses of `logits` with respect to the value `map`.
///
/// # Errors
/// The reason in words, to follow "because": an operator without a rule, or the logits do not depend on the map.
pub fn backward(graph: &Graph, facts: &Facts, map: &str, logits: &str, seed: &Seed) -> Result<Backward, String> {
    if graph.opset < OLDEST_OPSET {
        return Err(format!(
            "the model is written for operator set {}, and gradients need {OLDEST_OPSET} or later (export it again \
             with opset_version=17)",
            graph.opset
        ));
    }
    let order = dag::ordered(graph);
    let from_map = dag::reached(&order, map, true);
    let to_logits = dag::leading_to(&order, logits, true);
    let wanted: HashSet<&str> = from_map.intersection(&to_logits).copied().collect();
    if !wanted.contains(logits) {
        return Err("the logits do not depend on it".to_owned());
    }
    let mut tape = Tape::new(graph, facts, wanted);
    let entering = seed.write(&mut tape, logits)?;
    tape.give(logits, entering);
    for node in order.iter().rev() {
        let makes_the_map = node.output.iter().any(|output| output == map);
        if makes_the_map || dag::stops_gradient(node) || !node.input.iter().any(|input| tape.wants(input)) {
            continue;
        }
        let forward = Forward::new(node, &mut tape);
        if forward.has_gradient() {
            rule_for(node)?(&forward, &mut tape).map_err(|reason| in_words(node, &reason))?;
        }
    }
    let gradient = tape.gradient_of(map).ok_or("the logits do not depend on it")?;
    Ok(Backward { gradient, nodes: tape.into_nodes() })
}

fn rule_for(node: &NodeProto) -> Result<Write, String> {
    let found = TABLES.iter().flat_map(|table| table.iter()).find(|(name, _)| *name == node.op_type);
    found.map(|(_, rule)| *rule).ok_or_else(|| in_words(node, "it has no gradient rule"))
}

fn in_words(node: &NodeProto, reason: &str) -> String {
    let name = if node.name.is_empty() { node.output.first() } else { Some(&node.name) };
    format!("of the operator {} (\"{}\"): {reason}", node.op_type, name.map(String::as_str).unwrap_or_default())
}
