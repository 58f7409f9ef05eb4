//! The words of the command line.

use std::path::PathBuf;

use crate::engine::{EngineChoice, OutputKind, SliceChoice};
use crate::explain::Target;
use crate::onnx::Layout;
use crate::review::table::Role;

const AFTER: &str = "Research use only. Not a medical device. Not for diagnosis or treatment decisions.";

/// Open a medical image, read an ONNX classifier's prediction beside it.
#[derive(Debug, clap::Parser)]
#[command(version, about, after_help = AFTER, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub window: WindowArgs,
}

/// `overread [PATH…]`: the window.
#[derive(Debug, clap::Args)]
pub struct WindowArgs {
    /// Files, folders or models (.onnx, or a folder with model.onnx) to open in the window.
    pub paths: Vec<PathBuf>,
    /// Model folder or .onnx file to predict with.
    #[arg(long, short)]
    pub model: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Open the bundled demo folder with the bundled demo model; on the terminal where there is no display.
    Demo(DemoArgs),
    /// Predict files and folders without a window.
    Predict(PredictArgs),
    /// Show where a score came from: heatmaps as files.
    Explain(ExplainArgs),
    /// Compute the numbers of a review from predictions that any tool wrote.
    Metrics(MetricsArgs),
    /// Make a model folder out of an .onnx, or of a folder of Hugging Face, timm or MONAI.
    Import(ImportArgs),
    /// List the named preprocessings that `import` knows.
    Presets(PresetsArgs),
    /// Record inputs with their logits, or verify them on every engine.
    Golden(GoldenArgs),
    /// Find out how pictures were prepared when a model was trained.
    Doctor(DoctorArgs),
    /// Show what a file holds; write its values.
    Inspect(InspectArgs),
    /// Show, or install, the inference engines.
    Runtime(RuntimeArgs),
    /// Print the JSON schema of a model's metadata.json.
    Schema,
}

#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Stay on the terminal even where there is a display.
    #[arg(long)]
    pub no_window: bool,
    /// Where the terminal's results go.
    #[arg(long, default_value = "overread-demo")]
    pub out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct PredictArgs {
    /// Files and folders (searched recursively).
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Model folder (model.onnx, metadata.json) or a bare .onnx file.
    #[arg(long, short)]
    pub model: PathBuf,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// One JSON line per image instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Which frames of volumes and multi-frame files: `middle`, `all`, or a number from 0. Default: as the model says.
    #[arg(long, value_parser = slice_choice)]
    pub slices: Option<SliceChoice>,
    /// Take the DICOM files of one series as one volume.
    #[arg(long)]
    pub series: bool,
    /// Most pictures per run of the engine. Default: the program chooses.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub batch: Option<u16>,
}

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// Files and folders (searched recursively).
    #[arg(required_unless_present = "layers")]
    pub paths: Vec<PathBuf>,
    /// Model folder (model.onnx, metadata.json) or a bare .onnx file.
    #[arg(long, short)]
    pub model: PathBuf,
    /// Class by name or by index from 0. Default: the predicted class of each picture.
    #[arg(long)]
    pub class: Option<String>,
    /// Tensor or node whose map is traced back to (or a part of its name). Default: as the model says, else the last
    /// feature map.
    #[arg(long)]
    pub layer: Option<String>,
    /// gradcam, gradcam++, hirescam, xgradcam, layercam, eigencam, cam, random; scorecam, occlusion and rise score many
    /// changed pictures (seconds each).
    #[arg(long, default_value = "gradcam")]
    pub method: String,
    /// What is traced back: the score before softmax or sigmoid, or after it.
    #[arg(long, value_enum, default_value_t = TargetArg::Logit)]
    pub target: TargetArg,
    /// Where the files go: a raw map (.npy), an overlay (.png) and a .json for each picture.
    #[arg(long, default_value = "overread-explain")]
    pub out: PathBuf,
    /// Show evidence against the class too.
    #[arg(long)]
    pub signed: bool,
    /// Colour map of the overlay (viridis, inferno, jet…).
    #[arg(long, value_name = "NAME")]
    pub colors: Option<String>,
    /// 0 nothing to 1 only the colour.
    #[arg(long, default_value_t = 0.5)]
    pub opacity: f32,
    /// End of the colour scale in the map's units. Default: one scale for all pictures of this call, from their largest
    /// value.
    #[arg(long, value_name = "HIGH")]
    pub scale: Option<f32>,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// One JSON line per picture on standard output instead of a table.
    #[arg(long)]
    pub json: bool,
    /// Measure each map with deletion and insertion curves of this many steps, beside three random orders and the
    /// picture's edges (many forward passes).
    #[arg(long, value_name = "STEPS", num_args = 0..=1, default_missing_value = "28",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub faithfulness: Option<u16>,
    /// Compare each map with those of the model with scrambled weights, of the last layer and of all, in this many random
    /// orders: a map that stays the same does not depend on what the model has learnt.
    #[arg(long, value_name = "SEEDS", num_args = 0..=1, default_missing_value = "1",
          value_parser = clap::value_parser!(u16).range(1..=100))]
    pub randomisation: Option<u16>,
    /// Compare the methods that follow from one run; identical maps count once.
    #[arg(long)]
    pub agreement: bool,
    /// List the layers that can be chosen, and end.
    #[arg(long)]
    pub layers: bool,
    /// Which frames of volumes and multi-frame files: `middle`, `all`, or a number from 0. Default: as the model says.
    #[arg(long, value_parser = slice_choice)]
    pub slices: Option<SliceChoice>,
    /// Take the DICOM files of one series as one volume.
    #[arg(long)]
    pub series: bool,
}

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// An .onnx, or a folder that holds one.
    pub model: PathBuf,
    /// The model folder to write. Without it, the page of facts is shown and nothing is written.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// How pictures were prepared, by name (`overread presets` lists them).
    #[arg(long)]
    pub preset: Option<String>,
    /// Class names in the order of the model's output.
    #[arg(long, value_delimiter = ',', value_name = "A,B,…", group = "names")]
    pub classes: Option<Vec<String>>,
    /// A file with the class names: one a line, `index,name`, or JSON.
    #[arg(long, value_name = "FILE", group = "names")]
    pub labels: Option<PathBuf>,
    /// A folder with one folder a class, as it was trained from (sorted as Keras and torchvision sort).
    #[arg(long, value_name = "DIR", group = "names")]
    pub from_folder: Option<PathBuf>,
    /// The class that thresholds look at. Default: the second of two.
    #[arg(long, value_name = "CLASS")]
    pub positive: Option<String>,
    #[arg(long)]
    pub name: Option<String>,
    /// Where the graph does not tell: NHWC (Keras) or NCHW (PyTorch).
    #[arg(long, value_parser = layout)]
    pub layout: Option<Layout>,
    /// What the output holds, where the graph does not tell: logits, softmax or sigmoid.
    #[arg(long, value_parser = output_kind)]
    pub output: Option<OutputKind>,
    /// Rows x columns, where the graph takes any size, e.g. 224x224.
    #[arg(long, value_parser = size)]
    pub size: Option<Size2>,
    /// DICOM modality that the model is for (CR, CT, MR, PT…): another one is warned about.
    #[arg(long)]
    pub modality: Option<String>,
    /// Body part that the model is for (CHEST, BRAIN…).
    #[arg(long)]
    pub body_part: Option<String>,
    /// The page as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size2(pub [usize; 2]);

fn size(text: &str) -> Result<Size2, String> {
    let sides = text.split_once(['x', 'X', '×', ',']).and_then(|(r, c)| Some([r.parse().ok()?, c.parse().ok()?]));
    let fits = |sides: &[usize; 2]| sides.iter().all(|side| (1..=16_384).contains(side));
    sides.filter(fits).map(Size2).ok_or_else(|| "write ROWSxCOLUMNS, for example 224x224".to_owned())
}

fn layout(text: &str) -> Result<Layout, String> {
    match text.to_ascii_uppercase().as_str() {
        "NHWC" => Ok(Layout::Nhwc),
        "NCHW" => Ok(Layout::Nchw),
        _ => Err("write NHWC or NCHW".to_owned()),
    }
}

fn output_kind(text: &str) -> Result<OutputKind, String> {
    match text.to_ascii_lowercase().as_str() {
        "logits" => Ok(OutputKind::Logits),
        "softmax" | "probabilities" => Ok(OutputKind::Softmax),
        "sigmoid" => Ok(OutputKind::Sigmoid),
        _ => Err("write logits, softmax or sigmoid".to_owned()),
    }
}

#[derive(Debug, clap::Args)]
pub struct GoldenArgs {
    #[command(subcommand)]
    pub action: GoldenAction,
}

#[derive(Debug, clap::Subcommand)]
pub enum GoldenAction {
    /// Run pictures and keep what went in and what came out, in the model's folder.
    Record(GoldenRecordArgs),
    /// Run the recorded cases on every engine that is there; exit code 1 where one differs.
    Verify(GoldenVerifyArgs),
}

#[derive(Debug, clap::Args)]
pub struct GoldenRecordArgs {
    /// Model folder.
    pub model: PathBuf,
    /// Pictures or folders.
    #[arg(required = true)]
    pub pictures: Vec<PathBuf>,
    /// Most pictures that are recorded.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub most: u16,
    /// Largest difference of a logit that still passes.
    #[arg(long, default_value_t = 1e-3)]
    pub tolerance: f32,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
}

#[derive(Debug, clap::Args)]
pub struct GoldenVerifyArgs {
    /// Model folder.
    pub model: PathBuf,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Model folder or .onnx file.
    pub model: PathBuf,
    /// Pictures, or a folder with one folder a class.
    #[arg(long, required = true, num_args = 1.., value_name = "DIR")]
    pub pictures: Vec<PathBuf>,
    /// What the training framework said of them: .csv or .jsonl with file names and scores, .npz (`probabilities` or
    /// `logits`, and `paths`), or .npy. Without it the folders' names are the labels.
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
    /// Most pictures that are used, spread over all.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=2000))]
    pub most: u16,
    /// Write the winner's steps into metadata.json; the version before is kept.
    #[arg(long)]
    pub apply: bool,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// The whole ranking as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct PresetsArgs {
    /// Also the steps of each, for a 224 x 224 model of three channels.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct MetricsArgs {
    /// Predictions as CSV, TSV or JSON lines (columns, delimiter and encoding are guessed and shown), or a confusion
    /// matrix (rows: reference label).
    pub predictions: PathBuf,
    /// A second classifier's predictions of the same cases.
    #[arg(long, value_name = "OTHER")]
    pub compare: Option<PathBuf>,
    /// Reference labels: a table with a column of paths, ids or patients and one of labels. Default: a column of the
    /// predictions, else the folders' names.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Where the files go.
    #[arg(long, default_value = "overread-metrics")]
    pub out: PathBuf,
    /// Class names in the order of their indices.
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub classes: Option<Vec<String>>,
    /// The class that a single score column is about. Default: the second of two.
    #[arg(long, value_name = "CLASS")]
    pub positive: Option<String>,
    /// What a column holds: id, slice, truth, predicted, group or error. May be given several times.
    #[arg(long = "column", value_name = "ROLE=NAME", value_parser = column)]
    pub columns: Vec<(Role, String)>,
    /// Bins of the calibration curve.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub bins: u16,
    /// Bootstrap resamples (fewer where that many would take long; the files say how many there were).
    #[arg(long, default_value_t = crate::metrics::DEFAULT_RESAMPLES, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub resamples: u32,
    #[arg(long, default_value_t = crate::metrics::DEFAULT_SEED)]
    pub seed: u64,
    /// Print metrics.json (with --compare: comparison.json) instead of the text.
    #[arg(long)]
    pub json: bool,
}

fn column(text: &str) -> Result<(Role, String), String> {
    let (role, name) = text.split_once('=').ok_or("write ROLE=NAME, for example truth=diagnosis")?;
    let known = Role::ALL.map(Role::word).join(", ");
    let role = Role::from_word(role).ok_or_else(|| format!("{role} is none of {known}"))?;
    Ok((role, name.to_owned()))
}

/// `--target`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum TargetArg {
    Logit,
    Prob,
}

impl From<TargetArg> for Target {
    fn from(arg: TargetArg) -> Self {
        match arg {
            TargetArg::Logit => Self::Logit,
            TargetArg::Prob => Self::Probability,
        }
    }
}

/// `--engine`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum EngineArg {
    /// ONNX Runtime where it is found, else the embedded engine.
    Auto,
    #[value(name = "onnxruntime")]
    OnnxRuntime,
    Embedded,
}

impl From<EngineArg> for EngineChoice {
    fn from(arg: EngineArg) -> Self {
        match arg {
            EngineArg::Auto => Self::Auto,
            EngineArg::OnnxRuntime => Self::OnnxRuntime,
            EngineArg::Embedded => Self::Embedded,
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct InspectArgs {
    pub path: PathBuf,
    /// Write the values: float32 modality values or uint8 RGB; [rows, cols] or [frames, rows, cols], and 3 for colour.
    #[arg(long, value_name = "OUT.npy")]
    pub pixels: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
    /// Also show the attributes that identify a person.
    #[arg(long)]
    pub identity: bool,
}

#[derive(Debug, clap::Args)]
pub struct RuntimeArgs {
    #[command(subcommand)]
    pub action: Option<RuntimeAction>,
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Subcommand)]
pub enum RuntimeAction {
    /// Fetch the pinned ONNX Runtime through pip, check its sha256, keep it in the data folder.
    Install {
        /// The build with CUDA.
        #[arg(long)]
        gpu: bool,
    },
}

fn slice_choice(text: &str) -> Result<SliceChoice, String> {
    match text {
        "middle" => Ok(SliceChoice::Middle),
        "all" => Ok(SliceChoice::All),
        number => {
            number.parse().map(SliceChoice::Index).map_err(|_| "write middle, all, or a number from 0".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_words_are_consistent() {
        Cli::command().debug_assert();
    }
}
