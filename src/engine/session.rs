//! A model on an engine: pictures in, scores out.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ndarray::ArrayView3;

use super::backend::{Batch, Outputs};
use super::cancel::CancelHandle;
use super::embedded::Embedded;
use super::error::EngineError;
use super::inference::{EngineKind, Inference, Provider};
use super::model::Model;
use super::onnxruntime::{OnnxRuntime, Recipe};
use super::pack::pack;
use super::runtime::{self, Loaded};
use super::scores::ScoreRule;
use crate::onnx::{self, Layout};

/// Which engine is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EngineChoice {
    /// ONNX Runtime where a library is found, else the embedded engine.
    #[default]
    Auto,
    OnnxRuntime,
    Embedded,
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "onnxruntime" => Ok(Self::OnnxRuntime),
            "embedded" => Ok(Self::Embedded),
            other => Err(format!("the engine \"{other}\" is not known; choose auto, onnxruntime or embedded")),
        }
    }
}

/// Which execution provider of ONNX Runtime is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProviderChoice {
    /// CUDA where it truly works, else the CPU.
    #[default]
    Auto,
    Cpu,
    Cuda,
}

/// How a session runs.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Threads of the engine.
    pub threads: usize,
    pub provider: ProviderChoice,
    /// Most pictures in one call of the engine; longer batches are cut. Bounds the memory.
    pub max_batch: usize,
    /// For the embedded engine: longest time to prepare a model, or to run one picture.
    pub time_limit: Duration,
}

impl Default for SessionOptions {
    /// All processors, CUDA where it works, batches of 8, two minutes.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
        Self { threads, provider: ProviderChoice::Auto, max_batch: 8, time_limit: Duration::from_secs(120) }
    }
}

impl SessionOptions {
    /// One processor is left for the window.
    pub fn beside_a_window() -> Self {
        let all = Self::default();
        Self { threads: all.threads.saturating_sub(1).max(1), ..all }
    }
}

/// A model ready to run. One owner at a time; [`cancel_handle`](Self::cancel_handle) works from any thread.
pub struct Session {
    backend: Backend,
    spec: InputSpec,
    rule: ScoreRule,
    max_batch: usize,
    remark: Option<String>,
    cancel: CancelHandle,
    batch: Batch,
}

enum Backend {
    OnnxRuntime(Box<OnnxRuntime>),
    Embedded(Embedded),
}

/// What a picture must look like.
#[derive(Clone, Debug)]
struct InputSpec {
    layout: Layout,
    channels: usize,
    rows: Option<usize>,
    cols: Option<usize>,
    fixed_batch: Option<usize>,
}

/// Side of the warm-up picture where the graph takes any size.
const WARM_UP_SIDE: usize = 224;

impl Session {
    /// Starts a model on the engine asked for.
    ///
    /// # Errors
    /// [`EngineError::NoOnnxRuntime`] where ONNX Runtime is asked for and missing, or what the engine said about the
    /// model.
    pub fn start(model: &Model, choice: EngineChoice, options: &SessionOptions) -> Result<Self, EngineError> {
        let cancel = CancelHandle::default();
        let (loaded, remark) = library(choice)?;
        let original = model.file.take()?;
        let extended = match &model.logits {
            Some(logits) => onnx::extend(&original, &model.graph, std::slice::from_ref(logits))
                .map_err(|source| EngineError::Onnx { path: model.path.clone(), source })?,
            None => original.clone(),
        };
        drop(original);
        let spec = InputSpec::of(model);
        let threads = options.threads.max(1);
        let (backend, engine_remark) = match loaded {
            Some(loaded) => {
                let recipe = Recipe {
                    bytes: &extended,
                    input: &model.input.name,
                    wanted: model.wanted(),
                    threads,
                    provider: options.provider,
                    warm_up: spec.empty_batch(),
                };
                let mut session = OnnxRuntime::start(&loaded, &recipe, &cancel)?;
                let remark = session.remark.take();
                (Backend::OnnxRuntime(Box::new(session)), remark)
            }
            None => {
                let mut engine = Embedded::start(extended, model.wanted(), threads, options.time_limit, &cancel)?;
                if spec.rows.is_some() && spec.cols.is_some() {
                    engine.prepare(spec.shape(spec.fixed_batch.unwrap_or(1)))?;
                }
                (Backend::Embedded(engine), None)
            }
        };
        let remark = match (remark, engine_remark) {
            (Some(first), Some(second)) => Some(format!("{first} {second}")),
            (first, second) => first.or(second),
        };
        let max_batch = options.max_batch.max(1);
        Ok(Self { backend, spec, rule: model.rule.clone(), max_batch, remark, cancel, batch: Batch::default() })
    }

    /// The engine that runs.
    pub fn engine(&self) -> EngineKind {
        match &self.backend {
            Backend::OnnxRuntime(_) => EngineKind::OnnxRuntime,
            Backend::Embedded(_) => EngineKind::Embedded,
        }
    }

    /// What the nodes really run on.
    pub fn provider(&self) -> Provider {
        match &self.backend {
            Backend::OnnxRuntime(session) => session.provider,
            Backend::Embedded(_) => Provider::Cpu,
        }
    }

    /// Why it is not CUDA, or why it is the embedded engine.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// Stops runs from another thread.
    pub fn cancel_handle(&self) -> CancelHandle {
        self.cancel.clone()
    }

    /// Runs any number of pictures `[rows, cols, channels]`; one result each, in their order. Pictures of one shape that
    /// follow each other share a call of the engine.
    ///
    /// # Errors
    /// [`EngineError::WrongInput`] for a picture that does not fit the model, [`EngineError::Cancelled`], or what the
    /// engine said. Nothing is returned for the others then.
    pub fn run(&mut self, tensors: &[ArrayView3<'_, f32>]) -> Result<Vec<Inference>, EngineError> {
        for tensor in tensors {
            self.spec.check(tensor.dim())?;
        }
        let mut results = Vec::with_capacity(tensors.len());
        let mut rest = tensors;
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|tensor| tensor.dim() == first.dim()).count();
            let length = same.min(self.spec.fixed_batch.unwrap_or(self.max_batch)).max(1);
            let (now, later) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.run_batch(now, &mut results)?;
            rest = later;
        }
        Ok(results)
    }

    fn run_batch(&mut self, pictures: &[ArrayView3<'_, f32>], results: &mut Vec<Inference>) -> Result<(), EngineError> {
        if self.cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let length = self.spec.fixed_batch.unwrap_or(pictures.len());
        pack(&mut self.batch, pictures, length, self.spec.layout);
        // Some operators swallow what is not a number, so the result alone does not tell.
        if !self.batch.data.iter().all(|value| value.is_finite()) {
            return Err(EngineError::WrongInput {
                expected: "finite numbers".to_owned(),
                found: "not all finite numbers".to_owned(),
            });
        }
        let start = Instant::now();
        let found = match &mut self.backend {
            Backend::OnnxRuntime(session) => session.run(&self.batch),
            Backend::Embedded(engine) => engine.run(&self.batch, self.spec.fixed_batch),
        };
        let outputs = match found {
            Err(_) if self.cancel.is_cancelled() => return Err(EngineError::Cancelled),
            other => other?,
        };
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3 / pictures.len().max(1) as f64;
        self.read(&outputs, length, pictures.len(), elapsed_ms, results)
    }

    fn read(
        &self,
        outputs: &Outputs,
        length: usize,
        pictures: usize,
        elapsed_ms: f64,
        results: &mut Vec<Inference>,
    ) -> Result<(), EngineError> {
        let values = self.rule.values;
        let fits = |data: &[f32]| data.len() == values.saturating_mul(length);
        if !fits(&outputs.scores) {
            let what = format!(
                "{} values came back for {length} pictures; {values} per picture were expected.",
                outputs.scores.len()
            );
            return Err(EngineError::NoOutput { what });
        }
        let logits = outputs.logits.as_deref().filter(|data| fits(data));
        let share = |data: &'_ [f32], index: usize| -> Vec<f32> {
            data.chunks_exact(values.max(1)).nth(index).map(<[f32]>::to_vec).unwrap_or_default()
        };
        for index in 0..pictures {
            let own_logits = logits.map(|data| share(data, index));
            let scored = self.rule.score(&share(&outputs.scores, index), own_logits.as_deref())?;
            results.push(Inference {
                logits: scored.logits,
                scores: scored.scores,
                predicted: scored.predicted,
                engine: self.engine(),
                provider: self.provider(),
                elapsed_ms,
            });
        }
        Ok(())
    }
}

/// The library to use, and a remark; none for the embedded engine.
fn library(choice: EngineChoice) -> Result<(Option<Arc<Loaded>>, Option<String>), EngineError> {
    if choice == EngineChoice::Embedded {
        return Ok((None, None));
    }
    match runtime::load() {
        Ok(loaded) => {
            let remark = loaded.remark.clone();
            Ok((Some(loaded), remark))
        }
        Err(reason) if choice == EngineChoice::OnnxRuntime => Err(EngineError::NoOnnxRuntime { reason }),
        Err(reason) => Ok((None, Some(format!("The embedded engine is used: ONNX Runtime was not loaded. {reason}")))),
    }
}

impl InputSpec {
    fn of(model: &Model) -> Self {
        Self {
            layout: model.layout(),
            channels: model.channels(),
            rows: model.input.rows.fixed(),
            cols: model.input.cols.fixed(),
            fixed_batch: model.input.batch.fixed(),
        }
    }

    fn check(&self, (rows, cols, channels): (usize, usize, usize)) -> Result<(), EngineError> {
        let fits = |fixed: Option<usize>, found: usize| found > 0 && fixed.is_none_or(|fixed| fixed == found);
        if fits(self.rows, rows) && fits(self.cols, cols) && channels == self.channels {
            return Ok(());
        }
        let side = |fixed: Option<usize>| fixed.map_or_else(|| "any".to_owned(), |side| side.to_string());
        Err(EngineError::WrongInput {
            expected: format!("{} rows x {} columns x {} channels", side(self.rows), side(self.cols), self.channels),
            found: format!("{rows} rows x {cols} columns x {channels} channels"),
        })
    }

    fn shape(&self, length: usize) -> [usize; 4] {
        let (rows, cols) = (self.rows.unwrap_or(WARM_UP_SIDE), self.cols.unwrap_or(WARM_UP_SIDE));
        match self.layout {
            Layout::Nhwc => [length, rows, cols, self.channels],
            Layout::Nchw => [length, self.channels, rows, cols],
        }
    }

    fn empty_batch(&self) -> Batch {
        let shape = self.shape(self.fixed_batch.unwrap_or(1));
        Batch { shape, data: vec![0.0; shape.iter().product()] }
    }
}
