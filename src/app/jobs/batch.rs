//! The batch worker: the whole list through a model, several pictures at a time, with sessions of its own, so that the
//! picture on the screen never waits for the rest.

use std::path::PathBuf;
use std::sync::Arc;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::{Event, Pane, Problem};
use crate::engine::{EngineChoice, EngineError, Model, Session, SessionOptions};
use crate::review::reference::Reference;
use crate::review::{self, BatchOptions, Control};

/// Items for one model.
#[derive(Debug)]
pub(in crate::app) struct Batch {
    /// Counts the batches; an answer of an earlier one is dropped.
    pub generation: u64,
    /// Whose answers these are: the model's, or the one's it is compared with.
    pub pane: Pane,
    /// The model's folder or .onnx.
    pub path: PathBuf,
    /// Of the .onnx that the window shows; another file under the same name is refused. `None` takes any.
    pub sha256: Option<String>,
    /// Index in the list, and its files.
    pub items: Vec<(usize, Arc<[PathBuf]>)>,
}

#[derive(Debug)]
pub(super) enum Job {
    Run(Batch),
    Stop,
}

pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
}

impl Worker {
    /// `mailbox` is where this worker's jobs come from: a newer one ends the one that runs.
    pub fn new(mailbox: Arc<Mailbox<Job>>) -> Self {
        Self { mailbox }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        let Job::Run(batch) = job else { return };
        let (generation, pane) = (batch.generation, batch.pane);
        let result = self.run(&batch, emit).map_err(Problem::from);
        emit.send(Event::BatchEnded { generation, pane, result });
    }

    fn run(&self, batch: &Batch, emit: &Emitter) -> Result<(), EngineError> {
        let (model, mut session, reference) = start(batch)?;
        let files: Vec<Vec<PathBuf>> = batch.items.iter().map(|(_, files)| files.to_vec()).collect();
        let options = BatchOptions { source_facts: batch.pane == Pane::First, reference, ..BatchOptions::default() };
        review::run(&files, &model, &mut session, &options, &mut |case| {
            if let Some((item, _)) = batch.items.get(case.item) {
                let (generation, pane, item) = (batch.generation, batch.pane, *item);
                emit.send(Event::Answered { generation, pane, item, case: Box::new(case) });
            }
            if self.mailbox.is_waiting() { Control::Stop } else { Control::Continue }
        });
        Ok(())
    }
}

fn start(batch: &Batch) -> Result<(Model, Session, Option<Arc<Reference>>), EngineError> {
    let model = Model::load(&batch.path)?;
    if let Some(expected) = batch.sha256.as_ref().filter(|sha256| **sha256 != model.sha256) {
        let (path, expected) = (batch.path.clone(), expected.clone());
        return Err(EngineError::Changed { path, expected, found: model.sha256 });
    }
    // Why it cannot be used is said where the model was loaded.
    let reference = Reference::find(&model).and_then(Result::ok).map(Arc::new);
    let features = reference.as_ref().map(|reference| reference.tap());
    let options = SessionOptions { features, ..SessionOptions::for_many(&model, batch.items.len()) };
    let session = Session::start(&model, EngineChoice::Auto, &options)?;
    Ok((model, session, reference))
}
