//! Sessions of ONNX Runtime.
//!
//! Settings that matter: all graph optimisations, but `Pad_Fusion` only where it folds into Conv alone (folded into
//! MaxPool, whose own padding is -inf, Pad(0) gives wrong numbers: Keras ResNet50V2; without it Keras MobileNetV2 costs
//! half as much again), no spinning (it slows a busy machine), no telemetry, errors with their reason.

use std::sync::Arc;

use ort::session::builder::{GraphOptimizationLevel, SessionBuilder};
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::TensorRef;

use super::backend::{NamedInput, Output};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::runtime::Loaded;
use super::{EngineKind, Provider, ProviderChoice, cuda, ort_facts};

/// One session on one library.
pub(super) struct OnnxRuntime {
    session: Session,
    wanted: Vec<String>,
    run_options: Arc<RunOptions>,
    pub provider: Provider,
    /// Why the provider is not the one that was hoped for.
    pub remark: Option<String>,
}

/// What a session is built from.
pub(super) struct Recipe<'a> {
    pub bytes: &'a [u8],
    /// Names of the outputs to read.
    pub wanted: Vec<String>,
    pub threads: usize,
    /// Whether Pad may be folded into the operator that reads it.
    pub fold_pads: bool,
    pub provider: ProviderChoice,
    /// Inputs for the warm-up run that tells what the nodes really run on.
    pub warm_up: &'a [NamedInput<'a>],
}

impl OnnxRuntime {
    /// Builds a session; CUDA where it is asked for (or [`ProviderChoice::Auto`]) and truly works, else the CPU with the
    /// reason kept.
    pub fn start(loaded: &Loaded, recipe: &Recipe<'_>, cancel: &CancelHandle) -> Result<Self, EngineError> {
        let mut remark = None;
        if recipe.provider != ProviderChoice::Cpu {
            match cuda::reason_against(loaded, recipe.provider) {
                None => match Self::on_cuda(loaded, recipe, cancel) {
                    Ok(session) => return Ok(session),
                    Err(reason) => remark = Some(format!("CUDA does not work here, so the CPU is used: {reason}")),
                },
                Some(reason) => remark = reason.into_remark(),
            }
        }
        let start_error = |error: ort::Error| EngineError::Start {
            engine: EngineKind::OnnxRuntime,
            what: error.message().to_owned(),
        };
        let session = builder(loaded, recipe)
            .and_then(|mut builder| builder.commit_from_memory(recipe.bytes))
            .map_err(start_error)?;
        Self::new(session, recipe, cancel, Provider::Cpu, remark).map_err(start_error)
    }

    fn on_cuda(loaded: &Loaded, recipe: &Recipe<'_>, cancel: &CancelHandle) -> Result<Self, String> {
        let words = |error: ort::Error| error.message().to_owned();
        cuda::preload_libraries(&loaded.path);
        let session = builder(loaded, recipe)
            .and_then(cuda::add_provider)
            .and_then(|mut builder| builder.commit_from_memory(recipe.bytes))
            .map_err(words)?;
        let mut session = Self::new(session, recipe, cancel, Provider::Cuda, None).map_err(words)?;
        session.run(recipe.warm_up).map_err(|error| error.to_string())?;
        match ort_facts::assigned_provider(&session.session) {
            Some(Provider::Cpu) | None => Err("every operator was placed on the CPU".to_owned()),
            Some(provider) => {
                session.provider = provider;
                Ok(session)
            }
        }
    }

    fn new(
        session: Session,
        recipe: &Recipe<'_>,
        cancel: &CancelHandle,
        provider: Provider,
        remark: Option<String>,
    ) -> ort::Result<Self> {
        let run_options = Arc::new(RunOptions::new()?);
        cancel.attach(Arc::clone(&run_options));
        Ok(Self { session, wanted: recipe.wanted.clone(), run_options, provider, remark })
    }

    /// Runs one batch; the data is read in place.
    pub fn run(&mut self, inputs: &[NamedInput<'_>]) -> Result<Vec<Output>, EngineError> {
        let failed =
            |error: ort::Error| EngineError::Run { engine: EngineKind::OnnxRuntime, what: error.message().to_owned() };
        let mut values: Vec<(&str, SessionInputValue<'_>)> = Vec::with_capacity(inputs.len());
        for input in inputs {
            let tensor = TensorRef::from_array_view((input.shape, input.data)).map_err(failed)?;
            values.push((input.name, tensor.into()));
        }
        let outputs = self.session.run_with_options(values, &*self.run_options).map_err(failed)?;
        let read = |name: &String| -> Result<Output, EngineError> {
            let value = outputs.get(name).ok_or_else(|| no_output(name, "it was not given"))?;
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(|error| no_output(name, error.message()))?;
            let shape = shape.iter().map(|length| usize::try_from(*length).unwrap_or(0)).collect();
            Ok(Output { shape, data: data.to_vec() })
        };
        self.wanted.iter().map(read).collect()
    }
}

fn no_output(name: &str, why: &str) -> EngineError {
    EngineError::NoOutput { what: format!("the output \"{name}\" cannot be read ({why})") }
}

fn builder(loaded: &Loaded, recipe: &Recipe<'_>) -> ort::Result<SessionBuilder> {
    // Spelled exactly so: "PadFusion" is silently ignored.
    let disabled = if recipe.fold_pads { "" } else { "Pad_Fusion" };
    let builder = Session::builder(&loaded.environment)?
        .with_optimization_level(GraphOptimizationLevel::All)?
        .with_disabled_optimizers(disabled)?
        .with_intra_threads(recipe.threads.max(1))?
        .with_intra_op_spinning(false)?
        .with_inter_op_spinning(false)?
        .with_log_level(ort::logging::LogLevel::Error)?;
    Ok(builder)
}
