//! From a file (or a series) to the tensors of its cases.

use std::path::{Path, PathBuf};

use super::CaseError;
use crate::engine::{Model, SliceChoice};
use crate::preprocess::{self, Prepared};
use crate::scan::{self, Scan};

/// One case, ready for the engine.
#[derive(Debug)]
pub struct PreparedCase {
    /// Frame indices, from 0.
    pub slices: Vec<usize>,
    /// Cases that the file or series gives, this one included.
    pub siblings: usize,
    /// One per slice; one for a network of volumes.
    pub prepared: Vec<Prepared>,
    pub warnings: Vec<String>,
}

/// Opens `files` (one file, or the files of one series) and hands each case to `take` as it is ready, or why it cannot be
/// (the next one is tried then); stops when `take` returns false. `slices` overrides the manifest's choice.
///
/// # Errors
/// What is wrong with the whole file or series.
pub fn prepare_case(
    files: &[PathBuf],
    model: &Model,
    slices: Option<&SliceChoice>,
    take: &mut dyn FnMut(Result<PreparedCase, CaseError>) -> bool,
) -> Result<(), CaseError> {
    prepare_scan(&open_item(files)?, model, slices, take)
}

/// Opens one file, or the files of one series.
pub(super) fn open_item(files: &[PathBuf]) -> Result<Scan, CaseError> {
    Ok(match files {
        [one] => scan::open(one)?,
        several => scan::open_series(several)?,
    })
}

/// Names the slice where the file gives several cases.
pub(super) fn of_slice(error: CaseError, siblings: usize, slice: usize) -> CaseError {
    match siblings {
        0 | 1 => error,
        _ => CaseError::Slice { slice, source: Box::new(error) },
    }
}

/// The same for a scan that is already open.
///
/// # Errors
/// As [`prepare_case`].
pub fn prepare_scan(
    scan: &Scan,
    model: &Model,
    slices: Option<&SliceChoice>,
    take: &mut dyn FnMut(Result<PreparedCase, CaseError>) -> bool,
) -> Result<(), CaseError> {
    let path = scan.path.as_path();
    let selection = model.select_slices(scan, slices).map_err(|source| engine_error(path, source))?;
    let siblings = selection.groups.len();
    for group in selection.groups {
        let first = group.first().copied().unwrap_or(0);
        let prepared = Vec::with_capacity(group.len());
        let mut case = PreparedCase { prepared, slices: group, siblings, warnings: Vec::new() };
        case.warnings.extend(scan.meta.remarks.iter().cloned());
        case.warnings.extend(selection.remarks.iter().cloned());
        let filled = fill(&mut case, scan, model).map_err(|source| of_slice(source, siblings, first));
        if !take(filled.map(|()| case)) {
            break;
        }
    }
    Ok(())
}

fn fill(case: &mut PreparedCase, scan: &Scan, model: &Model) -> Result<(), CaseError> {
    if model.is_volume() {
        let prepared = preprocess::prepare_volume(scan, &case.slices, model.volume_steps(), false)
            .map_err(|source| CaseError::Preprocess { path: scan.path.clone(), source })?;
        case.warnings.extend(prepared.warnings.iter().cloned());
        case.prepared.push(prepared);
        return Ok(());
    }
    for &index in &case.slices {
        let (frame, frame_from_image) = preprocess::read(scan, index, model.steps())?;
        let mut prepared = preprocess::prepare_for(model.channels(), &frame, &scan.meta, model.steps(), false)
            .map_err(|source| CaseError::Preprocess { path: scan.path.clone(), source })?;
        prepared.model_from_image = prepared.model_from_image.after(&frame_from_image);
        let doubts = model.picture_warnings(&frame, &scan.meta);
        for warning in prepared.warnings.iter().chain(&doubts) {
            if !case.warnings.contains(warning) {
                case.warnings.push(warning.clone());
            }
        }
        case.prepared.push(prepared);
    }
    Ok(())
}

pub(super) fn engine_error(path: &Path, source: crate::engine::EngineError) -> CaseError {
    CaseError::Engine { path: path.to_owned(), source: Box::new(source) }
}
