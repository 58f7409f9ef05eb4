//! Trilinear resizing with torch's numbers (`torch.nn.functional.interpolate`, `mode="trilinear"`, `align_corners=False`).

use ndarray::{Array3, Axis, Zip};

use super::MAX_VOXELS;
use super::place::{AlongScan, VolumePlace};
use crate::preprocess::PreprocessError;

/// To `size`, one axis after another: the product of three linear interpolations.
pub(super) fn resize(
    values: Array3<f32>,
    place: VolumePlace,
    size: [usize; 3],
) -> Result<(Array3<f32>, VolumePlace), PreprocessError> {
    let voxels = size.iter().try_fold(1usize, |product, length| product.checked_mul(*length));
    if voxels.is_none_or(|voxels| voxels == 0 || voxels > MAX_VOXELS) {
        return Err(PreprocessError::BadParameter {
            step: "resize",
            parameter: "size",
            value: format!("{size:?}"),
            rule: "three lengths above 0, together within 1 GiB",
        });
    }
    let (mut values, mut axes) = (values, place.axes);
    for (axis, (to, along)) in size.into_iter().zip(&mut axes).enumerate() {
        let from = values.len_of(Axis(axis));
        if from != to {
            values = along_axis(&values, Axis(axis), to);
            let factor = to as f64 / from as f64;
            *along = AlongScan { scale: along.scale * factor, offset: along.offset * factor, ..*along };
        }
    }
    Ok((values, VolumePlace { axes, ..place }))
}

fn along_axis(values: &Array3<f32>, axis: Axis, to: usize) -> Array3<f32> {
    let from = values.len_of(axis);
    let mut shape = values.raw_dim();
    shape[axis.index()] = to;
    let mut found = Array3::<f32>::zeros(shape);
    let step = from as f32 / to as f32;
    for (place, out) in found.axis_iter_mut(axis).enumerate() {
        // torch: centre on centre, nothing in front of the first.
        let source = ((place as f32 + 0.5) * step - 0.5).max(0.0);
        let first = (source as usize).min(from.saturating_sub(1));
        let second = (first + 1).min(from.saturating_sub(1));
        let share = (source - first as f32).clamp(0.0, 1.0);
        let (a, b) = (values.index_axis(axis, first), values.index_axis(axis, second));
        Zip::from(out).and(a).and(b).for_each(|out, a, b| *out = (1.0 - share) * a + share * b);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_as_long_keeps_edges_in_place() {
        let values = Array3::from_shape_vec((1, 1, 3), vec![0.0, 4.0, 8.0]).unwrap();
        let (found, place) = resize(values, VolumePlace::as_stored((1, 1, 3)), [1, 1, 6]).unwrap();
        assert_eq!(found.into_raw_vec_and_offset().0, [0.0, 1.0, 3.0, 5.0, 7.0, 8.0]);
        let along = place.along(0).unwrap().1;
        assert_eq!((along.to_model(0.0), along.to_model(3.0)), (0.0, 6.0));
    }

    #[test]
    fn an_absurd_size_is_refused() {
        for size in [[0, 2, 2], [1 << 20, 1 << 20, 1 << 20]] {
            assert!(resize(Array3::zeros((2, 2, 2)), VolumePlace::as_stored((2, 2, 2)), size).is_err());
        }
    }
}
