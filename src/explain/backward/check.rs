//! Compares a rule with central differences of the forward graph, on every engine that is there.

use ndarray::ArrayD;
use prost::Message;
use prost::bytes::Bytes;

use super::{Seed, backward};
use crate::engine::{
    CancelHandle, EngineChoice, EngineKind, GraphOutputs, GraphSession, NamedInput, ProviderChoice, SessionOptions,
    runtime,
};
use crate::explain::onnx::attributes::{set_ints, set_tensor};
use crate::explain::onnx::{Facts, Questions};
use crate::onnx::proto::{
    AttributeProto, DataType, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto, TensorShapeProto, TensorType, TypeProto, TypeValue, ValueInfoProto,
};
use crate::onnx::{self, Graph};

/// Of the largest gradient; differences of 32-bit sums are no better.
const TOLERANCE: f64 = 4e-3;

/// A small graph: `x` of a stated shape, a few nodes, the last of which makes `y`.
pub(super) struct Check {
    shape: Vec<usize>,
    opset: i64,
    spread: f32,
    centre: f32,
    batch: usize,
    nodes: Vec<NodeProto>,
    engines: Vec<EngineChoice>,
}

impl Check {
    /// The first axis of `x` is the batch.
    pub fn new(shape: &[usize]) -> Self {
        let batch = shape.first().copied().unwrap_or(1);
        Self {
            shape: shape.to_vec(),
            opset: 13,
            spread: 1.0,
            centre: 0.0,
            batch,
            nodes: Vec::new(),
            engines: engines(),
        }
    }

    /// No axis is the batch.
    pub fn whole_batch(mut self) -> Self {
        self.batch = usize::MAX;
        self
    }

    /// For forward operators that the embedded engine does not run.
    pub fn only_on_onnx_runtime(mut self) -> Self {
        self.engines.retain(|choice| *choice == EngineChoice::OnnxRuntime);
        self
    }

    pub fn opset(mut self, opset: i64) -> Self {
        self.opset = opset;
        self
    }

    /// Distance from the smallest to the largest value of `x`. All differ, by more than a difference's step.
    pub fn spread(mut self, spread: f32) -> Self {
        self.spread = spread;
        self
    }

    /// Middle of the values of `x`.
    pub fn above(mut self, centre: f32) -> Self {
        self.centre = centre;
        self
    }

    pub fn node(self, op: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> Self {
        self.node_with_outputs(op, inputs, &["y"], attributes)
    }

    pub fn node_named(self, op: &str, inputs: &[&str], output: &str, attributes: Vec<AttributeProto>) -> Self {
        self.node_with_outputs(op, inputs, &[output], attributes)
    }

    pub fn node_with_outputs(
        mut self,
        op: &str,
        inputs: &[&str],
        outputs: &[&str],
        attribute: Vec<AttributeProto>,
    ) -> Self {
        self.nodes.push(node(op, inputs, outputs, attribute));
        self
    }

    pub fn floats(self, name: &str, dims: &[usize], values: &[f32]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, dims, DataType::Float, raw)
    }

    pub fn ints(self, name: &str, values: &[i64]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.tensor(name, &[values.len()], DataType::Int64, raw)
    }

    pub fn single_int(self, name: &str, value: i64) -> Self {
        self.tensor(name, &[], DataType::Int64, value.to_le_bytes().to_vec())
    }

    pub fn tensor(mut self, name: &str, dims: &[usize], dtype: DataType, raw: Vec<u8>) -> Self {
        let dims = dims.iter().map(|length| *length as i64).collect();
        let tensor = TensorProto { dims, data_type: dtype as i32, raw_data: raw.into(), ..Default::default() };
        self.nodes.push(node("Constant", &[], &[name], vec![set_tensor("value", tensor)]));
        self
    }

    /// Checks every element of the gradient of a weighted sum of `y`.
    pub fn agrees(self) {
        let x = self.values();
        for choice in self.engines.iter().copied() {
            let mut running = self.start(choice).unwrap();
            let seed = noise(running.outputs, 77);
            let gradient = running.run(&x, &seed).1;
            let step = 2e-3 * self.spread.max(2.0) / 2.0;
            let mut differences = Vec::with_capacity(x.len());
            for at in 0..x.len() {
                let mut weighted = |shift: f32| -> (f64, f32) {
                    let mut moved = x.clone();
                    moved[at] += shift;
                    let y = running.run(&moved, &seed).0;
                    (y.iter().zip(&seed).map(|(y, s)| f64::from(*y) * f64::from(*s)).sum(), moved[at])
                };
                let ((high, above), (low, below)) = (weighted(step), weighted(-step));
                differences.push((high - low) / f64::from(above - below));
            }
            let largest = differences.iter().fold(1e-3f64, |largest, value| largest.max(value.abs()));
            let worst = differences.iter().zip(&gradient).map(|(a, b)| (a - f64::from(*b)).abs()).fold(0.0, f64::max);
            let what = self.nodes.last().map(|node| format!("{} {:?}", node.op_type, node.attribute)).unwrap();
            assert!(
                worst <= TOLERANCE * largest,
                "{choice:?} opset {} {:?} {what}: off by {worst:.2e} of {largest:.2e}\n{differences:?}\n{gradient:?}",
                self.opset,
                self.shape
            );
        }
    }

    /// The gradient at `x` of `y` weighted with `seed`, per engine.
    pub fn gradients(self, x: &[f32], seed: &[f32]) -> Vec<(EngineChoice, Vec<f32>)> {
        self.engines.iter().map(|choice| (*choice, self.start(*choice).unwrap().run(x, seed).1)).collect()
    }

    /// Why there is no gradient.
    pub fn refusal(self) -> String {
        self.start(EngineChoice::Embedded).err().unwrap()
    }

    fn values(&self) -> Vec<f32> {
        let count: usize = self.shape.iter().product();
        let order = noise(count, 5);
        let mut places: Vec<usize> = (0..count).collect();
        places.sort_by(|a, b| order[*a].total_cmp(&order[*b]));
        let value = |place: &usize| self.centre + self.spread * ((*place as f32 + 0.5) / count as f32 - 0.5);
        places.iter().map(value).collect()
    }

    /// `x` -> nodes -> `y` -> Reshape -> `sum [1, outputs]`.
    fn model(&self) -> (Bytes, Graph) {
        let shape: Vec<i64> = self.shape.iter().map(|length| *length as i64).collect();
        let constant = |name: &str, values: &[i64]| {
            let tensor = TensorProto {
                dims: vec![values.len() as i64],
                data_type: DataType::Int64 as i32,
                raw_data: values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into(),
                ..Default::default()
            };
            node("Constant", &[], &[name], vec![set_tensor("value", tensor)])
        };
        let mut nodes = self.nodes.clone();
        nodes.push(constant("shape_of_sum", &[1, -1]));
        nodes.push(node("Reshape", &["y", "shape_of_sum"], &["sum"], vec![]));
        let graph = GraphProto {
            node: nodes,
            name: "check".to_owned(),
            input: vec![value("x", Some(&shape))],
            output: vec![value("sum", None)],
            ..Default::default()
        };
        let model = ModelProto {
            ir_version: 8,
            opset_import: vec![OperatorSetIdProto { domain: String::new(), version: self.opset }],
            graph: Some(graph),
            ..Default::default()
        };
        let bytes = Bytes::from(model.encode_to_vec());
        let graph = onnx::read_shared(bytes.clone()).unwrap();
        (bytes, graph)
    }

    fn start(&self, choice: EngineChoice) -> Result<Running, String> {
        let (bytes, graph) = self.model();
        let count: usize = self.shape.iter().product();
        let questions = Questions::about(&graph, "x", "sum");
        let extended = onnx::append(&bytes, questions.delta.clone());
        let flat = vec![0.1; count];
        let picture = NamedInput { name: "x", shape: &self.shape, data: &flat };
        let mut probe = session(extended, &["sum"], &questions.outputs, &[picture], choice);
        let answers = probe.run(&[picture]).unwrap();
        let facts: Facts = questions.answered(self.batch, &answers);
        let outputs: usize = facts.shape("sum").unwrap().iter().product();

        let written = backward(&graph, &facts, "x", "sum", &Seed::of_logits("seed"))?;
        let delta = GraphProto {
            node: written.nodes,
            input: vec![value("seed", Some(&[1, outputs as i64]))],
            output: vec![value(&written.gradient, None)],
            ..Default::default()
        };
        let seed = vec![0.0; outputs];
        let sample = [picture, NamedInput { name: "seed", shape: &[1, outputs], data: &seed }];
        let session = session(onnx::append(&bytes, delta), &["sum"], &[written.gradient], &sample, choice);
        Ok(Running { session, shape: self.shape.clone(), outputs })
    }
}

struct Running {
    session: GraphSession,
    shape: Vec<usize>,
    outputs: usize,
}

impl Running {
    /// `(y, gradient)`.
    fn run(&mut self, x: &[f32], seed: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let inputs = [
            NamedInput { name: "x", shape: &self.shape, data: x },
            NamedInput { name: "seed", shape: &[1, self.outputs], data: seed },
        ];
        let found: Vec<ArrayD<f32>> = self.session.run(&inputs).unwrap();
        let read = |at: usize| found[at].iter().copied().collect();
        (read(0), read(1))
    }
}

fn session(
    bytes: Bytes,
    own: &[&str],
    new: &[String],
    sample: &[NamedInput<'_>],
    choice: EngineChoice,
) -> GraphSession {
    let options = SessionOptions { threads: 1, provider: ProviderChoice::Cpu, ..SessionOptions::default() };
    let all: Vec<String> = own.iter().map(|name| (*name).to_owned()).chain(new.iter().cloned()).collect();
    // A probe reads the new outputs only; the check reads all.
    let read = if new.len() == 1 && own.len() == 1 && sample.len() == 2 { all.clone() } else { new.to_vec() };
    let outputs = GraphOutputs { all, read };
    let fixed = sample.first().and_then(|input| input.shape.first()).copied();
    GraphSession::start(bytes, outputs, sample, fixed, (choice, &options), &CancelHandle::default()).unwrap()
}

fn engines() -> Vec<EngineChoice> {
    let found = runtime::status().would_use == EngineKind::OnnxRuntime;
    let required = std::env::var("OVERREAD_REQUIRE").is_ok_and(|list| list.contains("onnxruntime"));
    assert!(found || !required, "onnxruntime is required here and was not found");
    if found { vec![EngineChoice::Embedded, EngineChoice::OnnxRuntime] } else { vec![EngineChoice::Embedded] }
}

fn node(op: &str, inputs: &[&str], outputs: &[&str], attribute: Vec<AttributeProto>) -> NodeProto {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    // Pools must state their window; tract wants it for convolutions too.
    let mut attribute = attribute;
    if op == "ConvTranspose" && attribute.iter().all(|attribute| attribute.name != "kernel_shape") {
        attribute.push(set_ints("kernel_shape", &[3, 3]));
    }
    let name = format!("node_{}", outputs.first().copied().unwrap_or_default());
    NodeProto {
        op_type: op.to_owned(),
        name,
        input: names(inputs),
        output: names(outputs),
        attribute,
        ..Default::default()
    }
}

fn value(name: &str, dims: Option<&[i64]>) -> ValueInfoProto {
    let dim = |length: &i64| Dimension { value: Some(DimensionValue::DimValue(*length)), ..Default::default() };
    let shape = dims.map(|dims| TensorShapeProto { dim: dims.iter().map(dim).collect() });
    let tensor = TensorType { elem_type: DataType::Float as i32, shape };
    let r#type = Some(TypeProto { value: Some(TypeValue::Tensor(tensor)), ..Default::default() });
    ValueInfoProto { name: name.to_owned(), r#type, ..Default::default() }
}

/// Numbers without a pattern, in -0.5..0.5.
pub(super) fn noise(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    };
    (0..count).map(|_| next()).collect()
}
