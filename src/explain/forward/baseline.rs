//! What stands in for the part of a picture that is taken away.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, Zip};

/// A picture without information, in the model's own (normalised) numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Baseline {
    /// 0 everywhere: the mean training pixel where the steps normalise by mean and deviation, else black.
    Zero,
    /// The picture's own mean of each channel.
    Mean,
    /// The picture through a Gaussian of this deviation in pixels: keeps the brightness of the surroundings, takes the
    /// detail.
    Blurred { sigma: f64 },
}

impl Baseline {
    /// A whole picture of it, `[rows, cols, channels]`.
    pub fn picture(self, base: ArrayView3<'_, f32>) -> Array3<f32> {
        match self {
            Self::Zero => Array3::zeros(base.dim()),
            Self::Mean => {
                let mut filled = Array3::zeros(base.dim());
                for (mut channel, values) in filled.axis_iter_mut(Axis(2)).zip(base.axis_iter(Axis(2))) {
                    let sum: f64 = values.iter().map(|value| f64::from(*value)).sum();
                    channel.fill((sum / values.len().max(1) as f64) as f32);
                }
                filled
            }
            Self::Blurred { sigma } => {
                let mut blurred = base.to_owned();
                for mut channel in blurred.axis_iter_mut(Axis(2)) {
                    let smooth = gaussian_blur(channel.view(), sigma);
                    channel.assign(&smooth);
                }
                blurred
            }
        }
    }
}

impl std::fmt::Display for Baseline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Zero => f.write_str("zero"),
            Self::Mean => f.write_str("the picture's mean"),
            Self::Blurred { sigma } => write!(f, "the picture blurred by {sigma} pixels"),
        }
    }
}

/// As `scipy.ndimage.gaussian_filter(mode="reflect", truncate=4)`: the edge mirrors the picture, its edge pixel twice. A
/// deviation that is not above 0 changes nothing.
fn gaussian_blur(values: ArrayView2<'_, f32>, sigma: f64) -> Array2<f32> {
    // A wider window than the picture would only repeat the mean.
    let longest = values.nrows().max(values.ncols()) as f64;
    if !(sigma > 0.0 && longest > 0.0) {
        return values.to_owned();
    }
    let radius = (4.0 * sigma.min(longest) + 0.5) as isize;
    let weights: Vec<f64> = (-radius..=radius).map(|at| (-0.5 * (at as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let weights: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
    let mut smooth = values.mapv(f64::from);
    for axis in [Axis(0), Axis(1)] {
        for mut lane in smooth.lanes_mut(axis) {
            let line: Vec<f64> = lane.to_vec();
            for (at, value) in lane.iter_mut().enumerate() {
                let taps = weights.iter().zip(-radius..);
                *value = taps.map(|(weight, away)| weight * mirrored(&line, at as isize + away)).sum();
            }
        }
    }
    smooth.mapv(|value| value as f32)
}

/// The value at a position that may lie outside: d c b a | a b c d | d c b a.
fn mirrored(line: &[f64], position: isize) -> f64 {
    let length = line.len() as isize;
    let folded = position.rem_euclid(2 * length.max(1));
    let folded = if folded >= length { 2 * length - 1 - folded } else { folded };
    usize::try_from(folded).ok().and_then(|index| line.get(index)).copied().unwrap_or(0.0)
}

/// `base` where the mask `[rows, cols]` is 1, `fill` where it is 0, between them in proportion.
pub(super) fn masked(base: ArrayView3<'_, f32>, fill: ArrayView3<'_, f32>, mask: ArrayView2<'_, f32>) -> Array3<f32> {
    let mut picture = base.to_owned();
    for (mut channel, fill) in picture.axis_iter_mut(Axis(2)).zip(fill.axis_iter(Axis(2))) {
        Zip::from(&mut channel).and(&fill).and(&mask).for_each(|value, fill, mask| {
            *value = *value * mask + fill * (1.0 - mask);
        });
    }
    picture
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// `((7 i + 3 j^2 + (i j) % 5) % 11` for i in 0..9, j in 0..10: the picture behind the pinned numbers.
    pub fn pattern() -> Array2<f32> {
        Array2::from_shape_fn((9, 10), |(i, j)| ((i * 7 + j * j * 3 + (i * j) % 5) % 11) as f32)
    }

    #[test]
    fn the_blur_is_scipys() {
        // scipy 1.17.1: ndimage.gaussian_filter(pattern, sigma, mode="reflect", truncate=4.0), in f64.
        let places = [(0, 0), (4, 5), (8, 9), (0, 9), (3, 2)];
        for (sigma, expected) in
            [(1.5, [3.45013, 4.28553, 5.41180, 3.43392, 5.36648]), (4.0, [4.83319, 4.79320, 4.81328, 4.54990, 4.87129])]
        {
            let smooth = gaussian_blur(pattern().view(), sigma);
            for (place, expected) in places.iter().zip(expected) {
                assert!((smooth[*place] - expected).abs() < 1e-5, "{sigma} {place:?}: {}", smooth[*place]);
            }
        }
        assert_eq!(gaussian_blur(pattern().view(), 0.0), pattern());
        assert_eq!(gaussian_blur(Array2::zeros((0, 3)).view(), 2.0).dim(), (0, 3));
    }

    #[test]
    fn each_channel_is_filled_by_itself() {
        let base = Array3::from_shape_fn((2, 2, 2), |(r, c, channel)| (channel * 100 + r * 2 + c) as f32);
        let mean = Baseline::Mean.picture(base.view());
        assert_eq!((mean[[0, 1, 0]], mean[[1, 0, 1]]), (1.5, 101.5));
        assert!(Baseline::Zero.picture(base.view()).iter().all(|value| *value == 0.0));
        assert_eq!(Baseline::Blurred { sigma: 2.0 }.to_string(), "the picture blurred by 2 pixels");
    }

    #[test]
    fn a_mask_mixes_picture_and_fill() {
        let (base, fill) = (Array3::from_elem((1, 3, 2), 8.0), Array3::from_elem((1, 3, 2), 4.0));
        let mixed = masked(base.view(), fill.view(), ndarray::array![[1.0, 0.5, 0.0]].view());
        assert_eq!(mixed, ndarray::array![[[8.0, 8.0], [6.0, 6.0], [4.0, 4.0]]]);
    }
}
