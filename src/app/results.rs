//! What the state makes of the jobs' results.

use std::path::PathBuf;
use std::sync::Arc;

use super::items::ThumbnailState;
use super::{
    AppState, Cause, Command, Decoded, EngineFacts, Event, ExportState, ImportWish, InstallState, LeakState,
    ModelFacts, ModelState, Notice, Prediction, PredictionState, Problem, Severity,
};
use crate::engine::EngineKind;
use crate::review::folder::RunFacts;

/// Frames on either side of the shown one that are decoded ahead whatever the room.
const NEAR: usize = 2;

impl AppState {
    /// Takes the results that are there. True where anything changed.
    pub fn poll(&mut self) -> bool {
        let events = self.jobs.drain();
        let any = !events.is_empty();
        events.into_iter().for_each(|event| self.take(event));
        self.freshen_rows();
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
        self.ask_import();
        self.leave_stability();
    }

    fn taken(&mut self, event: Event) {
        match event {
            Event::Listed { generation, cases, models, names, problems, roots, review } => {
                if self.listing == Some(generation) {
                    self.listed(cases, (models, names), problems, (roots, review));
                }
            }
            Event::Opened { generation, result } => self.opened(generation, result),
            Event::FrameReady { generation, index, result } => self.frame_ready(generation, index, result),
            Event::PlaneReady { generation, plane, result } => {
                self.plane_ready(generation, plane, result);
                self.predict_unasked(generation);
            }
            Event::VolumeProgress { scan, done, total } => self.volume_progress(&scan, done, total),
            Event::Fused { generation, files, result } => self.fused(generation, &files, result),
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
                    if matches!(item.thumbnail, ThumbnailState::Broken) {
                        self.review.touch();
                    }
                }
            }
            Event::NearPictureReady { file, thumbnail } => self.near_picture_ready(file, thumbnail),
            Event::ModelLoaded { generation, path, result } => {
                if generation == self.model_generation {
                    self.model_loaded(path, result.map(|loaded| *loaded));
                }
            }
            Event::GoldenChecked { model, golden } => {
                if model == self.model_generation
                    && let ModelState::Ready { facts, .. } = &mut self.model
                {
                    Arc::make_mut(facts).golden = golden;
                }
            }
            Event::Predicted { model, list, item: _, request, result } => {
                if model == self.model_generation && list == self.items.generation {
                    self.predicted(request, result.map(|prediction| *prediction));
                }
            }
            Event::StabilityProgress { request, done, total } => self.stability_progress(request, (done, total)),
            Event::StabilityReady { request, result } => self.stability_ready(request, result),
            Event::Answered { generation, pane, item, case } => {
                if generation == self.batch_generation {
                    self.background.done += 1;
                    self.answered_case(pane, item, &case);
                }
            }
            Event::BatchEnded { generation, pane, result } => self.batch_ended(generation, pane, result),
            Event::ReviewOpened { generation, review } => self.review_opened(generation, *review),
            Event::SecondModelReady { generation, result } => self.second_model_ready(generation, result),
            Event::ComparisonOpened { batch, result } => self.comparison_opened(batch, result),
            Event::Labelled { generation, table, result } => self.labelled(generation, table, result),
            Event::NotKept(problem) => self.toasts.push(Severity::Error, Notice::NotKept(vec![problem])),
            Event::NumbersReady { generation, numbers } => self.numbers_ready(generation, numbers),
            Event::HeatmapProgress { pane, request, done, total } => {
                self.heatmap_progress(pane, &request, (done, total))
            }
            Event::TrustProgress { pane, request, progress } => self.trust_progress(pane, &request, progress),
            Event::TrustReady { pane, request, result } => self.trust_ready(pane, &request, result),
            Event::HeatmapReady { pane, request, result } => self.heatmap_ready(pane, &request, result),
            Event::LeakProgress { comparing, done, total } => {
                if matches!(self.review.leaks, LeakState::Running { .. }) {
                    self.review.leaks = LeakState::Running { comparing, done, total };
                }
            }
            Event::LeaksReady { list, result } => self.leaks_ready(list, result),
            Event::ExportProgress { done, total } => self.review.export = ExportState::Running { done, total },
            Event::Exported(result) => self.exported(result),
            Event::Import(event) => self.import_event(event),
            Event::InstallProgress(progress) => self.install = InstallState::Running(progress),
            Event::Installed(result) => self.installed(result),
            Event::JobPanicked { worker, what } => self.job_panicked(worker, what),
        }
    }

    fn listed(
        &mut self,
        cases: Vec<Vec<PathBuf>>,
        (models, names): (Vec<PathBuf>, Option<PathBuf>),
        problems: Vec<Problem>,
        (roots, review): (Vec<PathBuf>, Option<PathBuf>),
    ) {
        self.listing = None;
        if !problems.is_empty() {
            self.toasts.push(Severity::Warning, Notice::NotListed(problems));
        }
        let (listed, reopened) = (!cases.is_empty(), review.is_some());
        if listed {
            self.show_list(cases, 0, (roots, review));
        }
        if let Some(path) = models.into_iter().next() {
            self.names_beside = names.map(|names| (path.clone(), names));
            // An earlier review goes on with its model as it was.
            self.apply(if reopened { Command::LoadModel(path) } else { Command::OpenModel(path) });
        } else if listed {
            self.open_review();
        } else if let Some(names) = names {
            self.apply(Command::Import(ImportWish::Names(names)));
        }
    }

    /// Another list on the screen, its item `index` selected.
    fn show_list(&mut self, cases: Vec<Vec<PathBuf>>, index: usize, (roots, review): (Vec<PathBuf>, Option<PathBuf>)) {
        let slice_files = self.model.facts().and_then(|facts| facts.slice_files.clone());
        self.items.replace(cases, slice_files);
        self.views.clear();
        self.stop_batch();
        self.new_list(roots, review);
        self.forget_rows();
        self.select(index);
        self.make_rows();
    }

    /// Another model may take the files of a case's slices together, or apart.
    fn regroup(&mut self) {
        let slice_files = self.model.facts().and_then(|facts| facts.slice_files.clone());
        let Some(cases) = self.items.regrouped(slice_files.as_ref()) else { return };
        let shown = self.items.selected_item().map(|item| item.path().to_owned());
        let holds = |files: &Vec<PathBuf>| shown.as_ref().is_some_and(|shown| files.contains(shown));
        let index = cases.iter().position(holds).unwrap_or(0);
        let (roots, reopened, labels) =
            (self.review.roots.clone(), self.review.reopened.clone(), self.review.labels.clone());
        self.show_list(cases, index, (roots, reopened));
        self.review.labels = labels;
    }

    fn frame_ready(&mut self, generation: u64, index: usize, result: Result<Decoded, Problem>) {
        let Some(view) = self.views.of_generation(generation) else { return };
        self.frame_shown(view, index, result);
        self.ask_fusion(view);
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

    pub(super) fn item_failed(&mut self, index: usize, problem: &Problem) {
        if let Some(item) = self.items.get_mut(index) {
            item.thumbnail = ThumbnailState::Broken;
        }
        self.review.touch();
        self.keep_failure(index, problem);
    }

    fn model_loaded(&mut self, path: PathBuf, result: Result<(ModelFacts, EngineFacts, RunFacts), Problem>) {
        match result {
            Ok((facts, engine, run)) => {
                let offered = self.offers_import.take() == Some(self.model_generation) && facts.is_bare;
                let source = facts.path.clone();
                let (facts, engine, run) = (Arc::new(facts), Arc::new(engine), Arc::new(run));
                self.model = ModelState::Ready { facts, engine, run };
                self.regroup();
                self.predict_shown();
                self.open_review();
                if offered {
                    self.apply(Command::Import(ImportWish::Open(source)));
                }
            }
            // A question, not a failure: the set-up page asks it.
            Err(problem) if matches!(problem.cause, Cause::LayoutUnsaid | Cause::ClassesUnsaid) => {
                self.model = ModelState::Failed { path: path.clone(), problem };
                self.apply(Command::Import(ImportWish::Open(path)));
            }
            Err(problem) => {
                self.toasts.push(Severity::Error, Notice::ModelFailed(problem.clone()));
                self.model = ModelState::Failed { path, problem };
            }
        }
    }

    fn predicted(&mut self, request: u64, result: Result<Prediction, Problem>) {
        let (answer, failed) = match result {
            Ok(prediction) => (PredictionState::Done(Arc::new(prediction)), None),
            Err(problem) => (PredictionState::Failed(problem.clone()), Some(problem)),
        };
        let mut asked = None;
        for current in self.views.iter_mut().filter(|current| current.prediction_request == Some(request)) {
            asked = Some((current.item, current.slice_override.is_some()));
            current.prediction = answer.clone();
        }
        self.ask_near_pictures(request);
        match (asked, failed) {
            (Some((item, false)), Some(problem)) => self.keep_failure(item, &problem),
            (Some((item, _)), None) => self.keep_shown_answer(item),
            _ => {}
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
                if let ModelState::Loading { path } = &self.model {
                    self.model = ModelState::Failed { path: path.clone(), problem: problem.clone() };
                }
                self.fail_stability(&what);
                for current in self.views.iter_mut() {
                    if matches!(current.prediction, PredictionState::Running) {
                        current.prediction = PredictionState::Failed(problem.clone());
                    }
                }
            }
            "batch" => self.stop_batch(),
            "leaks" => self.review.leaks = LeakState::None,
            "export" => self.exported(Err(problem)),
            "heatmap" => self.fail_waiting_heatmaps(&what),
            "import" => self.fail_import(problem),
            "doctor" => self.fail_doctor(problem),
            "list" => self.listing = None,
            "install" => self.install = InstallState::Failed(problem),
            _ => {}
        }
    }
}
