//! Precision, recall, F1 and support, class by class and averaged (`sklearn.metrics.classification_report`,
//! `precision_recall_fscore_support`), in its numbers and its layout.

use super::{ConfusionMatrix, Measured, Undefined};

/// A column of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    Precision,
    Recall,
    F1,
}

impl Score {
    pub fn name(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "F1",
        }
    }
}

/// One class; undefined scores stand as scikit-learn's 0 in [`ClassRow::shown`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassRow {
    pub class: usize,
    pub precision: Measured,
    pub recall: Measured,
    pub f1: Measured,
    pub support: u64,
}

impl ClassRow {
    /// Precision, recall and F1 with 0 for a division by zero (`zero_division="warn"`, the default).
    pub fn shown(&self) -> [f64; 3] {
        [self.precision, self.recall, self.f1].map(|score| score.unwrap_or(0.0))
    }

    /// The scores that are a 0 because of a division by zero.
    pub fn zero_divisions(&self) -> impl Iterator<Item = (Score, Undefined)> {
        [(Score::Precision, self.precision), (Score::Recall, self.recall), (Score::F1, self.f1)]
            .into_iter()
            .filter_map(|(score, value)| value.err().map(|reason| (score, reason)))
    }
}

/// Precision, recall and F1 of several classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Averages {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// The whole report. Like scikit-learn's it holds the classes that occur in the reference labels or the predictions;
/// `left_out` names the others.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassificationReport {
    pub rows: Vec<ClassRow>,
    pub left_out: Vec<usize>,
    pub accuracy: f64,
    /// Plain mean over the rows.
    pub macro_average: Averages,
    /// Mean weighted by support.
    pub weighted_average: Averages,
    pub total: u64,
}

impl ClassificationReport {
    /// # Errors
    /// [`Undefined::NoCases`].
    pub fn of(matrix: &ConfusionMatrix) -> Result<Self, Undefined> {
        let total = matrix.total();
        if total == 0 {
            return Err(Undefined::NoCases);
        }
        let (used, left_out): (Vec<usize>, Vec<usize>) =
            (0..matrix.classes()).partition(|class| matrix.support(*class) + matrix.predictions(*class) > 0);
        let rows: Vec<ClassRow> = used.into_iter().map(|class| row(matrix, class)).collect();
        let plain = vec![1.0; rows.len()];
        let supports: Vec<f64> = rows.iter().map(|row| row.support as f64).collect();
        Ok(Self {
            macro_average: average(&rows, &plain),
            weighted_average: average(&rows, &supports),
            rows,
            left_out,
            accuracy: matrix.correct() as f64 / total as f64,
            total,
        })
    }

    /// scikit-learn's text with two decimals, line by line the same.
    pub fn text(&self, class_names: &[String]) -> String {
        let name = |class: usize| class_names.get(class).map_or("?", String::as_str);
        let longest = self.rows.iter().map(|row| name(row.class).chars().count()).max().unwrap_or(0);
        let width = longest.max("weighted avg".len());
        let line = |name: &str, [precision, recall, f1]: [f64; 3], support: u64| {
            format!("{name:>width$}  {precision:>9.2} {recall:>9.2} {f1:>9.2} {support:>9}\n")
        };
        let mut text =
            format!("{:>width$}  {:>9} {:>9} {:>9} {:>9}\n\n", "", "precision", "recall", "f1-score", "support");
        for row in &self.rows {
            text += &line(name(row.class), row.shown(), row.support);
        }
        text += &format!("\n{:>width$}  {:>9} {:>9} {:>9.2} {:>9}\n", "accuracy", "", "", self.accuracy, self.total);
        for (name, mean) in [("macro avg", self.macro_average), ("weighted avg", self.weighted_average)] {
            text += &line(name, [mean.precision, mean.recall, mean.f1], self.total);
        }
        text
    }
}

fn row(matrix: &ConfusionMatrix, class: usize) -> ClassRow {
    let counts = matrix.one_vs_rest(class);
    ClassRow {
        class,
        precision: counts.positive_predictive_value().value(),
        recall: counts.sensitivity().value(),
        f1: counts.f1(),
        support: matrix.support(class),
    }
}

fn average(rows: &[ClassRow], weights: &[f64]) -> Averages {
    let sum: f64 = weights.iter().sum();
    let mut means = [0.0; 3];
    for (row, weight) in rows.iter().zip(weights) {
        means.iter_mut().zip(row.shown()).for_each(|(mean, score)| *mean += score * weight / sum);
    }
    let [precision, recall, f1] = means;
    Averages { precision, recall, f1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(values: impl IntoIterator<Item = f64>) -> Vec<String> {
        values.into_iter().map(|value| format!("{value:.2}")).collect()
    }

    fn columns(rows: &[Vec<u64>]) -> [Vec<String>; 4] {
        let report = ClassificationReport::of(&ConfusionMatrix::from_rows(rows).unwrap()).unwrap();
        assert_eq!(report.total, 152);
        let column = |which: usize| rounded(report.rows.iter().map(|row| row.shown()[which]));
        let mean = report.weighted_average;
        [column(0), column(1), column(2), rounded([mean.precision, mean.recall, mean.f1])]
    }

    /// Two tables as they were published, three grades, 152 cases each.
    #[test]
    fn the_published_tables_come_out() {
        let [precision, recall, f1, average] = columns(&[vec![66, 0, 7], vec![8, 0, 12], vec![1, 2, 56]]);
        assert_eq!(precision, ["0.88", "0.00", "0.75"]);
        assert_eq!(recall, ["0.90", "0.00", "0.95"]);
        assert_eq!(f1, ["0.89", "0.00", "0.84"]);
        assert_eq!(average, ["0.71", "0.80", "0.75"]);
        let [precision, recall, f1, average] = columns(&[vec![73, 0, 0], vec![16, 0, 4], vec![0, 0, 59]]);
        assert_eq!(precision, ["0.82", "0.00", "0.94"]);
        assert_eq!(recall, ["1.00", "0.00", "1.00"]);
        assert_eq!(f1, ["0.90", "0.00", "0.97"]);
        assert_eq!(average, ["0.76", "0.87", "0.81"]);
    }

    #[test]
    fn zero_divisions_are_zero_and_flagged() {
        let matrix = ConfusionMatrix::from_rows(&[vec![3, 0, 0], vec![2, 0, 0], vec![0, 0, 0]]).unwrap();
        let report = ClassificationReport::of(&matrix).unwrap();
        assert_eq!(report.left_out, [2]);
        let flags: Vec<_> = report.rows[1].zero_divisions().collect();
        assert_eq!(flags, [(Score::Precision, Undefined::ClassNeverPredicted { class: 1 })]);
        assert_eq!(report.rows[1].shown(), [0.0; 3]);
        assert_eq!(report.rows[1].f1, Ok(0.0));
        assert_eq!(ClassificationReport::of(&ConfusionMatrix::new(2)), Err(Undefined::NoCases));
    }
}
