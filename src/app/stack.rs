//! What a view scrolls through: the frames as they are stored, or the slices of a plane through their volume.

use super::fusion::of_slice;
use crate::geometry::{Affine3, EdgeLetters, PixelSpacing, Size, vector};
use crate::render::{Plane, PlanePoint, Volume};
use crate::scan::Scan;

/// Directions within this cosine are taken as one: stacks that can be scrolled together.
const PARALLEL: f64 = 0.9;

/// Slices of one size, one behind the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// `None` for frames as they are stored.
    pub plane: Option<Plane>,
    pub size: Size,
    /// How many slices.
    pub count: usize,
    pub spacing: Option<PixelSpacing>,
    pub letters: Option<EdgeLetters>,
    /// `(col, row, slice)` of pixel centres to LPS mm; `slice` counts within a volume.
    pub patient_from_pixel: Option<Affine3>,
    /// Slices of one volume, where several lie one after the other.
    per_volume: usize,
}

/// Where a slice lies along the body axis that it is nearest to perpendicular to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlicePosition {
    /// L, R, P, A, S or I.
    pub letter: char,
    /// From the origin of the patient's coordinates, never negative.
    pub mm: f64,
}

impl Stack {
    /// A scan's frames.
    pub fn of_frames(scan: &Scan) -> Self {
        let meta = &scan.meta;
        Self {
            plane: None,
            size: scan.size,
            count: scan.frames,
            spacing: meta.spacing,
            letters: meta.edge_letters(),
            patient_from_pixel: meta.patient_from_voxel,
            per_volume: meta.slices_per_volume.unwrap_or(scan.frames).max(1),
        }
    }

    /// A plane's slices.
    pub fn of_plane(volume: &Volume, plane: Plane) -> Self {
        let affine = volume.patient_from_plane(plane);
        let count = volume.slices(plane);
        Self {
            plane: Some(plane),
            size: volume.plane_size(plane),
            count,
            spacing: Some(PixelSpacing { row_mm: affine.step_length(1), col_mm: affine.step_length(0) }),
            letters: EdgeLetters::from_affine(&affine),
            patient_from_pixel: Some(affine),
            per_volume: count.max(1),
        }
    }

    /// The point of the patient (LPS mm) under a point of slice `slice`.
    pub fn point(&self, slice: usize, (x, y): (f64, f64)) -> Option<[f64; 3]> {
        let slice = (slice % self.per_volume) as f64;
        Some(self.patient_from_pixel.as_ref()?.apply([x - 0.5, y - 0.5, slice]))
    }

    /// `(col, row, 0)` of slice `slice`'s pixel centres to LPS mm.
    pub(super) fn patient_from_slice(&self, slice: usize) -> Option<Affine3> {
        Some(of_slice(self.patient_from_pixel.as_ref()?, (slice % self.per_volume) as f64))
    }

    /// The point of the patient (LPS mm) in the middle of slice `slice`.
    pub fn middle(&self, slice: usize) -> Option<[f64; 3]> {
        self.point(slice, (self.size.cols as f64 / 2.0, self.size.rows as f64 / 2.0))
    }

    /// Where a point of the patient (LPS mm) lies; may be outside.
    pub fn locate(&self, patient: [f64; 3]) -> Option<PlanePoint> {
        let [col, row, slice] = self.patient_from_pixel.as_ref()?.inverse()?.apply(patient);
        Some(PlanePoint { slice, x: col + 0.5, y: row + 0.5 })
    }

    /// The slice nearest to a point of the patient, of the same volume as slice `now`; the first or the last for points
    /// beyond.
    pub fn nearest_slice(&self, patient: [f64; 3], now: usize) -> Option<usize> {
        let last = self.per_volume.min(self.count).checked_sub(1)?;
        let within = self.locate(patient)?.slice.round().clamp(0.0, last as f64) as usize;
        Some(now / self.per_volume * self.per_volume + within)
    }

    /// Which volume slice `index` is of, where several lie one after the other.
    pub(super) fn volume_of(&self, index: usize) -> usize {
        index / self.per_volume
    }

    pub(super) fn first_of_volume(&self, volume: usize) -> usize {
        volume * self.per_volume
    }

    /// From one slice to the next, of length 1.
    fn direction(&self) -> Option<[f64; 3]> {
        vector::unit(self.patient_from_pixel.as_ref()?.column(2))
    }

    /// True where both are stacked along one direction, or neither says along which.
    pub fn is_parallel_to(&self, other: &Self) -> bool {
        match (self.direction(), other.direction()) {
            (Some(a), Some(b)) => vector::dot(a, b).abs() > PARALLEL,
            (None, None) => true,
            _ => false,
        }
    }

    /// Where slice `slice` lies, by its middle.
    pub fn position(&self, slice: usize) -> Option<SlicePosition> {
        let (direction, middle) = (self.direction()?, self.middle(slice)?);
        let axes = [(0, 'L', 'R'), (1, 'P', 'A'), (2, 'S', 'I')];
        let along = |axis: &(usize, char, char)| direction.get(axis.0).copied().unwrap_or(0.0).abs();
        let (axis, positive, negative) = axes.into_iter().max_by(|a, b| along(a).total_cmp(&along(b)))?;
        let mm = middle.get(axis).copied().filter(|mm| mm.is_finite())?;
        Some(SlicePosition { letter: if mm >= 0.0 { positive } else { negative }, mm: mm.abs() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    /// 6 slices of 4 x 5, 2 mm apart, from foot to head, pixels of 1 mm; the first voxel at (-10, -20, -4).
    fn volume() -> Volume {
        let affine = Affine3::from_columns([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]], [-10.0, -20.0, -4.0]);
        Volume::new(Array3::zeros((6, 4, 5)), affine).unwrap()
    }

    #[test]
    fn slices_say_where_they_are_and_find_points_again() {
        let axial = Stack::of_plane(&volume(), Plane::Axial);
        assert_eq!((axial.count, axial.size), (6, Size::new(4, 5)));
        assert_eq!(axial.position(0), Some(SlicePosition { letter: 'I', mm: 4.0 }));
        assert_eq!(axial.position(5), Some(SlicePosition { letter: 'S', mm: 6.0 }));
        let point = axial.point(3, (1.5, 2.5)).unwrap();
        assert_eq!(point, [-9.0, -18.0, 2.0]);
        let coronal = Stack::of_plane(&volume(), Plane::Coronal);
        let found = coronal.locate(point).unwrap();
        assert_eq!((found.slice, found.x), (2.0, 1.5));
        assert_eq!(coronal.nearest_slice(point, 0), Some(2));
        assert_eq!(coronal.nearest_slice([0.0, 999.0, 0.0], 0), Some(3));
        assert!(axial.is_parallel_to(&axial) && !axial.is_parallel_to(&coronal));
        assert_eq!(coronal.position(0).unwrap().letter, 'A');
    }
}
