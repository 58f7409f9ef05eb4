//! Any number of the review as a function of how often each case counts: what the bootstrap needs, and, with every case
//! once, the number itself.

use super::calibration::Edges;
use super::{
    ClassificationReport, ConfusionMatrix, KappaWeights, Outcomes, accuracy, balanced_accuracy, brier, cohen_kappa,
    log_loss, matthews, top_label,
};

/// Names of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    Accuracy,
    BalancedAccuracy,
    MacroPrecision,
    MacroRecall,
    MacroF1,
    WeightedPrecision,
    WeightedRecall,
    WeightedF1,
    Kappa(KappaWeights),
    Matthews,
    Precision(usize),
    Recall(usize),
    F1(usize),
    Specificity(usize),
    NegativePredictiveValue(usize),
    LogLoss,
    Brier,
    /// Top-label expected calibration error.
    CalibrationError,
    Auc(usize),
    /// Plain mean of the classes' AUCs that exist (`roc_auc_score(multi_class="ovr", average="macro")`).
    MacroAuc,
    /// Mean weighted by support (`average="weighted"`).
    WeightedAuc,
    AveragePrecision(usize),
    MacroAveragePrecision,
}

impl Statistic {
    /// Name as files carry it; of a class it is the name without the class.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced accuracy",
            Self::MacroPrecision => "macro precision",
            Self::MacroRecall => "macro recall",
            Self::MacroF1 => "macro F1",
            Self::WeightedPrecision => "weighted precision",
            Self::WeightedRecall => "weighted recall",
            Self::WeightedF1 => "weighted F1",
            Self::Kappa(KappaWeights::None) => "Cohen's kappa",
            Self::Kappa(KappaWeights::Linear) => "Cohen's kappa, linear",
            Self::Kappa(KappaWeights::Quadratic) => "Cohen's kappa, quadratic",
            Self::Matthews => "Matthews correlation",
            Self::Precision(_) => "precision",
            Self::Recall(_) => "recall",
            Self::F1(_) => "F1",
            Self::Specificity(_) => "specificity",
            Self::NegativePredictiveValue(_) => "negative predictive value",
            Self::LogLoss => "log loss",
            Self::Brier => "Brier score",
            Self::CalibrationError => "expected calibration error",
            Self::Auc(_) => "AUC",
            Self::MacroAuc => "macro AUC",
            Self::WeightedAuc => "weighted AUC",
            Self::AveragePrecision(_) => "average precision",
            Self::MacroAveragePrecision => "macro average precision",
        }
    }

    /// The class it is about.
    pub fn class(self) -> Option<usize> {
        match self {
            Self::Precision(class)
            | Self::Recall(class)
            | Self::F1(class)
            | Self::Specificity(class)
            | Self::NegativePredictiveValue(class)
            | Self::Auc(class)
            | Self::AveragePrecision(class) => Some(class),
            _ => None,
        }
    }

    /// True for what is computed from scores, not from predicted classes.
    pub fn needs_scores(self) -> bool {
        matches!(self, Self::Auc(_) | Self::MacroAuc | Self::WeightedAuc)
            || matches!(self, Self::AveragePrecision(_) | Self::MacroAveragePrecision)
            || self.is_loss()
    }

    /// True where less is better.
    pub fn is_loss(self) -> bool {
        matches!(self, Self::LogLoss | Self::Brier | Self::CalibrationError)
    }
}

/// Everything about the cases that does not change from resample to resample.
pub struct Prepared<'a> {
    outcomes: &'a Outcomes,
    /// Classes ranked by their scores, where there are any.
    ranked: Vec<Ranked>,
    log_losses: Vec<f64>,
    briers: Vec<f64>,
    /// Bin, stated probability and hit of each case.
    top: Vec<(usize, f64, bool)>,
    bins: usize,
    /// Classes whose AUC exists in the whole sample: the mean of a resample must be of the same ones.
    with_auc: Vec<bool>,
    with_precision: Vec<bool>,
}

/// Cases of one class, highest score first.
struct Ranked {
    /// Case, whether it is of the class, whether the next one has another score.
    cases: Vec<(usize, bool, bool)>,
}

/// Area under ROC and average precision of a resample.
type Areas = (Option<f64>, Option<f64>);

impl<'a> Prepared<'a> {
    pub fn new(outcomes: &'a Outcomes, bins: usize) -> Self {
        let (truth, classes) = (outcomes.truth(), outcomes.classes());
        let ranked: Vec<Ranked> = (0..classes)
            .filter_map(|class| Some(Ranked::new(&outcomes.scores_of(class).ok()?, &outcomes.is_class(class))))
            .collect();
        let proper = outcomes.proper().ok();
        let edges = Edges::new(bins);
        let top = proper.map(|probabilities| {
            let (stated, hits) = top_label(truth, probabilities, classes);
            stated.into_iter().zip(hits).map(|(stated, hit)| (edges.bin(stated), stated, hit)).collect()
        });
        let whole = vec![1; truth.len()];
        let areas: Vec<Areas> = ranked.iter().map(|ranked| ranked.areas(&whole)).collect();
        Self {
            outcomes,
            log_losses: proper.map(|p| log_loss(truth, p, classes)).unwrap_or_default(),
            briers: proper.map(|p| brier(truth, p, classes)).unwrap_or_default(),
            top: top.unwrap_or_default(),
            bins: edges.bins(),
            with_auc: areas.iter().map(|(auc, _)| auc.is_some()).collect(),
            with_precision: areas.iter().map(|(_, precision)| precision.is_some()).collect(),
            ranked,
        }
    }

    /// The numbers where case i counts `weights[i]` times; `None` where one does not exist.
    pub fn evaluate(&self, statistics: &[Statistic], weights: &[u32], out: &mut [Option<f64>]) {
        let mut matrix = ConfusionMatrix::new(self.outcomes.classes());
        matrix.clear();
        let pairs = self.outcomes.truth().iter().zip(self.outcomes.predicted());
        pairs.zip(weights).for_each(|((truth, predicted), weight)| matrix.add(*truth, *predicted, u64::from(*weight)));
        let report = ClassificationReport::of(&matrix).ok();
        let asks_areas = statistics.iter().any(|statistic| {
            use Statistic::{Auc, AveragePrecision, MacroAuc, MacroAveragePrecision, WeightedAuc};
            matches!(statistic, Auc(_) | MacroAuc | WeightedAuc | AveragePrecision(_) | MacroAveragePrecision)
        });
        let areas: Vec<Areas> =
            if asks_areas { self.ranked.iter().map(|ranked| ranked.areas(weights)).collect() } else { Vec::new() };
        let resample = Resample { prepared: self, weights, matrix, report, areas };
        for (value, statistic) in out.iter_mut().zip(statistics) {
            *value = resample.value(*statistic).filter(|value| value.is_finite());
        }
    }
}

impl Ranked {
    fn new(scores: &[f64], positive: &[bool]) -> Self {
        let mut order: Vec<(f64, usize, bool)> =
            scores.iter().zip(positive).enumerate().map(|(case, (score, is))| (*score, case, *is)).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let next = order.iter().skip(1).map(|(score, ..)| Some(*score)).chain([None]);
        let cases = order.iter().zip(next).map(|((score, case, is), next)| (*case, *is, next != Some(*score)));
        Self { cases: cases.collect() }
    }

    /// One pass over the cases: pairs for the AUC, precision steps for the average precision.
    fn areas(&self, weights: &[u32]) -> Areas {
        let (mut positives, mut negatives, mut twice, mut steps) = (0_u64, 0_u64, 0_u128, 0.0);
        let (mut here, mut others) = (0_u64, 0_u64);
        for (case, is, ends) in &self.cases {
            let weight = weights.get(*case).copied().unwrap_or(0);
            if *is {
                here += u64::from(weight)
            } else {
                others += u64::from(weight)
            }
            if *ends && here + others > 0 {
                twice += u128::from(others) * u128::from(2 * positives + here);
                positives += here;
                negatives += others;
                steps += here as f64 * positives as f64 / (positives + negatives) as f64;
                (here, others) = (0, 0);
            }
        }
        let pairs = positives as f64 * negatives as f64;
        ((pairs > 0.0).then(|| twice as f64 / (2.0 * pairs)), (positives > 0).then(|| steps / positives as f64))
    }
}

/// One resample's matrix, report and areas.
struct Resample<'a> {
    prepared: &'a Prepared<'a>,
    weights: &'a [u32],
    matrix: ConfusionMatrix,
    report: Option<ClassificationReport>,
    areas: Vec<Areas>,
}

impl Resample<'_> {
    fn value(&self, statistic: Statistic) -> Option<f64> {
        let (matrix, report) = (&self.matrix, self.report.as_ref());
        match statistic {
            Statistic::Accuracy => accuracy(matrix).value().ok(),
            Statistic::BalancedAccuracy => balanced_accuracy(matrix).ok(),
            Statistic::MacroPrecision => report.map(|report| report.macro_average.precision),
            Statistic::MacroRecall => report.map(|report| report.macro_average.recall),
            Statistic::MacroF1 => report.map(|report| report.macro_average.f1),
            Statistic::WeightedPrecision => report.map(|report| report.weighted_average.precision),
            Statistic::WeightedRecall => report.map(|report| report.weighted_average.recall),
            Statistic::WeightedF1 => report.map(|report| report.weighted_average.f1),
            Statistic::Kappa(weights) => cohen_kappa(matrix, weights).ok(),
            Statistic::Matthews => matthews(matrix).ok(),
            Statistic::Precision(class) => matrix.one_vs_rest(class).positive_predictive_value().value().ok(),
            Statistic::Recall(class) => matrix.one_vs_rest(class).sensitivity().value().ok(),
            Statistic::F1(class) => matrix.one_vs_rest(class).f1().ok(),
            Statistic::Specificity(class) => matrix.one_vs_rest(class).specificity().value().ok(),
            Statistic::NegativePredictiveValue(class) => {
                matrix.one_vs_rest(class).negative_predictive_value().value().ok()
            }
            Statistic::LogLoss => self.mean(&self.prepared.log_losses),
            Statistic::Brier => self.mean(&self.prepared.briers),
            Statistic::CalibrationError => self.calibration_error(),
            Statistic::Auc(class) => self.areas.get(class)?.0,
            Statistic::AveragePrecision(class) => self.areas.get(class)?.1,
            Statistic::MacroAuc => self.mean_area(|areas| areas.0, &self.prepared.with_auc, |_| 1.0),
            Statistic::WeightedAuc => {
                self.mean_area(|areas| areas.0, &self.prepared.with_auc, |class| matrix.support(class) as f64)
            }
            Statistic::MacroAveragePrecision => self.mean_area(|areas| areas.1, &self.prepared.with_precision, |_| 1.0),
        }
    }

    fn mean(&self, losses: &[f64]) -> Option<f64> {
        let cases: u64 = self.weights.iter().map(|weight| u64::from(*weight)).sum();
        let sum: f64 = losses.iter().zip(self.weights).map(|(loss, weight)| loss * f64::from(*weight)).sum();
        (cases > 0 && !losses.is_empty()).then(|| sum / cases as f64)
    }

    fn mean_area(&self, of: fn(&Areas) -> Option<f64>, with: &[bool], weight: impl Fn(usize) -> f64) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (class, (areas, _)) in self.areas.iter().zip(with).enumerate().filter(|(_, (_, with))| **with) {
            sum += of(areas)? * weight(class);
            weights += weight(class);
        }
        (weights > 0.0).then(|| sum / weights)
    }

    fn calibration_error(&self) -> Option<f64> {
        let mut bins = vec![(0.0, 0.0); self.prepared.bins];
        for ((bin, stated, hit), weight) in self.prepared.top.iter().zip(self.weights) {
            let (sum, hits) = bins.get_mut(*bin)?;
            *sum += stated * f64::from(*weight);
            *hits += f64::from(u32::from(*hit) * weight);
        }
        let cases: u64 = self.weights.iter().map(|weight| u64::from(*weight)).sum();
        let distance: f64 = bins.iter().map(|(sum, hits)| (hits - sum).abs()).sum();
        (cases > 0 && !self.prepared.top.is_empty()).then(|| distance / cases as f64)
    }
}
