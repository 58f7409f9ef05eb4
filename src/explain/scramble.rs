//! The same model with its weights in another order, for the weight-randomisation check (Adebayo et al., Sanity Checks
//! for Saliency Maps, NeurIPS 2018): a map of it must differ from the model's own.
//!
//! Weights are the constants of convolutions and matrix products. Their values are shuffled within each constant, so
//! that their distribution stays and activations keep their size; biases and normalisations stay. Nothing on disk is
//! changed.

use std::collections::{HashMap, HashSet, VecDeque};

use prost::Message as _;
use prost::bytes::Bytes;

use super::error::ExplainError;
use super::forward::SplitMix64;
use crate::engine::Model;
use crate::onnx::proto::{DataType, GraphProto, ModelProto, NodeProto, TensorProto};

/// Which weights are put in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scrambled {
    /// Those of the last layer before the logits.
    Head,
    /// Those of all layers.
    All,
}

impl Scrambled {
    pub const ALL: [Self; 2] = [Self::Head, Self::All];

    /// In words and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::All => "all_layers",
        }
    }
}

/// Operators between a weight and where it is used that keep its values.
const CARRIERS: &[&str] =
    &["Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "DequantizeLinear", "QuantizeLinear"];

/// A copy of `model` with scrambled weights; its hash is that of the scrambled bytes.
///
/// # Errors
/// What reading the file said, or that no weights were found.
pub fn scrambled(model: &Model, which: Scrambled, seed: u64) -> Result<Model, ExplainError> {
    let bytes = model.bytes()?;
    let logits = model.logits.as_ref().map_or(model.output.as_str(), |logits| logits.name.as_str());
    let bytes = shuffle_weights(&bytes, logits, which, seed).ok_or(ExplainError::NoWeights)?;
    Ok(model.with_bytes(bytes))
}

/// `None` where the graph has no weights of that kind.
fn shuffle_weights(bytes: &Bytes, logits: &str, which: Scrambled, seed: u64) -> Option<Bytes> {
    let mut file = ModelProto::decode(bytes.clone()).ok()?;
    let graph = file.graph.as_mut()?;
    let wanted = Weights::of(graph).wanted(logits, which);
    let mut random = SplitMix64::new(seed);
    let mut shuffled = 0;
    for tensor in graph.initializer.iter_mut().filter(|tensor| wanted.contains(&tensor.name)) {
        shuffled += usize::from(shuffle(tensor, &mut random));
    }
    for node in graph.node.iter_mut().filter(|node| node.output.first().is_some_and(|name| wanted.contains(name))) {
        for tensor in node.attribute.iter_mut().filter_map(|attribute| attribute.t.as_mut()) {
            shuffled += usize::from(shuffle(tensor, &mut random));
        }
    }
    (shuffled > 0).then(|| Bytes::from(file.encode_to_vec()))
}

/// Where the constants of a graph are used as weights.
struct Weights<'a> {
    makers: HashMap<&'a str, &'a NodeProto>,
    constants: HashSet<&'a str>,
    nodes: &'a [NodeProto],
}

impl<'a> Weights<'a> {
    fn of(graph: &'a GraphProto) -> Self {
        let made = graph.node.iter().flat_map(|node| node.output.iter().map(move |name| (name.as_str(), node)));
        let stored = graph.initializer.iter().map(|tensor| tensor.name.as_str());
        let inline = graph.node.iter().filter(|node| node.op_type == "Constant").flat_map(|node| &node.output);
        let constants = stored.chain(inline.map(String::as_str)).collect();
        Self { makers: made.collect(), constants, nodes: &graph.node }
    }

    /// Names of the constants.
    fn wanted(&self, logits: &str, which: Scrambled) -> HashSet<String> {
        match which {
            Scrambled::All => self.nodes.iter().flat_map(|node| self.weights(node)).collect(),
            Scrambled::Head => self.head(logits),
        }
    }

    /// Of the operator with weights that is the fewest steps before the logits.
    fn head(&self, logits: &str) -> HashSet<String> {
        let mut seen = HashSet::from([logits]);
        let mut next = VecDeque::from([logits]);
        while let Some(value) = next.pop_front() {
            let Some(node) = self.makers.get(value) else { continue };
            let weights = self.weights(node);
            if !weights.is_empty() {
                return weights;
            }
            next.extend(node.input.iter().map(String::as_str).filter(|name| seen.insert(*name)));
        }
        HashSet::new()
    }

    fn weights(&self, node: &NodeProto) -> HashSet<String> {
        let factors: &[usize] = match node.op_type.as_str() {
            "Conv" | "ConvTranspose" | "Gemm" => &[1],
            "MatMul" => &[0, 1],
            _ => &[],
        };
        factors.iter().filter_map(|place| self.constant(node.input.get(*place)?)).collect()
    }

    /// The constant that a value is, behind operators that keep its numbers.
    fn constant(&self, value: &'a str) -> Option<String> {
        let mut value = value;
        // A graph in a circle was refused; the bound keeps this total.
        for _ in 0..CARRIERS.len() {
            if self.constants.contains(value) {
                return Some(value.to_owned());
            }
            let node = self.makers.get(value).filter(|node| CARRIERS.contains(&node.op_type.as_str()))?;
            value = node.input.first()?;
        }
        None
    }
}

/// False for a tensor without several values of a kind that weights have.
fn shuffle(tensor: &mut TensorProto, random: &mut SplitMix64) -> bool {
    let bits = DataType::try_from(tensor.data_type).ok().and_then(DataType::bits).unwrap_or(0);
    if !tensor.raw_data.is_empty() {
        let size = usize::try_from(bits / 8).unwrap_or(0);
        if size == 0 || tensor.raw_data.len() < 2 * size {
            return false;
        }
        let mut values: Vec<&[u8]> = tensor.raw_data.chunks_exact(size).collect();
        random.shuffle(&mut values);
        tensor.raw_data = Bytes::from(values.concat());
        return true;
    }
    random.shuffle(&mut tensor.float_data);
    random.shuffle(&mut tensor.double_data);
    random.shuffle(&mut tensor.int32_data);
    [tensor.float_data.len(), tensor.double_data.len(), tensor.int32_data.len()].iter().any(|length| *length > 1)
}
