//! The confusion matrix (`sklearn.metrics.confusion_matrix`): rows are reference labels, columns predictions.

use super::{Counts, Measured, Undefined};

/// Counts of `[reference, predicted]`, `k` x `k`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// All zero.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// From rows of counts; `None` unless they are a square of at least 2 x 2.
    pub fn from_rows(rows: &[Vec<u64>]) -> Option<Self> {
        let classes = rows.len();
        (classes >= 2 && rows.iter().all(|row| row.len() == classes)).then(|| Self { classes, counts: rows.concat() })
    }

    /// Adds `count` cases to a cell; outside the matrix it does nothing.
    pub fn add(&mut self, truth: usize, predicted: usize, count: u64) {
        if predicted < self.classes
            && let Some(cell) = self.counts.get_mut(truth * self.classes + predicted)
        {
            *cell += count;
        }
    }

    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Row by row: one reference label each.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.counts.chunks_exact(self.classes)
    }

    pub fn count(&self, truth: usize, predicted: usize) -> u64 {
        if predicted >= self.classes {
            return 0;
        }
        self.counts.get(truth * self.classes + predicted).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Cases on the diagonal.
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Cases with this reference label (scikit-learn's support).
    pub fn support(&self, class: usize) -> u64 {
        self.rows().nth(class).map_or(0, |row| row.iter().sum())
    }

    /// Cases predicted as this class.
    pub fn predictions(&self, class: usize) -> u64 {
        self.rows().filter_map(|row| row.get(class)).sum()
    }

    /// Share of the row (`normalize="true"`).
    pub fn row_share(&self, truth: usize, predicted: usize) -> Measured {
        share(self.count(truth, predicted), self.support(truth), Undefined::ClassAbsent { class: truth })
    }

    /// Share of the column (`normalize="pred"`).
    pub fn column_share(&self, truth: usize, predicted: usize) -> Measured {
        let none = Undefined::ClassNeverPredicted { class: predicted };
        share(self.count(truth, predicted), self.predictions(predicted), none)
    }

    /// One class against all others.
    pub fn one_vs_rest(&self, class: usize) -> Counts {
        let true_positives = self.count(class, class);
        let false_positives = self.predictions(class) - true_positives;
        let false_negatives = self.support(class) - true_positives;
        let true_negatives = self.total() - true_positives - false_positives - false_negatives;
        Counts { class, true_positives, false_positives, false_negatives, true_negatives }
    }

    /// Truth and predictions that give this matrix, row by row (for tables that were published without cases).
    pub fn expand(&self) -> (Vec<usize>, Vec<usize>) {
        let cells = self.rows().enumerate().flat_map(|(truth, row)| {
            row.iter().enumerate().flat_map(move |(predicted, count)| (0..*count).map(move |_| (truth, predicted)))
        });
        cells.unzip()
    }
}

fn share(count: u64, of: u64, none: Undefined) -> Measured {
    if of == 0 { Err(none) } else { Ok(count as f64 / of as f64) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_columns_and_one_class_against_the_rest() {
        let matrix = ConfusionMatrix::from_rows(&[vec![66, 0, 7], vec![8, 0, 12], vec![1, 2, 56]]).unwrap();
        assert_eq!((matrix.total(), matrix.correct()), (152, 122));
        assert_eq!((matrix.support(2), matrix.predictions(2)), (59, 75));
        assert_eq!(matrix.row_share(0, 0), Ok(66.0 / 73.0));
        assert_eq!(matrix.column_share(1, 2), Ok(12.0 / 75.0));
        let counts = matrix.one_vs_rest(2);
        assert_eq!((counts.true_positives, counts.false_positives, counts.false_negatives), (56, 19, 3));
        assert_eq!(counts.true_negatives, 74);
        let (truth, predicted) = matrix.expand();
        let mut again = ConfusionMatrix::new(3);
        truth.iter().zip(&predicted).for_each(|(t, p)| again.add(*t, *p, 1));
        assert_eq!(again, matrix);
    }

    #[test]
    fn empty_rows_and_columns_have_reasons() {
        let matrix = ConfusionMatrix::from_rows(&[vec![3, 0], vec![0, 0]]).unwrap();
        assert_eq!(matrix.row_share(1, 0), Err(Undefined::ClassAbsent { class: 1 }));
        assert_eq!(matrix.column_share(0, 1), Err(Undefined::ClassNeverPredicted { class: 1 }));
        assert!(ConfusionMatrix::from_rows(&[vec![1, 2]]).is_none());
        assert_eq!(matrix.count(9, 0) + matrix.count(0, 9), 0);
    }
}
