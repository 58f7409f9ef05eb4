//! What the jobs report back.

use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::{OpenedComparison, OpenedReview};
use super::{
    Decoded, EngineFacts, Fused, Golden, Heatmap, HeatmapRequest, ImportEvent, LeakFinding, ModelFacts, Numbers, Pane,
    PlanePicture, Prediction, Problem, StabilityRequest, Trust, TrustProgress, ValueWindow,
};
use crate::engine::runtime::InstallProgress;
use crate::render::{Plane, RoiStats, Thumbnail};
use crate::review::Case;
use crate::review::folder::RunFacts;
use crate::review::record::Recorder;
use crate::review::stability::Stability;
use crate::scan::{Scan, Window};

/// A job's result or progress. `generation` is that of the request; an old one is dropped.
#[derive(Debug)]
pub enum Event {
    /// What a list of paths holds.
    Listed {
        generation: u64,
        /// One entry per case: a file alone, or the files of one series in order.
        cases: Vec<Vec<PathBuf>>,
        /// Models among the paths.
        models: Vec<PathBuf>,
        /// A file of class names that came with the one model, or for the one that is set up.
        names: Option<PathBuf>,
        /// Paths that could not be listed.
        problems: Vec<Problem>,
        /// The scans' paths as they were given: folders, files.
        roots: Vec<PathBuf>,
        /// The folder of an earlier review among the paths: its scans and its model are listed.
        review: Option<PathBuf>,
    },
    /// The current item's header, or why it does not open.
    Opened {
        generation: u64,
        result: Result<Scan, Problem>,
    },
    /// A frame of the current item.
    FrameReady {
        generation: u64,
        index: usize,
        result: Result<Decoded, Problem>,
    },
    /// A slice of a plane, or why there are none.
    PlaneReady {
        generation: u64,
        plane: Plane,
        result: Result<Box<PlanePicture>, Problem>,
    },
    /// Another scan's values on a slice, or why they do not lie there.
    Fused {
        generation: u64,
        files: Arc<[PathBuf]>,
        result: Result<Arc<Fused>, Problem>,
    },
    /// How many frames of a scan's volume are decoded.
    VolumeProgress {
        /// The scan's.
        scan: PathBuf,
        done: usize,
        total: usize,
    },
    /// A window from a slice's values.
    WindowReady {
        generation: u64,
        from: ValueWindow,
        window: Window,
    },
    /// What a region holds; `None` where no finite value lies inside.
    RegionReady {
        generation: u64,
        mark: u64,
        stats: Option<RoiStats>,
    },
    /// An item's small picture; `None` where it cannot be opened.
    ThumbnailReady {
        list: u64,
        item: usize,
        thumbnail: Option<Arc<Thumbnail>>,
    },
    /// The small picture of a reference case; `None` where it cannot be opened.
    NearPictureReady {
        file: PathBuf,
        thumbnail: Option<Arc<Thumbnail>>,
    },
    /// A model is ready to predict, or why not.
    ModelLoaded {
        generation: u64,
        path: PathBuf,
        result: Result<Box<(ModelFacts, EngineFacts, RunFacts)>, Problem>,
    },
    /// The model's golden cases were run.
    GoldenChecked {
        model: u64,
        golden: Golden,
    },
    /// The prediction of the item on the screen.
    Predicted {
        model: u64,
        list: u64,
        item: usize,
        request: u64,
        result: Result<Box<Prediction>, Problem>,
    },
    /// Of this many small changes of the picture so many are predicted.
    StabilityProgress {
        request: StabilityRequest,
        done: usize,
        total: usize,
    },
    /// How stable the prediction is, or the sentence why that is not known.
    StabilityReady {
        request: StabilityRequest,
        result: Result<Arc<Stability>, String>,
    },
    /// One case of a batch: an item, or one of its slices.
    Answered {
        generation: u64,
        pane: Pane,
        item: usize,
        case: Box<Case>,
    },
    /// A batch is through, or was stopped, or why it could not start.
    BatchEnded {
        generation: u64,
        pane: Pane,
        result: Result<(), Problem>,
    },
    /// How many of the changed pictures that a heatmap needs are scored.
    HeatmapProgress {
        pane: Pane,
        request: HeatmapRequest,
        done: usize,
        total: usize,
    },
    TrustProgress {
        pane: Pane,
        request: HeatmapRequest,
        progress: TrustProgress,
    },
    /// A pane's checks; `Ok(None)` where they were cancelled.
    TrustReady {
        pane: Pane,
        request: HeatmapRequest,
        result: Result<Option<Arc<Trust>>, String>,
    },
    /// A pane's heatmap, or why there is none.
    HeatmapReady {
        pane: Pane,
        request: HeatmapRequest,
        result: Result<Arc<Heatmap>, String>,
    },
    /// The folder of the list's review.
    ReviewOpened {
        generation: u64,
        review: Box<OpenedReview>,
    },
    /// A second model is ready to be asked about the list, or why not; what it is and runs on.
    SecondModelReady {
        generation: u64,
        result: Result<Box<RunFacts>, Problem>,
    },
    /// The folder of a second model's answers, or why there is none.
    ComparisonOpened {
        batch: u64,
        result: Result<OpenedComparison, Problem>,
    },
    /// Other reference labels.
    Labelled {
        generation: u64,
        table: Option<PathBuf>,
        result: Result<Arc<Recorder>, Problem>,
    },
    /// A result or a decision could not be written.
    NotKept(Problem),
    NumbersReady {
        generation: u64,
        /// `None` where no answered case has a label.
        numbers: Option<Arc<Numbers>>,
    },
    LeakProgress {
        /// Files are read first.
        comparing: bool,
        done: usize,
        total: usize,
    },
    /// `None` where the search was stopped.
    LeaksReady {
        list: u64,
        result: Result<Box<LeakFinding>, Option<Problem>>,
    },
    /// Pictures of the report that are written.
    ExportProgress {
        done: usize,
        total: usize,
    },
    /// The folder.
    Exported(Result<PathBuf, Problem>),
    Import(ImportEvent),
    InstallProgress(InstallProgress),
    /// The version.
    Installed(Result<String, Problem>),
    /// A job broke; the worker goes on.
    JobPanicked {
        worker: &'static str,
        what: String,
    },
}
