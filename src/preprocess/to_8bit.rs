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
