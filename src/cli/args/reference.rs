//! Arguments of `overread reference`.

use std::path::PathBuf;

use super::{EngineArg, label_pair, slice_choice};
use crate::engine::SliceChoice;
use crate::review::reference::{FEWEST, MOST};

#[derive(Debug, clap::Args)]
pub struct ReferenceArgs {
    /// Folder of labelled pictures (searched recursively), best those that the model was trained on.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Model folder (model.onnx, metadata.json) or a bare .onnx file.
    #[arg(long, short)]
    pub model: PathBuf,
    /// Labels: a table with a column of paths, file names, patients or series and one of labels. Default: the folders'
    /// names.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// What a label means where its text does not say. May be given several times.
    #[arg(long = "map", value_name = "LABEL=CLASS", value_parser = label_pair)]
    pub maps: Vec<(String, String)>,
    /// Most cases that are kept, as many of each label as there are.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = cases)]
    pub most: usize,
    /// Where it goes. Default: `reference` in the model's folder, else the program's data folder.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Put it in the place of one that is there.
    #[arg(long)]
    pub replace: bool,
    /// Write no file names and no folder, only labels and hashes: to pass it on with a model.
    #[arg(long)]
    pub without_names: bool,
    #[arg(long, value_enum, default_value_t = EngineArg::Auto)]
    pub engine: EngineArg,
    /// Which frames of volumes and multi-frame files: `middle`, `all`, or a number from 0. Default: as the model says.
    #[arg(long, value_parser = slice_choice)]
    pub slices: Option<SliceChoice>,
    /// Take the DICOM files of one series as one volume.
    #[arg(long)]
    pub series: bool,
    /// Print reference.json instead of the text.
    #[arg(long)]
    pub json: bool,
}

fn cases(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (FEWEST..=MOST).contains(number));
    number.ok_or_else(|| format!("write a number from {FEWEST} to {MOST}"))
}
