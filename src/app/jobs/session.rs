//! The session worker: the one owner of the model's session. Loads models, predicts the item on the screen before all
//! others.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::describe::{describe_engine, describe_model};
use super::seen::seen_steps;
use super::{Emitter, decode};
use crate::app::{EngineFacts, Event, Golden, KnownCase, ModelFacts, Prediction, Problem};
use crate::engine::{
    EngineChoice, EngineError, Inference, Model, Session, SessionOptions, SliceChoice, runtime, verify_golden,
};
use crate::preprocess::{self, Prepared};
use crate::review::SourceFacts;
use crate::review::folder::{RunFacts, RunOptions};
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
    Load { generation: u64, path: PathBuf },
    Predict(PredictJob),
}

#[derive(Default)]
pub(super) struct Worker {
    loaded: Option<Loaded>,
}

struct Loaded {
    generation: u64,
    model: Model,
    session: Session,
    reference: Option<Reference>,
    /// True until the golden cases were run.
    golden_waits: bool,
}

impl Worker {
    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Load { generation, path } => {
                // The old model's memory goes before the new one's comes.
                self.loaded = None;
                let result = self.load(generation, &path).map(Box::new).map_err(Problem::from);
                emit.send(Event::ModelLoaded { generation, path, result });
            }
            Job::Predict(job) => self.answer(job, emit),
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
        let features = reference.as_ref().map(Reference::tap);
        let options = SessionOptions { features, ..SessionOptions::beside_a_window() };
        let session = Session::start(&model, EngineChoice::Auto, &options)?;
        let run = RunFacts::new(&model, &session, &[], RunOptions::default());
        let mut described = describe_model(&model);
        described.remarks.extend(doubt);
        let facts = (described, describe_engine(&session), run);
        let golden_waits = !model.manifest.golden_cases.is_empty();
        self.loaded = Some(Loaded { generation, model, session, reference, golden_waits });
        Ok(facts)
    }

    fn answer(&mut self, job: PredictJob, emit: &Emitter) {
        let Some(loaded) = self.loaded.as_mut().filter(|loaded| loaded.generation == job.model) else { return };
        let PredictJob { model, list, item, request, .. } = job;
        let result = loaded.predict(&job);
        emit.send(Event::Predicted { model, list, item, request, result });
        // After the first answer, so that neither loading nor the picture on the screen waits for it.
        if std::mem::take(&mut loaded.golden_waits) {
            let golden = Golden::of(&verify_golden(&loaded.model, &mut loaded.session));
            emit.send(Event::GoldenChecked { model, golden });
        }
    }
}

impl Loaded {
    fn predict(&mut self, job: &PredictJob) -> Result<Prediction, Problem> {
        let start = Instant::now();
        let scan = match &job.scan {
            Some(scan) => scan.clone(),
            None => decode::open(&job.files)?,
        };
        let choice = job.slice.map(SliceChoice::Index);
        let selection = self.model.select_slices(&scan, choice.as_ref())?;
        let remarks = selection.remarks;
        let cases = selection.groups.len();
        // Where each slice is a case of its own, the middle one stands for the scan.
        let frames = selection.groups.into_iter().nth(cases / 2).unwrap_or_default();
        let seen_frame = frames.get(frames.len() / 2).copied().unwrap_or(0);
        let mut warnings = scan.meta.remarks.clone();
        let mut seen = Vec::new();
        let mut prepared = Vec::with_capacity(frames.len());
        if self.model.is_volume() {
            let one = preprocess::prepare_volume(&scan, &frames, self.model.volume_steps(), true)?;
            seen = seen_steps(&scan.frame(seen_frame)?, &one);
            warnings.extend(one.warnings);
            prepared.push(one.tensor);
        }
        for &index in frames.iter().filter(|_| !self.model.is_volume()) {
            let keep = index == seen_frame;
            let (frame, _) = preprocess::read(&scan, index, self.model.steps())?;
            let one: Prepared = preprocess::prepare(&frame, &scan.meta, self.model.steps(), keep)?;
            let selection = self.model.manifest.input_selection.as_ref();
            let values = selection.and_then(|selection| selection.value.value_warning(&frame));
            warnings.extend(values.filter(|warning| !warnings.contains(warning)));
            warnings
                .extend(one.warnings.iter().filter(|warning| !warnings.contains(warning)).cloned().collect::<Vec<_>>());
            if keep {
                seen = seen_steps(&frame, &one);
            }
            prepared.push(one.tensor);
        }
        let tensors: Vec<_> = prepared.iter().map(|tensor| tensor.view()).collect();
        let parts = self.session.run(&tensors)?;
        let inference = self.model.combine(parts)?;
        let total_ms = start.elapsed().as_secs_f64() * 1000.0;
        let source = SourceFacts::read(&job.files, Some(&scan.meta));
        let slice = frames.first().copied().filter(|_| cases > 1);
        let known = self.known(&inference, &source, slice);
        Ok(Prediction { inference, source, frames, seen, seen_frame, warnings, known, remarks, cases, total_ms })
    }

    /// How far the case lies from the reference, and where the cases near it are.
    fn known(&self, inference: &Inference, source: &SourceFacts, slice: Option<usize>) -> Option<KnownCase> {
        let reference = self.reference.as_ref()?;
        let known = reference.judge(inference.features.as_deref()?, source.sha256.as_deref(), slice)?;
        let files = known.nearest.iter().map(|neighbour| reference.file(neighbour)).collect();
        Some(KnownCase { known, files, cases: reference.facts.cases })
    }
}

/// Fetches ONNX Runtime, telling what it does.
pub(super) fn install(emit: &Emitter) {
    let mut tell = |progress| emit.send(Event::InstallProgress(progress));
    let result = runtime::install(false, &mut tell);
    emit.send(Event::Installed(result.map(|installed| installed.version).map_err(Problem::from)));
}
