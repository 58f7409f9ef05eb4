//! What the state makes of the jobs' results.

use std::path::PathBuf;
use std::sync::Arc;

use super::items::ThumbnailState;
use super::{
    AppState, Cause, Chip, Command, Decoded, EngineFacts, Event, InstallState, ModelFacts, ModelState, Notice,
    Prediction, PredictionState, Problem, Severity,
};
use crate::engine::EngineKind;

/// Frames on either side of the shown one that are decoded ahead whatever the room.
const NEAR: usize = 2;

impl AppState {
    /// Takes the results that are there. True where anything changed.
    pub fn poll(&mut self) -> bool {
        let events = self.jobs.drain();
        let any = !events.is_empty();
        events.into_iter().for_each(|event| self.take(event));
        any
    }

    /// Inline mode: works until nothing is left to do.
    pub fn settle(&mut self) {
        while self.poll() {}
    }

    /// Takes one result; one that is late is dropped.
    pub fn take(&mut self, event: Event) {
        self.taken(event);
        self.ask_heatmaps();
    }

    fn taken(&mut self, event: Event) {
        match event {
            Event::Listed { generation, cases, models, problems } => {
                if self.listing == Some(generation) {
                    self.listed(cases, models, problems);
                }
            }
            Event::Opened { generation, result } => self.opened(generation, result),
            Event::FrameReady { generation, index, result } => self.frame_ready(generation, index, result),
            Event::PlaneReady { generation, plane, result } => {
                self.plane_ready(generation, plane, result);
                self.predict_unasked(generation);
            }
            Event::VolumeProgress { scan, done, total } => self.volume_progress(&scan, done, total),
            Event::WindowReady { generation, from, window } => self.window_ready(generation, from, window),
            Event::RegionReady { generation, mark, stats } => {
                if let Some(view) = self.views.of_generation(generation).and_then(|view| self.views.get_mut(view)) {
                    view.marks.measured(mark, stats);
                }
            }
            Event::ThumbnailReady { list, item, thumbnail } => {
                if list == self.items.generation
                    && let Some(item) = self.items.get_mut(item)
                {
                    item.thumbnail = thumbnail.map_or(ThumbnailState::Broken, ThumbnailState::Ready);
                }
            }
            Event::ModelLoaded { generation, path, result } => {
                if generation == self.model_generation {
                    self.model_loaded(path, result);
                }
            }
            Event::PredictionStarted { model, list, item } => {
                if model == self.model_generation
                    && list == self.items.generation
                    && let Some(item) = self.items.get_mut(item)
                {
                    item.chip = Chip::Running;
                }
            }
            Event::Predicted { model, list, item, request, result } => {
                if model == self.model_generation && list == self.items.generation {
                    self.predicted(item, request, result);
                }
            }
            Event::HeatmapProgress { pane, request, done, total } => {
                self.heatmap_progress(pane, &request, (done, total))
            }
            Event::TrustProgress { pane, request, progress } => self.trust_progress(pane, &request, progress),
            Event::TrustReady { pane, request, result } => self.trust_ready(pane, &request, result),
            Event::HeatmapReady { pane, request, result } => self.heatmap_ready(pane, &request, result),
            Event::InstallProgress(progress) => self.install = InstallState::Running(progress),
            Event::Installed(result) => self.installed(result),
            Event::JobPanicked { worker, what } => self.job_panicked(worker, what),
        }
    }

    fn listed(&mut self, cases: Vec<Vec<PathBuf>>, models: Vec<PathBuf>, problems: Vec<Problem>) {
        self.listing = None;
        if !problems.is_empty() {
            self.toasts.push(Severity::Warning, Notice::NotListed(problems));
        }
        if !cases.is_empty() {
            self.items.replace(cases);
            self.views.clear();
            self.background = Default::default();
            self.rest_wanted = false;
            self.jobs.predict_later([]);
            self.forget_rows();
            self.select(0);
        }
        if let Some(path) = models.into_iter().next() {
            self.apply(Command::LoadModel(path));
        } else if self.model.facts().is_some() {
            self.predict_rest();
        }
    }

    fn frame_ready(&mut self, generation: u64, index: usize, result: Result<Decoded, Problem>) {
        let Some(view) = self.views.of_generation(generation) else { return };
        self.frame_shown(view, index, result);
        self.decode_ahead(view, index);
        self.predict_unasked(generation);
    }

    /// The other frames of the scan, the nearest first.
    fn decode_ahead(&mut self, view: usize, index: usize) {
        let Some(current) = self.views.get(view).filter(|current| index == current.wanted_frame) else { return };
        let Some(scan) = current.scan.as_ref().filter(|scan| scan.frames > 1 && current.plane.is_none()) else {
            return;
        };
        let last = index.max(scan.frames.saturating_sub(index));
        let neighbours = (1..=last).flat_map(|by| [index.checked_add(by), index.checked_sub(by)]);
        let frames = neighbours.flatten().filter(|i| *i < scan.frames);
        self.jobs.ahead(&current.files, scan, 2 * NEAR, frames);
    }

    /// The first picture of a view asks for the prediction of its item.
    fn predict_unasked(&mut self, generation: u64) {
        let Some(view) = self.views.of_generation(generation) else { return };
        let unasked = self.views.get(view).is_some_and(|current| current.prediction_request.is_none());
        if unasked && self.model.facts().is_some() {
            self.predict_in(view);
        }
    }

    pub(super) fn item_failed(&mut self, item: usize, problem: &Problem) {
        if let Some(item) = self.items.get_mut(item) {
            item.chip = Chip::Failed(problem.sentence.clone());
            item.thumbnail = ThumbnailState::Broken;
        }
    }

    fn model_loaded(&mut self, path: PathBuf, result: Result<(ModelFacts, EngineFacts), Problem>) {
        match result {
            Ok((facts, engine)) => {
                self.model = ModelState::Ready { facts: Arc::new(facts), engine: Arc::new(engine) };
                self.predict_shown();
                self.predict_rest();
            }
            Err(problem) => {
                self.toasts.push(Severity::Error, Notice::ModelFailed(problem.clone()));
                self.model = ModelState::Failed { path, problem };
            }
        }
    }

    fn predicted(&mut self, item: usize, request: Option<u64>, result: Result<Prediction, Problem>) {
        let chip = match &result {
            Ok(prediction) => {
                let class = prediction.inference.predicted;
                Chip::Done { class, score: prediction.inference.scores.get(class).copied().unwrap_or(f32::NAN) }
            }
            Err(problem) => Chip::Failed(problem.sentence.clone()),
        };
        let mut one_slice = false;
        if let Some(request) = request {
            let answer = match result {
                Ok(prediction) => PredictionState::Done(Arc::new(prediction)),
                Err(problem) => PredictionState::Failed(problem),
            };
            let mut asked = false;
            for current in self.views.iter_mut().filter(|current| current.prediction_request == Some(request)) {
                (asked, one_slice) = (true, current.slice_override.is_some());
                current.prediction = answer.clone();
            }
            if !asked {
                return;
            }
        } else if self.background.is_running() {
            self.background.done += 1;
        }
        // The list shows the manifest's choice of slices, not the one slice a reader tried.
        if !one_slice && let Some(item) = self.items.get_mut(item) {
            item.chip = chip;
        }
    }

    fn installed(&mut self, result: Result<String, Problem>) {
        match result {
            Ok(version) => {
                self.toasts.push(Severity::Info, Notice::RuntimeReady { version: version.clone() });
                self.install = InstallState::Done { version };
                let embedded = self.model.engine().is_some_and(|engine| engine.kind == EngineKind::Embedded);
                if let (true, Some(facts)) = (embedded, self.model.facts()) {
                    let path = facts.path.clone();
                    self.apply(Command::LoadModel(path));
                }
            }
            Err(problem) => {
                self.toasts.push(Severity::Error, Notice::RuntimeFailed(problem.clone()));
                self.install = InstallState::Failed(problem);
            }
        }
    }

    fn job_panicked(&mut self, worker: &'static str, what: String) {
        self.toasts.push(Severity::Error, Notice::Broken { worker, what: what.clone() });
        let problem = Problem::new(Cause::Broken, what.clone());
        match worker {
            "session" => {
                for item in self.items.iter_mut().filter(|item| item.chip == Chip::Running) {
                    item.chip = Chip::Failed(what.clone());
                }
                if let ModelState::Loading { path } = &self.model {
                    self.model = ModelState::Failed { path: path.clone(), problem: problem.clone() };
                }
                for current in self.views.iter_mut() {
                    if matches!(current.prediction, PredictionState::Running) {
                        current.prediction = PredictionState::Failed(problem.clone());
                    }
                }
            }
            "heatmap" => self.fail_waiting_heatmaps(&what),
            "list" => self.listing = None,
            "install" => self.install = InstallState::Failed(problem),
            _ => {}
        }
    }
}
