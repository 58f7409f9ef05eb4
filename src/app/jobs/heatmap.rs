//! The heatmap worker: the one owner of the explainers. It starts nothing before the first heatmap is asked for, keeps
//! the last prepared slice, and answers a request pane by pane.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use crate::app::{Event, Heatmap, HeatmapRequest, Pane};
use crate::engine::{EngineChoice, Model, SessionOptions, SliceChoice};
use crate::explain::{Explainer, FeatureMap, Target};
use crate::review::{PreparedCase, Question, explain_case, prepare_scan};
use crate::scan::Scan;

/// Explainers kept: one for each pane. Each holds the model's weights.
const MOST_EXPLAINERS: usize = 2;

/// The heatmaps that are wanted of one scan.
#[derive(Debug)]
pub(in crate::app) struct HeatmapJob {
    pub model: u64,
    /// The model's folder or .onnx.
    pub path: PathBuf,
    /// Of the .onnx that predicts.
    pub sha256: String,
    pub scan: Scan,
    pub wanted: Vec<(Pane, HeatmapRequest)>,
}

#[derive(Debug)]
pub(super) enum Job {
    Explain(HeatmapJob),
    /// Gives the memory of the model back.
    Forget,
}

#[derive(Default)]
pub(super) struct Worker {
    loaded: Option<Loaded>,
}

struct Loaded {
    generation: u64,
    model: Model,
    /// Last used last.
    explainers: Vec<Started>,
    /// Of the last scan (its generation) and slice.
    prepared: Option<(u64, usize, PreparedCase)>,
    /// The class that was predicted last.
    guess: usize,
}

struct Started {
    /// As it was asked for; `None` is the default.
    layer: Option<String>,
    gradients: bool,
    layers: Arc<[FeatureMap]>,
    explainer: Explainer,
}

impl Worker {
    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Forget => self.loaded = None,
            Job::Explain(job) => {
                for (pane, request) in &job.wanted {
                    let result = self.explain(&job, request).map(Arc::new);
                    emit.send(Event::HeatmapReady { pane: *pane, request: request.clone(), result });
                }
            }
        }
    }

    fn explain(&mut self, job: &HeatmapJob, request: &HeatmapRequest) -> Result<Heatmap, String> {
        if self.loaded.as_ref().is_none_or(|loaded| loaded.generation != job.model) {
            // The old model's memory goes before the new one's comes.
            self.loaded = None;
            let model = load(&job.path, &job.sha256)?;
            let (generation, explainers) = (job.model, Vec::new());
            self.loaded = Some(Loaded { generation, model, explainers, prepared: None, guess: 0 });
        }
        let loaded = self.loaded.as_mut().ok_or("The model is not loaded.")?;
        loaded.explain(&job.scan, request)
    }
}

/// A changed file would give another model's evidence beside this one's score.
fn load(path: &Path, sha256: &str) -> Result<Model, String> {
    let model = Model::load(path).map_err(|error| error.to_string())?;
    if model.sha256 != sha256 {
        return Err("The model's file has changed since it was loaded. Load it again to see where its score comes \
                    from."
            .to_owned());
    }
    Ok(model)
}

impl Loaded {
    fn explain(&mut self, scan: &Scan, request: &HeatmapRequest) -> Result<Heatmap, String> {
        let question = &request.question;
        self.prepare(scan, request)?;
        let started = self.started(question.layer.as_deref(), question.method.needs_gradients())?;
        let (_, _, case) = self.prepared.as_ref().ok_or("The slice was not prepared.")?;
        let Started { explainer, layers, .. } = self.explainers.get_mut(started).ok_or("The explainer is gone.")?;
        let asked = Question { method: question.method, class: question.class, target: Target::Logit };
        let explained = explain_case(&scan.path, case, explainer, &asked, &mut self.guess);
        let explained = explained.map_err(|error| error.to_string())?.into_iter().next();
        let named = question.layer.is_none() && self.model.manifest.explain.layer.is_some();
        let layer_reason = if named {
            format!("{}, from the manifest", explainer.layer().words())
        } else {
            explainer.layer_reason().to_owned()
        };
        Ok(Heatmap { explained: explained.ok_or("The scan has no such slice.")?, layers: layers.clone(), layer_reason })
    }

    /// The slice as the prediction sees it.
    fn prepare(&mut self, scan: &Scan, request: &HeatmapRequest) -> Result<(), String> {
        let have = self.prepared.as_ref().map(|(scan, slice, _)| (*scan, *slice));
        if have == Some((request.scan, request.slice)) {
            return Ok(());
        }
        self.prepared = None;
        let mut found = None;
        let take = &mut |case| {
            found = Some(case);
            false
        };
        prepare_scan(scan, &self.model, Some(&SliceChoice::Index(request.slice)), take).map_err(|e| e.to_string())?;
        let case = found.ok_or("The scan has no such slice.")?.map_err(|error| error.to_string())?;
        self.prepared = Some((request.scan, request.slice, case));
        Ok(())
    }

    /// Index of an explainer of this layer; one with gradients also serves methods that need none.
    fn started(&mut self, layer: Option<&str>, gradients: bool) -> Result<usize, String> {
        let fits = |one: &Started| one.layer.as_deref() == layer && (one.gradients || !gradients);
        if let Some(place) = self.explainers.iter().position(fits) {
            let used = self.explainers.remove(place);
            self.explainers.push(used);
        } else {
            while self.explainers.len() >= MOST_EXPLAINERS {
                self.explainers.remove(0);
            }
            let start = if gradients { Explainer::start } else { Explainer::start_forward_only };
            let options = SessionOptions::beside_a_window();
            let explainer = start(&self.model, layer, EngineChoice::Auto, &options).map_err(|e| e.to_string())?;
            let layers = explainer.layers().into();
            self.explainers.push(Started { layer: layer.map(str::to_owned), gradients, layers, explainer });
        }
        Ok(self.explainers.len() - 1)
    }
}
