//! Which axis of a voxel grid runs closest to which axis of the body.

use super::{Affine3, vector};

/// A voxel axis and the way it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// 0 columns, 1 rows, 2 frames of `patient_from_voxel`.
    pub voxel_axis: usize,
    /// True where its index grows towards Left, Posterior or Superior.
    pub positive: bool,
}

/// The assignment of the three voxel axes to the three body axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnatomicalAxes {
    /// The voxel axes closest to Left, Posterior and Superior, each used once.
    pub towards: [Direction; 3],
    /// The largest angle between a voxel axis and its body axis, degrees.
    pub oblique_degrees: f64,
    /// How far the axes are from perpendicular, degrees: the frames' axis leaning from the frames' normal (a tilted
    /// gantry), or rows and columns leaning to each other.
    pub tilt_degrees: f64,
}

impl AnatomicalAxes {
    /// The assignment with the largest sum of cosines; `None` where the map flattens space.
    pub fn of(patient_from_voxel: &Affine3) -> Option<Self> {
        patient_from_voxel.inverse()?;
        let columns = [0, 1, 2].map(|axis| patient_from_voxel.column(axis));
        let [Some(a), Some(b), Some(c)] = columns.map(vector::unit) else { return None };
        let units = [a, b, c];
        let share = |voxel: usize, body: usize| units.get(voxel).and_then(|u| u.get(body)).copied().unwrap_or(0.0);
        const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let sum = |order: &[usize; 3]| order.iter().enumerate().map(|(body, voxel)| share(*voxel, body).abs()).sum();
        // The first of equals, so that axes at exactly 45 degrees keep their stored order.
        let mut best = (ORDERS[0], f64::MIN);
        for order in ORDERS {
            let sum: f64 = sum(&order);
            if sum > best.1 + 1e-9 {
                best = (order, sum);
            }
        }
        let [x, y, z] = best.0;
        let direction =
            |voxel_axis: usize, body: usize| Direction { voxel_axis, positive: share(voxel_axis, body) > 0.0 };
        let towards = [direction(x, 0), direction(y, 1), direction(z, 2)];
        let off = |body: usize, voxel: usize| share(voxel, body).abs().min(1.0).acos().to_degrees();
        let oblique_degrees = off(0, x).max(off(1, y)).max(off(2, z));
        let lean = vector::angle_degrees(vector::cross(a, b), c)?;
        let skew = (90.0 - vector::angle_degrees(a, b)?).abs();
        Some(Self { towards, oblique_degrees, tilt_degrees: lean.min(180.0 - lean).max(skew) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(columns: [[f64; 3]; 3]) -> AnatomicalAxes {
        AnatomicalAxes::of(&Affine3::from_columns(columns, [0.0; 3])).unwrap()
    }

    #[test]
    fn a_sagittal_stack_is_told() {
        // Columns to posterior, rows to inferior, frames to left.
        let found = axes([[0.0, 0.9, 0.0], [0.0, 0.0, -0.9], [5.0, 0.0, 0.0]]);
        let direction = |voxel_axis, positive| Direction { voxel_axis, positive };
        assert_eq!(found.towards, [direction(2, true), direction(0, true), direction(1, false)]);
        assert_eq!((found.oblique_degrees, found.tilt_degrees), (0.0, 0.0));
    }

    #[test]
    fn obliquity_and_tilt_are_angles() {
        let (sin, cos) = 20f64.to_radians().sin_cos();
        let turned = axes([[1.0, 0.0, 0.0], [0.0, cos, sin], [0.0, -2.0 * sin, 2.0 * cos]]);
        assert!((turned.oblique_degrees - 20.0).abs() < 1e-9 && turned.tilt_degrees < 1e-9);
        // The slices stay axial, and their positions lean: a gantry tilted by 20 degrees.
        let tilted = axes([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -2.0 * sin, 2.0 * cos]]);
        assert!((tilted.tilt_degrees - 20.0).abs() < 1e-9);
        assert_eq!(tilted.towards.map(|d| d.voxel_axis), [0, 1, 2]);
        assert_eq!(AnatomicalAxes::of(&Affine3([[0.0; 4]; 3])), None);
    }
}
