//! Several pictures as one scan: each file is one frame, in the order given.
//!
//! In: files of one frame and one size each, PNG, JPEG, TIFF, BMP or `.npy`. Nothing in them says where they lie: the
//! scan has no spacing and no place in space; who put the files together knows their order.

use std::path::{Path, PathBuf};

use super::open::Scan;
use super::{Format, Frame, Limits, Meta, Opened, ScanError, open_with};

/// The files, each opened on its own.
#[derive(Debug)]
pub(super) struct Source {
    slices: Vec<Scan>,
}

/// Reads the headers of `files`, of which there is at least one; no pixels.
pub(super) fn open(files: &[PathBuf], limits: &Limits) -> Result<Opened<Source>, ScanError> {
    let slices = files.iter().map(|file| open_with(file, limits)).collect::<Result<Vec<_>, _>>()?;
    let first = slices
        .first()
        .ok_or_else(|| ScanError::NoPixels { path: PathBuf::new(), what: "a stack needs at least one file".into() })?;
    for slice in &slices {
        if let Some(what) = difference(slice, first) {
            return Err(ScanError::SeriesMismatch { path: slice.path.clone(), what });
        }
    }
    let meta = together(first, &slices);
    Ok(Opened { size: first.size, frames: slices.len(), meta, source: Source { slices } })
}

/// Why a file cannot be a slice beside the first one.
fn difference(slice: &Scan, first: &Scan) -> Option<String> {
    let (meta, wanted) = (&slice.meta, &first.meta);
    if !matches!(slice.format, Format::Png | Format::Jpeg | Format::Tiff | Format::Bmp | Format::Npy) {
        return Some("it is no plain picture, and says itself where it belongs".into());
    }
    if slice.frames != 1 {
        return Some(format!("it holds {} frames, and one slice a file is expected", slice.frames));
    }
    if slice.size != first.size {
        return Some(format!("its picture is {} pixels, that of the first slice {}", slice.size, first.size));
    }
    if meta.polarity != wanted.polarity {
        return Some("it shows white and black the other way round".into());
    }
    (meta.exif_orientation != wanted.exif_orientation).then(|| "it is turned in another way".into())
}

fn together(first: &Scan, slices: &[Scan]) -> Meta {
    let mut meta = Meta::clone(&first.meta);
    for remark in slices.iter().flat_map(|slice| &slice.meta.remarks) {
        if !meta.remarks.contains(remark) {
            meta.remarks.push(remark.clone());
        }
    }
    meta.facts.push(("FilesInSeries".into(), slices.len().to_string()));
    meta.stack_problem = Some("The slices are files of their own that do not say where they lie.".into());
    meta
}

impl Source {
    /// That of the first file.
    pub fn format(&self) -> Format {
        self.slices.first().map_or(Format::Png, |slice| slice.format)
    }

    /// The file of frame `index`.
    pub fn path(&self, index: usize) -> Option<&Path> {
        self.slices.get(index).map(|slice| slice.path.as_path())
    }

    /// Decodes frame `index`, counted from 0.
    pub fn frame(&self, path: &Path, index: usize) -> Result<Frame, ScanError> {
        let frames = self.slices.len();
        let slice = self.slices.get(index);
        slice.ok_or_else(|| ScanError::NoSuchFrame { path: path.into(), frames, index })?.frame_here(0)
    }
}
