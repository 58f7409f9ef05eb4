//! Three-dimensional vectors: the few operations that directions in the patient need.

/// Scalar product.
pub fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Vector product: perpendicular to both, right-handed.
pub fn cross([a, b, c]: [f64; 3], [d, e, f]: [f64; 3]) -> [f64; 3] {
    [b * f - c * e, c * d - a * f, a * e - b * d]
}

/// Euclidean length.
pub fn length(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

/// The same direction at length 1; `None` for a vector without a length.
pub fn unit(a: [f64; 3]) -> Option<[f64; 3]> {
    let length = length(a);
    (length.is_finite() && length > 0.0).then(|| a.map(|v| v / length))
}

/// Angle between two directions, degrees in 0..=180; `None` where one has no length.
pub fn angle_degrees(a: [f64; 3], b: [f64; 3]) -> Option<f64> {
    // The arctangent keeps its precision near 0 and 180 degrees, where the arccosine loses it.
    let (sine, cosine) = (length(cross(a, b)), dot(a, b));
    (length(a) > 0.0 && length(b) > 0.0).then(|| sine.atan2(cosine).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_angles() {
        assert_eq!(cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), [0.0, 0.0, 1.0]);
        assert_eq!(length([2.0, 3.0, 6.0]), 7.0);
        assert!((angle_degrees([2.0, 0.0, 0.0], [1.0, 1.0, 0.0]).unwrap() - 45.0).abs() < 1e-12);
        assert_eq!(angle_degrees([1.0, 0.0, 0.0], [-3.0, 0.0, 0.0]), Some(180.0));
        assert_eq!((angle_degrees([0.0; 3], [1.0; 3]), unit([0.0; 3])), (None, None));
    }
}
