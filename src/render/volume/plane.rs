//! Axial, coronal and sagittal planes along the grid of a volume. Nothing is interpolated, unless square pixels are
//! asked for.

use ndarray::{Array2, ArrayView3, Axis};

use super::Volume;
use crate::geometry::{Affine3, Direction, EdgeLetters, PixelSpacing, Size};
use crate::scan::{Frame, Pixels};

/// A direction to look in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Plane {
    /// From the feet: patient's left on the right, front up. Slices from foot to head.
    Axial,
    /// From the front: patient's left on the right, head up. Slices from front to back.
    Coronal,
    /// From the patient's left: front on the left, head up. Slices from right to left.
    Sagittal,
}

impl Plane {
    pub const ALL: [Self; 3] = [Self::Axial, Self::Coronal, Self::Sagittal];

    /// Body axis (0 Left, 1 Posterior, 2 Superior) and whether it is followed forwards: across the screen, down it, and
    /// from slice to slice.
    fn layout(self) -> [(usize, bool); 3] {
        match self {
            Self::Axial => [(0, true), (1, true), (2, true)],
            Self::Coronal => [(0, true), (2, false), (1, true)],
            Self::Sagittal => [(1, true), (2, false), (0, true)],
        }
    }
}

/// One slice of a plane.
#[derive(Clone, Debug)]
pub struct PlaneSlice {
    /// `[rows, cols]`, modality units.
    pub values: Array2<f32>,
    pub spacing: PixelSpacing,
    /// `(col, row, 0)` of pixel centres to LPS mm; the third column is the step to the next slice.
    pub patient_from_pixel: Affine3,
    pub letters: EdgeLetters,
}

/// Where a point of the patient lies on a plane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanePoint {
    /// Slices from 0, continuous: 2.4 is nearest to slice 2. May lie outside the volume.
    pub slice: f64,
    /// Picture coordinates (pixel edges at whole numbers) on that slice.
    pub x: f64,
    pub y: f64,
}

/// A voxel axis on the screen: which, how long, and whether it runs backwards.
#[derive(Clone, Copy)]
struct Along {
    voxel_axis: usize,
    len: usize,
    flip: bool,
}

impl Volume {
    /// How many slices a plane has.
    pub fn slices(&self, plane: Plane) -> usize {
        let [_, _, slices] = self.along(plane);
        slices.len
    }

    /// Rows and columns of a plane's slices.
    pub fn plane_size(&self, plane: Plane) -> Size {
        let [cols, rows, _] = self.along(plane);
        Size::new(rows.len, cols.len)
    }

    /// `(col, row, slice)` of a plane's pixel centres to LPS mm.
    pub fn patient_from_plane(&self, plane: Plane) -> Affine3 {
        let along = self.along(plane);
        let mut first = [0.0; 3];
        let columns = along.map(|axis| {
            let step = self.patient_from_voxel().column(axis.voxel_axis);
            if let Some(index) = first.get_mut(axis.voxel_axis).filter(|_| axis.flip) {
                *index = axis.len.saturating_sub(1) as f64;
            }
            if axis.flip { step.map(|v| -v) } else { step }
        });
        Affine3::from_columns(columns, self.patient_from_voxel().apply(first))
    }

    /// Slice `index` of a plane; `None` where there is none.
    pub fn slice(&self, plane: Plane, index: usize) -> Option<PlaneSlice> {
        let along = self.along(plane);
        let [cols, rows, slices] = along;
        if index >= slices.len {
            return None;
        }
        let at = if slices.flip { slices.len - 1 - index } else { index };
        let stack = screen_order(self.values(), along);
        let values = stack.index_axis(Axis(0), at).to_owned();
        let from_plane = self.patient_from_plane(plane);
        let columns = [0, 1, 2].map(|axis| from_plane.column(axis));
        let patient_from_pixel = Affine3::from_columns(columns, from_plane.apply([0.0, 0.0, index as f64]));
        let spacing = PixelSpacing {
            row_mm: self.patient_from_voxel().step_length(rows.voxel_axis),
            col_mm: self.patient_from_voxel().step_length(cols.voxel_axis),
        };
        let letters = EdgeLetters::from_affine(&patient_from_pixel)?;
        Some(PlaneSlice { values, spacing, patient_from_pixel, letters })
    }

    /// Where a point of the patient (LPS mm) lies on a plane: for crosshairs.
    pub fn locate(&self, plane: Plane, patient: [f64; 3]) -> Option<PlanePoint> {
        let [col, row, slice] = self.patient_from_plane(plane).inverse()?.apply(patient);
        Some(PlanePoint { slice, x: col + 0.5, y: row + 0.5 })
    }

    /// The point of the patient (LPS mm) under a point of a plane.
    pub fn patient_at(&self, plane: Plane, point: PlanePoint) -> [f64; 3] {
        self.patient_from_plane(plane).apply([point.x - 0.5, point.y - 0.5, point.slice])
    }

    /// The voxel axes of a plane: across, down, from slice to slice.
    fn along(&self, plane: Plane) -> [Along; 3] {
        let (frames, rows, cols) = self.values().dim();
        plane.layout().map(|(body, forwards)| {
            let stored = Direction { voxel_axis: body, positive: true };
            let Direction { voxel_axis, positive } = self.axes.towards.get(body).copied().unwrap_or(stored);
            let len = [cols, rows, frames].get(voxel_axis).copied().unwrap_or(0);
            Along { voxel_axis, len, flip: positive != forwards }
        })
    }
}

/// The values as `[slice, down, across]`, both screen axes running as they are shown.
fn screen_order(values: ArrayView3<'_, f32>, [cols, rows, slices]: [Along; 3]) -> ArrayView3<'_, f32> {
    // Voxel axes count from the columns, array axes from the frames.
    let array_axis = |along: Along| 2usize.saturating_sub(along.voxel_axis);
    let mut view = values.permuted_axes([array_axis(slices), array_axis(rows), array_axis(cols)]);
    for (axis, along) in [(1, rows), (2, cols)] {
        if along.flip {
            view.invert_axis(Axis(axis));
        }
    }
    view
}

impl PlaneSlice {
    /// The slice as a frame without windows of its own.
    pub fn frame(&self) -> Frame {
        Frame { pixels: Pixels::Gray(self.values.clone()), windows: Vec::new(), eight_bit_picture: false }
    }

    /// The same extent with square pixels: linear interpolation along the axis with the larger spacing, none along the
    /// other. For consumers that cannot draw pixels of another shape.
    pub fn with_square_pixels(&self) -> Self {
        let PixelSpacing { row_mm, col_mm } = self.spacing;
        let fine = row_mm.min(col_mm);
        let (rows, cols) = self.values.dim();
        let wanted = |len: usize, mm: f64| ((len as f64 * mm / fine).round() as usize).max(1);
        let (new_rows, new_cols) = (wanted(rows, row_mm), wanted(cols, col_mm));
        let tall = stretched(&self.values, Axis(0), new_rows);
        let values = stretched(&tall, Axis(1), new_cols);
        let (down, across) = (rows as f64 / new_rows as f64, cols as f64 / new_cols as f64);
        let spacing = PixelSpacing { row_mm: row_mm * down, col_mm: col_mm * across };
        // The first centre lies half a new pixel inside the same edge.
        let old = Affine3::from_columns(
            [[across, 0.0, 0.0], [0.0, down, 0.0], [0.0, 0.0, 1.0]],
            [across / 2.0 - 0.5, down / 2.0 - 0.5, 0.0],
        );
        Self { values, spacing, patient_from_pixel: self.patient_from_pixel.after(&old), letters: self.letters.clone() }
    }
}

/// `len` pixels along `axis` over the same extent, linear between centres; the outer halves of the edge pixels keep
/// their values.
fn stretched(values: &Array2<f32>, axis: Axis, len: usize) -> Array2<f32> {
    let old = values.len_of(axis);
    if old == len || old == 0 {
        return values.clone();
    }
    let (rows, cols) = values.dim();
    let mut out = Array2::zeros(if axis.index() == 0 { (len, cols) } else { (rows, len) });
    for (index, mut lane) in out.axis_iter_mut(axis).enumerate() {
        let center = ((index as f64 + 0.5) * old as f64 / len as f64 - 0.5).clamp(0.0, (old - 1) as f64);
        let first = center as usize;
        let share = (center - first as f64) as f32;
        lane.assign(&values.index_axis(axis, first));
        if share > 0.0 {
            let second = values.index_axis(axis, (first + 1).min(old - 1));
            lane.zip_mut_with(&second, |value, next| *value += (next - *value) * share);
        }
    }
    out
}
