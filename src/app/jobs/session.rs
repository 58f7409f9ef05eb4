//! The session worker: the one owner of the model's session. Loads models, predicts the item on the screen before all
//! others.

use std::path::PathBuf;
use std::sync::Arc;

use super::Emitter;
use super::describe::{describe_engine, describe_model};
use super::mailbox::Mailbox;
use super::predict::{Asked, predict};
use super::stability::{Changes, StabilityJob};
use crate::app::{EngineFacts, Event, Golden, ModelFacts, Problem};
use crate::engine::{EngineChoice, EngineError, Model, Session, SessionOptions, runtime};
use crate::review::folder::{RunFacts, RunOptions};
use crate::review::golden::{GoldenResult, verify_entry};
use crate::review::reference::Reference;
use crate::scan::Scan;

/// One prediction asked for.
#[derive(Debug)]
pub(in crate::app) struct PredictJob {
    pub model: u64,
    pub list: u64,
    pub item: usize,
    pub files: Arc<[PathBuf]>,
    /// Where it is open already.
    pub scan: Option<Scan>,
    pub request: u64,
    /// The one slice to predict instead of the manifest's choice, counted from 0.
    pub slice: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Job {
    Load {
        generation: u64,
        path: PathBuf,
    },
    Predict(PredictJob),
    /// How stable a prediction is; replaces the check that runs.
    Stability(StabilityJob),
    StopStability,
    /// The next small change of the check that runs.
    Change,
    /// The next golden case of the model that was loaded so; everything a person asks for goes before it.
    Golden {
        generation: u64,
    },
}

pub(super) struct Worker {
    loaded: Option<Loaded>,
    changes: Option<Changes>,
    own: Arc<Mailbox<Job>>,
}

struct Loaded {
    generation: u64,
    model: Model,
    session: Session,
    reference: Option<Reference>,
    golden: Checking,
}

/// How far the golden cases are.
enum Checking {
    /// Until the first prediction.
    Waits,
    Runs(Vec<GoldenResult>),
    /// Or there are none.
    Done,
}

impl Worker {
    /// `own` is the worker's own mailbox.
    pub fn new(own: Arc<Mailbox<Job>>) -> Self {
        Self { loaded: None, changes: None, own }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Load { generation, path } => {
                // The old model's memory goes before the new one's comes.
                (self.loaded, self.changes) = (None, None);
                let result = self.load(generation, &path).map(Box::new).map_err(Problem::from);
                emit.send(Event::ModelLoaded { generation, path, result });
            }
            Job::Predict(job) => self.answer(job, emit),
            Job::Stability(job) => self.start_changes(job, emit),
            Job::StopStability => self.changes = None,
            Job::Change => self.change(emit),
            Job::Golden { generation } => self.check(generation, emit),
        }
    }

    fn load(
        &mut self,
        generation: u64,
        path: &std::path::Path,
    ) -> Result<(ModelFacts, EngineFacts, RunFacts), EngineError> {
        // Finding and loading the library takes as long as reading the model: both at once.
        let library = runtime::preload();
        let model = Model::load(path)?;
        drop(library);
        let (reference, doubt) = match Reference::find(&model) {
            Some(Ok(reference)) => (Some(reference), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let features = reference.as_ref().map(Reference::taps).unwrap_or_default();
        let options = SessionOptions { features, ..SessionOptions::beside_a_window() };
        let session = Session::start(&model, EngineChoice::Auto, &options)?;
        let run = RunFacts::new(&model, &session, &[], RunOptions::default()).with_reference(reference.as_ref());
        let mut described = describe_model(&model);
        described.remarks.extend(doubt);
        let facts = (described, describe_engine(&session), run);
        let golden = if model.manifest.golden_cases.is_empty() { Checking::Done } else { Checking::Waits };
        self.loaded = Some(Loaded { generation, model, session, reference, golden });
        Ok(facts)
    }

    fn answer(&mut self, job: PredictJob, emit: &Emitter) {
        let Some(loaded) = self.loaded.as_mut().filter(|loaded| loaded.generation == job.model) else { return };
        let PredictJob { model, list, item, request, .. } = job;
        let reference = loaded.reference.as_ref();
        let asked = Asked { files: &job.files, scan: job.scan.as_ref(), slice: job.slice, reference };
        let result = predict(&loaded.model, &mut loaded.session, &asked);
        emit.send(Event::Predicted { model, list, item, request, result: result.map(Box::new) });
        // After the first answer, so that neither loading nor the picture on the screen waits for it.
        if matches!(loaded.golden, Checking::Waits) {
            loaded.golden = Checking::Runs(Vec::new());
            self.own.post_last(Job::Golden { generation: model });
        }
    }

    fn start_changes(&mut self, job: StabilityJob, emit: &Emitter) {
        self.changes = None;
        let Some(loaded) = self.loaded.as_ref().filter(|loaded| loaded.generation == job.request.model) else { return };
        match Changes::start(&job, &loaded.model) {
            Ok(changes) => {
                self.changes = Some(changes);
                self.own.post_last(Job::Change);
            }
            Err(error) => {
                emit.send(Event::StabilityReady { request: job.request, result: Err(error.to_string()) });
            }
        }
    }

    /// Predicts under one change; the next one waits for what a person asks for meanwhile.
    fn change(&mut self, emit: &Emitter) {
        // Taken, so that a change that breaks is not tried again.
        let (Some(mut changes), Some(loaded)) = (self.changes.take(), self.loaded.as_mut()) else { return };
        let request = changes.request;
        match changes.step(&loaded.model, &mut loaded.session) {
            Ok(None) => {
                let (done, total) = changes.progress();
                emit.send(Event::StabilityProgress { request, done, total });
                self.changes = Some(changes);
                self.own.post_last(Job::Change);
            }
            Ok(Some(found)) => emit.send(Event::StabilityReady { request, result: Ok(Arc::new(found)) }),
            Err(error) => emit.send(Event::StabilityReady { request, result: Err(error.to_string()) }),
        }
    }

    /// Runs one golden case; the next one waits for what a person asks for meanwhile.
    fn check(&mut self, generation: u64, emit: &Emitter) {
        let Some(loaded) = self.loaded.as_mut().filter(|loaded| loaded.generation == generation) else { return };
        let Checking::Runs(results) = &mut loaded.golden else { return };
        if let Some(entry) = loaded.model.manifest.golden_cases.get(results.len()) {
            results.push(verify_entry(&loaded.model, &mut loaded.session, entry));
        }
        if results.len() < loaded.model.manifest.golden_cases.len() {
            self.own.post_last(Job::Golden { generation });
            return;
        }
        let golden = Golden::of(results);
        loaded.golden = Checking::Done;
        emit.send(Event::GoldenChecked { model: generation, golden });
    }
}

/// Fetches ONNX Runtime, telling what it does.
pub(super) fn install(emit: &Emitter) {
    let mut tell = |progress| emit.send(Event::InstallProgress(progress));
    let result = runtime::install(false, &mut tell);
    emit.send(Event::Installed(result.map(|installed| installed.version).map_err(Problem::from)));
}
