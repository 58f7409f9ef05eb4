//! Preprocessing for a model that says nothing: the commonest one, every step marked as a guess.

use serde_json::json;

use super::manifest::Sourced;
use crate::onnx::Entry;
use crate::preprocess::{Axes, Step, VolumeStep};

/// Side of the picture where the graph leaves it open: what most classifiers were trained on.
const USUAL_SIDE: usize = 224;

/// 8-bit grey or colour, Pillow's bilinear resize, values 0 to 1; without the resize or the scale that the graph makes
/// itself.
pub(super) fn steps(
    rows: Option<&Sourced<usize>>,
    cols: Option<&Sourced<usize>>,
    channels: usize,
    entry: &Entry,
) -> Result<Vec<Sourced<Step>>, String> {
    let side = |stated: Option<&Sourced<usize>>| stated.map_or(USUAL_SIDE, |side| side.value);
    let size_reason = match (rows, cols) {
        (Some(_), Some(_)) => "the size is the graph's; bilinear as Pillow does it is the commonest choice",
        _ => "the graph takes any size; 224 x 224 is the commonest one",
    };
    let colours = if channels == 1 { "to_gray" } else { "to_rgb" };
    let mut guesses = vec![
        (json!({"step": "to_8bit"}), "most classifiers were trained on 8-bit pictures"),
        (json!({"step": colours, "as": "pillow"}), "the channels are the graph's"),
    ];
    if !(entry.resizes && rows.is_none() && cols.is_none()) {
        let resize = json!({"step": "resize", "size": [side(rows), side(cols)], "filter": "bilinear", "as": "pillow"});
        guesses.push((resize, size_reason));
    }
    if !entry.scales_8bit() {
        let unit = json!({"step": "rescale", "factor": 1.0 / 255.0});
        guesses.push((unit, "values from 0 to 1 are the commonest choice"));
    }
    guesses
        .into_iter()
        .map(|(step, why)| {
            let step = serde_json::from_value(step).map_err(|error| format!("a usual step is not known ({error})."))?;
            Ok(Sourced::assumed(step, why))
        })
        .collect()
}

/// RAS, the graph's size, and the mean and deviation of what is not background: what most networks of brain volumes were
/// trained on.
pub(super) fn volume_steps(sides: [&Option<Sourced<usize>>; 3]) -> Vec<Sourced<VolumeStep>> {
    let size = sides.map(|side| side.as_ref().map(|side| side.value));
    let resize = match size {
        [Some(depth), Some(rows), Some(cols)] => Some(VolumeStep::Resize { size: [depth, rows, cols] }),
        _ => None,
    };
    let orient = Sourced::assumed(VolumeStep::Orient { axes: Axes::RAS }, "RAS is the commonest orientation");
    let resize =
        resize.map(|step| Sourced::assumed(step, "the size is the graph's; trilinear is the commonest choice"));
    let zscore = Sourced::assumed(VolumeStep::Zscore { nonzero: true }, "the commonest choice for magnetic resonance");
    std::iter::once(orient).chain(resize).chain([zscore]).collect()
}
