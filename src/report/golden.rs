//! Golden cases into a model folder: copies of pictures, or prepared inputs as `.npy`, and their numbers in `metadata.json`.

use std::path::{Path, PathBuf};

use ndarray::Array3;

use super::{NpyWriter, ReportError};
use crate::engine::import::{Written, write_metadata};
use crate::engine::{EngineError, GoldenCase, GoldenEntry, GoldenFile, Model, sha256_hex};

/// One case to record.
#[derive(Clone, Debug)]
pub struct NewGolden {
    /// What its files are named after.
    pub name: String,
    pub input: NewInput,
    /// Numbers, tolerance, slice and notes; the files are filled in.
    pub case: GoldenCase,
}

/// What a new case feeds.
#[derive(Clone, Debug)]
pub enum NewInput {
    /// As the network is fed: `[rows, cols, channels]`, or `[depth, rows, cols]`.
    Array(Array3<f32>),
    /// Files to copy, and what they come to (`prepared` may be empty).
    Pictures { files: Vec<PathBuf>, prepared: Vec<Array3<f32>> },
}

/// Why golden cases were not written.
#[derive(Debug, thiserror::Error)]
pub enum GoldenError {
    #[error("{path} is no model folder. Make one first: overread import {path} --out FOLDER.")]
    Bare { path: PathBuf },
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Cases whose files lie in the model's folder, but which `metadata.json` does not state yet.
#[derive(Debug)]
pub struct StoredGolden {
    pub cases: Vec<GoldenCase>,
    made: Made,
}

/// Writes the files of each case under `golden/`, beside the ones that are there: `NAME.ending` (several files: unchanged
/// names in `NAME/`), and `NAME.prepared.npy` for what it comes to. No file is overwritten; one that holds the same is not
/// copied again.
///
/// # Errors
/// [`GoldenError`]; what was written until then is removed again.
pub fn store_golden(model: &Model, cases: Vec<NewGolden>) -> Result<StoredGolden, GoldenError> {
    if model.is_bare {
        return Err(GoldenError::Bare { path: model.path.clone() });
    }
    let mut made = Made { folder: model.folder.join("golden"), files: Vec::new(), folders: Vec::new() };
    made.folder(&model.folder.join("golden"))?;
    let stored: Result<Vec<GoldenCase>, GoldenError> = cases.into_iter().map(|case| store(&mut made, case)).collect();
    match stored {
        Ok(cases) => Ok(StoredGolden { cases, made }),
        Err(error) => {
            made.remove();
            Err(error)
        }
    }
}

impl StoredGolden {
    /// States the cases in a new `metadata.json`, in the place of those that feed the same; the version before is kept.
    ///
    /// # Errors
    /// [`GoldenError`].
    pub fn state(self, model: &Model) -> Result<Written, GoldenError> {
        let mut file = model.manifest.file.clone();
        let is_new =
            |entry: &GoldenEntry| entry.case().is_ok_and(|old| self.cases.iter().any(|new| new.feeds_the_same(old)));
        file.golden_cases.retain(|entry| !is_new(entry));
        file.golden_cases.extend(self.cases.into_iter().map(|case| GoldenEntry::Case(Box::new(case))));
        Ok(write_metadata(&model.folder, &file)?)
    }

    /// Removes the files again.
    pub fn discard(self) {
        self.made.remove();
    }
}

fn store(made: &mut Made, new: NewGolden) -> Result<GoldenCase, GoldenError> {
    let NewGolden { name, input, mut case } = new;
    let name = plain(&name);
    match input {
        NewInput::Array(tensor) => {
            let file = made.array(&name, "npy", &tensor)?;
            (case.file, case.sha256) = (Some(file.file), file.sha256);
        }
        NewInput::Pictures { files, prepared } => {
            let several = files.len() > 1;
            let there = made.folder.join(&name);
            let inside = match several {
                true if files.iter().all(|file| is_same(file, &there.join(own_name(file)))) => Some(there),
                true => Some(made.new_folder(&name)?),
                false => None,
            };
            for file in &files {
                let to = match &inside {
                    // Names may say which slice a file is.
                    Some(folder) => free_or_same(folder, &own_name(file), "", file),
                    None => free_or_same(&made.folder, &name, &ending(file), file),
                };
                case.pictures.push(made.copy(file, &to)?);
            }
            for (number, tensor) in prepared.iter().enumerate() {
                let ending =
                    if prepared.len() > 1 { format!("prepared-{number}.npy") } else { "prepared.npy".to_owned() };
                case.prepared.push(made.array(&name, &ending, tensor)?);
            }
        }
    }
    Ok(case)
}

/// What was made on disk so far.
#[derive(Debug)]
struct Made {
    /// `golden`.
    folder: PathBuf,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    fn folder(&mut self, folder: &Path) -> Result<(), ReportError> {
        if !folder.exists() {
            std::fs::create_dir_all(folder).map_err(|source| ReportError::Write { path: folder.to_owned(), source })?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }

    fn new_folder(&mut self, name: &str) -> Result<PathBuf, ReportError> {
        let path = free(&self.folder, name, "");
        self.folder(&path)?;
        Ok(path)
    }

    fn array(&mut self, name: &str, ending: &str, tensor: &Array3<f32>) -> Result<GoldenFile, GoldenError> {
        let path = free(&self.folder, name, ending);
        self.files.push(path.clone());
        let (first, second, third) = tensor.dim();
        let mut writer = NpyWriter::create::<f32>(&path, &[first, second, third])?;
        writer.write(tensor.iter().copied())?;
        writer.finish()?;
        // What lies there already under the plain name will do.
        let plain = self.folder.join(format!("{name}.{ending}"));
        if plain != path && is_same(&path, &plain) {
            self.files.pop();
            let _ = std::fs::remove_file(&path);
            return self.described(&plain);
        }
        self.described(&path)
    }

    fn copy(&mut self, from: &Path, to: &Path) -> Result<GoldenFile, GoldenError> {
        let read = |source| EngineError::Read { path: from.to_owned(), source };
        if is_same(from, to) {
            return self.described(to);
        }
        let mut source = std::fs::File::open(from).map_err(read)?;
        let write = |source| ReportError::Write { path: to.to_owned(), source };
        let mut target = std::fs::File::create_new(to).map_err(write)?;
        self.files.push(to.to_owned());
        std::io::copy(&mut source, &mut target).map_err(write)?;
        self.described(to)
    }

    /// As the manifest names it.
    fn described(&self, path: &Path) -> Result<GoldenFile, GoldenError> {
        let bytes = std::fs::read(path).map_err(|source| EngineError::Read { path: path.to_owned(), source })?;
        let inside = path.strip_prefix(&self.folder).unwrap_or(path);
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        Ok(GoldenFile::new(format!("golden/{}", parts.join("/")), Some(sha256_hex(&bytes))))
    }

    /// What cannot be removed stays: nothing states it.
    fn remove(self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

/// A name of plain letters, digits and `-_.`.
fn plain(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let plain = plain.trim_matches('.');
    if plain.is_empty() { "case".to_owned() } else { plain.to_owned() }
}

/// The name as it is, but for characters that some systems refuse.
fn portable(name: &str) -> String {
    let refused = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    name.chars().map(|c| if refused(c) { '_' } else { c }).collect()
}

/// The name of a copy among several.
fn own_name(file: &Path) -> String {
    file.file_name().map_or_else(|| "slice".to_owned(), |name| portable(&name.to_string_lossy()))
}

/// The ending of a file, `nii.gz` as one; empty where there is none.
fn ending(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    if name.ends_with(".nii.gz") {
        return "nii.gz".to_owned();
    }
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    if ending.len() <= 8 && ending.chars().all(char::is_alphanumeric) { ending } else { String::new() }
}

/// A path that nothing has yet: `name.ending`, else `name-2.ending`…
fn free(folder: &Path, name: &str, ending: &str) -> PathBuf {
    let ending = if ending.is_empty() { String::new() } else { format!(".{ending}") };
    let first = folder.join(format!("{name}{ending}"));
    let numbered = (2..).map(|number: usize| folder.join(format!("{name}-{number}{ending}")));
    std::iter::once(first).chain(numbered).find(|path| !path.exists()).unwrap_or_default()
}

/// The same, but a file under the plain name that holds what `content` holds will do.
fn free_or_same(folder: &Path, name: &str, ending: &str, content: &Path) -> PathBuf {
    let plain = folder.join(if ending.is_empty() { name.to_owned() } else { format!("{name}.{ending}") });
    if is_same(content, &plain) { plain } else { free(folder, name, ending) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let length = |path: &Path| std::fs::metadata(path).ok().filter(|facts| facts.is_file()).map(|facts| facts.len());
    let read = |path: &Path| std::fs::read(path).ok();
    length(one).is_some() && length(one) == length(other) && read(one).is_some() && read(one) == read(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_copies_are_plain_and_keep_their_endings() {
        assert_eq!([plain("a b/c"), plain("..."), plain("환자-1.5")], ["a_b_c", "case", "환자-1.5"]);
        assert_eq!(portable("AD 16_z+12.png"), "AD 16_z+12.png");
        assert_eq!(portable("a:b?.png"), "a_b_.png");
        let of = |name: &str| ending(Path::new(name));
        assert_eq!([of("x/a.NII.GZ"), of("a.dcm"), of("IM0001"), of("a.1 2")], ["nii.gz", "dcm", "", ""]);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.png"), "1").unwrap();
        assert_eq!(free(folder.path(), "a", "png"), folder.path().join("a-2.png"));
        assert_eq!(free(folder.path(), "b", ""), folder.path().join("b"));
    }
}
