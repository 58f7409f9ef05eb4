//! What a model needs besides its graph, each value with where it comes from.

use serde::Serialize;
use serde_json::Value;

use super::assumed::Hints;
use super::golden::GoldenEntry;
use super::imported::Imported;
use super::metadata_file::{Explain, MetadataFile, OutputKind};
use super::volume::InputSelection;
use crate::onnx::{Activation, Layout};
use crate::preprocess::{Step, VolumeStep};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// `metadata.json`, or the graph itself.
    Declared,
    /// Another tool's file or metadata inside the model.
    Imported,
    /// A guess of this program: shown in amber.
    Assumed,
}

/// A value and its origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: Origin,
    /// The file, or the reason for a guess.
    pub from: String,
}

impl<T> Sourced<T> {
    pub fn declared(value: T, from: impl Into<String>) -> Self {
        Self { value, origin: Origin::Declared, from: from.into() }
    }

    pub fn imported(value: T, from: impl Into<String>) -> Self {
        Self { value, origin: Origin::Imported, from: from.into() }
    }

    pub fn assumed(value: T, why: impl Into<String>) -> Self {
        Self { value, origin: Origin::Assumed, from: why.into() }
    }
}

/// For each step why it is assumed, `None` for one that is known; `None` where all are known.
pub(super) fn assumed_marks<T>(steps: &[Sourced<T>]) -> Option<Vec<Option<&str>>> {
    let marks: Vec<Option<&str>> =
        steps.iter().map(|step| (step.origin == Origin::Assumed).then_some(step.from.as_str())).collect();
    Some(marks).filter(|marks| marks.iter().any(Option::is_some))
}

/// The manifest as the program uses it: every question answered, every answer with its origin.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Manifest {
    pub name: Sourced<String>,
    pub version: Option<Sourced<String>>,
    pub description: Option<Sourced<String>>,
    pub intended_use: Option<Sourced<String>>,
    pub layout: Sourced<Layout>,
    /// Depth of the input, of a network that takes volumes; `None` for pictures, and where any size goes.
    pub depth: Option<Sourced<usize>>,
    /// Rows of the input; `None` where any size goes.
    pub rows: Option<Sourced<usize>>,
    /// Columns of the input; `None` where any size goes.
    pub cols: Option<Sourced<usize>>,
    /// 1 or 3.
    pub channels: Sourced<usize>,
    /// Element type of the graph's input, numpy's name; float32 is fed either way.
    pub dtype: &'static str,
    pub output_kind: Sourced<OutputKind>,
    pub class_names: Sourced<Vec<String>>,
    /// Index of the class that thresholds and the combination of slices look at.
    pub positive_class: Option<Sourced<usize>>,
    /// True where the classes are grades in their order.
    pub ordinal: bool,
    pub preprocess: Vec<Sourced<Step>>,
    /// The steps of a volume; empty for pictures.
    pub preprocess_volume: Vec<Sourced<VolumeStep>>,
    pub input_selection: Option<Sourced<InputSelection>>,
    pub explain: Explain,
    /// Operating points by class index, valid for this very model file.
    pub thresholds: Vec<(usize, f32)>,
    /// Divides logits; valid for this very model file.
    pub temperature: Option<f32>,
    pub golden_cases: Vec<GoldenEntry>,
    /// Sentences about what was imported, ignored or assumed.
    pub remarks: Vec<String>,
    /// The file as written (empty where there is none), unknown fields included.
    pub file: MetadataFile,
    /// True where the steps are this program's guess, and no file tells any of them.
    #[serde(skip)]
    pub(super) guesses_steps: bool,
    /// [`preprocess`](Self::preprocess) without origins.
    #[serde(skip)]
    pub(super) steps: Vec<Step>,
    /// [`preprocess_volume`](Self::preprocess_volume) without origins.
    #[serde(skip)]
    pub(super) volume_steps: Vec<VolumeStep>,
}

impl Manifest {
    /// The preprocessing steps in their order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps of a volume in their order.
    pub fn volume_steps(&self) -> &[VolumeStep] {
        &self.volume_steps
    }

    /// `spatial_shape` as it is written: `[rows, cols]` or `[depth, rows, cols]`, where all are known.
    pub fn spatial_shape(&self) -> Option<Vec<Value>> {
        let depth = if self.layout.value.is_volume() { Some(self.depth.as_ref()?.value) } else { None };
        let sides = [self.rows.as_ref()?.value, self.cols.as_ref()?.value];
        Some(depth.into_iter().chain(sides).map(Value::from).collect())
    }

    /// True where every value was declared.
    pub fn is_fully_declared(&self) -> bool {
        let origins = [self.layout.origin, self.channels.origin, self.output_kind.origin, self.class_names.origin];
        let steps = self.preprocess.iter().map(|step| step.origin);
        let volume_steps = self.preprocess_volume.iter().map(|step| step.origin);
        origins.into_iter().chain(steps).chain(volume_steps).all(|o| o == Origin::Declared)
    }

    /// For each step of a file why it is assumed, `None` for one that is known; `None` where all are known.
    pub(super) fn assumed_steps(&self) -> Option<Vec<Option<&str>>> {
        let marks = assumed_marks(&self.preprocess).or_else(|| assumed_marks(&self.preprocess_volume));
        marks.filter(|_| !self.guesses_steps)
    }

    /// A `metadata.json` that says everything this manifest says: what a form would save. Guesses become statements.
    pub fn to_file(&self) -> MetadataFile {
        super::saved::to_file(self)
    }
}

/// What the graph alone says about the model's input and output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GraphFacts {
    pub input_name: String,
    pub layout: Layout,
    pub layout_reason: String,
    /// Of a network that takes volumes.
    pub depth: Option<usize>,
    pub rows: Option<usize>,
    pub cols: Option<usize>,
    pub channels: Option<usize>,
    /// Element type of the input, numpy's name.
    pub dtype: &'static str,
    pub output_name: String,
    pub activation: Activation,
    pub last_op: String,
    /// Values per picture in the output.
    pub values: Option<usize>,
    /// What an assumption about the preprocessing may rest on.
    pub hints: Hints,
}

/// Everything a manifest is made from.
pub(super) struct Sources<'a> {
    pub folder_name: String,
    pub graph: &'a GraphFacts,
    /// `None` for a bare .onnx.
    pub file: Option<MetadataFile>,
    pub imported: Imported,
}
