//! A number with its interval: Wilson and DeLong where cases are independent, the bootstrap for the rest and wherever
//! several cases share a group.

use super::interval::percentile_interval;
use super::{Bootstrap, Interval, Measured, Method, Outcomes, Prepared, Proportion, Statistic, Undefined};

/// A number, its 95 % interval, and how many cases it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub value: Measured,
    pub interval: Result<Interval, Undefined>,
    /// Cases in the denominator.
    pub cases: u64,
}

/// Bootstrapped statistics of one set of outcomes.
pub struct Estimator {
    values: Vec<(Statistic, Option<f64>, Result<Interval, Undefined>)>,
    dependent: bool,
    cases: u64,
}

/// Case visits that resampling may take in all; beyond it there are fewer resamples, at least 200.
const MOST_VISITS: u64 = 500_000_000;

impl Estimator {
    /// Computes `statistics` on all cases and on `resamples` (fewer where [`Estimator::affordable`] says so).
    pub fn new(outcomes: &Outcomes, statistics: &[Statistic], bins: usize, resamples: u32, seed: u64) -> Self {
        let prepared = Prepared::new(outcomes, bins);
        let bootstrap = Bootstrap::new(outcomes.len(), outcomes.groups(), Self::affordable(outcomes, resamples), seed);
        let mut whole = vec![None; statistics.len()];
        prepared.evaluate(statistics, &vec![1; outcomes.len()], &mut whole);
        let drawn = bootstrap.run(statistics.len(), |weights, out| prepared.evaluate(statistics, weights, out));
        let values = statistics.iter().zip(whole).zip(drawn);
        Self {
            values: values
                .map(|((statistic, value), drawn)| (*statistic, value, interval(drawn, &bootstrap)))
                .collect(),
            dependent: outcomes.groups().is_some(),
            cases: outcomes.len() as u64,
        }
    }

    /// Resamples that stay within a few seconds.
    pub fn affordable(outcomes: &Outcomes, resamples: u32) -> u32 {
        let visits = outcomes.len() as u64 * (2 + outcomes.classes() as u64);
        let most = MOST_VISITS.checked_div(visits).unwrap_or(u64::from(u32::MAX)).max(200);
        resamples.min(u32::try_from(most).unwrap_or(u32::MAX))
    }

    /// A bootstrapped number. `reason`: why it does not exist, where it does not.
    pub fn get(&self, statistic: Statistic, reason: Undefined) -> Estimate {
        let found = self.values.iter().find(|(known, ..)| *known == statistic);
        let value = found.and_then(|(_, value, _)| *value).ok_or(reason);
        let interval = found.map_or(Err(reason), |(.., interval)| *interval);
        Estimate { value, interval: value.and(interval), cases: self.cases }
    }

    /// A share: Wilson's interval where the cases are independent, else this bootstrap's.
    pub fn proportion(&self, share: Proportion, statistic: Statistic) -> Estimate {
        let interval = if self.dependent { self.get(statistic, share.none).interval } else { share.interval() };
        Estimate { value: share.value(), interval, cases: share.of }
    }

    /// True where several cases share a group.
    pub fn dependent(&self) -> bool {
        self.dependent
    }
}

/// The percentile interval of one statistic's resamples.
pub(super) fn interval(mut drawn: Vec<f64>, bootstrap: &Bootstrap) -> Result<Interval, Undefined> {
    let used = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
    let (low, high) = percentile_interval(&mut drawn).ok_or(Undefined::NoCases)?;
    if high - low <= 1e-12 {
        return Err(Undefined::NoSpread);
    }
    let (resamples, seed, groups) = (bootstrap.resamples(), bootstrap.seed(), bootstrap.groups());
    Ok(Interval { low, high, method: Method::Bootstrap { resamples, used, seed, groups } })
}
