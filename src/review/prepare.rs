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
    /// One per slice.
    pub prepared: Vec<Prepared>,
    pub warnings: Vec<String>,
}

/// Opens `files` (one file, or the files of one series) and hands each case to `take` as it is ready; stops when
/// `take` returns false. `slices` overrides the manifest's choice.
pub fn prepare_case(
    files: &[PathBuf],
    model: &Model,
    slices: Option<&SliceChoice>,
    take: &mut dyn FnMut(PreparedCase) -> bool,
) -> Result<(), CaseError> {
    let scan = match files {
        [one] => scan::open(one)?,
        several => scan::open_series(several)?,
    };
    prepare_scan(&scan, model, slices, take)
}

/// The same for a scan that is already open.
pub fn prepare_scan(
    scan: &Scan,
    model: &Model,
    slices: Option<&SliceChoice>,
    take: &mut dyn FnMut(PreparedCase) -> bool,
) -> Result<(), CaseError> {
    let path = scan.path.as_path();
    let selection = model.select_slices(scan, slices).map_err(|source| engine_error(path, source))?;
    for group in selection.groups {
        let mut case = PreparedCase { prepared: Vec::with_capacity(group.len()), slices: group, warnings: Vec::new() };
        case.warnings.extend(scan.meta.remarks.iter().cloned());
        case.warnings.extend(selection.remarks.iter().cloned());
        for &index in &case.slices {
            let frame = scan.frame(index)?;
            let prepared = preprocess::prepare(&frame, &scan.meta, model.steps(), false)
                .map_err(|source| CaseError::Preprocess { path: path.to_owned(), source })?;
            for warning in &prepared.warnings {
                if !case.warnings.contains(warning) {
                    case.warnings.push(warning.clone());
                }
            }
            case.prepared.push(prepared);
        }
        if !take(case) {
            break;
        }
    }
    Ok(())
}

pub(super) fn engine_error(path: &Path, source: crate::engine::EngineError) -> CaseError {
    CaseError::Engine { path: path.to_owned(), source: Box::new(source) }
}
