//! Every operating point of one class: threshold sweep, ROC curve, precision-recall curve.

use super::{Counts, Measured, Undefined};

/// Counts at each distinct threshold, highest first. A case is positive from `score >= threshold` on. The first point
/// is `+inf`: nothing is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    pub class: usize,
    pub positives: u64,
    pub negatives: u64,
    pub points: Vec<SweepPoint>,
}

/// One operating point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweepPoint {
    pub threshold: f64,
    pub true_positives: u64,
    pub false_positives: u64,
}

impl Sweep {
    /// Of finite scores `[n]` and, for each, whether it is of `class`.
    pub fn new(class: usize, scores: &[f64], positive: &[bool]) -> Self {
        let mut cases: Vec<(f64, bool)> = scores.iter().copied().zip(positive.iter().copied()).collect();
        cases.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut at = SweepPoint { threshold: f64::INFINITY, true_positives: 0, false_positives: 0 };
        let mut points = vec![at];
        // `==` rather than total order: -0 and 0 are one threshold.
        for tie in cases.chunk_by(|a, b| a.0 == b.0) {
            let hits = tie.iter().filter(|(_, positive)| *positive).count() as u64;
            at.true_positives += hits;
            at.false_positives += tie.len() as u64 - hits;
            at.threshold = tie.last().map_or(f64::INFINITY, |(score, _)| *score);
            points.push(at);
        }
        Self { class, positives: at.true_positives, negatives: at.false_positives, points }
    }

    /// The four cells at any threshold, in logarithmic time (for a slider).
    pub fn at(&self, threshold: f64) -> Counts {
        let past = self.points.partition_point(|point| point.threshold >= threshold);
        let point = past.checked_sub(1).and_then(|last| self.points.get(last));
        let (true_positives, false_positives) =
            point.map_or((0, 0), |point| (point.true_positives, point.false_positives));
        Counts {
            class: self.class,
            true_positives,
            false_positives,
            false_negatives: self.positives - true_positives,
            true_negatives: self.negatives - false_positives,
        }
    }

    fn has_both(&self) -> Result<(), Undefined> {
        match (self.positives, self.negatives) {
            (0, 0) => Err(Undefined::NoCases),
            (0, _) => Err(Undefined::ClassAbsent { class: self.class }),
            (_, 0) => Err(Undefined::NoOtherClass { class: self.class }),
            _ => Ok(()),
        }
    }

    /// `(false positive rate, true positive rate)` at every point (`roc_curve` with `drop_intermediate=False`).
    pub fn roc(&self) -> Result<Vec<(f64, f64)>, Undefined> {
        self.has_both()?;
        let (positives, negatives) = (self.positives as f64, self.negatives as f64);
        let rates = |p: &SweepPoint| (p.false_positives as f64 / negatives, p.true_positives as f64 / positives);
        Ok(self.points.iter().map(rates).collect())
    }

    /// Area under the ROC curve by trapezoids (`roc_auc_score`): the chance that a case of the class scores above
    /// another one, ties counting half.
    pub fn auc(&self) -> Measured {
        self.has_both()?;
        // Twice the area, in whole pairs: exact up to 2^63 pairs.
        let twice: u128 = self
            .points
            .windows(2)
            .filter_map(|pair| <&[SweepPoint; 2]>::try_from(pair).ok())
            .map(|[a, b]| {
                let wide = u128::from(b.false_positives - a.false_positives);
                wide * u128::from(a.true_positives + b.true_positives)
            })
            .sum();
        Ok(twice as f64 / (2.0 * self.positives as f64 * self.negatives as f64))
    }

    /// `(recall, precision)` from `(0, 1)` to recall 1 (`precision_recall_curve`, in reverse order).
    pub fn precision_recall(&self) -> Result<Vec<(f64, f64)>, Undefined> {
        if self.positives == 0 {
            return Err(Undefined::ClassAbsent { class: self.class });
        }
        let at = |point: &SweepPoint| {
            let predicted = point.true_positives + point.false_positives;
            let precision = if predicted == 0 { 1.0 } else { point.true_positives as f64 / predicted as f64 };
            (point.true_positives as f64 / self.positives as f64, precision)
        };
        Ok(self.points.iter().map(at).collect())
    }

    /// Sum of precision times the step in recall (`average_precision_score`); not the trapezoidal area.
    pub fn average_precision(&self) -> Measured {
        let curve = self.precision_recall()?;
        let steps = curve.windows(2).filter_map(|pair| <&[(f64, f64); 2]>::try_from(pair).ok());
        Ok(steps.map(|[a, b]| (b.0 - a.0) * b.1).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sweep() -> Sweep {
        Sweep::new(1, &[0.9, 0.8, 0.8, 0.3, 0.1], &[true, true, false, true, false])
    }

    #[test]
    fn a_small_curve_by_hand() {
        // 6 pairs: 0.9 beats both, 0.8 ties one and beats one, 0.3 beats one.
        assert_eq!(sweep().auc(), Ok(4.5 / 6.0));
        let ap = 1.0 / 3.0 + (1.0 / 3.0) * (2.0 / 3.0) + (1.0 / 3.0) * (3.0 / 4.0);
        assert!((sweep().average_precision().unwrap() - ap).abs() < 1e-15);
        assert_eq!(sweep().points.len(), 5);
    }

    #[test]
    fn any_threshold_has_its_counts() {
        let counts = sweep().at(0.8);
        assert_eq!((counts.true_positives, counts.false_positives), (2, 1));
        assert_eq!((counts.false_negatives, counts.true_negatives), (1, 1));
        assert_eq!(sweep().at(0.81).true_positives, 1);
        assert_eq!(sweep().at(-5.0).true_negatives, 0);
        assert_eq!(sweep().at(2.0).true_positives, 0);
    }

    #[test]
    fn one_sided_labels_have_a_reason() {
        let none = Sweep::new(3, &[0.5], &[false]);
        assert_eq!(none.auc(), Err(Undefined::ClassAbsent { class: 3 }));
        assert_eq!(none.average_precision(), Err(Undefined::ClassAbsent { class: 3 }));
        assert_eq!(Sweep::new(3, &[0.5], &[true]).auc(), Err(Undefined::NoOtherClass { class: 3 }));
        assert_eq!(Sweep::new(0, &[], &[]).auc(), Err(Undefined::NoCases));
    }

    #[test]
    fn both_zeros_are_one_threshold() {
        assert_eq!(Sweep::new(1, &[0.0, -0.0], &[true, false]).auc(), Ok(0.5));
    }
}
