//! Structural similarity: Wang, Bovik, Sheikh and Simoncelli, Image Quality Assessment: From Error Visibility to
//! Structural Similarity, IEEE TIP 2004, equation 13.

use ndarray::ArrayView2;

/// Side of the window, in cells.
const WINDOW: usize = 7;

/// Mean over all 7 x 7 windows of
/// `(2 ma mb + c1) (2 cov + c2) / ((ma^2 + mb^2 + c1) (va + vb + c2))`, `c1 = (0.01 range)^2`, `c2 = (0.03 range)^2`,
/// variances with n - 1: the defaults of `skimage.metrics.structural_similarity`. `data_range` is the largest possible
/// difference of two values. `None` for different or too small shapes, a range that is not above 0, or values that
/// are not finite.
pub fn ssim(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, data_range: f64) -> Option<f64> {
    let finite = a.iter().chain(b.iter()).all(|value| value.is_finite());
    let large_enough = a.nrows() >= WINDOW && a.ncols() >= WINDOW;
    if a.dim() != b.dim() || !large_enough || !finite || data_range.is_nan() || data_range <= 0.0 {
        return None;
    }
    let (c1, c2) = ((0.01 * data_range).powi(2), (0.03 * data_range).powi(2));
    let windows = a.windows((WINDOW, WINDOW)).into_iter().zip(b.windows((WINDOW, WINDOW)));
    let (sum, count) = windows.fold((0.0, 0_usize), |(sum, count), (a, b)| (sum + of_window(a, b, c1, c2), count + 1));
    Some(sum / count as f64)
}

fn of_window(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, c1: f64, c2: f64) -> f64 {
    let count = (WINDOW * WINDOW) as f64;
    let mean = |values: &ArrayView2<'_, f32>| values.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut var_a, mut var_b, mut both) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b.iter()) {
        let (a, b) = (f64::from(*a) - mean_a, f64::from(*b) - mean_b);
        var_a += a * a;
        var_b += b * b;
        both += a * b;
    }
    let [var_a, var_b, both] = [var_a, var_b, both].map(|sum| sum / (count - 1.0));
    (2.0 * mean_a * mean_b + c1) * (2.0 * both + c2) / ((mean_a.powi(2) + mean_b.powi(2) + c1) * (var_a + var_b + c2))
}

#[cfg(test)]
mod tests {
    use super::super::rank_correlation::tests::other;
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;
    use ndarray::Array2;

    #[test]
    fn the_numbers_are_scikit_images() {
        // scikit-image 0.26.0: metrics.structural_similarity(a, a + b / 2, data_range=10) and (a, b, data_range=2).
        let (a, b) = (pattern(), other());
        let near = ssim(a.view(), (&a + &(&b * 0.5)).view(), 10.0).unwrap();
        assert!((near - 0.768_648_934_899_134_9).abs() < 1e-9, "{near}");
        let far = ssim(a.view(), b.view(), 2.0).unwrap();
        assert!((far - 0.019_843_182_955_701_536).abs() < 1e-9, "{far}");
    }

    #[test]
    fn a_map_is_like_itself_and_small_or_broken_ones_have_no_number() {
        let a = pattern();
        assert!((ssim(a.view(), a.view(), 1.0).unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(ssim(Array2::zeros((6, 9)).view(), Array2::zeros((6, 9)).view(), 1.0), None);
        assert_eq!(ssim(a.view(), a.t(), 1.0), None);
        assert_eq!(ssim(a.view(), a.view(), 0.0), None);
        assert_eq!(ssim(a.view(), a.mapv(|_| f32::NAN).view(), 1.0), None);
    }
}
