//! AUC with its variance, and the difference of two AUCs on the same cases (E. DeLong, D. DeLong, D. Clarke-Pearson,
//! Comparing the areas under two or more correlated receiver operating characteristic curves, Biometrics 1988), by
//! midranks (X. Sun, W. Xu, IEEE Signal Processing Letters 2014).

use super::{Interval, Method, Undefined, Z_95};

/// Area under the ROC curve of one class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auc {
    pub area: f64,
    /// DeLong's variance of the area; needs two cases of the class and two others.
    pub variance: Result<f64, Undefined>,
}

/// AUC of B minus AUC of A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AucDifference {
    pub area_a: f64,
    pub area_b: f64,
    /// Variance of `area_b - area_a`.
    pub variance: f64,
    pub z: f64,
    /// Two-sided, normal approximation.
    pub p: f64,
}

impl Auc {
    /// Of finite scores `[n]` and whether each case is of `class`.
    ///
    /// # Errors
    /// Where one side is empty.
    pub fn new(class: usize, scores: &[f64], positive: &[bool]) -> Result<Self, Undefined> {
        let parts = Components::new(class, scores, positive)?;
        Ok(Self { area: parts.area, variance: parts.variance(&parts) })
    }

    /// The area +- 1.96 standard errors, cut to 0..1.
    ///
    /// # Errors
    /// Where the variance does not exist or is 0 (all cases of the class score above all others).
    pub fn interval(&self) -> Result<Interval, Undefined> {
        let variance = self.variance?;
        if variance <= 0.0 {
            return Err(Undefined::NoSpread);
        }
        let half = Z_95 * variance.sqrt();
        Ok(Interval { low: (self.area - half).max(0.0), high: (self.area + half).min(1.0), method: Method::DeLong })
    }
}

/// DeLong's test of two scores on the same cases.
///
/// # Errors
/// Where an AUC or its variance does not exist; [`Undefined::NoSpread`] where both rank every case alike.
pub fn auc_difference(
    class: usize,
    scores_a: &[f64],
    scores_b: &[f64],
    positive: &[bool],
) -> Result<AucDifference, Undefined> {
    let (a, b) = (Components::new(class, scores_a, positive)?, Components::new(class, scores_b, positive)?);
    let variance = a.variance(&a)? + b.variance(&b)? - 2.0 * a.variance(&b)?;
    // Rounding leaves 1e-20 or so where the true value is 0.
    if variance <= 1e-16 {
        return Err(Undefined::NoSpread);
    }
    let z = (b.area - a.area) / variance.sqrt();
    Ok(AucDifference { area_a: a.area, area_b: b.area, variance, z, p: libm::erfc(z.abs() / std::f64::consts::SQRT_2) })
}

/// Structural components: for each positive the share of negatives below it, for each negative the share of positives
/// above it; ties count half.
struct Components {
    area: f64,
    of_positives: Vec<f64>,
    of_negatives: Vec<f64>,
}

impl Components {
    fn new(class: usize, scores: &[f64], positive: &[bool]) -> Result<Self, Undefined> {
        let side = |wanted: bool| -> Vec<f64> {
            scores.iter().zip(positive).filter(|(_, is)| **is == wanted).map(|(score, _)| *score).collect()
        };
        let (positives, negatives) = (side(true), side(false));
        match (positives.len(), negatives.len()) {
            (0, 0) => return Err(Undefined::NoCases),
            (0, _) => return Err(Undefined::ClassAbsent { class }),
            (_, 0) => return Err(Undefined::NoOtherClass { class }),
            _ => {}
        }
        let of_positives = shares_below(&positives, &negatives);
        let of_negatives: Vec<f64> = shares_below(&negatives, &positives).iter().map(|below| 1.0 - below).collect();
        let area = mean(&of_positives);
        Ok(Self { area, of_positives, of_negatives })
    }

    /// Covariance of the two areas; with itself, the variance.
    fn variance(&self, other: &Self) -> Result<f64, Undefined> {
        let (m, n) = (self.of_positives.len(), self.of_negatives.len());
        let have = m.min(n);
        if have < 2 {
            return Err(Undefined::TooFew { need: 2, have });
        }
        Ok(covariance(&self.of_positives, &other.of_positives) / m as f64
            + covariance(&self.of_negatives, &other.of_negatives) / n as f64)
    }
}

/// For each value the share of `others` that lie below it, ties half.
fn shares_below(values: &[f64], others: &[f64]) -> Vec<f64> {
    let mut sorted = others.to_vec();
    // A plain comparison, so that -0 and 0 tie.
    sorted.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let count = sorted.len() as f64;
    let share = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        (below + up_to) as f64 / (2.0 * count)
    };
    values.iter().map(share).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample covariance, divided by n - 1.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (a.len() as f64 - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSITIVE: [bool; 6] = [true, true, true, false, false, false];

    #[test]
    fn perfect_ranking_has_no_interval() {
        let auc = Auc::new(1, &[0.9, 0.8, 0.7, 0.3, 0.2, 0.1], &POSITIVE).unwrap();
        assert_eq!((auc.area, auc.variance), (1.0, Ok(0.0)));
        assert_eq!(auc.interval(), Err(Undefined::NoSpread));
    }

    #[test]
    fn too_few_or_one_sided_cases_have_reasons() {
        let one = Auc::new(1, &[0.9, 0.2, 0.1], &[true, false, false]).unwrap();
        assert_eq!(one.interval(), Err(Undefined::TooFew { need: 2, have: 1 }));
        assert_eq!(Auc::new(1, &[0.9], &[true]), Err(Undefined::NoOtherClass { class: 1 }));
    }

    #[test]
    fn a_model_against_itself_has_no_difference_to_test() {
        let scores = [0.9, 0.2, 0.7, 0.3, 0.8, 0.1];
        assert_eq!(auc_difference(1, &scores, &scores, &POSITIVE), Err(Undefined::NoSpread));
        let other = auc_difference(1, &scores, &[0.9, 0.8, 0.7, 0.3, 0.85, 0.1], &POSITIVE).unwrap();
        assert!(other.area_b > other.area_a && other.z > 0.0 && other.p < 1.0);
    }
}
