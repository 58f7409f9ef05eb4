//! A picture as a short vector whose product with another one's is their correlation.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::geometry::Size;
use crate::preprocess::{Filter, Library, Step, prepare};
use crate::scan::{Frame, Meta, Pixels, Polarity};

/// Values of a small picture, about: a quarter of a 176 x 208 slice. Much fewer, and different brains look alike.
const VALUES: f64 = 9216.0;
/// Steps on either side of 0.
const STEPS: f32 = 32767.0;
/// Range of values, as a share of the largest, below which a picture counts as flat.
const FLAT: f64 = 1e-6;

/// The grid for pictures of this size: the same proportions and about 9 216 values (104 x 88 for 208 x 176), never more
/// than the picture has.
pub fn grid_for(size: Size) -> Size {
    let pixels = size.rows as f64 * size.cols as f64;
    let shrink = (VALUES / pixels.max(1.0)).sqrt().min(1.0);
    let side = |pixels: usize| ((pixels as f64 * shrink).round() as usize).max(1);
    Size::new(side(size.rows), side(size.cols))
}

/// A small picture without its mean, in whole steps: half the memory of floats, and products still right to 1e-6.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fingerprint {
    /// `rows * cols` of the grid; empty where the picture is flat.
    pub values: Vec<i16>,
    /// One over the length of `values`.
    pub scale: f32,
}

impl Fingerprint {
    /// # Errors
    /// Why the picture cannot be shrunk.
    pub fn of(mut frame: Frame, meta: &Meta, grid: Size) -> Result<Self, String> {
        let mut steps = Vec::with_capacity(2);
        match &mut frame.pixels {
            Pixels::Rgb(_) => steps.push(Step::ToGray { library: Library::Pillow }),
            Pixels::Gray(values) => {
                let finite = values.iter().copied().filter(|value| value.is_finite());
                let lowest = finite.fold(f32::INFINITY, f32::min);
                if lowest.is_finite() {
                    values.mapv_inplace(|value| if value.is_finite() { value } else { lowest });
                }
            }
        }
        let size = [grid.rows, grid.cols];
        let (filter, library) = (Filter::Bilinear, Library::Pillow);
        steps.push(Step::Resize { size, filter, library, antialias: None, columns_first: false });
        let small = prepare(&frame, meta, &steps, false).map_err(|error| error.to_string())?;
        let sign = if meta.polarity == Some(Polarity::LowIsWhite) { -1.0 } else { 1.0 };
        Ok(Self::new(small.tensor.iter().map(|value| f64::from(*value) * sign)))
    }

    fn new(values: impl Iterator<Item = f64> + Clone) -> Self {
        let (count, sum) = values.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        let mean = sum / f64::max(count, 1.0);
        let (largest, widest) =
            values.clone().fold((0.0_f64, 0.0_f64), |(a, b), v| (a.max(v.abs()), b.max((v - mean).abs())));
        if !widest.is_finite() || widest <= largest * FLAT {
            return Self { values: Vec::new(), scale: 0.0 };
        }
        let step = f64::from(STEPS) / widest;
        let values: Vec<i16> = values.map(|value| ((value - mean) * step).round() as i16).collect();
        let squares: f64 = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
        Self { scale: (1.0 / squares.sqrt()) as f32, values }
    }

    pub fn is_flat(&self) -> bool {
        self.values.is_empty()
    }

    /// The same for the same picture.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.values.hash(&mut hasher);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn of(values: Array2<f32>, meta: &Meta) -> Fingerprint {
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false };
        Fingerprint::of(frame, meta, Size::new(8, 6)).unwrap()
    }

    fn product(a: &Fingerprint, b: &Fingerprint) -> f64 {
        let sum: f64 = a.values.iter().zip(&b.values).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        sum * f64::from(a.scale) * f64::from(b.scale)
    }

    #[test]
    fn grids_keep_proportions_and_never_grow() {
        assert_eq!(grid_for(Size::new(208, 176)), Size::new(104, 88));
        assert_eq!(grid_for(Size::new(224, 224)), Size::new(96, 96));
        assert_eq!(grid_for(Size::new(20, 30)), Size::new(20, 30));
        assert_eq!(grid_for(Size::new(1, 1_000_000)), Size::new(1, 96_000));
    }

    #[test]
    fn brightness_contrast_and_polarity_do_not_matter() {
        let picture = Array2::from_shape_fn((16, 12), |(row, col)| (row * 13 % 7 + col * col % 11) as f32);
        let plain = of(picture.clone(), &Meta::default());
        let dim = of(picture.mapv(|v| v * 0.01 - 1000.0), &Meta::default());
        let film = Meta { polarity: Some(Polarity::LowIsWhite), ..Meta::default() };
        let negative = of(picture.mapv(|v| 50.0 - v), &film);
        for other in [&plain, &dim, &negative] {
            assert!((product(&plain, other) - 1.0).abs() < 1e-4);
        }
        assert!((product(&plain, &of(picture.mapv(|v| -v), &Meta::default())) + 1.0).abs() < 1e-4);
    }

    #[test]
    fn one_value_everywhere_is_flat_and_holes_are_the_lowest_value() {
        assert!(of(Array2::from_elem((16, 12), 1e6), &Meta::default()).is_flat());
        let mut picture = Array2::from_shape_fn((16, 12), |(row, col)| (row * col) as f32);
        let whole = of(picture.clone(), &Meta::default());
        picture[[0, 0]] = f32::NAN;
        assert_eq!(of(picture, &Meta::default()), whole);
    }
}
