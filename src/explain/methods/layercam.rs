//! LayerCAM. Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE TIP 2021,
//! <https://doi.org/10.1109/TIP.2021.3089943>, equations 5 and 6.
//!
//! `L = sum over k of max(dy/dA_k, 0) * A_k`, cell by cell.

use ndarray::{Array2, ArrayView3};

use super::hirescam::sum_of_products;

/// `[C, h, w]` twice to `[h, w]`.
pub fn map(activations: ArrayView3<'_, f32>, gradients: ArrayView3<'_, f32>) -> Array2<f32> {
    sum_of_products(activations, gradients, |gradient| gradient.max(0.0))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, arr2};

    use super::map;

    #[test]
    fn only_positive_gradients_count() {
        let a = Array3::from_shape_vec((2, 1, 2), vec![1.0, 2.0, 10.0, 20.0]).unwrap();
        let g = Array3::from_shape_vec((2, 1, 2), vec![1.0, 3.0, -0.5, 0.5]).unwrap();
        assert_eq!(map(a.view(), g.view()), arr2(&[[1.0, 16.0]]));
    }
}
