//! `cv2.resize` (checked against OpenCV 5.0.0): no antialias but for INTER_AREA. 8-bit pictures are computed in
//! OpenCV's fixed point, equal to the last grey level; float pictures within 1e-3.
//!
//! INTER_CUBIC of 8-bit pictures is the exception: the usual wheels for x86 processors hand it (and INTER_LINEAR and
//! INTER_CUBIC of float ones) to Intel's library, which computes in float and rounds once. So does this file; fewer
//! than one pixel in a thousand is one grey level off, at ties. OpenCV without that library
//! (`cv2.ipp.setUseIPP(False)`, ARM) is one level off in up to 5 % of pixels, 0.01 for float.

use ndarray::Array3;

use super::super::choices::Filter;
use super::super::picture::{Raster, array};
use super::opencv_area;
use super::taps::{RowWindow, Taps, resample, weighted_pixel};
use crate::geometry::Size;

/// One, as an 8-bit weight.
const ONE: f32 = 2048.0;

/// The longest kernel, Lanczos.
const MAX_TAPS: usize = 8;

/// One output position: the first of `count` neighbouring input positions (it may lie outside), and their weights.
#[derive(Clone, Copy)]
struct Spot {
    first: isize,
    weights: [f32; MAX_TAPS],
}

/// How positions and weights along one axis are found.
#[derive(Clone, Copy, PartialEq)]
enum Kernel {
    Linear,
    /// INTER_AREA where an axis grows.
    LinearArea,
    Cubic,
    Lanczos,
}

impl Kernel {
    fn taps(self) -> usize {
        match self {
            Self::Linear | Self::LinearArea => 2,
            Self::Cubic => 4,
            Self::Lanczos => 8,
        }
    }

    fn spots(self, inputs: usize, outputs: usize) -> Vec<Spot> {
        let scale = step(inputs, outputs);
        let inverse = outputs as f64 / inputs as f64;
        (0..outputs)
            .map(|output| {
                let (base, part) = if self == Self::LinearArea {
                    let base = (output as f64 * scale).floor();
                    let part = ((output + 1) as f64 - (base + 1.0) * inverse) as f32;
                    (base, if part <= 0.0 { 0.0 } else { part - part.floor() })
                } else {
                    let position = ((output as f64 + 0.5) * scale - 0.5) as f32;
                    (f64::from(position.floor()), position - position.floor())
                };
                let weights = match self {
                    Self::Linear | Self::LinearArea => [1.0 - part, part, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                    Self::Cubic => {
                        let [a, b, c, d] = cubic(f64::from(part)).map(|weight| weight as f32);
                        [a, b, c, d, 0.0, 0.0, 0.0, 0.0]
                    }
                    Self::Lanczos => lanczos(part),
                };
                Spot { first: base as isize + 1 - (self.taps() / 2) as isize, weights }
            })
            .collect()
    }
}

/// Input pixels per output pixel, as OpenCV computes it.
pub(super) fn step(inputs: usize, outputs: usize) -> f64 {
    1.0 / (outputs as f64 / inputs as f64)
}

/// Keys' cubic with a = -0.75.
fn cubic(x: f64) -> [f64; 4] {
    const A: f64 = -0.75;
    let before = ((A * (x + 1.0) - 5.0 * A) * (x + 1.0) + 8.0 * A) * (x + 1.0) - 4.0 * A;
    let at = ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0;
    let after = ((A + 2.0) * (1.0 - x) - (A + 3.0)) * (1.0 - x) * (1.0 - x) + 1.0;
    [before, at, after, 1.0 - before - at - after]
}

/// Lanczos over 8 pixels, by the addition theorem in steps of 45 degrees.
fn lanczos(x: f32) -> [f32; MAX_TAPS] {
    use std::f64::consts::{FRAC_1_SQRT_2 as S, PI};
    const TURNS: [(f64, f64); MAX_TAPS] =
        [(1.0, 0.0), (-S, -S), (0.0, 1.0), (S, -S), (-1.0, 0.0), (S, S), (0.0, -1.0), (-S, S)];
    let start = -f64::from(x + 3.0) * PI * 0.25;
    let (sin, cos) = start.sin_cos();
    let mut weights = [0.0_f32; MAX_TAPS];
    let mut sum = 0.0_f32;
    for (index, (weight, (a, b))) in weights.iter_mut().zip(TURNS).enumerate() {
        let distance = x + 3.0 - index as f32;
        *weight = if distance.abs() >= 1e-6 {
            let y = -f64::from(distance) * PI * 0.25;
            ((a * sin + b * cos) / (y * y)) as f32
        } else {
            1e30
        };
        sum += *weight;
    }
    weights.map(|weight| weight * (1.0 / sum))
}

/// The input position of each output position under INTER_NEAREST: no half-pixel centre.
pub(super) fn nearest(inputs: usize, outputs: usize) -> Vec<usize> {
    let scale = step(inputs, outputs);
    let last = inputs.saturating_sub(1);
    (0..outputs).map(|output| ((output as f64 * scale).floor() as usize).min(last)).collect()
}

/// What OpenCV really does for a filter and two sizes; `None` for a filter OpenCV has not.
fn kernel(filter: Filter, from: Size, to: Size) -> Option<Option<Kernel>> {
    let (y, x) = (step(from.rows, to.rows), step(from.cols, to.cols));
    let halves = opencv_area::whole(y) == Some(2) && opencv_area::whole(x) == Some(2);
    Some(match filter {
        Filter::Bilinear if halves => None,
        Filter::Area if y >= 1.0 && x >= 1.0 => None,
        Filter::Bilinear => Some(Kernel::Linear),
        Filter::Area => Some(Kernel::LinearArea),
        Filter::Bicubic => Some(Kernel::Cubic),
        Filter::Lanczos4 => Some(Kernel::Lanczos),
        _ => return None,
    })
}

/// `cv2.resize` of uint8.
pub(super) fn eight_bit(source: &Raster<'_, u8>, size: Size, filter: Filter) -> Option<Array3<u8>> {
    Some(match kernel(filter, Size::new(source.rows, source.cols), size)? {
        None => opencv_area::eight_bit(source, size),
        Some(Kernel::Cubic) => at_exact_positions(source, size, 1, cubic).mapv(|value| value.round_ties_even() as u8),
        Some(kernel) => fixed_point(source, size, kernel),
    })
}

/// `cv2.resize` of float32.
pub(super) fn float(source: &Raster<'_, f32>, size: Size, filter: Filter) -> Option<Array3<f32>> {
    Some(match kernel(filter, Size::new(source.rows, source.cols), size)? {
        None => opencv_area::float(source, size),
        Some(Kernel::Linear) => at_exact_positions(source, size, 0, |part| [1.0 - part, part]),
        Some(Kernel::Cubic) => at_exact_positions(source, size, 1, cubic),
        Some(kernel) => {
            let taps = |inputs: usize, outputs: usize| {
                let mut taps = Taps::with_capacity(outputs);
                for spot in kernel.spots(inputs, outputs) {
                    taps.push_clamped(spot.first, &spot.weights[..kernel.taps()], inputs);
                }
                taps
            };
            resample(source, &taps(source.rows, size.rows), &taps(source.cols, size.cols))
        }
    })
}

/// As Intel's library: positions in f64. `before` is the number of taps before the pixel left of the position.
fn at_exact_positions<T: Copy + Into<f32>, const N: usize>(
    source: &Raster<'_, T>,
    size: Size,
    before: isize,
    weights: impl Fn(f64) -> [f64; N],
) -> Array3<f32> {
    let taps = |inputs: usize, outputs: usize| {
        let mut taps = Taps::with_capacity(outputs);
        for output in 0..outputs {
            let position = (output as f64 + 0.5) * step(inputs, outputs) - 0.5;
            let weights = weights(position - position.floor());
            taps.push_clamped(position.floor() as isize - before, &weights, inputs);
        }
        taps
    };
    resample(source, &taps(source.rows, size.rows), &taps(source.cols, size.cols))
}

/// Columns in whole numbers, rows by one of two roundings.
fn fixed_point(source: &Raster<'_, u8>, size: Size, kernel: Kernel) -> Array3<u8> {
    let fixed = |weight: f32| (weight * ONE).round_ties_even() as i32;
    let count = kernel.taps();
    let mut cols = Taps::with_capacity(size.cols);
    for spot in kernel.spots(source.cols, size.cols) {
        cols.push_clamped(spot.first, &spot.weights.map(fixed)[..count], source.cols);
    }
    let len = size.cols * source.channels;
    let last = source.rows.saturating_sub(1);
    let mut window = RowWindow::new(count, len);
    let mut lines = vec![0_i32; count * len];
    let mut out = Vec::with_capacity(size.rows * len);
    for spot in kernel.spots(source.rows, size.rows) {
        for (offset, line) in lines.chunks_exact_mut(len).enumerate() {
            let row = usize::try_from(spot.first + offset as isize).unwrap_or(0).min(last);
            let resampled = window.row(row, |into| match source.channels {
                1 => fixed_row::<1>(source.row(row), &cols, into),
                _ => fixed_row::<3>(source.row(row), &cols, into),
            });
            line.copy_from_slice(resampled);
        }
        let weights = spot.weights.map(fixed);
        match kernel {
            Kernel::Linear | Kernel::LinearArea => blend_two(&lines, len, &weights, &mut out),
            Kernel::Cubic | Kernel::Lanczos => out.extend((0..len).map(|at| round_sum(&lines, len, at, &weights))),
        }
    }
    array(size.rows, size.cols, source.channels, out)
}

fn fixed_row<const C: usize>(source: &[u8], cols: &Taps<i32>, into: &mut [i32]) {
    for (pixel, (first, weights)) in into.chunks_exact_mut(C).zip(cols.iter()) {
        pixel.copy_from_slice(&weighted_pixel::<u8, i32, C>(source, first, weights, 0));
    }
}

/// INTER_LINEAR drops bits before and after each product.
fn blend_two(lines: &[i32], len: usize, weights: &[i32; MAX_TAPS], out: &mut Vec<u8>) {
    let (above, below) = lines.split_at(len);
    let part = |value: i32, weight: i32| ((value >> 4) * weight) >> 16;
    out.extend(
        above
            .iter()
            .zip(below)
            .map(|(above, below)| ((part(*above, weights[0]) + part(*below, weights[1]) + 2) >> 2).clamp(0, 255) as u8),
    );
}

/// The weighted sum of one column, rounded half up.
fn round_sum(lines: &[i32], len: usize, at: usize, weights: &[i32; MAX_TAPS]) -> u8 {
    let sum: i32 = lines.iter().skip(at).step_by(len).zip(weights).map(|(value, weight)| value * weight).sum();
    ((sum + (1 << 21)) >> 22).clamp(0, 255) as u8
}
