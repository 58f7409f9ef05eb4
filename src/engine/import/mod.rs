//! An export, or another tool's folder, to a model folder of this program.
//!
//! In: an .onnx, or a folder of Hugging Face, timm, MONAI or this program, and what the person says about it. Out: a
//! [`Draft`] (the loaded model, the `metadata.json` it would get, and a page of facts, each with where it comes from), and
//! [`save`] writes it. What is only guessed is not written down as if it were known. Nothing is overwritten: an older
//! `metadata.json` moves to `versions/`.

mod fitted;
mod labels;
mod page;
mod place;
mod volume;
mod write;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

pub use labels::{class_names_from_file, class_names_from_folder, class_names_from_text};
pub use page::{Fact, assumed, facts_of};
pub(super) use place::Export;
pub use place::is_model_folder;
pub use volume::UnsaidSteps;
pub(super) use write::replace_metadata;
pub use write::{Written, save, write_metadata};

use super::class_names::check_class_names;
use super::error::EngineError;
use super::manifest::{Manifest, Origin, Sourced, assumed_marks};
use super::metadata_file::{InputFormat, MetadataFile, NetworkDataFormat, OutputFormat, OutputKind};
use super::model::{Model, RawModel};
use super::volume::{InputSelection, OneOrMany};
use crate::onnx::Layout;
use crate::preprocess::{Preset, Recipe, VolumeRecipe, VolumeStep};

/// The field of `metadata.json` that says how the doctor found the steps.
pub const DOCTOR: &str = "doctor";
/// The field of `metadata.json` that says how the folder came about.
pub(super) const IMPORTED: &str = "imported";
/// Below [`IMPORTED`]: for each step why it is assumed, or null. As many as there are steps, else they say nothing.
pub(super) const STEPS_ASSUMED: &str = "steps_assumed";

/// What the person says. Everything else is read from the export or guessed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choices {
    pub name: Option<String>,
    pub preset: Option<&'static Preset>,
    /// How pictures were prepared, choice by choice; goes before the preset.
    pub recipe: Option<Recipe>,
    /// How volumes were prepared, of a network that takes them.
    pub volume: Option<VolumeRecipe>,
    /// Steps of `volume` that nobody stated: they stay found or assumed.
    pub volume_unsaid: UnsaidSteps,
    /// In the order of the output.
    pub classes: Option<Vec<String>>,
    /// Where the class names come from, for the record: a file, a folder, or typed.
    pub classes_from: String,
    pub positive: Option<String>,
    pub layout: Option<Layout>,
    pub kind: Option<OutputKind>,
    /// `[rows, cols]`, where the graph takes any size.
    pub size: Option<[usize; 2]>,
    pub modality: Option<String>,
    pub body_part: Option<String>,
    /// A finding of the preprocessing doctor that was taken over.
    pub found: Option<Found>,
}

/// How the doctor found the steps. It counts as long as the person does not choose other ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    recipe: Option<Recipe>,
    preset: Option<&'static Preset>,
    size: Option<[usize; 2]>,
    record: Value,
}

impl Choices {
    /// Notes that the steps chosen now are what the doctor found; `record` is written down as `doctor`.
    pub fn found_by_doctor(&mut self, record: Value) {
        self.found = Some(Found { recipe: self.recipe.clone(), preset: self.preset, size: self.size, record });
    }

    /// The doctor's record, where the steps are still those that it found.
    pub fn doctor_record(&self) -> Option<&Value> {
        let own = |found: &&Found| (&found.recipe, found.preset, found.size) == (&self.recipe, self.preset, self.size);
        self.found.as_ref().filter(own).map(|found| &found.record)
    }
}

/// A model as it would be saved.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Loaded with `file`.
    pub model: Model,
    pub file: MetadataFile,
    /// The page: what the graph says, what was found, what was given, what is assumed.
    pub page: Vec<Fact>,
    /// True where a calibration or thresholds are left out: they were fitted to other steps or other names.
    pub leaves_out_fitted: bool,
}

/// Reads an export and puts together what its `metadata.json` would say.
///
/// # Errors
/// As [`ReadExport::open`] and [`ReadExport::draft`].
pub fn draft(path: &Path, choices: &Choices) -> Result<Draft, EngineError> {
    ReadExport::open(path)?.draft(choices)
}

/// An export that was read once. Drafts are made of it without reading the model again.
#[derive(Clone, Debug)]
pub struct ReadExport {
    export: Export,
    /// `metadata.json` as it lies there; `None` for a bare export.
    stated: Option<MetadataFile>,
    raw: RawModel,
}

impl ReadExport {
    /// Finds the model, reads and checks it.
    ///
    /// # Errors
    /// As [`Model::load`]; also for folders without a model or with several.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let export = Export::find(path)?;
        let stated = export.metadata()?;
        let raw = RawModel::read(&export.onnx)?;
        Ok(Self { export, stated, raw })
    }

    /// What `metadata.json` would say with these choices.
    ///
    /// # Errors
    /// [`EngineError::Onnx`] and [`EngineError::ClassesUnsaid`] where neither the graph nor anybody else tells the layout
    /// or the number of classes; choices that contradict the graph.
    pub fn draft(&self, choices: &Choices) -> Result<Draft, EngineError> {
        let mut base = self.stated.clone().unwrap_or_default();
        apply_input_and_output(&mut base, choices);
        // A size that is chosen is rows and columns, whatever order a bundle's own file has.
        if choices.size.is_some() && choices.layout.is_none() && self.is_columns_first() {
            input_of(&mut base).layout = Some(Layout::Ncwh);
        }
        let loaded = Model::load_from(&self.export, base.clone(), &self.raw);
        // Only names can tell how many classes there are.
        let counted = matches!(loaded, Err(EngineError::ClassesUnsaid)).then_some(()).and(choices.classes.as_deref());
        let found = match counted {
            Some(names) => {
                check_class_names(names, None)?;
                output_of(&mut base).channel_def = Some(by_index(names));
                Model::load_from(&self.export, base, &self.raw)?
            }
            None => loaded?,
        };
        let volume = choices.volume.map(|recipe| volume::stated(&recipe, choices.volume_unsaid, &found));
        let mut file = known(&found.manifest, found.manifest.file.clone());
        apply(&mut file, &found, choices, volume.as_deref())?;
        let dropped = fitted::leave_out(&mut file, &found, choices);
        file.model_sha256 = Some(found.sha256.clone());
        file.other.insert(IMPORTED.to_owned(), record(&self.export.onnx, &found, choices, volume.as_deref()));
        match choices.doctor_record() {
            Some(record) => drop(file.other.insert(DOCTOR.to_owned(), record.clone())),
            // What was found once says nothing of steps that were chosen since.
            None if choices.recipe.is_some() || choices.preset.is_some() => drop(file.other.remove(DOCTOR)),
            None => {}
        }
        let mut model = Model::load_from(&self.export, file.clone(), &self.raw)?;
        let leaves_out_fitted = dropped.is_some();
        model.manifest.remarks.extend(dropped);
        let mut before = facts_of(&found);
        before.retain(|fact| counted.is_none() || fact.topic != "classes");
        let given_steps = choices.recipe.is_some() || choices.preset.is_some();
        let mut page = page::with_origins(facts_of(&model), &before, given_steps);
        if let Some(steps) = &volume {
            page::source_steps(&mut page, steps);
        }
        page::give(&mut page, choices);
        Ok(Draft { model, file, page, leaves_out_fitted })
    }

    /// Of the .onnx, lower-case hex.
    pub fn sha256(&self) -> &str {
        self.raw.sha256()
    }

    /// Notes in a file that its steps are stated: none of them is assumed any more.
    pub fn state_steps(file: &mut MetadataFile) {
        if let Some(imported) = file.other.get_mut(IMPORTED).and_then(Value::as_object_mut) {
            imported.remove(STEPS_ASSUMED);
        }
    }

    /// True where the two would say the same; how they came about does not count.
    pub fn is_same(one: &MetadataFile, other: &MetadataFile) -> bool {
        let said = |file: &MetadataFile| {
            let mut file = file.clone();
            let imported = file.other.remove(IMPORTED);
            (serde_json::to_value(file).ok(), imported.and_then(|imported| imported.get(STEPS_ASSUMED).cloned()))
        };
        said(one) == said(other)
    }

    fn is_columns_first(&self) -> bool {
        let found = Model::load_from(&self.export, self.stated.clone().unwrap_or_default(), &self.raw);
        found.is_ok_and(|model| model.layout() == Layout::Ncwh)
    }

    /// `metadata.json` as it lies there; `None` for a bare export.
    pub fn stated(&self) -> Option<&MetadataFile> {
        self.stated.as_ref()
    }

    /// Where its `metadata.json` lies or would lie.
    pub fn folder(&self) -> PathBuf {
        self.export.folder()
    }

    /// Files beside the model that were read or could have been: name, and whether it is there.
    pub fn files(&self) -> Vec<(&'static str, bool)> {
        self.export.files()
    }
}

/// What decides how the graph is read goes in before it is read.
fn apply_input_and_output(file: &mut MetadataFile, choices: &Choices) {
    if choices.layout.is_some() || choices.size.is_some() {
        let input = input_of(file);
        input.layout = choices.layout.or(input.layout);
        if let Some(size) = choices.size {
            input.spatial_shape = Some(size.iter().map(|side| json!(side)).collect());
        }
    }
    if choices.kind.is_some() {
        output_of(file).kind = choices.kind;
    }
}

/// The manifest's stated and imported values as a file; guesses stay out.
fn known(manifest: &Manifest, mut file: MetadataFile) -> MetadataFile {
    let is_known = |origin: Origin| origin != Origin::Assumed;
    file.name.get_or_insert_with(|| manifest.name.value.clone());
    file.version.get_or_insert_with(|| "1".to_owned());
    file.task.get_or_insert_with(|| "classification".to_owned());
    // Steps that a file told are written down, also where some of them are in doubt: `record` marks these as assumed.
    let volume = manifest.layout.value.is_volume();
    if !manifest.guesses_steps && volume {
        file.preprocess_volume.get_or_insert_with(|| manifest.volume_steps().to_vec());
    } else if !manifest.guesses_steps {
        file.preprocess.get_or_insert_with(|| manifest.steps().to_vec());
    }
    let input = input_of(&mut file);
    input.dtype.get_or_insert_with(|| manifest.dtype.to_owned());
    input.layout.get_or_insert(manifest.layout.value);
    if is_known(manifest.channels.origin) {
        input.num_channels.get_or_insert(manifest.channels.value);
    }
    input.spatial_shape = input.spatial_shape.take().or_else(|| manifest.spatial_shape());
    let output = output_of(&mut file);
    if is_known(manifest.output_kind.origin) {
        output.kind.get_or_insert(manifest.output_kind.value);
    }
    if is_known(manifest.class_names.origin) {
        output.channel_def.get_or_insert_with(|| by_index(&manifest.class_names.value));
    }
    file
}

fn apply(
    file: &mut MetadataFile,
    found: &Model,
    choices: &Choices,
    volume: Option<&[Sourced<VolumeStep>]>,
) -> Result<(), EngineError> {
    file.name = choices.name.clone().or_else(|| file.name.take());
    let named = choices.preset.map(|preset| format!("The preset {}", preset.name));
    if let Some(recipe) = choices.recipe.clone().or_else(|| choices.preset.map(Preset::recipe)) {
        if found.is_volume() {
            let named = named.unwrap_or_else(|| "This way to prepare".to_owned());
            return Err(EngineError::Choice { what: format!("{named} is for pictures, and the model takes volumes.") });
        }
        let channels = found.channels();
        if !recipe.scale.fits(channels) {
            let named = named.unwrap_or_else(|| format!("\"{}\"", recipe.scale.title()));
            return Err(EngineError::Choice {
                what: format!("{named} is for three channels, and the model takes one."),
            });
        }
        let resizes_itself = crate::onnx::entry(&found.graph).resizes;
        let usual = if resizes_itself { None } else { Some([224, 224]) };
        let size = found.input_size().map(|(rows, cols)| [rows, cols]).or(usual);
        file.preprocess = Some(recipe.steps(size, channels));
    }
    if let Some(steps) = volume {
        if !found.is_volume() {
            let what = "These steps are for volumes, and the model takes pictures.".to_owned();
            return Err(EngineError::Choice { what });
        }
        file.preprocess_volume = Some(steps.iter().map(|step| step.value.clone()).collect());
    }
    if let Some(classes) = &choices.classes {
        check_class_names(classes, Some(found.class_names().len()))?;
    }
    let output = output_of(file);
    if let Some(classes) = &choices.classes {
        output.channel_def = Some(by_index(classes));
    }
    output.positive_class = choices.positive.clone().or_else(|| output.positive_class.take());
    if choices.modality.is_some() || choices.body_part.is_some() {
        let selection = file.input_selection.get_or_insert_with(InputSelection::default);
        selection.modality = choices.modality.clone().map(OneOrMany::One).or_else(|| selection.modality.take());
        selection.body_part = choices.body_part.clone().map(OneOrMany::One).or_else(|| selection.body_part.take());
    }
    Ok(())
}

/// How the folder came about, for whoever asks later. `volume` are the steps of a volume that the person stated.
fn record(onnx: &Path, found: &Model, choices: &Choices, volume: Option<&[Sourced<VolumeStep>]>) -> Value {
    let preset = match (&choices.recipe, choices.preset) {
        (Some(recipe), Some(preset)) if preset.recipe() == *recipe => Some(preset),
        (Some(recipe), _) => Preset::of(recipe),
        (None, preset) => preset,
    };
    let is_chosen = choices.preset.is_some() || choices.recipe.is_some();
    let pictures = found.manifest.preprocess.iter().filter(|_| !is_chosen);
    let pictures = pictures.map(|step| (step.value.name(), step.origin, &step.from));
    let volumes = volume.unwrap_or(&found.manifest.preprocess_volume).iter();
    let volumes = volumes.map(|step| (step.value.name(), step.origin, &step.from));
    let origins: serde_json::Map<String, Value> = pictures
        .chain(volumes)
        .filter(|(_, origin, _)| *origin == Origin::Imported)
        .map(|(name, _, from)| (name.to_owned(), json!(from)))
        .collect();
    let file = onnx.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut record = json!({
        "file": file,
        "producer": found.graph.producer,
        "operator_set": found.graph.opset,
        "overread": env!("CARGO_PKG_VERSION"),
        "preset": preset.map(|preset| preset.name),
        "classes_from": choices.classes.as_ref().map(|_| choices.classes_from.clone()),
        "steps_from": origins,
    });
    let marks = match volume {
        Some(steps) => assumed_marks(steps),
        None => found.manifest.assumed_steps().filter(|_| !is_chosen),
    };
    if let (Some(marks), Some(record)) = (marks, record.as_object_mut()) {
        record.insert(STEPS_ASSUMED.to_owned(), json!(marks));
    }
    record
}

fn by_index(names: &[String]) -> std::collections::BTreeMap<String, String> {
    names.iter().enumerate().map(|(index, name)| (index.to_string(), name.clone())).collect()
}

fn input_of(file: &mut MetadataFile) -> &mut InputFormat {
    let inputs = &mut file.network_data_format.get_or_insert_with(NetworkDataFormat::default).inputs;
    super::saved::first_or_new(inputs, "image")
}

fn output_of(file: &mut MetadataFile) -> &mut OutputFormat {
    let outputs = &mut file.network_data_format.get_or_insert_with(NetworkDataFormat::default).outputs;
    super::saved::first_or_new(outputs, "pred")
}
