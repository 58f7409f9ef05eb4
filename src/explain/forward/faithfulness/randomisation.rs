//! The weight-randomisation check: Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018.
//!
//! A map of the model and a map of the same model with scrambled weights must differ: a method that draws the same
//! picture for both shows the image, not the model. Here are the measures of likeness; the scrambling is done where
//! the graph is.

use ndarray::ArrayView2;

use super::{spearman, ssim};

/// How alike two maps are: near 1, scrambling changed nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapSimilarity {
    /// Spearman's rank correlation of the signed values; `None` where a map is constant.
    pub rank: Option<f64>,
    /// The same of the magnitudes: the sign of a scrambled model's evidence means little.
    pub rank_of_magnitudes: Option<f64>,
    /// Structural similarity after each map was divided by its own largest magnitude, range 2; `None` below 7 x 7.
    pub ssim: Option<f64>,
}

/// Compares two maps of one shape; `None` for different shapes, and for maps without any finite evidence.
pub fn compare_maps(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Option<MapSimilarity> {
    if a.dim() != b.dim() {
        return None;
    }
    let (peak_a, peak_b) = (peak(a)?, peak(b)?);
    let values = |map: ArrayView2<'_, f32>, of: fn(f32) -> f32| map.iter().map(|v| of(*v)).collect::<Vec<_>>();
    let rank = |of: fn(f32) -> f32| spearman(values(a, of), values(b, of));
    Some(MapSimilarity {
        rank: rank(|value| value),
        rank_of_magnitudes: rank(f32::abs),
        ssim: ssim(a.mapv(|value| value / peak_a).view(), b.mapv(|value| value / peak_b).view(), 2.0),
    })
}

/// The largest magnitude; `None` for a map that is all zero or has values that are no finite numbers.
fn peak(map: ArrayView2<'_, f32>) -> Option<f32> {
    let peak = map.iter().map(|value| value.abs()).fold(0.0, f32::max);
    (peak > 0.0 && map.iter().all(|value| value.is_finite())).then_some(peak)
}

#[cfg(test)]
mod tests {
    use super::super::rank_correlation::tests::other;
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;
    use ndarray::Array2;

    #[test]
    fn unlike_maps_are_told_from_scaled_ones() {
        let (a, b) = (pattern(), other());
        let near = compare_maps(a.view(), (&a + &(&b * 0.5)).view()).unwrap();
        // scikit-image 0.26.0: structural_similarity of both divided by their maxima, data_range=2.
        assert!((near.ssim.unwrap() - 0.823_362_888_940_403_1).abs() < 1e-6, "{near:?}");
        let same = compare_maps(a.view(), (&a * 3.0).view()).unwrap();
        assert_eq!(same.rank, Some(1.0));
        assert!((same.ssim.unwrap() - 1.0).abs() < 1e-6);
        let far = compare_maps(a.view(), b.view()).unwrap();
        assert!(far.rank.unwrap().abs() < 0.1 && far.ssim.unwrap() < 0.5, "{far:?}");
    }

    #[test]
    fn a_flipped_sign_is_seen_by_the_signed_rank_only() {
        let a = pattern() + 1.0;
        let flipped = compare_maps(a.view(), (&a * -1.0).view()).unwrap();
        assert_eq!((flipped.rank, flipped.rank_of_magnitudes), (Some(-1.0), Some(1.0)));
    }

    #[test]
    fn maps_without_evidence_or_of_other_shapes_are_not_compared() {
        let a = pattern();
        assert_eq!(compare_maps(a.view(), a.t()), None);
        assert_eq!(compare_maps(a.view(), Array2::zeros(a.dim()).view()), None);
        assert_eq!(compare_maps(a.view(), a.mapv(|_| f32::NAN).view()), None);
    }
}
