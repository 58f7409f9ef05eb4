//! A frame with its half-size copies, so that a large picture made small neither flickers nor costs its full size.

use std::sync::Arc;

use ndarray::{Array2, Array3};

use crate::geometry::Size;
use crate::scan::{Frame, Pixels};

/// Copies stop where the longer side is at most this, in pixels.
const SMALLEST_SIDE: usize = 256;

/// A frame and its means over 2 x 2, 4 x 4… pixels (values, before any window). Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pyramid {
    frame: Arc<Frame>,
    smaller: Arc<Vec<Pixels>>,
}

impl Pyramid {
    /// Builds the copies: about a third more memory than the frame.
    pub fn new(frame: Frame) -> Self {
        let mut smaller = Vec::new();
        loop {
            let last = smaller.last().unwrap_or(&frame.pixels);
            let size = last.size();
            if size.rows.max(size.cols) <= SMALLEST_SIDE {
                break;
            }
            smaller.push(halved(last));
        }
        Self { frame: Arc::new(frame), smaller: Arc::new(smaller) }
    }

    pub fn frame(&self) -> &Arc<Frame> {
        &self.frame
    }

    pub fn size(&self) -> Size {
        self.frame.pixels.size()
    }

    /// Memory of the values, bytes.
    pub fn bytes(&self) -> usize {
        let own = |pixels: &Pixels| match pixels {
            Pixels::Gray(values) => values.len() * size_of::<f32>(),
            Pixels::Rgb(values) => values.len(),
        };
        own(&self.frame.pixels) + self.smaller.iter().map(own).sum::<usize>()
    }

    /// The copy whose pixels are nearest in size to `image_per_screen` picture pixels, and how many picture pixels one
    /// of its pixels covers along each axis.
    pub(super) fn level(&self, image_per_screen: f64) -> (&Pixels, f64) {
        let wanted = image_per_screen.max(1.0).log2().round() as usize;
        let level = wanted.min(self.smaller.len());
        let pixels = level.checked_sub(1).and_then(|i| self.smaller.get(i)).unwrap_or(&self.frame.pixels);
        (pixels, 2f64.powi(level as i32))
    }
}

/// Means over 2 x 2 pixels; a last odd row or column stands for itself.
fn halved(pixels: &Pixels) -> Pixels {
    let size = pixels.size();
    let (rows, cols) = (size.rows.div_ceil(2), size.cols.div_ceil(2));
    match pixels {
        Pixels::Gray(values) => {
            let mut half = Vec::with_capacity(rows.saturating_mul(cols));
            for row in 0..rows {
                // Rows as slices: several times faster than element by element.
                let above = values.row(row * 2).to_vec();
                let below = values.row((row * 2 + 1).min(size.rows - 1)).to_vec();
                half.extend(above.chunks(2).zip(below.chunks(2)).map(|(above, below)| match (above, below) {
                    ([a, b], [c, d]) => (a + b + c + d) / 4.0,
                    ([a, ..], [c, ..]) => (a + c) / 2.0,
                    _ => 0.0,
                }));
            }
            Pixels::Gray(Array2::from_shape_vec((rows, cols), half).unwrap_or_default())
        }
        Pixels::Rgb(values) => Pixels::Rgb(Array3::from_shape_fn((rows, cols, 3), |(row, col, channel)| {
            let (top, left) = (row * 2, col * 2);
            let (bottom, right) = ((top + 1).min(size.rows - 1), (left + 1).min(size.cols - 1));
            let sample = |row, col| values.get((row, col, channel)).copied().map_or(0, u16::from);
            let sum = sample(top, left) + sample(top, right) + sample(bottom, left) + sample(bottom, right);
            ((sum + 2) / 4) as u8
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(values: Array2<f32>) -> Pyramid {
        Pyramid::new(Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false })
    }

    #[test]
    fn halves_are_means_and_odd_edges_stand_for_themselves() {
        let values = Array2::from_shape_fn((3, 5), |(r, c)| (r * 10 + c) as f32);
        let Pixels::Gray(half) = halved(&Pixels::Gray(values)) else { panic!("gray stays gray") };
        assert_eq!(half.shape(), [2, 3]);
        assert_eq!(half[(0, 0)], (0.0 + 1.0 + 10.0 + 11.0) / 4.0);
        assert_eq!(half[(1, 2)], 24.0);
    }

    #[test]
    fn the_level_follows_the_zoom() {
        let pyramid = gray(Array2::zeros((1024, 2048)));
        assert_eq!(pyramid.level(0.25).1, 1.0);
        assert_eq!(pyramid.level(2.0).1, 2.0);
        assert_eq!(pyramid.level(3.9).1, 4.0);
        assert_eq!(pyramid.level(1e9).1, 8.0, "2048 halves three times to 256");
        assert_eq!(pyramid.level(2.0).0.size(), Size::new(512, 1024));
    }
}
