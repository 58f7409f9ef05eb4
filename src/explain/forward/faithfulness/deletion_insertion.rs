//! Deletion and insertion curves: Petsiuk, Das and Saenko, RISE, BMVC 2018, section 4.
//!
//! Deletion takes the pixels away, most important first, and watches the score fall: a small area under the curve is
//! good. Insertion puts them back into a blurred picture: a large area is good. An area alone says nothing, so the same
//! is done in random orders and in the order of the picture's edges (Sobel magnitude): a map that does no better than
//! these has not been shown to explain the model. The areas of the paper are of probabilities; of logits they are not
//! within 0..1, but compare in the same way.

use std::fmt::Display;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis};

use super::super::{Baseline, ForwardError, Scorer, SplitMix64};

/// Parameters of [`deletion_insertion`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeletionInsertion {
    /// Equal parts in which the pixels change; a curve has one point more.
    pub steps: usize,
    /// What deleted pixels become.
    pub deleted: Baseline,
    /// Where insertion begins.
    pub start: Baseline,
    /// Random orders to compare with.
    pub random_orders: usize,
    pub seed: u64,
}

impl Default for DeletionInsertion {
    /// 28 steps, five random orders: 406 forward passes.
    fn default() -> Self {
        let start = Baseline::Blurred { sigma: 10.0 };
        Self { steps: 28, deleted: Baseline::Mean, start, random_orders: 5, seed: 0 }
    }
}

/// Score against the share of pixels changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// 0 to 1, ascending.
    pub shares: Vec<f64>,
    /// In units of the score.
    pub scores: Vec<f32>,
    /// Area below the curve by the trapezoid rule, in units of the score.
    pub auc: f64,
}

/// The map's curve and those it must be compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    pub map: Curve,
    pub random: Vec<Curve>,
    pub edges: Curve,
}

impl Curves {
    /// Mean area of the random orders; `None` without any.
    pub fn random_auc(&self) -> Option<f64> {
        let count = self.random.len() as f64;
        (count > 0.0).then(|| self.random.iter().map(|curve| curve.auc).sum::<f64>() / count)
    }

    /// Standard deviation of the random orders' areas (n - 1); `None` below two.
    pub fn random_auc_deviation(&self) -> Option<f64> {
        let mean = self.random_auc()?;
        let others = self.random.len().checked_sub(1).filter(|others| *others > 0)? as f64;
        Some((self.random.iter().map(|curve| (curve.auc - mean).powi(2)).sum::<f64>() / others).sqrt())
    }
}

/// Both measures of one map.
#[derive(Clone, Debug, PartialEq)]
pub struct Faithfulness {
    /// Smaller areas are better.
    pub deletion: Curves,
    /// Larger areas are better.
    pub insertion: Curves,
}

/// Measures a map `[rows, cols]` at the model's resolution. Forward passes:
/// `2 * (steps + 1) * (random_orders + 2)`. Equal values of the map are taken in a random order, values that are no
/// numbers last.
///
/// # Errors
/// [`ForwardError::Parameter`] for no steps or a map of another size, or what scoring said.
pub fn deletion_insertion<E: Display>(
    base: ArrayView3<'_, f32>,
    map: ArrayView2<'_, f32>,
    parameters: &DeletionInsertion,
    scorer: &mut Scorer<'_, E>,
) -> Result<Faithfulness, ForwardError<E>> {
    let (rows, cols, _) = base.dim();
    if map.dim() != (rows, cols) || map.is_empty() || parameters.steps == 0 {
        let what = format!(
            "a map of {} x {} cannot be measured in {} steps on a picture of {rows} x {cols}: enlarge it to the \
             picture, and take at least one step",
            map.nrows(),
            map.ncols(),
            parameters.steps
        );
        return Err(ForwardError::Parameter { what });
    }
    let mut random = SplitMix64::new(parameters.seed);
    let by_map = order(map, &mut random);
    let by_edges = order(edges(base).view(), &mut random);
    let by_chance: Vec<Vec<usize>> =
        (0..parameters.random_orders).map(|_| shuffled(rows * cols, &mut random)).collect();

    scorer.expect(2 * (parameters.steps + 1) * (parameters.random_orders + 2));
    let whole = base.as_standard_layout().into_owned();
    let mut measure = |from: &Array3<f32>, to: &Array3<f32>| {
        let mut curve = |order: &[usize]| curve(from, to, order, parameters.steps, scorer);
        Ok(Curves {
            map: curve(&by_map)?,
            random: by_chance.iter().map(|order| curve(order)).collect::<Result<_, _>>()?,
            edges: curve(&by_edges)?,
        })
    };
    let deletion = measure(&whole, &parameters.deleted.picture(whole.view()))?;
    let insertion = measure(&parameters.start.picture(whole.view()), &whole)?;
    Ok(Faithfulness { deletion, insertion })
}

/// Scores while the pixels of `from` (number `row * cols + col`) become those of `to` in this order.
fn curve<E: Display>(
    from: &Array3<f32>,
    to: &Array3<f32>,
    order: &[usize],
    steps: usize,
    scorer: &mut Scorer<'_, E>,
) -> Result<Curve, ForwardError<E>> {
    let cols = from.dim().1.max(1);
    let changed = |step: usize| order.len() * step / steps;
    let mut now = from.clone();
    let pictures = (0..=steps).map(|step| {
        let fresh = order.get(changed(step.saturating_sub(1))..changed(step)).unwrap_or_default();
        for pixel in fresh {
            let at = (pixel / cols, pixel % cols);
            now.index_axis_mut(Axis(0), at.0)
                .index_axis_mut(Axis(0), at.1)
                .assign(&to.index_axis(Axis(0), at.0).index_axis(Axis(0), at.1));
        }
        now.clone()
    });
    let mut scores = Vec::with_capacity(steps + 1);
    scorer.run(pictures, |_, score| scores.push(score))?;
    let shares: Vec<f64> = (0..=steps).map(|step| changed(step) as f64 / order.len().max(1) as f64).collect();
    let auc = area(&shares, &scores);
    Ok(Curve { shares, scores, auc })
}

/// Area below a curve by the trapezoid rule.
fn area(shares: &[f64], scores: &[f32]) -> f64 {
    let pieces = shares.windows(2).zip(scores.windows(2));
    pieces
        .map(|(x, y)| match (x, y) {
            ([x0, x1], [y0, y1]) => (x1 - x0) * (f64::from(*y0) + f64::from(*y1)) / 2.0,
            _ => 0.0,
        })
        .sum()
}

/// Pixel numbers from the largest value to the smallest.
fn order(map: ArrayView2<'_, f32>, random: &mut SplitMix64) -> Vec<usize> {
    // Adding 0 makes -0 and 0 equal also for the sort.
    let values: Vec<f32> =
        map.iter().map(|value| if value.is_nan() { f32::NEG_INFINITY } else { value + 0.0 }).collect();
    let value = |pixel: &usize| values.get(*pixel).copied().unwrap_or(f32::NEG_INFINITY);
    // Shuffled before a stable sort: otherwise equal values would go row by row, from the top.
    let mut order = shuffled(values.len(), random);
    order.sort_by(|a, b| value(b).total_cmp(&value(a)));
    order
}

fn shuffled(count: usize, random: &mut SplitMix64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    random.shuffle(&mut order);
    order
}

/// Sobel magnitude of the mean over channels, as `scipy.ndimage.sobel` along both axes (edges held, which is its
/// "reflect" for a kernel of 3).
fn edges(picture: ArrayView3<'_, f32>) -> Array2<f32> {
    let (rows, cols, channels) = picture.dim();
    let gray = picture.sum_axis(Axis(2)) / channels.max(1) as f32;
    let at = |row: usize, col: usize, down: isize, along: isize| {
        let row = row.saturating_add_signed(down).min(rows.saturating_sub(1));
        let col = col.saturating_add_signed(along).min(cols.saturating_sub(1));
        gray.get((row, col)).copied().unwrap_or(0.0)
    };
    Array2::from_shape_fn((rows, cols), |(row, col)| {
        let smooth = [(-1, 1.0), (0, 2.0), (1, 1.0)];
        let along: f32 = smooth.iter().map(|(d, w)| w * (at(row, col, *d, 1) - at(row, col, *d, -1))).sum();
        let down: f32 = smooth.iter().map(|(a, w)| w * (at(row, col, 1, *a) - at(row, col, -1, *a))).sum();
        along.hypot(down)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;
    use std::ops::ControlFlow;

    fn measure(map: &Array2<f32>, parameters: &DeletionInsertion, model: impl Fn(&Array3<f32>) -> f32) -> Faithfulness {
        let base = Array3::from_elem((4, 5, 2), 1.0);
        let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(batch.iter().map(&model).collect());
        let (mut last, mut whole) = (0, 0);
        let mut progress = |done, total| {
            (last, whole) = (done, total);
            ControlFlow::Continue(())
        };
        let mut scorer = Scorer::new(&mut score, &mut progress, 7);
        let found = deletion_insertion(base.view(), map.view(), parameters, &mut scorer).unwrap();
        assert_eq!(last, whole, "the number of pictures was announced rightly");
        found
    }

    /// Only five pixels of twenty count, 2 each (two channels).
    fn model(x: &Array3<f32>) -> f32 {
        x.slice(ndarray::s![2, .., ..]).sum()
    }

    fn zeros() -> DeletionInsertion {
        DeletionInsertion { steps: 20, deleted: Baseline::Zero, start: Baseline::Zero, ..DeletionInsertion::default() }
    }

    #[test]
    fn the_right_map_gives_the_curves_that_can_be_computed_by_hand() {
        let mut map = Array2::zeros((4, 5));
        map.row_mut(2).fill(1.0);
        let found = measure(&map, &zeros(), model);
        let fall: Vec<f32> = (0..=20).map(|k: i32| (10 - 2 * k).max(0) as f32).collect();
        assert_eq!(found.deletion.map.scores, fall);
        assert_eq!(found.insertion.map.scores, fall.iter().map(|score| 10.0 - score).collect::<Vec<_>>());
        // A triangle of a quarter of the width, and all that is left of it.
        assert!((found.deletion.map.auc - 1.25).abs() < 1e-9 && (found.insertion.map.auc - 8.75).abs() < 1e-9);
        // Any other order: half of the area on average, and never better.
        for (curves, sign) in [(&found.deletion, 1.0), (&found.insertion, -1.0)] {
            assert_eq!(curves.random.len(), 5);
            assert!(curves.random.iter().all(|curve| sign * (curve.auc - curves.map.auc) > 0.0));
            assert!((curves.random_auc().unwrap() - 5.0).abs() < 2.0);
            assert!(curves.random_auc_deviation().unwrap() > 0.0);
        }
    }

    #[test]
    fn the_opposite_map_is_the_worst_and_a_constant_one_is_chance() {
        let mut map = Array2::zeros((4, 5));
        map.row_mut(2).fill(-1.0);
        assert!((measure(&map, &zeros(), model).deletion.map.auc - 8.75).abs() < 1e-9);
        let constant = measure(&Array2::zeros((4, 5)), &zeros(), model).deletion.map;
        let by_rows: Vec<f32> = (0..=20).map(|k: i32| (10 - 2 * (k - 10).clamp(0, 5)) as f32).collect();
        assert_ne!(constant.scores, by_rows, "equal values do not go from the top to the bottom");
    }

    #[test]
    fn steps_that_do_not_divide_the_pixels_reach_both_ends_and_the_seed_decides() {
        let map = Array2::from_shape_fn((4, 5), |(r, c)| if r == 0 { f32::NAN } else { (r + c) as f32 });
        let parameters = DeletionInsertion { steps: 7, seed: 3, ..zeros() };
        let found = measure(&map, &parameters, model);
        assert_eq!((found.deletion.map.shares[0], found.deletion.map.shares[7]), (0.0, 1.0));
        assert_eq!((found.deletion.edges.scores[0], found.deletion.edges.scores[7]), (10.0, 0.0));
        assert_eq!(found, measure(&map, &parameters, model));
        assert_ne!(found, measure(&map, &DeletionInsertion { seed: 4, ..parameters }, model));
    }

    #[test]
    fn the_edges_are_scipys_sobel() {
        // scipy 1.17.1: hypot of ndimage.sobel(pattern, axis=0) and (axis=1), mode="reflect".
        let edges = edges(pattern().insert_axis(Axis(2)).view());
        for (place, expected) in
            [((0, 0), 18.11077), ((4, 5), 15.81139), ((8, 9), 10.29563), ((0, 9), 15.0333), ((3, 2), 11.40175)]
        {
            assert!((edges[place] - expected).abs() < 1e-4, "{place:?}: {}", edges[place]);
        }
    }

    #[test]
    fn a_map_of_another_size_is_refused() {
        let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(vec![0.0; batch.len()]);
        let mut progress = |_, _| ControlFlow::Continue(());
        let mut scorer = Scorer::new(&mut score, &mut progress, 7);
        let (base, map) = (Array3::zeros((4, 5, 1)), Array2::zeros((5, 4)));
        let error = deletion_insertion(base.view(), map.view(), &zeros(), &mut scorer).unwrap_err().to_string();
        assert!(error.contains("5 x 4") && error.contains("4 x 5"), "{error}");
    }
}
