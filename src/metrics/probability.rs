//! Scores of the probabilities themselves: log loss and Brier score. Both come as one loss a case, whose mean is the
//! number, so that resampling needs no second formula.

/// Loss of each case, `-ln p(reference label)`, with p cut to `eps..=1-eps` of f64 (`sklearn.metrics.log_loss`, which
/// does not rescale rows that do not sum to 1 either). `probabilities`: `[n, k]` in 0..=1.
pub fn log_loss(truth: &[usize], probabilities: &[f64], classes: usize) -> Vec<f64> {
    let of_truth = |(truth, row): (&usize, &[f64])| row.get(*truth).copied().unwrap_or(0.0);
    let cut = |p: f64| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    truth.iter().zip(probabilities.chunks_exact(classes.max(1))).map(of_truth).map(|p| -cut(p).ln()).collect()
}

/// Loss of each case: the sum over the classes of `(p - truth)^2`, halved for two classes (`brier_score_loss` with
/// `scale_by_half="auto"`). G. W. Brier, Verification of forecasts expressed in terms of probability, 1950.
pub fn brier(truth: &[usize], probabilities: &[f64], classes: usize) -> Vec<f64> {
    let scale = if classes == 2 { 0.5 } else { 1.0 };
    let loss = |(truth, row): (&usize, &[f64])| {
        let terms = row.iter().enumerate().map(|(class, p)| (p - f64::from(u8::from(class == *truth))).powi(2));
        scale * terms.sum::<f64>()
    };
    truth.iter().zip(probabilities.chunks_exact(classes.max(1))).map(loss).collect()
}

/// Softmax of each row of `[n, k]` after division by a temperature; shifted by the largest, so that nothing overflows.
pub fn softmax_rows(logits: &[f64], classes: usize, temperature: f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(logits.len());
    for row in logits.chunks_exact(classes.max(1)) {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let start = values.len();
        values.extend(row.iter().map(|z| ((z - largest) / temperature).exp()));
        let tail = values.get_mut(start..).unwrap_or_default();
        let sum: f64 = tail.iter().sum();
        tail.iter_mut().for_each(|value| *value /= sum);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_and_wrong_is_finite() {
        let losses = log_loss(&[0, 1], &[1.0, 0.0, 1.0, 0.0], 2);
        assert!(losses[0] < 1e-15 && (losses[1] - 36.043_653_389_117_15).abs() < 1e-9, "{losses:?}");
        assert_eq!(brier(&[0, 1], &[1.0, 0.0, 1.0, 0.0], 2), [0.0, 1.0]);
        assert_eq!(brier(&[2], &[1.0, 0.0, 0.0], 3), [2.0]);
    }

    #[test]
    fn softmax_of_huge_logits_stays_a_number() {
        assert_eq!(softmax_rows(&[1e300, -1e300], 2, 1.0), [1.0, 0.0]);
        assert_eq!(softmax_rows(&[4.0, 4.0], 2, 0.1), [0.5, 0.5]);
    }
}
