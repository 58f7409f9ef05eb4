//! `overread presets`: the named preprocessings.

use serde_json::json;

use super::{Ended, PresetsArgs};
use crate::preprocess::PRESETS;

/// Runs the command.
pub fn presets(args: &PresetsArgs) -> anyhow::Result<Ended> {
    let width = PRESETS.iter().map(|preset| preset.name.len()).max().unwrap_or(0);
    for preset in PRESETS {
        if args.json {
            let steps = preset.recipe().steps(Some([224, 224]), 3);
            println!("{}", json!({"name": preset.name, "about": preset.about, "steps": steps}));
        } else {
            println!("{:<width$}  {}", preset.name, preset.about);
        }
    }
    Ok(Ended::Well)
}
