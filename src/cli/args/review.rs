//! Arguments of the commands about many cases: `review`, `metrics`, `leaks`, `calibrate`.

use std::path::PathBuf;

use super::{EngineArg, slice_choice};
use crate::cli::Misuse;
use crate::engine::SliceChoice;
use crate::metrics::{Sweep, SweepPoint, Undefined};
use crate::report::Language;
use crate::review::table::Role;

#[derive(Debug, clap::Args)]
pub struct ReviewArgs {
    /// Files and folders (searched recursively).
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Model folder (model.onnx, metadata.json) or a bare .onnx file.
    #[arg(long, short)]
    pub model: PathBuf,
    /// A second model of the same classes.
    #[arg(long, value_name = "MODEL")]
    pub compare: Option<PathBuf>,
    /// Reference labels: a table with a column of paths, file names, patients or series and one of labels. Default: the
    /// folders' names.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// What a label means where its text does not say. May be given several times.
    #[arg(long = "map", value_name = "LABEL=CLASS", value_parser = label_pair)]
    pub maps: Vec<(String, String)>,
    /// Operating point instead of the model's own: the least score from which a class is predicted. A bare number is
    /// that of the second of two classes. May be given several times. That of --compare stays its own.
    #[arg(long = "threshold", value_name = "[CLASS=]SCORE", value_parser = threshold)]
    pub thresholds: Vec<(Option<String>, f32)>,
    /// Where the files go. A folder that holds an unfinished run of the same model is gone on with.
    #[arg(long)]
    pub out: PathBuf,
    /// Try every file again that failed before. Without it, those that have changed since.
    #[arg(long)]
    pub retry_failed: bool,
    /// Misclassified cases that are shown with their heatmaps; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub explain: usize,
    /// The training images: the report then says which cases have a near-duplicate there, and the accuracy on the rest.
    #[arg(long, value_name = "TRAINING_FOLDER")]
    pub against: Option<PathBuf>,
    /// Language of report.html, report.pdf and the charts.
    #[arg(long, value_enum, default_value_t = LanguageArg::En)]
    pub language: LanguageArg,
    /// Write patient and series identifiers as they are, not as pseudonyms.
    #[arg(long)]
    pub identify: bool,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// Which frames of volumes and multi-frame files: `middle`, `all`, or a number from 0. Default: as the model says.
    #[arg(long, value_parser = slice_choice)]
    pub slices: Option<SliceChoice>,
    /// Take the DICOM files of one series as one volume.
    #[arg(long)]
    pub series: bool,
    /// Bootstrap resamples (fewer where that many would take long; the files say how many there were).
    #[arg(long, default_value_t = crate::metrics::DEFAULT_RESAMPLES, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub resamples: u32,
    #[arg(long, default_value_t = crate::metrics::DEFAULT_SEED)]
    pub seed: u64,
    /// Print metrics.json (with --compare: comparison.json) instead of the text.
    #[arg(long)]
    pub json: bool,
}

pub(super) fn label_pair(text: &str) -> Result<(String, String), String> {
    let (label, class) = text.rsplit_once('=').ok_or("write LABEL=CLASS, for example mild=1gr")?;
    Ok((label.to_owned(), class.to_owned()))
}

fn threshold(text: &str) -> Result<(Option<String>, f32), String> {
    let (class, score) = text.rsplit_once('=').map_or((None, text), |(class, score)| (Some(class.to_owned()), score));
    let score = score.parse().ok().filter(|score| (0.0..=1.0).contains(score));
    Ok((class, score.ok_or("write a score from 0 to 1, or CLASS=SCORE")?))
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
    /// Language of report.html, report.pdf and the charts.
    #[arg(long, value_enum, default_value_t = LanguageArg::En)]
    pub language: LanguageArg,
    /// Print metrics.json (with --compare: comparison.json) instead of the text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub struct LeaksArgs {
    /// The folder to look at (searched recursively): the test images, or everything before it is split.
    pub folder: PathBuf,
    /// The training images: also look for twins between the two folders, and for patients of both.
    #[arg(long, value_name = "TRAINING_FOLDER")]
    pub against: Option<PathBuf>,
    /// Correlation above which two images are twins.
    #[arg(long, default_value_t = crate::review::leak::DEFAULT_THRESHOLD)]
    pub threshold: f32,
    /// Predictions for the folder (as `overread metrics` reads them, or the folder of a run): the accuracy on the rest
    /// without leaks, beside the official one.
    #[arg(long, value_name = "TABLE", requires = "against")]
    pub predictions: Option<PathBuf>,
    /// Class names: labels come from the nearest folder that is named like one. Default: those of the predictions, else
    /// the name of the folder that a file lies in.
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub classes: Option<Vec<String>>,
    /// Write path, label and cluster of every image, to split the data by cluster.
    #[arg(long, value_name = "OUT.csv")]
    pub split: Option<PathBuf>,
    /// Where the files go: leaks.json, leaks.txt, pairs.csv, clusters.csv, sheets of pairs.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Print leaks.json instead of the text.
    #[arg(long)]
    pub json: bool,
    /// Also write the Patient IDs that occur on both sides.
    #[arg(long)]
    pub identity: bool,
}

fn column(text: &str) -> Result<(Role, String), String> {
    let (role, name) = text.split_once('=').ok_or("write ROLE=NAME, for example truth=diagnosis")?;
    let known = Role::ALL.map(Role::word).join(", ");
    let role = Role::from_word(role).ok_or_else(|| format!("{role} is none of {known}"))?;
    Ok((role, name.to_owned()))
}

#[derive(Debug, clap::Args)]
pub struct CalibrateArgs {
    /// Folder of an `overread review`, or a table of predictions (with logits, or scores above 0).
    pub results: PathBuf,
    /// Model folder (model.onnx, metadata.json) that gave the results.
    #[arg(long, short)]
    pub model: PathBuf,
    /// Reference labels for a table of predictions.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Operating point: a score (0.4), the highest score that keeps a sensitivity (sensitivity=0.95) or the lowest that
    /// reaches a specificity (specificity=0.95); of the positive class, or of the one named (AD:sensitivity=0.9).
    #[arg(long, value_name = "[CLASS:]RULE", value_parser = operating_point)]
    pub threshold: Option<OperatingPointArg>,
    /// Write the result into metadata.json; the file as it was is kept beside it.
    #[arg(long)]
    pub save: bool,
}

/// `--threshold` of `calibrate`.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatingPointArg {
    pub class: Option<String>,
    pub rule: OperatingRule,
    pub value: f64,
}

/// How an operating point is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatingRule {
    Score,
    Sensitivity,
    Specificity,
}

impl OperatingRule {
    /// The threshold on the calibrated scores of `sweep`, half-way to the next score so that rounding moves no case.
    pub fn threshold(self, sweep: &Sweep, value: f64) -> Result<f64, Misuse> {
        let counts = |point: &SweepPoint| sweep.at(point.threshold);
        let share = |measured: Result<f64, Undefined>| measured.unwrap_or(f64::NAN);
        let found = match self {
            Self::Score => return Ok(value),
            Self::Sensitivity => sweep.points.iter().position(|p| share(counts(p).sensitivity().value()) >= value),
            Self::Specificity => sweep.points.iter().rposition(|p| share(counts(p).specificity().value()) >= value),
        };
        let at = found.ok_or_else(|| Misuse("--threshold: these cases reach no such operating point".to_owned()))?;
        let score = |at: usize| sweep.points.get(at).map(|point| point.threshold);
        let (here, below) = (score(at).unwrap_or(1.0).min(1.0), score(at + 1).unwrap_or(0.0));
        Ok(f64::midpoint(here, below))
    }
}

fn operating_point(text: &str) -> Result<OperatingPointArg, String> {
    let (class, rule) = text.rsplit_once(':').map_or((None, text), |(class, rule)| (Some(class.to_owned()), rule));
    let (rule, value) = match rule.split_once('=') {
        Some(("sensitivity", value)) => (OperatingRule::Sensitivity, value),
        Some(("specificity", value)) => (OperatingRule::Specificity, value),
        None => (OperatingRule::Score, rule),
        Some(_) => return Err("write a score, sensitivity=0.95 or specificity=0.95".to_owned()),
    };
    let value = value.parse().ok().filter(|value| (0.0..=1.0).contains(value));
    Ok(OperatingPointArg { class, rule, value: value.ok_or("write a number from 0 to 1")? })
}

/// `--language`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LanguageArg {
    En,
    Ko,
}

impl From<LanguageArg> for Language {
    fn from(arg: LanguageArg) -> Self {
        match arg {
            LanguageArg::En => Self::English,
            LanguageArg::Ko => Self::Korean,
        }
    }
}
