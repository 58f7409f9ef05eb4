//! The pictures of "what the model saw", made small on the worker.

use ndarray::{ArrayView3, Axis};

use crate::app::{FedVolume, SeenStep};
use crate::engine::Model;
use crate::preprocess::{Picture, Prepared, VolumeStep};
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
    let stored = prepared.volume.map(|place| {
        let [cols, rows, frames] = place.scan;
        [frames, rows, cols]
    });
    let mut seen = vec![step(None, Some(&read), None, stored)];
    for applied in &prepared.steps {
        seen.push(step(Some(applied.name), applied.picture.as_ref(), applied.remark.clone(), applied.volume));
    }
    seen
}

/// A volume through the middle along each axis.
pub(super) fn fed_volume(model: &Model, tensor: ArrayView3<'_, f32>) -> FedVolume {
    let slice = |axis: usize| {
        let slice = tensor.index_axis(Axis(axis), tensor.len_of(Axis(axis)) / 2).insert_axis(Axis(2));
        picture_rgba(&Picture::F32(slice.as_standard_layout().into_owned()), SIDE).map(|(small, _)| small)
    };
    let oriented = model.volume_steps().iter().rev().find_map(|step| match step {
        VolumeStep::Orient { axes } => Some(axes.letters()),
        _ => None,
    });
    FedVolume { shape: tensor.dim().into(), slices: [0, 1, 2].map(slice), axes: oriented }
}

fn step(
    name: Option<&'static str>,
    picture: Option<&Picture>,
    remark: Option<String>,
    volume: Option<[usize; 3]>,
) -> SeenStep {
    let shown = picture.and_then(|picture| picture_rgba(picture, SIDE));
    SeenStep {
        name,
        shape: match volume {
            Some([depth, rows, cols]) => format!("{depth} × {rows} × {cols}"),
            None => picture.map(shape).unwrap_or_default(),
        },
        eight_bit: matches!(picture, Some(Picture::U8(_))),
        remark,
        range: picture.and_then(Picture::range),
        is_slice: volume.is_some(),
        picture: shown.map(|(small, _)| small),
    }
}

/// `224 × 224 × 3`, columns first as everywhere on the screen.
fn shape(picture: &Picture) -> String {
    let size = picture.size();
    format!("{} × {} × {}", size.cols, size.rows, picture.channels())
}
