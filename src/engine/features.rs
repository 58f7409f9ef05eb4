//! A tensor of a batch to one vector a picture.

use super::backend::Output;
use crate::onnx::FeatureAxes;

/// Longer vectors are not kept.
pub const MOST_FEATURES: usize = 8192;

/// Channel means of each of `length` pictures; `None` where the tensor is not `length` pictures of finite numbers, or
/// has more than [`MOST_FEATURES`] channels.
pub(super) fn pooled(output: &Output, length: usize, axes: FeatureAxes) -> Option<Vec<Vec<f32>>> {
    let (batch, rest) = output.shape.split_first()?;
    let channels = match axes {
        FeatureAxes::ChannelsFirst => *rest.first()?,
        FeatureAxes::ChannelsLast { .. } => *rest.last()?,
    };
    let own = rest.iter().try_fold(1usize, |product, side| product.checked_mul(*side))?;
    let fits = *batch == length && own > 0 && Some(output.data.len()) == own.checked_mul(length);
    if !fits || channels > MOST_FEATURES {
        return None;
    }
    output.data.chunks_exact(own).map(|picture| means(picture, channels, axes)).collect()
}

fn means(picture: &[f32], channels: usize, axes: FeatureAxes) -> Option<Vec<f32>> {
    let mut sums = vec![0f64; channels];
    let places = match axes {
        FeatureAxes::ChannelsFirst => {
            let places = picture.len() / channels;
            for (sum, plane) in sums.iter_mut().zip(picture.chunks_exact(places)) {
                *sum = plane.iter().map(|value| f64::from(*value)).sum();
            }
            places
        }
        FeatureAxes::ChannelsLast { skip } => {
            let positions = picture.len() / channels;
            // A vector has one position, and that counts.
            let skip = if skip < positions { skip } else { 0 };
            for position in picture.chunks_exact(channels).skip(skip) {
                sums.iter_mut().zip(position).for_each(|(sum, value)| *sum += f64::from(*value));
            }
            positions - skip
        }
    };
    let means: Vec<f32> = sums.into_iter().map(|sum| (sum / places as f64) as f32).collect();
    means.iter().all(|mean| mean.is_finite()).then_some(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_averaged_over_the_grid() {
        // Two pictures, two channels, three places.
        let data: Vec<f32> = (0..12u8).map(f32::from).collect();
        let first = Output { shape: vec![2, 2, 1, 3], data: data.clone() };
        assert_eq!(pooled(&first, 2, FeatureAxes::ChannelsFirst).unwrap(), [[1.0, 4.0], [7.0, 10.0]]);
        let last = Output { shape: vec![2, 3, 2], data: data.clone() };
        assert_eq!(pooled(&last, 2, FeatureAxes::ChannelsLast { skip: 0 }).unwrap(), [[2.0, 3.0], [8.0, 9.0]]);
        assert_eq!(pooled(&last, 2, FeatureAxes::ChannelsLast { skip: 1 }).unwrap(), [[3.0, 4.0], [9.0, 10.0]]);
        let flat = Output { shape: vec![2, 6], data };
        let whole = pooled(&flat, 2, FeatureAxes::ChannelsLast { skip: 1 }).unwrap();
        assert_eq!(whole[1], [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
    }

    #[test]
    fn what_is_no_vector_per_picture_gives_none() {
        let axes = FeatureAxes::ChannelsLast { skip: 0 };
        let of = |shape: &[usize], data: Vec<f32>| pooled(&Output { shape: shape.to_vec(), data }, 2, axes);
        assert!(of(&[1, 4], vec![0.0; 4]).is_none());
        assert!(of(&[2, 0], vec![]).is_none());
        assert!(of(&[2, 2], vec![0.0, 1.0, f32::NAN, 1.0]).is_none());
        assert!(of(&[2, MOST_FEATURES + 1], vec![0.0; 2 * (MOST_FEATURES + 1)]).is_none());
        assert!(of(&[], vec![]).is_none());
    }
}
