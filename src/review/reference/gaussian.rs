//! One Gaussian over all reference vectors: mean and shrunk covariance.
//!
//! Distance: Mahalanobis's (Lee et al. 2018, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and
//! Adversarial Attacks", arXiv:1807.03888, with one centre for all classes). Covariance: Ledoit and Wolf 2004, "A
//! well-conditioned estimator for large-dimensional covariance matrices", `A = (1 - s) S + s m I`. Where there are fewer
//! vectors than dimensions the inverse is taken in the space of the vectors (Woodbury's identity), so that the cost is
//! that of the smaller side.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};

use super::cholesky::{factor, solve};

/// A fitted Gaussian. Memory: the vectors where they are fewer than their dimensions, and the square of the smaller side.
pub(super) struct Gaussian {
    mean: Array1<f64>,
    /// `1 - s`, and `s m`.
    weight: f64,
    ridge: f64,
    /// Vectors.
    count: f64,
    inverse: Inverse,
}

enum Inverse {
    /// Factor of `A`, `[dims, dims]`.
    Dims(Array2<f64>),
    /// Centred vectors `[n, dims]`, and the factor of `I + weight / (n ridge) X Xᵀ`, `[n, n]`.
    Vectors { centred: Array2<f64>, factor: Array2<f64> },
}

impl Gaussian {
    /// Fits `features` `[n, dims]`, n at least 2. `None` where they are all the same, or are not numbers.
    pub fn fit(features: ArrayView2<'_, f32>) -> Option<Self> {
        let (count, dims) = (features.nrows() as f64, features.ncols() as f64);
        let mut centred = features.mapv(f64::from);
        let mean = centred.mean_axis(Axis(0)).filter(|_| features.nrows() >= 2)?;
        centred -= &mean;
        let few = features.nrows() < features.ncols();
        let gram = if few { centred.dot(&centred.t()) } else { centred.t().dot(&centred) };
        let (shrinkage, scale) = ledoit_wolf(&centred, &gram);
        let (weight, ridge) = (1.0 - shrinkage, shrinkage * scale);
        // A singular covariance that nothing was added to: duplicates, or features that are always zero.
        let ridge = ridge.max(scale * 1e-6);
        if !(ridge.is_finite() && ridge > 0.0 && dims > 0.0) {
            return None;
        }
        let inverse = if few {
            let mut inner = gram * (weight / (count * ridge));
            inner.diag_mut().mapv_inplace(|value| value + 1.0);
            Inverse::Vectors { centred, factor: factor(inner)? }
        } else {
            let mut covariance = gram * (weight / count);
            covariance.diag_mut().mapv_inplace(|value| value + ridge);
            Inverse::Dims(factor(covariance)?)
        };
        Some(Self { mean, weight, ridge, count, inverse })
    }

    /// Distance of a vector of the fitted length to the centre.
    pub fn distance(&self, features: &[f32]) -> f64 {
        self.squared(features).max(0.0).sqrt()
    }

    fn squared(&self, features: &[f32]) -> f64 {
        let centred: Array1<f64> =
            features.iter().zip(&self.mean).map(|(value, mean)| f64::from(*value) - mean).collect();
        let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        match &self.inverse {
            Inverse::Dims(factor) => square(&solve(factor, centred.view())),
            Inverse::Vectors { centred: rows, factor } => {
                let along = rows.dot(&centred);
                let inside = self.weight / (self.count * self.ridge) * square(&solve(factor, along.view()));
                (centred.dot(&centred) - inside) / self.ridge
            }
        }
    }

    /// The distance of a vector that was fitted to the centre of the others: mean and covariance without it, by the
    /// Sherman-Morrison formula; the shrinkage stays.
    pub fn distance_without(&self, features: &[f32]) -> f64 {
        let (n, squared) = (self.count, self.squared(features).max(0.0));
        let grows = n / (n - 1.0);
        let removed = self.weight / n * grows * squared;
        // Everything that speaks for this direction is the vector itself.
        if removed >= 1.0 {
            return f64::MAX;
        }
        (grows * grows * squared / (1.0 - removed)).sqrt()
    }
}

/// Share of the scaled identity, and its scale (the mean variance). `gram` is `X Xᵀ` or `Xᵀ X`: their sums of squares are
/// the same. As scikit-learn's `ledoit_wolf_shrinkage(X, assume_centered=True)`.
fn ledoit_wolf(centred: &Array2<f64>, gram: &Array2<f64>) -> (f64, f64) {
    let (n, p) = (centred.nrows() as f64, centred.ncols() as f64);
    let lengths: Vec<f64> = centred.outer_iter().map(|row: ArrayView1<'_, f64>| row.dot(&row)).collect();
    let trace = lengths.iter().sum::<f64>() / n;
    let scale = trace / p;
    let all = gram.iter().map(|value| value * value).sum::<f64>() / (n * n);
    let fourth = lengths.iter().map(|length| length * length).sum::<f64>();
    let beta = (fourth / n - all) / (p * n);
    let delta = (all - 2.0 * scale * trace + p * scale * scale) / p;
    let beta = beta.min(delta);
    (if beta > 0.0 && delta > 0.0 { beta / delta } else { 0.0 }, scale)
}

#[cfg(test)]
#[path = "gaussian_tests.rs"]
mod tests;
