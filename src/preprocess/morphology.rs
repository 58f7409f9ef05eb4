//! Steps of the older pipelines on single grey levels and small neighbourhoods.

use ndarray::Array3;

use super::error::PreprocessError;
use super::picture::{Picture, Raster, array};

/// The widest square, pixels.
const MAX_KERNEL: usize = 255;

/// 255 - value: `cv2.bitwise_not`, `PIL.ImageOps.invert`. Exact.
pub(super) fn invert(picture: Picture) -> Result<Picture, PreprocessError> {
    match picture {
        Picture::U8(values) => Ok(Picture::U8(values.mapv_into(|value| 255 - value))),
        Picture::F32(_) => Err(PreprocessError::NeedsEightBit { step: "invert" }),
    }
}

/// `cv2.morphologyEx(MORPH_OPEN)` with a `kernel` x `kernel` rectangle: `iterations` erosions, then as many dilations.
/// What lies outside the picture does not count. Checked against OpenCV 5.0.0, exact.
pub(super) fn opening(picture: Picture, kernel: usize, iterations: usize) -> Result<Picture, PreprocessError> {
    let step = "opening";
    let Picture::U8(values) = picture else {
        return Err(PreprocessError::NeedsEightBit { step });
    };
    // Repeating a square is the same as one larger square.
    let reach = (kernel / 2).checked_mul(iterations).filter(|reach| *reach <= MAX_KERNEL);
    match reach {
        Some(reach) if kernel % 2 == 1 && iterations >= 1 => {
            let eroded = extreme(&Raster::of(&values), reach, |a, b| a.min(b));
            Ok(Picture::U8(extreme(&Raster::of(&eroded), reach, |a, b| a.max(b))))
        }
        _ => Err(PreprocessError::BadParameter {
            step,
            parameter: "kernel, iterations",
            value: format!("{kernel}, {iterations}"),
            rule: "an odd number of pixels and at least one round, together at most 511 pixels wide",
        }),
    }
}

/// The extreme value within `reach` pixels along both axes.
fn extreme(source: &Raster<'_, u8>, reach: usize, pick: impl Fn(u8, u8) -> u8 + Copy) -> Array3<u8> {
    let (channels, len) = (source.channels, source.row_len());
    let mut lines = source.data.to_vec();
    for (row, line) in lines.chunks_exact_mut(len).enumerate() {
        let values = source.row(row);
        for shift in (1..=reach.min(source.cols - 1)).map(|shift| shift * channels) {
            pick_each(&mut line[..len - shift], &values[shift..], pick);
            pick_each(&mut line[shift..], &values[..len - shift], pick);
        }
    }
    let mut out = lines.clone();
    for (row, line) in out.chunks_exact_mut(len).enumerate() {
        let rows = row.saturating_sub(reach)..(row + reach + 1).min(source.rows);
        for other in rows {
            pick_each(line, &lines[other * len..(other + 1) * len], pick);
        }
    }
    array(source.rows, source.cols, channels, out)
}

fn pick_each(line: &mut [u8], others: &[u8], pick: impl Fn(u8, u8) -> u8) {
    line.iter_mut().zip(others).for_each(|(value, other)| *value = pick(*value, *other));
}
