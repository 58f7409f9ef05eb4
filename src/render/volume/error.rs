//! Why frames are no volume, in words.

use crate::geometry::Size;
use crate::scan::ScanError;

/// Errors of volumes.
#[derive(Debug, thiserror::Error)]
pub enum VolumeError {
    #[error("this is a single slice; other planes need a stack of them")]
    OneSlice,
    #[error("the file does not say where its slices lie in the patient; other planes cannot be told apart")]
    NoPlace,
    #[error("the distance between the slices is not known; other planes would have a wrong shape")]
    NoSliceSpacing,
    #[error("the slices are no evenly spaced volume: {problem}")]
    Uneven { problem: String },
    #[error("volume {index}, counted from 0, is none of the {volumes} volumes here")]
    NoSuchVolume { volumes: usize, index: usize },
    #[error("the slices are coloured; planes are made of grey values only")]
    Coloured,
    #[error("slice {index} is {found} pixels, the others {expected}")]
    Size { index: usize, found: Size, expected: Size },
    #[error("the volume has no values")]
    NoValues,
    #[error("the volume takes {megabytes} MB, more than there is")]
    TooLarge { megabytes: usize },
    #[error(transparent)]
    Scan(#[from] ScanError),
}
