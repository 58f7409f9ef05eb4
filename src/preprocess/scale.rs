//! Values to the range the model was trained on. Every function here gives float.

use ndarray::{Array3, Axis};

use super::error::PreprocessError;
use super::picture::Picture;
use super::step::Step;

/// `value * factor + offset` in f32: `keras.layers.Rescaling(scale, offset)`, and `ToTensor` for 1/255.
pub(super) fn rescale(picture: Picture, factor: f64, offset: f64) -> Picture {
    let (factor, offset) = (factor as f32, offset as f32);
    let apply = |value: f32| value * factor + offset;
    Picture::F32(match picture {
        Picture::U8(values) => values.mapv(|value| apply(f32::from(value))),
        Picture::F32(values) => values.mapv_into(apply),
    })
}

/// `(value - mean) / std` per channel in f32: `torchvision.transforms.Normalize`.
pub(super) fn normalize(picture: Picture, mean: &[f64], std: &[f64]) -> Result<Picture, PreprocessError> {
    let step = "normalize";
    let channels = picture.channels();
    for (parameter, values) in [("mean", mean), ("std", std)] {
        if values.len() != 1 && values.len() != channels {
            return Err(PreprocessError::WrongLength { step, parameter, given: values.len(), channels });
        }
    }
    if let Some(zero) = std.iter().find(|value| !(value.abs() > 0.0 && value.is_finite())) {
        let value = zero.to_string();
        return Err(PreprocessError::BadParameter { step, parameter: "std", value, rule: "a number other than 0" });
    }
    let of =
        |values: &[f64], channel: usize| values.get(channel).or(values.first()).copied().unwrap_or_default() as f32;
    let table: Vec<(f32, f32)> = (0..channels).map(|channel| (of(mean, channel), of(std, channel))).collect();
    let mut values = picture.into_f32();
    for (channel, (mean, std)) in table.into_iter().enumerate() {
        values.index_axis_mut(Axis(2), channel).mapv_inplace(|value| (value - mean) / std);
    }
    Ok(Picture::F32(values))
}

/// `tf.image.per_image_standardization`: mean 0, deviation 1 over all pixels and channels; the deviation is at least
/// one over the root of their number.
pub(super) fn standardize(picture: Picture) -> Picture {
    let values = picture.into_f32();
    let count = values.len() as f64;
    let mean = values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let variance = values.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt().max(1.0 / count.sqrt()) as f32;
    let mean = mean as f32;
    Picture::F32(values.mapv_into(|value| (value - mean) / deviation))
}

/// MONAI's `ScaleIntensity(minv, maxv)`: lowest value to `low`, highest to `high`, over all channels; a picture of one
/// value becomes that value times `low`.
pub(super) fn min_max(picture: Picture, low: f64, high: f64) -> Picture {
    let range = picture.range();
    let values: Array3<f32> = picture.into_f32();
    let (low, high) = (low as f32, high as f32);
    Picture::F32(match range {
        Some((min, max)) if min < max => values.mapv_into(|value| (value - min) / (max - min) * (high - low) + low),
        _ => values.mapv_into(|value| value * low),
    })
}

/// `numpy.clip`.
///
/// # Errors
/// Where `high` is below `low`.
pub(super) fn clip(picture: Picture, low: f64, high: f64) -> Result<Picture, PreprocessError> {
    if !(low <= high && low.is_finite() && high.is_finite()) {
        let value = high.to_string();
        return Err(PreprocessError::BadParameter {
            step: "clip",
            parameter: "high",
            value,
            rule: "a number not below low",
        });
    }
    Ok(Picture::F32(picture.into_f32().mapv_into(|value| value.clamp(low as f32, high as f32))))
}

/// Scalings under the names people know them by.
impl Step {
    /// 0..255 to 0..1.
    pub fn unit() -> Vec<Self> {
        vec![Self::Rescale { factor: 1.0 / 255.0, offset: 0.0 }]
    }

    /// `keras.applications.imagenet_utils.preprocess_input(mode="tf")`, 0..255 to -1..1: MobileNet, Inception,
    /// ResNetV2, Xception.
    pub fn keras_tf() -> Vec<Self> {
        vec![Self::Rescale { factor: 1.0 / 127.5, offset: -1.0 }]
    }

    /// `preprocess_input(mode="caffe")`, blue first, ImageNet's mean taken off, no scaling: VGG, ResNet.
    pub fn keras_caffe() -> Vec<Self> {
        let normalize = Self::Normalize { mean: vec![103.939, 116.779, 123.68], std: vec![1.0] };
        vec![Self::ChannelOrder { order: super::ChannelOrder::Bgr }, normalize]
    }

    /// `preprocess_input(mode="torch")` and torchvision's ImageNet weights: DenseNet, and nearly every torch model.
    pub fn imagenet() -> Vec<Self> {
        let normalize = Self::Normalize { mean: vec![0.485, 0.456, 0.406], std: vec![0.229, 0.224, 0.225] };
        Self::unit().into_iter().chain([normalize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    fn column(values: &[f32]) -> Picture {
        Picture::F32(Array3::from_shape_vec((1, values.len(), 1), values.to_vec()).unwrap())
    }

    fn values(picture: Picture) -> Vec<f32> {
        picture.into_f32().into_iter().collect()
    }

    #[test]
    fn clipped_values_stay_within_both_ends() {
        assert_eq!(values(clip(column(&[-5.0, 0.25, 15.0]), 0.0, 1.0).unwrap()), [0.0, 0.25, 1.0]);
        assert!(clip(column(&[0.0]), 1.0, 0.0).is_err() && clip(column(&[0.0]), f64::NAN, 0.0).is_err());
    }

    /// MONAI's `rescale_array`: one value everywhere is multiplied by the new minimum.
    #[test]
    fn min_max_reaches_both_ends() {
        assert_eq!(values(min_max(column(&[-5.0, 0.0, 15.0]), 0.0, 1.0)), [0.0, 0.25, 1.0]);
        assert_eq!(values(min_max(column(&[-5.0, 0.0, 15.0]), -1.0, 1.0)), [-1.0, -0.5, 1.0]);
        assert_eq!(values(min_max(column(&[3.0, 3.0]), 2.0, 5.0)), [6.0, 6.0]);
    }

    #[test]
    fn a_flat_picture_is_standardized_to_zero() {
        assert_eq!(values(standardize(column(&[7.0; 9]))), [0.0; 9]);
    }

    #[test]
    fn normalize_wants_a_value_for_each_channel() {
        let error = normalize(column(&[1.0]), &[0.4, 0.5, 0.6], &[1.0]).unwrap_err();
        assert!(error.to_string().contains("3 values in `mean`"), "{error}");
        assert!(normalize(column(&[1.0]), &[0.0], &[0.0]).unwrap_err().to_string().contains("std"));
        assert_eq!(values(normalize(column(&[3.0]), &[1.0], &[2.0]).unwrap()), [1.0]);
    }
}
