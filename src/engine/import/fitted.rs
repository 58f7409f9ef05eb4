//! What holds for the scores of certain steps, or for classes of certain names, when these are chosen anew.

use super::{Choices, by_index, output_of};
use crate::engine::metadata_file::MetadataFile;
use crate::engine::model::Model;

/// Takes out what was fitted to the scores of other steps, or is tied to classes of other names; says what.
pub(super) fn leave_out(file: &mut MetadataFile, found: &Model, choices: &Choices) -> Option<String> {
    let other_steps = match found.is_volume() {
        true => file.preprocess_volume.as_ref().is_some_and(|steps| steps != found.volume_steps()),
        false => file.preprocess.as_ref().is_some_and(|steps| steps != found.steps()),
    };
    let names = file.output().and_then(|output| output.channel_def.as_ref());
    let other_names = names.is_some_and(|names| *names != by_index(found.class_names()));
    let mut left_out = Vec::new();
    if other_steps && file.calibration.take().is_some() {
        left_out.push("calibration");
    }
    if (other_steps || other_names) && file.thresholds.take().is_some() {
        left_out.push("thresholds");
    }
    let output = output_of(file);
    let is_there = |name: &String| output.channel_def.iter().flat_map(|names| names.values()).any(|one| one == name);
    if other_names && choices.positive.is_none() && !output.positive_class.as_ref().is_some_and(is_there) {
        output.positive_class = None;
    }
    let why = if other_steps { "with other preprocessing" } else { "for classes of other names" };
    (!left_out.is_empty()).then(|| format!("Left out, because it was fitted {why}: {}.", left_out.join(", ")))
}
