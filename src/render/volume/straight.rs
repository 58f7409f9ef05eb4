//! Stacks whose axes are not perpendicular (a tilted gantry), brought onto perpendicular ones.

use ndarray::Array3;

use super::resample::trilinear;
use super::{Volume, VolumeError};
use crate::geometry::{Affine3, vector};

/// A slant up to this angle is shown as if there were none: over 200 mm it shifts the last slice by less than 2 mm.
pub(super) const LEAST_DEGREES: f64 = 0.5;
/// A straightened volume may have this many times the voxels of the stack.
const MOST_GROWTH: usize = 4;

/// The values on a grid with the stack's first axis, its slices' plane and that plane's normal, same spacing along
/// each, large enough for all of it; not a number where the stack is not. Each slice stays in its plane and is only
/// shifted within it (bilinear).
pub(super) fn straightened(stack: &Volume) -> Result<Volume, VolumeError> {
    let [a, b, c] = [0, 1, 2].map(|axis| stack.patient_from_voxel.column(axis));
    let normal = vector::unit(vector::cross(a, b)).ok_or(VolumeError::NoPlace)?;
    let across = vector::unit(a).ok_or(VolumeError::NoPlace)?;
    let down = vector::cross(normal, across);
    // Each axis keeps its spacing along its own new direction.
    let steps = [(across, a), (down, b), (normal, c)].map(|(to, step)| {
        let along = vector::dot(to, step);
        to.map(|v| v * along)
    });
    let origin = stack.patient_from_voxel.apply([0.0; 3]);
    let grid = Affine3::from_columns(steps, origin);
    let grid_from_voxel = grid.inverse().ok_or(VolumeError::NoPlace)?.after(&stack.patient_from_voxel);
    let (frames, rows, cols) = stack.values.dim();
    let (low, lens) = bounds(&grid_from_voxel, [cols, rows, frames]);
    let [new_cols, new_rows, new_frames] = lens;
    let voxels = new_cols.checked_mul(new_rows).and_then(|n| n.checked_mul(new_frames)).unwrap_or(usize::MAX);
    if voxels > stack.values.len().saturating_mul(MOST_GROWTH) {
        return Err(VolumeError::TooLarge { megabytes: voxels.saturating_mul(4) >> 20 });
    }
    let place = Affine3::from_columns(steps, grid.apply(low));
    let voxel_from_grid = stack.voxel_from_patient.after(&place);
    let source = stack.values.view();
    let values = Array3::from_shape_fn((new_frames, new_rows, new_cols), |(frame, row, col)| {
        trilinear(&source, voxel_from_grid.apply([col as f64, row as f64, frame as f64]))
    });
    let mut straight = Volume::as_stored(values, place)?;
    let degrees = stack.axes.tilt_degrees;
    straight.remarks.push(format!(
        "The slices are stacked at a slant of {degrees:.1}° (a tilted gantry); they are shifted within their planes."
    ));
    Ok(straight)
}

/// The whole-numbered corner and the lengths of the grid that holds every voxel centre.
fn bounds(grid_from_voxel: &Affine3, lens: [usize; 3]) -> ([f64; 3], [usize; 3]) {
    let last = lens.map(|len| len.saturating_sub(1) as f64);
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for corner in 0..8 {
        let far = |axis: usize| if corner >> axis & 1 == 1 { last[axis] } else { 0.0 };
        let at = grid_from_voxel.apply([far(0), far(1), far(2)]);
        low = std::array::from_fn(|axis| low[axis].min(at[axis]));
        high = std::array::from_fn(|axis| high[axis].max(at[axis]));
    }
    // Rounding must not add a row of nothing.
    let low = low.map(|v| (v + 1e-6).floor());
    let lens = std::array::from_fn(|axis| (high[axis] - low[axis] - 1e-6).ceil().max(0.0) as usize + 1);
    (low, lens)
}
