//! The batch worker: the whole list through a model, several pictures at a time, with sessions of its own, so that the
//! picture on the screen never waits for the rest.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::{Event, Pane, Problem};
use crate::engine::{EngineChoice, EngineError, Model, Session, SessionOptions};
use crate::review::folder::{RunFacts, RunOptions};
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

/// A second model to start before anything is asked of it: its run's folder is found by what it is and runs on.
#[derive(Debug)]
pub(in crate::app) struct Ready {
    /// Counts the batches.
    pub generation: u64,
    pub path: PathBuf,
    /// Items that it may be asked about.
    pub items: usize,
}

#[derive(Debug)]
pub(super) enum Job {
    Run(Batch),
    Ready(Ready),
    Stop,
}

pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
    /// A model that was started and not yet asked.
    ready: Option<(PathBuf, Started)>,
}

impl Worker {
    /// `mailbox` is where this worker's jobs come from: a newer one ends the one that runs.
    pub fn new(mailbox: Arc<Mailbox<Job>>) -> Self {
        Self { mailbox, ready: None }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        // Whatever comes next, the model that waits is asked now or not needed.
        let ready = self.ready.take();
        match job {
            Job::Run(batch) => {
                let (generation, pane) = (batch.generation, batch.pane);
                let result = self.run(&batch, ready, emit).map_err(Problem::from);
                emit.send(Event::BatchEnded { generation, pane, result });
            }
            Job::Ready(Ready { generation, path, items }) => {
                let result = start(&path, None, items).map(|started| {
                    let run = RunFacts::new(&started.model, &started.session, &[], RunOptions::default());
                    let run = run.with_reference(started.reference.as_deref());
                    self.ready = Some((path, started));
                    Box::new(run)
                });
                emit.send(Event::SecondModelReady { generation, result: result.map_err(Problem::from) });
            }
            Job::Stop => {}
        }
    }

    fn run(&self, batch: &Batch, ready: Option<(PathBuf, Started)>, emit: &Emitter) -> Result<(), EngineError> {
        let wanted = |(path, started): &(PathBuf, Started)| {
            *path == batch.path && batch.sha256.as_ref().is_none_or(|sha256| *sha256 == started.model.sha256)
        };
        let Started { model, mut session, reference } = match ready.filter(wanted) {
            Some((_, started)) => started,
            None => start(&batch.path, batch.sha256.as_deref(), batch.items.len())?,
        };
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

/// A model that answers, and what it has seen.
struct Started {
    model: Model,
    session: Session,
    reference: Option<Arc<Reference>>,
}

fn start(path: &Path, sha256: Option<&str>, items: usize) -> Result<Started, EngineError> {
    let model = Model::load(path)?;
    if let Some(expected) = sha256.filter(|sha256| *sha256 != model.sha256) {
        let (path, expected) = (path.to_owned(), expected.to_owned());
        return Err(EngineError::Changed { path, expected, found: model.sha256 });
    }
    // Why it cannot be used is said where the model was loaded.
    let reference = Reference::find(&model).and_then(Result::ok).map(Arc::new);
    let features = reference.as_ref().map(|reference| reference.taps()).unwrap_or_default();
    let options = SessionOptions { features, ..SessionOptions::for_many(&model, items) };
    let session = Session::start(&model, EngineChoice::Auto, &options)?;
    Ok(Started { model, session, reference })
}
