//! One number for a whole matrix: accuracy, balanced accuracy, Cohen's kappa, Matthews' correlation.

use super::{ConfusionMatrix, Measured, Proportion, Undefined};

/// How far apart two classes count in kappa.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KappaWeights {
    /// Every confusion counts the same.
    None,
    /// By the distance of the class indices: for ordinal grades.
    Linear,
    /// By the squared distance.
    Quadratic,
}

impl KappaWeights {
    pub const ALL: [Self; 3] = [Self::None, Self::Linear, Self::Quadratic];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "unweighted",
            Self::Linear => "linear",
            Self::Quadratic => "quadratic",
        }
    }

    fn weight(self, truth: usize, predicted: usize) -> f64 {
        let apart = truth.abs_diff(predicted) as f64;
        match self {
            Self::None => f64::from(u8::from(truth != predicted)),
            Self::Linear => apart,
            Self::Quadratic => apart * apart,
        }
    }
}

/// Share of cases on the diagonal (`accuracy_score`).
pub fn accuracy(matrix: &ConfusionMatrix) -> Proportion {
    Proportion { hits: matrix.correct(), of: matrix.total(), none: Undefined::NoCases }
}

/// Mean sensitivity of the classes that occur in the reference labels (`balanced_accuracy_score`).
pub fn balanced_accuracy(matrix: &ConfusionMatrix) -> Measured {
    let recalls: Vec<f64> =
        (0..matrix.classes()).filter_map(|class| matrix.one_vs_rest(class).sensitivity().value().ok()).collect();
    if recalls.is_empty() { Err(Undefined::NoCases) } else { Ok(recalls.iter().sum::<f64>() / recalls.len() as f64) }
}

/// Cohen's kappa between reference labels and predictions (`cohen_kappa_score` with `labels` = all classes, so that the
/// distance of two grades does not shrink where a grade between them does not occur). J. Cohen, Educational and
/// Psychological Measurement 1960; weighted: Psychological Bulletin 1968.
pub fn cohen_kappa(matrix: &ConfusionMatrix, weights: KappaWeights) -> Measured {
    let total = matrix.total();
    if total == 0 {
        return Err(Undefined::NoCases);
    }
    let supports: Vec<f64> = matrix.rows().map(|row| row.iter().sum::<u64>() as f64).collect();
    let predictions: Vec<f64> = (0..matrix.classes()).map(|class| matrix.predictions(class) as f64).collect();
    let (mut observed, mut expected) = (0.0, 0.0);
    for ((truth, row), support) in matrix.rows().enumerate().zip(&supports) {
        for ((predicted, count), column) in row.iter().enumerate().zip(&predictions) {
            let weight = weights.weight(truth, predicted);
            observed += weight * *count as f64;
            expected += weight * support * column / total as f64;
        }
    }
    if expected == 0.0 { Err(Undefined::OneClassOnly) } else { Ok(1.0 - observed / expected) }
}

/// Matthews' correlation coefficient of k classes (`matthews_corrcoef`, which gives 0 where this is undefined).
/// J. Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
pub fn matthews(matrix: &ConfusionMatrix) -> Measured {
    let total = matrix.total() as f64;
    if total == 0.0 {
        return Err(Undefined::NoCases);
    }
    let (mut both, mut labels, mut predictions) = (0.0, 0.0, 0.0);
    for class in 0..matrix.classes() {
        let (truth, predicted) = (matrix.support(class) as f64, matrix.predictions(class) as f64);
        both += truth * predicted;
        labels += truth * truth;
        predictions += predicted * predicted;
    }
    let spread = (total * total - labels) * (total * total - predictions);
    if spread <= 0.0 {
        return Err(Undefined::OneClassOnly);
    }
    Ok((matrix.correct() as f64 * total - both) / spread.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_and_reversed_agreement() {
        let perfect = ConfusionMatrix::from_rows(&[vec![5, 0], vec![0, 5]]).unwrap();
        let reversed = ConfusionMatrix::from_rows(&[vec![0, 5], vec![5, 0]]).unwrap();
        for weights in KappaWeights::ALL {
            assert_eq!(cohen_kappa(&perfect, weights), Ok(1.0));
            assert_eq!(cohen_kappa(&reversed, weights), Ok(-1.0));
        }
        assert_eq!((matthews(&perfect), matthews(&reversed)), (Ok(1.0), Ok(-1.0)));
    }

    #[test]
    fn one_class_only_correlates_with_nothing() {
        let one = ConfusionMatrix::from_rows(&[vec![5, 0], vec![0, 0]]).unwrap();
        assert_eq!(cohen_kappa(&one, KappaWeights::None), Err(Undefined::OneClassOnly));
        assert_eq!(matthews(&one), Err(Undefined::OneClassOnly));
        assert_eq!(balanced_accuracy(&one), Ok(1.0));
        let none = ConfusionMatrix::new(2);
        assert_eq!(balanced_accuracy(&none), Err(Undefined::NoCases));
        assert_eq!(matthews(&none), Err(Undefined::NoCases));
        assert_eq!(cohen_kappa(&none, KappaWeights::Linear), Err(Undefined::NoCases));
    }
}
