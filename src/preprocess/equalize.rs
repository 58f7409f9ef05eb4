//! Histogram equalisation: `cv2.equalizeHist` (checked against OpenCV 5.0.0, exact).

use ndarray::Array3;

use super::error::PreprocessError;
use super::picture::Picture;

/// Grey levels so that their cumulative histogram becomes a line.
pub(super) fn equalize(picture: Picture) -> Result<Picture, PreprocessError> {
    let values = one_channel("equalize", picture)?;
    let mut counts = [0_u32; 256];
    values.iter().for_each(|value| counts[usize::from(*value)] += 1);
    let lowest = counts.iter().position(|count| *count > 0).unwrap_or(0);
    let total = values.len() as u32;
    let rest = total - counts[lowest];
    if rest == 0 {
        return Ok(Picture::U8(values));
    }
    let scale = 255.0_f32 / rest as f32;
    let mut table = [0_u8; 256];
    let mut sum = 0_u32;
    for (level, count) in table.iter_mut().zip(counts).skip(lowest + 1) {
        sum += count;
        *level = (sum as f32 * scale).round_ties_even() as u8;
    }
    Ok(Picture::U8(values.mapv_into(|value| table[usize::from(value)])))
}

/// 8-bit grey values, or what is missing.
pub(super) fn one_channel(step: &'static str, picture: Picture) -> Result<Array3<u8>, PreprocessError> {
    match picture {
        Picture::U8(values) if values.dim().2 == 1 => Ok(values),
        Picture::U8(values) => Err(PreprocessError::NeedsGray { step, channels: values.dim().2 }),
        Picture::F32(_) => Err(PreprocessError::NeedsEightBit { step }),
    }
}
