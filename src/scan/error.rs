//! What can go wrong between a path and a frame. Each sentence says what is wrong and, where something helps, what
//! to do.

use std::path::{Path, PathBuf};

/// Errors of reading a scan. `Display` is the sentence a person reads.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("{path} could not be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not a picture this program knows ({hint}). DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy open.")]
    UnknownFormat { path: PathBuf, hint: String },
    #[error("{path} holds no picture: {what}")]
    NoPixels { path: PathBuf, what: String },
    #[error("{path} is damaged: {what}")]
    Damaged { path: PathBuf, what: String },
    #[error("{path} uses {what}, which this program cannot decode. {hint}")]
    Unsupported { path: PathBuf, what: String, hint: String },
    #[error("{path} is larger than the limit: {what}")]
    TooLarge { path: PathBuf, what: String },
    #[error("{path} took longer than {seconds} s to decode and was given up")]
    TimedOut { path: PathBuf, seconds: u64 },
    #[error("{path} broke its decoder ({what}); the file is most likely damaged")]
    DecoderPanicked { path: PathBuf, what: String },
    #[error(
        "{path} was not opened: {stuck} damaged files are still being worked on and cannot be stopped. \
         Restart the program, then leave those files out."
    )]
    Refused { path: PathBuf, stuck: usize },
    #[error("{path} has {frames} frames; there is no frame {index}")]
    NoSuchFrame { path: PathBuf, frames: usize, index: usize },
    #[error("{path} does not fit the series it is opened with: {what}")]
    SeriesMismatch { path: PathBuf, what: String },
}

impl ScanError {
    /// The file or folder it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Read { path, .. }
            | Self::UnknownFormat { path, .. }
            | Self::NoPixels { path, .. }
            | Self::Damaged { path, .. }
            | Self::Unsupported { path, .. }
            | Self::TooLarge { path, .. }
            | Self::TimedOut { path, .. }
            | Self::DecoderPanicked { path, .. }
            | Self::Refused { path, .. }
            | Self::NoSuchFrame { path, .. }
            | Self::SeriesMismatch { path, .. } => path,
        }
    }
}
