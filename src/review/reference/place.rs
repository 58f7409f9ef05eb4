//! Where the reference of a model lies.

use std::path::PathBuf;

use super::{Reference, ReferenceError};
use crate::engine::{Model, data_folder};

/// `reference/` in the model's own folder; `None` for a bare .onnx, beside which other models may lie.
pub fn own_folder(model: &Model) -> Option<PathBuf> {
    (!model.is_bare).then(|| model.folder.join("reference"))
}

/// The place in the program's data folder, for a model whose folder cannot be written.
fn kept_folder(model: &Model) -> Option<PathBuf> {
    Some(data_folder()?.join("references").join(&model.sha256))
}

/// Where a new reference goes: the model's own folder where it can be written, else the program's data folder. `None`
/// where there is neither.
pub fn folder_for(model: &Model) -> Option<PathBuf> {
    let writable = |folder: &PathBuf| std::fs::create_dir_all(folder).is_ok() && can_write(folder);
    own_folder(model).filter(writable).or_else(|| kept_folder(model))
}

/// True where a file can be made in a folder.
fn can_write(folder: &std::path::Path) -> bool {
    let probe = folder.join(".overread-probe");
    let made = std::fs::File::create(&probe).is_ok();
    made && std::fs::remove_file(probe).is_ok()
}

impl Reference {
    /// The reference of a model, in its own folder or else in the program's data folder; `None` where there is none.
    pub fn find(model: &Model) -> Option<Result<Self, ReferenceError>> {
        let folders = [own_folder(model), kept_folder(model)].into_iter().flatten();
        let there = folders.into_iter().find(|folder| folder.join("reference.json").is_file())?;
        Some(Self::load(&there, model))
    }
}
