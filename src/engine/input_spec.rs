//! What a picture must look like.

use super::backend::Batch;
use super::error::EngineError;
use super::model::Model;
use crate::onnx::Layout;

/// The size, layout and batch length that a model takes.
#[derive(Clone, Debug)]
pub(super) struct InputSpec {
    pub layout: Layout,
    channels: usize,
    rows: Option<usize>,
    cols: Option<usize>,
    pub fixed_batch: Option<usize>,
}

/// Side of the warm-up picture where the graph takes any size.
const WARM_UP_SIDE: usize = 224;

impl InputSpec {
    pub fn of(model: &Model) -> Self {
        Self {
            layout: model.layout(),
            channels: model.channels(),
            rows: model.input.rows.fixed(),
            cols: model.input.cols.fixed(),
            fixed_batch: model.input.batch.fixed(),
        }
    }

    /// True where the graph takes pictures of one size only.
    pub fn has_fixed_size(&self) -> bool {
        self.rows.is_some() && self.cols.is_some()
    }

    /// Checks the shape `(rows, cols, channels)` of a picture.
    pub fn check(&self, (rows, cols, channels): (usize, usize, usize)) -> Result<(), EngineError> {
        let fits = |fixed: Option<usize>, found: usize| found > 0 && fixed.is_none_or(|fixed| fixed == found);
        if fits(self.rows, rows) && fits(self.cols, cols) && channels == self.channels {
            return Ok(());
        }
        let side = |fixed: Option<usize>| fixed.map_or_else(|| "any".to_owned(), |side| side.to_string());
        Err(EngineError::WrongInput {
            expected: format!("{} rows x {} columns x {} channels", side(self.rows), side(self.cols), self.channels),
            found: format!("{rows} rows x {cols} columns x {channels} channels"),
        })
    }

    /// One batch of zeros of the smallest length the graph takes.
    pub fn empty_batch(&self) -> Batch {
        let (rows, cols) = (self.rows.unwrap_or(WARM_UP_SIDE), self.cols.unwrap_or(WARM_UP_SIDE));
        let length = self.fixed_batch.unwrap_or(1);
        let shape = match self.layout {
            Layout::Nhwc => [length, rows, cols, self.channels],
            Layout::Nchw => [length, self.channels, rows, cols],
        };
        Batch { shape, data: vec![0.0; shape.iter().product()] }
    }
}
