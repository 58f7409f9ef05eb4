//! A picture and its smoothed self, merged: `cv2.addWeighted` and `cv2.multiply` on uint8 (checked against OpenCV
//! 5.0.0 on a processor with fused multiply-add, exact).

use ndarray::{Array3, Zip};

use super::error::PreprocessError;
use super::picture::Picture;
use super::smooth::{Smoothing, smooth};

/// `cv2.addWeighted(picture, image, smoothed picture, smoothed, offset)`: Ben Graham's local contrast with 4, -4, 128.
pub(super) fn overlap(
    picture: Picture,
    smoothing: &Smoothing,
    [image, smoothed, offset]: [f64; 3],
) -> Result<Picture, PreprocessError> {
    // Each fused product is exact in f64 and rounded once.
    let [image, smoothed, offset] = [image, smoothed, offset].map(|weight| f64::from(weight as f32));
    merge("overlap_merge", picture, smoothing, |value, smooth| {
        let second = (f64::from(smooth) * smoothed + offset) as f32;
        (f64::from(value) * image + f64::from(second)) as f32
    })
}

/// `cv2.multiply(picture, smoothed picture, scale=scale)`.
pub(super) fn multiply(picture: Picture, smoothing: &Smoothing, scale: f64) -> Result<Picture, PreprocessError> {
    let scale = scale as f32;
    merge("multiply_merge", picture, smoothing, |value, smooth| scale * f32::from(value) * f32::from(smooth))
}

fn merge(
    step: &'static str,
    picture: Picture,
    smoothing: &Smoothing,
    merge: impl Fn(u8, u8) -> f32,
) -> Result<Picture, PreprocessError> {
    let smoothed = smooth(step, &picture, smoothing)?;
    let Picture::U8(mut values): Picture = picture else {
        return Err(PreprocessError::NeedsEightBit { step });
    };
    let merged: &mut Array3<u8> = &mut values;
    // `as` keeps to 0..=255.
    Zip::from(merged).and(&smoothed).for_each(|value, smooth| *value = merge(*value, *smooth).round_ties_even() as u8);
    Ok(Picture::U8(values))
}
