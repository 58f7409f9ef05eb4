//! HiResCAM. Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
//! networks", 2020, <https://arxiv.org/abs/2011.08891>, equation 3.
//!
//! `L = sum over k of dy/dA_k * A_k`, cell by cell: gradients are not averaged.

use ndarray::{Array2, ArrayView3};

/// `[C, h, w]` twice to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    sum_of_products(activations, gradients, |gradient| gradient)
}

/// `sum over k of weight(g_k) * A_k`, cell by cell.
pub(super) fn sum_of_products(
    activations: ArrayView3<'_, f32>,
    gradients: ArrayView3<'_, f32>,
    weight: impl Fn(f64) -> f64,
) -> Array2<f32> {
    let (_, rows, cols) = activations.dim();
    let mut sum = Array2::<f64>::zeros((rows, cols));
    for (a, g) in activations.outer_iter().zip(gradients.outer_iter()) {
        ndarray::Zip::from(&mut sum)
            .and(&a)
            .and(&g)
            .for_each(|sum, a, g| *sum += weight(f64::from(*g)) * f64::from(*a));
    }
    sum.mapv(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::map;

    #[test]
    fn cells_are_weighted_by_their_own_gradient() {
        let a = Array3::from_shape_vec((2, 1, 2), vec![1.0, 2.0, 10.0, 20.0]).unwrap();
        let g = Array3::from_shape_vec((2, 1, 2), vec![1.0, 3.0, -0.5, 0.0]).unwrap();
        assert_eq!(map(a.view(), g.view()), arr2(&[[-4.0, 6.0]]));
    }
}
