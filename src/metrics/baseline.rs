//! What one gets without looking at the picture.

use super::{ClassificationReport, ConfusionMatrix, Undefined, balanced_accuracy, binomial_at_least};

/// Numbers of classifiers that know the reference labels' shares and nothing else (`sklearn.dummy.DummyClassifier`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baselines {
    /// The most frequent reference label, the first of equals.
    pub majority_class: usize,
    /// Accuracy of always saying it (`strategy="most_frequent"`).
    pub majority_accuracy: f64,
    pub majority_balanced_accuracy: f64,
    pub majority_macro_f1: f64,
    pub majority_weighted_f1: f64,
    /// Expected accuracy of guessing by the labels' shares (`strategy="stratified"`): the sum of squared shares.
    pub stratified_accuracy: f64,
    /// Expected accuracy of guessing evenly (`strategy="uniform"`), over all classes of the list.
    pub uniform_accuracy: f64,
    /// Chance that the majority's share alone gives as many right cases or more (one-sided exact binomial).
    pub p_above_majority: f64,
}

/// # Errors
/// [`Undefined::NoCases`].
pub fn baselines(matrix: &ConfusionMatrix) -> Result<Baselines, Undefined> {
    let (total, classes) = (matrix.total(), matrix.classes());
    if total == 0 {
        return Err(Undefined::NoCases);
    }
    let supports: Vec<u64> = (0..classes).map(|class| matrix.support(class)).collect();
    let most = supports.iter().copied().max().unwrap_or(0);
    let majority_class = supports.iter().position(|support| *support == most).unwrap_or(0);
    let mut always = ConfusionMatrix::new(classes);
    supports.iter().enumerate().for_each(|(truth, support)| always.add(truth, majority_class, *support));
    let report = ClassificationReport::of(&always)?;
    let share = |support: &u64| *support as f64 / total as f64;
    let majority_accuracy = share(&most);
    Ok(Baselines {
        majority_class,
        majority_accuracy,
        majority_balanced_accuracy: balanced_accuracy(&always)?,
        majority_macro_f1: report.macro_average.f1,
        majority_weighted_f1: report.weighted_average.f1,
        stratified_accuracy: supports.iter().map(|support| share(support).powi(2)).sum(),
        uniform_accuracy: 1.0 / classes as f64,
        p_above_majority: binomial_at_least(matrix.correct(), total, majority_accuracy),
    })
}
