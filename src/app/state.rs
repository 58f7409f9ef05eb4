//! The state and the commands that change it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::beside::NearPictures;
use super::import::KeptDrafts;
use super::stability::Stabilities;
use super::toast::Toasts;
use super::{
    Command, Current, Heatmaps, Importing, InstallState, Items, Jobs, ModelState, Pane, Review, Toast, Tool, Views,
};
use crate::app::items::ThumbnailState;

/// Rows before and after the visible ones whose thumbnails are made too.
const ROWS_AHEAD: usize = 8;
/// Thumbnails kept outside the visible rows (about 36 KiB each).
const MOST_THUMBNAILS: usize = 4096;

/// Predictions of the list in the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Background {
    /// Items asked for.
    pub total: usize,
    /// Of these, answered.
    pub done: usize,
    /// Whose answers.
    pub pane: Pane,
    /// When the batch was asked for.
    pub since: Option<Instant>,
}

impl Background {
    pub fn is_running(self) -> bool {
        self.done < self.total
    }

    /// Items a second so far, and the seconds that the rest takes at this rate; `None` before the first answer.
    pub fn pace(self) -> Option<(f64, f64)> {
        let seconds = self.since?.elapsed().as_secs_f64();
        let rate = self.done as f64 / seconds;
        (self.done > 0 && rate.is_finite()).then(|| (rate, (self.total - self.done) as f64 / rate))
    }
}

/// Everything the program knows. Only [`AppState::apply`] and the jobs' results change it.
pub struct AppState {
    pub(super) jobs: Jobs,
    pub(super) items: Items,
    pub(super) views: Views,
    pub(super) model: ModelState,
    pub(super) install: InstallState,
    pub(super) background: Background,
    pub(super) heatmaps: Heatmaps,
    pub(super) toasts: Toasts,
    /// Boxed: mostly there is none.
    pub(super) importing: Option<Box<Importing>>,
    /// What was said of exports whose page was closed.
    pub(super) drafts: KeptDrafts,
    /// The model, by its generation, whose import page opens where nobody has set it up yet.
    pub(super) offers_import: Option<u64>,
    /// A model that was dropped, and the class names that came with it.
    pub(super) names_beside: Option<(PathBuf, PathBuf)>,
    /// Where model folders are kept; without one they are written beside the export.
    pub(super) models_folder: Option<PathBuf>,
    /// Counts listings, current items, models and predictions.
    pub(super) last_generation: u64,
    pub(super) listing: Option<u64>,
    pub(super) model_generation: u64,
    pub(super) batch_generation: u64,
    pub(super) review: Review,
    pub(super) near: NearPictures,
    pub(super) stabilities: Stabilities,
    /// Items whose thumbnails are wanted.
    rows_shown: Vec<usize>,
    smooth: bool,
    show_identity: bool,
    tool: Tool,
}

impl AppState {
    pub fn new(jobs: Jobs) -> Self {
        Self {
            jobs,
            items: Items::default(),
            views: Views::default(),
            model: ModelState::None,
            install: InstallState::Idle,
            background: Background::default(),
            heatmaps: Heatmaps::default(),
            toasts: Toasts::default(),
            importing: None,
            drafts: KeptDrafts::default(),
            offers_import: None,
            names_beside: None,
            models_folder: None,
            last_generation: 0,
            listing: None,
            model_generation: 0,
            batch_generation: 0,
            review: Review::default(),
            near: NearPictures::default(),
            stabilities: Stabilities::default(),
            rows_shown: Vec::new(),
            smooth: true,
            show_identity: false,
            tool: Tool::default(),
        }
    }

    pub fn items(&self) -> &Items {
        &self.items
    }

    pub fn model(&self) -> &ModelState {
        &self.model
    }

    pub fn install(&self) -> &InstallState {
        &self.install
    }

    pub fn background(&self) -> Background {
        self.background
    }

    pub fn toasts(&self) -> &[Toast] {
        self.toasts.shown()
    }

    /// True while paths are being listed.
    pub fn is_listing(&self) -> bool {
        self.listing.is_some()
    }

    /// What a drag on the picture does.
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// Bytes that decoded pictures may take, half of them for volumes.
    pub fn memory(&self) -> usize {
        self.jobs.memory()
    }

    /// True where enlarged pictures are interpolated.
    pub fn smooth(&self) -> bool {
        self.smooth
    }

    pub fn shows_identity(&self) -> bool {
        self.show_identity
    }

    /// Fulfils a wish or starts the job that will. Never waits, decodes, infers or touches a file.
    pub fn apply(&mut self, command: Command) {
        self.fulfil(command);
        self.freshen_rows();
        self.ask_heatmaps();
        self.ask_import();
        self.leave_stability();
    }

    fn fulfil(&mut self, command: Command) {
        match command {
            Command::Open(paths) => self.open(paths),
            Command::Select(index) => self.select(index),
            Command::OpenBeside(files) => self.open_beside(files),
            // These are about the list's case.
            Command::Decide(_) | Command::ToggleFlag | Command::SetLabel(_) if self.looks_outside() => {}
            Command::GoToFrame(index) => self.go_to_frame(index),
            Command::StepFrame(by) => {
                if let Some(current) = self.current() {
                    self.go_to_frame(current.wanted_frame.saturating_add_signed(by));
                }
            }
            Command::DragWindow { dx, dy } => self.change_window(|current| current.windowing.drag(dx, dy)),
            Command::HeaderWindow(n) => self.header_window(n),
            Command::VoiLut(n) => self.show_through_lut(n),
            Command::NextWindow => self.next_window(),
            Command::ValueWindow(from) => self.value_window(from),
            Command::PresetWindow(window) => self.change_window(|current| current.windowing.preset(window)),
            Command::ResetWindow => self.reset_window(),
            Command::ToggleInvert => self.with_current(|current| current.invert = !current.invert),
            Command::SetColors(colors) => self.with_current(|current| current.colors = colors),
            Command::ToggleSmooth => self.smooth = !self.smooth,
            Command::SetView(view) => self.set_view(view),
            Command::Turn(turning) => self.with_current(|current| current.turn = turning.of(current.turn)),
            Command::ResetPicture => self.reset_picture(),
            Command::SetTool(tool) => self.tool = tool,
            Command::Measure(shape) => self.measure(shape),
            Command::ForgetMeasures => self.with_current(|current| current.marks.clear()),
            Command::Undo => self.with_current(|current| current.marks.undo()),
            Command::Redo => self.with_current(|current| current.marks.redo()),
            Command::SetPlane(plane) => self.set_plane(plane),
            Command::Fuse(item) => self.fuse(item),
            Command::SetFusionLook { opacity, colors } => self.set_fusion_look(opacity, colors),
            Command::PlaceCrosshair { x, y } => self.place_crosshair((x, y)),
            Command::Activate(view) => self.activate(view),
            Command::SetLayout(layout) => self.set_layout(layout),
            Command::ToggleLink(link) => self.views.toggle_link(link),
            Command::SetMemory(bytes) => self.jobs.set_memory(bytes),
            Command::TogglePlay => {
                self.with_current(|current| current.playing = !current.playing && current.frames() > 1)
            }
            Command::NextFrameAround => {
                if let Some(current) = self.current() {
                    let next = current.wanted_frame + 1;
                    self.go_to_frame(if next < current.frames() { next } else { 0 });
                }
            }
            Command::ToggleIdentity => self.show_identity = !self.show_identity,
            Command::LoadModel(path) => self.load_model(path),
            Command::OpenModel(path) => self.open_model(path),
            Command::Import(wish) => self.import_wish(wish),
            Command::PredictShownSlice => {
                let whole = self.model.facts().is_some_and(|facts| facts.takes_volumes);
                if let Some(frame) = self.subject().and_then(Current::shown_frame).filter(|_| !whole) {
                    self.predict_slice(Some(frame));
                }
            }
            Command::PredictChosenSlices => self.predict_slice(None),
            Command::CheckStability => self.check_stability(),
            Command::CancelStability => self.cancel_stability(),
            Command::ToggleHeatmap => self.toggle_heatmap(),
            Command::ToggleCompare => self.toggle_compare(),
            Command::SetHeatmapQuestion { pane, question } => self.set_heatmap_question(pane, question),
            Command::SetHeatmapStyle(style) => self.set_heatmap_style(style),
            Command::CancelHeatmap(pane) => self.cancel_heatmap(pane),
            Command::CompareWithModel(path) => {
                self.compare_with_model(path);
                // The list is compared with the same model, or with none.
                if self.review.compared.is_some() {
                    self.compare_list(true);
                }
            }
            Command::MeasureTrust(pane) => self.measure_trust(pane),
            Command::CancelTrust => self.cancel_trust(),
            Command::PredictRest => self.predict_rest(),
            Command::CancelRest => self.stop_batch(),
            Command::RetryFailed => self.retry_failed(),
            Command::Filter(show) => self.filter(show),
            Command::Search(text) => self.search(text),
            Command::Sort(order) => self.sort(order),
            Command::SelectCase(place) => self.select_case(place),
            Command::StepCase(by) => self.step_case(by),
            Command::NextCase { show, forward } => self.next_case(show, forward),
            Command::SetThreshold(point) => self.set_threshold(point),
            Command::Decide(opinion) => self.decide(opinion),
            Command::ToggleFlag => self.toggle_flag(),
            Command::Note { key, text } => self.note(&key, text),
            Command::SetLabel(class) => self.set_label(class),
            Command::UseLabels(table) => self.use_labels(table),
            Command::CompareList(on) => self.compare_list(on),
            Command::FindLeaks(against) => self.find_leaks(against),
            Command::StopLeaks => self.stop_leaks(),
            Command::Export { out, language } => self.export(out, language),
            Command::InstallRuntime => {
                if !matches!(self.install, InstallState::Starting | InstallState::Running(_)) {
                    self.install = InstallState::Starting;
                    self.jobs.install_runtime();
                }
            }
            Command::ShowRows(rows) => self.show_rows(rows),
            Command::Notify { severity, notice } => self.toasts.push(severity, notice),
            Command::DismissToast(id) => self.toasts.dismiss(id),
        }
    }

    pub(super) fn next_generation(&mut self) -> u64 {
        self.last_generation += 1;
        self.last_generation
    }

    fn with_current(&mut self, change: impl FnOnce(&mut Current)) {
        if let Some(current) = self.active_mut() {
            change(current);
        }
    }

    fn open(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        let generation = self.next_generation();
        self.listing = Some(generation);
        self.jobs.list(generation, paths, self.importing.is_some());
    }

    fn show_rows(&mut self, rows: Range<usize>) {
        let rows = rows.start.saturating_sub(ROWS_AHEAD)..(rows.end + ROWS_AHEAD).min(self.review.shown().len());
        let places = self.review.shown().get(rows).unwrap_or_default();
        let items: Vec<usize> = places.iter().filter_map(|place| Some(self.review.get(*place)?.item)).collect();
        if items == self.rows_shown {
            return;
        }
        self.forget_thumbnails(&items);
        self.rows_shown = items;
        self.ask_shown_thumbnails();
    }

    /// The small pictures of the shown rows, as far as they are not there.
    pub(super) fn ask_shown_thumbnails(&self) {
        let unknown = |index: &usize| {
            self.items.get(*index).is_some_and(|item| matches!(item.thumbnail, ThumbnailState::Unknown))
        };
        let wanted = self.rows_shown.iter().copied().filter(unknown).filter_map(|i| Some((i, self.files(i)?)));
        self.jobs.thumbnails(self.items.generation, wanted);
    }

    fn forget_thumbnails(&mut self, keep: &[usize]) {
        let ready = |thumbnail: &ThumbnailState| matches!(thumbnail, ThumbnailState::Ready(_));
        if self.items.all().iter().filter(|item| ready(&item.thumbnail)).count() <= MOST_THUMBNAILS {
            return;
        }
        for (index, item) in self.items.iter_mut().enumerate() {
            if ready(&item.thumbnail) && !keep.contains(&index) {
                item.thumbnail = ThumbnailState::Unknown;
            }
        }
    }

    pub(super) fn forget_rows(&mut self) {
        self.rows_shown.clear();
    }

    /// In use at once; but while another export is being set up, that one is not left without a word.
    fn open_model(&mut self, path: PathBuf) {
        if let Some(importing) = self.importing.as_mut().filter(|importing| importing.path != path) {
            importing.offered = Some(path);
            return;
        }
        self.load_model(path);
        self.offers_import = Some(self.model_generation);
    }

    fn load_model(&mut self, path: PathBuf) {
        self.model_generation = self.next_generation();
        self.stop_batch();
        self.model = ModelState::Loading { path: path.clone() };
        for item in self.items.iter_mut() {
            Pane::ALL.into_iter().for_each(|pane| item.forget(pane));
        }
        for current in self.views.iter_mut() {
            current.prediction = super::PredictionState::None;
            current.prediction_request = None;
        }
        self.forget_heatmaps();
        // Which also forgets the model that is compared.
        self.review.compared = None;
        self.jobs.load_model(self.model_generation, path);
    }

    /// The files of item `index`.
    pub(super) fn files(&self, index: usize) -> Option<Arc<[PathBuf]>> {
        self.items.get(index).map(|item| item.files.clone())
    }
}
