//! What an examination is made of: the readings of a model, pictures, and what is known about each.

use std::path::{Path, PathBuf};

use super::{DoctorError, Reference, Sample, read_table};
use crate::engine::import::{Choices, ReadExport};
use crate::engine::{EngineError, Model};
use crate::onnx::Layout;
use crate::review::truth_from_folder;
use crate::scan;

/// The model; in both layouts where its graph does not tell.
///
/// # Errors
/// As [`Model::load`].
pub fn readings(path: &Path) -> Result<Vec<Model>, DoctorError> {
    let first = match Model::load(path) {
        Ok(model) => return Ok(vec![model]),
        Err(error @ EngineError::Onnx { .. }) => error,
        Err(error) => return Err(error.into()),
    };
    let Ok(export) = ReadExport::open(path) else { return Err(first.into()) };
    let read = |layout| export.draft(&Choices { layout: Some(layout), ..Choices::default() }).map(|draft| draft.model);
    let both: Vec<Model> = [Layout::Nhwc, Layout::Nchw].into_iter().filter_map(|layout| read(layout).ok()).collect();
    if both.is_empty() { Err(first.into()) } else { Ok(both) }
}

/// `most` pictures of these files and folders at most, evenly chosen, and what is known about each: what `predictions`
/// says of it, else the class that its folder is named like.
///
/// # Errors
/// [`DoctorError::TooLittle`] where nothing is known about any picture; files that cannot be read.
pub fn material(
    pictures: &[PathBuf],
    predictions: Option<&Path>,
    most: usize,
    model: &Model,
) -> Result<(Vec<Sample>, Reference), DoctorError> {
    if model.is_volume() {
        return Err(DoctorError::Volumes);
    }
    let found = scan::discover(pictures);
    let names = model.class_names();
    let (mut paths, reference) = match predictions {
        Some(file) => {
            let (chosen, reference) = read_table(file, names)?.join(&found.files)?;
            (chosen.into_iter().filter_map(|index| found.files.get(index).cloned()).collect::<Vec<_>>(), reference)
        }
        None => {
            let labelled: Vec<(PathBuf, usize)> =
                found.files.iter().filter_map(|path| Some((path.clone(), truth_from_folder(path, names)?))).collect();
            if labelled.is_empty() {
                let what = format!(
                    "No picture lies in a folder named like a class ({}). Name the classes (`overread import --classes`), \
                     or give the framework's outputs with --predictions.",
                    names.join(", ")
                );
                return Err(DoctorError::TooLittle { what });
            }
            let (paths, labels) = labelled.into_iter().unzip();
            (paths, Reference::Labels(labels))
        }
    };
    let chosen = spread(paths.len(), most);
    let reference = reference.chosen(&chosen);
    paths = chosen.iter().filter_map(|index| paths.get(*index).cloned()).collect();
    let samples = paths.iter().map(|path| sample(path, model)).collect::<Result<Vec<Sample>, DoctorError>>()?;
    Ok((samples, reference))
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
