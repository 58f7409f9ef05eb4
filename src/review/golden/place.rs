//! Where a difference lies: in how the pictures are prepared, or in the network.

use ndarray::Array3;
use serde::Serialize;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Preprocessing,
    Network,
    Both,
}

/// How far prepared pictures are from stored arrays.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArrayDifference {
    /// Largest difference of a value; `None` where the shapes differ.
    pub largest: Option<f32>,
    /// Smallest and largest value of the stored arrays.
    pub stored_range: [f32; 2],
    /// Both shapes, where they differ.
    pub shapes: Option<String>,
}

/// Of the stored range: a quarter of a grey level. A network that is wrong for the stored array too is not so because of it.
const NO_MATTER: f32 = 1e-3;

/// Of the stored range: five grey levels, more than decoders of JPEG differ by.
const TO_DOUBT: f32 = 2e-2;

impl ArrayDifference {
    /// True where the pictures are prepared so otherwise that a network should notice.
    pub(super) fn is_doubtful(&self) -> bool {
        let [low, high] = self.stored_range;
        self.largest.is_none_or(|largest| largest > TO_DOUBT * (high - low))
    }

    fn is_small(&self) -> bool {
        let [low, high] = self.stored_range;
        self.largest.is_some_and(|largest| largest <= NO_MATTER * (high - low))
    }

    pub(super) fn words(&self) -> String {
        let [low, high] = self.stored_range;
        match (&self.shapes, self.largest) {
            (Some(shapes), _) => shapes.clone(),
            (None, largest) => format!(
                "the prepared array is off by up to {:.2e} from the stored one, whose values run from {low:.4} to {high:.4}",
                largest.unwrap_or(f32::INFINITY)
            ),
        }
    }
}

/// Compares array by array.
pub(super) fn array_difference(prepared: &[Array3<f32>], stored: &[Array3<f32>]) -> ArrayDifference {
    let values = stored.iter().flatten();
    let stored_range = values.fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], v| [low.min(*v), high.max(*v)]);
    let pairs = || prepared.iter().zip(stored);
    let shapes = if prepared.len() != stored.len() {
        Some(format!("{} arrays are prepared, and {} are stored", prepared.len(), stored.len()))
    } else {
        pairs()
            .find(|(here, there)| here.dim() != there.dim())
            .map(|(here, there)| format!("an array of {} is prepared, and {} is stored", shape(here), shape(there)))
    };
    // A value that is no number differs from any number.
    let off = |a: &f32, b: &f32| if (a - b).is_nan() { f32::INFINITY } else { (a - b).abs() };
    let largest = pairs().flat_map(|(here, there)| here.iter().zip(there).map(|(a, b)| off(a, b))).fold(0.0, f32::max);
    ArrayDifference { largest: shapes.is_none().then_some(largest), stored_range, shapes }
}

/// `network_is_right`: it gives the stated numbers for the stored arrays.
pub(super) fn find_place(prepared: Option<&ArrayDifference>, network_is_right: bool) -> Place {
    match (network_is_right, prepared.is_some_and(ArrayDifference::is_small)) {
        (true, _) => Place::Preprocessing,
        (false, true) => Place::Network,
        (false, false) => Place::Both,
    }
}

fn shape(array: &Array3<f32>) -> String {
    let (first, second, third) = array.dim();
    format!("{first} x {second} x {third}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_what_the_stored_array_tells() {
        let stored = vec![Array3::from_shape_fn((2, 2, 1), |(row, col, _)| (row * 2 + col) as f32)];
        let near = vec![stored[0].mapv(|value| value + 2e-3)];
        let far = vec![stored[0].mapv(|value| value + 1.0)];
        let difference = |prepared: &[Array3<f32>]| array_difference(prepared, &stored);
        assert_eq!(difference(&stored).largest, Some(0.0));
        assert_eq!(difference(&far).stored_range, [0.0, 3.0]);
        for (prepared, network_is_right, place) in [
            (&far, true, Place::Preprocessing),
            (&near, true, Place::Preprocessing),
            (&near, false, Place::Network),
            (&far, false, Place::Both),
        ] {
            assert_eq!(find_place(Some(&difference(prepared)), network_is_right), place);
        }
        assert_eq!(find_place(None, true), Place::Preprocessing);
        let other = difference(&[Array3::zeros((4, 1, 1))]);
        assert!(other.largest.is_none() && other.words().contains("4 x 1 x 1 is prepared, and 2 x 2 x 1"), "{other:?}");
        assert!(difference(&[]).words().starts_with("0 arrays are prepared, and 1"));
        assert_eq!(difference(&[stored[0].mapv(|_| f32::NAN)]).largest, Some(f32::INFINITY));
    }
}
