//! The engine built into the program: tract, called directly.
//!
//! It panics on some damaged models and never ends on a few, so every call runs on a thread that can be given up. It
//! gains nothing from batches: pictures run one by one, spread over a few threads.

use std::sync::Arc;
use std::time::Duration;

use tract_onnx::prelude::*;

use super::EngineKind;
use super::backend::{NamedInput, Output, Wanted};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::isolate::{Lost, run_all};

/// As shown to people.
pub const NAME: &str = "tract-onnx 0.23";

/// How many plans for different picture sizes are kept (models with open height and width).
const MAX_PLANS: usize = 4;

type Plan = Arc<TypedRunnableModel>;

/// Shapes of all inputs of one call, in the graph's order.
type Shapes = Vec<Vec<usize>>;

/// A model ready to run, with one plan per picture size.
pub(super) struct Embedded {
    model: Arc<InferenceModel>,
    plans: Vec<(Shapes, Plan)>,
    inputs: Vec<String>,
    threads: usize,
    limit: Duration,
    cancel: CancelHandle,
}

impl Embedded {
    /// Reads the graph; plans are made for the first batch of each shape.
    pub fn start(
        bytes: prost::bytes::Bytes,
        wanted: Wanted,
        threads: usize,
        limit: Duration,
        cancel: &CancelHandle,
    ) -> Result<Self, EngineError> {
        let places: Vec<usize> = wanted.read.iter().map(|name| place(&wanted.all, name)).collect::<Result<_, _>>()?;
        let read = move || -> Result<(InferenceModel, Vec<String>), String> {
            let mut model = tract_onnx::onnx()
                .with_ignore_value_info(true)
                .with_ignore_output_shapes(true)
                .model_for_read(&mut bytes.as_ref())
                .map_err(words)?;
            let outlets = model.output_outlets().map_err(words)?;
            let chosen: Option<Vec<OutletId>> = places.iter().map(|at| outlets.get(*at).copied()).collect();
            let chosen = chosen.ok_or_else(|| "an output is missing".to_owned())?;
            model.select_output_outlets(&chosen).map_err(words)?;
            let inputs = model.input_outlets().map_err(words)?;
            let inputs = inputs.iter().map(|outlet| model.node(outlet.node).name.to_string()).collect();
            Ok((model, inputs))
        };
        let (model, inputs) = isolated(read, "read the model", limit, cancel)?
            .map_err(|what| EngineError::Start { engine: EngineKind::Embedded, what })?;
        let (threads, cancel) = (threads.max(1), cancel.clone());
        Ok(Self { model: Arc::new(model), plans: Vec::new(), inputs, threads, limit, cancel })
    }

    /// Runs one batch: `fixed_batch` pictures at a time (the batch length the graph insists on), else one at a time,
    /// and joins the outputs along their first axis.
    pub fn run(&mut self, inputs: &[NamedInput<'_>], fixed_batch: Option<usize>) -> Result<Vec<Output>, EngineError> {
        let inputs = self.in_order(inputs)?;
        let length = inputs.first().and_then(|input| input.shape.first()).copied().unwrap_or(0);
        let step = fixed_batch.unwrap_or(1).max(1);
        // One whole piece stays as it is, whatever its inputs' first axes are.
        let own = |shape: &[usize]| if length == step { shape.to_vec() } else { piece_shape(shape, step) };
        let shapes: Shapes = inputs.iter().map(|input| own(input.shape)).collect();
        let plan = self.plan(&shapes)?;
        let pieces = length / step;
        let per_thread = pieces.div_ceil(self.threads.min(length.max(1))).max(1);
        // The threads may outlive this call, so they share a copy of the batch.
        let data: Arc<[Vec<f32>]> = inputs.iter().map(|input| input.data.to_vec()).collect();
        let shapes = Arc::new(shapes);
        let jobs: Vec<_> = (0..pieces)
            .step_by(per_thread)
            .map(|first| {
                let (plan, data, shapes) = (Arc::clone(&plan), Arc::clone(&data), Arc::clone(&shapes));
                let cancel = self.cancel.clone();
                move || -> Result<Vec<Vec<Output>>, String> {
                    let mut all = Vec::new();
                    for piece in first..pieces.min(first.saturating_add(per_thread)) {
                        if cancel.is_cancelled() {
                            break;
                        }
                        all.push(run_piece(&plan, &shapes, &data, piece)?);
                    }
                    Ok(all)
                }
            })
            .collect();
        let limit = self.limit.saturating_mul(u32::try_from(per_thread).unwrap_or(u32::MAX));
        let shares =
            run_all(jobs, "embedded-engine", limit, &self.cancel).map_err(|lost| loss(lost, "run the model", limit))?;
        if self.cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let mut pieces = Vec::new();
        for share in shares {
            pieces.extend(share.map_err(|what| EngineError::Run { engine: EngineKind::Embedded, what })?);
        }
        Ok(joined(pieces))
    }

    /// Makes the plan for a shape before the first run asks for it.
    pub fn prepare(&mut self, inputs: &[NamedInput<'_>]) -> Result<(), EngineError> {
        let shapes: Shapes = self.in_order(inputs)?.iter().map(|input| input.shape.to_vec()).collect();
        self.plan(&shapes).map(drop)
    }

    /// The inputs in the graph's order.
    fn in_order<'a>(&self, inputs: &[NamedInput<'a>]) -> Result<Vec<NamedInput<'a>>, EngineError> {
        let find = |name: &String| {
            inputs.iter().find(|input| input.name == name).copied().ok_or_else(|| EngineError::Run {
                engine: EngineKind::Embedded,
                what: format!("the input \"{name}\" was not given"),
            })
        };
        self.inputs.iter().map(find).collect()
    }

    fn plan(&mut self, shapes: &Shapes) -> Result<Plan, EngineError> {
        if let Some((_, plan)) = self.plans.iter().find(|(known, _)| known == shapes) {
            return Ok(Arc::clone(plan));
        }
        let (model, facts) = (Arc::clone(&self.model), shapes.clone());
        let make = move || -> Result<Plan, String> {
            let mut model = InferenceModel::clone(&model);
            for (input, shape) in facts.iter().enumerate() {
                model.set_input_fact(input, f32::fact(shape).into()).map_err(words)?;
            }
            model.into_optimized().and_then(|model| model.into_runnable()).map_err(words)
        };
        let plan = isolated(make, "prepare the model", self.limit, &self.cancel)?
            .map_err(|what| EngineError::Start { engine: EngineKind::Embedded, what })?;
        if self.plans.len() >= MAX_PLANS {
            self.plans.remove(0);
        }
        self.plans.push((shapes.clone(), Arc::clone(&plan)));
        Ok(plan)
    }
}

/// The place of an output among all.
fn place(all: &[String], name: &str) -> Result<usize, EngineError> {
    let found = all.iter().position(|known| known == name);
    found.ok_or_else(|| EngineError::NoOutput { what: format!("the model has no output \"{name}\"") })
}

fn piece_shape(shape: &[usize], step: usize) -> Vec<usize> {
    std::iter::once(step).chain(shape.iter().skip(1).copied()).collect()
}

fn run_piece(plan: &Plan, shapes: &[Vec<usize>], data: &[Vec<f32>], piece: usize) -> Result<Vec<Output>, String> {
    let mut inputs = tvec!();
    for (shape, values) in shapes.iter().zip(data) {
        let length: usize = shape.iter().product();
        let own = values.chunks_exact(length.max(1)).nth(piece).ok_or_else(|| "an input is too short".to_owned())?;
        inputs.push(Tensor::from_shape(shape, own).map_err(words)?.into());
    }
    let found = plan.run(inputs).map_err(words)?;
    let read = |tensor: &TValue| -> Result<Output, String> {
        let view = tensor.to_plain_array_view::<f32>().map_err(words)?;
        Ok(Output { shape: view.shape().to_vec(), data: view.iter().copied().collect() })
    };
    found.iter().map(read).collect()
}

/// The outputs of all pieces, one after another along the first axis.
fn joined(pieces: Vec<Vec<Output>>) -> Vec<Output> {
    let mut pieces = pieces.into_iter();
    let mut all = pieces.next().unwrap_or_default();
    for piece in pieces {
        for (whole, more) in all.iter_mut().zip(piece) {
            if let (Some(length), Some(added)) = (whole.shape.first_mut(), more.shape.first()) {
                *length = length.saturating_add(*added);
            }
            whole.data.extend(more.data);
        }
    }
    all
}

fn isolated<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
    doing: &'static str,
    limit: Duration,
    cancel: &CancelHandle,
) -> Result<T, EngineError> {
    let mut found = run_all(vec![work], "embedded-engine", limit, cancel).map_err(|lost| loss(lost, doing, limit))?;
    found.pop().ok_or(EngineError::Cancelled)
}

fn loss(lost: Lost, doing: &'static str, limit: Duration) -> EngineError {
    let engine = EngineKind::Embedded;
    match lost {
        Lost::Panicked(what) => EngineError::Panicked { engine, doing, what },
        Lost::TimedOut => EngineError::TimedOut {
            engine,
            doing,
            seconds: limit.as_secs(),
            hint: "The model is damaged or very large; ONNX Runtime (`overread runtime install`) is faster.",
        },
        Lost::Cancelled => EngineError::Cancelled,
        Lost::NoThread(error) => EngineError::Start { engine, what: format!("the system gave no thread ({error})") },
    }
}

/// The whole chain of reasons in one line.
fn words(error: TractError) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().chars().take(400).collect()
}
