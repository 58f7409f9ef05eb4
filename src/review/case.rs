//! One picture or volume, and what came of it.

use std::path::PathBuf;

use super::SourceFacts;
use super::reference::{Known, Reference};
use crate::engine::{EngineError, Inference};
use crate::explain::ExplainError;
use crate::preprocess::PreprocessError;
use crate::scan::ScanError;

/// One picture (or one combined volume) and its result.
#[derive(Debug)]
pub struct Case {
    /// Which of the items that were asked for, from 0. An item may hold several cases.
    pub item: usize,
    /// The file, or the first file of a series.
    pub path: PathBuf,
    /// Class index that the folder's name states, where it states one.
    pub truth: Option<usize>,
    /// Hash and identifiers of the files, where [`BatchOptions::source_facts`](super::BatchOptions) asks for them.
    pub source: Option<SourceFacts>,
    pub outcome: Result<Scored, CaseError>,
}

/// A result with the frames it came from.
#[derive(Debug)]
pub struct Scored {
    /// Frame indices that went in, from 0; more than one where the manifest combines slices.
    pub slices: Vec<usize>,
    /// Cases that the file or series gives; each names its slice where there are several.
    pub siblings: usize,
    pub inference: Inference,
    /// Sentences about values that look wrong for the model's steps, and repairs made while reading.
    pub warnings: Vec<String>,
    /// How far it lies from what the model has seen, where there is a reference.
    pub known: Option<Known>,
}

impl Scored {
    /// Asks the reference, and keeps its doubt among the warnings.
    pub(super) fn compare(&mut self, reference: &Reference, source: Option<&SourceFacts>) {
        let slice = self.slices.first().copied().filter(|_| self.siblings > 1);
        let sha256 = source.and_then(|source| source.sha256.as_deref());
        let features = self.inference.features.as_deref();
        self.known = features.and_then(|features| reference.judge(features, sha256, slice));
        self.warnings.extend(self.known.as_ref().and_then(Known::warning));
    }
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
    #[error("{path}: {what} single pictures, and this model takes volumes.")]
    PicturesOnly { path: PathBuf, what: &'static str },
    #[error("{path}: the map could not be measured: {what}")]
    Trust { path: PathBuf, what: String },
    #[error("{path}: {source}")]
    Explain { path: PathBuf, source: Box<ExplainError> },
}
