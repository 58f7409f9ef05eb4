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
    if !paths.is_empty() {
        let found = scan::discover(&paths);
        cases = scan::group_series(&found.files);
        problems.extend(found.problems.iter().map(Problem::from));
        if cases.is_empty() && problems.is_empty() {
            problems.push(nothing_found(&paths));
        }
    }
    emit.send(Event::Listed { generation: job.generation, cases, models, problems, roots: paths, review });
}

/// An .onnx, or a folder that holds a model where exporters put it.
fn is_model(path: &Path) -> bool {
    let onnx = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"));
    (onnx && path.is_file()) || import::is_model_folder(path)
}

fn nothing_found(paths: &[PathBuf]) -> Problem {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    Problem::new(Cause::NothingFound, format!("No picture that this program knows in {}.", names.join(", ")))
}
