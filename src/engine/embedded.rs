//! The engine built into the program: tract, called directly.
//!
//! It panics on some damaged models and never ends on a few, so every call runs on a thread that can be given up. It
//! gains nothing from batches: pictures run one by one, spread over a few threads.

use std::sync::Arc;
use std::time::Duration;

use tract_onnx::prelude::*;

use super::EngineKind;
use super::backend::{Batch, Outputs, Wanted};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::isolate::{Lost, run_all};

/// As shown to people.
pub(super) const NAME: &str = "tract-onnx 0.23";

/// How many plans for different picture sizes are kept (models with open height and width).
const MAX_PLANS: usize = 4;

type Plan = Arc<TypedRunnableModel>;

/// A model ready to run, with one plan per picture size.
pub(super) struct Embedded {
    model: Arc<InferenceModel>,
    plans: Vec<([usize; 4], Plan)>,
    wanted: Wanted,
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
        let read = move || {
            tract_onnx::onnx()
                .with_ignore_value_info(true)
                .with_ignore_output_shapes(true)
                .model_for_read(&mut bytes.as_ref())
                .map_err(words)
        };
        let model = isolated(read, "read the model", limit, cancel)?
            .map_err(|what| EngineError::Start { engine: EngineKind::Embedded, what })?;
        let (threads, cancel) = (threads.max(1), cancel.clone());
        Ok(Self { model: Arc::new(model), plans: Vec::new(), wanted, threads, limit, cancel })
    }

    /// Runs one packed batch. `fixed_batch` is the batch length the graph insists on, else 1 is used.
    pub fn run(&mut self, batch: &Batch, fixed_batch: Option<usize>) -> Result<Outputs, EngineError> {
        let [length, a, b, c] = batch.shape;
        let step = fixed_batch.unwrap_or(1).max(1);
        let shape = [step, a, b, c];
        let plan = self.plan(shape)?;
        let positions = self.positions()?;
        let chunk = step.saturating_mul(a).saturating_mul(b).saturating_mul(c).max(1);
        let pieces = batch.data.len() / chunk;
        let per_thread = pieces.div_ceil(self.threads.min(length.max(1))).max(1);
        // The threads may outlive this call, so they share a copy of the batch.
        let data: Arc<[f32]> = Arc::from(batch.data.as_slice());
        let jobs: Vec<_> = (0..pieces)
            .step_by(per_thread)
            .map(|first| {
                let (plan, data, cancel) = (Arc::clone(&plan), Arc::clone(&data), self.cancel.clone());
                move || -> Result<Outputs, String> {
                    let mut all = Outputs { scores: Vec::new(), logits: positions.1.map(|_| Vec::new()) };
                    for piece in data.chunks_exact(chunk).skip(first).take(per_thread) {
                        if cancel.is_cancelled() {
                            break;
                        }
                        run_piece(&plan, shape, piece, positions, &mut all)?;
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
        let mut all = Outputs { scores: Vec::new(), logits: positions.1.map(|_| Vec::new()) };
        for share in shares {
            let share = share.map_err(|what| EngineError::Run { engine: EngineKind::Embedded, what })?;
            all.scores.extend(share.scores);
            if let (Some(all), Some(more)) = (all.logits.as_mut(), share.logits) {
                all.extend(more);
            }
        }
        Ok(all)
    }

    /// Makes the plan for a shape before the first run asks for it.
    pub fn prepare(&mut self, shape: [usize; 4]) -> Result<(), EngineError> {
        self.plan(shape).map(drop)
    }

    fn plan(&mut self, shape: [usize; 4]) -> Result<Plan, EngineError> {
        if let Some((_, plan)) = self.plans.iter().find(|(known, _)| *known == shape) {
            return Ok(Arc::clone(plan));
        }
        let model = Arc::clone(&self.model);
        let make = move || -> Result<Plan, String> {
            let model = InferenceModel::clone(&model);
            model
                .with_input_fact(0, f32::fact(shape).into())
                .and_then(|model| model.into_optimized())
                .and_then(|model| model.into_runnable())
                .map_err(words)
        };
        let plan = isolated(make, "prepare the model", self.limit, &self.cancel)?
            .map_err(|what| EngineError::Start { engine: EngineKind::Embedded, what })?;
        if self.plans.len() >= MAX_PLANS {
            self.plans.remove(0);
        }
        self.plans.push((shape, Arc::clone(&plan)));
        Ok(plan)
    }

    /// Places of scores and logits among the outputs.
    fn positions(&self) -> Result<(usize, Option<usize>), EngineError> {
        let place = |name: &str| {
            self.wanted
                .all
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| EngineError::NoOutput { what: format!("the model has no output \"{name}\"") })
        };
        let logits = self.wanted.logits.as_deref().map(place).transpose()?;
        Ok((place(&self.wanted.scores)?, logits))
    }
}

fn run_piece(
    plan: &Plan,
    shape: [usize; 4],
    piece: &[f32],
    (scores, logits): (usize, Option<usize>),
    all: &mut Outputs,
) -> Result<(), String> {
    let input = Tensor::from_shape(&shape, piece).map_err(words)?;
    let found = plan.run(tvec!(input.into())).map_err(words)?;
    let read = |at: usize| -> Result<Vec<f32>, String> {
        let tensor = found.get(at).ok_or_else(|| "an output is missing".to_owned())?;
        let view = tensor.to_plain_array_view::<f32>().map_err(words)?;
        Ok(view.iter().copied().collect())
    };
    all.scores.extend(read(scores)?);
    if let (Some(at), Some(all)) = (logits, all.logits.as_mut()) {
        all.extend(read(at)?);
    }
    Ok(())
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
