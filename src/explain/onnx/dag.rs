//! The graph as an order of nodes, and what depends on what.

use std::collections::{HashMap, HashSet};

use crate::onnx::Graph;
use crate::onnx::proto::NodeProto;

/// Operators that look at a tensor's shape only: what they give does not depend on the picture.
const SHAPE_ONLY: &[&str] = &["Shape", "Size"];

/// Operators through which no gradient flows: their results are not float, or do not change between jumps.
const NO_GRADIENT: &[&str] = &[
    "Shape",
    "Size",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Not",
    "And",
    "Or",
    "Xor",
    "IsNaN",
    "IsInf",
    "ArgMax",
    "ArgMin",
    "NonZero",
    "ConstantOfShape",
    "Floor",
    "Ceil",
    "Round",
    "Sign",
];

/// True where no gradient flows through the node.
pub fn stops_gradient(node: &NodeProto) -> bool {
    NO_GRADIENT.contains(&node.op_type.as_str())
}

/// The nodes so that each comes after those it reads (files need not be in order). A checked graph has no circles; in
/// one that has, the nodes of the circle are left out.
pub fn ordered(graph: &Graph) -> Vec<&NodeProto> {
    let nodes = graph.nodes();
    let mut maker: HashMap<&str, usize> = HashMap::new();
    for (place, node) in nodes.iter().enumerate() {
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            maker.entry(output).or_insert(place);
        }
    }
    let mut waits = vec![0usize; nodes.len()];
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (place, node) in nodes.iter().enumerate() {
        let sources: HashSet<usize> = node.input.iter().filter_map(|name| maker.get(name.as_str()).copied()).collect();
        if let Some(count) = waits.get_mut(place) {
            *count = sources.len();
        }
        for source in sources {
            if let Some(list) = readers.get_mut(source) {
                list.push(place);
            }
        }
    }
    // First come, first served, from the front: a file in order stays in its order.
    let mut ready: std::collections::BTreeSet<usize> =
        waits.iter().enumerate().filter(|(_, count)| **count == 0).map(|(place, _)| place).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(place) = ready.pop_first() {
        order.extend(nodes.get(place));
        for reader in readers.get(place).into_iter().flatten() {
            if let Some(count) = waits.get_mut(*reader) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.insert(*reader);
                }
            }
        }
    }
    order
}

/// Names of the values that are computed from `start`. With `gradient`, only those through which a gradient flows; else
/// all but those that depend on its shape alone.
pub fn reached<'a>(order: &[&'a NodeProto], start: &'a str, gradient: bool) -> HashSet<&'a str> {
    let mut found = HashSet::from([start]);
    for node in order {
        let stops = if gradient { stops_gradient(node) } else { SHAPE_ONLY.contains(&node.op_type.as_str()) };
        if !stops && node.input.iter().any(|input| found.contains(input.as_str())) {
            found.extend(node.output.iter().filter(|name| !name.is_empty()).map(String::as_str));
        }
    }
    found
}

/// Names of the values that `end` is computed from, itself included. With `gradient`, only those to which a gradient of
/// `end` flows back.
pub fn leading_to<'a>(order: &[&'a NodeProto], end: &'a str, gradient: bool) -> HashSet<&'a str> {
    let mut found = HashSet::from([end]);
    for node in order.iter().rev() {
        if gradient && stops_gradient(node) {
            continue;
        }
        if node.output.iter().any(|output| found.contains(output.as_str())) {
            found.extend(node.input.iter().filter(|name| !name.is_empty()).map(String::as_str));
        }
    }
    found
}
