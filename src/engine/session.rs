//! A model on an engine: pictures in, scores out.

use std::str::FromStr;
use std::time::{Duration, Instant};

use ndarray::ArrayView3;

use super::backend::{Backend, Batch, NamedInput, Output};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::inference::{EngineKind, Inference, Provider};
use super::input_spec::InputSpec;
use super::model::Model;
use super::scores::ScoreRule;
use crate::onnx;

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
    input: String,
    rule: ScoreRule,
    max_batch: usize,
    remark: Option<String>,
    cancel: CancelHandle,
    batch: Batch,
}

impl Session {
    /// Starts a model on the engine asked for.
    ///
    /// # Errors
    /// [`EngineError::NoOnnxRuntime`] where ONNX Runtime is asked for and missing, or what the engine said about the
    /// model.
    pub fn start(model: &Model, choice: EngineChoice, options: &SessionOptions) -> Result<Self, EngineError> {
        let cancel = CancelHandle::default();
        let original = model.file.take()?;
        let extended = match &model.logits {
            Some(logits) => onnx::extend(&original, &model.graph, std::slice::from_ref(logits))
                .map_err(|source| EngineError::Onnx { path: model.path.clone(), source })?,
            None => original.clone(),
        };
        drop(original);
        let spec = InputSpec::of(model);
        let empty = spec.empty_batch();
        let input = [NamedInput { name: &model.input.name, shape: &empty.shape, data: &empty.data }];
        let (mut backend, remark) = Backend::start(extended, model.wanted(), choice, options, &input, &cancel)?;
        if let Backend::Embedded(engine) = &mut backend
            && spec.has_fixed_size()
        {
            engine.prepare(&input)?;
        }
        let max_batch = options.max_batch.max(1);
        let (rule, input) = (model.rule.clone(), model.input.name.clone());
        Ok(Self { backend, spec, input, rule, max_batch, remark, cancel, batch: Batch::default() })
    }

    /// The engine that runs.
    pub fn engine(&self) -> EngineKind {
        self.backend.engine()
    }

    /// What the nodes really run on.
    pub fn provider(&self) -> Provider {
        self.backend.provider()
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
        let length = self.spec.fixed_batch.unwrap_or(pictures.len());
        self.batch.pack(pictures, length, self.spec.layout)?;
        let start = Instant::now();
        let input = NamedInput { name: &self.input, shape: &self.batch.shape, data: &self.batch.data };
        let outputs = self.backend.run(&[input], self.spec.fixed_batch, &self.cancel)?;
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3 / pictures.len().max(1) as f64;
        self.read(&outputs, length, pictures.len(), elapsed_ms, results)
    }

    /// `outputs` are the scores, and the logits where the graph gives them.
    fn read(
        &self,
        outputs: &[Output],
        length: usize,
        pictures: usize,
        elapsed_ms: f64,
        results: &mut Vec<Inference>,
    ) -> Result<(), EngineError> {
        let values = self.rule.values;
        let fits = |data: &[f32]| data.len() == values.saturating_mul(length);
        let scores = outputs.first().map(|output| output.data.as_slice()).unwrap_or_default();
        if !fits(scores) {
            let what =
                format!("{} values came back for {length} pictures; {values} per picture were expected.", scores.len());
            return Err(EngineError::NoOutput { what });
        }
        let logits = outputs.get(1).map(|output| output.data.as_slice()).filter(|data| fits(data));
        let share = |data: &'_ [f32], index: usize| -> Vec<f32> {
            data.chunks_exact(values.max(1)).nth(index).map(<[f32]>::to_vec).unwrap_or_default()
        };
        for index in 0..pictures {
            let own_logits = logits.map(|data| share(data, index));
            let scored = self.rule.score(&share(scores, index), own_logits.as_deref())?;
            results.push(scored.into_inference(self.engine(), self.provider(), elapsed_ms));
        }
        Ok(())
    }
}
