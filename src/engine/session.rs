//! A model on an engine: pictures in, scores out.

use std::str::FromStr;
use std::time::{Duration, Instant};

use ndarray::ArrayView3;

use super::backend::{Backend, Batch, NamedInput, Output};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::features::pooled;
use super::inference::{EngineKind, Inference, Provider};
use super::input_spec::InputSpec;
use super::model::Model;
use super::scores::ScoreRule;
use crate::onnx::{self, FeatureAxes, FeatureTap};

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
    /// Threads of one session.
    pub threads: usize,
    /// Sessions that a batch may run side by side on the CPU.
    pub lanes: usize,
    pub provider: ProviderChoice,
    /// Most pictures in one call of the engine; longer batches are cut. Bounds the memory.
    pub max_batch: usize,
    /// For the embedded engine: longest time to prepare a model, or to run one picture.
    pub time_limit: Duration,
    /// What of the graph is read as the [features](Inference::features) of a picture, one behind the other.
    pub features: Vec<FeatureTap>,
}

impl Default for SessionOptions {
    /// All processors, CUDA where it works, batches of 8, two minutes.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, |count| count.get());
        Self {
            threads,
            lanes: 1,
            provider: ProviderChoice::Auto,
            max_batch: 8,
            time_limit: Duration::from_secs(120),
            features: Vec::new(),
        }
    }
}

impl SessionOptions {
    /// For many pictures: sessions of one thread each do more together than one session with all threads (measured: 16 %
    /// more pictures with two), at the price of the weights' memory for each. Few pictures and large models get one.
    pub fn for_many(model: &Model, pictures: usize) -> Self {
        let all = Self::default();
        let worth_it = pictures >= all.threads.saturating_mul(4) && model.file.length <= MOST_BYTES_IN_LANES;
        let lanes = if worth_it { all.threads.min(MOST_LANES) } else { 1 };
        Self { threads: (all.threads / lanes).max(1), lanes, ..all }
    }

    /// One processor is left for the window.
    pub fn beside_a_window() -> Self {
        let all = Self::default();
        Self { threads: all.threads.saturating_sub(1).max(1), ..all }
    }
}

/// Models above this many bytes are not loaded several times.
const MOST_BYTES_IN_LANES: usize = 64 << 20;

const MOST_LANES: usize = 8;

/// What it takes to start a further session like one that runs.
#[derive(Clone, Debug)]
pub struct StartAgain {
    choice: EngineChoice,
    options: SessionOptions,
}

impl StartAgain {
    /// A session of the same kind.
    ///
    /// # Errors
    /// As [`Session::start`].
    pub fn start(&self, model: &Model) -> Result<Session, EngineError> {
        Session::start(model, self.choice, &self.options)
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
    options: SessionOptions,
    /// Which outputs hold features, and how they lie in them.
    features: Vec<(usize, FeatureAxes)>,
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
        let extended = onnx::extend(&original, &model.graph, model.logits.as_slice(), &options.features)
            .map_err(|source| EngineError::Onnx { path: model.path.clone(), source })?;
        drop(original);
        let mut wanted = model.wanted();
        let mut features = Vec::with_capacity(options.features.len());
        for (place, tap) in options.features.iter().enumerate() {
            features.push((wanted.read.len(), tap.axes));
            wanted.all.push(onnx::features_output(place));
            wanted.read.push(onnx::features_output(place));
        }
        let spec = InputSpec::of(model);
        let empty = spec.empty_batch();
        let input = [NamedInput { name: &model.input.name, shape: &empty.shape, data: &empty.data }];
        let (mut backend, remark) = Backend::start(extended, wanted, choice, options, &input, &cancel)?;
        if let Backend::Embedded(engine) = &mut backend
            && spec.has_fixed_size()
        {
            engine.prepare(&input)?;
        }
        let max_batch = model.most_together(options.max_batch);
        let (rule, input) = (model.rule.clone(), model.input.name.clone());
        Ok(Self {
            backend,
            spec,
            input,
            rule,
            max_batch,
            remark,
            cancel,
            batch: Batch::default(),
            options: options.clone(),
            features,
        })
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

    /// How it was started.
    pub fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// What starts further sessions on the same engine and provider.
    pub fn start_again(&self) -> StartAgain {
        let choice = match self.engine() {
            EngineKind::OnnxRuntime => EngineChoice::OnnxRuntime,
            EngineKind::Embedded => EngineChoice::Embedded,
        };
        let provider = if self.provider() == Provider::Cpu { ProviderChoice::Cpu } else { ProviderChoice::Cuda };
        StartAgain { choice, options: SessionOptions { provider, ..self.options.clone() } }
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

    /// `outputs` are the scores, the logits where the graph gives them, and the features where they are asked for.
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
        let features_at = self.features.first().map(|(at, _)| *at);
        let logits = outputs.get(1).filter(|_| features_at != Some(1)).map(|output| output.data.as_slice());
        let logits = logits.filter(|data| fits(data));
        let features = self.features(outputs, length);
        let share = |data: &'_ [f32], index: usize| -> Vec<f32> {
            data.chunks_exact(values.max(1)).nth(index).map(<[f32]>::to_vec).unwrap_or_default()
        };
        for index in 0..pictures {
            let own_logits = logits.map(|data| share(data, index));
            let scored = self.rule.score(&share(scores, index), own_logits.as_deref())?;
            let features = features.as_ref().and_then(|all| all.get(index)).cloned();
            let inference = scored.into_inference(self.engine(), self.provider(), elapsed_ms);
            results.push(Inference { features, ..inference });
        }
        Ok(())
    }

    /// The features of each of `length` pictures, those of one tensor behind those of the other; `None` where none are
    /// asked for, or one of them cannot be used.
    fn features(&self, outputs: &[Output], length: usize) -> Option<Vec<Vec<f32>>> {
        let mut all: Option<Vec<Vec<f32>>> = None;
        for (at, axes) in &self.features {
            let own = pooled(outputs.get(*at)?, length, *axes)?;
            all = Some(match all {
                Some(mut before) => {
                    before.iter_mut().zip(own).for_each(|(vector, own)| vector.extend(own));
                    before
                }
                None => own,
            });
        }
        all
    }
}
