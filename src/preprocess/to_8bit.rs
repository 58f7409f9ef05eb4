//! Values in modality units to 8-bit grey levels, as the pictures were made that most classifiers learnt from.
//!
//! 8-bit pictures pass unchanged. Everything else goes through a window (PS3.3 C.11.2.1.2 and C.11.2.1.3) or a linear
//! range, is rounded to the nearest grey level (ties to even, as `numpy.rint`), and turned over where the file says
//! that low values are white (MONOCHROME1).

use ndarray::Array3;

use super::choices::{RangeChoice, VoiFunction};
use super::error::PreprocessError;
use super::picture::Picture;
use crate::scan::{Meta, Polarity, Window, WindowFunction};

/// From modality units to 0..=1, and its name in words.
struct Curve {
    map: Box<dyn Fn(f64) -> f64>,
    remark: String,
}

/// The picture in 8 bits, and a sentence about how it was done.
pub(super) fn to_8bit(
    picture: Picture,
    windows: &[Window],
    meta: &Meta,
    choice: RangeChoice,
    (low, high): (f64, f64),
) -> Result<(Picture, String), PreprocessError> {
    let values = match picture {
        Picture::U8(_) => return Ok((picture, "an 8-bit picture, unchanged".into())),
        Picture::F32(values) => values,
    };
    if !(0.0 <= low && low < high && high <= 100.0) {
        let value = format!("{low} to {high}");
        let rule = "two percentages, 0 <= low < high <= 100";
        return Err(PreprocessError::BadParameter { step: "to_8bit", parameter: "low, high", value, rule });
    }
    let usable = windows.iter().find(|window| window.center.is_finite() && is_width(window.width, window.function));
    let curve = match (choice, usable) {
        (RangeChoice::Header, Some(window)) => {
            let mut curve = windowed(window.center, window.width, window.function);
            curve.remark = format!("the header's {}", curve.remark);
            curve
        }
        (RangeChoice::Header, None) => {
            let mut curve = percentiles(&values, low, high);
            curve.remark = format!("the header has no window: {}", curve.remark);
            curve
        }
        (RangeChoice::Percentile, _) => percentiles(&values, low, high),
        (RangeChoice::Full, _) => percentiles(&values, 0.0, 100.0),
    };
    Ok(apply(values, curve, meta))
}

/// An explicit window.
pub(super) fn window(
    picture: Picture,
    meta: &Meta,
    center: f64,
    width: f64,
    function: VoiFunction,
) -> Result<(Picture, String), PreprocessError> {
    let function = match function {
        VoiFunction::Linear => WindowFunction::Linear,
        VoiFunction::LinearExact => WindowFunction::LinearExact,
        VoiFunction::Sigmoid => WindowFunction::Sigmoid,
    };
    let error = |parameter, value: f64, rule| {
        Err(PreprocessError::BadParameter { step: "window", parameter, value: value.to_string(), rule })
    };
    if !center.is_finite() {
        return error("center", center, "a number");
    }
    if !is_width(width, function) {
        return error("width", width, "at least 1 (above 0 for linear_exact and sigmoid)");
    }
    match picture {
        Picture::U8(_) => Ok((picture, "an 8-bit picture: the window was not applied".into())),
        Picture::F32(values) => Ok(apply(values, windowed(center, width, function), meta)),
    }
}

/// Window Width shall be at least 1 for LINEAR, above 0 for the others (PS3.3 C.11.2.1.2.1, C.11.2.1.3).
fn is_width(width: f64, function: WindowFunction) -> bool {
    width.is_finite() && if function == WindowFunction::Linear { width >= 1.0 } else { width > 0.0 }
}

fn windowed(center: f64, width: f64, function: WindowFunction) -> Curve {
    let map: Box<dyn Fn(f64) -> f64> = match function {
        WindowFunction::Linear => Box::new(move |x| {
            let (middle, span) = (center - 0.5, width - 1.0);
            if x <= middle - span / 2.0 {
                0.0
            } else if x > middle + span / 2.0 {
                1.0
            } else {
                (x - middle) / span + 0.5
            }
        }),
        WindowFunction::LinearExact => Box::new(move |x| ((x - center) / width + 0.5).clamp(0.0, 1.0)),
        WindowFunction::Sigmoid => Box::new(move |x| 1.0 / (1.0 + (-4.0 * (x - center) / width).exp())),
    };
    let name = match function {
        WindowFunction::Linear => "",
        WindowFunction::LinearExact => ", linear exact",
        WindowFunction::Sigmoid => ", sigmoid",
    };
    Curve { map, remark: format!("window: center {center}, width {width}{name}") }
}

/// A line from one percentile to another, interpolated between neighbours as `numpy.percentile` does.
fn percentiles(values: &Array3<f32>, low: f64, high: f64) -> Curve {
    let mut finite: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let mut at = |percent: f64| {
        let place = percent / 100.0 * (finite.len().saturating_sub(1)) as f64;
        let index = place as usize;
        if index >= finite.len() {
            return 0.0;
        }
        let (_, lower, above) = finite.select_nth_unstable_by(index, f32::total_cmp);
        let lower = f64::from(*lower);
        let upper = above.iter().copied().min_by(f32::total_cmp).map_or(lower, f64::from);
        lower + (upper - lower) * place.fract()
    };
    let (from, to) = (at(low), at(high));
    let map = move |x: f64| if to > from { ((x - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
    // As precise as the values themselves, and as short.
    let (from, to) = (from as f32, to as f32);
    let remark = match (low, high) {
        (0.0, 100.0) => format!("the full range, {from} to {to}"),
        _ => format!("percentiles {low} to {high}, {from} to {to}"),
    };
    Curve { map: Box::new(map), remark }
}

fn apply(values: Array3<f32>, curve: Curve, meta: &Meta) -> (Picture, String) {
    let turned = meta.polarity == Some(Polarity::LowIsWhite);
    let level = |value: f32| {
        let share = (curve.map)(f64::from(value));
        ((if turned { 1.0 - share } else { share }) * 255.0).round_ties_even() as u8
    };
    let remark = if turned { curve.remark + "; turned over, low values were white" } else { curve.remark };
    (Picture::U8(values.mapv(level)), remark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f32]) -> Picture {
        Picture::F32(Array3::from_shape_vec((1, values.len(), 1), values.to_vec()).unwrap())
    }

    fn levels(picture: &Picture) -> Vec<u8> {
        match picture {
            Picture::U8(values) => values.iter().copied().collect(),
            Picture::F32(_) => panic!("8-bit expected"),
        }
    }

    const VALUES: [f32; 13] =
        [-1000.0, -161.0, -160.0, -159.5, -100.0, 0.0, 39.5, 40.0, 41.0, 100.0, 239.0, 240.0, 500.0];

    /// Expected: `pydicom.pixels.apply_windowing` 3.0.2, rounded by `numpy.rint`.
    #[test]
    fn windows_equal_pydicoms() {
        for (function, center, width, expected) in [
            (VoiFunction::Linear, 40.0, 400.0, [0, 0, 0, 0, 38, 102, 128, 128, 128, 166, 255, 255, 255]),
            (VoiFunction::LinearExact, 40.0, 400.0, [0, 0, 0, 0, 38, 102, 127, 128, 128, 166, 254, 255, 255]),
            (VoiFunction::Sigmoid, 40.0, 400.0, [0, 30, 30, 31, 50, 102, 127, 128, 128, 165, 224, 225, 252]),
            (VoiFunction::Linear, 50.0, 1.0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]),
            (VoiFunction::Linear, 2048.0, 4096.0, [0, 0, 0, 0, 0, 0, 2, 2, 3, 6, 15, 15, 31]),
        ] {
            let (picture, _) = window(column(&VALUES), &Meta::default(), center, width, function).unwrap();
            assert_eq!(levels(&picture), expected, "{function:?} {center} {width}");
        }
    }

    #[test]
    fn low_is_white_is_turned_over() {
        let meta = Meta { polarity: Some(Polarity::LowIsWhite), ..Meta::default() };
        let (picture, remark) = window(column(&[0.0, 255.0]), &meta, 127.5, 255.0, VoiFunction::LinearExact).unwrap();
        assert_eq!(levels(&picture), [255, 0]);
        assert!(remark.contains("turned over"), "{remark}");
    }

    #[test]
    fn the_headers_window_comes_first_then_percentiles() {
        let header = Window { center: 40.0, width: 400.0, name: None, function: WindowFunction::Linear };
        let meta = Meta::default();
        let to = |windows: &[Window], choice| to_8bit(column(&VALUES), windows, &meta, choice, (0.5, 99.5)).unwrap();
        let (picture, remark) = to(std::slice::from_ref(&header), RangeChoice::Header);
        assert_eq!(levels(&picture)[5], 102);
        assert!(remark.contains("header's window: center 40, width 400"), "{remark}");
        let (_, remark) = to(&[], RangeChoice::Header);
        assert!(remark.contains("no window") && remark.contains("percentiles 0.5 to 99.5"), "{remark}");
        let useless = Window { width: 0.0, ..header };
        assert!(to(&[useless], RangeChoice::Header).1.contains("no window"));
        let (picture, _) = to(&[], RangeChoice::Full);
        assert_eq!((levels(&picture)[0], levels(&picture)[12]), (0, 255));
    }

    /// Expected: `numpy.percentile` 2.4 with its default interpolation, clipped, scaled, `numpy.rint`.
    #[test]
    fn percentiles_equal_numpys() {
        let values: Vec<f32> = (0..1000).map(|value| (value * value) as f32).collect();
        let choice = RangeChoice::Percentile;
        let (picture, remark) = to_8bit(column(&values), &[], &Meta::default(), choice, (0.5, 99.5)).unwrap();
        let every: Vec<u8> = levels(&picture).into_iter().step_by(100).collect();
        assert_eq!(every, [0, 3, 10, 23, 41, 65, 93, 126, 165, 209]);
        assert!(remark.contains("24.955") && remark.contains("988045.9"), "{remark}");
    }

    #[test]
    fn eight_bit_pictures_pass_unchanged() {
        let picture = Picture::U8(Array3::from_elem((2, 2, 1), 7));
        let meta = Meta { polarity: Some(Polarity::LowIsWhite), ..Meta::default() };
        let (same, _) = to_8bit(picture.clone(), &[], &meta, RangeChoice::Full, (0.5, 99.5)).unwrap();
        assert_eq!(same, picture);
        assert_eq!(window(picture.clone(), &meta, 0.0, 1.0, VoiFunction::Linear).unwrap().0, picture);
    }

    #[test]
    fn values_that_are_no_numbers_do_no_harm() {
        let values = [f32::NAN, 1.0, f32::INFINITY, 2.0, f32::NEG_INFINITY];
        for choice in [RangeChoice::Percentile, RangeChoice::Full] {
            let (picture, _) = to_8bit(column(&values), &[], &Meta::default(), choice, (0.0, 100.0)).unwrap();
            assert_eq!(levels(&picture), [0, 0, 255, 255, 0]);
        }
        let none = column(&[f32::NAN; 3]);
        let (picture, _) = to_8bit(none, &[], &Meta::default(), RangeChoice::Full, (0.0, 100.0)).unwrap();
        assert_eq!(levels(&picture), [0, 0, 0]);
    }

    #[test]
    fn senseless_windows_are_refused() {
        let refused = |center, width, function| {
            window(column(&VALUES), &Meta::default(), center, width, function).unwrap_err().to_string()
        };
        assert!(refused(40.0, 0.5, VoiFunction::Linear).contains("width"));
        assert!(refused(40.0, -1.0, VoiFunction::Sigmoid).contains("width"));
        assert!(refused(f64::NAN, 10.0, VoiFunction::Linear).contains("center"));
    }
}
