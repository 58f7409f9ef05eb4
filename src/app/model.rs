//! What the window shows of a model, of the engine that runs it, and of a prediction.

use std::path::PathBuf;
use std::sync::Arc;

use super::Problem;
use crate::engine::runtime::InstallProgress;
use crate::engine::{Combine, EngineKind, Inference, Origin, OutputKind, Provider, ScoreRule, SliceChoice, SliceFiles};
use crate::onnx::Layout;
use crate::render::Thumbnail;
use crate::review::SourceFacts;
use crate::review::folder::RunFacts;
use crate::review::golden::{Checked, Compared, GoldenResult, Place};
use crate::review::reference::Known;

/// What a model takes and gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// How many, and their names where somebody named them.
    Classes {
        count: usize,
        names: Option<Vec<String>>,
    },
    /// Pixels, `None` where any size goes in.
    Input {
        /// Of a network that takes volumes.
        depth: Option<usize>,
        cols: Option<usize>,
        rows: Option<usize>,
        channels: usize,
        layout: Layout,
    },
    Output(OutputKind),
    /// Which slices of a volume, and how their results become one; one of the two is there.
    Slices {
        slices: Option<SliceChoice>,
        combine: Option<Combine>,
    },
}

/// A fact and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub fact: Fact,
    pub origin: Origin,
    /// The file it was read from, or the reason for the guess.
    pub from: String,
}

/// One preprocessing step as the manifest asks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct StepFacts {
    /// As the manifest writes it, e.g. `resize`.
    pub name: String,
    /// Names and values.
    pub parameters: Vec<(String, String)>,
    pub origin: Origin,
    /// The file it was read from, or the reason for the guess.
    pub from: String,
}

/// What became of the model's golden cases on the engine that runs. They run after the first prediction, so that loading
/// stays quick.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Golden {
    /// The manifest states none.
    #[default]
    None,
    Waiting {
        cases: usize,
    },
    Checked {
        passed: usize,
        cases: usize,
        /// How many of them are pictures; the others are prepared arrays.
        pictures: usize,
        /// How many hold the program's own numbers instead of the framework's.
        own: usize,
        /// `None` where both kinds of numbers were compared.
        compared: Option<Compared>,
        /// Of a number, over the cases that ran.
        largest_difference: Option<f32>,
        /// Where the first case that failed differs, where its stored arrays tell.
        place: Option<Place>,
        /// Why the first case failed, or what to doubt of one that passed, in English.
        problem: Option<String>,
    },
}

impl Golden {
    /// The results of some cases in one.
    pub fn of(results: &[GoldenResult]) -> Self {
        let differences = results.iter().filter_map(|result| result.largest_difference);
        let count = |wanted: fn(&GoldenResult) -> bool| results.iter().filter(|result| wanted(result)).count();
        let first = results.first().map(|result| result.compared);
        let failed = results.iter().find(|result| !result.passed);
        let of = |result: &GoldenResult, words: String| format!("{}: {words}", result.title());
        let doubt = results.iter().find_map(|result| Some(of(result, result.doubt()?)));
        Self::Checked {
            passed: count(|result| result.passed),
            cases: results.len(),
            pictures: count(|result| result.checked == Checked::Pictures),
            own: count(|result| result.own),
            compared: first.filter(|first| results.iter().all(|result| result.compared == *first)),
            largest_difference: differences
                .fold(None, |worst: Option<f32>, found| Some(worst.unwrap_or(0.0).max(found))),
            place: failed.and_then(|result| result.place),
            problem: failed.and_then(|result| Some(of(result, result.reason()?))).or(doubt),
        }
    }
}

/// The model's own words and numbers.
#[derive(Clone, Debug, Default)]
pub struct ModelFacts {
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    pub intended_use: Option<String>,
    /// The folder or the .onnx.
    pub path: PathBuf,
    /// True where there is no `metadata.json`: nobody has set the model up yet.
    pub is_bare: bool,
    /// How its output becomes scores.
    pub rule: Option<ScoreRule>,
    /// Of the .onnx, lower-case hex.
    pub sha256: String,
    pub class_names: Vec<String>,
    /// False where nobody named the classes, and their names are only numbers.
    pub classes_are_named: bool,
    /// Per class, where the manifest states one.
    pub thresholds: Vec<Option<f32>>,
    /// True where the manifest states a calibration made for this file: then scores are probabilities.
    pub calibrated: bool,
    pub golden: Golden,
    /// Input, output, slices…
    pub facts: Vec<Parameter>,
    pub steps: Vec<StepFacts>,
    /// The README beside the model.
    pub card: Option<String>,
    /// Modalities and body parts that its manifest states.
    pub modality: Vec<String>,
    pub body_part: Vec<String>,
    /// Sentences about what was imported or assumed.
    pub remarks: Vec<String>,
    /// True where the network takes whole volumes: every slice shows its part of one map, none is predicted alone.
    pub takes_volumes: bool,
    /// How files are named that hold one slice of a case each: these come together in the list.
    pub slice_files: Option<SliceFiles>,
}

impl ModelFacts {
    /// A class's name, where it has one.
    pub fn class_name(&self, index: usize) -> Option<&str> {
        self.class_names.get(index).map(String::as_str).filter(|_| self.classes_are_named)
    }
}

/// What runs the model.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineFacts {
    pub kind: EngineKind,
    /// `1.31.1`; of the embedded engine with its name: `tract 0.23`.
    pub version: String,
    pub provider: Provider,
    /// Why not CUDA, why the embedded engine…
    pub remark: Option<String>,
}

/// The model's state.
#[derive(Clone, Debug, Default)]
pub enum ModelState {
    #[default]
    None,
    Loading {
        path: PathBuf,
    },
    Ready {
        facts: Arc<ModelFacts>,
        engine: Arc<EngineFacts>,
        /// What a review writes down of both.
        run: Arc<RunFacts>,
    },
    Failed {
        path: PathBuf,
        problem: Problem,
    },
}

impl ModelState {
    pub fn facts(&self) -> Option<&Arc<ModelFacts>> {
        match self {
            Self::Ready { facts, .. } => Some(facts),
            _ => None,
        }
    }

    pub fn run(&self) -> Option<&Arc<RunFacts>> {
        match self {
            Self::Ready { run, .. } => Some(run),
            _ => None,
        }
    }

    pub fn engine(&self) -> Option<&Arc<EngineFacts>> {
        match self {
            Self::Ready { engine, .. } => Some(engine),
            _ => None,
        }
    }
}

/// One step as it was applied to the scan on the screen.
#[derive(Clone, Debug)]
pub struct SeenStep {
    /// As the manifest writes it, e.g. `resize`; `None` for the picture as it was read.
    pub name: Option<&'static str>,
    /// `cols × rows × channels` after the step; of a volume `depth × rows × cols`.
    pub shape: String,
    pub eight_bit: bool,
    /// What the step found in this frame, e.g. the window it used.
    pub remark: Option<String>,
    pub picture: Option<Thumbnail>,
    /// Lowest and highest value after the step; of a volume those of the slice that is shown.
    pub range: Option<(f32, f32)>,
    /// True for a volume.
    pub is_slice: bool,
}

/// The values of one channel of what the model was fed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FedChannel {
    pub low: f32,
    pub mean: f32,
    pub high: f32,
}

/// A volume that a network was fed.
#[derive(Clone, Debug)]
pub struct FedVolume {
    /// Depth, rows, columns.
    pub shape: [usize; 3],
    /// The slice in the middle of each axis; the other two run down and across it in their order.
    pub slices: [Option<Thumbnail>; 3],
    /// The sides of the patient that the axes run to, e.g. `RAS`; `None` where they are as stored.
    pub axes: Option<String>,
}

/// A model's answer about one item.
#[derive(Clone, Debug)]
pub struct Prediction {
    pub inference: Inference,
    /// Hash and identifiers of the files.
    pub source: SourceFacts,
    /// Frames that went in, counted from 0.
    pub frames: Vec<usize>,
    /// The picture before the first step and after each one, of one of the frames; empty for background predictions.
    pub seen: Vec<SeenStep>,
    /// The frame that `seen` shows.
    pub seen_frame: usize,
    /// What the model was fed of that frame, channel by channel.
    pub fed: Vec<FedChannel>,
    /// Of a network of volumes.
    pub volume: Option<FedVolume>,
    /// What it said of each of `frames`, before they were combined.
    pub parts: Vec<Inference>,
    /// Preprocessing's doubts about the values.
    pub warnings: Vec<String>,
    /// How far it lies from what the model has seen, where the model has a reference.
    pub known: Option<KnownCase>,
    /// What was assumed about slices.
    pub remarks: Vec<String>,
    /// Cases that the manifest makes of the scan; of several, this is the middle one.
    pub cases: usize,
    /// Preprocessing and inference together.
    pub total_ms: f64,
}

/// What the model's reference says of a case, and where its nearest cases lie.
#[derive(Clone, Debug)]
pub struct KnownCase {
    pub known: Known,
    /// Of each of the nearest, where its files are still there.
    pub files: Vec<Option<Arc<[PathBuf]>>>,
    /// Of each of the nearest, where the reference holds it.
    pub sha256: Vec<Option<String>>,
    /// Cases of the reference.
    pub cases: usize,
}

/// How far the prediction of the item on the screen is.
#[derive(Clone, Debug, Default)]
pub enum PredictionState {
    /// No model, or nothing to predict.
    #[default]
    None,
    Running,
    Done(Arc<Prediction>),
    Failed(Problem),
}

/// Fetching ONNX Runtime.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InstallState {
    #[default]
    Idle,
    /// Asked for.
    Starting,
    Running(InstallProgress),
    Done {
        version: String,
    },
    Failed(Problem),
}
