//! Preprocessing for a model that says nothing: the commonest one, every step marked as a guess.

use serde_json::json;

use super::manifest::Sourced;
use crate::preprocess::Step;

/// Side of the picture where the graph leaves it open: what most classifiers were trained on.
const USUAL_SIDE: usize = 224;

/// 8-bit grey or colour, Pillow's bilinear resize, values 0 to 1.
pub(super) fn steps(
    rows: Option<&Sourced<usize>>,
    cols: Option<&Sourced<usize>>,
    channels: usize,
) -> Result<Vec<Sourced<Step>>, String> {
    let side = |stated: Option<&Sourced<usize>>| stated.map_or(USUAL_SIDE, |side| side.value);
    let size_reason = match (rows, cols) {
        (Some(_), Some(_)) => "the size is the graph's; bilinear as Pillow does it is the commonest choice",
        _ => "the graph takes any size; 224 x 224 is the commonest one",
    };
    let colours = if channels == 1 { "to_gray" } else { "to_rgb" };
    let guesses = [
        (json!({"step": "to_8bit"}), "most classifiers were trained on 8-bit pictures"),
        (json!({"step": colours, "as": "pillow"}), "the channels are the graph's"),
        (
            json!({"step": "resize", "size": [side(rows), side(cols)], "filter": "bilinear", "as": "pillow"}),
            size_reason,
        ),
        (json!({"step": "rescale", "factor": 1.0 / 255.0}), "values from 0 to 1 are the commonest choice"),
    ];
    guesses
        .into_iter()
        .map(|(step, why)| {
            let step = serde_json::from_value(step).map_err(|error| format!("a usual step is not known ({error})."))?;
            Ok(Sourced::assumed(step, why))
        })
        .collect()
}
