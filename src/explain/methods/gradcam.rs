//! Grad-CAM. Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV
//! 2017, <https://arxiv.org/abs/1610.02391>, equations 1 and 2.
//!
//! `alpha_k = mean over cells of dy/dA_k`, `L = sum over k of alpha_k A_k`. The paper then drops what is negative; here
//! the raw sum is kept, in which negative values are evidence against the class.

use ndarray::{Array2, ArrayView3};

/// `[C, h, w]` twice to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    weighted_sum(activations, &weights(gradients))
}

/// `alpha_k`.
pub fn weights(gradients: ArrayView3<'_, f32>) -> Vec<f64> {
    let mean = |plane: ndarray::ArrayView2<'_, f32>| {
        plane.iter().map(|value| f64::from(*value)).sum::<f64>() / plane.len().max(1) as f64
    };
    gradients.outer_iter().map(mean).collect()
}

/// `sum over k of weight_k A_k`.
pub fn weighted_sum(activations: ArrayView3<'_, f32>, weights: &[f64]) -> Array2<f32> {
    let (_, rows, cols) = activations.dim();
    let mut sum = Array2::<f64>::zeros((rows, cols));
    for (plane, weight) in activations.outer_iter().zip(weights) {
        sum.zip_mut_with(&plane, |sum, value| *sum += weight * f64::from(*value));
    }
    sum.mapv(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::map;

    #[test]
    fn channels_are_weighted_by_their_mean_gradient() {
        let a = Array3::from_shape_vec((2, 1, 2), vec![1.0, 2.0, 10.0, 20.0]).unwrap();
        let g = Array3::from_shape_vec((2, 1, 2), vec![1.0, 3.0, -0.5, 0.0]).unwrap();
        assert_eq!(map(a.view(), g.view()), arr2(&[[2.0 - 2.5, 4.0 - 5.0]]));
    }
}
