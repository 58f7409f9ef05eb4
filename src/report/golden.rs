//! Golden cases into a model folder: prepared inputs as `.npy`, their logits in `metadata.json`.

use std::path::{Path, PathBuf};

use ndarray::Array3;
use serde_json::{Map, Value};

use super::{NpyWriter, ReportError};
use crate::engine::import::{Written, write_metadata};
use crate::engine::{EngineError, GoldenCase, Model, sha256_hex};

/// One case to record.
#[derive(Clone, Debug)]
pub struct NewGolden {
    /// What the `.npy` is named after.
    pub name: String,
    /// As the network is fed: `[rows, cols, channels]`.
    pub tensor: Array3<f32>,
    pub logits: Vec<f32>,
    /// Where the numbers come from, e.g. which engine.
    pub notes: Map<String, Value>,
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

/// Writes `golden/NAME.npy` for each case beside the ones that are there, and a new `metadata.json` (the version before is
/// kept). No file is overwritten.
///
/// # Errors
/// [`GoldenError`].
pub fn write_golden(model: &Model, cases: Vec<NewGolden>, tolerance: f32) -> Result<Written, GoldenError> {
    if model.is_bare {
        return Err(GoldenError::Bare { path: model.path.clone() });
    }
    let folder = model.folder.join("golden");
    std::fs::create_dir_all(&folder).map_err(|source| ReportError::Write { path: folder.clone(), source })?;
    let mut file = model.manifest.file.clone();
    for case in cases {
        let path = free_name(&folder, &case.name);
        let (rows, cols, channels) = case.tensor.dim();
        let mut writer = NpyWriter::create::<f32>(&path, &[rows, cols, channels])?;
        writer.write(case.tensor.iter().copied())?;
        writer.finish()?;
        let bytes = std::fs::read(&path).map_err(|source| EngineError::Read { path: path.clone(), source })?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        file.golden_cases.push(GoldenCase {
            file: format!("golden/{name}"),
            sha256: Some(sha256_hex(&bytes)),
            logits: case.logits,
            tolerance,
            other: case.notes,
        });
    }
    Ok(write_metadata(&model.folder, &file)?)
}

fn free_name(folder: &Path, name: &str) -> PathBuf {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
    let plain = plain.trim_matches('.');
    let first = folder.join(format!("{plain}.npy"));
    let numbered = (2..).map(|number: usize| folder.join(format!("{plain}-{number}.npy")));
    std::iter::once(first).chain(numbered).find(|path| !path.exists()).unwrap_or_default()
}
