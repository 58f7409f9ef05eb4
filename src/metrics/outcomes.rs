//! Truth, predictions and scores of n cases, checked once so that nothing later has to.

use std::collections::HashMap;

use super::{ConfusionMatrix, Undefined};

/// Why arrays are no outcomes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MetricsError {
    #[error("{what}: {given} values for {cases} cases")]
    Length { what: &'static str, given: usize, cases: usize },
    #[error("case {case}: class index {class} of {classes} classes")]
    Class { case: usize, class: usize, classes: usize },
    #[error("case {case}: the score of class {class} is not a finite number")]
    NotFinite { case: usize, class: usize },
    #[error("a classifier needs at least two classes, not {0}")]
    Classes(usize),
    #[error("the two sets of predictions are not of the same {what}")]
    NotPaired { what: &'static str },
}

/// Cases of one classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes {
    classes: usize,
    truth: Vec<usize>,
    predicted: Vec<usize>,
    /// `[n, k]`, row by row.
    probabilities: Option<Vec<f64>>,
    /// Number of the group of each case, from 0 without gaps.
    groups: Option<Vec<usize>>,
    group_count: usize,
}

impl Outcomes {
    /// `truth` and `predicted`: class indices `[n]`, below `classes`.
    ///
    /// # Errors
    /// Lengths that differ, an index outside the classes, fewer than two classes.
    pub fn new(classes: usize, truth: Vec<usize>, predicted: Vec<usize>) -> Result<Self, MetricsError> {
        if classes < 2 {
            return Err(MetricsError::Classes(classes));
        }
        if predicted.len() != truth.len() {
            return Err(MetricsError::Length { what: "predictions", given: predicted.len(), cases: truth.len() });
        }
        for indices in [&truth, &predicted] {
            if let Some((case, class)) = indices.iter().enumerate().find(|(_, class)| **class >= classes) {
                return Err(MetricsError::Class { case, class: *class, classes });
            }
        }
        Ok(Self { classes, truth, predicted, probabilities: None, groups: None, group_count: 0 })
    }

    /// Adds scores `[n, k]`, row by row; any finite numbers rank, [`Outcomes::proper`] says whether they are
    /// probabilities.
    ///
    /// # Errors
    /// A wrong number of values, or one that is not finite.
    pub fn with_probabilities(mut self, probabilities: Vec<f64>) -> Result<Self, MetricsError> {
        let cases = self.len();
        if Some(probabilities.len()) != cases.checked_mul(self.classes) {
            return Err(MetricsError::Length { what: "scores", given: probabilities.len(), cases });
        }
        if let Some(at) = probabilities.iter().position(|value| !value.is_finite()) {
            return Err(MetricsError::NotFinite { case: at / self.classes, class: at % self.classes });
        }
        self.probabilities = Some(probabilities);
        Ok(self)
    }

    /// Adds the patient, series or other group of each case; cases of one group are resampled together.
    ///
    /// # Errors
    /// A wrong number of keys.
    pub fn with_groups<K: Eq + std::hash::Hash>(mut self, keys: &[K]) -> Result<Self, MetricsError> {
        if keys.len() != self.len() {
            return Err(MetricsError::Length { what: "groups", given: keys.len(), cases: self.len() });
        }
        let mut numbers: HashMap<&K, usize> = HashMap::new();
        let groups = keys
            .iter()
            .map(|key| {
                let next = numbers.len();
                *numbers.entry(key).or_insert(next)
            })
            .collect();
        self.group_count = numbers.len();
        self.groups = Some(groups);
        Ok(self)
    }

    pub fn len(&self) -> usize {
        self.truth.len()
    }

    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    pub fn predicted(&self) -> &[usize] {
        &self.predicted
    }

    /// Scores `[n, k]`.
    pub fn probabilities(&self) -> Option<&[f64]> {
        self.probabilities.as_deref()
    }

    /// Group numbers `[n]`, where some group holds more than one case.
    pub fn groups(&self) -> Option<&[usize]> {
        self.groups.as_deref().filter(|_| self.group_count < self.len())
    }

    /// Number of groups, where keys were given.
    pub fn group_count(&self) -> Option<usize> {
        self.groups.as_ref().map(|_| self.group_count)
    }

    /// Scores of one class `[n]`.
    pub fn scores_of(&self, class: usize) -> Result<Vec<f64>, Undefined> {
        let probabilities = self.probabilities().ok_or(Undefined::NoProbabilities)?;
        Ok(probabilities.chunks_exact(self.classes).filter_map(|row| row.get(class).copied()).collect())
    }

    /// True for each case of the class, `[n]`.
    pub fn is_class(&self, class: usize) -> Vec<bool> {
        self.truth.iter().map(|truth| *truth == class).collect()
    }

    /// The scores where all lie in 0..=1; sums are not asked for, since independent sigmoids have other sums.
    pub fn proper(&self) -> Result<&[f64], Undefined> {
        let probabilities = self.probabilities().ok_or(Undefined::NoProbabilities)?;
        if probabilities.iter().all(|p| (0.0..=1.0).contains(p)) {
            Ok(probabilities)
        } else {
            Err(Undefined::NotProbabilities)
        }
    }

    pub fn matrix(&self) -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(self.classes);
        self.truth.iter().zip(&self.predicted).for_each(|(truth, predicted)| matrix.add(*truth, *predicted, 1));
        matrix
    }

    /// One case for each group: the mean of its cases' probabilities, the class of the largest mean (the first of
    /// equals). `None` without groups or without probabilities. Groups whose cases carry different reference labels
    /// are left out and named.
    pub fn per_group(&self) -> Option<Grouped> {
        self.per_group_by(&largest)
    }

    /// [`Outcomes::per_group`] with another rule from mean probabilities `[k]` to the class, such as an operating point.
    pub fn per_group_by(&self, class_of: &dyn Fn(&[f64]) -> usize) -> Option<Grouped> {
        let (groups, probabilities) = (self.groups()?, self.proper().ok()?);
        let mut sums = vec![0.0; self.group_count * self.classes];
        let mut counts = vec![0_usize; self.group_count];
        let mut truths: Vec<Option<Result<usize, GroupFault>>> = vec![None; self.group_count];
        for ((group, truth), row) in groups.iter().zip(&self.truth).zip(probabilities.chunks_exact(self.classes)) {
            let sums = sums.chunks_exact_mut(self.classes).nth(*group)?;
            sums.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
            *counts.get_mut(*group)? += 1;
            let known = truths.get_mut(*group)?;
            *known = Some(match *known {
                None => Ok(*truth),
                Some(Ok(first)) if first != *truth => Err(GroupFault { group: *group, first, other: *truth }),
                Some(kept) => kept,
            });
        }
        let mut grouped =
            Grouped { outcomes: Self::new(self.classes, vec![], vec![]).ok()?, numbers: vec![], faults: vec![] };
        let mut means = Vec::new();
        for (number, ((sums, count), truth)) in sums.chunks_exact(self.classes).zip(&counts).zip(&truths).enumerate() {
            match (*truth)? {
                Err(fault) => grouped.faults.push(fault),
                Ok(truth) => {
                    let mean: Vec<f64> = sums.iter().map(|sum| sum / *count as f64).collect();
                    grouped.outcomes.truth.push(truth);
                    grouped.outcomes.predicted.push(class_of(&mean).min(self.classes - 1));
                    grouped.numbers.push(number);
                    means.extend(mean);
                }
            }
        }
        grouped.outcomes.probabilities = Some(means);
        Some(grouped)
    }
}

/// Cases put together by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouped {
    pub outcomes: Outcomes,
    /// The group's number for each of the outcomes, in order of first appearance.
    pub numbers: Vec<usize>,
    pub faults: Vec<GroupFault>,
}

/// A group whose cases carry two reference labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupFault {
    pub group: usize,
    pub first: usize,
    pub other: usize,
}

/// Index of the largest value, the first of equals (`numpy.argmax`).
pub(super) fn largest(values: &[f64]) -> usize {
    let better = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
    values.iter().copied().enumerate().fold((0, f64::NEG_INFINITY), better).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_that_do_not_fit_are_refused_in_words() {
        assert_eq!(Outcomes::new(1, vec![], vec![]).unwrap_err(), MetricsError::Classes(1));
        assert!(Outcomes::new(2, vec![0], vec![]).unwrap_err().to_string().contains("0 values for 1 cases"));
        assert!(Outcomes::new(2, vec![0, 2], vec![0, 0]).is_err());
        let two = Outcomes::new(2, vec![0, 1], vec![0, 0]).unwrap();
        assert!(two.clone().with_probabilities(vec![0.0; 3]).is_err());
        let error = two.with_probabilities(vec![0.0, 1.0, f64::NAN, 0.0]).unwrap_err();
        assert_eq!(error, MetricsError::NotFinite { case: 1, class: 0 });
    }

    #[test]
    fn groups_average_their_probabilities_and_conflicts_are_named() {
        let outcomes = Outcomes::new(2, vec![0, 0, 1, 0, 1], vec![0, 1, 1, 0, 1])
            .unwrap()
            .with_probabilities(vec![0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.7, 0.3, 0.1, 0.9])
            .unwrap()
            .with_groups(&["a", "a", "b", "c", "c"])
            .unwrap();
        let grouped = outcomes.per_group().unwrap();
        assert_eq!((grouped.outcomes.truth(), grouped.outcomes.predicted()), (&[0, 1][..], &[0, 1][..]));
        assert!((grouped.outcomes.probabilities().unwrap()[0] - 0.65).abs() < 1e-12);
        assert_eq!(grouped.numbers, [0, 1]);
        assert_eq!(grouped.faults, [GroupFault { group: 2, first: 0, other: 1 }]);
    }

    #[test]
    fn keys_that_never_repeat_are_no_groups() {
        let outcomes = Outcomes::new(2, vec![0, 1], vec![0, 1]).unwrap().with_groups(&[7, 8]).unwrap();
        assert!(outcomes.groups().is_none() && outcomes.per_group().is_none());
        assert_eq!(outcomes.group_count(), Some(2));
    }
}
