//! A case as it is written down: plain data, one JSON line each.
//!
//! In: a [`Case`](super::Case) of a run, where its label comes from ([`Labels`]), how identifiers are hidden
//! ([`Pseudonyms`]), which folder paths are told from ([`Roots`]). Out: [`CaseRecord`], and from many of them the table
//! that the metrics read ([`predictions`]). Class indices are those of the run's class list. It writes no file.

mod labels;
mod make;
mod mapping;
mod numbers;
mod pseudonym;
mod roots;

use serde::{Deserialize, Serialize};

use super::reference::Known;

pub use labels::{LabelSource, Labels};
pub use make::Recorder;
pub use mapping::{ClassMapping, MappedLabel, MatchedBy};
pub use numbers::{predicted_at, predictions};
pub use pseudonym::Pseudonyms;
pub use roots::Roots;

/// One case of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRecord {
    /// Tells the cases of a run apart: the path, and `#` with the slice where a file gives several cases.
    pub key: String,
    /// Path below the reviewed folder with `/` between its parts; of a series, its first file.
    pub path: String,
    /// See [`SourceFacts`](super::SourceFacts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Pseudonym (or, where asked for, the plain Patient ID).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// Pseudonym (or the plain Series Instance UID).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<Truth>,
    /// The only key of its value says how it ended.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Scored(Scores),
    /// The sentence why there are no scores.
    Failed(String),
}

/// A model's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Frame indices that went in, from 0.
    pub slices: Vec<usize>,
    /// `[k]`.
    pub scores: Vec<f32>,
    /// Before softmax or sigmoid: `[k]`, or `[1]` for one sigmoid of two classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logits: Option<Vec<f32>>,
    /// At the operating point of the model's manifest.
    pub predicted: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How far it lies from what the model has seen, where there is a reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Known>,
}

/// A reference label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// As it is written at its source.
    pub label: String,
    /// The class that it was matched with; `None` where it is none of them.
    pub class: Option<usize>,
    pub from: TruthFrom,
}

/// Where a reference label comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TruthFrom {
    /// The name of an enclosing folder.
    Folder,
    /// A table of labels.
    Table,
    /// A person, in this program.
    Typed,
}

impl CaseRecord {
    /// Of a file without scores, for the reason in `sentence`.
    pub fn failed(path: &str, sentence: &str) -> Self {
        Self {
            key: path.to_owned(),
            path: path.to_owned(),
            sha256: None,
            patient: None,
            series: None,
            truth: None,
            outcome: Outcome::Failed(sentence.to_owned()),
        }
    }

    pub fn scored(&self) -> Option<&Scores> {
        match &self.outcome {
            Outcome::Scored(scores) => Some(scores),
            Outcome::Failed(_) => None,
        }
    }

    /// The sentence why there are no scores.
    pub fn error(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Scored(_) => None,
            Outcome::Failed(sentence) => Some(sentence),
        }
    }

    /// Class index of the reference label.
    pub fn truth_class(&self) -> Option<usize> {
        self.truth.as_ref()?.class
    }

    pub fn predicted(&self) -> Option<usize> {
        self.scored().map(|scored| scored.predicted)
    }

    /// `None` without a label or without scores.
    pub fn is_right(&self) -> Option<bool> {
        Some(self.predicted()? == self.truth_class()?)
    }

    /// Score of the labelled class.
    pub fn truth_score(&self) -> Option<f32> {
        self.scored()?.scores.get(self.truth_class()?).copied()
    }

    /// Largest score minus the second largest: how clear the answer is, 0 (a tie) to 1.
    pub fn margin(&self) -> Option<f32> {
        lead(self.scored()?.scores.iter().copied())
    }

    /// The same where `class` is called from the score `limit` on: how far its score lies from there, 0 at the limit, 1 at
    /// the end of the scale. Where it is not called, the class that is may be no clearer than its lead over the others.
    /// Of two classes at 0.5 it is [`CaseRecord::margin`].
    pub fn margin_at(&self, class: usize, limit: f32) -> Option<f32> {
        let scores = &self.scored()?.scores;
        let score = *scores.get(class)?;
        if score >= limit {
            return Some(share(score - limit, 1.0 - limit));
        }
        let others = scores.iter().enumerate().filter(|(other, _)| *other != class).map(|(_, score)| *score);
        Some(lead(others).unwrap_or(1.0).min(share(limit - score, limit)))
    }

    /// Negative logarithm of the labelled class's score, the score cut at f32's epsilon as scikit-learn's `log_loss`
    /// cuts it: 0 for a sure right answer, 15.9 for a sure wrong one.
    pub fn loss(&self) -> Option<f64> {
        self.truth_score().map(|score| -f64::from(score).clamp(f64::from(f32::EPSILON), 1.0).ln())
    }

    /// What cases are grouped by: patient, else series, else (for several slices of one file) the file.
    pub fn group(&self) -> Option<&str> {
        let of_several = (self.key.len() > self.path.len()).then_some(self.path.as_str());
        self.patient.as_deref().or(self.series.as_deref()).or(of_several)
    }
}

/// The largest less the second; `None` for fewer than two.
fn lead(scores: impl Iterator<Item = f32>) -> Option<f32> {
    let (mut first, mut second, mut count) = (f32::NEG_INFINITY, f32::NEG_INFINITY, 0);
    for score in scores {
        count += 1;
        if score > first {
            (first, second) = (score, first);
        } else if score > second {
            second = score;
        }
    }
    (count > 1).then_some(first - second)
}

/// `part` of `whole`, 0 where there is no whole.
fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(scores: &[f32], predicted: usize, truth: Option<usize>) -> CaseRecord {
        let scores =
            Scores { slices: vec![0], scores: scores.to_vec(), logits: None, predicted, warnings: vec![], known: None };
        CaseRecord {
            key: "뇌/a b.png".to_owned(),
            path: "뇌/a b.png".to_owned(),
            sha256: None,
            patient: None,
            series: None,
            truth: truth.map(|class| Truth { label: class.to_string(), class: Some(class), from: TruthFrom::Folder }),
            outcome: Outcome::Scored(scores),
        }
    }

    #[test]
    fn a_line_gives_back_every_bit() {
        let mut values = crate::metrics::SplitMix64::new(7);
        for _ in 0..2000 {
            let mut score = || f32::from_bits((values.next_u64() >> 32) as u32);
            let scores: Vec<f32> = (0..3).map(|_| score()).filter(|score| score.is_finite()).collect();
            let record = record(&scores, 0, Some(2));
            let line = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<CaseRecord>(&line).unwrap(), record, "{line}");
        }
    }

    #[test]
    fn a_margin_is_counted_from_the_operating_point() {
        let two = record(&[0.25, 0.75], 1, None);
        assert_eq!((two.margin_at(1, 0.5), two.margin()), (Some(0.5), Some(0.5)), "in the middle it is the usual one");
        assert_eq!(
            (two.margin_at(1, 0.75), two.margin_at(1, 0.5), two.margin_at(1, 0.0)),
            (Some(0.0), Some(0.5), Some(0.75))
        );
        let not_called = two.margin_at(1, 0.8).unwrap();
        assert!((not_called - 0.05 / 0.8).abs() < 1e-6, "{not_called}");
        // Of more classes the one that is called leads little, however far the point is.
        let three = record(&[0.5, 0.4375, 0.0625], 0, None);
        assert_eq!(three.margin_at(2, 0.5), Some(0.0625));
        assert_eq!((three.margin_at(9, 0.5), three.margin_at(2, 0.0)), (None, Some(0.0625)));
        assert_eq!(record(&[0.0, 1.0], 1, None).margin_at(1, 1.0), Some(0.0), "there is no scale above 1");
    }

    #[test]
    fn what_a_worklist_shows_is_derived() {
        let wrong = record(&[0.75, 0.125, 0.125], 0, Some(1));
        assert_eq!((wrong.is_right(), wrong.truth_score(), wrong.margin()), (Some(false), Some(0.125), Some(0.625)));
        assert!((wrong.loss().unwrap() - 8.0_f64.ln()).abs() < 1e-12);
        let unlabelled = record(&[0.5, 0.5, 0.0], 0, None);
        assert_eq!((unlabelled.is_right(), unlabelled.loss(), unlabelled.margin()), (None, None, Some(0.0)));
        assert_eq!(record(&[0.0, 1.0], 1, Some(0)).loss().map(|loss| (loss * 10.0).round()), Some(159.0));
    }
}
