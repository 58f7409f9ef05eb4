//! NumPy's `.npy` format, version 1.0, written frame by frame so that a large volume never lies in memory twice.
//! Format: the NumPy enhancement proposal NEP 1.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::ReportError;

/// Writes one C-ordered little-endian array.
pub struct NpyWriter {
    path: PathBuf,
    file: BufWriter<File>,
    shape: Vec<usize>,
    written: usize,
}

/// Element types that Overread writes.
pub trait Element: Copy {
    /// NumPy's type string.
    const DESCR: &'static str;
    fn push(self, bytes: &mut Vec<u8>);
}

impl Element for f32 {
    const DESCR: &'static str = "<f4";
    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_le_bytes());
    }
}

impl Element for u8 {
    const DESCR: &'static str = "|u1";
    fn push(self, bytes: &mut Vec<u8>) {
        bytes.push(self);
    }
}

/// The bits of a half-precision number.
#[derive(Clone, Copy, Debug)]
pub struct Half(pub u16);

impl Element for Half {
    const DESCR: &'static str = "<f2";
    fn push(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.0.to_le_bytes());
    }
}

impl NpyWriter {
    /// Creates (or replaces) `path` for an array of `shape`.
    pub fn create<T: Element>(path: &Path, shape: &[usize]) -> Result<Self, ReportError> {
        let dims: Vec<String> = shape.iter().map(usize::to_string).collect();
        let comma = if shape.len() == 1 { "," } else { "" };
        let dims = dims.join(", ");
        let mut header = format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({dims}{comma}), }}", T::DESCR);
        // Magic, version and length take 10 bytes; data starts at a multiple of 64.
        let padding = 63 - (10 + header.len()) % 64;
        header.push_str(&" ".repeat(padding));
        header.push('\n');
        let failed = |source| ReportError::Write { path: path.to_owned(), source };
        let length = u16::try_from(header.len())
            .map_err(|_| ReportError::Shape { expected: format!("{shape:?}"), given: header.len() })?;
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        file.write_all(b"\x93NUMPY\x01\x00").map_err(failed)?;
        file.write_all(&length.to_le_bytes()).map_err(failed)?;
        file.write_all(header.as_bytes()).map_err(failed)?;
        Ok(Self { path: path.to_owned(), file, shape: shape.to_vec(), written: 0 })
    }

    /// Appends values in C order.
    pub fn write<T: Element>(&mut self, values: impl IntoIterator<Item = T>) -> Result<(), ReportError> {
        let mut bytes = Vec::new();
        let mut count = 0;
        for value in values {
            value.push(&mut bytes);
            count += 1;
        }
        self.written += count;
        self.file.write_all(&bytes).map_err(|source| ReportError::Write { path: self.path.clone(), source })
    }

    /// Ends the file; an error where the values do not fill the shape.
    pub fn finish(mut self) -> Result<(), ReportError> {
        if self.written != self.shape.iter().product::<usize>() {
            return Err(ReportError::Shape { expected: format!("{:?}", self.shape), given: self.written });
        }
        self.file.flush().map_err(|source| ReportError::Write { path: self.path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.save` of `numpy.arange(6, dtype='f4').reshape(2, 3)`, numpy 2.4.6: 128 bytes of header, then the data.
    #[test]
    fn the_bytes_are_those_of_numpy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let mut writer = NpyWriter::create::<f32>(&path, &[2, 3]).unwrap();
        writer.write((0..6u8).map(f32::from)).unwrap();
        writer.finish().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 128 + 24);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert!(bytes[10..].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"));
        assert_eq!(bytes[127], b'\n');
        assert_eq!(&bytes[128..136], &[0, 0, 0, 0, 0, 0, 0x80, 0x3f]);
    }

    #[test]
    fn a_short_array_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = NpyWriter::create::<u8>(&folder.path().join("a.npy"), &[2, 2]).unwrap();
        writer.write([1u8, 2, 3]).unwrap();
        assert!(writer.finish().is_err());
    }
}
