//! The state and the commands that change it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::toast::Toasts;
use super::{Chip, Command, Current, Heatmaps, InstallState, Item, Items, Jobs, ModelState, Toast};
use crate::app::items::ThumbnailState;
use crate::review::truth_from_folder;

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
}

impl Background {
    pub fn is_running(self) -> bool {
        self.done < self.total
    }
}

/// Everything the program knows. Only [`AppState::apply`] and the jobs' results change it.
pub struct AppState {
    pub(super) jobs: Jobs,
    pub(super) items: Items,
    pub(super) current: Option<Current>,
    pub(super) model: ModelState,
    pub(super) install: InstallState,
    pub(super) background: Background,
    pub(super) heatmaps: Heatmaps,
    pub(super) toasts: Toasts,
    /// Counts listings, current items, models and predictions.
    pub(super) last_generation: u64,
    pub(super) listing: Option<u64>,
    pub(super) model_generation: u64,
    /// Whether the whole list is to be predicted; a person's Cancel ends it.
    pub(super) rest_wanted: bool,
    rows_shown: Range<usize>,
    invert: bool,
    smooth: bool,
    show_identity: bool,
}

impl AppState {
    pub fn new(jobs: Jobs) -> Self {
        Self {
            jobs,
            items: Items::default(),
            current: None,
            model: ModelState::None,
            install: InstallState::Idle,
            background: Background::default(),
            heatmaps: Heatmaps::default(),
            toasts: Toasts::default(),
            last_generation: 0,
            listing: None,
            model_generation: 0,
            rest_wanted: false,
            rows_shown: 0..0,
            invert: false,
            smooth: true,
            show_identity: false,
        }
    }

    pub fn items(&self) -> &Items {
        &self.items
    }

    /// The selected item, opened; `None` while nothing is selected.
    pub fn current(&self) -> Option<&Current> {
        self.current.as_ref()
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

    /// Class index that an item's folder states, where the model knows such a class.
    pub fn truth(&self, item: &Item) -> Option<usize> {
        truth_from_folder(item.path(), &self.model.facts()?.class_names)
    }

    /// True while paths are being listed.
    pub fn is_listing(&self) -> bool {
        self.listing.is_some()
    }

    /// The reader's own inversion, beside the file's polarity.
    pub fn invert(&self) -> bool {
        self.invert
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
        self.ask_heatmaps();
    }

    fn fulfil(&mut self, command: Command) {
        match command {
            Command::Open(paths) => self.open(paths),
            Command::Select(index) => self.select(index),
            Command::SelectStep(by) => {
                let last = self.items.len().saturating_sub(1);
                let next = self.items.selected().map_or(0, |index| index.saturating_add_signed(by)).min(last);
                self.select(next);
            }
            Command::GoToFrame(index) => self.go_to_frame(index),
            Command::StepFrame(by) => {
                if let Some(current) = &self.current {
                    self.go_to_frame(current.wanted_frame.saturating_add_signed(by));
                }
            }
            Command::DragWindow { dx, dy } => self.with_current(|current| current.drag_window(dx, dy)),
            Command::HeaderWindow(n) => self.with_current(|current| current.header_window(n)),
            Command::NextWindow => self.with_current(Current::next_window),
            Command::AutoWindow => self.with_current(Current::auto_window),
            Command::PresetWindow(window) => self.with_current(|current| current.preset_window(window)),
            Command::ResetWindow => self.with_current(Current::reset_window),
            Command::ToggleInvert => self.invert = !self.invert,
            Command::ToggleSmooth => self.smooth = !self.smooth,
            Command::SetView(view) => self.with_current(|current| current.view = view),
            Command::Turn(turning) => self.with_current(|current| current.turn = turning.of(current.turn)),
            Command::ResetPicture => {
                self.invert = false;
                self.with_current(Current::reset);
            }
            Command::Measure(ruler) => self.with_current(|current| current.measure(ruler)),
            Command::ForgetMeasures => self.with_current(|current| current.rulers.clear()),
            Command::TogglePlay => {
                self.with_current(|current| current.playing = !current.playing && current.frames() > 1)
            }
            Command::NextFrameAround => {
                if let Some(current) = &self.current {
                    let next = current.wanted_frame + 1;
                    self.go_to_frame(if next < current.frames() { next } else { 0 });
                }
            }
            Command::ToggleIdentity => self.show_identity = !self.show_identity,
            Command::LoadModel(path) => self.load_model(path),
            Command::PredictShownSlice => {
                let shown = self.current.as_ref().and_then(|c| c.shown.as_ref()).map(|shown| shown.index);
                if shown.is_some() {
                    self.with_current(|current| current.slice_override = shown);
                    self.predict_current();
                }
            }
            Command::PredictChosenSlices => {
                self.with_current(|current| current.slice_override = None);
                self.predict_current();
            }
            Command::ToggleHeatmap => self.toggle_heatmap(),
            Command::ToggleCompare => self.toggle_compare(),
            Command::SetHeatmapQuestion { pane, question } => self.set_heatmap_question(pane, question),
            Command::SetHeatmapStyle(style) => self.set_heatmap_style(style),
            Command::CancelHeatmap(pane) => self.cancel_heatmap(pane),
            Command::CompareWithModel(path) => self.compare_with_model(path),
            Command::MeasureTrust(pane) => self.measure_trust(pane),
            Command::CancelTrust => self.cancel_trust(),
            Command::PredictRest => self.predict_rest(),
            Command::CancelRest => {
                self.jobs.predict_later([]);
                self.background = Background::default();
                self.rest_wanted = false;
            }
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
        if let Some(current) = &mut self.current {
            change(current);
        }
    }

    fn open(&mut self, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        let generation = self.next_generation();
        self.listing = Some(generation);
        self.jobs.list(generation, paths);
    }

    pub(super) fn select(&mut self, index: usize) {
        if !self.items.select(index) {
            return;
        }
        let generation = self.next_generation();
        let Some(item) = self.items.get(index) else { return };
        self.jobs.open(generation, item.files.clone());
        self.current = Some(Current::new(index, generation));
        if self.rest_wanted {
            self.queue_rest();
        }
    }

    fn go_to_frame(&mut self, index: usize) {
        let Some(current) = &mut self.current else { return };
        let Some(scan) = current.scan.clone() else { return };
        let index = index.min(scan.frames.saturating_sub(1));
        if index == current.wanted_frame {
            return;
        }
        current.wanted_frame = index;
        self.jobs.frame(current.generation, scan, index);
    }

    fn show_rows(&mut self, rows: Range<usize>) {
        let rows = rows.start.saturating_sub(ROWS_AHEAD)..(rows.end + ROWS_AHEAD).min(self.items.len());
        if rows == self.rows_shown {
            return;
        }
        self.rows_shown = rows.clone();
        self.forget_thumbnails(&rows);
        let unknown = |index: &usize| {
            self.items.get(*index).is_some_and(|item| matches!(item.thumbnail, ThumbnailState::Unknown))
        };
        let wanted: Vec<_> = rows.filter(unknown).filter_map(|i| Some((i, self.items.get(i)?.files.clone()))).collect();
        self.jobs.thumbnails(self.items.generation, wanted);
    }

    fn forget_thumbnails(&mut self, keep: &Range<usize>) {
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
        self.rows_shown = 0..0;
    }

    fn load_model(&mut self, path: PathBuf) {
        self.model_generation = self.next_generation();
        self.background = Background::default();
        self.model = ModelState::Loading { path: path.clone() };
        for item in self.items.iter_mut() {
            item.chip = Chip::None;
        }
        self.with_current(|current| {
            current.prediction = super::PredictionState::None;
            current.prediction_request = None;
        });
        self.forget_heatmaps();
        self.jobs.load_model(self.model_generation, path);
    }

    /// The files of item `index`.
    pub(super) fn files(&self, index: usize) -> Option<Arc<[PathBuf]>> {
        self.items.get(index).map(|item| item.files.clone())
    }
}
