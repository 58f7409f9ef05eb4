//! What both engines take and give, and the choice between them.

use std::collections::HashMap;
use std::sync::Arc;

use ndarray::ArrayView3;
use prost::bytes::Bytes;

use super::cancel::CancelHandle;
use super::embedded::Embedded;
use super::error::EngineError;
use super::inference::{EngineKind, Provider};
use super::onnxruntime::{OnnxRuntime, Recipe};
use super::pack::pack;
use super::runtime::{self, Loaded};
use super::session::{EngineChoice, SessionOptions};
use crate::onnx::{self, Layout};

/// Names of a graph's outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The outputs to read, in the order in which they come back.
    pub read: Vec<String>,
    /// Every output of the (extended) graph in its order: the embedded engine counts, it does not name.
    pub all: Vec<String>,
}

impl Wanted {
    /// The same outputs under the names they have now.
    fn renamed(self, now: &HashMap<String, String>) -> Self {
        let names = |names: Vec<String>| -> Vec<String> {
            names.into_iter().map(|name| now.get(&name).cloned().unwrap_or(name)).collect()
        };
        Self { read: names(self.read), all: names(self.all) }
    }
}

/// Pictures in the model's own layout, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// `[batch, rows, cols, channels]` or `[batch, channels, rows, cols]`; of volumes five axes.
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

impl Batch {
    /// Writes `length` pictures of one size, zeros where fewer are given.
    ///
    /// # Errors
    /// [`EngineError::WrongInput`] for values that are not finite: some operators swallow them, so that the result alone
    /// does not tell.
    pub(super) fn pack(
        &mut self,
        pictures: &[ArrayView3<'_, f32>],
        length: usize,
        layout: Layout,
    ) -> Result<(), EngineError> {
        pack(self, pictures, length, layout);
        if self.data.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        Err(EngineError::WrongInput {
            expected: "finite numbers".to_owned(),
            found: "not all finite numbers".to_owned(),
        })
    }
}

/// One input of a graph: values row by row. The first axis is the batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NamedInput<'a> {
    pub name: &'a str,
    pub shape: &'a [usize],
    pub data: &'a [f32],
}

/// One output of a graph: values row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Output {
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

/// A graph on one of the two engines.
pub(super) enum Backend {
    OnnxRuntime(Box<OnnxRuntime>),
    Embedded(Embedded),
}

impl Backend {
    /// Puts a graph on the engine asked for; float16 inputs and outputs become
    /// float32 (on the embedded engine, all of a half-precision graph). `warm_up` is a whole set of inputs; `fixed_batch` the batch length that
    /// the graph insists on. Gives a remark where it is not the engine or provider that was hoped for.
    pub fn start(
        bytes: Bytes,
        wanted: Wanted,
        choice: EngineChoice,
        options: &SessionOptions,
        warm_up: &[NamedInput<'_>],
        cancel: &CancelHandle,
    ) -> Result<(Self, Option<String>), EngineError> {
        let (loaded, remark) = library(choice)?;
        let threads = options.threads.max(1);
        let graph = onnx::read_shared(bytes.clone()).ok();
        let (backend, engine_remark) = match loaded {
            Some(loaded) => {
                let (bytes, wanted) = match graph.as_ref().and_then(onnx::float_boundary) {
                    Some(float) => (float.bytes, wanted.renamed(&float.renamed)),
                    None => (bytes, wanted),
                };
                let fold_pads = graph.as_ref().is_some_and(onnx::only_convolutions_read_pads);
                drop(graph);
                let (wanted, provider) = (wanted.read, options.provider);
                let recipe = Recipe { bytes: &bytes, wanted, threads, fold_pads, provider, warm_up };
                let mut session = OnnxRuntime::start(&loaded, &recipe, cancel)?;
                let remark = session.remark.take();
                (Self::OnnxRuntime(Box::new(session)), remark)
            }
            None => (
                Self::Embedded(Embedded::start(
                    graph.as_ref().and_then(onnx::without_half).unwrap_or(bytes),
                    wanted,
                    threads * options.lanes.max(1),
                    options.time_limit,
                    cancel,
                )?),
                None,
            ),
        };
        let remark = match (remark, engine_remark) {
            (Some(first), Some(second)) => Some(format!("{first} {second}")),
            (first, second) => first.or(second),
        };
        Ok((backend, remark))
    }

    pub fn engine(&self) -> EngineKind {
        match self {
            Self::OnnxRuntime(_) => EngineKind::OnnxRuntime,
            Self::Embedded(_) => EngineKind::Embedded,
        }
    }

    pub fn provider(&self) -> Provider {
        match self {
            Self::OnnxRuntime(session) => session.provider,
            Self::Embedded(_) => Provider::Cpu,
        }
    }

    /// One batch; the outputs in the order of [`Wanted::read`].
    pub fn run(
        &mut self,
        inputs: &[NamedInput<'_>],
        fixed_batch: Option<usize>,
        cancel: &CancelHandle,
    ) -> Result<Vec<Output>, EngineError> {
        if cancel.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let found = match self {
            Self::OnnxRuntime(session) => session.run(inputs),
            Self::Embedded(engine) => engine.run(inputs, fixed_batch),
        };
        match found {
            Err(_) if cancel.is_cancelled() => Err(EngineError::Cancelled),
            other => other,
        }
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
