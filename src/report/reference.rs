//! A reference on disk: `reference.json`, `features.npy`, `cases.jsonl`.

use std::io::Write as _;
use std::path::Path;

use super::npy::Half;
use super::{NpyWriter, ReportError};
use crate::engine::sha256_hex;
use crate::review::reference::{NewReference, ReferenceFacts};

/// Writes a reference into `folder` (made where it is missing) and gives what `reference.json` says. What lies there
/// under these names is replaced; `reference.json` goes first and comes last, so that a half-written one is none.
///
/// # Errors
/// [`ReportError::Write`].
pub fn write_reference(folder: &Path, new: &NewReference) -> Result<ReferenceFacts, ReportError> {
    let at = |name: &str| folder.join(name);
    let failed = |name: &str| {
        let path = at(name);
        move |source| ReportError::Write { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(""))?;
    if at("reference.json").exists() {
        std::fs::remove_file(at("reference.json")).map_err(failed("reference.json"))?;
    }
    let mut npy = NpyWriter::create::<Half>(&at("features.npy"), new.features.shape())?;
    npy.write(new.features.iter().map(|bits| Half(*bits)))?;
    npy.finish()?;
    let written = std::fs::read(at("features.npy")).map_err(failed("features.npy"))?;
    let mut lines = Vec::new();
    for case in &new.cases {
        serde_json::to_writer(&mut lines, case).map_err(|error| failed("cases.jsonl")(error.into()))?;
        lines.push(b'\n');
    }
    std::fs::write(at("cases.jsonl"), lines).map_err(failed("cases.jsonl"))?;
    let facts = ReferenceFacts { features_sha256: sha256_hex(&written), ..new.facts.clone() };
    let text = serde_json::to_string_pretty(&facts).map_err(|error| failed("reference.json")(error.into()))?;
    let mut file = std::fs::File::create(at("reference.json")).map_err(failed("reference.json"))?;
    writeln!(file, "{text}").map_err(failed("reference.json"))?;
    Ok(facts)
}
