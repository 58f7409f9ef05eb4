//! What a person can ask for.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::{
    HeatmapQuestion, HeatmapStyle, ImportWish, Layout, Link, Notice, OperatingPoint, Pane, Severity, Shape, Tool,
    Turning, ValueWindow, ViewTransform,
};
use crate::render::{ColorMap, Plane};
use crate::report::Language;
use crate::review::folder::Opinion;
use crate::review::{Order, Show};
use crate::scan::Window;

/// A wish. [`AppState::apply`](super::AppState::apply) fulfils it or starts the job that will.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Files and folders, scans and models alike: scans replace the list, a model (an .onnx, or a folder with a
    /// `model.onnx`) is loaded.
    Open(Vec<PathBuf>),
    /// Item `index` of the list, into the active view.
    Select(usize),
    /// A file, of the list or not, into the view after the active one.
    OpenBeside(Arc<[PathBuf]>),
    /// Frame `index`, counted from 0.
    GoToFrame(usize),
    /// This many frames on, negative back.
    StepFrame(isize),
    /// Pointer drag in screen points: right widens the window, down raises its centre.
    DragWindow {
        dx: f32,
        dy: f32,
    },
    /// The header's window `n`, counted from 0.
    HeaderWindow(usize),
    /// The next of the header's windows, after the last one the automatic window.
    NextWindow,
    /// The header's VOI LUT `n`, counted from 0.
    VoiLut(usize),
    /// A window from the shown frame's own values.
    ValueWindow(ValueWindow),
    /// A window that readers know by name.
    PresetWindow(Window),
    /// Back to the window the scan opened with.
    ResetWindow,
    ToggleInvert,
    /// Colours for grey levels.
    SetColors(ColorMap),
    ToggleSmooth,
    SetView(ViewTransform),
    /// Turns or mirrors the picture on the screen.
    Turn(Turning),
    /// As the scan opened: upright, fitted, its first window, not inverted.
    ResetPicture,
    /// What a drag on the picture does.
    SetTool(Tool),
    /// A length, an angle or a region on the shown slice.
    Measure(Shape),
    /// All marks of the scan in the active view go.
    ForgetMeasures,
    /// Takes back the last change of the active view's marks.
    Undo,
    Redo,
    /// A plane through the volume in the active view; `None` for the frames as they are stored.
    SetPlane(Option<Plane>),
    /// Item `index` of the list over the active view's slices; `None` takes it away.
    Fuse(Option<usize>),
    SetFusionLook {
        opacity: f32,
        colors: ColorMap,
    },
    /// The crosshair at a point of the active view's slice, in picture coordinates.
    PlaceCrosshair {
        x: f64,
        y: f64,
    },
    /// View `view`, counted from 0, is the one that is acted on.
    Activate(usize),
    SetLayout(Layout),
    ToggleLink(Link),
    /// Bytes that decoded pictures may take, half of them for volumes.
    SetMemory(usize),
    /// Play the slices, or stop.
    TogglePlay,
    /// The next slice, after the last one the first.
    NextFrameAround,
    /// Show or hide the attributes that identify a person.
    ToggleIdentity,
    LoadModel(PathBuf),
    /// The same, and where nobody has set the model up yet, the import page opens.
    OpenModel(PathBuf),
    Import(ImportWish),
    /// Predict the slice on the screen instead of the slices the manifest chooses.
    PredictShownSlice,
    /// Back to the manifest's choice of slices.
    PredictChosenSlices,
    /// Whether the predicted class stays under small changes of the picture.
    CheckStability,
    CancelStability,
    /// Show or hide where the score came from.
    ToggleHeatmap,
    /// Two heatmaps of the slice side by side, or one; switches heatmaps on.
    ToggleCompare,
    /// Class, layer and method of one pane's heatmap.
    SetHeatmapQuestion {
        pane: Pane,
        question: HeatmapQuestion,
    },
    SetHeatmapStyle(HeatmapStyle),
    /// Back to Grad-CAM, where a method takes too long.
    CancelHeatmap(Pane),
    /// A second model for the second pane, or the same one again; switches the comparison on.
    CompareWithModel(Option<PathBuf>),
    /// Check a pane's heatmap: deletion and insertion, scrambled weights, other methods.
    MeasureTrust(Pane),
    CancelTrust,
    /// Which cases of the list are shown.
    Filter(Show),
    /// Only cases with these words in their path, classes or note.
    Search(String),
    Sort(Order),
    /// The case at this place of the list.
    SelectCase(usize),
    /// This many shown cases on, negative back.
    StepCase(isize),
    /// The next shown case of a kind, around the end.
    NextCase {
        show: Show,
        forward: bool,
    },
    /// The reader's operating point; `None` is the manifest's.
    SetThreshold(Option<OperatingPoint>),
    /// The reader's opinion of the selected case; the same again takes it back.
    Decide(Opinion),
    ToggleFlag,
    /// About the case with this key.
    Note {
        key: String,
        text: String,
    },
    /// The reader's own reference label, a class index.
    SetLabel(Option<usize>),
    /// Reference labels from a table; `None` takes the folders' names.
    UseLabels(Option<PathBuf>),
    /// Look for the list's pictures in the training data below this folder.
    FindLeaks(PathBuf),
    StopLeaks,
    /// The report of the list, written into a folder.
    Export {
        out: PathBuf,
        language: Language,
    },
    /// The whole list through the model that the first is compared with, or no longer.
    CompareList(bool),
    /// Predict the items that have no prediction yet, in the background.
    PredictRest,
    CancelRest,
    /// Read and predict every file again that failed.
    RetryFailed,
    /// Fetch ONNX Runtime.
    InstallRuntime,
    /// Which of the shown cases are on the screen: their thumbnails are wanted.
    ShowRows(Range<usize>),
    Notify {
        severity: Severity,
        notice: Notice,
    },
    DismissToast(u64),
}
