//! Faults found while reading one DICOM file, before the path is known.

use std::path::Path;

use crate::scan::ScanError;

/// What is wrong with a file; [`Fault::at`] adds the path.
#[derive(Debug)]
pub(crate) enum Fault {
    Read(std::io::Error),
    NoPixels(String),
    Damaged(String),
    Unsupported { what: String, hint: String },
    TooLarge(String),
    NoSuchFrame { frames: usize, index: usize },
}

impl Fault {
    pub fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    pub fn unsupported(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into(), hint: hint.into() }
    }

    /// The same fault as the room's error.
    pub fn at(self, path: &Path) -> ScanError {
        let path = path.to_path_buf();
        match self {
            Self::Read(source) => ScanError::Read { path, source },
            Self::NoPixels(what) => ScanError::NoPixels { path, what },
            Self::Damaged(what) => ScanError::Damaged { path, what },
            Self::Unsupported { what, hint } => ScanError::Unsupported { path, what, hint },
            Self::TooLarge(what) => ScanError::TooLarge { path, what },
            Self::NoSuchFrame { frames, index } => ScanError::NoSuchFrame { path, frames, index },
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(source: std::io::Error) -> Self {
        Self::Read(source)
    }
}
