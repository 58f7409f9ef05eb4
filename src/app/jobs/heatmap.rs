//! The heatmap worker: the one owner of the mappers. It starts nothing before the first heatmap is asked for, keeps the
//! last prepared slice (or volume, whose map serves all its slices), answers a request pane by pane, and leaves what it is doing when something newer is wanted.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::describe::describe_model;
use super::mailbox::Mailbox;
use super::{Emitter, trust};
use crate::app::{Event, Heatmap, HeatmapQuestion, HeatmapRequest, ModelFacts, Pane};
use crate::engine::{EngineChoice, Model, SessionOptions, SliceChoice};
use crate::explain::{ExplainError, Explanation, Mapper, Question};
use crate::review::{CaseError, PreparedCase, explain_case, explanations, on_frame, prepare_scan};
use crate::scan::Scan;

/// Models kept: one for each pane.
const MOST_MODELS: usize = 2;
/// Layers of a model kept: one for each pane. Each holds the model's weights.
const MOST_LAYERS: usize = 2;
/// Maps of whole volumes kept: one for each pane.
const MOST_VOLUMES: usize = 2;

/// A pane's question and the model it goes to.
#[derive(Clone, Debug)]
pub(in crate::app) struct Wanted {
    pub pane: Pane,
    pub request: HeatmapRequest,
    /// The model's folder or .onnx.
    pub path: PathBuf,
    /// Of the .onnx that predicts; `None` where no session holds it.
    pub sha256: Option<String>,
}

#[derive(Debug)]
pub(in crate::app) enum Job {
    /// The heatmaps that are wanted of one scan.
    Explain { scan: Scan, wanted: Vec<Wanted> },
    /// Checks of one heatmap.
    Trust { scan: Scan, wanted: Wanted, heatmap: Arc<Heatmap> },
    /// Ends what is going on.
    Stop,
    /// The same, and gives the memory of the models back.
    Forget,
}

pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
    /// Last used last.
    loaded: Vec<Loaded>,
}

pub(super) struct Loaded {
    generation: u64,
    pub model: Model,
    facts: Arc<ModelFacts>,
    /// By the layer as it was asked for (`None` is the default), last used last.
    mappers: Vec<(Option<String>, Mapper)>,
    /// Of the last scan (its generation) and slice; of a volume always slice 0.
    prepared: Option<(u64, usize, PreparedCase)>,
    /// The last answers about the last volume, the newest last: its slices need no further run.
    volumes: Vec<(HeatmapQuestion, Explanation)>,
}

impl Worker {
    /// `mailbox` is where this worker's jobs come from: a newer one ends the one that runs.
    pub fn new(mailbox: Arc<Mailbox<Job>>) -> Self {
        Self { mailbox, loaded: Vec::new() }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Stop => {}
            Job::Forget => self.loaded.clear(),
            Job::Explain { scan, wanted } => {
                // Another model's memory goes before the new one's comes.
                self.loaded.retain(|loaded| wanted.iter().any(|wanted| wanted.request.model == loaded.generation));
                for wanted in wanted {
                    let Some(result) = self.explain(&scan, &wanted, emit) else { return };
                    let (pane, result) = (wanted.pane, result.map(Arc::new));
                    emit.send(Event::HeatmapReady { pane, request: wanted.request, result });
                }
            }
            Job::Trust { scan, wanted, heatmap } => {
                let mailbox = self.mailbox.clone();
                let result = self.loaded(&wanted).and_then(|loaded| {
                    loaded.prepare(&scan, &wanted.request)?;
                    trust::measure(loaded, (&wanted, &heatmap), emit, &|| mailbox.is_waiting())
                });
                let (pane, request) = (wanted.pane, wanted.request);
                emit.send(Event::TrustReady { pane, request, result: result.map(|trust| trust.map(Arc::new)) });
            }
        }
    }

    /// `None` where something newer is wanted.
    fn explain(&mut self, scan: &Scan, wanted: &Wanted, emit: &Emitter) -> Option<Result<Heatmap, String>> {
        let mailbox = self.mailbox.clone();
        let loaded = match self.loaded(wanted) {
            Ok(loaded) => loaded,
            Err(sentence) => return Some(Err(sentence)),
        };
        let mut progress = |done, total| {
            emit.send(Event::HeatmapProgress { pane: wanted.pane, request: wanted.request.clone(), done, total });
            if mailbox.is_waiting() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        match loaded.explain(scan, &wanted.request, &mut progress) {
            Err(Failed::Cancelled) => None,
            Err(Failed::Said(sentence)) => Some(Err(sentence)),
            Ok(heatmap) => Some(Ok(heatmap)),
        }
    }

    fn loaded(&mut self, wanted: &Wanted) -> Result<&mut Loaded, String> {
        let generation = wanted.request.model;
        let kept = self.loaded.iter().position(|loaded| loaded.generation == generation);
        let used = match kept.map(|place| self.loaded.remove(place)) {
            Some(used) => used,
            None => {
                if self.loaded.len() >= MOST_MODELS {
                    self.loaded.remove(0);
                }
                let model = load(&wanted.path, wanted.sha256.as_deref())?;
                let facts = Arc::new(describe_model(&model));
                Loaded { generation, model, facts, mappers: Vec::new(), prepared: None, volumes: Vec::new() }
            }
        };
        self.loaded.push(used);
        self.loaded.last_mut().ok_or_else(|| "The model is not loaded.".to_owned())
    }
}

/// A changed file would give another model's evidence beside this one's score.
fn load(path: &Path, sha256: Option<&str>) -> Result<Model, String> {
    let model = Model::load(path).map_err(|error| error.to_string())?;
    if sha256.is_some_and(|sha256| model.sha256 != sha256) {
        return Err("The model's file has changed since it was loaded. Load it again to see where its score comes \
                    from."
            .to_owned());
    }
    Ok(model)
}

enum Failed {
    Cancelled,
    Said(String),
}

impl From<String> for Failed {
    fn from(sentence: String) -> Self {
        Self::Said(sentence)
    }
}

impl Loaded {
    fn explain(
        &mut self,
        scan: &Scan,
        request: &HeatmapRequest,
        progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Heatmap, Failed> {
        let question = &request.question;
        self.prepare(scan, request)?;
        let facts = self.facts.clone();
        let known = self.volumes.iter().find(|(known, _)| known == question).map(|(_, found)| found.clone());
        let volume = self.model.is_volume();
        let named = question.layer.is_none() && self.model.manifest.explain.layer.is_some();
        let (mapper, case) = self.mapper(question)?;
        let asked = Question { method: question.method, class: question.class, target: question.target };
        let failed = |error: CaseError| match error {
            CaseError::Explain { source, .. } if matches!(*source, ExplainError::Cancelled) => Failed::Cancelled,
            other => Failed::Said(other.to_string()),
        };
        let no_slice = || "The scan has no such slice.".to_owned();
        let mut of_volume = None;
        let explained = if volume {
            let found = match known {
                Some(found) => found,
                None => explanations(&scan.path, case, mapper, &asked, progress)
                    .map_err(failed)?
                    .pop()
                    .ok_or_else(no_slice)?,
            };
            let found = of_volume.insert(found);
            on_frame(&scan.path, case, found, Some(request.slice)).map_err(failed)?
        } else {
            let found = explain_case(&scan.path, case, mapper, &asked, progress).map_err(failed)?;
            found.into_iter().next().ok_or_else(no_slice)?
        };
        let layer_reason = explained.map.layer.as_ref().map(|layer| match mapper.layer_reason() {
            Some(reason) if !named => reason.to_owned(),
            _ => format!("{}, from the manifest", layer.words()),
        });
        let layers = mapper.layers().into();
        if let Some(found) = of_volume {
            self.volumes.retain(|(known, _)| known != question);
            self.volumes.push((question.clone(), found));
            let most = self.volumes.len().saturating_sub(MOST_VOLUMES);
            self.volumes.drain(..most);
        }
        Ok(Heatmap { explained, layers, layer_reason, model: facts })
    }

    /// The slice as the prediction sees it.
    pub fn prepare(&mut self, scan: &Scan, request: &HeatmapRequest) -> Result<(), String> {
        let have = self.prepared.as_ref().map(|(scan, slice, _)| (*scan, *slice));
        let slice = if self.model.is_volume() { 0 } else { request.slice };
        if have == Some((request.scan, slice)) {
            return Ok(());
        }
        self.prepared = None;
        self.volumes.clear();
        let mut found = None;
        let take = &mut |case| {
            found = Some(case);
            false
        };
        prepare_scan(scan, &self.model, Some(&SliceChoice::Index(request.slice)), take).map_err(|e| e.to_string())?;
        let case = found.ok_or("The scan has no such slice.")?.map_err(|error| error.to_string())?;
        self.prepared = Some((request.scan, slice, case));
        Ok(())
    }

    /// The mapper of the question's layer, and the prepared slice.
    pub fn mapper(&mut self, question: &HeatmapQuestion) -> Result<(&mut Mapper, &PreparedCase), String> {
        let layer = &question.layer;
        let used = match self.mappers.iter().position(|(of, _)| of == layer) {
            Some(place) => self.mappers.remove(place).1,
            None => {
                while self.mappers.len() >= MOST_LAYERS {
                    self.mappers.remove(0);
                }
                let options = SessionOptions::beside_a_window();
                Mapper::new(self.model.clone(), layer.as_deref(), EngineChoice::Auto, options)
            }
        };
        self.mappers.push((layer.clone(), used));
        let (_, _, case) = self.prepared.as_ref().ok_or("The slice was not prepared.")?;
        let (_, mapper) = self.mappers.last_mut().ok_or("The mapper is gone.")?;
        Ok((mapper, case))
    }
}
