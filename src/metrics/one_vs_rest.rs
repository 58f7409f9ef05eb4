//! One class against all others: sensitivity, specificity and predictive values.

use super::{Measured, Proportion, Undefined};

/// The four cells for one class as "positive".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub class: usize,
    pub true_positives: u64,
    pub false_positives: u64,
    pub false_negatives: u64,
    pub true_negatives: u64,
}

impl Counts {
    /// Sensitivity, recall, true positive rate (`recall_score`).
    pub fn sensitivity(&self) -> Proportion {
        let of = self.true_positives + self.false_negatives;
        Proportion { hits: self.true_positives, of, none: Undefined::ClassAbsent { class: self.class } }
    }

    /// Specificity, true negative rate (`recall_score` of the negatives).
    pub fn specificity(&self) -> Proportion {
        let of = self.true_negatives + self.false_positives;
        Proportion { hits: self.true_negatives, of, none: Undefined::NoOtherClass { class: self.class } }
    }

    /// Positive predictive value, precision (`precision_score`). Holds for this sample's prevalence only.
    pub fn positive_predictive_value(&self) -> Proportion {
        let of = self.true_positives + self.false_positives;
        Proportion { hits: self.true_positives, of, none: Undefined::ClassNeverPredicted { class: self.class } }
    }

    /// Negative predictive value. Holds for this sample's prevalence only.
    pub fn negative_predictive_value(&self) -> Proportion {
        let of = self.true_negatives + self.false_negatives;
        Proportion { hits: self.true_negatives, of, none: Undefined::AlwaysPredicted { class: self.class } }
    }

    /// F1 = 2 TP / (2 TP + FP + FN) (`f1_score`): 0, and no reason, where the class occurs and is never hit.
    pub fn f1(&self) -> Measured {
        let of = 2 * self.true_positives + self.false_positives + self.false_negatives;
        if of == 0 {
            return Err(Undefined::ClassUnused { class: self.class });
        }
        Ok(2.0 * self.true_positives as f64 / of as f64)
    }
}
