//! RISE: Petsiuk, Das and Saenko, RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC 2018.
//!
//! Random smooth masks `M_i` let parts of the picture through; a pixel is important if the score is high whenever it
//! shows: `S(u) = 1 / (N E[M]) sum over i of f(I o M_i) M_i(u)`. A mask is a grid of cells that are on
//! with probability p, enlarged bilinearly to one cell more than the picture, and cropped at a random shift (section 3.2).

use std::fmt::Display;

use ndarray::{Array2, ArrayView3, s};

use super::baseline::masked;
use super::{Baseline, ForwardError, Scorer, SplitMix64, upsample};

/// Parameters of [`rise`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    pub masks: usize,
    /// Cells of the grid, down and along.
    pub grid: (usize, usize),
    /// That a cell lets the picture through.
    pub probability: f64,
    pub seed: u64,
    /// Where a mask is 0; the paper takes zero.
    pub baseline: Baseline,
    /// Takes the mean score off first: `S(u) = 1 / (N E[M]) sum of (f_i - mean f) M_i(u)`, an estimate of
    /// `E[f | u shows] - E[f]`. The paper's map is always far from zero, so zero would not mean "no evidence"; this one
    /// is signed, and a model that ignores the picture gives exactly nothing.
    pub centered: bool,
}

impl Default for Rise {
    /// The paper's grid and probability; 2000 masks (it takes 4000 to 8000).
    fn default() -> Self {
        Self { masks: 2000, grid: (7, 7), probability: 0.5, seed: 0, baseline: Baseline::Zero, centered: true }
    }
}

/// Map `[rows, cols]` at the model's resolution, in units of the score. Forward passes: one for each mask.
///
/// # Errors
/// [`ForwardError::Parameter`] for no masks, an empty grid or one finer than the picture, a probability outside of
/// 0..1, or what scoring said.
pub fn rise<E: Display>(
    base: ArrayView3<'_, f32>,
    parameters: &Rise,
    scorer: &mut Scorer<'_, E>,
) -> Result<Array2<f32>, ForwardError<E>> {
    let (rows, cols, _) = base.dim();
    check(parameters, (rows, cols))?;
    let fill = parameters.baseline.picture(base);
    scorer.expect(parameters.masks);
    let (mut weighted, mut shown) = (Array2::<f64>::zeros((rows, cols)), Array2::<f64>::zeros((rows, cols)));
    let mut total = 0.0;
    let mask_of = |number: usize| mask(parameters, number, (rows, cols));
    let pictures = (0..parameters.masks).map(|number| masked(base, fill.view(), mask_of(number).view()));
    // Each mask is made twice rather than kept: thousands of them would fill the memory.
    scorer.run(pictures, |number, score| {
        let score = f64::from(score);
        total += score;
        let mask = mask_of(number);
        weighted.zip_mut_with(&mask, |sum, mask| *sum += score * f64::from(*mask));
        shown.zip_mut_with(&mask, |sum, mask| *sum += f64::from(*mask));
    })?;
    let count = parameters.masks as f64;
    let mean = if parameters.centered { total / count } else { 0.0 };
    let scale = 1.0 / (count * parameters.probability);
    Ok(ndarray::Zip::from(&weighted).and(&shown).map_collect(|sum, shown| ((sum - mean * shown) * scale) as f32))
}

fn check<E: Display>(parameters: &Rise, (rows, cols): (usize, usize)) -> Result<(), ForwardError<E>> {
    let (down, along) = parameters.grid;
    let grid_fits = (1..=rows).contains(&down) && (1..=cols).contains(&along);
    let open = parameters.probability > 0.0 && parameters.probability < 1.0;
    if parameters.masks > 0 && grid_fits && open {
        return Ok(());
    }
    let what = format!(
        "RISE with {} masks of {down} x {along} cells at probability {} cannot be made for {rows} x {cols} pixels; it \
         takes at least one mask, cells no smaller than a pixel, and a probability between 0 and 1",
        parameters.masks, parameters.probability
    );
    Err(ForwardError::Parameter { what })
}

/// The mask of this number, always the same for a seed.
fn mask(parameters: &Rise, number: usize, (rows, cols): (usize, usize)) -> Array2<f32> {
    let mut random = SplitMix64::new(parameters.seed);
    let mut random = SplitMix64::new(random.next_u64() ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let (down, along) = parameters.grid;
    let cell = (rows.div_ceil(down), cols.div_ceil(along));
    let cells = Array2::from_shape_simple_fn((down, along), || f32::from(random.unit() < parameters.probability));
    let large = upsample(cells.view(), ((down + 1) * cell.0, (along + 1) * cell.1));
    let (top, left) = (random.below(cell.0), random.below(cell.1));
    large.slice(s![top..top + rows, left..left + cols]).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;
    use std::ops::ControlFlow;

    fn map(parameters: &Rise, model: impl Fn(&Array3<f32>) -> f32) -> Array2<f32> {
        let base = Array3::from_elem((21, 28, 1), 1.0);
        let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(batch.iter().map(&model).collect());
        let mut progress = |_, _| ControlFlow::Continue(());
        rise(base.view(), parameters, &mut Scorer::new(&mut score, &mut progress, 32)).unwrap()
    }

    fn few() -> Rise {
        Rise { masks: 600, grid: (5, 7), seed: 11, ..Rise::default() }
    }

    #[test]
    fn masks_let_the_stated_share_through_and_follow_the_seed() {
        let parameters = Rise { probability: 0.3, masks: 2000, ..few() };
        let sum =
            (0..2000).fold(Array2::<f32>::zeros((21, 28)), |sum, number| sum + mask(&parameters, number, (21, 28)));
        let mean = sum / 2000.0;
        assert!(mean.iter().all(|value| (value - 0.3).abs() < 0.05), "{mean}");
        assert_eq!(mask(&parameters, 3, (21, 28)), mask(&parameters, 3, (21, 28)));
        assert_ne!(mask(&parameters, 3, (21, 28)), mask(&parameters, 4, (21, 28)));
        assert_ne!(mask(&parameters, 3, (21, 28)), mask(&Rise { seed: 12, ..parameters }, 3, (21, 28)));
        assert!(mask(&parameters, 0, (21, 28)).iter().all(|value| (0.0..=1.0).contains(value)));
    }

    #[test]
    fn a_model_that_looks_at_one_pixel_is_found_out() {
        let found = map(&few(), |x| x[[4, 22, 0]] * 10.0 - 3.0);
        let (top, height) = found.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
        assert!(top.0.abs_diff(4) <= 2 && top.1.abs_diff(22) <= 2, "{top:?}");
        assert!(*height > 1.0);
        // Far away there is only the noise of the masks: 10 * 0.5 / sqrt(600) per deviation.
        assert!(found[[18, 3]].abs() < 0.8, "{}", found[[18, 3]]);
    }

    #[test]
    fn a_model_that_ignores_the_picture_gives_nothing_centred_and_its_score_otherwise() {
        assert!(map(&few(), |_| 5.0).iter().all(|value| value.abs() < 1e-5));
        let plain = map(&Rise { centered: false, ..few() }, |_| 5.0);
        assert!(plain.iter().all(|value| (value - 5.0).abs() < 0.6), "f E[M] / E[M], up to the noise of the masks");
    }

    #[test]
    fn parameters_that_make_no_masks_are_refused() {
        for parameters in [
            Rise { masks: 0, ..few() },
            Rise { grid: (0, 7), ..few() },
            Rise { grid: (5, 29), ..few() },
            Rise { probability: 0.0, ..few() },
            Rise { probability: f64::NAN, ..few() },
        ] {
            assert!(check::<String>(&parameters, (21, 28)).is_err(), "{parameters:?}");
        }
    }
}
