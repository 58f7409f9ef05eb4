//! Where a file's bytes come from: the disk, or memory for a deflated data set.
//!
//! A file is opened again for each read, so that a series of thousands of files holds no descriptors.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scan::fault::Fault;

/// Bytes that can be read at any offset; the length is known before anything is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Bytes {
    File { path: PathBuf, length: u64 },
    Memory(Arc<Vec<u8>>),
}

impl Bytes {
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let length = std::fs::metadata(path)?.len();
        Ok(Self::File { path: path.to_path_buf(), length })
    }

    pub fn length(&self) -> u64 {
        match self {
            Self::File { length, .. } => *length,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// Exactly `length` bytes from `offset`; memory is asked for only where the file is long enough.
    pub fn read(&self, offset: u64, length: u64) -> Result<Vec<u8>, Fault> {
        let end = offset.checked_add(length).filter(|end| *end <= self.length());
        let (Some(_), Ok(size)) = (end, usize::try_from(length)) else {
            return Err(Fault::damaged(format!("it ends before byte {}", offset.saturating_add(length))));
        };
        match self {
            Self::File { path, .. } => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                let mut bytes = Vec::with_capacity(size);
                file.take(length).read_to_end(&mut bytes)?;
                if bytes.len() != size {
                    return Err(Fault::damaged("it became shorter while it was read"));
                }
                Ok(bytes)
            }
            Self::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                let slice = bytes.get(start..start.saturating_add(size));
                slice.map(<[u8]>::to_vec).ok_or_else(|| Fault::damaged("it ends early"))
            }
        }
    }

    /// A run of bytes from `offset` on, taken piece by piece.
    pub fn run(&self, offset: u64) -> Result<Run<'_>, Fault> {
        Ok(match self {
            Self::File { path, .. } => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(offset))?;
                Run::File(file)
            }
            Self::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX);
                Run::Memory(bytes.get(start..).unwrap_or_default())
            }
        })
    }

    /// A reader of a few bytes here and there, which keeps one file open.
    pub fn cursor(&self) -> Result<Box<dyn ReadSeek + '_>, Fault> {
        Ok(match self {
            Self::File { path, .. } => Box::new(std::io::BufReader::with_capacity(1 << 12, File::open(path)?)),
            Self::Memory(bytes) => Box::new(std::io::Cursor::new(bytes.as_slice())),
        })
    }
}

/// What [`Bytes::run`] gives.
pub(crate) enum Run<'a> {
    File(File),
    Memory(&'a [u8]),
}

impl Run<'_> {
    /// The next `length` bytes: ask for little at a time.
    pub fn next(&mut self, length: usize) -> Result<Vec<u8>, Fault> {
        let mut piece = Vec::with_capacity(length);
        match self {
            Self::File(file) => file.take(length as u64).read_to_end(&mut piece)?,
            Self::Memory(bytes) => bytes.take(length as u64).read_to_end(&mut piece)?,
        };
        if piece.len() == length { Ok(piece) } else { Err(Fault::damaged("it became shorter while it was read")) }
    }
}

/// What [`Bytes::cursor`] gives.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}
