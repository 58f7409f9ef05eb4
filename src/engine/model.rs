//! A model as a person has it: a folder with `model.onnx` and `metadata.json`, or a bare .onnx.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ndarray::ArrayView3;
use prost::bytes::Bytes;

use super::backend::{Batch, Wanted};
use super::error::EngineError;
use super::graph_questions::{check_explain, facts, mixes_pictures, rule, score_output, stated_logits};
use super::import::Export;
use super::imported::import;
use super::inference::{EngineKind, Inference, Provider};
use super::input_spec::{InputSpec, batch_shape, usual_side};
use super::manifest::{Manifest, Sourced, Sources};
use super::metadata_file::{MetadataFile, OutputKind};
use super::model_file::ModelFile;
use super::resolve::resolve;
use super::scores::ScoreRule;
use super::slice_files::SliceFiles;
use super::volume::{Combine, SliceChoice, SliceSelection, select_slices_of, whole_volume};
use crate::onnx::{self, ExtraOutput, Graph, ImageInput, Layout};
use crate::preprocess::{Step, VolumeStep};
use crate::scan::Scan;

/// A checked model with its manifest. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Model {
    pub manifest: Manifest,
    /// What the graph says, without its weights.
    pub graph: Arc<Graph>,
    /// Lower-case hexadecimal sha256 of the .onnx file.
    pub sha256: String,
    /// The .onnx file.
    pub path: PathBuf,
    /// The model's folder; for a bare .onnx the folder it lies in.
    pub folder: PathBuf,
    /// What loads it again as it is: its folder, or the bare .onnx.
    pub source: PathBuf,
    /// True where there is no `metadata.json`.
    pub is_bare: bool,
    pub input: ImageInput,
    /// The output that holds the scores.
    pub output: String,
    /// The tensor before softmax or sigmoid; the output itself for logits; `None` with the reason in the manifest's
    /// remarks.
    pub logits: Option<ExtraOutput>,
    pub(super) rule: ScoreRule,
    pub(super) file: Arc<ModelFile>,
}

impl Model {
    /// Loads a folder with `model.onnx` (and `metadata.json`), a bare .onnx file, or the folder that another tool exported
    /// to. The graph is checked before any
    /// engine sees it, and the manifest against the graph.
    ///
    /// # Errors
    /// A sentence for a file that cannot be read, a graph that is refused, or a manifest that contradicts the model.
    pub fn load(path: &Path) -> Result<Self, EngineError> {
        let place = Place::of(path)?;
        let metadata = place.metadata()?;
        let raw = RawModel::read(&place.onnx)?;
        Self::of(place, metadata, &raw)
    }

    /// An export that is not a model folder yet, with what its `metadata.json` would say.
    pub(super) fn load_from(export: &Export, metadata: MetadataFile, raw: &RawModel) -> Result<Self, EngineError> {
        let place = Place {
            onnx: export.onnx.clone(),
            folder: export.folder(),
            name: export.name(),
            has_metadata: false,
            metadata_path: export.metadata_path(),
            configs: export.root.clone(),
            bundle: None,
        };
        Self::of(place, Some(metadata), raw)
    }

    fn of(place: Place, metadata: Option<MetadataFile>, raw: &RawModel) -> Result<Self, EngineError> {
        let refused = |source| EngineError::Onnx { path: place.onnx.clone(), source };
        let RawModel { file, graph } = raw;
        let stated = metadata.as_ref().and_then(|metadata| metadata.input()?.layout);
        let input = match onnx::image_input(graph) {
            Ok(input) => input,
            // Only the layout cannot be told: a stated one decides.
            Err(source) => {
                stated.and_then(|layout| ImageInput::stated(graph, layout)).ok_or_else(|| refused(source))?
            }
        };
        let imported = import(place.configs.as_deref(), &input, &graph.metadata);
        let turned = match (stated, imported.columns_first) {
            (Some(Layout::Ncwh), _) => input.clone().columns_first("stated"),
            (None, Some(reason)) => input.clone().columns_first(reason),
            _ => None,
        };
        let metadata = match turned {
            // A bundle's own file counts the graph's axes.
            Some(_) if stated.is_none() => metadata.map(MetadataFile::with_sides_swapped),
            _ => metadata,
        };
        let input = turned.unwrap_or(input);
        let output = score_output(graph, metadata.as_ref());
        let (facts, logits, no_logits) = facts(graph, &input, &output);
        let sources = Sources { folder_name: place.name.clone(), graph: &facts, file: metadata, imported };
        let mut manifest = resolve(sources, &place.metadata_path, &file.sha256)?;
        manifest.remarks.extend(no_logits);
        manifest.remarks.extend(onnx::precision(graph).words().map(|words| format!("The model is {words}.")));
        if mixes_pictures(graph) {
            let why = "It finds the scale of its integers over all pictures of a batch, so pictures run one by one.";
            manifest.remarks.push(why.to_owned());
        }
        if input.batch.fixed() == Some(1) {
            manifest.remarks.push("The export fixed the batch to one picture, so pictures run one by one.".to_owned());
        }
        check_explain(graph, &manifest, &place.metadata_path)?;
        let logits = stated_logits(graph, &manifest, logits);
        let rule = rule(&manifest, facts.values, facts.activation);
        Ok(Self {
            manifest,
            sha256: file.sha256.clone(),
            source: place.source(),
            path: place.onnx.clone(),
            folder: place.folder,
            is_bare: !place.has_metadata,
            graph: graph.clone(),
            input,
            output,
            logits,
            rule,
            file: file.clone(),
        })
    }

    /// Names by class index.
    pub fn class_names(&self) -> &[String] {
        &self.manifest.class_names.value
    }

    /// The preprocessing steps in their order.
    pub fn steps(&self) -> &[Step] {
        self.manifest.steps()
    }

    /// The steps of a volume in their order; empty for pictures.
    pub fn volume_steps(&self) -> &[VolumeStep] {
        self.manifest.volume_steps()
    }

    /// The steps as `metadata.json` has them, whichever the network takes.
    pub fn steps_json(&self) -> serde_json::Value {
        if self.is_volume() { serde_json::json!(self.volume_steps()) } else { serde_json::json!(self.steps()) }
    }

    /// True where the network takes volumes `[depth, rows, cols]` of one channel instead of pictures.
    pub fn is_volume(&self) -> bool {
        self.layout().is_volume()
    }

    pub fn layout(&self) -> Layout {
        self.manifest.layout.value
    }

    /// Channels of the input: 1 or 3.
    pub fn channels(&self) -> usize {
        self.manifest.channels.value
    }

    /// Rows and columns of the input, where they are fixed (by the graph, or stated).
    pub fn input_size(&self) -> Option<(usize, usize)> {
        Some((self.manifest.rows.as_ref()?.value, self.manifest.cols.as_ref()?.value))
    }

    /// Depth, rows and columns of the input of a network of volumes, where they are fixed.
    pub fn volume_size(&self) -> Option<[usize; 3]> {
        let (rows, cols) = self.input_size()?;
        Some([self.manifest.depth.as_ref()?.value, rows, cols])
    }

    /// Most pictures in one call of the engine: `most`, or one where pictures of a batch would change each other's scores.
    pub fn most_together(&self, most: usize) -> usize {
        if mixes_pictures(&self.graph) { 1 } else { most.max(1) }
    }

    /// What the output holds.
    pub fn output_kind(&self) -> OutputKind {
        self.manifest.output_kind.value
    }

    /// How files are named that hold one slice of a case each, where the manifest says so.
    pub fn slice_files(&self) -> Option<&SliceFiles> {
        self.manifest.input_selection.as_ref()?.value.slice_files.as_ref()
    }

    /// Which frames of a scan go in, and which of them make one case. `choice` goes before the manifest. A network of
    /// volumes takes all frames as one case.
    ///
    /// # Errors
    /// [`EngineError::Slices`] for slices that the scan does not have.
    pub fn select_slices(&self, scan: &Scan, choice: Option<&SliceChoice>) -> Result<SliceSelection, EngineError> {
        let selection = self.manifest.input_selection.as_ref().map(|selection| &selection.value);
        if self.is_volume() {
            return whole_volume(scan.frames, &scan.meta, selection);
        }
        select_slices_of(scan, selection, choice)
    }

    /// One result for the slices of one case, as the manifest says (without a word: the mean of the probabilities).
    /// One part passes through unchanged.
    ///
    /// # Errors
    /// [`EngineError::NoOutput`] for no parts.
    pub fn combine(&self, parts: Vec<Inference>) -> Result<Inference, EngineError> {
        self.combine_by(&self.rule, parts)
    }

    /// The same before the manifest's calibration: scores as the training framework gives them.
    ///
    /// # Errors
    /// As [`Model::combine`].
    pub fn combine_uncalibrated(&self, mut parts: Vec<Inference>) -> Result<Inference, EngineError> {
        let rule = ScoreRule { temperature: None, ..self.rule.clone() };
        for part in parts.iter_mut().filter(|_| self.rule.temperature.is_some()) {
            if let Some(logits) = &part.logits {
                part.scores = rule.scores_of_logits(logits);
                part.predicted = rule.predicted(&part.scores);
            }
        }
        self.combine_by(&rule, parts)
    }

    fn combine_by(&self, rule: &ScoreRule, parts: Vec<Inference>) -> Result<Inference, EngineError> {
        let selection = self.manifest.input_selection.as_ref();
        let combine = selection.and_then(|selection| selection.value.combine).unwrap_or(Combine::MeanProbabilities);
        super::combine::combine(rule, combine, self.manifest.positive_class.as_ref().map(|c| c.value), parts)
    }

    /// The bytes of the .onnx file, out of memory (once) or from the file again.
    ///
    /// # Errors
    /// [`EngineError::Read`] or [`EngineError::Changed`].
    pub fn bytes(&self) -> Result<Bytes, EngineError> {
        self.file.take()
    }

    /// The same model with other weights: `bytes` is a file with this graph. They stay in memory, and the hash is theirs.
    pub fn with_bytes(&self, bytes: Bytes) -> Self {
        let file = ModelFile::in_memory(&self.path, bytes);
        Self { sha256: file.sha256.clone(), file: Arc::new(file), ..self.clone() }
    }

    /// Shape of what goes in where nothing else decides: `(rows, cols, channels)` of a picture, `(depth, rows, cols)` of a
    /// volume; 224 (64) for what neither the graph nor the manifest says.
    pub fn usual_shape(&self) -> (usize, usize, usize) {
        let side = usual_side(self.layout());
        let length = |stated: &Option<Sourced<usize>>| stated.as_ref().map_or(side, |stated| stated.value);
        let (rows, cols) = (length(&self.manifest.rows), length(&self.manifest.cols));
        if self.is_volume() { (length(&self.manifest.depth), rows, cols) } else { (rows, cols, self.channels()) }
    }

    /// Shape of a batch of `length` pictures or volumes of that shape.
    pub fn batch_shape(&self, length: usize, shape: (usize, usize, usize)) -> Vec<usize> {
        batch_shape(self.layout(), length, shape)
    }

    /// Pictures `[rows, cols, channels]` (volumes `[depth, rows, cols]`) of one size as one batch in the model's layout; a fixed batch is filled up with
    /// zeros.
    ///
    /// # Errors
    /// [`EngineError::WrongInput`] for pictures that do not fit, or values that are not finite numbers.
    pub fn pack(&self, pictures: &[ArrayView3<'_, f32>]) -> Result<Batch, EngineError> {
        let spec = InputSpec::of(self);
        for picture in pictures {
            spec.check(picture.dim())?;
        }
        let mut batch = Batch::default();
        batch.pack(pictures, spec.fixed_batch.unwrap_or(pictures.len()), spec.layout)?;
        Ok(batch)
    }

    /// How this model's output is read: values per picture, classes, one softmax or independent sigmoids.
    pub fn rule(&self) -> &ScoreRule {
        &self.rule
    }

    /// One picture's result from its raw values: `output` is the score output, `logits` the tensor before softmax or
    /// sigmoid where it is another one.
    ///
    /// # Errors
    /// [`EngineError::NoOutput`] for a wrong number of values, or values that are not numbers.
    pub fn inference(
        &self,
        output: &[f32],
        logits: Option<&[f32]>,
        (engine, provider): (EngineKind, Provider),
        elapsed_ms: f64,
    ) -> Result<Inference, EngineError> {
        if output.len() != self.rule.values {
            let what = format!("{} values came back, {} were expected.", output.len(), self.rule.values);
            return Err(EngineError::NoOutput { what });
        }
        Ok(self.rule.score(output, logits)?.into_inference(engine, provider, elapsed_ms))
    }

    /// Names of the tensors that a session reads.
    pub(super) fn wanted(&self) -> Wanted {
        let mut all: Vec<String> = self.graph.outputs.iter().map(|output| output.name.clone()).collect();
        let logits = self.logits.as_ref().map(|logits| logits.name.clone()).filter(|name| *name != self.output);
        if let Some(name) = logits.as_ref().filter(|name| !all.contains(name)) {
            all.push(name.clone());
        }
        let read = std::iter::once(self.output.clone()).chain(logits).collect();
        Wanted { read, all }
    }
}

/// A checked .onnx file before anybody said what it is for. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct RawModel {
    file: Arc<ModelFile>,
    /// Without its weights.
    graph: Arc<Graph>,
}

impl RawModel {
    /// Lower-case hex.
    pub fn sha256(&self) -> &str {
        &self.file.sha256
    }

    /// Reads the file, hashes it and checks its graph.
    pub fn read(path: &Path) -> Result<Self, EngineError> {
        let refused = |source| EngineError::Onnx { path: path.to_owned(), source };
        let (file, graph) = ModelFile::read(path, |bytes| {
            let length = bytes.len();
            let mut graph = onnx::read_shared(bytes).map_err(refused)?;
            onnx::check(&graph, length).map_err(refused)?;
            graph.forget_weights();
            Ok(graph)
        })?;
        Ok(Self { file: Arc::new(file), graph: Arc::new(graph) })
    }
}

/// Where the parts of a model lie.
struct Place {
    onnx: PathBuf,
    folder: PathBuf,
    name: String,
    has_metadata: bool,
    /// Where `metadata.json` lies, in a MONAI bundle its own, or would lie.
    metadata_path: PathBuf,
    /// Other tools' files count in a model's own folder only.
    configs: Option<PathBuf>,
    /// What a MONAI bundle's own `configs/metadata.json` says: class names among it.
    bundle: Option<MetadataFile>,
}

impl Place {
    fn of(path: &Path) -> Result<Self, EngineError> {
        let is_folder = path.is_dir();
        // Hugging Face and MONAI keep the model one folder further in.
        if is_folder && !path.join("model.onnx").is_file() {
            return Self::of_export(path);
        }
        let (onnx, folder) = if is_folder {
            (path.join("model.onnx"), path.to_owned())
        } else {
            (path.to_owned(), path.parent().map(Path::to_owned).unwrap_or_default())
        };
        // Beside a bare .onnx, a metadata.json speaks of model.onnx only.
        let speaks_of_it = is_folder || onnx.file_name().is_some_and(|name| name == "model.onnx");
        let has_metadata = speaks_of_it && folder.join("metadata.json").is_file();
        let named = if speaks_of_it && has_metadata { folder.file_name() } else { onnx.file_stem() };
        let named = if is_folder { path.file_name() } else { named };
        let name = named.map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| "model".to_owned());
        let configs = is_folder.then(|| folder.clone());
        let metadata_path = folder.join("metadata.json");
        Ok(Self { onnx, folder, name, has_metadata, metadata_path, configs, bundle: None })
    }

    /// Another tool's folder.
    fn of_export(path: &Path) -> Result<Self, EngineError> {
        let export = Export::find(path)?;
        Ok(Self {
            name: export.name(),
            folder: export.folder(),
            has_metadata: false,
            metadata_path: export.metadata_path(),
            configs: export.root.clone(),
            bundle: export.metadata()?,
            onnx: export.onnx,
        })
    }

    fn source(&self) -> PathBuf {
        if self.has_metadata || self.configs.is_some() { self.folder.clone() } else { self.onnx.clone() }
    }

    fn metadata(&self) -> Result<Option<MetadataFile>, EngineError> {
        if !self.has_metadata {
            return Ok(self.bundle.clone());
        }
        MetadataFile::read(&self.metadata_path).map(Some)
    }
}
