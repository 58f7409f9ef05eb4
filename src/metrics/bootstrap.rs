//! Resampling with replacement (B. Efron, R. Tibshirani, An introduction to the bootstrap, 1993), of cases or of whole
//! groups, the same on every machine and for every number of threads.

use super::SplitMix64;

/// Resamples unless asked otherwise.
pub const DEFAULT_RESAMPLES: u32 = 2000;
/// Seed unless asked otherwise.
pub const DEFAULT_SEED: u64 = 1;

/// What is drawn, and how often.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    cases: usize,
    /// Cases of each group, where whole groups are drawn.
    members: Option<Vec<Vec<usize>>>,
    resamples: u32,
    seed: u64,
}

impl Bootstrap {
    /// `groups`: number of the group of each case, from 0; then as many groups as there are get drawn, each with all
    /// its cases (cluster bootstrap).
    pub fn new(cases: usize, groups: Option<&[usize]>, resamples: u32, seed: u64) -> Self {
        let members = groups.map(|groups| {
            let count = groups.iter().max().map_or(0, |last| last + 1);
            let mut members = vec![Vec::new(); count];
            for (case, group) in groups.iter().enumerate() {
                if let Some(list) = members.get_mut(*group) {
                    list.push(case);
                }
            }
            members
        });
        Self { cases, members, resamples, seed }
    }

    pub fn resamples(&self) -> u32 {
        self.resamples
    }

    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of groups, where whole groups are drawn.
    pub fn groups(&self) -> Option<usize> {
        self.members.as_ref().map(Vec::len)
    }

    /// How often each case was drawn in resample `number`, into `weights` `[n]`.
    pub fn draw(&self, number: u32, weights: &mut Vec<u32>) {
        weights.clear();
        weights.resize(self.cases, 0);
        let mut random = stream(self.seed, number);
        let units = self.members.as_ref().map_or(self.cases, Vec::len);
        for _ in 0..units {
            let unit = random.below(units);
            match self.members.as_ref().map(|members| members.get(unit)) {
                None => count(weights, unit),
                Some(group) => group.into_iter().flatten().for_each(|case| count(weights, *case)),
            }
        }
    }

    /// Values of `statistics` numbers over all resamples, each list in the order of the resamples; a resample without
    /// a value of a statistic is missing in its list. `evaluate` gets the weights `[n]` and fills the numbers.
    pub fn run<F>(&self, statistics: usize, evaluate: F) -> Vec<Vec<f64>>
    where
        F: Fn(&[u32], &mut [Option<f64>]) + Sync,
    {
        let lanes = std::thread::available_parallelism().map_or(1, usize::from).min(8) as u32;
        let share = self.resamples.div_ceil(lanes).max(1);
        let lane = |from: u32| {
            let mut lists = vec![Vec::new(); statistics];
            let (mut weights, mut values) = (Vec::new(), vec![None; statistics]);
            for number in from..(from.saturating_add(share)).min(self.resamples) {
                self.draw(number, &mut weights);
                values.fill(None);
                evaluate(&weights, &mut values);
                lists.iter_mut().zip(&values).for_each(|(list, value)| list.extend(*value));
            }
            lists
        };
        let lane = &lane;
        std::thread::scope(|scope| {
            let lanes: Vec<_> =
                (0..lanes).map(|number| scope.spawn(move || lane(number.saturating_mul(share)))).collect();
            let mut lists = vec![Vec::new(); statistics];
            for part in lanes {
                match part.join() {
                    Ok(part) => lists.iter_mut().zip(part).for_each(|(list, more)| list.extend(more)),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            lists
        })
    }
}

fn count(weights: &mut [u32], case: usize) {
    if let Some(weight) = weights.get_mut(case) {
        *weight += 1;
    }
}

/// One stream for each resample. Its number is mixed before it meets the seed: neighbouring streams must not be shifts of
/// one another.
fn stream(seed: u64, number: u32) -> SplitMix64 {
    let number = SplitMix64::new(u64::from(number)).next_u64();
    SplitMix64::new(SplitMix64::new(seed ^ number).next_u64())
}

#[cfg(test)]
mod tests {
    use super::super::interval::percentile_interval;
    use super::*;

    fn means(values: &[f64], bootstrap: &Bootstrap) -> Vec<f64> {
        let mean = |weights: &[u32], out: &mut [Option<f64>]| {
            let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * f64::from(*weight)).sum();
            out[0] = Some(sum / f64::from(weights.iter().sum::<u32>()));
        };
        bootstrap.run(1, mean).remove(0)
    }

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let of = |seed| means(&values, &Bootstrap::new(50, None, 300, seed));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_eq!(of(1).len(), 300);
    }

    #[test]
    fn the_spread_of_a_mean_is_the_standard_error() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i % 7)).collect();
        let mut drawn = means(&values, &Bootstrap::new(200, None, 4000, 3));
        let (low, high) = percentile_interval(&mut drawn).unwrap();
        let mean = values.iter().sum::<f64>() / 200.0;
        let error = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 200.0 / 200.0).sqrt();
        assert!(((high - low) / (2.0 * 1.96 * error) - 1.0).abs() < 0.06, "{low} {high} {error}");
    }

    /// 95 % intervals of a share hold the true one about 95 times of 100.
    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let mut random = stream(99, 0);
        let mut covered = 0;
        for trial in 0..300 {
            let values: Vec<f64> = (0..120).map(|_| f64::from(u8::from(random.below(100) < 30))).collect();
            let mut drawn = means(&values, &Bootstrap::new(120, None, 400, trial));
            let (low, high) = percentile_interval(&mut drawn).unwrap();
            covered += u32::from((low..=high).contains(&0.3));
        }
        assert!((270..=297).contains(&covered), "{covered} of 300");
    }

    #[test]
    fn groups_are_drawn_whole() {
        let bootstrap = Bootstrap::new(6, Some(&[0, 0, 1, 1, 1, 2]), 50, 1);
        assert_eq!(bootstrap.groups(), Some(3));
        let mut weights = Vec::new();
        for number in 0..50 {
            bootstrap.draw(number, &mut weights);
            assert!(weights[0] == weights[1] && weights[2] == weights[3] && weights[3] == weights[4]);
            assert_eq!(weights[0] + weights[2] + weights[5], 3);
        }
    }
}
