//! The ranking, with intervals, and what cannot be told apart.

use super::candidates::{Candidate, Way};
use super::expected::Reference;
use super::judge::Fit;
use super::search::DoctorOptions;
use crate::metrics::{Bootstrap, percentile};
use crate::preprocess::Step;

/// A candidate that saw all pictures.
pub(super) struct Final {
    pub candidate: Candidate,
    pub steps: Vec<Step>,
    pub fit: Fit,
    pub rank: [usize; 7],
}

/// One way to prepare pictures, and how well the model's scores fit then.
#[derive(Clone, Debug)]
pub struct Ranked {
    pub candidate: Candidate,
    pub steps: Vec<Step>,
    pub words: String,
    /// True for what the model says now.
    pub is_present: bool,
    /// `order[c]` is the model's output that stands for class `c`.
    pub order: Vec<usize>,
    /// Mean over the pictures: largest difference of a probability, or log loss.
    pub mean: f64,
    /// 95 %, percentile bootstrap over pictures.
    pub interval: (f64, f64),
    /// Of all pictures.
    pub worst: f64,
    /// Pictures whose best class is the reference's.
    pub agree: usize,
    /// How much worse than the first in the mean, 95 %, paired bootstrap over pictures.
    pub behind: (f64, f64),
}

/// What the examination found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The best first.
    pub ranked: Vec<Ranked>,
    /// How many of the first cannot be told apart with these pictures, the winner among them.
    pub tied: usize,
    /// True where more than were ranked may be among them.
    pub tied_or_more: bool,
    /// True where the reference is the framework's outputs and the winner reproduces all of them.
    pub reproduced: bool,
    /// Largest difference of a probability that counts as reproduced; `None` for labels.
    pub tolerance: Option<f64>,
    pub pictures: usize,
    /// Combinations that were tried.
    pub tried: usize,
    /// Pictures that went through the network.
    pub runs: usize,
    /// What these pictures cannot tell.
    pub remarks: Vec<String>,
}

/// Mean differences of a probability below this are rounding.
const ROUNDING: f64 = 1e-5;

pub(super) fn verdict(
    mut finals: Vec<Final>,
    reference: &Reference,
    options: &DoctorOptions,
    (tried, runs): (usize, usize),
    remarks: Vec<String>,
) -> Verdict {
    finals.sort_by(|a, b| a.fit.mean().total_cmp(&b.fit.mean()).then(a.rank.cmp(&b.rank)));
    let pictures = reference.len();
    let tolerance = match reference {
        Reference::Outputs { tolerance, .. } => Some(*tolerance),
        Reference::Labels(_) => None,
    };
    let best: Vec<f64> = finals.first().map(|best| best.fit.losses.clone()).unwrap_or_default();
    let intervals = intervals(&finals, &best, options);
    let mut ranked: Vec<(Ranked, [usize; 7])> = finals
        .into_iter()
        .zip(intervals)
        .map(|(one, [interval, behind])| {
            let is_present = matches!(one.candidate.way, Way::Present(_));
            let ranked = Ranked {
                words: one.candidate.words(),
                is_present,
                mean: one.fit.mean(),
                worst: one.fit.worst(),
                agree: one.fit.agree,
                order: one.fit.order,
                candidate: one.candidate,
                steps: one.steps,
                interval,
                behind,
            };
            (ranked, one.rank)
        })
        .collect();
    // The present steps are one of the others where they are the same ones.
    let repeats = |one: &Ranked, all: &[(Ranked, [usize; 7])]| {
        one.is_present && all.iter().any(|(other, _)| !other.is_present && other.steps == one.steps)
    };
    let known = ranked.clone();
    ranked.retain(|(one, _)| !repeats(one, &known));
    let first = ranked.first().map_or(0.0, |(best, _)| best.mean);
    let is_tied = |one: &Ranked| one.behind.0 <= 0.0 || one.mean - first <= ROUNDING;
    let tied = ranked.iter().take_while(|(one, _)| is_tied(one)).count();
    // Of those that cannot be told apart, the plainest is named first.
    if let Some(together) = ranked.get_mut(..tied) {
        together.sort_by_key(|(_, rank)| *rank);
    }
    let ranked: Vec<Ranked> = ranked.into_iter().map(|(one, _)| one).collect();
    let tied_or_more = tied > 1 && tied + 1 >= ranked.len();
    let reproduced = tolerance.is_some_and(|limit| ranked.first().is_some_and(|winner| winner.worst <= limit));
    Verdict { ranked, tied, tied_or_more, reproduced, tolerance, pictures, tried, runs, remarks }
}

/// 95 % intervals of each mean, and of its distance to the best.
fn intervals(finals: &[Final], best: &[f64], options: &DoctorOptions) -> Vec<[(f64, f64); 2]> {
    let bootstrap = Bootstrap::new(best.len(), None, options.resamples, options.seed);
    let drawn = bootstrap.run(finals.len(), |weights, means| {
        let total: f64 = weights.iter().map(|weight| f64::from(*weight)).sum();
        for (one, mean) in finals.iter().zip(means) {
            let sum: f64 = one.fit.losses.iter().zip(weights).map(|(loss, weight)| loss * f64::from(*weight)).sum();
            *mean = Some(sum / total.max(1.0));
        }
    });
    let of_best = drawn.first().cloned().unwrap_or_default();
    drawn
        .into_iter()
        .map(|means| {
            let behind = means.iter().zip(&of_best).map(|(mean, best)| mean - best).collect();
            [interval(means), interval(behind)]
        })
        .collect()
}

fn interval(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    (percentile(&values, 0.025).unwrap_or(0.0), percentile(&values, 0.975).unwrap_or(0.0))
}
