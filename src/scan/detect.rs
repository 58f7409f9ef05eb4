//! What a file is, by its first bytes; its name counts for nothing, except that raw `.img` files have no other mark.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::{Format, dicom, nifti, npy};

/// Bytes read from the start of a file: DICOM's mark is at 128, a NIfTI-2 header has 540.
const START_BYTES: u64 = 1024;

/// Which reader opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dicom,
    /// Plain, gzip, or the header of a pair.
    Nifti,
    /// Raw values with their header in a file beside them.
    NiftiImage,
    Picture(Format),
    Npy,
}

/// The reader for the file at `path`; `Err` in the inside says what the file is instead.
pub(super) fn recognise(path: &Path) -> std::io::Result<Result<Kind, String>> {
    // A pipe or a device would be waited for.
    if !std::fs::metadata(path)?.is_file() {
        return Ok(Err("It is no ordinary file.".to_owned()));
    }
    let mut start = Vec::with_capacity(START_BYTES as usize);
    File::open(path)?.take(START_BYTES).read_to_end(&mut start)?;
    if let Some(kind) = by_content(&start) {
        return Ok(Ok(kind));
    }
    if nifti::header_of_image(path).is_some_and(|header| is_nifti_header(&header)) {
        return Ok(Ok(Kind::NiftiImage));
    }
    Ok(Err(hint(&start)))
}

fn by_content(start: &[u8]) -> Option<Kind> {
    // DICOM first: its 128-byte preamble may hold a TIFF header (PS3.10 7.1).
    if start.get(128..132) == Some(b"DICM") {
        return Some(Kind::Dicom);
    }
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Kind::Picture(Format::Png));
    }
    if start.starts_with(b"\xff\xd8\xff") {
        return Some(Kind::Picture(Format::Jpeg));
    }
    // 43 is BigTIFF.
    if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|mark| start.starts_with(*mark)) {
        return Some(Kind::Picture(Format::Tiff));
    }
    if start.starts_with(npy::MAGIC) {
        return Some(Kind::Npy);
    }
    if start.starts_with(b"BM") && is_bmp(start) {
        return Some(Kind::Picture(Format::Bmp));
    }
    if nifti::looks_like(start) || gzip_start(start).is_some_and(|inside| nifti::looks_like(&inside)) {
        return Some(Kind::Nifti);
    }
    dicom::looks_like(start).then_some(Kind::Dicom)
}

/// "BM" alone begins many a text file: the size of the second header is one of the few that exist.
fn is_bmp(start: &[u8]) -> bool {
    let size = start.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    matches!(size, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// What a gzip file's first bytes unpack to, as far as they go.
fn gzip_start(start: &[u8]) -> Option<Vec<u8>> {
    if !start.starts_with(&[0x1f, 0x8b]) {
        return None;
    }
    let mut inside = Vec::new();
    // The end of `start` cuts the stream: what came before counts.
    let _ = GzDecoder::new(start).take(START_BYTES).read_to_end(&mut inside);
    Some(inside)
}

fn is_nifti_header(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    read.is_ok() && by_content(&start) == Some(Kind::Nifti)
}

/// What an unknown file seems to be.
fn hint(start: &[u8]) -> String {
    let known: [(&[u8], &str); 12] = [
        (b"GIF8", "it is a GIF"),
        (b"%PDF", "it is a PDF"),
        (b"PK\x03\x04", "it is a ZIP archive; unpack it first"),
        (b"\x1f\x8b", "it is a gzip file without a NIfTI volume; unpack it first"),
        (b"7z\xbc\xaf", "it is a 7-Zip archive; unpack it first"),
        (b"Rar!", "it is a RAR archive; unpack it first"),
        (b"\x89HDF", "it is an HDF5 or MINC file"),
        (b"CDF\x01", "it is a NetCDF or MINC file"),
        (b"NRRD", "it is an NRRD volume"),
        (b"\x00\x00\x00\x0cjP", "it is a bare JPEG 2000 picture"),
        (b"\xff\x4f\xff\x51", "it is a bare JPEG 2000 picture"),
        (b"NES", "it is an ECAT volume"),
    ];
    if start.is_empty() {
        return "it is empty".into();
    }
    if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        return "it is a WebP picture".into();
    }
    if let Some((_, what)) = known.iter().find(|(mark, _)| start.starts_with(mark)) {
        return (*what).into();
    }
    let is_text = std::str::from_utf8(start.get(..start.len().min(200)).unwrap_or_default())
        .map_or_else(|error| error.valid_up_to() + 4 > start.len().min(200), |_| true)
        && !start.contains(&0);
    if is_text { "it is text".into() } else { "its first bytes are none of a known format".into() }
}
