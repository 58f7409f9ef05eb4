//! CAM. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016,
//! <https://arxiv.org/abs/1512.04150>, equation 2.
//!
//! `L = sum over k of w_k A_k` with the weights `w_k` of the class in the linear layer after the global average. Behind
//! an average over `h * w` cells the gradient of the logit is `w_k / (h w)` in every cell, so `w_k` is read from it:
//! exact, and independent of how an exporter wrote the layer. (For a probability it is that layer's local slope.)

use ndarray::{Array2, ArrayView3};

use super::gradcam::{weighted_sum, weights};

/// `[C, h, w]` twice to `[h, w]`; its mean is the logit without its bias.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    let (_, rows, cols) = activations.dim();
    let cells = (rows * cols) as f64;
    let weights: Vec<f64> = weights(gradients).into_iter().map(|weight| weight * cells).collect();
    weighted_sum(activations, &weights)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::map;

    #[test]
    fn the_mean_of_the_map_is_the_logit() {
        let a = Array3::from_shape_vec((2, 1, 2), vec![1.0, 3.0, 5.0, 7.0]).unwrap();
        // Weights 2 and -1: logit = 2 * 2 - 6 = -2.
        let g = Array3::from_shape_vec((2, 1, 2), vec![1.0, 1.0, -0.5, -0.5]).unwrap();
        let found = map(a.view(), g.view());
        assert_eq!(found, arr2(&[[-3.0, -1.0]]));
        assert_eq!(found.mean(), Some(-2.0));
    }
}
