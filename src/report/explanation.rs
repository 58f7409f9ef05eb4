//! An explained picture as files: the raw map, the picture with the map over it, and how both came about.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::plate::Plate;
use super::{NpyWriter, ReportError};
use crate::engine::Model;
use crate::geometry::Size;
use crate::render::{OverlayStyle, RESEARCH_USE, Scale};
use crate::review::Explained;
use crate::scan::{Frame, Polarity};

/// Writes the raw map, float32 `[rows, cols]`, of a volume `[depth, rows, cols]` along the network's own axes; unresized.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_map(path: &Path, explained: &Explained) -> Result<(), ReportError> {
    let (volume, plane) = (explained.map.volume(), explained.map.values.view());
    let mut writer = NpyWriter::create::<f32>(path, volume.as_ref().map_or(plane.shape(), |volume| volume.shape()))?;
    match &volume {
        Some(volume) => writer.write(volume.iter().copied())?,
        None => writer.write(plane.iter().copied())?,
    }
    writer.finish()
}

/// Writes the picture at its own size, in its header's window or an automatic one, with the map over it, a colour bar
/// with numbers and the research-use line where they fit (the line needs 96 columns or so).
///
/// # Errors
/// Where the frame is not the map's or the file cannot be written.
pub fn write_overlay(
    path: &Path,
    frame: Frame,
    polarity: Polarity,
    explained: &Explained,
    style: Option<&OverlayStyle>,
) -> Result<Size, ReportError> {
    let plate = Plate::new(frame, polarity, None);
    let drawn = plate.draw(style.map(|style| (explained, style)));
    let rgba = drawn.map_err(|what| ReportError::Draw { path: path.to_owned(), what })?;
    plate.save(path, rgba)?;
    Ok(plate.size())
}

/// Everything that made a map: scores, class, layer and why, scale, place, steps, hashes, engine, files.
pub fn explanation_json(
    explained: &Explained,
    model: &Model,
    (layer_reason, style): (Option<&str>, Option<&OverlayStyle>),
    files: &[(&str, PathBuf)],
) -> Value {
    let (map, inference, names) = (&explained.map, &explained.inference, model.class_names());
    let scores: Map<String, Value> =
        names.iter().zip(&inference.scores).map(|(name, score)| (name.clone(), json!(score))).collect();
    let range = |of: fn(f32, f32) -> f32, start: f32| map.for_scale().iter().copied().fold(start, of);
    let place = &explained.image_from_map;
    let message = (!map.has_positive_evidence()).then_some(match map.layer {
        Some(_) => "No positive evidence at this layer.",
        None => "No positive evidence.",
    });
    let files: Map<String, Value> =
        files.iter().map(|(what, path)| ((*what).to_owned(), json!(path.to_string_lossy()))).collect();
    json!({
        "path": explained.path.to_string_lossy(),
        "slice": explained.slice,
        "class": names.get(map.class),
        "class_index": map.class,
        "predicted": names.get(inference.predicted),
        "scores": scores,
        "logits": inference.logits,
        "target": map.target,
        "score": map.score,
        "method": map.method.name(),
        "settings": map.settings,
        "layer": map.layer.as_ref().map(|layer| json!({
            "tensor": layer.name,
            "words": layer.words(),
            "chosen_because": layer_reason,
            "depth": layer.depth.map(|depth| depth.cells),
            "rows": layer.rows,
            "cols": layer.cols,
            "channels": layer.channels,
        })),
        "volume": volume_json(explained),
        "values": {"lowest": range(f32::min, f32::INFINITY), "highest": range(f32::max, f32::NEG_INFINITY)},
        "positive_evidence": map.has_positive_evidence(),
        "message": message,
        "scale": style.map(|style| scale_json(style.drawn_scale())),
        "image_from_map": {
            "scale_x": place.scale_x, "scale_y": place.scale_y, "offset_x": place.offset_x, "offset_y": place.offset_y,
        },
        "files": files,
        "provenance": {
            "program": concat!("overread ", env!("CARGO_PKG_VERSION")),
            "model": model.manifest.name.value,
            "model_sha256": model.sha256,
            "preprocess": model.steps_json(),
            "engine": inference.engine,
            "provider": inference.provider,
            "elapsed_ms": inference.elapsed_ms,
        },
        "warnings": explained.warnings,
        "notice": RESEARCH_USE,
    })
}

/// Where a volume's map lies, and why its slice is shown.
fn volume_json(explained: &Explained) -> Value {
    let Some((place, values)) = explained.volume.as_ref().zip(explained.map.volume()) else { return Value::Null };
    json!({
        "shape": values.shape(),
        "slices": place.frames(),
        "slice_chosen_because": "most positive evidence of all slices",
        // (col, row, slice) of the map to (col, row, frame) of the scan, edges at whole numbers.
        "scan_from_map": explained.map.scan_from_map(place).map(|affine| affine.0),
    })
}

fn scale_json(scale: Scale) -> Value {
    json!({"low": scale.low, "high": scale.high})
}
