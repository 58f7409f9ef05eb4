//! The raw samples inside a file: read in part from a plain file, unpacked once and kept from a gzip file.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::bufread::MultiGzDecoder;

use super::limits::check_expansion;
use super::{Limits, ScanError};

/// Deflate cannot expand further than 1032 : 1.
pub(super) const DEFLATE_MOST_RATIO: u64 = 1040;

/// `len` bytes of raw samples from byte `offset` of a file, or of what the file unpacks to.
#[derive(Debug)]
pub(super) struct Region {
    path: PathBuf,
    offset: u64,
    len: u64,
    gzip: bool,
    /// The last part asked for through [`Region::kept`]: its start, its bytes. All of it for gzip.
    kept: Mutex<Option<(u64, Arc<Vec<u8>>)>>,
}

impl Region {
    /// Checks that a plain file is long enough, and that a gzip file can unpack to that much and may.
    pub fn new(path: &Path, offset: u64, len: u64, gzip: bool, limits: &Limits) -> Result<Self, ScanError> {
        let read = |source| ScanError::Read { path: path.into(), source };
        let file_bytes = std::fs::metadata(path).map_err(read)?.len();
        let end = offset.checked_add(len).ok_or_else(|| damaged(path, "its header promises absurdly many values"))?;
        if gzip {
            check_expansion(path, end, file_bytes, DEFLATE_MOST_RATIO)?;
            if len > limits.volume_bytes {
                return Err(ScanError::TooLarge {
                    path: path.into(),
                    what: format!(
                        "it unpacks to {} MiB, and {} MiB are kept. Unpack it: of an unpacked file only the slices \
                         shown are read",
                        len >> 20,
                        limits.volume_bytes >> 20
                    ),
                });
            }
        } else if end > file_bytes {
            return Err(damaged(
                path,
                format!("it ends early: its header promises {end} bytes, the file has {file_bytes}"),
            ));
        }
        Ok(Self { path: path.into(), offset, len, gzip, kept: Mutex::new(None) })
    }

    pub fn is_gzip(&self) -> bool {
        self.gzip
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Bytes `start..start + len` of the region, straight from a plain file.
    pub fn part(&self, start: u64, len: usize) -> Result<Vec<u8>, ScanError> {
        let inside = start.checked_add(len as u64).is_some_and(|end| end <= self.len);
        if !inside {
            return Err(damaged(&self.path, "a frame lies outside its values"));
        }
        let read = |source| ScanError::Read { path: self.path.clone(), source };
        let mut file = File::open(&self.path).map_err(read)?;
        file.seek(SeekFrom::Start(self.offset.saturating_add(start))).map_err(read)?;
        let mut bytes = vec![0; len];
        file.read_exact(&mut bytes).map_err(read)?;
        Ok(bytes)
    }

    /// Bytes `start..start + len`, kept for the next call. A gzip file is unpacked whole: the returned start says
    /// where in the bytes the part begins.
    pub fn kept(&self, start: u64, len: u64, limits: &Limits) -> Result<(u64, Arc<Vec<u8>>), ScanError> {
        // A decoder that panicked while holding the lock left nothing half-written: the slot is set in one step.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let want = if self.gzip { (0, self.len) } else { (start, len) };
        let into = start.saturating_sub(want.0);
        if let Some((at, bytes)) = kept.as_ref()
            && *at == want.0
            && bytes.len() as u64 == want.1
        {
            return Ok((into, Arc::clone(bytes)));
        }
        // Let go of the old part before the new one is asked for: one copy at a time.
        *kept = None;
        if want.1 > limits.volume_bytes {
            return Err(ScanError::TooLarge {
                path: self.path.clone(),
                what: format!("one volume has {} MiB, and {} MiB are kept", want.1 >> 20, limits.volume_bytes >> 20),
            });
        }
        let size = usize::try_from(want.1).map_err(|_| damaged(&self.path, "its values do not fit into memory"))?;
        let bytes = Arc::new(if self.gzip { self.unpack(size)? } else { self.part(want.0, size)? });
        *kept = Some((want.0, Arc::clone(&bytes)));
        Ok((into, bytes))
    }

    fn unpack(&self, len: usize) -> Result<Vec<u8>, ScanError> {
        let mut stream = gunzip(&self.path)?;
        let broken = |error: std::io::Error| damaged(&self.path, format!("its compressed data is broken ({error})"));
        let skipped = std::io::copy(&mut stream.by_ref().take(self.offset), &mut std::io::sink()).map_err(broken)?;
        let mut bytes = vec![0; if skipped == self.offset { len } else { 0 }];
        let early = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged(&self.path, "its compressed data ends early"),
            _ => broken(error),
        };
        if skipped < self.offset {
            return Err(damaged(&self.path, "its compressed data ends early"));
        }
        stream.read_exact(&mut bytes).map_err(early)?;
        // The checksum stands behind the data: reading on to the end checks it.
        match std::io::copy(&mut stream.take(1 << 20), &mut std::io::sink()) {
            Ok(_) => Ok(bytes),
            // Bytes that are no gzip member behind the last one do no harm; some tools pad.
            Err(error) if error.to_string().contains("invalid gzip header") => Ok(bytes),
            Err(error) => Err(early(error)),
        }
    }
}

/// A stream of what a gzip file unpacks to.
pub(super) fn gunzip(path: &Path) -> Result<MultiGzDecoder<BufReader<File>>, ScanError> {
    let file = File::open(path).map_err(|source| ScanError::Read { path: path.into(), source })?;
    Ok(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)))
}

fn damaged(path: &Path, what: impl Into<String>) -> ScanError {
    ScanError::Damaged { path: path.into(), what: what.into() }
}
