//! `metadata.json` as it is written: every field optional, unknown ones kept. `docs/MANIFEST.md` describes it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::EngineError;
use super::golden::{self, GoldenEntry};
use super::json_words::json_fault;
use super::volume::InputSelection;
use crate::onnx::Layout;
use crate::preprocess::{Step, VolumeStep};

/// A file beyond this size is no manifest.
const MAX_BYTES: u64 = 8 << 20;

/// The whole file. Descriptive fields use MONAI's names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MetadataFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intended_use: Option<String>,
    /// Lower-case hexadecimal sha256 of `model.onnx`; where given it must be the model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_data_format: Option<NetworkDataFormat>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocess: Option<Vec<Step>>,
    /// Steps of a network that takes volumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocess_volume: Option<Vec<VolumeStep>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_selection: Option<InputSelection>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explain: Option<Explain>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<TiedToModel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<TiedToModel>,
    #[serde(default, deserialize_with = "golden::entries", skip_serializing_if = "Vec::is_empty")]
    pub golden_cases: Vec<GoldenEntry>,
    /// `authors`, `references`, `data_source`, `changelog` and everything else.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// MONAI's `network_data_format`. The first input and the first output count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkDataFormat {
    #[serde(default)]
    pub inputs: BTreeMap<String, InputFormat>,
    #[serde(default)]
    pub outputs: BTreeMap<String, OutputFormat>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InputFormat {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub num_channels: Option<usize>,
    /// `[rows, cols]`, or `[depth, rows, cols]` of volumes; MONAI writes `"*"` or a formula for an open axis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spatial_shape: Option<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dtype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OutputFormat {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OutputKind>,
    /// Index (as text) to class name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_def: Option<BTreeMap<String, String>>,
    /// The class that a single threshold or the combination of slices looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub positive_class: Option<String>,
    /// True where the classes are grades in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<bool>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What the numbers of the output are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputKind {
    /// Before softmax (or, for one output, before the sigmoid).
    Logits,
    /// One probability per class, summing to 1.
    #[serde(alias = "probabilities")]
    Softmax,
    /// One probability: that of class 1 of two; or one independent probability per class.
    Sigmoid,
}

impl std::fmt::Display for OutputKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Logits => "logits",
            Self::Softmax => "softmax",
            Self::Sigmoid => "sigmoid",
        })
    }
}

/// Names of tensors for heatmaps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explain {
    /// The feature map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The tensor before softmax or sigmoid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logits: Option<String>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Numbers that hold for one model file only: thresholds by class name, or a calibration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TiedToModel {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_sha256: Option<String>,
    #[serde(flatten)]
    pub values: Map<String, Value>,
}

impl MetadataFile {
    /// Parses the text of a `metadata.json`.
    ///
    /// # Errors
    /// A sentence with the line, for the manifest error of the model.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A byte-order mark is what some editors leave.
        let text = text.trim_start_matches('\u{feff}');
        let reads = |whole: &Value| Self::deserialize(whole).is_ok();
        serde_json::from_str(text).map_err(|error| json_fault(text, &error, &reads))
    }

    /// Reads the file at `path`.
    pub(super) fn read(path: &Path) -> Result<Self, EngineError> {
        let read = |source| EngineError::Read { path: path.to_owned(), source };
        let unusable = |what: String| EngineError::Manifest { path: path.to_owned(), what };
        if std::fs::metadata(path).map_err(read)?.len() > MAX_BYTES {
            return Err(unusable("it is too large for a manifest.".to_owned()));
        }
        let text = String::from_utf8(std::fs::read(path).map_err(read)?)
            .map_err(|_| unusable("it is not UTF-8 text. Save it as UTF-8.".to_owned()))?;
        Self::parse(&text).map_err(unusable)
    }

    pub(super) fn input(&self) -> Option<&InputFormat> {
        let inputs = &self.network_data_format.as_ref()?.inputs;
        inputs.get("image").or_else(|| inputs.values().next())
    }

    /// The sizes of pictures read as [columns, rows].
    pub(super) fn with_sides_swapped(mut self) -> Self {
        let inputs = self.network_data_format.iter_mut().flat_map(|format| format.inputs.values_mut());
        for shape in inputs.filter_map(|input| input.spatial_shape.as_mut()) {
            shape.reverse();
        }
        self
    }

    pub(super) fn output(&self) -> Option<&OutputFormat> {
        let outputs = &self.network_data_format.as_ref()?.outputs;
        outputs.get("pred").or_else(|| outputs.values().next())
    }

    /// Names under `outputs`: one of them may be the graph's own.
    pub(super) fn output_names(&self) -> impl Iterator<Item = &String> {
        self.network_data_format.iter().flat_map(|format| format.outputs.keys())
    }
}

/// JSON schema of `metadata.json` (draft 2020-12).
pub fn manifest_schema() -> &'static str {
    include_str!("manifest.schema.json")
}
