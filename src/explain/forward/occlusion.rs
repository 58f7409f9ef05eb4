//! Occlusion: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 4.
//!
//! A square patch is moved over the picture and hides what is below it; `f(x) - f(x with patch at p)` is what the
//! hidden part did for the class. Each pixel gets the mean over all patches that hide it:
//! `S(u) = mean over p covering u of (f(x) - f(x_p))`.

use std::fmt::Display;

use ndarray::{Array2, Array3, ArrayView3, s};

use super::{Baseline, ForwardError, Scorer};

/// Patches and what they show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occlusion {
    /// Rows and columns of a patch, in pixels of the model's input.
    pub patch: (usize, usize),
    /// From one patch to the next, down and along.
    pub stride: (usize, usize),
    pub baseline: Baseline,
}

impl Default for Occlusion {
    /// For an input of about 224 pixels: 27 x 27 patches of 16 pixels, half overlapping.
    fn default() -> Self {
        Self { patch: (16, 16), stride: (8, 8), baseline: Baseline::Mean }
    }
}

/// Map `[rows, cols]` at the model's resolution, in units of the score: how much it falls without this place.
/// Forward passes: one, and one for each patch. The last patch of each row and column ends at the edge.
///
/// # Errors
/// [`ForwardError::Parameter`] for a patch or stride of 0 or a patch larger than the picture, or what scoring said.
pub fn occlusion<E: Display>(
    base: ArrayView3<'_, f32>,
    parameters: &Occlusion,
    scorer: &mut Scorer<'_, E>,
) -> Result<Array2<f32>, ForwardError<E>> {
    let (rows, cols, _) = base.dim();
    let (patch_rows, patch_cols) = parameters.patch;
    let row_starts = starts("rows", rows, patch_rows, parameters.stride.0)?;
    let col_starts = starts("columns", cols, patch_cols, parameters.stride.1)?;
    let patches: Vec<(usize, usize)> =
        row_starts.iter().flat_map(|row| col_starts.iter().map(move |col| (*row, *col))).collect();

    scorer.expect(patches.len() + 1);
    let whole = scorer.one(base.to_owned())?;
    let fill = parameters.baseline.picture(base);
    let hidden = patches.iter().map(|(row, col)| {
        let place = s![*row..*row + patch_rows, *col..*col + patch_cols, ..];
        let mut picture: Array3<f32> = base.to_owned();
        picture.slice_mut(place).assign(&fill.slice(place));
        picture
    });
    let (mut sum, mut count) = (Array2::<f64>::zeros((rows, cols)), Array2::<f64>::zeros((rows, cols)));
    scorer.run(hidden, |number, score| {
        if let Some((row, col)) = patches.get(number) {
            let place = s![*row..*row + patch_rows, *col..*col + patch_cols];
            sum.slice_mut(place).map_inplace(|sum| *sum += f64::from(whole - score));
            count.slice_mut(place).map_inplace(|count| *count += 1.0);
        }
    })?;
    // A stride above the patch leaves gaps: nothing was measured there.
    Ok(ndarray::Zip::from(&sum).and(&count).map_collect(|sum, count| (sum / count.max(1.0)) as f32))
}

/// First pixels of the patches along one axis.
fn starts<E: Display>(axis: &str, length: usize, patch: usize, stride: usize) -> Result<Vec<usize>, ForwardError<E>> {
    if patch == 0 || stride == 0 || patch > length {
        let what = format!(
            "a patch of {patch} {axis} with a stride of {stride} does not fit {length} {axis}; both must be at least 1, \
             and the patch no larger than the picture"
        );
        return Err(ForwardError::Parameter { what });
    }
    let last = length - patch;
    Ok((0..last).step_by(stride).chain([last]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;
    use std::ops::ControlFlow;

    fn map(base: &Array3<f32>, parameters: &Occlusion, model: impl Fn(&Array3<f32>) -> f32) -> Array2<f32> {
        let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(batch.iter().map(&model).collect());
        let mut progress = |done, total| {
            assert!(done <= total);
            ControlFlow::Continue(())
        };
        occlusion(base.view(), parameters, &mut Scorer::new(&mut score, &mut progress, 5)).unwrap()
    }

    fn picture() -> Array3<f32> {
        let pattern = pattern();
        Array3::from_shape_fn((9, 10, 2), |(r, c, channel)| pattern[[r, c]] - channel as f32)
    }

    #[test]
    fn of_a_linear_model_one_pixel_patches_give_each_pixels_share() {
        let weight =
            |(r, c, channel): (usize, usize, usize)| (r as f32 - 4.0) * 0.5 + c as f32 * (channel as f32 - 0.5);
        let model = |x: &Array3<f32>| x.indexed_iter().map(|(at, value)| weight(at) * value).sum::<f32>() + 3.0;
        let base = picture();
        let single = Occlusion { patch: (1, 1), stride: (1, 1), baseline: Baseline::Zero };
        for ((r, c), value) in map(&base, &single, model).indexed_iter() {
            let expected: f32 = (0..2).map(|channel| weight((r, c, channel)) * base[[r, c, channel]]).sum();
            assert!((value - expected).abs() < 1e-3, "{r}, {c}: {value}, not {expected}");
        }
    }

    #[test]
    fn of_a_linear_model_disjoint_patches_give_the_sum_over_each() {
        let model = |x: &Array3<f32>| x.sum();
        let base = picture();
        let tiles = Occlusion { patch: (3, 5), stride: (3, 5), baseline: Baseline::Zero };
        for ((r, c), value) in map(&base, &tiles, model).indexed_iter() {
            let (top, left) = (r / 3 * 3, c / 5 * 5);
            let expected = base.slice(s![top..top + 3, left..left + 5, ..]).sum();
            assert!((value - expected).abs() < 1e-3, "{r}, {c}");
        }
    }

    #[test]
    fn a_model_that_looks_at_one_square_is_found_out_and_rows_are_not_columns() {
        let base = Array3::from_elem((12, 20, 1), 1.0);
        let model = |x: &Array3<f32>| x.slice(s![2..5, 13..16, ..]).sum();
        let parameters = Occlusion { patch: (3, 3), stride: (1, 1), baseline: Baseline::Zero };
        let map = map(&base, &parameters, model);
        let top = map.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert_eq!(top, (3, 14));
        // Patches that touch the square reach at most two pixels beyond it.
        assert!(map.indexed_iter().all(|((r, c), v)| *v == 0.0 || ((0..7).contains(&r) && (11..18).contains(&c))));
    }

    #[test]
    fn the_last_patch_ends_at_the_edge_and_a_gap_is_zero() {
        assert_eq!(starts::<String>("rows", 10, 4, 4).unwrap(), [0, 4, 6]);
        assert_eq!(starts::<String>("rows", 8, 4, 4).unwrap(), [0, 4]);
        assert_eq!(starts::<String>("rows", 4, 4, 9).unwrap(), [0]);
        let base = Array3::from_elem((1, 8, 1), 1.0);
        let wide = Occlusion { patch: (1, 2), stride: (1, 3), baseline: Baseline::Zero };
        assert_eq!(map(&base, &wide, |x| x.sum()).row(0).to_vec(), [2.0, 2.0, 0.0, 2.0, 2.0, 0.0, 2.0, 2.0]);
    }

    #[test]
    fn patches_that_do_not_fit_are_refused() {
        for (patch, stride) in [((0, 3), (1, 1)), ((3, 3), (1, 0)), ((3, 11), (1, 1))] {
            let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(vec![0.0; batch.len()]);
            let mut progress = |_, _| ControlFlow::Continue(());
            let parameters = Occlusion { patch, stride, baseline: Baseline::Mean };
            let mut scorer = Scorer::new(&mut score, &mut progress, 5);
            let result = occlusion(picture().view(), &parameters, &mut scorer);
            assert!(matches!(result, Err(ForwardError::Parameter { .. })), "{patch:?} {stride:?}");
        }
    }
}
