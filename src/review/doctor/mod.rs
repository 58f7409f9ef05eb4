//! Finds out how a model's pictures were prepared when it was trained.
//!
//! In: a model, pictures, and what the training framework said of them (or their labels). Out: a [`Verdict`]: every way to
//! prepare them that was tried, ranked by how well the model's scores fit, which of them cannot be told apart, and
//! sentences about it. [`examine`] tries plausible [`Recipe`](crate::preprocess::Recipe)s in stages: scale, colours and
//! inversion first, then how the shape is fitted, then who resizes. Equal tensors are scored once. It writes no file.

mod arrays;
mod candidates;
mod expected;
mod judge;
mod material;
mod npz;
mod score;
mod search;
mod verdict;
mod words;

use std::path::PathBuf;
use std::sync::Arc;

pub use candidates::{Candidate, Way};
pub use expected::{Reference, Table, TableFor, read_table};
pub use material::{Material, NamesFrom, material, spread};
pub use search::{Control, DoctorOptions, Progress, examine};
pub use verdict::{Ranked, Verdict};
pub use words::names_in_order;

use crate::engine::EngineError;
use crate::preprocess::PreprocessError;
use crate::scan::{Frame, Meta, ScanError};

/// A picture to try on: one decoded frame.
#[derive(Clone, Debug)]
pub struct Sample {
    pub path: PathBuf,
    pub frame: Frame,
    pub meta: Arc<Meta>,
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    #[error("{path} could not be read: {what}")]
    Reference { path: PathBuf, what: String },
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Preprocess(#[from] PreprocessError),
    #[error("{what}")]
    TooLittle { what: String },
    #[error(
        "The doctor tries the steps of pictures; this model takes volumes. State its steps under preprocess_volume in metadata.json."
    )]
    Volumes,
    #[error("The examination was cancelled.")]
    Cancelled,
}
