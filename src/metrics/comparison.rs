//! Two classifiers on the same cases.

use super::estimates::interval;
use super::{
    AucDifference, Bootstrap, DEFAULT_BINS, DEFAULT_RESAMPLES, DEFAULT_SEED, Estimate, Estimator, KappaWeights,
    McNemar, Measured, MetricsError, Outcomes, Prepared, Statistic, Undefined, auc_difference, mcnemar,
};

/// How the differences are resampled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ComparisonOptions {
    pub bins: usize,
    pub resamples: u32,
    pub seed: u64,
}

impl Default for ComparisonOptions {
    fn default() -> Self {
        Self { bins: DEFAULT_BINS, resamples: DEFAULT_RESAMPLES, seed: DEFAULT_SEED }
    }
}

/// Cases by which of the two is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub both_right: u64,
    pub only_a_right: u64,
    pub only_b_right: u64,
    pub both_wrong: u64,
}

/// A case whose predicted class differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Index of the case.
    pub case: usize,
    pub truth: usize,
    pub a: usize,
    pub b: usize,
}

impl Flip {
    /// `fixed` (only B is right), `broken` (only A is right), `moved` (both wrong, differently).
    pub fn kind(&self) -> &'static str {
        if self.b == self.truth {
            "fixed"
        } else if self.a == self.truth {
            "broken"
        } else {
            "moved"
        }
    }
}

/// How many cases of one reference label went from one predicted class to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub truth: usize,
    pub from: usize,
    pub to: usize,
    pub cases: u64,
}

/// One number of both, and B minus A with a paired bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricPair {
    pub statistic: Statistic,
    pub a: Measured,
    pub b: Measured,
    pub difference: Estimate,
}

/// Everything that a comparison says.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub cases: usize,
    pub agreement: Agreement,
    /// By reference label, `[k]`.
    pub by_class: Vec<Agreement>,
    pub mcnemar: McNemar,
    /// DeLong's test for each class against the rest, `[k]`.
    pub auc: Vec<Result<AucDifference, Undefined>>,
    pub pairs: Vec<MetricPair>,
    pub flips: Vec<Flip>,
    /// Largest first.
    pub moves: Vec<Move>,
}

/// Compares B with A. Both must hold the same cases in the same order; groups are A's.
///
/// # Errors
/// Different classes, numbers of cases or reference labels.
pub fn compare(a: &Outcomes, b: &Outcomes, options: &ComparisonOptions) -> Result<Comparison, MetricsError> {
    for (same, what) in
        [(a.classes() == b.classes(), "classes"), (a.len() == b.len(), "cases"), (a.truth() == b.truth(), "labels")]
    {
        if !same {
            return Err(MetricsError::NotPaired { what });
        }
    }
    let (agreement, by_class, flips) = agreement(a, b);
    let auc = (0..a.classes())
        .map(|class| auc_difference(class, &a.scores_of(class)?, &b.scores_of(class)?, &a.is_class(class)));
    Ok(Comparison {
        cases: a.len(),
        agreement,
        by_class,
        mcnemar: mcnemar(agreement.only_a_right, agreement.only_b_right),
        auc: auc.collect(),
        pairs: pairs(a, b, options),
        moves: moves(&flips),
        flips,
    })
}

fn agreement(a: &Outcomes, b: &Outcomes) -> (Agreement, Vec<Agreement>, Vec<Flip>) {
    let mut all = Agreement::default();
    let mut by_class = vec![Agreement::default(); a.classes()];
    let mut flips = Vec::new();
    let predicted = a.predicted().iter().zip(b.predicted());
    for (case, (truth, (a, b))) in a.truth().iter().zip(predicted).enumerate() {
        for counts in [Some(&mut all), by_class.get_mut(*truth)].into_iter().flatten() {
            *match (a == truth, b == truth) {
                (true, true) => &mut counts.both_right,
                (true, false) => &mut counts.only_a_right,
                (false, true) => &mut counts.only_b_right,
                (false, false) => &mut counts.both_wrong,
            } += 1;
        }
        if a != b {
            flips.push(Flip { case, truth: *truth, a: *a, b: *b });
        }
    }
    (all, by_class, flips)
}

fn moves(flips: &[Flip]) -> Vec<Move> {
    let mut counts = std::collections::BTreeMap::new();
    for flip in flips {
        *counts.entry((flip.truth, flip.a, flip.b)).or_insert(0) += 1;
    }
    let mut moves: Vec<Move> =
        counts.into_iter().map(|((truth, from, to), cases)| Move { truth, from, to, cases }).collect();
    moves.sort_by_key(|step| std::cmp::Reverse(step.cases));
    moves
}

fn compared(classes: usize) -> Vec<Statistic> {
    let mut list = vec![
        Statistic::Accuracy,
        Statistic::BalancedAccuracy,
        Statistic::MacroPrecision,
        Statistic::MacroRecall,
        Statistic::MacroF1,
        Statistic::WeightedPrecision,
        Statistic::WeightedRecall,
        Statistic::WeightedF1,
    ];
    list.extend(KappaWeights::ALL.map(Statistic::Kappa));
    list.extend([Statistic::Matthews, Statistic::LogLoss, Statistic::Brier, Statistic::CalibrationError]);
    list.extend([Statistic::MacroAuc, Statistic::MacroAveragePrecision]);
    let of_class = |class| [Statistic::Precision(class), Statistic::Recall(class), Statistic::F1(class)];
    list.extend((0..classes).flat_map(of_class));
    list
}

/// The same resamples for both, so that what they share cancels out.
fn pairs(a: &Outcomes, b: &Outcomes, options: &ComparisonOptions) -> Vec<MetricPair> {
    let statistics = compared(a.classes());
    let resamples = Estimator::affordable(a, options.resamples);
    let bootstrap = Bootstrap::new(a.len(), a.groups(), resamples, options.seed);
    let prepared = [Prepared::new(a, options.bins), Prepared::new(b, options.bins)];
    let whole = prepared.each_ref().map(|prepared| {
        let mut values = vec![None; statistics.len()];
        prepared.evaluate(&statistics, &vec![1; a.len()], &mut values);
        values
    });
    let drawn = bootstrap.run(statistics.len(), |weights, out| {
        let [of_a, of_b] = prepared.each_ref().map(|prepared| {
            let mut values = vec![None; statistics.len()];
            prepared.evaluate(&statistics, weights, &mut values);
            values
        });
        out.iter_mut().zip(of_a.iter().zip(of_b)).for_each(|(out, (a, b))| *out = b.zip(*a).map(|(b, a)| b - a));
    });
    let [of_a, of_b] = whole;
    let mut pairs = Vec::new();
    for (((statistic, a_value), b_value), drawn) in statistics.iter().zip(of_a).zip(of_b).zip(drawn) {
        let (a_value, b_value) = (a_value.ok_or(missing(*statistic)), b_value.ok_or(missing(*statistic)));
        let value = a_value.and_then(|a| Ok(b_value? - a));
        let interval = value.and_then(|_| interval(drawn, &bootstrap));
        let difference = Estimate { value, interval, cases: a.len() as u64 };
        pairs.push(MetricPair { statistic: *statistic, a: a_value, b: b_value, difference });
    }
    pairs
}

/// Why a statistic has no value.
pub(super) fn missing(statistic: Statistic) -> Undefined {
    match statistic {
        Statistic::Precision(class) => Undefined::ClassNeverPredicted { class },
        Statistic::Recall(class) | Statistic::AveragePrecision(class) | Statistic::Auc(class) => {
            Undefined::ClassAbsent { class }
        }
        Statistic::F1(class) => Undefined::ClassUnused { class },
        Statistic::Specificity(class) => Undefined::NoOtherClass { class },
        Statistic::NegativePredictiveValue(class) => Undefined::AlwaysPredicted { class },
        Statistic::Kappa(_) | Statistic::Matthews => Undefined::OneClassOnly,
        statistic if statistic.needs_scores() => Undefined::NoProbabilities,
        _ => Undefined::NoCases,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(truth: &[usize], predicted: &[usize]) -> Outcomes {
        Outcomes::new(3, truth.to_vec(), predicted.to_vec()).unwrap()
    }

    #[test]
    fn cases_are_sorted_by_who_is_right() {
        let truth = [0, 0, 1, 1, 2, 2];
        let (a, b) = (outcomes(&truth, &[0, 0, 1, 0, 1, 0]), outcomes(&truth, &[0, 1, 2, 1, 2, 1]));
        let result = compare(&a, &b, &ComparisonOptions { resamples: 50, ..Default::default() }).unwrap();
        let expected = Agreement { both_right: 1, only_a_right: 2, only_b_right: 2, both_wrong: 1 };
        assert_eq!(result.agreement, expected);
        let kinds: Vec<&str> = result.flips.iter().map(Flip::kind).collect();
        assert_eq!(kinds, ["broken", "broken", "fixed", "fixed", "moved"]);
        assert_eq!(result.by_class[2], Agreement { only_b_right: 1, both_wrong: 1, ..Default::default() });
        assert_eq!(result.moves.len(), 5);
        assert!(result.auc.iter().all(|auc| *auc == Err(Undefined::NoProbabilities)));
        let accuracy = result.pairs.iter().find(|pair| pair.statistic == Statistic::Accuracy).unwrap();
        assert_eq!((accuracy.a, accuracy.difference.value), (Ok(0.5), Ok(0.0)));
    }

    #[test]
    fn other_cases_are_no_pair() {
        let (a, b) = (outcomes(&[0, 1], &[0, 1]), outcomes(&[0, 2], &[0, 1]));
        let error = compare(&a, &b, &ComparisonOptions::default()).unwrap_err();
        assert_eq!(error, MetricsError::NotPaired { what: "labels" });
    }

    #[test]
    fn the_same_model_twice_differs_by_nothing() {
        let a = outcomes(&[0, 1, 2, 0], &[0, 1, 1, 0]);
        let result = compare(&a, &a, &ComparisonOptions { resamples: 50, ..Default::default() }).unwrap();
        assert_eq!((result.mcnemar.p_exact, result.flips.len()), (1.0, 0));
        assert!(result.pairs.iter().all(|pair| pair.difference.value.is_err() || pair.difference.value == Ok(0.0)));
    }
}
