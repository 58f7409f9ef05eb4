//! A picture between two steps, and the flat view the steps work on.

use std::borrow::Cow;

use ndarray::Array3;

use super::error::PreprocessError;
use crate::geometry::Size;

/// Samples a step may make at most: 64 million, 256 MB as float.
const MAX_SAMPLES: usize = 1 << 26;

/// A picture between two steps: 8-bit as Pillow and OpenCV see it, or float. `[rows, cols, channels]`, 1 or 3 channels.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    U8(Array3<u8>),
    F32(Array3<f32>),
}

impl Picture {
    /// Rows and columns.
    pub fn size(&self) -> Size {
        let (rows, cols, _) = self.dim();
        Size::new(rows, cols)
    }

    /// 1 for grey, 3 for colour.
    pub fn channels(&self) -> usize {
        self.dim().2
    }

    fn dim(&self) -> (usize, usize, usize) {
        match self {
            Self::U8(values) => values.dim(),
            Self::F32(values) => values.dim(),
        }
    }

    /// The same values as float.
    pub fn into_f32(self) -> Array3<f32> {
        match self {
            Self::U8(values) => values.mapv(f32::from),
            Self::F32(values) => values,
        }
    }

    /// Lowest and highest value; NaN is passed over. `None` where there is no number at all.
    pub fn range(&self) -> Option<(f32, f32)> {
        match self {
            Self::U8(values) => {
                let (low, high) = values.iter().fold((u8::MAX, u8::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
                (!values.is_empty()).then_some((f32::from(low), f32::from(high)))
            }
            Self::F32(values) => {
                let values = Raster::of(values);
                let (lanes, rest) = values.data.as_chunks::<8>();
                let mut low = [f32::INFINITY; 8];
                let mut high = [f32::NEG_INFINITY; 8];
                // Eight at a time; a comparison with NaN is false.
                for eight in lanes.iter().map(|eight| eight.as_slice()).chain([rest]) {
                    for ((low, high), value) in low.iter_mut().zip(&mut high).zip(eight) {
                        *low = if *value < *low { *value } else { *low };
                        *high = if *value > *high { *value } else { *high };
                    }
                }
                let (low, high) =
                    (low.into_iter().fold(f32::INFINITY, f32::min), high.into_iter().fold(f32::NEG_INFINITY, f32::max));
                (low <= high).then_some((low, high))
            }
        }
    }
}

/// A flat, row-major view of a picture: `data[(row * cols + col) * channels + channel]`.
pub(super) struct Raster<'a, T: Clone> {
    pub data: Cow<'a, [T]>,
    pub rows: usize,
    pub cols: usize,
    pub channels: usize,
}

impl<'a, T: Clone> Raster<'a, T> {
    /// Borrows where the memory is already row-major.
    pub fn of(array: &'a Array3<T>) -> Self {
        let (rows, cols, channels) = array.dim();
        let data = match array.as_slice() {
            Some(data) => Cow::Borrowed(data),
            None => Cow::Owned(array.iter().cloned().collect()),
        };
        Self { data, rows, cols, channels }
    }

    /// Samples in one row.
    pub fn row_len(&self) -> usize {
        self.cols * self.channels
    }

    /// One row, `[cols * channels]`. `row` is below `rows`.
    pub fn row(&self, row: usize) -> &[T] {
        let len = self.row_len();
        &self.data[row * len..(row + 1) * len]
    }
}

/// An array from row-major samples whose number is `rows * cols * channels` by construction.
pub(super) fn array<T>(rows: usize, cols: usize, channels: usize, data: Vec<T>) -> Array3<T> {
    Array3::from_shape_vec((rows, cols, channels), data).expect("as many samples as rows * cols * channels")
}

/// A new size for a picture: neither empty nor beyond the limit.
pub(super) fn check_size(step: &'static str, size: Size, picture: &Picture) -> Result<(), PreprocessError> {
    if picture.size().pixels().unwrap_or(0) == 0 {
        return Err(PreprocessError::NoPixels { size: picture.size() });
    }
    if size.rows == 0 || size.cols == 0 {
        let value = size.to_string();
        return Err(PreprocessError::BadParameter { step, parameter: "size", value, rule: "at least 1 x 1" });
    }
    let samples = size.pixels().and_then(|pixels| pixels.checked_mul(picture.channels()));
    if samples.is_none_or(|samples| samples > MAX_SAMPLES) {
        return Err(PreprocessError::TooLarge { step, size });
    }
    Ok(())
}
