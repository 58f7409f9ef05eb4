//! Proportions and the interval beside a number.

use super::{LEVEL, Measured, Undefined, Z_95};

/// A 95 % interval and how it was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    pub method: Method,
}

/// How an interval was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Wilson's score interval, of independent cases.
    Wilson,
    /// Percentile bootstrap: `used` of `resamples` resamples had a value. `groups`: whole groups were drawn, that many.
    Bootstrap { resamples: u32, used: u32, seed: u64, groups: Option<usize> },
    /// AUC +- 1.96 standard errors after DeLong, cut to 0..1.
    DeLong,
}

impl Method {
    /// Its name as files and tables carry it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wilson => "wilson",
            Self::Bootstrap { groups: None, .. } => "bootstrap percentile",
            Self::Bootstrap { groups: Some(_), .. } => "bootstrap percentile, by group",
            Self::DeLong => "delong",
        }
    }
}

/// `hits` of `of` cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    pub hits: u64,
    pub of: u64,
    /// Why there is no value where `of` is 0.
    pub none: Undefined,
}

impl Proportion {
    pub fn value(&self) -> Measured {
        if self.of == 0 { Err(self.none) } else { Ok(self.hits as f64 / self.of as f64) }
    }

    /// Wilson's interval.
    pub fn interval(&self) -> Result<Interval, Undefined> {
        let (low, high) = wilson(self.hits, self.of).ok_or(self.none)?;
        Ok(Interval { low, high, method: Method::Wilson })
    }
}

/// Wilson's score interval at 95 %, without continuity correction (E. B. Wilson, Probable inference, the law of
/// succession, and statistical inference, JASA 1927; statsmodels `proportion_confint(method="wilson")`). `None` for
/// no case.
pub fn wilson(hits: u64, of: u64) -> Option<(f64, f64)> {
    if of == 0 || hits > of {
        return None;
    }
    let (n, p, z2) = (of as f64, hits as f64 / of as f64, Z_95 * Z_95);
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // Exact at the ends, where rounding would leave 1e-17 or so.
    let low = if hits == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if hits == of { 1.0 } else { (centre + half).min(1.0) };
    Some((low, high))
}

/// Quantile of sorted values, linear between neighbours (`numpy.quantile`'s default).
pub fn percentile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    let (low, high) = (sorted.get(below as usize)?, sorted.get((below as usize + 1).min(last))?);
    Some(low + (high - low) * (place - below))
}

/// The 95 % percentile interval of values; sorts them. `None` for none.
pub(super) fn percentile_interval(values: &mut [f64]) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - LEVEL) / 2.0;
    Some((percentile(values, tail)?, percentile(values, 1.0 - tail)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_stays_inside_and_is_never_empty() {
        for of in 1..40 {
            for hits in 0..=of {
                let (low, high) = wilson(hits, of).unwrap();
                let p = hits as f64 / of as f64;
                assert!((0.0..=p).contains(&low) && (p..=1.0).contains(&high) && high > low);
            }
        }
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(2, 1), None);
    }

    #[test]
    fn quantiles_are_linear_between_neighbours() {
        assert_eq!(percentile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(percentile(&[5.0], 0.1), Some(5.0));
        assert_eq!(percentile(&[], 0.5), None);
    }
}
