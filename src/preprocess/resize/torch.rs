//! `torch.nn.functional.interpolate(align_corners=False)` on float tensors (checked against torch 1.13, CPU). Within
//! 1e-3 grey level. torchvision's `Resize` on a PIL image is Pillow's, on an 8-bit tensor that of `torchvision`.

use std::f32::consts::PI;

use super::super::choices::Filter;
use super::taps::Taps;

/// Weights along one axis; `None` for a filter torch has not (nearest ones are [`nearest`] and [`nearest_exact`]).
pub(super) fn taps(inputs: usize, outputs: usize, filter: Filter, antialias: bool) -> Option<Taps<f32>> {
    Some(match (filter, antialias) {
        (Filter::Bilinear, false) => bilinear(inputs, outputs),
        (Filter::Bicubic, false) => bicubic(inputs, outputs),
        (Filter::Bilinear, true) => antialiased(inputs, outputs, |x| (1.0 - x.abs()).max(0.0), 2.0),
        (Filter::Bicubic, true) => antialiased(inputs, outputs, |x| cubic(x.abs(), -0.5), 4.0),
        (Filter::Lanczos, true) => antialiased(inputs, outputs, lanczos3, 6.0),
        (Filter::Area, false) => area(inputs, outputs),
        _ => return None,
    })
}

/// `mode="nearest"`: no half-pixel centre.
pub(super) fn nearest(inputs: usize, outputs: usize) -> Vec<usize> {
    pick(inputs, outputs, 0.0)
}

/// `mode="nearest-exact"`: half-pixel centres.
pub(super) fn nearest_exact(inputs: usize, outputs: usize) -> Vec<usize> {
    pick(inputs, outputs, 0.5)
}

fn pick(inputs: usize, outputs: usize, center: f32) -> Vec<usize> {
    let scale = inputs as f32 / outputs as f32;
    let last = inputs.saturating_sub(1);
    (0..outputs).map(|output| (((output as f32 + center) * scale) as usize).min(last)).collect()
}

/// The scale is an f32; compilers fuse what follows, so that no rounding comes between it and the distance to the pixel.
fn source_position(scale: f32, output: usize) -> f64 {
    f64::from(scale) * (output as f64 + 0.5) - 0.5
}

fn bilinear(inputs: usize, outputs: usize) -> Taps<f32> {
    let scale = inputs as f32 / outputs as f32;
    let mut taps = Taps::with_capacity(outputs);
    for output in 0..outputs {
        let position = source_position(scale, output).max(0.0);
        let part = position.fract() as f32;
        taps.push_clamped(position as isize, &[1.0 - part, part], inputs);
    }
    taps
}

fn bicubic(inputs: usize, outputs: usize) -> Taps<f32> {
    let scale = inputs as f32 / outputs as f32;
    let mut taps = Taps::with_capacity(outputs);
    for output in 0..outputs {
        let position = source_position(scale, output);
        let part = (position - position.floor()) as f32;
        let weights = [1.0 + part, part, 1.0 - part, 2.0 - part].map(|x| cubic(x, -0.75));
        taps.push_clamped(position.floor() as isize - 1, &weights, inputs);
    }
    taps
}

/// Keys' cubic at a distance `x` >= 0.
fn cubic(x: f32, a: f32) -> f32 {
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}

fn lanczos3(x: f32) -> f32 {
    let sinc = |x: f32| if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) };
    if (-3.0..3.0).contains(&x) { sinc(x) * sinc(x / 3.0) } else { 0.0 }
}

/// `antialias=True`: Pillow's scheme in f32. `width` is the kernel's, in input pixels at scale 1.
fn antialiased(inputs: usize, outputs: usize, kernel: impl Fn(f32) -> f32, width: f32) -> Taps<f32> {
    let scale = inputs as f32 / outputs as f32;
    let stretch = scale.max(1.0);
    let support = width * 0.5 * stretch;
    let mut taps = Taps::with_capacity(outputs);
    let mut weights = Vec::new();
    for output in 0..outputs {
        let center = scale * (output as f32 + 0.5);
        let first = (center - support + 0.5).max(0.0) as usize;
        let end = ((center + support + 0.5) as usize).min(inputs);
        weights.clear();
        weights.extend((first..end).map(|input| kernel((input as f32 - center + 0.5) * (1.0 / stretch))));
        let sum: f32 = weights.iter().sum();
        if sum != 0.0 {
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        taps.push(first, &weights);
    }
    taps
}

/// `mode="area"`, adaptive average pooling: every touched pixel counts in full.
fn area(inputs: usize, outputs: usize) -> Taps<f32> {
    let mut taps = Taps::with_capacity(outputs);
    let mut weights = Vec::new();
    for output in 0..outputs {
        let first = output * inputs / outputs;
        let end = ((output + 1) * inputs).div_ceil(outputs);
        weights.clear();
        weights.resize(end - first, 1.0 / (end - first) as f32);
        taps.push(first, &weights);
    }
    taps
}
