//! Words of `golden` and `doctor`: does the model get what it was trained on.

use std::path::PathBuf;

use super::EngineArg;

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
    /// Class names in the order of the model's output, where the model has none. Without them they are taken from the
    /// columns of the predictions or from the names of the folders, and their order is found too (of up to four).
    #[arg(long, value_delimiter = ',', value_name = "A,B,…")]
    pub classes: Option<Vec<String>>,
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
