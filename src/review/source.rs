//! What a case's files are and whom they are of.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::scan::Meta;

/// Facts beside a case's pixels. The identifiers are as the files have them; [`Pseudonyms`](super::record::Pseudonyms)
/// makes them fit to be written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Lower-case hexadecimal sha256 of the file; of a series, that of its files' hashes in their order. `None` where
    /// a file could not be read.
    pub sha256: Option<String>,
    /// Patient ID (0010,0020).
    pub patient: Option<String>,
    /// Series Instance UID (0020,000E).
    pub series: Option<String>,
}

impl SourceFacts {
    /// Hashes `files` and takes the identifiers out of `meta`, where the files could be opened.
    pub fn read(files: &[PathBuf], meta: Option<&Meta>) -> Self {
        let tag = |keyword: &str| identifier(meta?, keyword);
        Self { sha256: hash_files(files), patient: tag("PatientID"), series: tag("SeriesInstanceUID") }
    }
}

/// The value of an identifying attribute; `None` where it is missing or empty.
pub(super) fn identifier(meta: &Meta, keyword: &str) -> Option<String> {
    let tag = meta.identity.iter().find(|tag| tag.keyword == keyword)?;
    Some(tag.value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// As [`SourceFacts::sha256`].
pub(super) fn hash_files(files: &[PathBuf]) -> Option<String> {
    if let [one] = files {
        return hash_file(one).ok();
    }
    let hashes: Option<Vec<String>> = files.iter().map(|file| hash_file(file).ok()).collect();
    hashes.filter(|hashes| !hashes.is_empty()).map(|hashes| sha256_hex(hashes.concat().as_bytes()))
}

/// Lower-case hexadecimal sha256 of a file.
pub(super) fn hash_file(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(block.get(..read).unwrap_or_default()),
        }
    }
}

/// Lower-case hexadecimal sha256.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
