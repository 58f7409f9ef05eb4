//! How well scores fit what is known.

use super::expected::Reference;

/// One candidate's fit, under one order of the classes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fit {
    /// `order[c]` is the model's output that stands for class `c`.
    pub order: Vec<usize>,
    /// Per picture: largest difference of a probability, or log loss.
    pub losses: Vec<f64>,
    /// Pictures whose best class is the reference's.
    pub agree: usize,
}

impl Fit {
    pub fn mean(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len().max(1) as f64
    }

    pub fn worst(&self) -> f64 {
        self.losses.iter().copied().fold(0.0, f64::max)
    }

    /// The first of the pictures with the largest loss, by its place.
    pub fn worst_picture(&self) -> usize {
        let worst = self.worst();
        self.losses.iter().position(|loss| *loss == worst).unwrap_or(0)
    }
}

/// Where log loss cuts, as scikit-learn does.
const LEAST_PROBABILITY: f64 = 2.2e-16;
/// More classes have too many orders, and nothing to choose one by.
pub(super) const MOST_REORDERED: usize = 4;
/// An other order of classes must be better by this share.
const CLEARLY_BETTER: f64 = 0.5;

/// Scores of the samples `which` against the reference, under the order of classes that fits best; another order than the
/// model's own only where it fits clearly better.
pub(super) fn judge(reference: &Reference, which: &[usize], scores: &[Vec<f64>]) -> Fit {
    let classes = scores.first().map_or(0, Vec::len);
    let own: Vec<usize> = (0..classes).collect();
    let plain = under(reference, which, scores, own.clone());
    let in_question = match reference {
        Reference::Outputs { named, .. } => !named,
        Reference::Labels(_) => true,
    };
    if !in_question || classes > MOST_REORDERED {
        return plain;
    }
    let others = orders(&own).into_iter().filter(|order| *order != own);
    let best = others.map(|order| under(reference, which, scores, order)).min_by(|a, b| a.mean().total_cmp(&b.mean()));
    match best {
        Some(best) if best.mean() < plain.mean() * CLEARLY_BETTER => best,
        _ => plain,
    }
}

fn under(reference: &Reference, which: &[usize], scores: &[Vec<f64>], order: Vec<usize>) -> Fit {
    let mut fit = Fit { order, losses: Vec::with_capacity(which.len()), agree: 0 };
    for (sample, scores) in which.iter().zip(scores) {
        let ours: Vec<f64> = fit.order.iter().map(|output| scores.get(*output).copied().unwrap_or(0.0)).collect();
        let (loss, agrees) = match reference {
            Reference::Outputs { scores, .. } => {
                let theirs = scores.get(*sample).map(Vec::as_slice).unwrap_or_default();
                let largest = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                (largest, best(&ours) == best(theirs))
            }
            Reference::Labels(labels) => {
                let truth = labels.get(*sample).copied().unwrap_or(0);
                let sum: f64 = ours.iter().sum::<f64>().max(LEAST_PROBABILITY);
                let probability = ours.get(truth).copied().unwrap_or(0.0) / sum;
                (0.0 - probability.max(LEAST_PROBABILITY).ln(), best(&ours) == Some(truth))
            }
        };
        fit.losses.push(loss);
        fit.agree += usize::from(agrees);
    }
    fit
}

fn best(scores: &[f64]) -> Option<usize> {
    (0..scores.len()).max_by(|a, b| scores.get(*a).partial_cmp(&scores.get(*b)).unwrap_or(std::cmp::Ordering::Equal))
}

/// Every order of a few items.
fn orders(items: &[usize]) -> Vec<Vec<usize>> {
    if items.len() <= 1 {
        return vec![items.to_vec()];
    }
    let mut all = Vec::new();
    for (place, first) in items.iter().enumerate() {
        let rest: Vec<usize> =
            items.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, item)| *item).collect();
        all.extend(orders(&rest).into_iter().map(|tail| [vec![*first], tail].concat()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_classes_are_seen_and_named_ones_are_not_in_question() {
        let theirs = vec![vec![0.7, 0.2, 0.1], vec![0.1, 0.3, 0.6]];
        let ours: Vec<Vec<f64>> = theirs.iter().map(|row| vec![row[2], row[0], row[1]]).collect();
        let reference = |named| Reference::Outputs { scores: theirs.clone(), named, tolerance: 1e-4 };
        let fit = judge(&reference(false), &[0, 1], &ours);
        assert_eq!((fit.order.as_slice(), fit.worst(), fit.agree), (&[1, 2, 0][..], 0.0, 2));
        let fit = judge(&reference(true), &[0, 1], &ours);
        assert!(fit.order == [0, 1, 2] && fit.worst() > 0.4);
    }

    #[test]
    fn log_loss_is_the_usual_one() {
        let fit = judge(&Reference::Labels(vec![1, 0]), &[0, 1], &[vec![0.25, 0.75], vec![0.6, 0.4]]);
        assert!((fit.mean() - (-(0.75f64.ln()) - 0.6f64.ln()) / 2.0).abs() < 1e-12);
        assert_eq!((fit.order.as_slice(), fit.agree), (&[0, 1][..], 2));
    }
}
