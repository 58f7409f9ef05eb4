//! Raw outputs to scores and a predicted class.

use super::error::EngineError;
use super::inference::{EngineKind, Inference, Provider};
use super::metadata_file::OutputKind;

/// How one model's outputs are read.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRule {
    /// What the output tensor holds.
    pub kind: OutputKind,
    /// Values per picture in the output tensor.
    pub values: usize,
    /// Number of class names: `values`, or 2 for one value.
    pub classes: usize,
    /// True where several values are independent probabilities (one sigmoid each).
    pub independent: bool,
    /// Logits are divided by it before softmax or sigmoid.
    pub temperature: Option<f32>,
    /// Operating points by class index.
    pub thresholds: Vec<(usize, f32)>,
}

/// What one picture's raw values come to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scored {
    pub logits: Option<Vec<f32>>,
    pub scores: Vec<f32>,
    pub predicted: usize,
}

impl Scored {
    pub(super) fn into_inference(self, engine: EngineKind, provider: Provider, elapsed_ms: f64) -> Inference {
        let Self { logits, scores, predicted } = self;
        Inference { logits, scores, predicted, features: None, engine, provider, elapsed_ms }
    }
}

impl ScoreRule {
    /// Scores of one picture: `output` holds [`values`](Self::values) numbers, `logits` as many where the graph gives
    /// them. The model's own probabilities are kept unless a temperature asks for new ones.
    ///
    /// # Errors
    /// [`EngineError::NoOutput`] for values that are not numbers.
    pub(super) fn score(&self, output: &[f32], logits: Option<&[f32]>) -> Result<Scored, EngineError> {
        if let Some(at) = output.iter().chain(logits.unwrap_or_default()).position(|value| !value.is_finite()) {
            let what = format!(
                "value {} is not a finite number. The input's range may not fit the model.",
                at % self.values.max(1)
            );
            return Err(EngineError::NoOutput { what });
        }
        let logits = if self.kind == OutputKind::Logits { Some(output) } else { logits };
        let scores = match (self.kind, self.temperature, logits) {
            (OutputKind::Logits, _, Some(logits)) | (_, Some(_), Some(logits)) => self.scores_of_logits(logits),
            _ => self.scores_of_probabilities(output),
        };
        let predicted = self.predicted(&scores);
        Ok(Scored { logits: logits.map(<[f32]>::to_vec), scores, predicted })
    }

    /// Softmax or sigmoid of logits, after the temperature.
    pub(super) fn scores_of_logits(&self, logits: &[f32]) -> Vec<f32> {
        let temperature = f64::from(self.temperature.unwrap_or(1.0));
        let scaled: Vec<f64> = logits.iter().map(|z| f64::from(*z) / temperature).collect();
        match scaled.as_slice() {
            [z] => vec![sigmoid(-z) as f32, sigmoid(*z) as f32],
            several if self.independent => several.iter().map(|z| sigmoid(*z) as f32).collect(),
            several => softmax(several),
        }
    }

    fn scores_of_probabilities(&self, output: &[f32]) -> Vec<f32> {
        match output {
            [p] => vec![1.0 - p, *p],
            several => several.to_vec(),
        }
    }

    pub(super) fn predicted(&self, scores: &[f32]) -> usize {
        predicted_class(scores, &self.thresholds)
    }
}

/// Of the classes that reach their threshold (class index and least score) the one that exceeds it most; else the
/// largest score among the classes without one; else the largest score.
pub fn predicted_class(scores: &[f32], thresholds: &[(usize, f32)]) -> usize {
    let score = |class: usize| scores.get(class).copied().unwrap_or(f32::NEG_INFINITY);
    let largest = |candidates: &mut dyn Iterator<Item = (usize, f32)>| {
        candidates.fold(None, |best: Option<(usize, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
    };
    let mut reached =
        thresholds.iter().map(|(class, limit)| (*class, score(*class) - limit)).filter(|(_, margin)| *margin >= 0.0);
    if let Some((class, _)) = largest(&mut reached) {
        return class;
    }
    let has_threshold = |class: usize| thresholds.iter().any(|(with, _)| *with == class);
    let mut free = (0..scores.len()).filter(|class| !has_threshold(*class)).map(|class| (class, score(class)));
    let found = largest(&mut free).or_else(|| largest(&mut (0..scores.len()).map(|class| (class, score(class)))));
    found.map_or(0, |(class, _)| class)
}

/// Stable for any finite argument: never divides infinities.
fn sigmoid(z: f64) -> f64 {
    if z >= 0.0 { 1.0 / (1.0 + (-z).exp()) } else { z.exp() / (1.0 + z.exp()) }
}

/// Shifted by the largest logit, so that no exponent overflows.
fn softmax(logits: &[f64]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let exponentials: Vec<f64> = logits.iter().map(|z| (z - largest).exp()).collect();
    let sum: f64 = exponentials.iter().sum();
    exponentials.iter().map(|e| (e / sum) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: OutputKind, values: usize) -> ScoreRule {
        ScoreRule { kind, values, classes: values.max(2), independent: false, temperature: None, thresholds: vec![] }
    }

    #[test]
    fn extreme_logits_stay_numbers() {
        let scored = rule(OutputKind::Logits, 3).score(&[3.0e38, -3.0e38, 0.0], None).unwrap();
        assert_eq!(scored.scores, [1.0, 0.0, 0.0]);
        let scored = rule(OutputKind::Logits, 1).score(&[-3.0e38], None).unwrap();
        assert_eq!((scored.scores, scored.predicted), (vec![1.0, 0.0], 0));
    }

    #[test]
    fn softmax_of_known_logits() {
        // exp(1), exp(2), exp(3) over their sum.
        let scored = rule(OutputKind::Logits, 3).score(&[1.0, 2.0, 3.0], None).unwrap();
        let known = [0.090_030_57, 0.244_728_48, 0.665_240_94];
        assert!(scored.scores.iter().zip(known).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-7));
        assert_eq!((scored.predicted, scored.logits), (2, Some(vec![1.0, 2.0, 3.0])));
    }

    #[test]
    fn one_sigmoid_has_two_sides_and_keeps_the_models_own_value() {
        let scored = rule(OutputKind::Sigmoid, 1).score(&[0.8], Some(&[1.386_294_4])).unwrap();
        assert_eq!(scored.scores, [1.0 - 0.8f32, 0.8]);
        assert_eq!((scored.predicted, scored.logits), (1, Some(vec![1.386_294_4])));
    }

    #[test]
    fn a_temperature_flattens() {
        let rule = ScoreRule { temperature: Some(2.0), ..rule(OutputKind::Softmax, 2) };
        let scored = rule.score(&[0.88, 0.12], Some(&[2.0, 0.0])).unwrap();
        assert!((scored.scores[0] - 0.731_058_6).abs() < 1e-6, "{scored:?}"); // sigmoid(1)
    }

    #[test]
    fn a_threshold_moves_the_operating_point() {
        let rule = ScoreRule { thresholds: vec![(1, 0.3)], ..rule(OutputKind::Sigmoid, 1) };
        assert_eq!(rule.score(&[0.31], None).unwrap().predicted, 1);
        assert_eq!(rule.score(&[0.29], None).unwrap().predicted, 0);
        let strict = ScoreRule { thresholds: vec![(1, 0.9)], ..rule };
        assert_eq!(strict.score(&[0.8], None).unwrap().predicted, 0);
    }

    #[test]
    fn several_thresholds_choose_the_clearest() {
        let rule = ScoreRule { thresholds: vec![(0, 0.9), (1, 0.2), (2, 0.1)], ..rule(OutputKind::Softmax, 3) };
        assert_eq!(rule.predicted(&[0.5, 0.25, 0.25]), 2);
        assert_eq!(rule.predicted(&[0.85, 0.1, 0.05]), 0);
    }

    #[test]
    fn not_a_number_is_an_error() {
        assert!(rule(OutputKind::Softmax, 2).score(&[f32::NAN, 0.5], None).is_err());
    }
}
