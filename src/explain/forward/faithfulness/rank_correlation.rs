//! Spearman's rank correlation: C. Spearman, The Proof and Measurement of Association between Two Things, 1904.

/// Correlation of the ranks, -1 to 1; equal values share the mean of their ranks, as `scipy.stats.spearmanr`. `None` for
/// different lengths, fewer than two values, values that are not finite, or one side all equal.
pub fn spearman(a: impl IntoIterator<Item = f32>, b: impl IntoIterator<Item = f32>) -> Option<f64> {
    let (a, b): (Vec<f32>, Vec<f32>) = (a.into_iter().collect(), b.into_iter().collect());
    let finite = a.iter().chain(&b).all(|value| value.is_finite());
    if a.len() != b.len() || a.len() < 2 || !finite {
        return None;
    }
    pearson(&ranks(&a), &ranks(&b))
}

/// Ranks from 1, equal values at their mean rank.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut sorted: Vec<(usize, f32)> = values.iter().copied().enumerate().collect();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for equal in sorted.chunk_by(|a, b| a.1 == b.1) {
        let rank = before as f64 + (equal.len() + 1) as f64 / 2.0;
        for (index, _) in equal {
            if let Some(place) = ranks.get_mut(*index) {
                *place = rank;
            }
        }
        before += equal.len();
    }
    ranks
}

fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut only_a, mut only_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        both += (a - mean_a) * (b - mean_b);
        only_a += (a - mean_a).powi(2);
        only_b += (b - mean_b).powi(2);
    }
    (only_a > 0.0 && only_b > 0.0).then(|| (both / (only_a * only_b).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;
    use ndarray::Array2;

    /// `(2 i^2 + 5 j + (i j) % 7) % 13` for i in 0..9, j in 0..10.
    pub fn other() -> Array2<f32> {
        Array2::from_shape_fn((9, 10), |(i, j)| ((i * i * 2 + j * 5 + (i * j) % 7) % 13) as f32)
    }

    #[test]
    fn the_numbers_are_scipys_with_many_ties() {
        // scipy 1.17.1: stats.spearmanr(a, b) and (a, a * a + b), stats.rankdata.
        let (a, b) = (pattern(), other());
        let found = spearman(a.iter().copied(), b.iter().copied()).unwrap();
        assert!((found - -0.098_909_496_166_841_75).abs() < 1e-12, "{found}");
        let close = spearman(a.iter().copied(), (&a * &a + &b).iter().copied()).unwrap();
        assert!((close - 0.981_123_160_587_354_5).abs() < 1e-12, "{close}");
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0, 2.0]), [5.0, 1.0, 5.0, 2.5, 5.0, 2.5]);
        assert_eq!(ranks(&[0.0, -0.0, 1.0]), [1.5, 1.5, 3.0], "both zeros are equal");
    }

    #[test]
    fn any_rising_function_agrees_fully_and_nothing_is_said_about_constants() {
        let a = [0.1, 5.0, -3.0, 2.0];
        assert_eq!(spearman(a, a.map(f32::exp)), Some(1.0));
        assert_eq!(spearman(a, a.map(|v| -v)), Some(-1.0));
        assert_eq!(spearman(a, [1.0; 4]), None);
        assert_eq!(spearman(a, [1.0, 2.0]), None);
        assert_eq!(spearman(a, [1.0, f32::NAN, 0.0, 2.0]), None);
        assert_eq!(spearman([0.0; 0], []), None);
    }
}
