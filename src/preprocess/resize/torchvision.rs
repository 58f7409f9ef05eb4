//! `torchvision.transforms.v2.functional.resize` on 8-bit tensors, antialiased as its default is (checked against
//! torchvision 0.29 with torch 2.15, CPU with AVX2 or newer). Equal to the last grey level.
//!
//! It is Pillow's scheme, columns first, but with weights of 16 bits: as many bits behind the point as the axis'
//! largest weight leaves room for. Float tensors are resized as `torch` does it, also on a graphics card or a processor
//! without AVX2, where torchvision's own answers differ by a grey level.

use ndarray::Array3;

use super::super::choices::Filter;
use super::super::picture::Raster;
use super::pillow::{Kernel, PRECISION_BITS, columns_then_rows, kernel, taps};
use super::taps::Taps;
use crate::geometry::Size;

/// `None` for a filter torchvision has not.
pub(super) fn eight_bit(source: &Raster<'_, u8>, size: Size, filter: Filter) -> Option<Array3<u8>> {
    let kernel = kernel(filter)?;
    let rows = sixteen_bit(source.rows, size.rows, kernel);
    Some(columns_then_rows(source, &rows, &sixteen_bit(source.cols, size.cols, kernel)))
}

/// Weights of 16 bits along one axis, in Pillow's unit: the bits that they lack are zeros, so the sums round alike.
fn sixteen_bit(inputs: usize, outputs: usize, kernel: Kernel) -> Taps<i32> {
    let exact = taps(inputs, outputs, kernel, |weight| weight);
    let largest = exact.iter().flat_map(|(_, weights)| weights).fold(0.0_f64, |largest, weight| largest.max(*weight));
    let fits = |bits: u32| ((0.5 + largest * f64::from(1_u32 << bits)) as u32) < 1 << 15;
    let bits = (1..=PRECISION_BITS).take_while(|bits| fits(*bits)).last().unwrap_or(0);
    let one = f64::from(1_u32 << bits);
    // `as` cuts towards zero as C does.
    let fixed = |weight: f64| (weight * one + if weight < 0.0 { -0.5 } else { 0.5 }) as i32;
    taps(inputs, outputs, kernel, |weight| fixed(weight) << (PRECISION_BITS - bits))
}
