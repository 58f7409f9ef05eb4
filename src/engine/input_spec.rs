//! What a picture or volume must look like.

use super::backend::Batch;
use super::error::EngineError;
use super::model::Model;
use crate::onnx::Layout;

/// The size, layout and batch length that a model takes.
#[derive(Clone, Debug)]
pub(super) struct InputSpec {
    pub layout: Layout,
    channels: usize,
    depth: Option<usize>,
    rows: Option<usize>,
    cols: Option<usize>,
    pub fixed_batch: Option<usize>,
}

/// Side of a picture, or of a volume, where the graph takes any size and nothing else decides.
pub(super) fn usual_side(layout: Layout) -> usize {
    if layout.is_volume() { 64 } else { 224 }
}

impl InputSpec {
    pub fn of(model: &Model) -> Self {
        Self {
            layout: model.layout(),
            channels: model.channels(),
            depth: model.input.depth.as_ref().and_then(|depth| depth.fixed()),
            rows: model.input.rows.fixed(),
            cols: model.input.cols.fixed(),
            fixed_batch: model.input.batch.fixed(),
        }
    }

    /// True where the graph takes pictures (or volumes) of one size only.
    pub fn has_fixed_size(&self) -> bool {
        self.rows.is_some() && self.cols.is_some() && (self.depth.is_some() || !self.layout.is_volume())
    }

    /// Checks the shape `(rows, cols, channels)` of a picture, or `(depth, rows, cols)` of a volume.
    pub fn check(&self, (first, second, third): (usize, usize, usize)) -> Result<(), EngineError> {
        let fits = |fixed: Option<usize>, found: usize| found > 0 && fixed.is_none_or(|fixed| fixed == found);
        let side = |fixed: Option<usize>| fixed.map_or_else(|| "any".to_owned(), |side| side.to_string());
        let (rows, cols) = (side(self.rows), side(self.cols));
        let (expected, found) = if self.layout.is_volume() {
            if fits(self.depth, first) && fits(self.rows, second) && fits(self.cols, third) {
                return Ok(());
            }
            (format!("a volume of {} x {rows} x {cols}", side(self.depth)), format!("{first} x {second} x {third}"))
        } else {
            if fits(self.rows, first) && fits(self.cols, second) && third == self.channels {
                return Ok(());
            }
            (
                format!("{rows} rows x {cols} columns x {} channels", self.channels),
                format!("{first} rows x {second} columns x {third} channels"),
            )
        };
        Err(EngineError::WrongInput { expected, found })
    }

    /// One batch of zeros of the smallest length the graph takes.
    pub fn empty_batch(&self) -> Batch {
        let usual = usual_side(self.layout);
        let [depth, rows, cols] = [self.depth, self.rows, self.cols].map(|side| side.unwrap_or(usual));
        let dim = if self.layout.is_volume() { (depth, rows, cols) } else { (rows, cols, self.channels) };
        let shape = batch_shape(self.layout, self.fixed_batch.unwrap_or(1), dim);
        Batch { data: vec![0.0; shape.iter().product()], shape }
    }
}

/// Shape of a batch of `length` pictures `(rows, cols, channels)`, or volumes `(depth, rows, cols)` of one channel.
pub(super) fn batch_shape(layout: Layout, length: usize, (first, second, third): (usize, usize, usize)) -> Vec<usize> {
    match layout {
        Layout::Nhwc => vec![length, first, second, third],
        Layout::Nchw => vec![length, third, first, second],
        Layout::Ncwh => vec![length, third, second, first],
        Layout::Ncdhw => vec![length, 1, first, second, third],
        Layout::Ndhwc => vec![length, first, second, third, 1],
    }
}
