//! One picture or volume, and what came of it.

use std::path::PathBuf;

use crate::engine::{EngineError, Inference};
use crate::explain::ExplainError;
use crate::preprocess::PreprocessError;
use crate::scan::ScanError;

/// One picture (or one combined volume) and its result.
#[derive(Debug)]
pub struct Case {
    /// The file, or the first file of a series.
    pub path: PathBuf,
    /// Class index that the folder's name states, where it states one.
    pub truth: Option<usize>,
    pub outcome: Result<Scored, CaseError>,
}

/// A result with the frames it came from.
#[derive(Debug)]
pub struct Scored {
    /// Frame indices that went in, from 0; more than one where the manifest combines slices.
    pub slices: Vec<usize>,
    pub inference: Inference,
    /// Sentences about values that look wrong for the model's steps, and repairs made while reading.
    pub warnings: Vec<String>,
}

/// Why a case has no scores; `Display` is the sentence a person reads.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// One of several slices, each a case of its own.
    #[error("slice {slice}: {source}")]
    Slice { slice: usize, source: Box<CaseError> },
    #[error("{path}: {source}")]
    Preprocess { path: PathBuf, source: PreprocessError },
    #[error("{path}: {source}")]
    Engine { path: PathBuf, source: Box<EngineError> },
    #[error("{path}: {source}")]
    Explain { path: PathBuf, source: Box<ExplainError> },
}
