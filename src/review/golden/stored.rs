//! The files of a golden case: inside the model's folder, of a bearable size, and the ones that are stated.

use std::path::{Component, Path, PathBuf};

use ndarray::Array3;

use crate::engine::{GoldenCase, GoldenFile, Model, read_tensor};
use crate::review::source::hash_file;

/// Slices of a long series.
const MOST_FILES: usize = 2000;

/// Of the files of one case together.
const MOST_BYTES: u64 = 1 << 30;

/// What a case feeds.
pub(super) enum Input {
    Array(Array3<f32>),
    Pictures(Vec<PathBuf>),
}

pub(super) fn input(model: &Model, case: &GoldenCase) -> Result<Input, String> {
    if !case.pictures.is_empty() {
        if case.file.is_some() {
            return Err("The case states both \"file\" and \"pictures\"; one of them says what is fed.".to_owned());
        }
        return Ok(Input::Pictures(checked(model, &case.pictures)?));
    }
    let file = case.file.clone().ok_or("The case names no file: \"file\" or \"pictures\" says what is fed.")?;
    let paths = checked(model, &[GoldenFile::new(file, case.sha256.clone())])?;
    let array = paths.first().and_then(|path| read_tensor(path));
    Ok(array.map_or(Input::Pictures(paths), Input::Array))
}

/// The stored arrays; empty where there are none.
pub(super) fn arrays(model: &Model, case: &GoldenCase) -> Result<Vec<Array3<f32>>, String> {
    let paths = checked(model, &case.prepared)?;
    let read = |path: &PathBuf| {
        read_tensor(path).ok_or_else(|| {
            format!("{} is no prepared array: a .npy of float32 with three axes is expected.", path.display())
        })
    };
    paths.iter().map(read).collect()
}

/// What a case of these files would feed: their hashes, under their own names.
///
/// # Errors
/// A sentence for a file that cannot be read.
pub fn fed(files: &[PathBuf], slice: Option<usize>) -> Result<GoldenCase, String> {
    let one = |path: &PathBuf| {
        let hash = hash_file(path).map_err(|error| format!("{} could not be read: {error}.", path.display()))?;
        Ok(GoldenFile::new(path.display().to_string(), Some(hash)))
    };
    let pictures = files.iter().map(one).collect::<Result<Vec<GoldenFile>, String>>()?;
    Ok(GoldenCase { pictures, slice, ..GoldenCase::default() })
}

/// The prepared array of that name in the model's folder, where it is one.
pub fn stored_array(model: &Model, file: &str) -> Option<Array3<f32>> {
    read_tensor(&contained(&model.folder, file).ok()?)
}

/// The paths of files that are what they are said to be.
fn checked(model: &Model, files: &[GoldenFile]) -> Result<Vec<PathBuf>, String> {
    if files.len() > MOST_FILES {
        return Err(format!("The case names {} files; {MOST_FILES} at most are read.", files.len()));
    }
    let mut bytes = 0u64;
    let mut paths = Vec::with_capacity(files.len());
    for file in files {
        let path = contained(&model.folder, &file.file)?;
        let unread = |error: std::io::Error| format!("{} could not be read: {error}.", path.display());
        let facts = std::fs::metadata(&path).map_err(unread)?;
        if !facts.is_file() {
            return Err(format!("{} is no ordinary file.", path.display()));
        }
        bytes = bytes.saturating_add(facts.len());
        if bytes > MOST_BYTES {
            return Err(format!(
                "{} makes the case larger than {} MiB, which is the most that is read.",
                path.display(),
                MOST_BYTES >> 20
            ));
        }
        if let Some(expected) = &file.sha256 {
            let found = hash_file(&path).map_err(unread)?;
            if !expected.eq_ignore_ascii_case(&found) {
                return Err(format!(
                    "{} is another file: its sha256 is {found}, {expected} is stated. Put the recorded file back, or \
                     record the case anew.",
                    path.display()
                ));
            }
        }
        paths.push(path);
    }
    Ok(paths)
}

/// The path of a file inside the model's folder, links followed.
fn contained(folder: &Path, stated: &str) -> Result<PathBuf, String> {
    let outside = || format!("\"{stated}\" is not a path inside the model's folder.");
    let relative = Path::new(stated);
    if stated.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
    {
        return Err(outside());
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let path = folder.join(relative);
    let unread = |error: std::io::Error| format!("{} could not be read: {error}.", path.display());
    let (real, home) = (path.canonicalize().map_err(unread)?, folder.canonicalize().map_err(unread)?);
    if real.starts_with(&home) { Ok(path) } else { Err(outside()) }
}
