//! What the page shows of a draft.

use std::path::PathBuf;

use crate::app::ModelFacts;
use crate::onnx::{Activation, Layout};
use crate::preprocess::{Recipe, VolumeRecipe};

/// What the saved model would say.
#[derive(Clone, Debug)]
pub struct Drafted {
    /// Its facts and steps, each with where it comes from; `given` by the person.
    pub facts: ModelFacts,
    pub graph: GraphFacts,
    /// Files that may lie beside a model, and whether they do.
    pub files: Vec<(&'static str, bool)>,
    /// The steps as choices; `None` where no choices lead to them.
    pub recipe: Option<Recipe>,
    /// The same of a network that takes volumes.
    pub volume: Option<VolumeRecipe>,
    /// Of classes, their positive one, input, output and preparation: how many rest on guesses.
    pub assumed: usize,
    pub channels: usize,
    /// Where the order of the input's axes comes from: `given`, a file, or why the graph has it.
    pub layout_from: String,
    /// Rows and columns of the input.
    pub size: Option<[usize; 2]>,
    /// True where the graph takes any and nobody said which.
    pub size_is_assumed: bool,
    /// The class that thresholds look at.
    pub positive: Option<usize>,
    /// True where that is a guess.
    pub positive_is_assumed: bool,
    /// Where it would be saved.
    pub out: PathBuf,
    /// True where saving would say something else than what was opened.
    pub is_changed: bool,
    /// True where a `metadata.json` lies there, which would move to `versions`.
    pub keeps_older: bool,
    /// True where a calibration or thresholds would not be saved again: they were fitted to other steps or other names.
    pub leaves_out_fitted: bool,
}

/// What the graph alone says.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphFacts {
    pub producer: String,
    pub opset: i64,
    pub operators: usize,
    pub parameters: u64,
    /// In English, where the weights are not plain float32.
    pub precision: Option<String>,
    pub input: String,
    pub dtype: String,
    pub input_shape: String,
    pub layout: Layout,
    /// Pictures at a time, where that is fixed.
    pub batch: Option<usize>,
    /// True where rows and columns may be any.
    pub free_size: bool,
    /// True where the graph resizes the picture itself.
    pub resizes: bool,
    /// What 0 and 255 become, where the graph scales values itself.
    pub scales: Option<(f64, f64)>,
    pub output: String,
    pub output_shape: String,
    /// How many classes it tells apart; `None` where only their names can tell.
    pub classes: Option<usize>,
    /// What the graph ends with.
    pub activation: Activation,
    pub logits: LogitsPlace,
    /// `metadata_props`.
    pub notes: Vec<(String, String)>,
}

/// What neither the graph nor a file beside it tells, and the person has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// Rows from channels.
    Layout { volume: bool },
    /// How many classes there are.
    Classes,
}

/// Where the numbers before softmax or sigmoid are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogitsPlace {
    /// The output holds them.
    Output,
    Tensor(String),
    /// There is no way to them.
    None,
}
