//! The listing worker: what paths hold. Folders are walked, series grouped, models told apart from scans.

use std::path::{Path, PathBuf};

use super::Emitter;
use crate::app::{Cause, Event, Problem};
use crate::engine::import;
use crate::review::folder::RunFolder;
use crate::scan;

#[derive(Debug)]
pub(super) struct Job {
    pub generation: u64,
    pub paths: Vec<PathBuf>,
    /// True while a model is set up: a file of class names is for that one.
    pub sets_up: bool,
}

pub(super) fn work(job: Job, emit: &Emitter) {
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    let review = job.paths.iter().find(|path| RunFolder::is_one(path)).cloned();
    let paths = match review.as_ref().map(|folder| RunFolder::facts_of(folder)) {
        None => job.paths,
        // An earlier review stands for its scans and its model.
        Some(Ok(facts)) => facts.roots.into_iter().chain([facts.model.path]).collect(),
        Some(Err(error)) => {
            problems.push(Problem::from(&error));
            Vec::new()
        }
    };
    let (models, paths): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| is_model(path));
    let (models, mut paths) = with_its_settings(models, paths);
    let is_for_a_model = models.len() == 1 || (models.is_empty() && job.sets_up);
    let names = paths.iter().position(|path| is_for_a_model && holds_class_names(path)).map(|at| paths.remove(at));
    if !paths.is_empty() {
        let found = scan::discover(&paths);
        cases = scan::group_series(&found.files);
        problems.extend(found.problems.iter().map(Problem::from));
        if cases.is_empty() && problems.is_empty() {
            problems.push(nothing_found(&paths));
        }
    }
    emit.send(Event::Listed { generation: job.generation, cases, models, names, problems, roots: paths, review });
}

/// An .onnx, or a folder that holds a model where exporters put it.
fn is_model(path: &Path) -> bool {
    let onnx = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"));
    (onnx && path.is_file()) || import::is_model_folder(path)
}

/// Files of a model's folder beside the .onnx that they came with: the folder is meant.
fn with_its_settings(mut models: Vec<PathBuf>, mut paths: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    if let [model] = models.as_mut_slice()
        && let Some(folder) = model.parent().filter(|folder| import::is_model_folder(folder)).map(Path::to_owned)
    {
        let before = paths.len();
        paths.retain(|path| path.parent() != Some(&folder) || !SETTINGS.iter().any(|name| path.ends_with(name)));
        if paths.len() < before {
            *model = folder;
        }
    }
    (models, paths)
}

/// What tools write beside their models.
const SETTINGS: [&str; 3] = ["metadata.json", "config.json", "preprocessor_config.json"];

/// A text of names or a list in JSON; no table, whose lines could be anything.
fn holds_class_names(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    let is_text = end.is_some_and(|end| ["txt", "json", "names"].contains(&end.as_str()));
    is_text && path.is_file() && import::class_names_from_file(path).is_ok_and(|names| names.len() > 1)
}

fn nothing_found(paths: &[PathBuf]) -> Problem {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    Problem::new(Cause::NothingFound, format!("No picture that this program knows in {}.", names.join(", ")))
}
