//! Temperature scaling (Guo et al., On calibration of modern neural networks, ICML 2017, section 4.2): one number T
//! that logits are divided by before softmax, fitted to labelled cases by least mean negative log-likelihood.

use super::{DEFAULT_BINS, Undefined, expected_calibration_error, softmax_rows, top_label};

/// A fitted temperature and what it changes on the cases that it was fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    pub temperature: f64,
    pub cases: usize,
    /// Mean negative log-likelihood, natural logarithm, without cutting.
    pub nll_before: f64,
    pub nll_after: f64,
    /// Top-label expected calibration error in [`DEFAULT_BINS`] bins.
    pub ece_before: f64,
    pub ece_after: f64,
}

/// Range of 1/T, in units of the logits' own spread, in which the best one is looked for.
const LEAST: f64 = 1e-6;
const MOST: f64 = 1e6;

/// Fits T. `logits`: `[n, k]`, finite; for one sigmoid of two classes give `[0, z]`. The loss is convex in 1/T, so that
/// its slope is halved in on.
///
/// # Errors
/// No case; [`Undefined::Separated`], [`Undefined::Misleading`] where the best T is 0 or infinite.
pub fn fit_temperature(truth: &[usize], logits: &[f64], classes: usize) -> Result<Temperature, Undefined> {
    if truth.is_empty() || classes == 0 {
        return Err(Undefined::NoCases);
    }
    let scale = spread(logits, classes).ok_or(Undefined::NoSpread)?;
    let slope = |inverse: f64| slope(truth, logits, classes, inverse / scale);
    if slope(LEAST) >= 0.0 {
        return Err(Undefined::Misleading);
    }
    if slope(MOST) <= 0.0 {
        return Err(Undefined::Separated);
    }
    let (mut low, mut high) = (LEAST.ln(), MOST.ln());
    while high - low > 1e-14 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if slope(middle.exp()) < 0.0 { low = middle } else { high = middle }
    }
    let temperature = scale / (0.5 * (low + high)).exp();
    let ece = |temperature| {
        let (stated, hits) = top_label(truth, &softmax_rows(logits, classes, temperature), classes);
        expected_calibration_error(&stated, &hits, DEFAULT_BINS)
    };
    Ok(Temperature {
        temperature,
        cases: truth.len(),
        nll_before: negative_log_likelihood(truth, logits, classes, 1.0),
        nll_after: negative_log_likelihood(truth, logits, classes, 1.0 / temperature),
        ece_before: ece(1.0)?,
        ece_after: ece(temperature)?,
    })
}

/// Mean distance between the largest and the least logit of a case.
fn spread(logits: &[f64], classes: usize) -> Option<f64> {
    let rows = logits.chunks_exact(classes);
    let count = rows.len() as f64;
    let range = |row: &[f64]| {
        row.iter().copied().fold(f64::NEG_INFINITY, f64::max) - row.iter().copied().fold(f64::INFINITY, f64::min)
    };
    let mean = rows.map(|row| range(row) / count).sum::<f64>();
    (mean.is_finite() && mean > 0.0).then_some(mean)
}

/// Slope of the mean loss in 1/T: expected minus actual logit.
fn slope(truth: &[usize], logits: &[f64], classes: usize, inverse: f64) -> f64 {
    let case = |(truth, row): (&usize, &[f64])| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let actual = row.get(*truth).copied().unwrap_or(largest);
        // Relative to the actual logit, so that small differences of large numbers survive.
        let (mut sum, mut expected) = (0.0, 0.0);
        for z in row {
            let weight = ((z - largest) * inverse).exp();
            sum += weight;
            expected += weight * (z - actual);
        }
        expected / sum
    };
    truth.iter().zip(logits.chunks_exact(classes)).map(case).sum::<f64>() / truth.len() as f64
}

fn negative_log_likelihood(truth: &[usize], logits: &[f64], classes: usize, inverse: f64) -> f64 {
    let case = |(truth, row): (&usize, &[f64])| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = row.iter().map(|z| ((z - largest) * inverse).exp()).sum();
        sum.ln() - (row.get(*truth).copied().unwrap_or(largest) - largest) * inverse
    };
    truth.iter().zip(logits.chunks_exact(classes)).map(case).sum::<f64>() / truth.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logits of +-z with a share s right: the best T makes sigmoid(2 z / T) equal s.
    #[test]
    fn an_overconfident_model_gets_its_known_temperature() {
        for scale in [1e-3, 1.0, 1e4] {
            let logits: Vec<f64> = (0..10).flat_map(|_| [0.0, 5.0 * scale]).collect();
            let truth: Vec<usize> = (0..10).map(|case| usize::from(case < 8)).collect();
            let fit = fit_temperature(&truth, &logits, 2).unwrap();
            let known = 5.0 * scale / (0.8_f64 / 0.2).ln();
            assert!((fit.temperature / known - 1.0).abs() < 1e-7, "{fit:?}");
            assert!(fit.nll_after <= fit.nll_before && fit.ece_after < 1e-7);
        }
    }

    #[test]
    fn fits_that_run_away_say_so() {
        assert_eq!(fit_temperature(&[0, 1], &[3.0, 0.0, 0.0, 3.0], 2), Err(Undefined::Separated));
        assert_eq!(fit_temperature(&[1, 0], &[3.0, 0.0, 0.0, 3.0], 2), Err(Undefined::Misleading));
        assert_eq!(fit_temperature(&[1, 0], &[3.0, 3.0, 1.0, 1.0], 2), Err(Undefined::NoSpread));
        assert_eq!(fit_temperature(&[], &[], 2), Err(Undefined::NoCases));
    }
}
