//! `cv2.resize` with INTER_AREA where both axes shrink: the mean over each output pixel's footprint.

use ndarray::Array3;

use super::super::picture::{Raster, array};
use super::opencv::step;
use crate::geometry::Size;

/// `scale` where it is a whole number.
pub(super) fn whole(scale: f64) -> Option<usize> {
    ((scale - scale.round()).abs() < f64::EPSILON).then_some(scale.round() as usize)
}

/// uint8, equal to the last grey level.
pub(super) fn eight_bit(source: &Raster<'_, u8>, size: Size) -> Array3<u8> {
    let round = |value: f32| value.round_ties_even().clamp(0.0, 255.0) as u8;
    let out = match (whole(step(source.rows, size.rows)), whole(step(source.cols, size.cols))) {
        (Some(2), Some(2)) => blocks(source, size, 2, 2, 0_u32, |sum| ((sum + 2) >> 2) as u8),
        (Some(rows), Some(cols)) => {
            let scale = 1.0 / (rows * cols) as f32;
            blocks(source, size, rows, cols, 0_u32, |sum| round(sum as f32 * scale))
        }
        _ => footprints(source, size, round),
    };
    array(size.rows, size.cols, source.channels, out)
}

/// float32, within rounding.
pub(super) fn float(source: &Raster<'_, f32>, size: Size) -> Array3<f32> {
    let out = match (whole(step(source.rows, size.rows)), whole(step(source.cols, size.cols))) {
        (Some(rows), Some(cols)) => {
            let scale = 1.0 / (rows * cols) as f32;
            blocks(source, size, rows, cols, 0.0_f32, |sum| sum * scale)
        }
        _ => footprints(source, size, |value| value),
    };
    array(size.rows, size.cols, source.channels, out)
}

/// Sums of `height` x `width` blocks, finished by `finish`.
fn blocks<T, S>(
    source: &Raster<'_, T>,
    size: Size,
    height: usize,
    width: usize,
    zero: S,
    finish: impl Fn(S) -> T,
) -> Vec<T>
where
    T: Copy + Into<S>,
    S: Copy + std::ops::AddAssign,
{
    let channels = source.channels;
    let mut sums = vec![zero; size.cols * channels];
    let mut out = Vec::with_capacity(size.rows * sums.len());
    for row in 0..size.rows {
        sums.fill(zero);
        for input in row * height..(row + 1) * height {
            let pixels = source.row(input).chunks_exact(width * channels);
            for (sum, block) in sums.chunks_exact_mut(channels).zip(pixels) {
                for pixel in block.chunks_exact(channels) {
                    sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += (*value).into());
                }
            }
        }
        out.extend(sums.iter().map(|sum| finish(*sum)));
    }
    out
}

/// One input position's share in one output position.
struct Share {
    input: usize,
    output: usize,
    weight: f32,
}

/// Shares along one axis, in the order of the input.
fn shares(inputs: usize, outputs: usize) -> Vec<Share> {
    let scale = step(inputs, outputs);
    let mut shares = Vec::with_capacity(inputs + outputs);
    for output in 0..outputs {
        let begin = output as f64 * scale;
        let end = begin + scale;
        let cell = scale.min(inputs as f64 - begin);
        let last = (end.floor() as usize).min(inputs - 1);
        let first = (begin.ceil() as usize).min(last);
        if first as f64 - begin > 1e-3 {
            shares.push(Share { input: first - 1, output, weight: ((first as f64 - begin) / cell) as f32 });
        }
        shares.extend((first..last).map(|input| Share { input, output, weight: (1.0 / cell) as f32 }));
        if end - last as f64 > 1e-3 {
            let covered = (end - last as f64).min(1.0).min(cell);
            shares.push(Share { input: last, output, weight: (covered / cell) as f32 });
        }
    }
    shares
}

/// Sums in f32, in OpenCV's order: along the row first, then down.
fn footprints<T: Copy + Into<f32>>(source: &Raster<'_, T>, size: Size, finish: impl Fn(f32) -> T) -> Vec<T> {
    match source.channels {
        1 => footprints_of::<T, 1>(source, size, finish),
        _ => footprints_of::<T, 3>(source, size, finish),
    }
}

fn footprints_of<T: Copy + Into<f32>, const C: usize>(
    source: &Raster<'_, T>,
    size: Size,
    finish: impl Fn(f32) -> T,
) -> Vec<T> {
    let cols = shares(source.cols, size.cols);
    let len = size.cols * C;
    let mut line = vec![[0.0_f32; C]; size.cols];
    let mut sums = vec![0.0_f32; len];
    let mut out = Vec::with_capacity(size.rows * len);
    let mut current = 0;
    for share in shares(source.rows, size.rows) {
        line.fill([0.0; C]);
        let input = source.row(share.input).as_chunks::<C>().0;
        for col in &cols {
            let into = &mut line[col.output];
            into.iter_mut().zip(input[col.input]).for_each(|(sum, value)| *sum += value.into() * col.weight);
        }
        if share.output != current {
            out.extend(sums.iter().map(|sum| finish(*sum)));
            sums.fill(0.0);
            current = share.output;
        }
        sums.iter_mut().zip(line.as_flattened()).for_each(|(sum, value)| *sum += value * share.weight);
    }
    out.extend(sums.iter().map(|sum| finish(*sum)));
    out
}
