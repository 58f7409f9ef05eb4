//! What a person can ask the import page for, and what its workers report back.

use std::path::PathBuf;

use super::{Diagnosis, Drafted, Unsaid};
use crate::app::{Prediction, Problem};
use crate::engine::import::Choices;

/// A wish about the export that is being set up.
#[derive(Clone, Debug, PartialEq)]
pub enum ImportWish {
    /// Set up this .onnx or folder.
    Open(PathBuf),
    /// Leave everything as it was before.
    Close,
    /// What the person says now.
    Change(Box<Choices>),
    /// Class names as they are typed: what is not a name for every class yet is kept as text.
    TypeNames(String),
    /// Take back all that was said.
    StartOver,
    /// Leave this export for the model that was dropped meanwhile, or stay.
    Switch(bool),
    /// Class names from a labels file, or from the names of the folders in a folder.
    Names(PathBuf),
    /// A table of the framework's outputs for the doctor; `None` takes the folders' names as labels again.
    Outputs(Option<PathBuf>),
    /// Find out how pictures were prepared, from this folder.
    Examine(PathBuf),
    StopDoctor,
    /// Take over what the doctor found, by its place.
    ApplyFinding(usize),
    /// Keep the model folder in this folder.
    KeepBelow(PathBuf),
    /// Use the model; where something was changed, write its folder first.
    Save,
}

/// What the import and the doctor worker report.
#[derive(Debug)]
pub enum ImportEvent {
    Drafted {
        generation: u64,
        /// Of the .onnx, where it could be read.
        sha256: Option<String>,
        result: Result<Box<Drafted>, Problem>,
        /// What only the person can tell.
        unsaid: Option<Unsaid>,
    },
    Previewed {
        generation: u64,
        result: Result<Box<Prediction>, Problem>,
    },
    Named {
        path: PathBuf,
        result: Result<Vec<String>, Problem>,
    },
    DoctorProgress {
        generation: u64,
        stage: &'static str,
        done: usize,
        total: usize,
    },
    /// `None` where it was stopped.
    Diagnosed {
        generation: u64,
        result: Result<Option<Box<Diagnosis>>, Problem>,
    },
    /// The folder, and where the version before lies now.
    Saved(Result<(PathBuf, Option<PathBuf>), Problem>),
}
