//! What went wrong, without a language: its kind, for a headline in any, and the sentence of the room it happened in.

use crate::engine::EngineError;
use crate::engine::runtime::InstallError;
use crate::onnx::OnnxError;
use crate::preprocess::PreprocessError;
use crate::review::folder::FolderError;
use crate::review::table::TableError;
use crate::scan::ScanError;

/// Why something did not work, as far as a person can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    // Files
    Unreadable,
    UnknownFormat,
    NoPicture,
    Damaged,
    Unsupported,
    TooLarge,
    TooSlow,
    /// Too many damaged files are still being worked on.
    Refused,
    NoSuchFrame,
    SeriesMismatch,
    /// The frames are no volume.
    NoVolume,
    VolumeTooLarge,
    /// Two scans are not in one space.
    NotOneSpace,
    NothingFound,
    // Models
    NoModel,
    ModelRefused,
    Manifest,
    /// What the person said of a model does not fit it.
    Choice,
    /// A file or folder without class names.
    NoNames,
    /// The graph does not tell rows from channels.
    LayoutUnsaid,
    /// The graph does not tell how many classes there are.
    ClassesUnsaid,
    ModelChanged,
    NoRuntime,
    Engine,
    Cancelled,
    WrongInput,
    NoScores,
    Slices,
    Preprocessing,
    // Fetching ONNX Runtime
    NoFolder,
    NoPackage,
    NoPython,
    Download,
    BadPackage,
    NotWritten,
    // Reviews
    NotKept,
    Labels,
    /// A worker panicked.
    Broken,
}

/// A cause, and the English sentence with the facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub cause: Cause,
    pub sentence: String,
}

impl Problem {
    pub(super) fn new(cause: Cause, sentence: impl Into<String>) -> Self {
        Self { cause, sentence: sentence.into() }
    }
}

impl From<&ScanError> for Problem {
    fn from(error: &ScanError) -> Self {
        let cause = match error {
            ScanError::Read { .. } => Cause::Unreadable,
            ScanError::UnknownFormat { .. } => Cause::UnknownFormat,
            ScanError::NoPixels { .. } => Cause::NoPicture,
            ScanError::Damaged { .. } | ScanError::DecoderPanicked { .. } => Cause::Damaged,
            ScanError::Unsupported { .. } => Cause::Unsupported,
            ScanError::TooLarge { .. } => Cause::TooLarge,
            ScanError::TimedOut { .. } => Cause::TooSlow,
            ScanError::Refused { .. } => Cause::Refused,
            ScanError::NoSuchFrame { .. } => Cause::NoSuchFrame,
            ScanError::SeriesMismatch { .. } => Cause::SeriesMismatch,
        };
        Self::new(cause, error.to_string())
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Problem {}

impl From<&FolderError> for Problem {
    fn from(error: &FolderError) -> Self {
        Self::new(Cause::NotKept, error.to_string())
    }
}

impl From<&TableError> for Problem {
    fn from(error: &TableError) -> Self {
        Self::new(Cause::Labels, error.to_string())
    }
}

impl From<ScanError> for Problem {
    fn from(error: ScanError) -> Self {
        Self::from(&error)
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let cause = match &error {
            EngineError::Read { .. } => Cause::Unreadable,
            EngineError::NoModel { .. } => Cause::NoModel,
            EngineError::Onnx { source: OnnxError::LayoutUnsaid { .. }, .. } => Cause::LayoutUnsaid,
            EngineError::Onnx { .. } => Cause::ModelRefused,
            EngineError::ClassesUnsaid => Cause::ClassesUnsaid,
            EngineError::NoNames { .. } => Cause::NoNames,
            EngineError::ClassNames(_) | EngineError::Choice { .. } => Cause::Choice,
            EngineError::Manifest { .. } | EngineError::Mismatch { .. } => Cause::Manifest,
            EngineError::Write { .. } | EngineError::Occupied { .. } => Cause::NotWritten,
            EngineError::Changed { .. } => Cause::ModelChanged,
            EngineError::NoOnnxRuntime { .. } => Cause::NoRuntime,
            EngineError::Start { .. }
            | EngineError::Run { .. }
            | EngineError::TimedOut { .. }
            | EngineError::Panicked { .. } => Cause::Engine,
            EngineError::Cancelled => Cause::Cancelled,
            EngineError::WrongInput { .. } => Cause::WrongInput,
            EngineError::NoOutput { .. } => Cause::NoScores,
            EngineError::Slices { .. } => Cause::Slices,
        };
        Self::new(cause, error.to_string())
    }
}

impl From<PreprocessError> for Problem {
    fn from(error: PreprocessError) -> Self {
        Self::new(Cause::Preprocessing, error.to_string())
    }
}

impl From<InstallError> for Problem {
    fn from(error: InstallError) -> Self {
        let cause = match &error {
            InstallError::NoDataFolder => Cause::NoFolder,
            InstallError::NotPinned { .. } => Cause::NoPackage,
            InstallError::NoPython | InstallError::NoPip { .. } => Cause::NoPython,
            InstallError::Download { .. } => Cause::Download,
            InstallError::Checksum { .. } | InstallError::Package(_) => Cause::BadPackage,
            InstallError::Write { .. } => Cause::NotWritten,
        };
        Self::new(cause, error.to_string())
    }
}
