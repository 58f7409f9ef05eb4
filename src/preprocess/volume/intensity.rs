//! Intensities over the whole volume, in the numbers of numpy and MONAI.

use ndarray::Array3;

use crate::preprocess::PreprocessError;

pub(super) fn clip(mut values: Array3<f32>, low: f64, high: f64) -> Result<Array3<f32>, PreprocessError> {
    if !(low.is_finite() && high.is_finite() && low <= high) {
        return Err(PreprocessError::BadParameter {
            step: "clip",
            parameter: "high",
            value: high.to_string(),
            rule: "a number not below low",
        });
    }
    values.mapv_inplace(|value| value.clamp(low as f32, high as f32));
    Ok(values)
}

pub(super) fn clip_percentiles(values: Array3<f32>, low: f64, high: f64) -> Result<Array3<f32>, PreprocessError> {
    if !(0.0..=100.0).contains(&low) || !(low..=100.0).contains(&high) {
        return Err(PreprocessError::BadParameter {
            step: "clip_percentiles",
            parameter: "low, high",
            value: format!("{low}, {high}"),
            rule: "percentages from 0 to 100, the lower first",
        });
    }
    let mut sorted: Vec<f32> = values.iter().copied().collect();
    let [low, high] = [low, high].map(|percent| percentile(&mut sorted, percent));
    clip(values, low, high)
}

/// numpy's `percentile` (linear between neighbours). Puts `values` in another order.
fn percentile(values: &mut [f32], percent: f64) -> f64 {
    let last = values.len().saturating_sub(1);
    let place = percent / 100.0 * last as f64;
    let first = (place.floor() as usize).min(last);
    if values.is_empty() {
        return 0.0;
    }
    let (_, own, above) = values.select_nth_unstable_by(first, f32::total_cmp);
    let own = f64::from(*own);
    let next = above.iter().copied().min_by(f32::total_cmp).map_or(own, f64::from);
    own + (next - own) * (place - first as f64)
}

pub(super) fn rescale(mut values: Array3<f32>, factor: f64, offset: f64) -> Array3<f32> {
    values.mapv_inplace(|value| (f64::from(value) * factor + offset) as f32);
    values
}

pub(super) fn scale_range(
    values: Array3<f32>,
    from: [f64; 2],
    to: [f64; 2],
    clipped: bool,
) -> Result<Array3<f32>, PreprocessError> {
    let width = from[1] - from[0];
    if !(width.is_finite() && width > 0.0) {
        return Err(PreprocessError::BadParameter {
            step: "scale_range",
            parameter: "from",
            value: format!("{from:?}"),
            rule: "two numbers, the lower first",
        });
    }
    let factor = (to[1] - to[0]) / width;
    let scaled = rescale(values, factor, to[0] - from[0] * factor);
    if clipped { clip(scaled, to[0].min(to[1]), to[0].max(to[1])) } else { Ok(scaled) }
}

/// A volume of one value becomes `value * low`, as MONAI's `rescale_array` has it.
pub(super) fn min_max(values: Array3<f32>, low: f64, high: f64) -> Array3<f32> {
    let (least, most) =
        values.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(a, b), value| (a.min(*value), b.max(*value)));
    let (least, width) = (f64::from(least), f64::from(most) - f64::from(least));
    if width <= 0.0 {
        return rescale(values, low, 0.0);
    }
    let factor = (high - low) / width;
    rescale(values, factor, low - least * factor)
}

pub(super) fn zscore(mut values: Array3<f32>, nonzero: bool) -> Array3<f32> {
    let counts = |value: f32| !nonzero || value != 0.0;
    let (count, sum) = values
        .iter()
        .filter(|value| counts(**value))
        .fold((0usize, 0.0f64), |(count, sum), value| (count + 1, sum + f64::from(*value)));
    let mean = sum / count.max(1) as f64;
    let square = |value: &f32| (f64::from(*value) - mean).powi(2);
    let spread = values.iter().filter(|value| counts(**value)).map(square).sum::<f64>() / count.max(1) as f64;
    // MONAI divides by 1 where all values are the same.
    let deviation = if spread > 0.0 { spread.sqrt() } else { 1.0 };
    values.mapv_inplace(|value| if counts(value) { ((f64::from(value) - mean) / deviation) as f32 } else { value });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f32]) -> Array3<f32> {
        Array3::from_shape_vec((1, 1, values.len()), values.to_vec()).unwrap()
    }

    fn back(values: Array3<f32>) -> Vec<f32> {
        values.into_raw_vec_and_offset().0
    }

    #[test]
    fn percentiles_lie_between_neighbours() {
        // numpy.percentile([5, 1, 2, 10], 25) is 1.75, 75 gives 6.25.
        assert_eq!(back(clip_percentiles(line(&[5.0, 1.0, 2.0, 10.0]), 25.0, 75.0).unwrap()), [5.0, 1.75, 2.0, 6.25]);
        assert!(clip_percentiles(line(&[1.0]), 60.0, 40.0).is_err());
    }

    #[test]
    fn ranges_go_to_ranges() {
        let scaled = scale_range(line(&[-1000.0, 0.0, 1000.0]), [-1000.0, 0.0], [0.0, 1.0], true).unwrap();
        assert_eq!(back(scaled), [0.0, 1.0, 1.0]);
        assert_eq!(back(min_max(line(&[2.0, 3.0, 4.0]), 0.0, 1.0)), [0.0, 0.5, 1.0]);
        assert_eq!(back(min_max(line(&[7.0, 7.0]), 0.0, 1.0)), [0.0, 0.0]);
        assert!(scale_range(line(&[1.0]), [1.0, 1.0], [0.0, 1.0], true).is_err());
    }

    #[test]
    fn zeros_stay_where_they_do_not_count() {
        assert_eq!(back(zscore(line(&[0.0, 2.0, 4.0]), true)), [0.0, -1.0, 1.0]);
        assert_eq!(back(zscore(line(&[3.0, 3.0]), false)), [0.0, 0.0]);
    }
}
