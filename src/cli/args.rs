//! The words of the command line.

mod checks;
mod explain;
mod import;
mod reference;
mod review;

use std::path::PathBuf;

pub use self::checks::{DoctorArgs, GoldenAction, GoldenArgs, GoldenRecordArgs, GoldenVerifyArgs};
pub use self::explain::{ExplainArgs, TargetArg};
pub use self::import::{ImportArgs, PresetsArgs};
pub use self::reference::ReferenceArgs;
use self::review::label_pair;
pub use self::review::{CalibrateArgs, LanguageArg, LeaksArgs, MetricsArgs, OperatingPointArg, ReviewArgs};
use crate::engine::{EngineChoice, SliceChoice};

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
    /// Review folders: predict everything, measure, show what is wrong, compare with a second model. Goes on where it
    /// was stopped.
    Review(ReviewArgs),
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
    /// Fit a temperature to a labelled run, and choose an operating point; kept in the model's metadata.json.
    Calibrate(CalibrateArgs),
    /// Keep what a model has seen: cases are then compared with it, and the most similar ones shown.
    Reference(ReferenceArgs),
    /// Find near-duplicate images inside a folder and in the training data.
    Leaks(LeaksArgs),
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
    /// Also predict each picture under twelve small changes (window, size, place), and say how often the class changes.
    #[arg(long)]
    pub stability: bool,
    /// A reference of this model (`overread reference`) instead of the one beside it.
    #[arg(long, value_name = "DIR", conflicts_with = "stability")]
    pub reference: Option<PathBuf>,
    /// With --stability: left for right too, where a model may be fed that.
    #[arg(long, requires = "stability")]
    pub flips: bool,
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
