//! Results of several slices to one.

use super::error::EngineError;
use super::inference::Inference;
use super::scores::ScoreRule;
use super::volume::Combine;

/// One result for the parts of one case. Times add up; one part passes through unchanged.
pub(super) fn combine(
    rule: &ScoreRule,
    how: Combine,
    positive: Option<usize>,
    mut parts: Vec<Inference>,
) -> Result<Inference, EngineError> {
    if parts.len() <= 1 {
        return parts.pop().ok_or_else(|| EngineError::NoOutput { what: "there is no slice to combine.".to_owned() });
    }
    let elapsed_ms = parts.iter().map(|part| part.elapsed_ms).sum();
    if how == Combine::Max {
        let height = |part: &Inference| match positive {
            Some(class) => part.scores.get(class).copied().unwrap_or(f32::NEG_INFINITY),
            None => part.scores.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        };
        let highest = parts.into_iter().reduce(|best, next| if height(&next) > height(&best) { next } else { best });
        let highest =
            highest.ok_or_else(|| EngineError::NoOutput { what: "there is no slice to combine.".to_owned() })?;
        return Ok(Inference { elapsed_ms, ..highest });
    }
    let logits = mean(parts.iter().map(|part| part.logits.as_deref()));
    let scores = match (&logits, how) {
        (Some(logits), Combine::MeanLogits) => rule.scores_of_logits(logits),
        (None, Combine::MeanLogits) => {
            return Err(EngineError::NoOutput {
                what: "the manifest averages logits, and this graph gives no way to them. Use mean_probabilities."
                    .to_owned(),
            });
        }
        _ => mean(parts.iter().map(|part| Some(part.scores.as_slice()))).unwrap_or_default(),
    };
    let features = mean(parts.iter().map(|part| part.features.as_deref()));
    let first = parts.swap_remove(0);
    Ok(Inference { logits, predicted: rule.predicted(&scores), scores, features, elapsed_ms, ..first })
}

/// Mean of vectors of one length; `None` where one is missing.
fn mean<'a>(vectors: impl Iterator<Item = Option<&'a [f32]>>) -> Option<Vec<f32>> {
    let mut sums: Vec<f64> = Vec::new();
    let mut count = 0.0;
    for vector in vectors {
        let vector = vector?;
        sums.resize(vector.len(), 0.0);
        sums.iter_mut().zip(vector).for_each(|(sum, value)| *sum += f64::from(*value));
        count += 1.0;
    }
    Some(sums.into_iter().map(|sum| (sum / count) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::super::metadata_file::OutputKind;
    use super::super::{EngineKind, Provider};
    use super::*;

    fn part(z: f32) -> Inference {
        let rule = rule();
        let scores = rule.scores_of_logits(&[z]);
        Inference {
            predicted: rule.predicted(&scores),
            scores,
            logits: Some(vec![z]),
            features: Some(vec![z, 1.0]),
            engine: EngineKind::Embedded,
            provider: Provider::Cpu,
            elapsed_ms: 2.0,
        }
    }

    fn rule() -> ScoreRule {
        let kind = OutputKind::Sigmoid;
        ScoreRule { kind, values: 1, classes: 2, independent: false, temperature: None, thresholds: vec![] }
    }

    #[test]
    fn means_of_logits_and_of_probabilities_differ_as_they_should() {
        let logits = combine(&rule(), Combine::MeanLogits, Some(1), vec![part(-4.0), part(2.0)]).unwrap();
        assert!((logits.scores[1] - 0.268_941_4).abs() < 1e-6); // sigmoid(-1)
        assert_eq!((logits.predicted, logits.logits, logits.elapsed_ms), (0, Some(vec![-1.0]), 4.0));
        assert_eq!(logits.features, Some(vec![-1.0, 1.0]));
        let scores = combine(&rule(), Combine::MeanProbabilities, Some(1), vec![part(-4.0), part(2.0)]).unwrap();
        assert!((scores.scores[1] - (0.017_986_21 + 0.880_797_1) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn the_highest_slice_decides_for_max() {
        let found = combine(&rule(), Combine::Max, Some(1), vec![part(-4.0), part(2.0), part(1.0)]).unwrap();
        assert_eq!((found.logits, found.predicted, found.elapsed_ms), (Some(vec![2.0]), 1, 6.0));
        let found = combine(&rule(), Combine::Max, Some(0), vec![part(-4.0), part(2.0)]).unwrap();
        assert_eq!(found.logits, Some(vec![-4.0]));
    }

    #[test]
    fn one_part_passes_through_and_none_is_an_error() {
        let one = combine(&rule(), Combine::MeanLogits, None, vec![part(0.5)]).unwrap();
        assert_eq!((one.logits, one.elapsed_ms), (Some(vec![0.5]), 2.0));
        assert!(combine(&rule(), Combine::MeanLogits, None, vec![]).is_err());
    }
}
