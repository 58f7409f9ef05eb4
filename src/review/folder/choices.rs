//! What a reader chose about a review as a whole, beside decisions about its cases. Small, and written whole each time.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FolderError, ModelFacts};

/// The reader's choices, of one model: another model's are never used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Of the model that the operating point was chosen for.
    pub model_sha256: String,
    /// Instead of the manifest's.
    #[serde(default)]
    pub operating_point: Option<ChosenPoint>,
    /// Name of the folder with the second model's run within this one; `None` where nothing is compared.
    #[serde(default = "usual_comparison")]
    pub compared: Option<String>,
}

/// What the command line writes counts where nobody chose.
fn usual_comparison() -> Option<String> {
    Some(super::COMPARISON.to_owned())
}

/// A class and the least score from which on it is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenPoint {
    /// By name: indices may change with the manifest.
    pub class: String,
    /// 0 to 1.
    pub score: f32,
}

impl Choices {
    /// Reads the file, where there is one. What is damaged or another model's does not count, and is said.
    pub(super) fn read(path: &Path, model: &ModelFacts, problems: &mut Vec<String>) -> Self {
        let none = Self { model_sha256: model.sha256.clone(), operating_point: None, compared: usual_comparison() };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return none,
            Err(error) => {
                problems.push(format!("{} could not be read: {error}", path.display()));
                return none;
            }
        };
        match serde_json::from_str::<Self>(&text) {
            Ok(choices) if choices.model_sha256 == model.sha256 => choices,
            Ok(_) => {
                problems.push(format!("{} was chosen for another model and does not count", path.display()));
                none
            }
            Err(error) => {
                problems.push(format!("{} is damaged and does not count: {error}", path.display()));
                none
            }
        }
    }

    /// Renamed when it is whole: a killed program leaves the old choices or the new ones.
    pub(super) fn write(&self, path: &Path) -> Result<(), FolderError> {
        let failed = |source| FolderError::Write { path: path.to_owned(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        let new = path.with_extension("json.new");
        std::fs::write(&new, text + "\n").map_err(failed)?;
        std::fs::rename(&new, path).map_err(failed)
    }

    /// The operating point by class index; `None` where none was chosen or the class is none of `classes`.
    pub fn point(&self, classes: &[String]) -> Option<(usize, f32)> {
        let chosen = self.operating_point.as_ref().filter(|chosen| (0.0..=1.0).contains(&chosen.score))?;
        Some((classes.iter().position(|class| *class == chosen.class)?, chosen.score))
    }
}
