//! The range of evidence that one set of colours stands for, shared by all maps that are compared.

use ndarray::ArrayView2;

/// A range in the map's own units (for gradient methods: logits).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    pub low: f32,
    pub high: f32,
}

impl Scale {
    /// From 0 to the largest positive value of all maps; `None` where none has any: a message then, not a stretched
    /// rainbow. Values that are no finite numbers do not count.
    pub fn positive<'a>(maps: impl IntoIterator<Item = ArrayView2<'a, f32>>) -> Option<Self> {
        let high = largest(maps, |value| value);
        (high > 0.0).then_some(Self { low: 0.0, high })
    }

    /// From `-m` to `m`, the largest magnitude of all maps; `None` where all are zero.
    pub fn signed<'a>(maps: impl IntoIterator<Item = ArrayView2<'a, f32>>) -> Option<Self> {
        let high = largest(maps, f32::abs);
        (high > 0.0).then_some(Self { low: -high, high })
    }

    /// Where a value lies: 0 at `low`, 1 at `high`, not cut.
    pub fn share(self, value: f32) -> f32 {
        (value - self.low) / (self.high - self.low)
    }

    /// True where it can be drawn: two finite ends in ascending order.
    pub fn is_usable(self) -> bool {
        self.low.is_finite() && self.high.is_finite() && self.low < self.high
    }
}

fn largest<'a>(maps: impl IntoIterator<Item = ArrayView2<'a, f32>>, of: fn(f32) -> f32) -> f32 {
    let in_map =
        |map: ArrayView2<'a, f32>| map.iter().copied().filter(|value| value.is_finite()).map(of).fold(0.0, f32::max);
    maps.into_iter().map(in_map).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn one_scale_covers_all_maps() {
        let (weak, strong) = (array![[0.5, -4.0]], array![[2.0, f32::NAN, f32::INFINITY]]);
        assert_eq!(Scale::positive([weak.view(), strong.view()]), Some(Scale { low: 0.0, high: 2.0 }));
        assert_eq!(Scale::signed([weak.view(), strong.view()]), Some(Scale { low: -4.0, high: 4.0 }));
        assert_eq!(Scale { low: -4.0, high: 4.0 }.share(2.0), 0.75);
    }

    #[test]
    fn without_positive_evidence_there_is_no_scale() {
        let against = array![[-1.0, 0.0]];
        assert_eq!(Scale::positive([against.view()]), None);
        assert!(Scale::signed([against.view()]).is_some());
        assert_eq!(Scale::signed([array![[0.0_f32, f32::NAN]].view()]), None);
        assert_eq!(Scale::signed([]), None);
    }
}
