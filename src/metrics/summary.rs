//! All numbers of one classifier on one set of cases.

use super::comparison::missing;
use super::{
    Auc, Averages, Baselines, CalibrationBin, Caution, ClassificationReport, ConfusionMatrix, DEFAULT_BINS,
    DEFAULT_RESAMPLES, DEFAULT_SEED, Estimate, Estimator, Interval, KappaWeights, Outcomes, Statistic, Sweep,
    Undefined, accuracy, baselines, calibration_curve, cautions,
};

/// How the numbers are made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SummaryOptions {
    /// Bins of the calibration curve and error.
    pub bins: usize,
    pub resamples: u32,
    pub seed: u64,
}

impl Default for SummaryOptions {
    fn default() -> Self {
        Self { bins: DEFAULT_BINS, resamples: DEFAULT_RESAMPLES, seed: DEFAULT_SEED }
    }
}

/// The numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub options: SummaryOptions,
    pub cases: u64,
    /// Number of patients, series…, where keys were given.
    pub groups: Option<usize>,
    pub matrix: ConfusionMatrix,
    pub report: Result<ClassificationReport, Undefined>,
    /// Accuracy, balanced accuracy, averages, kappas, correlation, then what scores give; in the order of a table.
    pub overall: Vec<(Statistic, Estimate)>,
    /// `[k]`.
    pub classes: Vec<ClassSummary>,
    pub baselines: Result<Baselines, Undefined>,
    pub cautions: Vec<Caution>,
}

/// One class against the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassSummary {
    pub class: usize,
    pub support: u64,
    /// Recall, sensitivity.
    pub recall: Estimate,
    /// Precision, positive predictive value.
    pub precision: Estimate,
    pub f1: Estimate,
    pub specificity: Estimate,
    pub negative_predictive_value: Estimate,
    pub auc: Estimate,
    pub average_precision: Estimate,
    /// Every operating point.
    pub sweep: Result<Sweep, Undefined>,
    /// Stated probability of this class against its observed share.
    pub calibration: Result<Vec<CalibrationBin>, Undefined>,
}

impl Summary {
    /// One of the overall numbers.
    pub fn get(&self, statistic: Statistic) -> Option<&Estimate> {
        self.overall.iter().find(|(known, _)| *known == statistic).map(|(_, estimate)| estimate)
    }

    pub fn macro_average(&self) -> Option<Averages> {
        self.report.as_ref().ok().map(|report| report.macro_average)
    }
}

/// Computes everything.
pub fn summarize(outcomes: &Outcomes, options: SummaryOptions) -> Summary {
    let matrix = outcomes.matrix();
    let overall = overall_statistics();
    let mut statistics = overall.clone();
    statistics.extend((0..outcomes.classes()).flat_map(class_statistics));
    let estimator = Estimator::new(outcomes, &statistics, options.bins, options.resamples, options.seed);
    let baselines = baselines(&matrix);
    Summary {
        options,
        cases: matrix.total(),
        groups: outcomes.group_count(),
        report: ClassificationReport::of(&matrix),
        overall: overall
            .into_iter()
            .map(|statistic| (statistic, one(statistic, outcomes, &matrix, &estimator)))
            .collect(),
        classes: (0..outcomes.classes()).map(|class| of_class(class, outcomes, &matrix, &estimator, options)).collect(),
        cautions: cautions(outcomes, &matrix, baselines.as_ref().ok()),
        baselines,
        matrix,
    }
}

fn overall_statistics() -> Vec<Statistic> {
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
    list.extend([
        Statistic::Matthews,
        Statistic::MacroAuc,
        Statistic::WeightedAuc,
        Statistic::MacroAveragePrecision,
        Statistic::LogLoss,
        Statistic::Brier,
        Statistic::CalibrationError,
    ]);
    list
}

fn class_statistics(class: usize) -> [Statistic; 7] {
    [
        Statistic::Recall(class),
        Statistic::Precision(class),
        Statistic::F1(class),
        Statistic::Specificity(class),
        Statistic::NegativePredictiveValue(class),
        Statistic::Auc(class),
        Statistic::AveragePrecision(class),
    ]
}

fn one(statistic: Statistic, outcomes: &Outcomes, matrix: &ConfusionMatrix, estimator: &Estimator) -> Estimate {
    if statistic == Statistic::Accuracy {
        return estimator.proportion(accuracy(matrix), statistic);
    }
    let reason = match statistic {
        _ if outcomes.is_empty() => Undefined::NoCases,
        statistic if statistic.is_loss() => outcomes.proper().err().unwrap_or(Undefined::NoCases),
        statistic if statistic.needs_scores() && outcomes.probabilities().is_some() => Undefined::OneClassOnly,
        statistic => missing(statistic),
    };
    estimator.get(statistic, reason)
}

fn of_class(
    class: usize,
    outcomes: &Outcomes,
    matrix: &ConfusionMatrix,
    estimator: &Estimator,
    options: SummaryOptions,
) -> ClassSummary {
    let counts = matrix.one_vs_rest(class);
    let scores = outcomes.scores_of(class);
    let is_class = outcomes.is_class(class);
    let sweep = scores.as_ref().map(|scores| Sweep::new(class, scores, &is_class)).map_err(|reason| *reason);
    let why = |area: Result<f64, Undefined>| area.err().unwrap_or(Undefined::NoCases);
    let ranked = sweep.as_ref().map_err(|reason| *reason);
    let auc_reason = ranked.map_or_else(|reason| reason, |sweep| why(sweep.auc()));
    let precision_reason = ranked.map_or_else(|reason| reason, |sweep| why(sweep.average_precision()));
    let mut auc = estimator.get(Statistic::Auc(class), auc_reason);
    if !estimator.dependent() {
        auc.interval = delong(class, outcomes, &is_class);
    }
    let proper = outcomes.proper().and(scores);
    ClassSummary {
        class,
        support: matrix.support(class),
        recall: estimator.proportion(counts.sensitivity(), Statistic::Recall(class)),
        precision: estimator.proportion(counts.positive_predictive_value(), Statistic::Precision(class)),
        f1: estimator.get(Statistic::F1(class), Undefined::ClassUnused { class }),
        specificity: estimator.proportion(counts.specificity(), Statistic::Specificity(class)),
        negative_predictive_value: estimator
            .proportion(counts.negative_predictive_value(), Statistic::NegativePredictiveValue(class)),
        auc,
        average_precision: estimator.get(Statistic::AveragePrecision(class), precision_reason),
        sweep,
        calibration: proper.map(|scores| calibration_curve(&scores, &is_class, options.bins)),
    }
}

fn delong(class: usize, outcomes: &Outcomes, is_class: &[bool]) -> Result<Interval, Undefined> {
    Auc::new(class, &outcomes.scores_of(class)?, is_class)?.interval()
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn outcomes() -> Outcomes {
        let truth: Vec<usize> = (0..60).map(|case| case % 2).collect();
        let scores: Vec<f64> =
            (0..60).map(|case| f64::from((case * 7 % 13) as u8 + (case % 2) as u8 * 6) / 20.0).collect();
        let predicted = scores.iter().map(|score| usize::from(*score >= 0.5)).collect();
        let rows = scores.iter().flat_map(|score| [1.0 - score, *score]).collect();
        Outcomes::new(2, truth, predicted).unwrap().with_probabilities(rows).unwrap()
    }

    fn fewer() -> SummaryOptions {
        SummaryOptions { resamples: 200, ..Default::default() }
    }

    #[test]
    fn every_number_has_an_interval_around_it_and_a_method() {
        let summary = summarize(&outcomes(), fewer());
        for (statistic, estimate) in &summary.overall {
            let (value, interval) = (estimate.value.unwrap(), estimate.interval.unwrap());
            assert!(interval.low <= value && value <= interval.high || statistic.is_loss(), "{statistic:?}");
        }
        let class = &summary.classes[1];
        assert_eq!(class.auc.interval.unwrap().method, Method::DeLong);
        assert_eq!(class.recall.interval.unwrap().method, Method::Wilson);
        assert_eq!(class.auc.value, class.sweep.as_ref().unwrap().auc());
        assert_eq!(summarize(&outcomes(), fewer()), summary);
    }

    #[test]
    fn cases_that_share_a_group_are_resampled_with_it() {
        let groups: Vec<usize> = (0..60).map(|case| case / 4).collect();
        let summary = summarize(&outcomes().with_groups(&groups).unwrap(), fewer());
        for estimate in [summary.get(Statistic::Accuracy).unwrap(), &summary.classes[0].auc, &summary.classes[0].recall]
        {
            let Method::Bootstrap { groups, .. } = estimate.interval.unwrap().method else { panic!("{estimate:?}") };
            assert_eq!(groups, Some(15));
        }
    }

    #[test]
    fn without_scores_the_numbers_of_scores_have_a_reason() {
        let summary = summarize(&Outcomes::new(2, vec![0, 1], vec![0, 1]).unwrap(), fewer());
        assert_eq!(summary.get(Statistic::LogLoss).unwrap().value, Err(Undefined::NoProbabilities));
        assert_eq!(summary.classes[0].auc.value, Err(Undefined::NoProbabilities));
        assert_eq!(summary.get(Statistic::Accuracy).unwrap().value, Ok(1.0));
    }

    #[test]
    fn no_case_at_all_is_a_reason_everywhere() {
        let summary = summarize(&Outcomes::new(2, vec![], vec![]).unwrap(), fewer());
        assert!(summary.overall.iter().all(|(_, estimate)| estimate.value.is_err() && estimate.interval.is_err()));
        assert_eq!(summary.report, Err(Undefined::NoCases));
        assert_eq!(summary.baselines, Err(Undefined::NoCases));
    }
}
