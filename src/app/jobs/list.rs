//! The listing worker: what paths hold. Folders are walked, series grouped, models told apart from scans.

use std::path::{Path, PathBuf};

use super::Emitter;
use crate::app::{Cause, Event, Problem};
use crate::scan;

#[derive(Debug)]
pub(super) struct Job {
    pub generation: u64,
    pub paths: Vec<PathBuf>,
}

pub(super) fn work(job: Job, emit: &Emitter) {
    let (models, paths): (Vec<_>, Vec<_>) = job.paths.into_iter().partition(|path| is_model(path));
    let (mut cases, mut problems) = (Vec::new(), Vec::new());
    if !paths.is_empty() {
        let found = scan::discover(&paths);
        cases = scan::group_series(&found.files);
        problems.extend(found.problems.iter().map(Problem::from));
        if cases.is_empty() && problems.is_empty() {
            problems.push(nothing_found(&paths));
        }
    }
    emit.send(Event::Listed { generation: job.generation, cases, models, problems });
}

/// An .onnx, or a folder that holds `model.onnx`.
fn is_model(path: &Path) -> bool {
    let onnx = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"));
    (onnx && path.is_file()) || path.join("model.onnx").is_file()
}

fn nothing_found(paths: &[PathBuf]) -> Problem {
    let names: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    Problem::new(Cause::NothingFound, format!("No picture that this program knows in {}.", names.join(", ")))
}
