//! EigenCAM. Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020,
//! <https://arxiv.org/abs/2008.00299>, equations 2 and 3.
//!
//! `A = U S V^T` with `A` as `[cells, channels]`; `L = A v_1`: every cell projected on the first principal direction. It
//! knows no class. The sign of `v_1` is arbitrary; it is chosen so that the map's sum is not negative.

use ndarray::{Array1, Array2, ArrayView3};

/// Rounds of the power iteration; it ends earlier where nothing moves.
const ROUNDS: usize = 500;

/// `[C, h, w]` to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>) -> Array2<f32> {
    let (channels, rows, cols) = activations.dim();
    let cells = rows * cols;
    let matrix = Array2::from_shape_fn((cells, channels), |(cell, channel)| {
        let value = activations.get((channel, cell / cols.max(1), cell % cols.max(1)));
        f64::from(value.copied().unwrap_or(0.0))
    });
    // v_1 is what A^T A stretches most; a start along the mean direction is never orthogonal to it for ReLU maps.
    let mut direction = matrix.sum_axis(ndarray::Axis(0)) + 1e-3;
    for _ in 0..ROUNDS {
        let next = matrix.t().dot(&matrix.dot(&direction));
        let length = next.dot(&next).sqrt();
        if length == 0.0 || !length.is_finite() {
            return Array2::zeros((rows, cols));
        }
        let next = next / length;
        let moved = (&next - &direction).mapv(f64::abs).fold(0.0f64, |largest, value| largest.max(*value));
        direction = next;
        if moved < 1e-9 {
            break;
        }
    }
    let mut projected: Array1<f64> = matrix.dot(&direction);
    if projected.sum() < 0.0 {
        projected.mapv_inplace(|value| -value);
    }
    Array2::from_shape_fn((rows, cols), |(row, col)| projected.get(row * cols + col).map_or(0.0, |value| *value as f32))
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::map;

    #[test]
    fn the_direction_of_most_activation_is_found() {
        // Cells along (3, 4) with lengths 5, 10 and a little noise across.
        let a = Array3::from_shape_vec((2, 1, 3), vec![3.0, 6.0, -0.004, 4.0, 8.0, 0.003]).unwrap();
        let found = map(a.view());
        assert!((found[[0, 0]] - 5.0).abs() < 1e-4 && (found[[0, 1]] - 10.0).abs() < 1e-4, "{found:?}");
        assert!(found[[0, 2]].abs() < 1e-4);
        assert_eq!(map(Array3::zeros((2, 2, 2)).view()).sum(), 0.0);
    }
}
