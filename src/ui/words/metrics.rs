//! Metrics, their intervals and their cautions in words.

use super::Words;
use crate::app::ModelFacts;
use crate::metrics::{Caution, Estimate, KappaWeights, Method, Statistic, Undefined};

impl Words {
    /// A number's name.
    pub fn statistic(self, statistic: Statistic) -> &'static str {
        match statistic {
            Statistic::Accuracy => self.text("metric-accuracy"),
            Statistic::BalancedAccuracy => self.text("metric-balanced-accuracy"),
            Statistic::MacroPrecision => self.text("metric-macro-precision"),
            Statistic::MacroRecall => self.text("metric-macro-recall"),
            Statistic::MacroF1 => self.text("metric-macro-f1"),
            Statistic::WeightedPrecision => self.text("metric-weighted-precision"),
            Statistic::WeightedRecall => self.text("metric-weighted-recall"),
            Statistic::WeightedF1 => self.text("metric-weighted-f1"),
            Statistic::Kappa(KappaWeights::None) => self.text("metric-kappa"),
            Statistic::Kappa(KappaWeights::Linear) => self.text("metric-kappa-linear"),
            Statistic::Kappa(KappaWeights::Quadratic) => self.text("metric-kappa-quadratic"),
            Statistic::Matthews => self.text("metric-matthews"),
            Statistic::Precision(_) => self.text("metric-precision"),
            Statistic::Recall(_) => self.text("metric-recall"),
            Statistic::F1(_) => self.text("metric-f1"),
            Statistic::Specificity(_) => self.text("metric-specificity"),
            Statistic::NegativePredictiveValue(_) => self.text("metric-npv"),
            Statistic::LogLoss => self.text("metric-log-loss"),
            Statistic::Brier => self.text("metric-brier"),
            Statistic::CalibrationError => self.text("metric-calibration-error"),
            Statistic::Auc(_) => self.text("metric-auc"),
            Statistic::MacroAuc => self.text("metric-macro-auc"),
            Statistic::WeightedAuc => self.text("metric-weighted-auc"),
            Statistic::AveragePrecision(_) => self.text("metric-average-precision"),
            Statistic::MacroAveragePrecision => self.text("metric-macro-average-precision"),
        }
    }

    /// A value with its interval and how that was made, or why there is none.
    pub fn estimate(self, facts: &ModelFacts, estimate: &Estimate) -> String {
        let value = match estimate.value {
            Ok(value) => format!("{value:.4}"),
            Err(reason) => return self.undefined(facts, reason),
        };
        match estimate.interval {
            Ok(interval) => {
                let ends = [
                    ("value", value.into()),
                    ("low", format!("{:.4}", interval.low).into()),
                    ("high", format!("{:.4}", interval.high).into()),
                    ("cases", estimate.cases.into()),
                    ("method", self.method_of_interval(interval.method).into()),
                ];
                self.with("metric-with-interval", &ends)
            }
            Err(reason) => {
                let why = self.undefined(facts, reason);
                self.with("metric-without-interval", &[("value", value.into()), ("why", why.into())])
            }
        }
    }

    fn method_of_interval(self, method: Method) -> &'static str {
        match method {
            Method::Wilson => self.text("interval-wilson"),
            Method::Bootstrap { groups: None, .. } => self.text("interval-bootstrap"),
            Method::Bootstrap { groups: Some(_), .. } => self.text("interval-bootstrap-groups"),
            Method::DeLong => self.text("interval-delong"),
        }
    }

    /// Why a number does not exist.
    pub fn undefined(self, facts: &ModelFacts, reason: Undefined) -> String {
        let of = |key: &'static str, class: usize| self.with(key, &[("class", self.class(facts, class).into())]);
        match reason {
            Undefined::NoCases => self.text("undefined-no-cases").to_owned(),
            Undefined::ClassAbsent { class } => of("undefined-class-absent", class),
            Undefined::ClassNeverPredicted { class } => of("undefined-never-predicted", class),
            Undefined::AlwaysPredicted { class } => of("undefined-always-predicted", class),
            Undefined::ClassUnused { class } => of("undefined-class-unused", class),
            Undefined::NoOtherClass { class } => of("undefined-no-other-class", class),
            Undefined::OneClassOnly => self.text("undefined-one-class-only").to_owned(),
            Undefined::NoProbabilities => self.text("undefined-no-probabilities").to_owned(),
            Undefined::NotProbabilities => self.text("undefined-not-probabilities").to_owned(),
            Undefined::NoLogits => self.text("undefined-no-logits").to_owned(),
            Undefined::TooFew { need, have } => {
                self.with("undefined-too-few", &[("need", need.into()), ("have", have.into())])
            }
            Undefined::NoSpread => self.text("undefined-no-spread").to_owned(),
            Undefined::Separated => self.text("undefined-separated").to_owned(),
            Undefined::Misleading => self.text("undefined-misleading").to_owned(),
            Undefined::Dependent => self.text("undefined-dependent").to_owned(),
        }
    }

    /// What a reader must know before believing the numbers.
    pub fn caution(self, facts: &ModelFacts, caution: &Caution) -> String {
        let class = |index: &usize| self.class(facts, *index);
        let count = |key: &'static str, cases: u64| self.with(key, &[("cases", cases.into())]);
        match caution {
            Caution::VeryFewCases { cases } => count("caution-very-few", *cases),
            Caution::FewCases { cases } => count("caution-few", *cases),
            Caution::FewInClass { class: index, cases } => {
                self.with("caution-few-in-class", &[("class", class(index).into()), ("cases", (*cases).into())])
            }
            Caution::ClassAbsent { class: index } => {
                self.with("caution-class-absent", &[("class", class(index).into())])
            }
            Caution::NeverPredicted { class: index } => {
                self.with("caution-never-predicted", &[("class", class(index).into())])
            }
            Caution::Unequal { class: index, share, smallest, smallest_cases } => self.with(
                "caution-unequal",
                &[
                    ("class", class(index).into()),
                    ("share", format!("{:.0}", share * 100.0).into()),
                    ("smallest", class(smallest).into()),
                    ("cases", (*smallest_cases).into()),
                ],
            ),
            Caution::NotAboveMajority { accuracy, class: index, share, p } => self.with(
                "caution-not-above-majority",
                &[
                    ("accuracy", format!("{accuracy:.3}").into()),
                    ("class", class(index).into()),
                    ("share", format!("{share:.3}").into()),
                    ("p", format!("{p:.2}").into()),
                ],
            ),
            Caution::SharedGroups { groups, cases } => {
                self.with("caution-shared-groups", &[("groups", (*groups).into()), ("cases", (*cases).into())])
            }
            Caution::SumsNotOne { cases } => count("caution-sums-not-one", *cases),
            Caution::CertainAndWrong { cases } => count("caution-certain-and-wrong", *cases),
            Caution::FewToCalibrate { cases } => count("caution-few-to-calibrate", *cases),
        }
    }
}
