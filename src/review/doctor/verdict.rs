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
    /// True for what the model says now, also where it is one of the recipes.
    pub is_present: bool,
    /// `order[c]` is the model's output that stands for class `c`.
    pub order: Vec<usize>,
    /// Mean over the pictures: largest difference of a probability, or log loss.
    pub mean: f64,
    /// 95 %, percentile bootstrap over pictures.
    pub interval: (f64, f64),
    /// Of all pictures.
    pub worst: f64,
    /// The picture that it fits worst, by its place.
    pub worst_picture: usize,
    /// True where that one picture rules it out, however well the others fit.
    pub contradicted: bool,
    /// Pictures that do not rule it out; all of them where the reference is labels.
    pub fits: usize,
    /// Pictures whose best class is the reference's.
    pub agree: usize,
    /// How much worse than the first in the mean, 95 %, paired bootstrap over pictures.
    pub behind: (f64, f64),
}

/// What the examination found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The best first; those that a picture contradicts are last.
    pub ranked: Vec<Ranked>,
    /// How many of the first cannot be told apart with these pictures, the winner among them; the present setting is first
    /// where it is one of them.
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
    /// What the pictures are called, in the reference's order.
    pub names: Vec<String>,
}

/// Mean differences of a probability below this are rounding.
const ROUNDING: f64 = 1e-5;
/// Where nothing reproduces the outputs: a picture contradicts a way that is off by so many times what the steadiest way is
/// off at most.
const MUCH_WORSE: f64 = 4.0;

/// `names` are those of the pictures.
pub(super) fn verdict(
    mut finals: Vec<Final>,
    reference: &Reference,
    options: &DoctorOptions,
    (tried, runs): (usize, usize),
    remarks: Vec<String>,
    names: Vec<String>,
) -> Verdict {
    let pictures = reference.len();
    let tolerance = match reference {
        Reference::Outputs { tolerance, .. } => Some(*tolerance),
        Reference::Labels(_) => None,
    };
    let limit = tolerance.map(|tolerance| bearable(&finals, tolerance));
    let is_contradicted = |fit: &Fit| limit.is_some_and(|limit| fit.worst() > limit);
    finals.sort_by(|a, b| {
        let ruled_out = is_contradicted(&a.fit).cmp(&is_contradicted(&b.fit));
        ruled_out.then(a.fit.mean().total_cmp(&b.fit.mean())).then(a.rank.cmp(&b.rank))
    });
    let best: Vec<f64> = finals.first().map(|best| best.fit.losses.clone()).unwrap_or_default();
    let intervals = intervals(&finals, &best, options);
    let mut ranked: Vec<(Ranked, [usize; 7])> = finals
        .into_iter()
        .zip(intervals)
        .map(|(one, [interval, behind])| {
            let ranked = Ranked {
                words: one.candidate.words(),
                is_present: matches!(one.candidate.way, Way::Present(_)),
                mean: one.fit.mean(),
                worst: one.fit.worst(),
                worst_picture: one.fit.worst_picture(),
                contradicted: is_contradicted(&one.fit),
                fits: one.fit.losses.iter().filter(|loss| limit.is_none_or(|limit| **loss <= limit)).count(),
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
    merge_present(&mut ranked);
    let first = ranked.first().map(|(best, _)| best.clone());
    let is_tied = |one: &Ranked| first.as_ref().is_some_and(|first| cannot_be_told(one, first, tolerance.is_some()));
    // Of those that cannot be told apart, the plainest is named first: what the model says now, where it is one of them.
    let (mut together, behind): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|(one, _)| is_tied(one));
    together.sort_by_key(|(_, rank)| *rank);
    let tied = together.len();
    let ranked: Vec<Ranked> = together.into_iter().chain(behind).map(|(one, _)| one).collect();
    let tied_or_more = tied > 1 && tied + 1 >= ranked.iter().filter(|one| !one.contradicted).count();
    let reproduced = tolerance.is_some_and(|limit| ranked.first().is_some_and(|winner| winner.worst <= limit));
    Verdict { ranked, tied, tied_or_more, reproduced, tolerance, pictures, tried, runs, remarks, names }
}

/// What a single picture may be off by: the tolerance where some way keeps to it.
fn bearable(finals: &[Final], tolerance: f64) -> f64 {
    let steadiest = finals.iter().map(|one| one.fit.worst()).fold(f64::INFINITY, f64::min);
    if steadiest <= tolerance { tolerance } else { steadiest * MUCH_WORSE }
}

/// The present steps are often one of the recipes: that one stays, as what the model says now.
fn merge_present(ranked: &mut Vec<(Ranked, [usize; 7])>) {
    let Some((place, steps, rank)) = ranked
        .iter()
        .enumerate()
        .find_map(|(place, (one, rank))| one.is_present.then(|| (place, one.steps.clone(), *rank)))
    else {
        return;
    };
    let same = ranked.iter_mut().find(|(one, _)| !one.is_present && one.candidate.model == 0 && one.steps == steps);
    if let Some((one, own_rank)) = same {
        (one.is_present, *own_rank) = (true, rank);
        ranked.remove(place);
    }
}

/// True where the pictures do not tell `one` from the best. A label says which class is right, not how sure a model was:
/// with as many right, overlapping intervals tell nothing, even where one is a little surer of every picture.
fn cannot_be_told(one: &Ranked, best: &Ranked, of_outputs: bool) -> bool {
    if one.contradicted != best.contradicted {
        return false;
    }
    let overlap = one.interval.0 <= best.interval.1 && best.interval.0 <= one.interval.1;
    let alike = !of_outputs && one.agree == best.agree && overlap;
    one.behind.0 <= 0.0 || one.mean - best.mean <= ROUNDING || alike
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::{Filter, Library, Recipe, Resampler, Scale};

    fn way(filter: Filter, losses: &[f64], agree: usize, rank: usize) -> Final {
        let recipe = Recipe::plain(Resampler::new(Library::Pillow, filter), Scale::Unit);
        let candidate = Candidate { model: 0, way: Way::Recipe(recipe, Some([8, 8])) };
        let fit = Fit { order: vec![0, 1], losses: losses.to_vec(), agree };
        Final { steps: candidate.steps(3), candidate, fit, rank: [rank; 7] }
    }

    fn present(like: &Final) -> Final {
        let candidate = Candidate { model: 0, way: Way::Present(like.steps.clone()) };
        Final { candidate, steps: like.steps.clone(), fit: like.fit.clone(), rank: [0; 7] }
    }

    fn of(finals: Vec<Final>, reference: &Reference) -> Verdict {
        let names = (0..reference.len()).map(|number| format!("{number}.png")).collect();
        verdict(finals, reference, &DoctorOptions::default(), (2, 2), Vec::new(), names)
    }

    /// Thirty-two of 32 are right either way, and the sharper filter is a little surer of each: that tells nothing.
    #[test]
    fn a_surer_way_with_as_many_right_is_no_better() {
        let losses: Vec<f64> = (0..32).map(|number| 0.02 + 0.01 * f64::from(number % 7)).collect();
        let surer: Vec<f64> = losses.iter().map(|loss| loss * 0.9).collect();
        let finals = |agree| {
            let now = way(Filter::Bilinear, &losses, agree, 2);
            vec![way(Filter::Lanczos, &surer, 32, 1), present(&now), now]
        };
        let labels = Reference::Labels(vec![0; 32]);
        let verdict = of(finals(32), &labels);
        assert_eq!((verdict.ranked.len(), verdict.tied, verdict.advises_change()), (2, 2, false));
        let first = verdict.winner().unwrap();
        assert!(first.is_present && first.words.contains("bilinear") && first.behind.0 > 0.0, "{first:?}");
        // With fewer right, what excludes chance counts, and the present way has its place.
        let verdict = of(finals(30), &labels);
        assert_eq!((verdict.tied, verdict.advises_change()), (1, true));
        let (place, now) = verdict.present().unwrap();
        assert_eq!((place, now.agree), (1, 30));
    }

    #[test]
    fn a_single_picture_rules_a_way_out() {
        let (mut off, right) = (vec![0.0; 30], vec![1e-6; 30]);
        off[23] = 0.3;
        let reference = Reference::Outputs { scores: vec![vec![0.5, 0.5]; 30], named: true, tolerance: 2e-4 };
        let wrong = way(Filter::Bilinear, &off, 30, 1);
        let verdict = of(vec![present(&wrong), wrong, way(Filter::Lanczos, &right, 30, 2)], &reference);
        assert!(verdict.reproduced && verdict.tied == 1 && verdict.winner().unwrap().words.contains("lanczos"));
        let (place, now) = verdict.present().unwrap();
        assert_eq!((place, now.contradicted, now.fits, now.worst_picture), (1, true, 29, 23));
    }

    /// Where another decoder made the outputs, nothing reproduces them; what is far off on one picture is out all the same.
    #[test]
    fn without_a_reproduction_the_steadiest_way_sets_the_limit() {
        let (steady, mut jumpy) = (vec![0.01; 30], vec![0.001; 30]);
        jumpy[4] = 0.2;
        let reference = Reference::Outputs { scores: vec![vec![0.5, 0.5]; 30], named: true, tolerance: 2e-4 };
        let verdict = of(vec![way(Filter::Bilinear, &jumpy, 30, 1), way(Filter::Box, &steady, 30, 2)], &reference);
        assert!(!verdict.reproduced && verdict.winner().unwrap().words.contains("box"), "{verdict:?}");
        assert!(verdict.ranked[1].contradicted);
    }
}
