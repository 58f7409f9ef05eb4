//! How well scores fit as probabilities before and after calibration: the raw logits, the scores in use, and what a
//! temperature fitted to these cases would do.

use serde_json::{Value, json};

use super::MetricsReport;
use crate::metrics::{Statistic, brier, expected_calibration_error, log_loss, softmax_rows, top_label};
use crate::report::Language;
use crate::report::document::Phrase;

/// Scores of tables are rounded; a temperature that anyone would state moves them by more.
const SAME: f64 = 1e-3;

/// One way to get scores, and what they are worth. Smaller is better in all three.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibratedScores {
    pub scores: Scoring,
    /// Natural logarithm, a case.
    pub log_loss: f64,
    pub brier: f64,
    /// Top label, bins as the other numbers have them.
    pub calibration_error: f64,
}

/// How scores came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scoring {
    /// Softmax of the logits; used for nothing else.
    Raw,
    /// Those that all other numbers are about.
    InUse(Applied),
    /// With the temperature fitted to these cases; used for nothing else.
    Fitted {
        temperature: f64,
        /// False where logarithms of the scores stood in for logits.
        own_logits: bool,
    },
}

/// The temperature of the scores in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Applied {
    /// From the model's manifest.
    Stored(f64),
    /// The scores are the softmax of the logits.
    Nothing,
    /// The table does not say.
    Unknown,
}

const RAW: Phrase = Phrase {
    en: "Before: softmax of the raw logits, no temperature (used for nothing else)",
    ko: "보정 전: 로짓의 softmax, 온도 없음 (다른 곳에 쓰지 않음)",
};
const STORED: Phrase = Phrase {
    en: "In use: the model's stored temperature {} applied; every other number is about these scores",
    ko: "사용 중: 모델에 저장된 온도 {} 적용 (다른 모든 수치의 기준)",
};
const NOTHING: Phrase = Phrase {
    en: "In use: no temperature applied; every other number is about these scores",
    ko: "사용 중: 온도를 적용하지 않은 점수 (다른 모든 수치의 기준)",
};
const UNKNOWN: Phrase = Phrase {
    en: "In use: the scores as the table has them; every other number is about these",
    ko: "사용 중: 표에 있는 그대로의 점수 (다른 모든 수치의 기준)",
};
const FITTED: Phrase = Phrase {
    en: "Not in use: temperature {} fitted to the logits of these very cases",
    ko: "미사용: 바로 이 증례들의 로짓에 맞춘 온도 {}",
};
const FITTED_TO_SCORES: Phrase = Phrase {
    en: "Not in use: temperature {} fitted to the logarithms of these very cases' scores",
    ko: "미사용: 바로 이 증례들의 점수 로그에 맞춘 온도 {}",
};

impl Scoring {
    /// What these scores are, so that nobody takes one for another.
    pub(in crate::report) fn words(self, language: Language) -> String {
        let number = |value: f64| format!("{value:.3}");
        match self {
            Self::Raw => language.say(&RAW),
            Self::InUse(Applied::Stored(temperature)) => language.fill(&STORED, &[&number(temperature)]),
            Self::InUse(Applied::Nothing) => language.say(&NOTHING),
            Self::InUse(Applied::Unknown) => language.say(&UNKNOWN),
            Self::Fitted { temperature, own_logits: true } => language.fill(&FITTED, &[&number(temperature)]),
            Self::Fitted { temperature, own_logits: false } => {
                language.fill(&FITTED_TO_SCORES, &[&number(temperature)])
            }
        }
    }

    fn temperature(self) -> Option<f64> {
        match self {
            Self::Raw | Self::InUse(Applied::Nothing) => Some(1.0),
            Self::InUse(Applied::Stored(temperature)) | Self::Fitted { temperature, .. } => Some(temperature),
            Self::InUse(Applied::Unknown) => None,
        }
    }
}

impl MetricsReport {
    /// Before, in use, and fitted to these cases, as far as there are scores and logits. Raw logits have a line of their own
    /// where the scores in use are not their softmax.
    pub fn calibrated(&self) -> Vec<CalibratedScores> {
        let Ok(given) = self.outcomes.proper() else { return Vec::new() };
        let classes = self.outcomes.classes();
        let logits = self.predictions.logits(&self.labelled);
        // Independent sigmoids have no softmax.
        let whole = given.chunks_exact(classes.max(1)).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < SAME);
        let logits = logits.filter(|_| whole);
        let raw = logits.as_ref().filter(|(_, own)| *own).map(|(logits, _)| softmax_rows(logits, classes, 1.0));
        let same = raw.as_ref().is_some_and(|raw| raw.iter().zip(given).all(|(a, b)| (a - b).abs() < SAME));
        let applied = match self.stored_temperature {
            Some(temperature) => Applied::Stored(temperature),
            None if same => Applied::Nothing,
            None => Applied::Unknown,
        };
        let before = raw.filter(|_| applied != Applied::Nothing).and_then(|raw| self.worth(Scoring::Raw, &raw));
        let fitted = logits.as_ref().zip(self.temperature.fit.as_ref().ok()).and_then(|((logits, own_logits), fit)| {
            let scoring = Scoring::Fitted { temperature: fit.temperature, own_logits: *own_logits };
            self.worth(scoring, &softmax_rows(logits, classes, fit.temperature))
        });
        [before, self.worth_in_use(Scoring::InUse(applied)), fitted].into_iter().flatten().collect()
    }

    /// The very numbers of the summary.
    fn worth_in_use(&self, scores: Scoring) -> Option<CalibratedScores> {
        let value = |statistic: Statistic| self.summary.get(statistic)?.value.ok();
        Some(CalibratedScores {
            scores,
            log_loss: value(Statistic::LogLoss)?,
            brier: value(Statistic::Brier)?,
            calibration_error: value(Statistic::CalibrationError)?,
        })
    }

    fn worth(&self, scores: Scoring, probabilities: &[f64]) -> Option<CalibratedScores> {
        let (truth, classes) = (self.outcomes.truth(), self.outcomes.classes());
        let mean = |losses: Vec<f64>| losses.iter().sum::<f64>() / losses.len().max(1) as f64;
        let (stated, hits) = top_label(truth, probabilities, classes);
        Some(CalibratedScores {
            scores,
            log_loss: mean(log_loss(truth, probabilities, classes)),
            brier: mean(brier(truth, probabilities, classes)),
            calibration_error: expected_calibration_error(&stated, &hits, self.summary.options.bins).ok()?,
        })
    }
}

/// One object a line.
pub(super) fn calibrated_json(report: &MetricsReport) -> Value {
    let one = |row: &CalibratedScores| {
        let scores = match row.scores {
            Scoring::Raw => "raw",
            Scoring::InUse(_) => "in_use",
            Scoring::Fitted { .. } => "fitted",
        };
        json!({
            "scores": scores, "what": row.scores.words(Language::English), "temperature": row.scores.temperature(),
            "log_loss": row.log_loss, "brier": row.brier, "calibration_error": row.calibration_error,
        })
    };
    report.calibrated().iter().map(one).collect()
}

/// A line each, for the terminal.
pub(super) fn calibrated_text(report: &MetricsReport) -> String {
    let rows = report.calibrated();
    if rows.is_empty() {
        return String::new();
    }
    let mut text = "\nCalibration (smaller is better)   log loss   Brier score   calibration error\n".to_owned();
    for row in rows {
        text += &format!(
            "{:>42.4} {:>13.4} {:>19.4}   {}\n",
            row.log_loss,
            row.brier,
            row.calibration_error,
            row.scores.words(Language::English)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::SummaryOptions;
    use crate::review::table::{Key, PredictedCase, Predictions};

    /// Four cases with a logit of 2 for "yes", three of which are: with p = sigmoid(2 / T), the loss is
    /// -(3 ln p + ln(1 - p)) / 4, Brier's score (3 (1 - p)^2 + p^2) / 4, the calibration error |p - 3/4|.
    fn report(temperature: f64, with_logits: bool) -> MetricsReport {
        let p = 1.0 / (1.0 + (-2.0 / temperature).exp());
        let case = |number: usize| PredictedCase {
            line: number as u64 + 2,
            key: Key { id: number.to_string(), slice: None },
            group: None,
            truth: Some(usize::from(number > 0)),
            predicted: 1,
            probabilities: vec![1.0 - p, p],
            logits: if with_logits { vec![0.0, 2.0] } else { Vec::new() },
        };
        let predictions = Predictions {
            path: "p.csv".into(),
            class_names: vec!["no".to_owned(), "yes".to_owned()],
            cases: (0..4).map(case).collect(),
            remarks: Vec::new(),
            problems: Vec::new(),
            has_ids: true,
            is_matrix: false,
        };
        let options = SummaryOptions { resamples: 0, ..SummaryOptions::default() };
        MetricsReport::new(predictions, &[], options).unwrap()
    }

    fn near(row: &CalibratedScores, p: f64) {
        let expected =
            [-(3.0 * p.ln() + (1.0 - p).ln()) / 4.0, (3.0 * (1.0 - p).powi(2) + p.powi(2)) / 4.0, (p - 0.75).abs()];
        let found = [row.log_loss, row.brier, row.calibration_error];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{row:?} {expected}");
        }
    }

    fn sigmoid(z: f64) -> f64 {
        1.0 / (1.0 + (-z).exp())
    }

    #[test]
    fn before_in_use_and_fitted_are_told_apart() {
        let report = MetricsReport { stored_temperature: Some(2.0), ..report(2.0, true) };
        let rows = report.calibrated();
        let [raw, in_use, fitted] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((raw.scores, in_use.scores), (Scoring::Raw, Scoring::InUse(Applied::Stored(2.0))));
        near(raw, sigmoid(2.0));
        near(in_use, sigmoid(1.0));
        near(fitted, 0.75);
        let Scoring::Fitted { temperature, own_logits: true } = fitted.scores else { panic!("{fitted:?}") };
        assert!((temperature - 2.0 / 3.0_f64.ln()).abs() < 1e-9);
        let loss = report.summary.get(Statistic::LogLoss).unwrap().value.unwrap();
        assert_eq!(in_use.log_loss, loss, "the number that the rest of the report has");
        assert!(calibrated_text(&report).contains("stored temperature 2.000 applied"));
        assert_eq!(calibrated_json(&report)[2]["scores"], "fitted");
    }

    #[test]
    fn scores_without_a_temperature_are_the_raw_ones() {
        let rows = report(1.0, true).calibrated();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].scores, Scoring::InUse(Applied::Nothing));
        near(&rows[0], sigmoid(2.0));
        let unknown = report(2.0, true).calibrated();
        assert_eq!(unknown[1].scores, Scoring::InUse(Applied::Unknown), "another tool calibrated them");
        let of_scores = report(1.0, false).calibrated();
        assert_eq!(of_scores[0].scores, Scoring::InUse(Applied::Unknown));
        assert!(matches!(of_scores[1].scores, Scoring::Fitted { own_logits: false, .. }));
        near(&of_scores[1], 0.75);
    }
}
