//! The Cholesky factor of a symmetric positive matrix, in double precision.

use ndarray::{Array2, ArrayView1, s};

/// Lower factor `L` with `L Lᵀ = matrix`; `None` where the matrix is not positive definite. Only the lower half of `matrix`
/// is read.
pub(super) fn factor(mut matrix: Array2<f64>) -> Option<Array2<f64>> {
    let side = matrix.nrows();
    for row in 0..side {
        for col in 0..=row {
            let (a, b) = (matrix.slice(s![row, ..col]), matrix.slice(s![col, ..col]));
            let left = matrix[[row, col]] - a.dot(&b);
            matrix[[row, col]] = if row == col {
                if !(left.is_finite() && left > 0.0) {
                    return None;
                }
                left.sqrt()
            } else {
                left / matrix[[col, col]]
            };
        }
    }
    Some(matrix)
}

/// `L⁻¹ v`.
pub(super) fn solve(factor: &Array2<f64>, vector: ArrayView1<'_, f64>) -> Vec<f64> {
    let mut solved: Vec<f64> = Vec::with_capacity(vector.len());
    for (row, value) in factor.outer_iter().zip(vector) {
        let known: f64 = row.iter().zip(&solved).map(|(a, b)| a * b).sum();
        let pivot = row.get(solved.len()).copied().unwrap_or(1.0);
        solved.push((value - known) / pivot);
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// numpy.linalg.cholesky and scipy.linalg.solve_triangular of the same, by hand: L = [[2, 0], [1, 3]].
    #[test]
    fn a_known_factor() {
        let lower = factor(array![[4.0, 0.0], [2.0, 10.0]]).unwrap();
        assert_eq!((lower[[0, 0]], lower[[1, 0]], lower[[1, 1]]), (2.0, 1.0, 3.0));
        assert_eq!(solve(&lower, array![4.0, 8.0].view()), [2.0, 2.0]);
        assert!(factor(array![[1.0, 0.0], [2.0, 1.0]]).is_none());
    }
}
