//! The pictures of "what the model saw", made small on the worker.

use crate::app::SeenStep;
use crate::preprocess::{Picture, Prepared};
use crate::render::picture_rgba;
use crate::scan::{Frame, Pixels};

/// Longer side of a step's picture, pixels: sharp at twice the usual pixel density.
const SIDE: usize = 176;

/// The frame as it was read, then the picture after each step.
pub(super) fn seen_steps(frame: &Frame, prepared: &Prepared) -> Vec<SeenStep> {
    let read = match &frame.pixels {
        Pixels::Rgb(values) => Picture::U8(values.clone()),
        Pixels::Gray(values) => Picture::F32(values.clone().insert_axis(ndarray::Axis(2))),
    };
    let mut seen = vec![step(None, Some(&read), None)];
    for applied in &prepared.steps {
        seen.push(step(Some(applied.name), applied.picture.as_ref(), applied.remark.clone()));
    }
    seen
}

fn step(name: Option<&'static str>, picture: Option<&Picture>, remark: Option<String>) -> SeenStep {
    let shown = picture.and_then(|picture| picture_rgba(picture, SIDE));
    SeenStep {
        name,
        shape: picture.map(shape).unwrap_or_default(),
        eight_bit: matches!(picture, Some(Picture::U8(_))),
        remark,
        range: picture.and_then(Picture::range),
        picture: shown.map(|(small, _)| small),
    }
}

/// `224 × 224 × 3`, columns first as everywhere on the screen.
fn shape(picture: &Picture) -> String {
    let size = picture.size();
    format!("{} × {} × {}", size.cols, size.rows, picture.channels())
}
