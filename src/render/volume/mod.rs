//! A stack of slices as one block of values: planes through it in the three body directions, and its values on another
//! scan's plane.
//!
//! In: the frames of a [`Scan`] with a place in space. Out: [`PlaneSlice`]s in the radiological convention (patient's
//! left on the screen's right, front or head up), values in modality units, untouched wherever a plane lies in the
//! grid. Nothing here decodes on its own or keeps anything: the caller fills a volume on a thread of its own, and
//! reckons with [`VolumePlan::bytes`]. What cannot be a volume is answered with a sentence ([`VolumeError`]).

mod error;
mod plane;
mod resample;
mod same_space;
mod straight;

use std::ops::Range;

use ndarray::{Array3, ArrayView3, s};

use crate::geometry::{Affine3, AnatomicalAxes, Size};
use crate::scan::{Frame, Meta, Pixels, Scan, ScanError};

pub use error::VolumeError;
pub use plane::{Plane, PlanePoint, PlaneSlice};
pub use resample::on_plane;
pub use same_space::same_space;

/// Beyond this angle to the body's axes a reader is told.
const OBLIQUE_DEGREES: f64 = 5.0;

/// Values of evenly spaced slices, and their place in the patient.
#[derive(Clone, Debug)]
pub struct Volume {
    /// `[frames, rows, cols]`, modality units; not a number where nothing was measured.
    values: Array3<f32>,
    patient_from_voxel: Affine3,
    voxel_from_patient: Affine3,
    axes: AnatomicalAxes,
    remarks: Vec<String>,
}

impl Volume {
    /// `values` are `[frames, rows, cols]`, `patient_from_voxel` takes `(col, row, frame)` to LPS mm. A stack that leans
    /// (a tilted gantry) is resampled onto perpendicular axes, and says so in its remarks.
    ///
    /// # Errors
    /// Where there is nothing, or the map flattens space.
    pub fn new(values: Array3<f32>, patient_from_voxel: Affine3) -> Result<Self, VolumeError> {
        let volume = Self::as_stored(values, patient_from_voxel)?;
        if volume.axes.tilt_degrees <= straight::LEAST_DEGREES {
            return Ok(volume);
        }
        straight::straightened(&volume)
    }

    fn as_stored(values: Array3<f32>, patient_from_voxel: Affine3) -> Result<Self, VolumeError> {
        if values.is_empty() {
            return Err(VolumeError::NoValues);
        }
        let axes = AnatomicalAxes::of(&patient_from_voxel).ok_or(VolumeError::NoPlace)?;
        let voxel_from_patient = patient_from_voxel.inverse().ok_or(VolumeError::NoPlace)?;
        let oblique = axes.oblique_degrees;
        let remarks = (oblique > OBLIQUE_DEGREES).then(|| {
            format!("The slices lie {oblique:.0}° oblique to the body's axes; the planes follow the nearest ones.")
        });
        Ok(Self { values, patient_from_voxel, voxel_from_patient, axes, remarks: remarks.into_iter().collect() })
    }

    /// `[frames, rows, cols]`, modality units.
    pub fn values(&self) -> ArrayView3<'_, f32> {
        self.values.view()
    }

    /// `(col, row, frame)` of voxel centres to LPS mm.
    pub fn patient_from_voxel(&self) -> &Affine3 {
        &self.patient_from_voxel
    }

    /// Sentences about what the planes show: obliquity, a slant taken out.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The value at a point of the patient (LPS mm), between voxel centres by trilinear interpolation; `None` outside
    /// the outermost centres and where nothing was measured.
    pub fn value_at(&self, patient: [f64; 3]) -> Option<f32> {
        let value = resample::trilinear(&self.values.view(), self.voxel_from_patient.apply(patient));
        (!value.is_nan()).then_some(value)
    }
}

/// What a volume needs, known before any frame is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct VolumePlan {
    frames: Range<usize>,
    size: Size,
    patient_from_voxel: Affine3,
}

impl VolumePlan {
    /// Volume `volume` (0 unless the scan holds several) of a scan.
    ///
    /// # Errors
    /// A sentence why its frames are no volume.
    pub fn new(scan: &Scan, volume: usize) -> Result<Self, VolumeError> {
        Self::from_meta(&scan.meta, scan.size, scan.frames, volume)
    }

    /// As [`VolumePlan::new`], from the facts alone.
    ///
    /// # Errors
    /// As [`VolumePlan::new`].
    pub fn from_meta(meta: &Meta, size: Size, frames: usize, volume: usize) -> Result<Self, VolumeError> {
        let slices = meta.slices_per_volume.unwrap_or(frames);
        if slices < 2 {
            return Err(VolumeError::OneSlice);
        }
        let volumes = frames / slices;
        if volume >= volumes {
            return Err(VolumeError::NoSuchVolume { volumes, index: volume });
        }
        if let Some(problem) = &meta.stack_problem {
            return Err(VolumeError::Uneven { problem: problem.clone() });
        }
        let patient_from_voxel = meta.patient_from_voxel.ok_or(VolumeError::NoPlace)?;
        if meta.slice_spacing_mm.is_none() {
            return Err(VolumeError::NoSliceSpacing);
        }
        let first = volume.saturating_mul(slices);
        Ok(Self { frames: first..first.saturating_add(slices), size, patient_from_voxel })
    }

    /// The frames to decode, in order.
    pub fn frames(&self) -> Range<usize> {
        self.frames.clone()
    }

    /// Bytes of the values. A slanted stack takes more for a moment.
    pub fn bytes(&self) -> usize {
        self.size.pixels().and_then(|n| n.checked_mul(self.frames.len())?.checked_mul(4)).unwrap_or(usize::MAX)
    }

    /// Asks `frame` for each frame in order and puts the volume together. To stop early, let `frame` fail.
    ///
    /// # Errors
    /// The first error of `frame`; a sentence for colour, frames of another size, or too much memory.
    pub fn fill(&self, mut frame: impl FnMut(usize) -> Result<Frame, ScanError>) -> Result<Volume, VolumeError> {
        let shape = (self.frames.len(), self.size.rows, self.size.cols);
        let too_large = || VolumeError::TooLarge { megabytes: self.bytes() >> 20 };
        let mut all: Vec<f32> = Vec::new();
        all.try_reserve_exact(self.bytes() / 4).map_err(|_| too_large())?;
        all.resize(self.bytes() / 4, f32::NAN);
        let mut values = Array3::from_shape_vec(shape, all).map_err(|_| too_large())?;
        for (slot, index) in self.frames.clone().enumerate() {
            let Pixels::Gray(pixels) = frame(index)?.pixels else { return Err(VolumeError::Coloured) };
            let mut slice = values.slice_mut(s![slot, .., ..]);
            if slice.dim() != pixels.dim() {
                let (rows, cols) = pixels.dim();
                return Err(VolumeError::Size { index, found: Size::new(rows, cols), expected: self.size });
            }
            slice.assign(&pixels);
        }
        Volume::new(values, self.patient_from_voxel)
    }
}

#[cfg(test)]
mod tests;
