//! What an examination is made of: the readings of a model, pictures, and what is known about each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{DoctorError, Reference, Sample, TableFor, read_table};
use crate::engine::import::{Choices, ReadExport};
use crate::engine::{EngineError, Model, Origin};
use crate::onnx::Layout;
use crate::review::truth_from_folder;
use crate::scan;

/// Everything that an examination needs.
pub struct Material {
    /// The model; in both layouts where its graph does not tell. All have the same class names.
    pub models: Vec<Model>,
    pub names_from: NamesFrom,
    pub samples: Vec<Sample>,
    pub reference: Reference,
}

/// Where the names of the model's outputs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamesFrom {
    /// The model itself, or the person.
    Stated,
    /// The folders that the pictures lie in, sorted by their bytes; which output is which is not known.
    Folders,
    /// The columns of the framework's outputs; which output is which is not known.
    Columns,
    /// Nobody: they are numbered.
    Numbers,
}

/// Folders that are named in a sentence.
const MOST_NAMED: usize = 8;

/// `most` pictures of these files and folders at most, evenly chosen, and what is known about each: what `predictions`
/// says of it, else the class that its folder is named like. `choices` is what the person says about the model; where it
/// has no class names and the person gives none, they are taken from the columns of the predictions or from the folders.
///
/// # Errors
/// [`DoctorError::TooLittle`] where nothing is known about any picture; files that cannot be read.
pub fn material(
    export: &ReadExport,
    choices: &Choices,
    pictures: &[PathBuf],
    predictions: Option<&Path>,
    most: usize,
) -> Result<Material, DoctorError> {
    let models = readings(export, choices)?;
    let Some(model) = models.first() else { return Err(DoctorError::Cancelled) };
    if model.is_volume() {
        return Err(DoctorError::Volumes);
    }
    let found = scan::discover(pictures);
    let assumed = model.manifest.class_names.origin == Origin::Assumed;
    let names = model.class_names();
    let (mut paths, reference, learned) = match predictions {
        Some(file) => {
            let (table, learned) = read_table(file, TableFor::model(model))?;
            let (chosen, reference) = table.join(&found.files)?;
            let paths: Vec<PathBuf> = chosen.into_iter().filter_map(|index| found.files.get(index).cloned()).collect();
            (paths, reference, learned.map(|names| (names, NamesFrom::Columns)))
        }
        None => {
            let learned = if assumed { Some(folder_names(&found.files, names.len())?) } else { None };
            let (paths, labels) = labelled(&found.files, learned.as_deref().unwrap_or(names))?;
            (paths, Reference::Labels(labels), learned.map(|names| (names, NamesFrom::Folders)))
        }
    };
    let chosen = spread(paths.len(), most);
    let reference = reference.chosen(&chosen);
    paths = chosen.iter().filter_map(|index| paths.get(*index).cloned()).collect();
    let samples = paths.iter().map(|path| sample(path, model)).collect::<Result<Vec<Sample>, DoctorError>>()?;
    let (models, names_from) = match learned {
        Some((names, from)) => (readings(export, &Choices { classes: Some(names), ..choices.clone() })?, from),
        None => (models, if assumed { NamesFrom::Numbers } else { NamesFrom::Stated }),
    };
    Ok(Material { models, names_from, samples, reference })
}

/// The model with what the person said; in both layouts where nobody tells.
fn readings(export: &ReadExport, choices: &Choices) -> Result<Vec<Model>, DoctorError> {
    let first = match export.draft(choices) {
        Ok(draft) => return Ok(vec![draft.model]),
        Err(error @ EngineError::Onnx { .. }) => error,
        Err(error) => return Err(error.into()),
    };
    let read = |layout| export.draft(&Choices { layout: Some(layout), ..choices.clone() }).map(|draft| draft.model);
    let both: Vec<Model> = [Layout::Nhwc, Layout::Nchw].into_iter().filter_map(|layout| read(layout).ok()).collect();
    if both.is_empty() { Err(first.into()) } else { Ok(both) }
}

/// The pictures whose folder is named like a class, and which class it is.
fn labelled(files: &[PathBuf], names: &[String]) -> Result<(Vec<PathBuf>, Vec<usize>), DoctorError> {
    let found: Vec<(PathBuf, usize)> =
        files.iter().filter_map(|path| Some((path.clone(), truth_from_folder(path, names)?))).collect();
    if found.is_empty() {
        let what = format!(
            "No picture lies in a folder named like a class ({}). Name the classes (`overread import --classes`), or give \
             the framework's outputs with --predictions.",
            names.join(", ")
        );
        return Err(DoctorError::TooLittle { what });
    }
    Ok(found.into_iter().unzip())
}

/// Names of the folders that the pictures lie in, sorted by their bytes as Keras and torchvision sort them; as many as
/// the model has outputs.
fn folder_names(files: &[PathBuf], classes: usize) -> Result<Vec<String>, DoctorError> {
    let folder = |path: &PathBuf| Some(path.parent()?.file_name()?.to_string_lossy().into_owned());
    let names: BTreeSet<String> = files.iter().filter_map(folder).collect();
    if names.len() == classes {
        return Ok(names.into_iter().collect());
    }
    let count = if names.len() == 1 { "one folder".to_owned() } else { format!("{} folders", names.len()) };
    let more = if names.len() > MOST_NAMED { ", …" } else { "" };
    let named: Vec<String> = names.into_iter().take(MOST_NAMED).collect();
    let what = format!(
        "The model has no class names and tells {classes} classes apart; the pictures lie in {count} ({}{more}). \
         Name the classes in the order of its outputs (--classes A,B,…), or give the framework's outputs with \
         --predictions.",
        named.join(", ")
    );
    Err(DoctorError::TooLittle { what })
}

/// `most` places of `all`, evenly.
pub fn spread(all: usize, most: usize) -> Vec<usize> {
    let count = all.min(most).max(1);
    (0..count.min(all)).map(|place| place * all / count).collect()
}

/// The frame that the model takes of a file; of several, the middle one.
fn sample(path: &Path, model: &Model) -> Result<Sample, DoctorError> {
    let scan = scan::open(path)?;
    let selection = model.select_slices(&scan, None)?;
    let frames: Vec<usize> = selection.groups.into_iter().flatten().collect();
    let index = frames.get(frames.len() / 2).copied().unwrap_or(0);
    Ok(Sample { path: path.to_owned(), frame: scan.frame(index)?, meta: scan.meta.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_name_the_classes_where_there_are_as_many() {
        let files: Vec<PathBuf> = ["d/train/b/1.png", "d/test/b/2.png", "d/train/C/1.png", "d/test/a/3.png"]
            .iter()
            .map(PathBuf::from)
            .collect();
        assert_eq!(folder_names(&files, 3).unwrap(), ["C", "a", "b"]);
        let sentence = folder_names(&files, 2).unwrap_err().to_string();
        assert!(sentence.contains("2 classes") && sentence.contains("3 folders (C, a, b)"), "{sentence}");
        assert!(sentence.contains("--classes"), "{sentence}");
    }
}
