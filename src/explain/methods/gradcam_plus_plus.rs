//! Grad-CAM++. Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional
//! Networks", WACV 2018, <https://arxiv.org/abs/1710.11063>, equations 5 and 19 for a score that is an exponential.
//!
//! `a_k = g_k^2 / (2 g_k^2 + g_k^3 sum over cells of A_k)`, `w_k = sum over cells of a_k max(g_k, 0)`,
//! `L = sum over k of w_k A_k`, with `g_k = dy/dA_k` cell by cell.

use ndarray::{Array2, ArrayView3};

use super::gradcam::weighted_sum;

/// Keeps the share finite where the gradient is zero, as the reference implementations do.
const EPSILON: f64 = 1e-6;

/// `[C, h, w]` twice to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    let weight = |(a, g): (ndarray::ArrayView2<'_, f32>, ndarray::ArrayView2<'_, f32>)| -> f64 {
        let sum: f64 = a.iter().map(|value| f64::from(*value)).sum();
        let share = |g: &f32| {
            let g = f64::from(*g);
            g * g / (2.0 * g * g + sum * g * g * g + EPSILON) * g.max(0.0)
        };
        g.iter().map(share).sum()
    };
    let weights: Vec<f64> = activations.outer_iter().zip(gradients.outer_iter()).map(weight).collect();
    weighted_sum(activations, &weights)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::map;

    #[test]
    fn one_channel_by_hand() {
        let a = Array3::from_shape_vec((1, 1, 2), vec![1.0, 3.0]).unwrap();
        let g = Array3::from_shape_vec((1, 1, 2), vec![0.5, -1.0]).unwrap();
        // 0.25 / (0.5 + 4 * 0.125) * 0.5 = 0.125; the negative gradient adds nothing.
        let found = map(a.view(), g.view());
        assert!((found[[0, 0]] - 0.125).abs() < 1e-6 && (found[[0, 1]] - 0.375).abs() < 1e-6, "{found:?}");
    }
}
