//! Sizes, spacings, affines. No pixels, no files.
//!
//! Conventions: arrays are indexed `(row, col)`; points are `(x, y)` with x along the columns. A transform that takes
//! points of space `b` to space `a` is named `a_from_b`. Picture coordinates are continuous, in pixels, with pixel
//! *edges* at whole numbers: the centre of the first pixel is `(0.5, 0.5)`. Patient space is DICOM's LPS, in mm:
//! x grows to the patient's Left, y to Posterior, z to Superior (PS3.3 C.7.6.2.1.1).

mod affine;
mod anatomy;
mod measure;
mod orientation;
mod turn;
pub mod vector;

pub use affine::{Affine3, Area, PlaneMap};
pub use anatomy::{AnatomicalAxes, Direction};
pub use measure::{Length, Ruler, angle_degrees};
pub use orientation::EdgeLetters;
pub use turn::Turn;

/// Rows and columns of a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    pub rows: usize,
    pub cols: usize,
}

impl Size {
    pub const fn new(rows: usize, cols: usize) -> Self {
        Self { rows, cols }
    }

    /// Number of pixels, `None` where it does not fit.
    pub fn pixels(self) -> Option<usize> {
        self.rows.checked_mul(self.cols)
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} x {}", self.rows, self.cols)
    }
}

/// Distance in mm between neighbouring pixel centres, as DICOM Pixel Spacing (0028,0030) orders it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSpacing {
    /// Between neighbouring rows (vertical), mm.
    pub row_mm: f64,
    /// Between neighbouring columns (horizontal), mm.
    pub col_mm: f64,
}
