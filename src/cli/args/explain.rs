//! Arguments of `overread explain`.

use std::path::PathBuf;

use super::{EngineArg, slice_choice};
use crate::engine::SliceChoice;
use crate::explain::Target;

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
