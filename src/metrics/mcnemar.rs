//! McNemar's test of two classifiers on the same cases, exact (Q. McNemar, Psychometrika 1947), and the binomial sums
//! it needs.

/// The discordant cases and what they say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct McNemar {
    pub only_a_right: u64,
    pub only_b_right: u64,
    /// Exact, two-sided (`statsmodels.stats.contingency_tables.mcnemar(exact=True)`); 1 where nothing is discordant.
    pub p_exact: f64,
    /// Mid-p, less conservative (M. Fagerland, S. Lydersen, P. Laake, BMC Medical Research Methodology 2013, 13:91).
    pub p_mid: f64,
}

pub fn mcnemar(only_a_right: u64, only_b_right: u64) -> McNemar {
    let (fewer, discordant) = (only_a_right.min(only_b_right), only_a_right + only_b_right);
    let at_most = log_sum((0..=fewer).map(|hits| log_binomial(hits, discordant, 0.5)));
    let exactly = log_binomial(fewer, discordant, 0.5).exp();
    let p_exact = (2.0 * at_most).min(1.0);
    let p_mid = if only_a_right == only_b_right { 1.0 - 0.5 * exactly } else { (2.0 * at_most - exactly).min(1.0) };
    // Nothing discordant: no evidence at all.
    let p_mid = if discordant == 0 { 1.0 } else { p_mid };
    McNemar { only_a_right, only_b_right, p_exact, p_mid }
}

/// Chance of `hits` or more of `of` where each has `probability` (`scipy.stats.binomtest(alternative="greater")`).
pub fn binomial_at_least(hits: u64, of: u64, probability: f64) -> f64 {
    if hits == 0 || probability >= 1.0 {
        return 1.0;
    }
    if probability <= 0.0 {
        return 0.0;
    }
    log_sum((hits..=of).map(|hits| log_binomial(hits, of, probability))).min(1.0)
}

/// Natural logarithm of the binomial probability of exactly `hits` of `of`.
fn log_binomial(hits: u64, of: u64, probability: f64) -> f64 {
    let (k, n) = (hits as f64, of as f64);
    let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    ways + k * probability.ln() + (n - k) * (-probability).ln_1p()
}

/// Sum of the exponentials, smallest first.
fn log_sum(logs: impl Iterator<Item = f64>) -> f64 {
    let mut terms: Vec<f64> = logs.map(f64::exp).collect();
    terms.sort_unstable_by(f64::total_cmp);
    terms.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_tables_by_hand() {
        // 1 of 4: 2 (1 + 4) / 16; mid-p without one half of each tail's last term.
        let test = mcnemar(1, 3);
        assert!((test.p_exact - 10.0 / 16.0).abs() < 1e-12 && (test.p_mid - 6.0 / 16.0).abs() < 1e-12);
        let equal = mcnemar(2, 2);
        assert!((equal.p_exact - 1.0).abs() < 1e-12 && (equal.p_mid - (1.0 - 3.0 / 16.0)).abs() < 1e-12);
        assert_eq!((mcnemar(0, 0).p_exact, mcnemar(0, 0).p_mid), (1.0, 1.0));
        assert_eq!(mcnemar(3, 1).p_exact, test.p_exact);
    }

    #[test]
    fn binomial_tails() {
        assert!((binomial_at_least(2, 3, 0.5) - 0.5).abs() < 1e-12);
        assert_eq!(binomial_at_least(0, 3, 0.2), 1.0);
        assert_eq!(binomial_at_least(1, 3, 0.0), 0.0);
        assert_eq!(binomial_at_least(3, 3, 1.0), 1.0);
    }
}
