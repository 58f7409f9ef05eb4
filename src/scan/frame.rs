//! One decoded picture.

use ndarray::{Array2, Array3};

use super::Window;
use crate::geometry::Size;

/// Values of one frame.
#[derive(Clone, Debug, PartialEq)]
pub enum Pixels {
    /// `[rows, cols]`, modality units.
    Gray(Array2<f32>),
    /// `[rows, cols, 3]`, 8-bit red, green, blue.
    Rgb(Array3<u8>),
}

impl Pixels {
    pub fn size(&self) -> Size {
        let shape = match self {
            Self::Gray(values) => values.shape(),
            Self::Rgb(values) => values.shape(),
        };
        Size::new(shape.first().copied().unwrap_or(0), shape.get(1).copied().unwrap_or(0))
    }
}

/// One frame with the windows its header offers for it.
#[derive(Clone, Debug)]
pub struct Frame {
    pub pixels: Pixels,
    /// Windows of this frame, the header's first one first; empty where the header offers none.
    pub windows: Vec<Window>,
    /// True where the values are 8-bit picture samples as a PNG or JPEG file holds them (0..=255, no modality unit):
    /// what most classifiers were trained on.
    pub eight_bit_picture: bool,
}
