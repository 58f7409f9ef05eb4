//! How far a vector lies from the reference cases, over all depths of the network that were read.
//!
//! Each depth has a [`Gaussian`] of its own. Its distances are counted in standard deviations from the mean of the
//! reference cases' own (each to the others), and the mean over the depths is the distance. Why several: what is strange
//! about a picture may show in early layers (values, edges) and be gone in the last one, or the other way round (Anthony
//! and Kamnitsas 2023, "On the use of Mahalanobis distance for out-of-distribution detection with neural networks for
//! medical imaging", arXiv:2309.01488; Lee et al. 2018 for the sum over layers).

use std::ops::Range;

use ndarray::{ArrayView2, s};

use super::gaussian::Gaussian;
use super::{Part, Usual};

/// Fitted depths.
pub(super) struct Depths(Vec<Depth>);

struct Depth {
    /// Its numbers in a vector.
    range: Range<usize>,
    gaussian: Gaussian,
    usual: Usual,
}

impl Depths {
    /// True where [`fit`](Self::fit) has something to fit at each depth, which takes far longer: the vectors are finite, not
    /// all alike, and their usual distances were measured.
    pub fn can_fit(features: ArrayView2<'_, f32>, parts: &[Part]) -> bool {
        let differ = |range: Range<usize>| {
            let own = features.slice(s![.., range]);
            let first = own.row(0);
            own.outer_iter().any(|row| row != first)
        };
        features.nrows() >= 2
            && features.iter().all(|value| value.is_finite())
            && ranges(parts).zip(parts).all(|(range, part)| part.usual.is_some() && differ(range))
    }

    /// Fits the Gaussians of `parts`, whose distances were measured before. `None` where the vectors of one are all alike.
    pub fn fit(features: ArrayView2<'_, f32>, parts: &[Part]) -> Option<Self> {
        let fitted = ranges(parts).zip(parts).map(|(range, part)| {
            let gaussian = Gaussian::fit(features.slice(s![.., range.clone()]))?;
            Some(Depth { range, gaussian, usual: part.usual? })
        });
        fitted.collect::<Option<Vec<Depth>>>().map(Self)
    }

    /// Measures how far the cases lie from the others at each depth, into `parts`, and gives each case's distance. A
    /// depth at which all cases are alike says nothing and makes this `None`.
    pub fn measure(features: ArrayView2<'_, f32>, parts: &mut [Part]) -> Option<Vec<f64>> {
        let mut sums = vec![0.0; features.nrows()];
        let count = parts.len() as f64;
        let ranges: Vec<Range<usize>> = ranges(parts).collect();
        for (range, part) in ranges.into_iter().zip(parts) {
            let own = features.slice(s![.., range]);
            let gaussian = Gaussian::fit(own)?;
            let distances: Vec<f64> = own.outer_iter().map(|row| gaussian.distance_without(&row.to_vec())).collect();
            let usual = Usual::of(&distances)?;
            part.usual = Some(usual);
            sums.iter_mut().zip(distances).for_each(|(sum, distance)| *sum += usual.beyond(distance) / count);
        }
        Some(sums)
    }

    /// The distance of a vector of the fitted length.
    pub fn distance(&self, features: &[f32]) -> f64 {
        let beyond = |depth: &Depth| {
            let own = features.get(depth.range.clone()).unwrap_or_default();
            depth.usual.beyond(depth.gaussian.distance(own))
        };
        self.0.iter().map(beyond).sum::<f64>() / self.0.len().max(1) as f64
    }
}

/// Where the numbers of each part lie in a vector.
pub(super) fn ranges(parts: &[Part]) -> impl Iterator<Item = Range<usize>> + '_ {
    parts.iter().scan(0usize, |from, part| {
        let range = *from..from.saturating_add(part.dims);
        *from = range.end;
        Some(range)
    })
}

impl Usual {
    /// Of some distances; `None` where they do not differ.
    pub(super) fn of(distances: &[f64]) -> Option<Self> {
        let count = distances.len() as f64;
        let mean = distances.iter().sum::<f64>() / count;
        let deviation = (distances.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / count).sqrt();
        let usual = Self { mean, deviation };
        usual.is_sound().then_some(usual)
    }

    /// In standard deviations beyond the mean.
    pub(super) fn beyond(self, distance: f64) -> f64 {
        (distance - self.mean) / self.deviation
    }

    pub(super) fn is_sound(self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::metrics::SplitMix64;
    use crate::onnx::{FeatureAxes, FeatureTap};

    fn part(dims: usize) -> Part {
        let tap = FeatureTap { tensor: "t".to_owned(), axes: FeatureAxes::ChannelsFirst };
        Part { tap, words: String::new(), dims, scale: 1.0, usual: None }
    }

    /// 24-bit uniform numbers; column `c` is `c + 1` times as wide.
    fn vectors(count: usize, dims: usize) -> Array2<f32> {
        let mut random = SplitMix64::new(11);
        Array2::from_shape_fn((count, dims), |(_, col)| {
            (random.next_u64() >> 40) as f32 / 16_777_216.0 * (1.0 + col as f32)
        })
    }

    /// scikit-learn 1.9.1 (`LedoitWolf` for each part: location, covariance, shrinkage) and numpy 2.4.6 (each case left out
    /// with the same shrinkage and ridge, mean and standard deviation of these distances), f64; tolerance 1e-9 relative.
    /// `tests/pins/reference.py` prints them.
    #[test]
    fn two_depths_are_as_far_as_their_mean() {
        let all = vectors(33, 9);
        let fitted = all.slice(s![..30, ..]);
        let mut parts = [part(4), part(5)];
        let own = Depths::measure(fitted, &mut parts).unwrap();
        let depths = Depths::fit(fitted, &parts).unwrap();
        let mut far = all.row(31).to_vec();
        far.iter_mut().for_each(|value| *value *= 3.0);
        let found = [own[0], own[29], depths.distance(&all.row(30).to_vec()), depths.distance(&far)];
        for (found, known) in found.into_iter().zip(PINNED) {
            assert!((found - known).abs() < 1e-9 * known.abs().max(1.0), "{found} is not {known}");
        }
        let mean = own.iter().sum::<f64>() / 30.0;
        assert!(mean.abs() < 1e-12, "in units of the cases themselves, their mean is 0: {mean}");
    }

    const PINNED: [f64; 4] = [-0.5833769527228092, 0.2654132726345515, -0.3841769279100577, 9.413857130325951];

    #[test]
    fn a_depth_that_tells_nothing_apart_is_refused() {
        let mut same = vectors(30, 9);
        same.slice_mut(s![.., 4..]).fill(0.5);
        assert!(Depths::measure(same.view(), &mut [part(4), part(5)]).is_none());
        assert!(Depths::fit(vectors(30, 9).view(), &[part(4), part(5)]).is_none(), "nothing was measured");
        assert!(!Depths::can_fit(vectors(30, 9).view(), &[part(4), part(5)]), "nothing was measured");
        let measured = |dims| Part { usual: Some(Usual { mean: 1.0, deviation: 1.0 }), ..part(dims) };
        assert!(!Depths::can_fit(same.view(), &[measured(4), measured(5)]));
        assert!(Depths::can_fit(vectors(30, 9).view(), &[measured(4), measured(5)]));
    }
}
