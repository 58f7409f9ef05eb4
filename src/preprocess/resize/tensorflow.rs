//! `tf.image.resize` (checked against TensorFlow 2.21, CPU): half-pixel centres, float out. Within 1e-3 grey level.
//!
//! Without antialias, bilinear and bicubic have kernels of their own; lanczos, and everything with antialias, goes
//! through `ScaleAndTranslate`; area has its own kernel and ignores antialias.

use super::super::choices::Filter;
use super::taps::Taps;

/// Weights along one axis; `None` for a filter TensorFlow has not (nearest is [`nearest`]).
pub(super) fn taps(inputs: usize, outputs: usize, filter: Filter, antialias: bool) -> Option<Taps<f32>> {
    let span = |kernel: fn(f32) -> f32, radius: f32| scale_and_translate(inputs, outputs, antialias, kernel, radius);
    Some(match (filter, antialias) {
        (Filter::Bilinear, false) => bilinear(inputs, outputs),
        (Filter::Bicubic, false) => bicubic(inputs, outputs),
        (Filter::Bilinear, true) => span(|x| (1.0 - x).max(0.0), 1.0),
        (Filter::Bicubic, true) => span(keys_cubic, 2.0),
        (Filter::Lanczos3, _) => span(|x| lanczos(x, 3.0), 3.0),
        (Filter::Lanczos5, _) => span(|x| lanczos(x, 5.0), 5.0),
        (Filter::Area, _) => area(inputs, outputs),
        _ => return None,
    })
}

/// The input position of each output position: `ResizeNearestNeighbor` with half-pixel centres.
pub(super) fn nearest(inputs: usize, outputs: usize) -> Vec<usize> {
    let scale = inputs as f32 / outputs as f32;
    let last = inputs.saturating_sub(1);
    (0..outputs).map(|output| (((output as f32 + 0.5) * scale) as usize).min(last)).collect()
}

/// `ResizeBilinear`.
fn bilinear(inputs: usize, outputs: usize) -> Taps<f32> {
    let scale = inputs as f32 / outputs as f32;
    let mut taps = Taps::with_capacity(outputs);
    for output in 0..outputs {
        let position = (output as f32 + 0.5) * scale - 0.5;
        let part = position - position.floor();
        taps.push_clamped(position.floor() as isize, &[1.0 - part, part], inputs);
    }
    taps
}

/// `ResizeBicubic`: Keys' cubic with a = -0.5 read from a table of 1024 steps; pixels outside get no weight.
fn bicubic(inputs: usize, outputs: usize) -> Taps<f32> {
    const STEPS: f32 = 1024.0;
    let scale = inputs as f32 / outputs as f32;
    let mut taps = Taps::with_capacity(outputs);
    for output in 0..outputs {
        let position = (output as f32 + 0.5) * scale - 0.5;
        let part = ((position - position.floor()) * STEPS).round_ties_even() / STEPS;
        let weights = [1.0 + part, part, 1.0 - part, 2.0 - part].map(keys_cubic);
        push_inside(&mut taps, position.floor() as isize - 1, &weights, inputs);
    }
    taps
}

/// Drops the weights outside `0..inputs` and normalises the rest.
fn push_inside(taps: &mut Taps<f32>, first: isize, weights: &[f32], inputs: usize) {
    let skip = usize::try_from(-first).unwrap_or(0).min(weights.len());
    let begin = usize::try_from(first).unwrap_or(0).min(inputs);
    let end = weights.len().min(skip + inputs - begin);
    let mut inside = weights.get(skip..end).unwrap_or_default().to_vec();
    let sum: f32 = inside.iter().sum();
    if sum.abs() >= 1000.0 * f32::MIN_POSITIVE {
        inside.iter_mut().for_each(|weight| *weight /= sum);
    }
    taps.push(begin, &inside);
}

fn keys_cubic(x: f32) -> f32 {
    if x >= 2.0 {
        0.0
    } else if x >= 1.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        (1.5 * x - 2.5) * x * x + 1.0
    }
}

fn lanczos(x: f32, radius: f32) -> f32 {
    use std::f32::consts::PI;
    if x > radius {
        0.0
    } else if x <= 1e-3 {
        1.0
    } else {
        radius * (PI * x).sin() * (PI * x / radius).sin() / (PI * PI * x * x)
    }
}

/// `ScaleAndTranslate`: the kernel is evaluated at pixel centres, and widened by the reduction if antialiased.
fn scale_and_translate(
    inputs: usize,
    outputs: usize,
    antialias: bool,
    kernel: fn(f32) -> f32,
    radius: f32,
) -> Taps<f32> {
    let inverse = 1.0 / (outputs as f32 / inputs as f32);
    let stretch = if antialias { inverse.max(1.0) } else { 1.0 };
    let mut taps = Taps::with_capacity(outputs);
    let mut weights = Vec::new();
    for output in 0..outputs {
        let center = (output as f32 + 0.5) * inverse;
        let first = ((center - radius * stretch - 0.5).ceil().max(0.0) as usize).min(inputs - 1);
        let end = ((center + radius * stretch - 0.5).floor().max(0.0) as usize).min(inputs - 1) + 1;
        weights.clear();
        weights.extend((first..end).map(|input| kernel(((input as f32 + 0.5 - center) * (1.0 / stretch)).abs())));
        let sum: f32 = weights.iter().sum();
        if sum.abs() >= 1000.0 * f32::MIN_POSITIVE {
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        taps.push(first, &weights);
    }
    taps
}

/// `ResizeArea`: the mean over the output pixel's footprint, edge pixels by their covered part.
fn area(inputs: usize, outputs: usize) -> Taps<f32> {
    let scale = inputs as f32 / outputs as f32;
    let mut taps = Taps::with_capacity(outputs);
    let mut weights = Vec::new();
    for output in 0..outputs {
        let (begin, end) = (output as f32 * scale, (output as f32 + 1.0) * scale);
        weights.clear();
        let mut input = begin.floor();
        while input < end {
            weights.push(((input + 1.0).min(end) - input.max(begin)) / scale);
            input += 1.0;
        }
        // Rounding can reach one pixel beyond the edge; it counts for the edge pixel.
        let first = (begin as usize).min(inputs - 1);
        let over = (first + weights.len()).saturating_sub(inputs);
        for _ in 0..over {
            if let (Some(extra), Some(last)) = (weights.pop(), weights.last_mut()) {
                *last += extra;
            }
        }
        taps.push(first, &weights);
    }
    taps
}
