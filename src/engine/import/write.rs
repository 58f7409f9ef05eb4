//! A model folder on disk. Nothing is overwritten: an older `metadata.json` moves to `versions/`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::engine::EngineError;
use crate::engine::metadata_file::MetadataFile;
use crate::engine::model_file::sha256_hex;

use super::Draft;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub path: PathBuf,
    /// Where the version before lies now; `None` where there was none, or nothing changed.
    pub older: Option<PathBuf>,
}

/// Saves a draft as a model folder: `model.onnx` (a copy) and `metadata.json`. A folder that holds the same model gets
/// the new `metadata.json`, the old one kept.
///
/// # Errors
/// [`EngineError::Occupied`] for a folder with another model; [`EngineError::Write`].
pub fn save(draft: &Draft, folder: &Path) -> Result<Written, EngineError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| EngineError::Write { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let onnx = folder.join("model.onnx");
    if onnx.exists() {
        let bytes = std::fs::read(&onnx).map_err(|source| EngineError::Read { path: onnx.clone(), source })?;
        if sha256_hex(&bytes) != draft.model.sha256 {
            return Err(EngineError::Occupied { path: folder.to_owned() });
        }
    } else {
        let bytes = draft.model.bytes()?;
        write_whole(&onnx, &bytes)?;
    }
    write_metadata(folder, &draft.file)
}

/// Writes `metadata.json`; an older one with other content is moved to `versions/metadata-N.json` first.
///
/// # Errors
/// [`EngineError::Write`].
pub fn write_metadata(folder: &Path, file: &MetadataFile) -> Result<Written, EngineError> {
    let path = folder.join("metadata.json");
    let mut text = serde_json::to_string_pretty(file)
        .map_err(|error| EngineError::Manifest { path: path.clone(), what: format!("{error}.") })?;
    text.push('\n');
    replace_metadata(folder, &text)
}

/// The same for a text that is JSON already.
///
/// # Errors
/// [`EngineError::Write`].
pub(in crate::engine) fn replace_metadata(folder: &Path, text: &str) -> Result<Written, EngineError> {
    let path = folder.join("metadata.json");
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| EngineError::Write { path, source }
    };
    let mut older = None;
    if let Ok(before) = std::fs::read(&path) {
        if before == text.as_bytes() {
            return Ok(Written { path, older: None });
        }
        let versions = folder.join("versions");
        std::fs::create_dir_all(&versions).map_err(failed(&versions))?;
        let free = (1..=9999).map(|n| versions.join(format!("metadata-{n}.json"))).find(|path| !path.exists());
        let kept = free.unwrap_or_else(|| versions.join("metadata-last.json"));
        std::fs::copy(&path, &kept).map_err(failed(&kept))?;
        older = Some(kept);
    }
    write_whole(&path, text.as_bytes())?;
    Ok(Written { path, older })
}

/// All or nothing: a half-written file never carries the name.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), EngineError> {
    let part = path.with_extension("part");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    };
    write().map_err(|source| EngineError::Write { path: path.to_owned(), source })
}
