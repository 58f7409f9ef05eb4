//! Do the probabilities mean what they say? Calibration curve and expected calibration error.

use super::{Measured, Undefined};

/// Bins of equal width.
pub const DEFAULT_BINS: usize = 10;

/// One bin that holds cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Its edges: values above `low` up to and including `high` (the first bin includes 0).
    pub low: f64,
    pub high: f64,
    pub cases: u64,
    /// Mean of the stated probabilities.
    pub mean_stated: f64,
    /// Share of the cases that were so.
    pub share_true: f64,
}

/// Stated probability against observed share in bins of equal width (`sklearn.calibration.calibration_curve`,
/// `strategy="uniform"`). Empty bins are left out. `stated` in 0..=1.
pub fn calibration_curve(stated: &[f64], is_true: &[bool], bins: usize) -> Vec<CalibrationBin> {
    let edges = Edges::new(bins);
    let mut sums = vec![(0_u64, 0.0, 0_u64); edges.bins()];
    for (stated, is_true) in stated.iter().zip(is_true) {
        if let Some((cases, sum, hits)) = sums.get_mut(edges.bin(*stated)) {
            *cases += 1;
            *sum += stated;
            *hits += u64::from(*is_true);
        }
    }
    let filled = sums.into_iter().enumerate().filter(|(_, (cases, ..))| *cases > 0);
    filled
        .map(|(bin, (cases, sum, hits))| CalibrationBin {
            low: edges.edge(bin),
            high: edges.edge(bin + 1),
            cases,
            mean_stated: sum / cases as f64,
            share_true: hits as f64 / cases as f64,
        })
        .collect()
}

/// Expected calibration error: the mean distance between stated and observed share, each bin weighted by its cases
/// (Naeini, Cooper, Hauskrecht, AAAI 2015; Guo et al., On calibration of modern neural networks, ICML 2017, with
/// [`top_label`] values).
pub fn expected_calibration_error(stated: &[f64], is_true: &[bool], bins: usize) -> Measured {
    let curve = calibration_curve(stated, is_true, bins);
    let total: u64 = curve.iter().map(|bin| bin.cases).sum();
    if total == 0 {
        return Err(Undefined::NoCases);
    }
    let distance = |bin: &CalibrationBin| bin.cases as f64 * (bin.share_true - bin.mean_stated).abs();
    Ok(curve.iter().map(distance).sum::<f64>() / total as f64)
}

/// The largest probability of each row of `[n, k]` and whether that class is the reference label.
pub fn top_label(truth: &[usize], probabilities: &[f64], classes: usize) -> (Vec<f64>, Vec<bool>) {
    let rows = truth.iter().zip(probabilities.chunks_exact(classes.max(1)));
    rows.map(|(truth, row)| {
        let top = super::outcomes::largest(row);
        (row.get(top).copied().unwrap_or(0.0), top == *truth)
    })
    .unzip()
}

/// Bin edges `0, 1/bins, …, 1` in `numpy.linspace`'s own rounding, so that a value on an edge falls where
/// scikit-learn puts it.
pub(super) struct Edges {
    inner: Vec<f64>,
}

impl Edges {
    pub(super) fn new(bins: usize) -> Self {
        let step = 1.0 / bins.max(1) as f64;
        Self { inner: (1..bins).map(|edge| edge as f64 * step).collect() }
    }

    pub(super) fn bins(&self) -> usize {
        self.inner.len() + 1
    }

    pub(super) fn bin(&self, value: f64) -> usize {
        self.inner.partition_point(|edge| *edge < value)
    }

    fn edge(&self, number: usize) -> f64 {
        match number.checked_sub(1) {
            None => 0.0,
            Some(inner) => self.inner.get(inner).copied().unwrap_or(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_an_edge_belongs_below_it() {
        let curve = calibration_curve(&[0.0, 0.5, 0.50001, 1.0], &[false, true, true, true], 2);
        assert_eq!(curve.iter().map(|bin| bin.cases).collect::<Vec<_>>(), [2, 2]);
        assert_eq!((curve[0].low, curve[0].high, curve[1].high), (0.0, 0.5, 1.0));
        assert_eq!(curve[0].share_true, 0.5);
    }

    #[test]
    fn the_error_is_the_weighted_distance() {
        let error = expected_calibration_error(&[0.9, 0.9, 0.3], &[true, false, false], 10);
        assert!((error.unwrap() - (2.0 * 0.4 + 0.3) / 3.0).abs() < 1e-12);
        assert_eq!(expected_calibration_error(&[], &[], 10), Err(Undefined::NoCases));
    }
}
