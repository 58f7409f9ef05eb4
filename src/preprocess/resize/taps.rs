//! Separable resampling: each output pixel is a weighted sum of a run of input pixels, columns first, then rows.

use std::ops::{AddAssign, Mul};

use ndarray::Array3;

use super::super::picture::{Raster, array};

/// For each output position along one axis: the first input position and the weights of the run that starts there.
pub(super) struct Taps<W> {
    /// First input position, and the range of its weights.
    runs: Vec<(usize, usize, usize)>,
    weights: Vec<W>,
}

impl<W: Copy> Taps<W> {
    pub fn with_capacity(outputs: usize) -> Self {
        Self { runs: Vec::with_capacity(outputs), weights: Vec::new() }
    }

    /// The next output position. Weights of 0 at both ends are left out.
    pub fn push(&mut self, first: usize, weights: &[W])
    where
        W: Default + PartialEq,
    {
        let zeros = |weight: &&W| **weight == W::default();
        let skip = weights.iter().take_while(zeros).count();
        let inner = weights.get(skip..).unwrap_or_default();
        let end = inner.len() - inner.iter().rev().take_while(zeros).count();
        let begin = self.weights.len();
        self.weights.extend_from_slice(&inner[..end]);
        self.runs.push((if end == 0 { first } else { first + skip }, begin, self.weights.len()));
    }

    /// `(first, weights)` of each output position.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[W])> {
        self.runs.iter().map(|&(first, begin, end)| (first, &self.weights[begin..end]))
    }

    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// The longest run.
    pub fn longest(&self) -> usize {
        self.runs.iter().map(|(_, begin, end)| end - begin).max().unwrap_or(0)
    }
}

impl<W: Copy + AddAssign + Default + PartialEq> Taps<W> {
    /// The next output position from weights of neighbouring input positions, the first of them `first`, that may lie
    /// outside `0..inputs`: those count for the nearest edge pixel.
    pub fn push_clamped(&mut self, first: isize, weights: &[W], inputs: usize) {
        let last = inputs.saturating_sub(1);
        let clamp = |position: isize| usize::try_from(position).unwrap_or(0).min(last);
        let begin = clamp(first);
        let mut folded = [W::default(); 16];
        let mut len = 0;
        for (offset, weight) in weights.iter().enumerate() {
            let slot = clamp(first + offset as isize) - begin;
            if let Some(place) = folded.get_mut(slot) {
                *place += *weight;
                len = len.max(slot + 1);
            }
        }
        self.push(begin, &folded[..len]);
    }
}

/// What sums are made in: `f32` as torch and TensorFlow do, `f64` as Pillow does.
pub(super) trait Weight: Copy + Default + PartialEq + AddAssign + Mul<Output = Self> + From<f32> {
    fn to_f32(self) -> f32;
}

impl Weight for f32 {
    fn to_f32(self) -> f32 {
        self
    }
}

impl Weight for f64 {
    fn to_f32(self) -> f32 {
        self as f32
    }
}

/// Resamples to `rows.len()` x `cols.len()`; the value between the two passes is f32.
pub(super) fn resample<T: Copy + Into<f32>, W: Weight>(
    source: &Raster<'_, T>,
    rows: &Taps<W>,
    cols: &Taps<W>,
) -> Array3<f32> {
    let channels = source.channels;
    let len = cols.len() * channels;
    let mut line: Vec<f32> = Vec::with_capacity(source.row_len());
    let mut sums = vec![W::default(); len];
    let mut out = Vec::with_capacity(rows.len() * len);
    let mut window = RowWindow::new(rows.longest(), len);
    for (first, weights) in rows.iter() {
        sums.fill(W::default());
        for (row, weight) in (first..).zip(weights) {
            let resampled = window.row(row, |into| {
                line.clear();
                line.extend(source.row(row).iter().map(|v| (*v).into()));
                match channels {
                    1 => resample_row::<W, 1>(&line, cols, into),
                    _ => resample_row::<W, 3>(&line, cols, into),
                }
            });
            for (sum, value) in sums.iter_mut().zip(resampled) {
                *sum += W::from(*value) * *weight;
            }
        }
        out.extend(sums.iter().map(|sum| sum.to_f32()));
    }
    array(rows.len(), cols.len(), channels, out)
}

/// One row of `C` channels.
fn resample_row<W: Weight, const C: usize>(source: &[f32], cols: &Taps<W>, into: &mut [f32]) {
    for (pixel, (first, weights)) in into.chunks_exact_mut(C).zip(cols.iter()) {
        let sums = weighted_pixel::<f32, W, C>(source, first, weights, W::default());
        for (value, sum) in pixel.iter_mut().zip(sums) {
            *value = sum.to_f32();
        }
    }
}

/// `start` plus the weighted sum of neighbouring pixels of `C` channels, the first of them `first`.
#[inline]
pub(super) fn weighted_pixel<S, W, const C: usize>(line: &[S], first: usize, weights: &[W], start: W) -> [W; C]
where
    S: Copy,
    W: Copy + AddAssign + Mul<Output = W> + From<S>,
{
    let pixels = line[first * C..(first + weights.len()) * C].as_chunks::<C>().0;
    let mut sums = [start; C];
    for (pixel, weight) in pixels.iter().zip(weights) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += W::from(*value) * *weight;
        }
    }
    sums
}

/// The last few horizontally resampled rows, so that each input row is resampled at most once and only if needed.
pub(super) struct RowWindow<T> {
    rows: Vec<T>,
    held: Vec<Option<usize>>,
    len: usize,
}

impl<T: Copy + Default> RowWindow<T> {
    /// Room for `count` rows of `len` samples.
    pub fn new(count: usize, len: usize) -> Self {
        let count = count.max(1);
        Self { rows: vec![T::default(); count * len], held: vec![None; count], len }
    }

    /// The row of that number, made by `make` unless it is still held.
    pub fn row(&mut self, row: usize, make: impl FnOnce(&mut [T])) -> &[T] {
        let slot = row % self.held.len();
        let place = slot * self.len..(slot + 1) * self.len;
        if self.held[slot] != Some(row) {
            make(&mut self.rows[place.clone()]);
            self.held[slot] = Some(row);
        }
        &self.rows[place]
    }
}

impl<T> RowWindow<T> {
    /// A row that [`RowWindow::row`] made within the last `count` rows.
    pub fn held(&self, row: usize) -> &[T] {
        let slot = row % self.held.len();
        &self.rows[slot * self.len..(slot + 1) * self.len]
    }
}

/// Picks one input pixel for each output pixel.
pub(super) fn pick<T: Copy>(source: &Raster<'_, T>, rows: &[usize], cols: &[usize]) -> Array3<T> {
    let channels = source.channels;
    let mut out = Vec::with_capacity(rows.len() * cols.len() * channels);
    for row in rows {
        let line = source.row(*row);
        for col in cols {
            out.extend_from_slice(&line[col * channels..(col + 1) * channels]);
        }
    }
    array(rows.len(), cols.len(), channels, out)
}
