//! A look at a TIFF's directories before the `tiff` crate sees them: it asks for memory for as many values as an entry
//! claims, before it notices that the file does not hold them.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::super::super::ScanError;

/// Refuses a file in which an entry claims more values than the file has bytes.
pub fn check(path: &Path) -> Result<(), ScanError> {
    let io = |source| ScanError::Read { path: path.into(), source };
    let file = File::open(path).map_err(io)?;
    let file_bytes = file.metadata().map_err(io)?.len();
    let mut walk = Walk { reader: BufReader::new(file), big_endian: false, big_tiff: false };
    match walk.entries_fit(file_bytes) {
        // A directory that ends early is for the decoder to report.
        Ok(true) | Err(_) => Ok(()),
        Ok(false) => {
            let what = "its directory claims more values than the file has bytes".into();
            Err(ScanError::Damaged { path: path.into(), what })
        }
    }
}

struct Walk {
    reader: BufReader<File>,
    big_endian: bool,
    big_tiff: bool,
}

impl Walk {
    /// Follows the chain of directories (TIFF 6.0 section 2; BigTIFF has 8-byte counts and offsets).
    fn entries_fit(&mut self, file_bytes: u64) -> std::io::Result<bool> {
        let mut order = [0; 2];
        self.reader.read_exact(&mut order)?;
        self.big_endian = &order == b"MM";
        self.big_tiff = self.number(2)? == 43;
        if self.big_tiff {
            self.number(4)?;
        }
        let mut seen = HashSet::new();
        let mut next = self.offset()?;
        while next != 0 && seen.len() < super::MOST_PAGES && seen.insert(next) {
            self.reader.seek(SeekFrom::Start(next))?;
            let entries = self.number(if self.big_tiff { 8 } else { 2 })?;
            for _ in 0..entries {
                let (_tag, kind) = (self.number(2)?, self.number(2)?);
                let count = self.offset()?;
                let _value = self.offset()?;
                if count.checked_mul(type_bytes(kind)).is_none_or(|bytes| bytes > file_bytes) {
                    return Ok(false);
                }
            }
            next = self.offset()?;
        }
        Ok(true)
    }

    /// Counts and offsets have 4 bytes, in BigTIFF 8.
    fn offset(&mut self) -> std::io::Result<u64> {
        self.number(if self.big_tiff { 8 } else { 4 })
    }

    fn number(&mut self, bytes: usize) -> std::io::Result<u64> {
        let mut value = [0; 8];
        let Some(slot) = value.get_mut(..bytes) else { return Ok(0) };
        self.reader.read_exact(slot)?;
        if self.big_endian {
            slot.reverse();
        }
        Ok(u64::from_le_bytes(value))
    }
}

/// Bytes of one value of a TIFF field type; 1 for unknown ones.
fn type_bytes(kind: u64) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}
