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
    /// Copy pictures into the model's folder with the numbers that must come out, and prove it.
    #[command(
        long_about = "Copies pictures into the model's folder (golden/) with the numbers that must come out of the whole \
                      preprocessing and the network: those of the training framework (--outputs), else the program's own. \
                      Beside them lies what the pictures come to, so that a later difference can be placed.\n\nThe pictures \
                      themselves go into the folder: record no patient's images in a folder that you give away; --prepared \
                      stores prepared arrays only, which prove the network but not the preprocessing."
    )]
    Record(GoldenRecordArgs),
    /// Run the recorded cases on every engine that is there; exit code 1 where one differs.
    Verify(GoldenVerifyArgs),
}

#[derive(Debug, clap::Args)]
pub struct GoldenRecordArgs {
    /// Model folder.
    pub model: PathBuf,
    /// Pictures, volumes or folders.
    #[arg(required = true)]
    pub pictures: Vec<PathBuf>,
    /// What the training framework said of them, as `overread doctor --predictions` takes it (.csv, .jsonl, .npz, .npy): the
    /// numbers that must come out. Where the program gets others, nothing is recorded.
    #[arg(long, value_name = "FILE", conflicts_with = "prepared")]
    pub outputs: Option<PathBuf>,
    /// Record the framework's numbers even where the program gets others.
    #[arg(long, requires = "outputs")]
    pub force: bool,
    /// Store prepared arrays instead of pictures: they prove the network, not how pictures are prepared.
    #[arg(long)]
    pub prepared: bool,
    /// Store the pictures without what they come to.
    #[arg(long, conflicts_with = "prepared")]
    pub pictures_only: bool,
    /// Most cases that are recorded, spread over all.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub most: u16,
    /// Largest difference of a number that still passes [default: 1e-3 of a logit; with --outputs 2e-4 of a probability, or
    /// what its digits allow].
    #[arg(long, value_parser = tolerance)]
    pub tolerance: Option<f32>,
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

fn tolerance(text: &str) -> Result<f32, String> {
    let value: Option<f32> = text.parse().ok().filter(|value: &f32| value.is_finite() && *value >= 0.0);
    value.ok_or_else(|| format!("\"{text}\" is no number of 0 or more"))
}
