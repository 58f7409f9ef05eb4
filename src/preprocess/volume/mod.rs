//! The frames of a scan in, the tensor of a network of volumes out: axes turned by whole quarters and flips, resized along
//! all three, intensities over the whole volume.
//!
//! In: the frames of one volume, `[rows, cols]` each in modality units, and where they lie in the patient. Out:
//! [`Prepared`] whose tensor is `[depth, rows, cols]` (the network's own axes, one channel) and whose
//! [`VolumePlace`] says where each of them runs in the scan. No step rotates by an angle or resamples to a spacing.

mod intensity;
mod orient;
mod place;
mod recipe;
mod resize;
mod step;

pub use orient::Axes;
pub use place::{AlongScan, VolumePlace};
pub use recipe::{VolumeRecipe, VolumeScale};
pub use step::VolumeStep;

use ndarray::{Array3, Axis};

use super::{AppliedStep, Picture, Prepared, PreprocessError};
use crate::geometry::PlaneMap;
use crate::scan::{Meta, Pixels, Scan, ScanError};

/// Most voxels of a volume, as stored or resized: 1 GiB of float32.
const MAX_VOXELS: usize = 1 << 28;

/// A volume between two steps.
struct Volume {
    /// In the order of [`VolumePlace`]'s axes.
    values: Array3<f32>,
    place: VolumePlace,
}

/// Reads `frames` of a scan, the slices of one volume in their order, and applies `steps`. With `keep_pictures` every step's
/// record holds the middle slice after it, as the tensor's axes run.
///
/// # Errors
/// Where a frame cannot be read, the frames are no volume of one channel, or a step cannot be applied.
pub fn prepare_volume(
    scan: &Scan,
    frames: &[usize],
    steps: &[VolumeStep],
    keep_pictures: bool,
) -> Result<Prepared, PreprocessError> {
    let read = |index: &usize| {
        let failed = |error: ScanError| PreprocessError::NoFrame { index: *index, why: error.to_string() };
        scan.frame(*index).map(|frame| frame.pixels).map_err(failed)
    };
    let frames: Vec<Pixels> = frames.iter().map(read).collect::<Result<_, _>>()?;
    prepare_stack(&frames, &scan.meta, steps, keep_pictures)
}

/// The same for frames that were read already.
///
/// # Errors
/// As [`prepare_volume`].
pub fn prepare_stack(
    frames: &[Pixels],
    meta: &Meta,
    steps: &[VolumeStep],
    keep_pictures: bool,
) -> Result<Prepared, PreprocessError> {
    if let Some(why) = &meta.stack_problem {
        return Err(PreprocessError::NoVolume { why: why.clone() });
    }
    let mut values = stacked(frames)?;
    let mut warnings = Vec::new();
    let broken = values.iter().filter(|value| !value.is_finite()).count();
    if broken > 0 {
        values.mapv_inplace(|value| if value.is_finite() { value } else { 0.0 });
        warnings.push(format!("{broken} voxels hold no number; they are taken as 0."));
    }
    let place = VolumePlace::as_stored(values.dim());
    let mut volume = Volume { values, place };
    let mut applied = Vec::with_capacity(steps.len());
    for step in steps {
        volume = apply(volume, step, meta, &mut warnings)?;
        let picture = keep_pictures.then(|| middle_slice(&volume));
        let volume_shape = Some(<[usize; 3]>::from(volume.values.dim()));
        applied.push(AppliedStep { name: step.name(), remark: None, picture, volume: volume_shape });
    }
    let place = volume.place;
    let tensor = volume.values.as_standard_layout().into_owned();
    Ok(Prepared { tensor, model_from_image: PlaneMap::IDENTITY, volume: Some(place), steps: applied, warnings })
}

/// The slice halfway along the scan's frames, in the order of the tensor's other axes.
fn middle_slice(volume: &Volume) -> Picture {
    let axis = Axis(volume.place.along(2).map_or(0, |(axis, _)| axis));
    let slice = volume.values.index_axis(axis, volume.values.len_of(axis) / 2);
    Picture::F32(slice.insert_axis(Axis(2)).as_standard_layout().into_owned())
}

/// `[frames, rows, cols]`.
fn stacked(frames: &[Pixels]) -> Result<Array3<f32>, PreprocessError> {
    let no_volume = |why: &str| PreprocessError::NoVolume { why: why.to_owned() };
    let size = match frames {
        [] | [_] => return Err(no_volume("there is a single slice; open the whole series or the volume's file")),
        [first, ..] => first.size(),
    };
    let voxels = size.pixels().and_then(|pixels| pixels.checked_mul(frames.len()));
    if voxels.is_none_or(|voxels| voxels == 0 || voxels > MAX_VOXELS) {
        return Err(no_volume(&format!("{} slices of {size} are more than this program takes", frames.len())));
    }
    let mut values = Array3::zeros((frames.len(), size.rows, size.cols));
    for (mut slice, frame) in values.axis_iter_mut(Axis(0)).zip(frames) {
        match frame {
            Pixels::Gray(gray) if gray.dim() == slice.dim() => slice.assign(gray),
            Pixels::Gray(_) => return Err(no_volume("its slices differ in size")),
            Pixels::Rgb(_) => return Err(no_volume("its slices are in colour, and the model takes one channel")),
        }
    }
    Ok(values)
}

fn apply(
    volume: Volume,
    step: &VolumeStep,
    meta: &Meta,
    warnings: &mut Vec<String>,
) -> Result<Volume, PreprocessError> {
    let changed = |values: Array3<f32>, place: VolumePlace| Ok(Volume { values, place });
    let Volume { values, place } = volume;
    match *step {
        VolumeStep::Orient { axes } => {
            let (values, place) = orient::orient(values, place, axes, meta, warnings);
            changed(values, place)
        }
        VolumeStep::Resize { size } => {
            let (values, place) = resize::resize(values, place, size)?;
            changed(values, place)
        }
        VolumeStep::Clip { low, high } => changed(intensity::clip(values, low, high)?, place),
        VolumeStep::ClipPercentiles { low, high } => changed(intensity::clip_percentiles(values, low, high)?, place),
        VolumeStep::Rescale { factor, offset } => changed(intensity::rescale(values, factor, offset), place),
        VolumeStep::ScaleRange { from, to, clip } => changed(intensity::scale_range(values, from, to, clip)?, place),
        VolumeStep::MinMax { low, high } => changed(intensity::min_max(values, low, high), place),
        VolumeStep::Zscore { nonzero } => changed(intensity::zscore(values, nonzero), place),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn what_is_no_volume_is_refused_in_words() {
        let slice = |rows, cols| Pixels::Gray(Array2::<f32>::ones((rows, cols)));
        let refused = |frames: &[Pixels], meta: &Meta| prepare_stack(frames, meta, &[], false).unwrap_err().to_string();
        assert!(refused(&[slice(2, 2)], &Meta::default()).contains("a single slice"));
        assert!(refused(&[slice(2, 2), slice(2, 3)], &Meta::default()).contains("differ in size"));
        let colour = Pixels::Rgb(Array3::zeros((2, 2, 3)));
        assert!(refused(&[colour.clone(), colour], &Meta::default()).contains("colour"));
        let gap = Meta { stack_problem: Some("slice 4 is missing".to_owned()), ..Meta::default() };
        assert!(refused(&[slice(2, 2), slice(2, 2)], &gap).contains("slice 4 is missing"));
    }

    #[test]
    fn voxels_without_a_number_count_as_zero_and_are_told() {
        let mut broken = Array2::<f32>::ones((2, 2));
        broken[[0, 1]] = f32::NAN;
        let frames = [Pixels::Gray(broken), Pixels::Gray(Array2::ones((2, 2)))];
        let prepared = prepare_stack(&frames, &Meta::default(), &[], false).unwrap();
        assert_eq!(prepared.tensor[[0, 0, 1]], 0.0);
        assert!(prepared.warnings[0].contains("1 voxels"), "{:?}", prepared.warnings);
    }
}
