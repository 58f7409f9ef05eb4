//! Do several methods say the same, and are they several at all?
//!
//! At the last feature map before global average pooling and one linear layer, CAM, Grad-CAM, HiResCAM and XGrad-CAM are
//! one map up to a positive factor (Selvaraju et al., Grad-CAM, ICCV 2017, section 3.1; Draelos and Carin, HiResCAM,
//! 2020). Four such pictures are one opinion, so maps are first grouped, and only groups are compared.

use ndarray::{Array2, ArrayView2};

use super::faithfulness::spearman;

/// Largest deviation, as a share of the map's norm, of maps that count as one: rounding of 32-bit sums over channels
/// stays below, different methods do not.
const SAME: f64 = 1e-3;

/// Opinions and how far they agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Indices of maps that are one up to a positive factor; groups and members in the order given.
    pub groups: Vec<Vec<usize>>,
    /// Spearman's rank correlation between the groups, `[groups, groups]`, NaN where one is constant.
    pub correlation: Array2<f64>,
}

impl Agreement {
    /// The mean correlation over all pairs of groups; `None` where there is one opinion only, or one without a
    /// correlation.
    pub fn mean(&self) -> Option<f64> {
        let pairs = self.correlation.indexed_iter().filter(|((row, col), _)| row < col);
        let (sum, count) = pairs.fold((0.0, 0), |(sum, count), (_, value)| (sum + value, count + 1));
        let mean = sum / f64::from(count);
        mean.is_finite().then_some(mean)
    }
}

/// Groups and compares raw signed maps; `None` where their shapes differ: enlarge them to one size first.
pub fn agreement(maps: &[ArrayView2<'_, f32>]) -> Option<Agreement> {
    if maps.windows(2).any(|pair| matches!(pair, [a, b] if a.dim() != b.dim())) {
        return None;
    }
    let mut groups: Vec<(ArrayView2<'_, f32>, Vec<usize>)> = Vec::new();
    for (index, map) in maps.iter().enumerate() {
        match groups.iter_mut().find(|(first, _)| same_up_to_scale(*first, *map)) {
            Some((_, members)) => members.push(index),
            None => groups.push((*map, vec![index])),
        }
    }
    let between = |row: usize, col: usize| {
        let (a, b) = (&groups.get(row)?.0, &groups.get(col)?.0);
        spearman(a.iter().copied(), b.iter().copied())
    };
    let correlation =
        Array2::from_shape_fn((groups.len(), groups.len()), |(row, col)| between(row, col).unwrap_or(f64::NAN));
    Some(Agreement { groups: groups.into_iter().map(|(_, members)| members).collect(), correlation })
}

/// True where `b = s a` for some `s > 0`, up to rounding; two maps that are all zero are the same.
fn same_up_to_scale(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> bool {
    let dot = |a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>| -> f64 {
        a.iter().zip(b.iter()).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
    };
    let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
    if aa == 0.0 || bb == 0.0 {
        return aa == bb;
    }
    let scale = ab / aa;
    let left: f64 = a.iter().zip(b.iter()).map(|(a, b)| (f64::from(*b) - scale * f64::from(*a)).powi(2)).sum();
    scale > 0.0 && left <= SAME * SAME * bb
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;

    #[test]
    fn maps_that_differ_by_a_factor_are_one_opinion() {
        let a = pattern() - 4.0;
        let scaled = a.mapv(|value| value * 64.0 * (1.0 + f32::EPSILON));
        let against = &a * -1.0;
        let shifted = &a + 0.5;
        let found = agreement(&[a.view(), scaled.view(), against.view(), shifted.view()]).unwrap();
        assert_eq!(found.groups, [vec![0, 1], vec![2], vec![3]]);
        assert_eq!(found.correlation[[0, 1]], -1.0);
        assert_eq!(found.correlation[[0, 2]], 1.0);
        assert!((found.mean().unwrap() - (-1.0 / 3.0)).abs() < 1e-12, "of 1, -1 and -1");
    }

    #[test]
    fn one_opinion_agrees_with_nobody() {
        let a = pattern();
        let found = agreement(&[a.view(), (&a * 2.0).view()]).unwrap();
        assert_eq!((found.groups.len(), found.mean()), (1, None));
        assert_eq!(agreement(&[]).unwrap().groups.len(), 0);
    }

    #[test]
    fn empty_evidence_is_a_group_of_its_own_and_other_shapes_are_not_compared() {
        let a = pattern();
        let nothing = Array2::zeros(a.dim());
        let found = agreement(&[a.view(), nothing.view(), nothing.view()]).unwrap();
        assert_eq!(found.groups, [vec![0], vec![1, 2]]);
        assert_eq!(found.mean(), None);
        assert_eq!(agreement(&[a.view(), a.t()]), None);
    }
}
