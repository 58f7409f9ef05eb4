//! XGrad-CAM. Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs", BMVC 2020,
//! <https://arxiv.org/abs/2008.02312>, equation 8.
//!
//! `w_k = sum over cells of (A_k / sum over cells of A_k) dy/dA_k`, `L = sum over k of w_k A_k`. A channel whose
//! activations sum to zero has no share and adds nothing.

use ndarray::{Array2, ArrayView3};

use super::gradcam::weighted_sum;

/// `[C, h, w]` twice to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    let weight = |(a, g): (ndarray::ArrayView2<'_, f32>, ndarray::ArrayView2<'_, f32>)| -> f64 {
        let sum: f64 = a.iter().map(|value| f64::from(*value)).sum();
        let product: f64 = a.iter().zip(g.iter()).map(|(a, g)| f64::from(*a) * f64::from(*g)).sum();
        if sum == 0.0 { 0.0 } else { product / sum }
    };
    let weights: Vec<f64> = activations.outer_iter().zip(gradients.outer_iter()).map(weight).collect();
    weighted_sum(activations, &weights)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::map;

    #[test]
    fn gradients_are_averaged_with_the_activations_as_weights() {
        let a = Array3::from_shape_vec((2, 1, 2), vec![1.0, 3.0, 0.0, 0.0]).unwrap();
        let g = Array3::from_shape_vec((2, 1, 2), vec![4.0, 8.0, 5.0, 5.0]).unwrap();
        assert_eq!(map(a.view(), g.view()), arr2(&[[7.0, 21.0]]));
    }
}
