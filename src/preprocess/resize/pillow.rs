//! Pillow's `Image.resize` (checked against Pillow 13.0): antialiased, in fixed point for 8-bit pictures (mode L, RGB)
//! and in f64 for float pictures (mode F). Equal to the last grey level for 8-bit pictures.
//!
//! The picture between the two passes is 8-bit as well, so their order shows. Pillow up to 12.3 always resampled the
//! columns first; Pillow 13 takes the rows first where they shrink by more than twice what the columns shrink by.

use std::f64::consts::PI;

use ndarray::Array3;

use super::super::choices::Filter;
use super::super::picture::{Raster, array};
use super::taps::{RowWindow, Taps, resample, weighted_pixel};
use crate::geometry::Size;

/// Bits behind the point of an 8-bit weight: 32, less 8 for the value, less 2 for sums beyond 1.
pub(super) const PRECISION_BITS: u32 = 22;

/// Half a grey level, so that sums round to the nearest.
pub(super) const HALF: i32 = 1 << (PRECISION_BITS - 1);

/// A filter's weight at a distance from its centre, and how far it reaches, in input pixels at scale 1.
#[derive(Clone, Copy)]
pub(super) struct Kernel {
    at: fn(f64) -> f64,
    reach: f64,
}

pub(super) fn kernel(filter: Filter) -> Option<Kernel> {
    Some(match filter {
        Filter::Box => Kernel { at: box_kernel, reach: 0.5 },
        Filter::Bilinear => Kernel { at: triangle, reach: 1.0 },
        Filter::Hamming => Kernel { at: hamming, reach: 1.0 },
        Filter::Bicubic => Kernel { at: keys_cubic, reach: 2.0 },
        Filter::Lanczos => Kernel { at: lanczos3, reach: 3.0 },
        _ => return None,
    })
}

fn box_kernel(x: f64) -> f64 {
    if x > -0.5 && x <= 0.5 { 1.0 } else { 0.0 }
}

fn triangle(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

fn hamming(x: f64) -> f64 {
    let x = x.abs();
    if x == 0.0 {
        1.0
    } else if x >= 1.0 {
        0.0
    } else {
        (x * PI).sin() / (x * PI) * (0.54 + 0.46 * (x * PI).cos())
    }
}

/// Keys' cubic with a = -0.5.
fn keys_cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

fn lanczos3(x: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
    if (-3.0..3.0).contains(&x) { sinc(x) * sinc(x / 3.0) } else { 0.0 }
}

/// Normalised weights along one axis; the kernel widens with the reduction.
pub(super) fn taps<W: Copy + Default + PartialEq>(
    inputs: usize,
    outputs: usize,
    kernel: Kernel,
    convert: impl Fn(f64) -> W,
) -> Taps<W> {
    let mut taps = Taps::with_capacity(outputs);
    if inputs == outputs {
        (0..outputs).for_each(|position| taps.push(position, &[convert(1.0)]));
        return taps;
    }
    let scale = inputs as f64 / outputs as f64;
    let stretch = scale.max(1.0);
    let support = kernel.reach * stretch;
    let (mut weights, mut converted) = (Vec::new(), Vec::new());
    for output in 0..outputs {
        let center = (output as f64 + 0.5) * scale;
        let first = (center - support + 0.5).max(0.0) as usize;
        let end = ((center + support + 0.5) as usize).min(inputs);
        weights.clear();
        weights.extend((first..end).map(|input| (kernel.at)((input as f64 - center + 0.5) * (1.0 / stretch))));
        let sum: f64 = weights.iter().sum();
        let sum = if sum == 0.0 { 1.0 } else { sum };
        converted.clear();
        converted.extend(weights.iter().map(|weight| convert(weight / sum)));
        taps.push(first, &converted);
    }
    taps
}

/// `Image.resize` in mode L or RGB; `None` for a filter Pillow has not. `columns_first` as before Pillow 13.
pub(super) fn eight_bit(
    source: &Raster<'_, u8>,
    size: Size,
    filter: Filter,
    columns_first: bool,
) -> Option<Array3<u8>> {
    let kernel = kernel(filter)?;
    let one = f64::from(1 << PRECISION_BITS);
    // `as` cuts towards zero as C does.
    let fixed = |weight: f64| (weight * one + if weight < 0.0 { -0.5 } else { 0.5 }) as i32;
    let rows = taps(source.rows, size.rows, kernel, fixed);
    let cols = taps(source.cols, size.cols, kernel, fixed);
    let rows_first = !columns_first
        && source.rows.checked_sub(size.rows).is_some_and(|fewer| fewer + 2 * size.cols > 2 * source.cols && fewer > 0);
    Some(if rows_first { rows_then_columns(source, &rows, &cols) } else { columns_then_rows(source, &rows, &cols) })
}

/// `Image.resize` in mode F; `None` for a filter Pillow has not.
pub(super) fn float(source: &Raster<'_, f32>, size: Size, filter: Filter) -> Option<Array3<f32>> {
    let kernel = kernel(filter)?;
    let same = |weight: f64| weight;
    let rows = taps(source.rows, size.rows, kernel, same);
    Some(resample(source, &rows, &taps(source.cols, size.cols, kernel, same)))
}

fn rows_then_columns(source: &Raster<'_, u8>, rows: &Taps<i32>, cols: &Taps<i32>) -> Array3<u8> {
    let channels = source.channels;
    let len = cols.len() * channels;
    let gray = GrayRow::new(cols);
    let mut line = vec![0_u8; source.row_len()];
    let mut lines = Vec::with_capacity(rows.longest());
    let mut out = vec![0_u8; rows.len() * len];
    for ((first, weights), into) in rows.iter().zip(out.chunks_exact_mut(len)) {
        lines.clear();
        lines.extend((first..first + weights.len()).map(|row| source.row(row)));
        weighted_rows(&lines, weights, &mut line);
        match (cols.len() == source.cols, channels) {
            (true, _) => into.copy_from_slice(&line),
            (false, 1) => gray.resample(&line, into),
            (false, _) => resample_row::<3>(&line, cols, into),
        }
    }
    array(rows.len(), cols.len(), channels, out)
}

pub(super) fn columns_then_rows(source: &Raster<'_, u8>, rows: &Taps<i32>, cols: &Taps<i32>) -> Array3<u8> {
    let channels = source.channels;
    let len = cols.len() * channels;
    let unchanged = cols.len() == source.cols;
    let gray = GrayRow::new(cols);
    let mut out = vec![0_u8; rows.len() * len];
    let mut window = RowWindow::new(rows.longest(), len);
    for ((first, weights), into) in rows.iter().zip(out.chunks_exact_mut(len)) {
        let needed = first..first + weights.len();
        for row in needed.clone().filter(|_| !unchanged) {
            let line = source.row(row);
            window.row(row, |into| match channels {
                1 => gray.resample(line, into),
                _ => resample_row::<3>(line, cols, into),
            });
        }
        let line = |row| if unchanged { source.row(row) } else { window.held(row) };
        let lines: Vec<&[u8]> = needed.map(line).collect();
        weighted_rows(&lines, weights, into);
    }
    array(rows.len(), cols.len(), channels, out)
}

/// The columns' weights of a picture of one channel, laid out for the processor.
struct GrayRow<'a> {
    cols: &'a Taps<i32>,
    #[cfg(target_arch = "x86_64")]
    quick: Option<super::pillow_sse2::Columns>,
}

impl<'a> GrayRow<'a> {
    fn new(cols: &'a Taps<i32>) -> Self {
        Self {
            cols,
            #[cfg(target_arch = "x86_64")]
            quick: super::pillow_sse2::Columns::new(cols),
        }
    }

    fn resample(&self, source: &[u8], into: &mut [u8]) {
        #[cfg(target_arch = "x86_64")]
        if let Some(quick) = &self.quick {
            return quick.resample(source, into);
        }
        resample_row::<1>(source, self.cols, into);
    }
}

/// The weighted sum of rows, each at least as long as `into`.
fn weighted_rows(rows: &[&[u8]], weights: &[i32], into: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    let done = super::pillow_sse2::weighted_rows(rows, weights, into);
    #[cfg(not(target_arch = "x86_64"))]
    let done = 0;
    weighted_rows_plain(rows, weights, done, into);
}

/// Sums in a strip that stays in the processor's nearest memory.
const STRIP: usize = 1024;

/// The same for the columns from `start` on.
pub(super) fn weighted_rows_plain(rows: &[&[u8]], weights: &[i32], start: usize, into: &mut [u8]) {
    let mut sums = [0_i32; STRIP];
    let mut at = start;
    for part in into[start..].chunks_mut(STRIP) {
        let sums = &mut sums[..part.len()];
        sums.fill(HALF);
        for (row, weight) in rows.iter().zip(weights) {
            add_weighted(sums, &row[at..at + part.len()], *weight);
        }
        part.iter_mut().zip(sums.iter()).for_each(|(value, sum)| *value = clip(*sum));
        at += part.len();
    }
}

fn add_weighted(sums: &mut [i32], line: &[u8], weight: i32) {
    for (sum, value) in sums.iter_mut().zip(line) {
        *sum += i32::from(*value) * weight;
    }
}

pub(super) fn resample_row<const C: usize>(source: &[u8], cols: &Taps<i32>, into: &mut [u8]) {
    for (pixel, (first, weights)) in into.chunks_exact_mut(C).zip(cols.iter()) {
        for (value, sum) in pixel.iter_mut().zip(weighted_pixel::<u8, i32, C>(source, first, weights, HALF)) {
            *value = clip(sum);
        }
    }
}

fn clip(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

/// The input position of each output position under `NEAREST`. Pillow walks with a running sum, rounding errors and all.
pub(super) fn nearest(inputs: usize, outputs: usize) -> Vec<usize> {
    let step = inputs as f64 / outputs as f64;
    let mut position = step * 0.5;
    let last = inputs.saturating_sub(1);
    (0..outputs)
        .map(|_| {
            let input = (position as usize).min(last);
            position += step;
            input
        })
        .collect()
}
