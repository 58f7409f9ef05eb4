//! The bytes of a model, with the proof that they are still the same.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use prost::bytes::Bytes;
use sha2::{Digest, Sha256};

use super::error::EngineError;

/// Keeps the bytes from reading to the first session, then drops them: engines keep their own copy. Later sessions read
/// the file again and refuse it where it changed.
#[derive(Debug)]
pub(super) struct ModelFile {
    pub path: PathBuf,
    pub sha256: String,
    /// In bytes.
    pub length: usize,
    bytes: Mutex<Option<Bytes>>,
    /// True where there is no file to read again.
    stays: bool,
}

impl ModelFile {
    /// Reads the file and hashes it while `look` looks at its bytes: the hash of a large model takes as long as all
    /// checks together.
    pub fn read<T>(path: &Path, look: impl FnOnce(Bytes) -> Result<T, EngineError>) -> Result<(Self, T), EngineError> {
        let bytes = read_file(path)?;
        let (sha256, found) = std::thread::scope(|scope| {
            let hash = scope.spawn(|| sha256_hex(&bytes));
            let found = look(bytes.clone());
            (hash.join().unwrap_or_else(|_| sha256_hex(&bytes)), found)
        });
        let length = bytes.len();
        let file = Self { path: path.to_owned(), sha256, length, bytes: Mutex::new(Some(bytes)), stays: false };
        Ok((file, found?))
    }

    /// Bytes that were made here; `path` is that of the file they were made from.
    pub fn in_memory(path: &Path, bytes: Bytes) -> Self {
        let (sha256, length) = (sha256_hex(&bytes), bytes.len());
        Self { path: path.to_owned(), sha256, length, bytes: Mutex::new(Some(bytes)), stays: true }
    }

    /// The bytes, out of memory or from the file again. They are no longer kept afterwards.
    pub fn take(&self) -> Result<Bytes, EngineError> {
        let mut kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = if self.stays { kept.clone() } else { kept.take() };
        drop(kept);
        if let Some(bytes) = bytes {
            return Ok(bytes);
        }
        let bytes = read_file(&self.path)?;
        let found = sha256_hex(&bytes);
        if found != self.sha256 {
            return Err(EngineError::Changed { path: self.path.clone(), expected: self.sha256.clone(), found });
        }
        Ok(bytes)
    }
}

fn read_file(path: &Path) -> Result<Bytes, EngineError> {
    std::fs::read(path).map(Bytes::from).map_err(|source| EngineError::Read { path: path.to_owned(), source })
}

/// Lower-case hexadecimal sha256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
