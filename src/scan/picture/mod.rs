//! PNG, JPEG, TIFF and BMP pictures.
//!
//! In: a path. Out: grey pictures as [`Pixels::Gray`] (8-bit: 0..=255, 16-bit: 0..=65535, other TIFF numbers as
//! stored), colour pictures as 8-bit [`Pixels::Rgb`]. Where a conversion cannot be avoided (1-bit, palette, alpha,
//! CMYK, 16-bit colour) the numbers are those of Pillow's `convert("L")` and `convert("RGB")`: what classifiers were
//! trained on. Rows and columns stay as stored; EXIF orientation is a fact beside them ([`super::upright`] applies it).
//! Resolution tags are no millimetres of a patient and are not read. Nothing here windows or resizes.

mod bmp;
mod jpeg;
mod pillow;
mod png;
mod tiff;
mod upright;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use ndarray::{Array2, Array3};

use super::{Format, Frame, Limits, Meta, Opened, Pixels, Polarity, ScanError};
use crate::geometry::Size;
pub use upright::upright;

/// What a picture's header says: enough to know the frame before it is decoded.
#[derive(Debug)]
pub(super) struct Source {
    format: Format,
    size: Size,
}

/// What the four readers find in a header.
struct Head {
    size: Size,
    frames: usize,
    /// Bits of one stored sample.
    bits: u16,
    /// `grey`, `colour`, `palette`…: for the encoding line.
    kind: &'static str,
    polarity: Polarity,
    exif_orientation: u8,
    remarks: Vec<String>,
}

/// Reads the header of the picture at `path`.
pub(super) fn open(path: &Path, format: Format, limits: &Limits) -> Result<Opened<Source>, ScanError> {
    let head = match format {
        Format::Png => png::head(path)?,
        Format::Jpeg => jpeg::head(path)?,
        Format::Tiff => tiff::head(path, limits)?,
        _ => bmp::head(path)?,
    };
    limits.check_frame(path, head.size, 4)?;
    let name = match format {
        Format::Png => "PNG",
        Format::Jpeg => "JPEG",
        Format::Tiff => "TIFF",
        _ => "BMP",
    };
    let meta = Meta {
        polarity: Some(head.polarity),
        bits_stored: Some(head.bits),
        encoding: format!("{name}, {}, {} bit", head.kind, head.bits),
        exif_orientation: head.exif_orientation,
        remarks: head.remarks,
        ..Meta::default()
    };
    Ok(Opened { size: head.size, frames: head.frames, meta, source: Source { format, size: head.size } })
}

impl Source {
    /// Decodes frame `index` (TIFF: page), counted from 0 and known to exist.
    pub fn frame(&self, path: &Path, index: usize, limits: &Limits) -> Result<Frame, ScanError> {
        let decoded = match self.format {
            Format::Png => png::decode(path, limits)?,
            Format::Jpeg => jpeg::decode(path, limits)?,
            Format::Tiff => tiff::decode(path, index, limits)?,
            _ => bmp::decode(path, limits)?,
        };
        self.checked(path, decoded, 1)
    }

    /// What both sides of the picture can be divided by while it is decoded so that they stay at least `size`: 1, 2, 4
    /// or 8, and 1 for everything but JPEG. The rule of Pillow 13's `JpegImageFile.draft`.
    pub fn divisor(&self, size: Size) -> usize {
        if self.format != Format::Jpeg || size.rows == 0 || size.cols == 0 {
            return 1;
        }
        let fits = (self.size.cols / size.cols).min(self.size.rows / size.rows);
        [8, 4, 2].into_iter().find(|divisor| fits >= *divisor).unwrap_or(1)
    }

    /// Frame 0 with both sides divided (rounded up) by what [`Source::divisor`] gave.
    pub fn reduced(&self, path: &Path, divisor: usize, limits: &Limits) -> Result<Frame, ScanError> {
        self.checked(path, jpeg::decode_reduced(path, limits, divisor)?, divisor)
    }

    fn checked(
        &self,
        path: &Path,
        (pixels, eight_bit_picture): (Pixels, bool),
        divisor: usize,
    ) -> Result<Frame, ScanError> {
        let expected = Size::new(self.size.rows.div_ceil(divisor), self.size.cols.div_ceil(divisor));
        if pixels.size() != expected {
            let what = format!("it was {expected} when it was opened and is {} now", pixels.size());
            return Err(ScanError::Damaged { path: path.into(), what });
        }
        Ok(Frame { pixels, windows: Vec::new(), eight_bit_picture })
    }
}

/// The whole file, once its size is known to be within the limits.
fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>, ScanError> {
    let io = |source| ScanError::Read { path: path.into(), source };
    let mut file = File::open(path).map_err(io)?;
    let len = file.metadata().map_err(io)?.len();
    limits.check_file(path, len)?;
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0));
    file.by_ref().take(limits.file_bytes).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

/// `[rows, cols]` from row-major 8-bit samples.
fn gray(path: &Path, size: Size, samples: &[u8]) -> Result<Pixels, ScanError> {
    let values = samples.iter().map(|v| f32::from(*v)).collect();
    gray_values(path, size, values)
}

/// `[rows, cols]` from row-major values.
fn gray_values(path: &Path, size: Size, values: Vec<f32>) -> Result<Pixels, ScanError> {
    Array2::from_shape_vec((size.rows, size.cols), values).map(Pixels::Gray).map_err(|_| too_few(path))
}

/// `[rows, cols, 3]` from row-major interleaved samples.
fn rgb(path: &Path, size: Size, samples: Vec<u8>) -> Result<Pixels, ScanError> {
    Array3::from_shape_vec((size.rows, size.cols, 3), samples).map(Pixels::Rgb).map_err(|_| too_few(path))
}

fn too_few(path: &Path) -> ScanError {
    ScanError::Damaged { path: path.into(), what: "it holds fewer pixels than its header says".into() }
}

/// The first `keep` of every `channels` samples: alpha dropped, as Pillow's `convert` does.
fn drop_channels(samples: &[u8], channels: usize, keep: usize) -> Vec<u8> {
    samples.chunks_exact(channels).flat_map(|pixel| pixel.iter().take(keep)).copied().collect()
}

/// What the `image` crate says, as a sentence of this program.
fn from_image_error(path: &Path, error: image::ImageError) -> ScanError {
    use image::ImageError;
    match error {
        ImageError::IoError(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
            ScanError::Read { path: path.into(), source }
        }
        ImageError::Unsupported(what) => ScanError::Unsupported {
            path: path.into(),
            what: what.to_string(),
            hint: "Save it as an ordinary PNG.".into(),
        },
        ImageError::Limits(what) => ScanError::TooLarge { path: path.into(), what: what.to_string() },
        other => ScanError::Damaged { path: path.into(), what: other.to_string() },
    }
}
