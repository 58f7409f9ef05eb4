//! What can be wrong with a request to draw.

use crate::geometry::Size;

/// Errors of this room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("the colour map \"{name}\" is not known; choose one of {known}")]
    UnknownColorMap { name: String, known: String },
    #[error("a picture of {size} pixels does not fit {found} bytes of RGBA; it takes 4 bytes a pixel")]
    Bytes { size: Size, found: usize },
    #[error("a picture of {size} pixels is too small to carry its caption; put the caption below it instead")]
    TooSmall { size: Size },
}
