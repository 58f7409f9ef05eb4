//! Values of one volume on another grid, by their affines.

use ndarray::{Array2, ArrayView3};

use super::Volume;
use crate::geometry::{Affine3, Size};

/// Points this far outside the outermost voxel centres, in voxels, still count as on them: two affines of one grid
/// differ by rounding.
const ON_THE_EDGE: f64 = 1e-5;

/// The volume's values on a plane of `size`, whose pixel centres `(col, row, 0)` lie at `patient_from_pixel` (LPS mm):
/// trilinear between voxel centres, as `scipy.ndimage.affine_transform(order=1, cval=nan)`. Not a number, to be drawn
/// transparent, outside the outermost centres. Only for two scans of one space: ask [`super::same_space`].
pub fn on_plane(volume: &Volume, patient_from_pixel: &Affine3, size: Size) -> Array2<f32> {
    let voxel_from_pixel = volume.voxel_from_patient.after(patient_from_pixel);
    let values = volume.values();
    Array2::from_shape_fn((size.rows, size.cols), |(row, col)| {
        trilinear(&values, voxel_from_pixel.apply([col as f64, row as f64, 0.0]))
    })
}

/// The value at `(col, row, frame)`, not a number outside. A neighbour without weight does not count, so that the edge
/// of the measured region stays where it is.
pub(super) fn trilinear(values: &ArrayView3<f32>, [x, y, z]: [f64; 3]) -> f32 {
    let (frames, rows, cols) = values.dim();
    let (Some((x, fx)), Some((y, fy)), Some((z, fz))) = (cell(x, cols), cell(y, rows), cell(z, frames)) else {
        return f32::NAN;
    };
    let mut sum = 0.0;
    for (dz, wz) in [(0, 1.0 - fz), (1, fz)] {
        for (dy, wy) in [(0, 1.0 - fy), (1, fy)] {
            for (dx, wx) in [(0, 1.0 - fx), (1, fx)] {
                let weight = wz * wy * wx;
                if weight > 0.0 {
                    sum += weight * values.get((z + dz, y + dy, x + dx)).copied().map_or(f64::NAN, f64::from);
                }
            }
        }
    }
    sum as f32
}

/// The voxel below a coordinate and the share of the next one; `None` outside `0..=len - 1`.
fn cell(at: f64, len: usize) -> Option<(usize, f64)> {
    let last = len.checked_sub(1)? as f64;
    if !(at >= -ON_THE_EDGE && at <= last + ON_THE_EDGE) {
        return None;
    }
    let at = at.clamp(0.0, last);
    Some((at as usize, at.fract()))
}
