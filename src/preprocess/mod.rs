//! A frame in, the model's numbers out: ordered steps, each a pure function that reproduces a named library.
//!
//! Input: [`Frame`](crate::scan::Frame) in modality units. Output: [`Prepared`], `[rows, cols, channels]` f32, with
//! the map from picture to model coordinates. The display's window never reaches it unless the manifest asks for a
//! window as a step. It does not know the model's memory layout (NHWC or NCHW): `engine` transposes.

mod step;

pub use step::Step;

use ndarray::Array3;

use crate::geometry::PlaneMap;

/// A picture between two steps: 8-bit as Pillow and OpenCV see it, or float. `[rows, cols, channels]`, 1 or 3 channels.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    U8(Array3<u8>),
    F32(Array3<f32>),
}

/// One step as it was applied, with the picture after it where the caller asked to keep them.
#[derive(Clone, Debug)]
pub struct AppliedStep {
    pub step: Step,
    pub picture: Option<Picture>,
}

/// What the model is fed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// `[rows, cols, channels]`.
    pub tensor: Array3<f32>,
    /// Picture coordinates to model coordinates, both with pixel edges at whole numbers.
    pub model_from_image: PlaneMap,
    pub steps: Vec<AppliedStep>,
    /// Sentences about values that look wrong for these steps (e.g. "values reach 4095 where the steps expect 0..255").
    pub warnings: Vec<String>,
}
