//! `run.json`: what ran, so that the same can be run again.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::time::now_utc;
use crate::engine::{EngineKind, Model, Session, SliceChoice, runtime};
use crate::review::reference::Reference;
use crate::review::source::sha256_hex;

/// A run: which model, on what, over which files, how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// Name and version of this program.
    pub program: String,
    /// UTC, RFC 3339.
    pub started: String,
    pub model: ModelFacts,
    pub engine: EngineFacts,
    /// The reviewed folders and files.
    pub roots: Vec<PathBuf>,
    pub options: RunOptions,
    /// Hash of what the model has seen (of its three files); `None` where it has no reference, or before these were noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_sha256: Option<String>,
}

/// The model of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFacts {
    pub name: String,
    #[serde(default)]
    pub version: Option<String>,
    pub path: PathBuf,
    /// Of the .onnx file.
    pub sha256: String,
    /// Of the metadata.json; `None` for a bare .onnx.
    #[serde(default)]
    pub manifest_sha256: Option<String>,
    /// Class names by index: what the indices in records mean.
    pub classes: Vec<String>,
    /// True where the classes are grades in their order.
    #[serde(default)]
    pub ordinal: bool,
    /// The preprocessing steps, as the manifest writes them.
    pub steps: Value,
    /// How outputs became scores and a class: kind, temperature, thresholds, slices.
    pub scoring: Value,
}

/// What the model ran on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineFacts {
    /// `onnxruntime` or `embedded`.
    pub engine: String,
    #[serde(default)]
    pub version: Option<String>,
    /// `cpu`, `cuda` or `cudaandcpu`.
    pub provider: String,
    /// Operating system and processor.
    pub system: String,
}

/// Choices of the person that change results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Whether the DICOM files of one series are one volume.
    #[serde(default)]
    pub series: bool,
    /// Overrides the manifest's choice of slices.
    #[serde(default)]
    pub slices: Option<SliceChoice>,
    /// Whether identifiers are written as they are.
    #[serde(default)]
    pub identify: bool,
}

impl RunFacts {
    /// The facts of a run that starts now.
    pub fn new(model: &Model, session: &Session, roots: &[PathBuf], options: RunOptions) -> Self {
        Self {
            program: concat!("overread ", env!("CARGO_PKG_VERSION")).to_owned(),
            started: now_utc(),
            model: ModelFacts::of(model),
            engine: EngineFacts::of(session),
            roots: roots.to_vec(),
            options,
            reference_sha256: None,
        }
    }

    /// With the reference that cases are compared with.
    #[must_use]
    pub fn with_reference(self, reference: Option<&Reference>) -> Self {
        Self { reference_sha256: reference.map(|reference| reference.sha256.clone()), ..self }
    }

    /// What would give other numbers in `other`, in words; `None` where one run can go on with the other's results.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let (a, b) = (&self.model, &other.model);
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        if a.sha256 != b.sha256 {
            return Some(format!("model {} {}, not {} {}", a.name, short(&a.sha256), b.name, short(&b.sha256)));
        }
        let differs = [
            ("other files or folders", self.roots != other.roots),
            ("other class names", a.classes != b.classes),
            ("other preprocessing steps", a.steps != b.steps),
            ("another calibration, operating point or choice of slices", a.scoring != b.scoring),
            ("other options --series, --slices or --identify", self.options != other.options),
            ("another reference of what it has seen", {
                let both = self.reference_sha256.as_ref().zip(other.reference_sha256.as_ref());
                both.is_some_and(|(own, other)| own != other)
            }),
            ("another engine or provider", {
                let what = |engine: &EngineFacts| (engine.engine.clone(), engine.provider.clone());
                what(&self.engine) != what(&other.engine)
            }),
        ];
        differs.into_iter().find(|(_, differs)| *differs).map(|(what, _)| format!("the same model with {what}"))
    }
}

impl ModelFacts {
    pub fn of(model: &Model) -> Self {
        let manifest = &model.manifest;
        let file = (!model.is_bare).then(|| std::fs::read(model.folder.join("metadata.json")).ok()).flatten();
        Self {
            name: manifest.name.value.clone(),
            version: manifest.version.as_ref().map(|version| version.value.clone()),
            path: if model.is_bare { model.source.clone() } else { model.path.clone() },
            sha256: model.sha256.clone(),
            manifest_sha256: file.map(|bytes| sha256_hex(&bytes)),
            classes: model.class_names().to_vec(),
            ordinal: manifest.ordinal,
            steps: as_read(&model.steps_json()),
            scoring: as_read(&json!({
                "kind": manifest.output_kind.value,
                "temperature": manifest.temperature,
                "thresholds": manifest.thresholds,
                "input_selection": manifest.input_selection.as_ref().map(|selection| &selection.value),
            })),
        }
    }
}

/// A value as it comes back from a file: f32 would be another f64 otherwise.
fn as_read(value: &impl Serialize) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

impl EngineFacts {
    pub fn of(session: &Session) -> Self {
        let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            version: match session.engine() {
                EngineKind::OnnxRuntime => runtime::loaded_version(),
                EngineKind::Embedded => Some(runtime::EMBEDDED.to_owned()),
            },
            engine: word(json!(session.engine())),
            provider: word(json!(session.provider())),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}
