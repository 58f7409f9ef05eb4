//! Files of JSON lines that only grow.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::FolderError;

/// A file that is open for one writer.
#[derive(Debug)]
pub(super) struct JsonLines {
    path: PathBuf,
    file: File,
}

impl JsonLines {
    /// Opens (or makes) the file, locks it against other writers and cuts off a torn last line.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError::Write { path: path.to_owned(), source };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(FolderError::InUse { path: path.to_owned() }),
            // A file system without locks.
            Err(std::fs::TryLockError::Error(error)) => tracing::warn!("{} is not locked: {error}", path.display()),
        }
        let end = whole_lines(&mut file).map_err(failed)?;
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::Start(end)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// One line, handed to the system in one call: a killed program leaves it whole or torn, never mixed.
    pub fn append(&mut self, value: &impl Serialize) -> Result<(), FolderError> {
        let failed = |source| FolderError::Write { path: self.path.clone(), source };
        let mut line = serde_json::to_vec(value).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(failed)
    }

    /// Waits until the disk has it.
    pub fn sync(&self) -> Result<(), FolderError> {
        self.file.sync_data().map_err(|source| FolderError::Write { path: self.path.clone(), source })
    }
}

/// Length up to the end of the last line.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    const BLOCK: u64 = 1 << 16;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::new();
        file.take(end - start).read_to_end(&mut block)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Every line that can be read; a sentence in `problems` for each that cannot.
pub(super) fn read_lines<T: DeserializeOwned>(path: &Path, problems: &mut Vec<String>) -> Result<Vec<T>, FolderError> {
    let failed = |source| FolderError::Read { path: path.to_owned(), source };
    let mut reader = BufReader::new(File::open(path).map_err(failed)?);
    let mut found = Vec::new();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(value) => found.push(value),
            Err(error) => problems.push(format!("{}, line {number}: {error}; left out", path.display())),
        }
    }
    Ok(found)
}
