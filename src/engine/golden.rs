//! Golden cases: inputs with the logits that the training framework gave, run again here.

use std::path::{Component, Path};

use ndarray::Array3;

use super::metadata_file::GoldenCase;
use super::model::Model;
use super::model_file::sha256_hex;
use super::npy::read_tensor;
use super::session::Session;
use crate::preprocess::{prepare, prepare_volume, read};
use crate::scan;

/// How one golden case came out.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct GoldenResult {
    /// As the manifest names it.
    pub file: String,
    pub passed: bool,
    /// Largest difference of a logit; `None` where the case could not be run.
    pub largest_difference: Option<f32>,
    pub tolerance: f32,
    /// Why the case could not be run.
    pub problem: Option<String>,
}

/// Runs every golden case of the manifest. A case that cannot be run is a result that failed, with the reason.
pub fn verify_golden(model: &Model, session: &mut Session) -> Vec<GoldenResult> {
    model.manifest.golden_cases.iter().map(|case| verify(model, session, case)).collect()
}

fn verify(model: &Model, session: &mut Session, case: &GoldenCase) -> GoldenResult {
    let difference = difference(model, session, case);
    GoldenResult {
        file: case.file.clone(),
        passed: difference.as_ref().is_ok_and(|difference| *difference <= case.tolerance),
        largest_difference: difference.as_ref().ok().copied(),
        tolerance: case.tolerance,
        problem: difference.err(),
    }
}

fn difference(model: &Model, session: &mut Session, case: &GoldenCase) -> Result<f32, String> {
    let relative = Path::new(&case.file);
    if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(format!("\"{}\" is not a path inside the model's folder.", case.file));
    }
    let path = model.folder.join(relative);
    if let Some(expected) = &case.sha256 {
        let bytes = std::fs::read(&path).map_err(|error| format!("{} could not be read: {error}.", path.display()))?;
        let found = sha256_hex(&bytes);
        if !expected.eq_ignore_ascii_case(&found) {
            return Err(format!("{} is another file: its sha256 is {found}, {expected} is stated.", path.display()));
        }
    }
    let tensor = match read_tensor(&path) {
        Some(tensor) => tensor,
        None => prepared(model, &path)?,
    };
    let result = session.run(&[tensor.view()]).map_err(|error| error.to_string())?.pop();
    let logits = result.and_then(|result| result.logits).ok_or("The model gives no logits to compare.")?;
    if logits.len() != case.logits.len() {
        return Err(format!("{} logits are stated; the model gives {}.", case.logits.len(), logits.len()));
    }
    Ok(logits.iter().zip(&case.logits).map(|(found, stated)| (found - stated).abs()).fold(0.0, f32::max))
}

fn prepared(model: &Model, path: &Path) -> Result<Array3<f32>, String> {
    let scan = scan::open(path).map_err(|error| error.to_string())?;
    if model.is_volume() {
        let frames = model.select_slices(&scan, None).map_err(|error| error.to_string())?;
        let prepared = prepare_volume(&scan, &frames.groups.concat(), model.volume_steps(), false);
        return prepared.map(|prepared| prepared.tensor).map_err(|error| error.to_string());
    }
    let (frame, _) = read(&scan, 0, model.steps()).map_err(|error| error.to_string())?;
    let prepared = prepare(&frame, &scan.meta, model.steps(), false).map_err(|error| error.to_string())?;
    Ok(prepared.tensor)
}
