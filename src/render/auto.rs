//! The window a picture gets when its header offers none.

use crate::scan::{Frame, Pixels, Window, WindowFunction};

/// Enough samples for a percentile, few enough for one screen refresh.
const MOST_SAMPLES: usize = 1 << 18;
/// Percentiles shown black and white: robust against a few hot pixels, without cutting bright lesions.
const LOW_PERCENTILE: f64 = 0.5;
const HIGH_PERCENTILE: f64 = 99.5;

/// The window that shows 8-bit samples as they are.
pub fn full_eight_bit() -> Window {
    Window { center: 128.0, width: 256.0, name: Some("Full".into()), function: WindowFunction::Linear }
}

/// A window from the values: the whole 0..=255 for 8-bit pictures, else percentiles 0.5 to 99.5.
pub fn auto_window(frame: &Frame) -> Window {
    match &frame.pixels {
        Pixels::Gray(_) if !frame.eight_bit_picture => {
            Window { name: Some("Auto".into()), ..percentiles(frame, LOW_PERCENTILE, HIGH_PERCENTILE) }
        }
        _ => full_eight_bit(),
    }
}

/// From the `low` to the `high` percentile (0..=100) of the finite values (numpy's linear interpolation; every n-th
/// value of large frames). The whole 0..=255 for colour.
pub fn percentiles(frame: &Frame, low: f64, high: f64) -> Window {
    let Pixels::Gray(values) = &frame.pixels else { return full_eight_bit() };
    let every = values.len().div_ceil(MOST_SAMPLES).max(1);
    let mut samples: Vec<f32> = values.iter().step_by(every).copied().filter(|v| v.is_finite()).collect();
    let black = percentile(&mut samples, low.clamp(0.0, 100.0)).unwrap_or(0.0);
    let white = percentile(&mut samples, high.clamp(0.0, 100.0)).unwrap_or(1.0);
    between(black, white, format!("Percentiles {low} to {high}"))
}

/// From the least to the largest finite value. The whole 0..=255 for 8-bit pictures.
pub fn full_range(frame: &Frame) -> Window {
    let Pixels::Gray(values) = &frame.pixels else { return full_eight_bit() };
    if frame.eight_bit_picture {
        return full_eight_bit();
    }
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (black, white) = (finite().reduce(f32::min).unwrap_or(0.0), finite().reduce(f32::max).unwrap_or(1.0));
    between(f64::from(black), f64::from(white), "Full".into())
}

/// Black at and below `black`, white at and above `white`.
fn between(black: f64, white: f64, name: String) -> Window {
    let width = if white > black { white - black } else { 1.0 };
    let center = black / 2.0 + white / 2.0;
    Window { center, width, name: Some(name), function: WindowFunction::LinearExact }
}

/// As `numpy.percentile(values, percent)`; `None` for no values.
fn percentile(values: &mut [f32], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let position = last as f64 * percent / 100.0;
    let index = position.floor() as usize;
    let (_, below, rest) = values.select_nth_unstable_by(index.min(last), f32::total_cmp);
    let below = f64::from(*below);
    let above = rest.iter().copied().min_by(f32::total_cmp).map_or(below, f64::from);
    Some(below + (above - below) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn percentiles_are_numpys() {
        // numpy 2.4.6: np.percentile(np.arange(1001) ** 1.5, [0.5, 99.5])
        let mut values: Vec<f32> = (0..1001).map(|v| (v as f32).powf(1.5)).collect();
        assert!((percentile(&mut values, 0.5).unwrap() - 11.1803399).abs() < 1e-5);
        assert!((percentile(&mut values, 99.5).unwrap() - 31385.9025).abs() < 0.01);
        assert_eq!(percentile(&mut [1.0, 3.0], 50.0), Some(2.0));
        assert_eq!(percentile(&mut [], 50.0), None);
    }

    #[test]
    fn windows_reach_from_percentile_to_percentile_and_from_end_to_end() {
        let values = Array2::from_shape_fn((1, 101), |(_, col)| if col == 100 { f32::INFINITY } else { col as f32 });
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false };
        let ends = |window: Window| (window.center - window.width / 2.0, window.center + window.width / 2.0);
        assert_eq!(ends(full_range(&frame)), (0.0, 99.0));
        // numpy 2.4.6: np.percentile(np.arange(100), [10, 50])
        let (low, high) = ends(percentiles(&frame, 10.0, 50.0));
        assert!((low - 9.9).abs() < 1e-5 && (high - 49.5).abs() < 1e-5);
        assert_eq!(full_range(&Frame { eight_bit_picture: true, ..frame }), full_eight_bit());
    }

    #[test]
    fn a_flat_picture_and_an_empty_one_get_a_usable_window() {
        for values in [Array2::from_elem((4, 4), 7.0), Array2::from_elem((2, 2), f32::NAN), Array2::zeros((0, 0))] {
            let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false };
            let window = auto_window(&frame);
            assert!(window.width > 0.0 && window.center.is_finite());
        }
    }
}
