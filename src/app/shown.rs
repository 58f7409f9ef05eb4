//! What a view shows: decoded frames, slices of planes, and how they came to be asked for.

use std::sync::Arc;

use super::Stack;
use crate::render::{Plane, Pyramid, auto_window, full_range, percentiles};
use crate::scan::{Frame, VoiLut, Window};

/// A decoded frame with what the worker found out about it.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Values in modality units.
    pub picture: Pyramid,
    /// What its header offers instead of windows.
    pub luts: Arc<[Arc<VoiLut>]>,
    /// The frame through one of them, by its number: presentation values.
    pub through: Option<(usize, Pyramid)>,
    /// From the values; only where the header has no window and the view has none yet.
    pub auto: Option<Window>,
}

/// A slice of a plane.
#[derive(Clone, Debug)]
pub struct PlanePicture {
    pub stack: Stack,
    /// Counted from 0.
    pub index: usize,
    pub decoded: Decoded,
    /// Sentences about what the planes show.
    pub remarks: Vec<String>,
}

/// The slice on the screen.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Counted from 0, in its plane.
    pub index: usize,
    /// `None` for a frame as it is stored.
    pub plane: Option<Plane>,
    /// Values in modality units: what is probed, measured, and drawn through a window.
    pub picture: Pyramid,
    pub luts: Arc<[Arc<VoiLut>]>,
    /// What is drawn where a VOI LUT is chosen, and its number.
    pub through: Option<(usize, Pyramid)>,
}

/// Which slice of a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SliceChoice {
    Index(usize),
    Middle,
    /// The one nearest to a point of the patient (LPS mm).
    Through([f64; 3]),
}

/// A window that has to be found in the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueWindow {
    Auto,
    /// From the 1st to the 99th percentile.
    Percentiles,
    /// From the least to the largest.
    Full,
}

impl ValueWindow {
    /// Looks at every value: for workers.
    pub(super) fn of(self, frame: &Frame) -> Window {
        match self {
            Self::Auto => auto_window(frame),
            Self::Percentiles => percentiles(frame, 1.0, 99.0),
            Self::Full => full_range(frame),
        }
    }
}
