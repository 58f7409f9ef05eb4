//! What is refused before any engine sees a model. Engines hang on loops, abort on some damaged graphs and allocate
//! what a shape asks for; this looks first.

use std::collections::{HashMap, HashSet};

use super::error::OnnxError;
use super::graph::{Graph, is_standard_domain};
use super::proto::{AttributeProto, GraphProto, NodeProto};
use super::tensors::{check_tensor, element_count, small_integers};
use super::traps::{check_inputs, check_outputs};

/// The oldest operator set ONNX Runtime promises to run.
pub const MIN_OPSET: i64 = 7;
/// The newest operator set of ONNX 1.23.
pub const MAX_OPSET: i64 = 28;
/// Protobuf's own limit for one message.
const MAX_FILE_BYTES: usize = i32::MAX as usize;
/// The largest published classifiers have a few thousand.
const MAX_NODES: usize = 50_000;
/// Values that one operator may read or make.
const MAX_VALUES_PER_NODE: usize = 4_096;
/// Kernel sizes, strides, pads, repeats: no layer goes beyond.
const MAX_GEOMETRY: i64 = 65_536;
/// Elements of a tensor whose shape is a constant.
const MAX_CONSTANT_SHAPE_ELEMENTS: u64 = 1 << 28;

const CONTROL_FLOW: &[&str] = &["If", "Loop", "Scan", "SequenceMap"];
const RANDOM: &[&str] =
    &["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"];

/// Refuses external data, control flow, foreign operators, unsupported operator sets, sizes beyond any classifier,
/// constants whose data does not match their shape, graphs out of order, random layers, and inputs or outputs that are
/// not one float picture and class scores. `byte_length` is the file's.
///
/// # Errors
/// The first problem found, as a sentence.
pub fn check(graph: &Graph, byte_length: usize) -> Result<(), OnnxError> {
    let Some(body) = graph.body() else {
        return Err(OnnxError::NotOnnx { reason: "it holds no graph".to_owned() });
    };
    check_limits(body, byte_length)?;
    check_operators(graph, body)?;
    check_opset(graph)?;
    check_constants(body)?;
    check_order(graph, body)?;
    check_inputs(graph)?;
    check_outputs(graph)
}

fn check_limits(body: &GraphProto, byte_length: usize) -> Result<(), OnnxError> {
    let too_large = |what: &str, found: usize, limit: usize| {
        Err(OnnxError::TooLarge { what: what.to_owned(), found: found.to_string(), limit: limit.to_string() })
    };
    if byte_length > MAX_FILE_BYTES {
        return too_large("the file's size in bytes", byte_length, MAX_FILE_BYTES);
    }
    if body.node.len() > MAX_NODES {
        return too_large("the number of operators", body.node.len(), MAX_NODES);
    }
    let widest = body.node.iter().map(|node| node.input.len().max(node.output.len())).max().unwrap_or(0);
    if widest > MAX_VALUES_PER_NODE {
        return too_large("the number of values at one operator", widest, MAX_VALUES_PER_NODE);
    }
    Ok(())
}

fn check_opset(graph: &Graph) -> Result<(), OnnxError> {
    if (MIN_OPSET..=MAX_OPSET).contains(&graph.opset) {
        return Ok(());
    }
    Err(OnnxError::Opset { found: graph.opset, min: MIN_OPSET, max: MAX_OPSET, suggested: 17 })
}

fn check_operators(graph: &Graph, body: &GraphProto) -> Result<(), OnnxError> {
    let is_function =
        |node: &NodeProto| graph.proto.functions.iter().any(|f| f.name == node.op_type && f.domain == node.domain);
    for node in &body.node {
        let op = node.op_type.clone();
        let has_body = node.attribute.iter().any(|a| a.g.is_some() || !a.graphs.is_empty());
        if CONTROL_FLOW.contains(&op.as_str()) || has_body {
            return Err(OnnxError::ControlFlow { op, node: node_name(node) });
        }
        if is_function(node) {
            return Err(OnnxError::LocalFunction { name: op });
        }
        if !is_standard_domain(&node.domain) {
            return Err(OnnxError::UnknownDomain { op, domain: node.domain.clone() });
        }
        if RANDOM.contains(&op.as_str()) || is_training_dropout(body, node) {
            return Err(OnnxError::Random { op, node: node_name(node) });
        }
        for attribute in &node.attribute {
            check_attribute(node, attribute)?;
        }
        check_constant_shape(graph, node)?;
    }
    Ok(())
}

/// Dropout's third input, `training_mode`, given as the constant true (operator set 12 and later).
fn is_training_dropout(body: &GraphProto, node: &NodeProto) -> bool {
    let Some(flag) = node.input.get(2).filter(|_| node.op_type == "Dropout") else { return false };
    let constant = body.initializer.iter().find(|tensor| tensor.name == *flag);
    constant.is_some_and(|t| t.raw_data.first() == Some(&1) || t.int32_data.first() == Some(&1))
}

fn check_attribute(node: &NodeProto, attribute: &AttributeProto) -> Result<(), OnnxError> {
    if !attribute.ref_attr_name.is_empty() {
        return Err(OnnxError::BadGraph {
            what: format!("\"{}\" refers to an attribute of a function outside of one", node_name(node)),
        });
    }
    for tensor in attribute.t.iter().chain(&attribute.tensors) {
        check_tensor(tensor, "the constant")?;
    }
    if attribute.sparse_tensor.is_some() || !attribute.sparse_tensors.is_empty() {
        return Err(OnnxError::UnknownDomain { op: format!("sparse {}", node.op_type), domain: "ai.onnx".to_owned() });
    }
    let is_geometry = matches!(
        attribute.name.as_str(),
        "kernel_shape" | "strides" | "pads" | "dilations" | "output_padding" | "output_shape" | "repeats" | "group"
    );
    let worst = attribute.ints.iter().chain(std::iter::once(&attribute.i)).map(|v| v.unsigned_abs()).max();
    if is_geometry && worst.is_some_and(|value| value > MAX_GEOMETRY.unsigned_abs()) {
        return Err(OnnxError::TooLarge {
            what: format!("{} of \"{}\"", attribute.name, node_name(node)),
            found: worst.unwrap_or_default().to_string(),
            limit: MAX_GEOMETRY.to_string(),
        });
    }
    Ok(())
}

/// Shapes given as constants: what they ask for is allocated before anything can be checked.
fn check_constant_shape(graph: &Graph, node: &NodeProto) -> Result<(), OnnxError> {
    let slot = match node.op_type.as_str() {
        "ConstantOfShape" => 0,
        "Expand" | "Tile" | "Pad" => 1,
        "Resize" => 3,
        _ => return Ok(()),
    };
    let Some(values) = node.input.get(slot).and_then(|name| graph.constant(name)).and_then(small_integers) else {
        return Ok(());
    };
    let (asks, asks_too_much, limit) = match node.op_type.as_str() {
        "Pad" => {
            let is_wide = |value: &i64| value.unsigned_abs() > MAX_GEOMETRY.unsigned_abs();
            ("what is put around by", values.iter().any(is_wide), MAX_GEOMETRY.to_string())
        }
        op => {
            let asks = if op == "Tile" { "how often is repeated by" } else { "the shape that is made by" };
            let is_much = element_count(&values).is_none_or(|count| count > MAX_CONSTANT_SHAPE_ELEMENTS);
            (asks, is_much, format!("{MAX_CONSTANT_SHAPE_ELEMENTS} values"))
        }
    };
    if asks_too_much {
        let what = format!("{asks} \"{}\" ({})", node_name(node), node.op_type);
        return Err(OnnxError::TooLarge { what, found: format!("{values:?}"), limit });
    }
    Ok(())
}

fn check_constants(body: &GraphProto) -> Result<(), OnnxError> {
    if !body.sparse_initializer.is_empty() {
        return Err(OnnxError::BadGraph {
            what: "it keeps weights as sparse tensors, which engines do not run".to_owned(),
        });
    }
    body.initializer.iter().try_for_each(|tensor| check_tensor(tensor, "the weight"))
}

/// Every value is made once, used after something makes it, and nothing depends on itself.
fn check_order(graph: &Graph, body: &GraphProto) -> Result<(), OnnxError> {
    let bad = |what: String| Err(OnnxError::BadGraph { what });
    let mut made_by: HashMap<&str, usize> = HashMap::new();
    let mut given: HashSet<&str> = graph.inputs.iter().map(|input| input.name.as_str()).collect();
    for tensor in &body.initializer {
        if !given.insert(&tensor.name) {
            return bad(format!("two constants are named \"{}\"", tensor.name));
        }
    }
    for (position, node) in body.node.iter().enumerate() {
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            if given.contains(output.as_str()) || made_by.insert(output, position).is_some() {
                return bad(format!("the value \"{output}\" is made twice"));
            }
        }
    }
    let mut waiting = Vec::with_capacity(body.node.len());
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); body.node.len()];
    for (position, node) in body.node.iter().enumerate() {
        let mut sources = HashSet::new();
        for input in node.input.iter().filter(|name| !name.is_empty() && !given.contains(name.as_str())) {
            match made_by.get(input.as_str()) {
                Some(source) => sources.insert(*source),
                None => return bad(format!("\"{}\" reads \"{input}\", which nothing makes", node_name(node))),
            };
        }
        waiting.push(sources.len());
        for source in sources {
            if let Some(list) = readers.get_mut(source) {
                list.push(position);
            }
        }
    }
    for output in &graph.outputs {
        if !made_by.contains_key(output.name.as_str()) && !given.contains(output.name.as_str()) {
            return bad(format!("the output \"{}\" is not made by any operator", output.name));
        }
    }
    if settled(&mut waiting, &readers) == body.node.len() {
        Ok(())
    } else {
        bad("operators wait for each other in a circle".to_owned())
    }
}

/// Number of operators that can run at all (Kahn's algorithm); all of them unless there is a circle.
fn settled(waiting: &mut [usize], readers: &[Vec<usize>]) -> usize {
    let mut ready: Vec<usize> = (0..waiting.len()).filter(|i| waiting.get(*i) == Some(&0)).collect();
    let mut done = 0;
    while let Some(position) = ready.pop() {
        done += 1;
        for reader in readers.get(position).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(*reader) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.push(*reader);
                }
            }
        }
    }
    done
}

fn node_name(node: &NodeProto) -> String {
    if node.name.is_empty() { node.output.first().cloned().unwrap_or_default() } else { node.name.clone() }
}
