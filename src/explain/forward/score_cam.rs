//! Score-CAM: Wang et al., Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks, CVPR
//! Workshops 2020.
//!
//! Each channel `A_k` of a feature map, enlarged to the input and normalised to 0..1, `H_k = s(Up(A_k))` with
//! `s(A) = (A - min A) / (max A - min A)`, masks the picture. What the masked picture scores above the
//! baseline, `S_k = f(X o H_k) - f(X_b)`, says how much the channel counts (the channel-wise increase of confidence); the map is `sum over k of a_k A_k`. In
//! Algorithm 1 `a_k = exp(S_k) / sum exp(S)`. The paper's final ReLU is left to the display.

use std::fmt::Display;

use ndarray::{Array2, ArrayView2, ArrayView3, Axis};

use super::baseline::masked;
use super::{Baseline, ForwardError, Scorer, upsample};

/// How the scores of the masked pictures become weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelWeights {
    /// The softmax over channels of Algorithm 1. `f(X_b)` cancels out. On logits a few channels take all.
    #[default]
    Softmax,
    /// The increase `f(X o H_k) - f(X_b)` itself: signed, one more forward pass.
    Increase,
}

/// Parameters of [`score_cam`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreCam {
    pub weights: ChannelWeights,
    /// `X_b`, and what a mask leaves where it is 0; the paper takes zero.
    pub baseline: Baseline,
}

impl Default for ScoreCam {
    fn default() -> Self {
        Self { weights: ChannelWeights::Softmax, baseline: Baseline::Zero }
    }
}

/// Map `[h, w]` of the feature map, from its activations `[channels, h, w]`. Forward passes: one for each channel that
/// is not constant (a constant one masks nothing and has no weight).
///
/// # Errors
/// What scoring said.
pub fn score_cam<E: Display>(
    base: ArrayView3<'_, f32>,
    activations: ArrayView3<'_, f32>,
    parameters: &ScoreCam,
    scorer: &mut Scorer<'_, E>,
) -> Result<Array2<f32>, ForwardError<E>> {
    let (rows, cols, _) = base.dim();
    let (_, height, width) = activations.dim();
    let varied: Vec<(ArrayView2<'_, f32>, f32, f32)> = activations
        .axis_iter(Axis(0))
        .filter_map(|channel| range(channel).map(|(low, high)| (channel, low, high)))
        .collect();
    let with_baseline = usize::from(parameters.weights == ChannelWeights::Increase);
    scorer.expect(varied.len() + with_baseline);
    let fill = parameters.baseline.picture(base);
    let of_baseline = if with_baseline == 1 { scorer.one(fill.clone())? } else { 0.0 };

    let mut scores = Vec::with_capacity(varied.len());
    let pictures = varied.iter().map(|(channel, low, high)| {
        // Enlarged first, then normalised, as the paper does: the enlarged map may miss the extremes.
        let large = upsample(*channel, (rows, cols));
        let (low, high) = range(large.view()).unwrap_or((*low, *high));
        masked(base, fill.view(), large.mapv(|value| (value - low) / (high - low)).view())
    });
    scorer.run(pictures, |_, score| scores.push(score - of_baseline))?;

    let mut map = Array2::<f64>::zeros((height, width));
    for ((channel, _, _), weight) in varied.iter().zip(weights(&scores, parameters.weights)) {
        map.zip_mut_with(channel, |sum, value| *sum += weight * f64::from(*value));
    }
    Ok(map.mapv(|value| value as f32))
}

/// Smallest and largest value; `None` for a constant channel and for one that is not all finite numbers.
fn range(channel: ArrayView2<'_, f32>) -> Option<(f32, f32)> {
    let low = channel.iter().copied().fold(f32::INFINITY, f32::min);
    let high = channel.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (channel.iter().all(|value| value.is_finite()) && low < high).then_some((low, high))
}

fn weights(scores: &[f32], kind: ChannelWeights) -> Vec<f64> {
    match kind {
        ChannelWeights::Increase => scores.iter().map(|score| f64::from(*score)).collect(),
        ChannelWeights::Softmax => {
            let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let powers: Vec<f64> = scores.iter().map(|score| f64::from(score - top).exp()).collect();
            let sum: f64 = powers.iter().sum();
            powers.iter().map(|power| power / sum).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, s};
    use std::ops::ControlFlow;

    fn map(activations: &Array3<f32>, weights: ChannelWeights, model: impl Fn(&Array3<f32>) -> f32) -> Array2<f32> {
        let base = Array3::from_elem((8, 12, 1), 2.0);
        let mut score = |batch: &[Array3<f32>]| Ok::<_, String>(batch.iter().map(&model).collect());
        let mut progress = |_, _| ControlFlow::Continue(());
        let parameters = ScoreCam { weights, ..ScoreCam::default() };
        score_cam(base.view(), activations.view(), &parameters, &mut Scorer::new(&mut score, &mut progress, 2)).unwrap()
    }

    /// Channels of 2 x 3 cells: left column on, right column on, constant, minus the left one.
    fn activations() -> Array3<f32> {
        let mut maps = Array3::zeros((4, 2, 3));
        maps.slice_mut(s![0, .., 0]).fill(4.0);
        maps.slice_mut(s![1, .., 2]).fill(0.5);
        maps.slice_mut(s![2, .., ..]).fill(9.0);
        maps.slice_mut(s![3, .., 0]).fill(-4.0);
        maps
    }

    #[test]
    fn a_model_that_looks_left_weighs_the_left_channel() {
        // The first two columns are wholly inside the left cell's half: the mask is 1 there.
        let model = |x: &Array3<f32>| x.slice(s![.., 0..2, ..]).mean().unwrap();
        let increase = map(&activations(), ChannelWeights::Increase, model);
        // S = 2, 0, none for the constant channel, 0 for the negative one (normalised it is 0 on the left).
        assert_eq!(increase, ndarray::array![[8.0, 0.0, 0.0], [8.0, 0.0, 0.0]]);
        let softmax = map(&activations(), ChannelWeights::Softmax, model);
        let sum = 2.0_f32.exp() + 2.0;
        let expected = [4.0 * 2.0_f32.exp() / sum - 4.0 / sum, 0.0, 0.5 / sum];
        assert!(softmax.row(1).iter().zip(expected).all(|(got, expected)| (got - expected).abs() < 1e-6), "{softmax}");
    }

    #[test]
    fn scores_of_any_height_do_not_overflow_and_no_channel_gives_no_evidence() {
        let softmax = map(&activations(), ChannelWeights::Softmax, |x| 1e6 * x[[0, 0, 0]]);
        assert!((softmax[[0, 0]] - 4.0).abs() < 1e-6);
        let constant = Array3::from_elem((3, 2, 2), 5.0);
        assert_eq!(map(&constant, ChannelWeights::Softmax, |x| x.sum()), Array2::<f32>::zeros((2, 2)));
    }
}
