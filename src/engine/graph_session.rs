//! Any graph in memory on an engine: several named inputs in, several named outputs of any rank out.

use ndarray::{ArrayD, IxDyn};
use prost::bytes::Bytes;

use super::backend::{Backend, NamedInput, Output, Wanted};
use super::cancel::CancelHandle;
use super::error::EngineError;
use super::inference::{EngineKind, Provider};
use super::session::{EngineChoice, SessionOptions};

/// Names of a graph's outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphOutputs {
    /// Every output of the graph, in the graph's order.
    pub all: Vec<String>,
    /// Those to read, float32 each, in the order in which [`GraphSession::run`] gives them.
    pub read: Vec<String>,
}

/// A graph ready to run, with the settings of [`Session`](super::Session), TF32 off. The first axis of
/// every input is the batch.
pub struct GraphSession {
    backend: Backend,
    fixed_batch: Option<usize>,
    remark: Option<String>,
    cancel: CancelHandle,
}

impl GraphSession {
    /// Starts the graph on the engine asked for. `sample` is one whole set of inputs (zeros will do): CUDA is believed
    /// only after a run on it. `fixed_batch` is the batch length that the graph insists on.
    ///
    /// # Errors
    /// [`EngineError::NoOnnxRuntime`] where ONNX Runtime is asked for and missing, or what the engine said.
    pub fn start(
        bytes: Bytes,
        outputs: GraphOutputs,
        sample: &[NamedInput<'_>],
        fixed_batch: Option<usize>,
        (choice, options): (EngineChoice, &SessionOptions),
        cancel: &CancelHandle,
    ) -> Result<Self, EngineError> {
        let wanted = Wanted { read: outputs.read, all: outputs.all };
        let (backend, remark) = Backend::start(bytes, wanted, choice, options, sample, cancel)?;
        Ok(Self { backend, fixed_batch, remark, cancel: cancel.clone() })
    }

    /// Runs one batch. ONNX Runtime takes it whole; the embedded engine takes one picture (or `fixed_batch`) after
    /// another, and its outputs are joined along their first axis.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`], or what the engine said.
    pub fn run(&mut self, inputs: &[NamedInput<'_>]) -> Result<Vec<ArrayD<f32>>, EngineError> {
        let found = self.backend.run(inputs, self.fixed_batch, &self.cancel)?;
        let array = |output: Output| {
            ArrayD::from_shape_vec(IxDyn(&output.shape), output.data)
                .map_err(|error| EngineError::NoOutput { what: format!("an output has another shape ({error}).") })
        };
        found.into_iter().map(array).collect()
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
}
