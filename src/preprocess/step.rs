//! The steps' names and parameters, as the manifest writes them.

use serde::{Deserialize, Serialize};

/// One preprocessing step, `{"step": "name", ...parameters}` in `metadata.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Multiply by `factor`, then add `offset`.
    Rescale {
        factor: f32,
        #[serde(default)]
        offset: f32,
    },
}
