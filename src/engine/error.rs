//! What can go wrong between a model's file and its scores.

use std::path::PathBuf;

use super::{ClassNamesError, EngineKind};
use crate::onnx::OnnxError;

/// Errors of loading and running a model. `Display` is the sentence a person reads.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error("{path} could not be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "{path} holds no model: there is no model.onnx. Choose a folder with model.onnx and metadata.json, or an .onnx file."
    )]
    NoModel { path: PathBuf },
    #[error("{path} is refused. {source}")]
    Onnx { path: PathBuf, source: OnnxError },
    #[error("{path} cannot be used: {what}")]
    Manifest { path: PathBuf, what: String },
    #[error(
        "{path} does not fit the model: {what} is {declared} there, and {found} in the model. Correct one of them."
    )]
    Mismatch { path: PathBuf, what: String, declared: String, found: String },
    #[error("The class names cannot be used: {0} Give every class a name of its own.")]
    ClassNames(#[from] ClassNamesError),
    #[error("{path} holds no class names: {what}")]
    NoNames { path: PathBuf, what: String },
    #[error("{what}")]
    Choice { what: String },
    #[error(
        "The model does not say how many classes it tells apart. Name them: on the window's set-up page, with \
         `overread import --classes`, or as channel_def in metadata.json."
    )]
    ClassesUnsaid,
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{path} holds another model already, and nothing is overwritten. Choose another folder.")]
    Occupied { path: PathBuf },
    #[error("{path} changed while it was open: its sha256 was {expected} and is now {found}. Open it again.")]
    Changed { path: PathBuf, expected: String, found: String },
    #[error("ONNX Runtime was asked for and none could be loaded. {reason} `overread runtime install` fetches it.")]
    NoOnnxRuntime { reason: String },
    #[error("{engine} could not prepare the model: {what}")]
    Start { engine: EngineKind, what: String },
    #[error("{engine} could not run the model: {what}")]
    Run { engine: EngineKind, what: String },
    #[error("{engine} took longer than {seconds} s to {doing} and was given up. {hint}")]
    TimedOut { engine: EngineKind, doing: &'static str, seconds: u64, hint: &'static str },
    #[error(
        "{engine} broke while it tried to {doing} ({what}). The model is damaged, or uses operators this engine gets wrong."
    )]
    Panicked { engine: EngineKind, doing: &'static str, what: String },
    #[error("The run was cancelled.")]
    Cancelled,
    #[error("The prepared picture is {found}; the model takes {expected}. Correct the preprocessing in metadata.json.")]
    WrongInput { expected: String, found: String },
    #[error("The model gave no usable scores: {what}")]
    NoOutput { what: String },
    #[error("The slices cannot be taken: {what}")]
    Slices { what: String },
}
