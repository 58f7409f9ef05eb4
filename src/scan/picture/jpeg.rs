//! JPEG. Grey and colour go through the room's own decoder, which gives libjpeg's numbers (and so Pillow's, OpenCV's,
//! TensorFlow's): a model was trained on those. CMYK, which Pillow turns over and converts, goes through `zune-jpeg`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::metadata::Orientation;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::fault::Fault;
use super::super::jpeg::{self, Jpeg};
use super::super::limits::check_expansion;
use super::super::{Limits, Pixels, Polarity, ScanError};
use super::{Head, gray_values, pillow, read_file, rgb};
use crate::geometry::Size;

/// Every 8 x 8 block costs at least one bit: 64 pixels of up to 4 samples.
const MOST_RATIO: u64 = 4 * 64 * 8;

pub fn head(path: &Path) -> Result<Head, ScanError> {
    let file = File::open(path).map_err(|source| ScanError::Read { path: path.into(), source })?;
    let mut decoder = JpegDecoder::new_with_options(BufReader::new(file), options());
    decoder.decode_headers().map_err(|error| broken(path, error))?;
    let info = decoder.info().ok_or_else(|| no_header(path))?;
    let exif_orientation =
        decoder.exif().and_then(|chunk| Orientation::from_exif_chunk(chunk)).map_or(0, Orientation::to_exif);
    let kind = match info.components {
        1 => "grey",
        3 => "colour",
        4 => "CMYK",
        n => return Err(components(path, n)),
    };
    Ok(Head {
        size: Size::new(info.height.into(), info.width.into()),
        frames: 1,
        bits: 8,
        kind,
        polarity: Polarity::HighIsWhite,
        exif_orientation,
        remarks: Vec::new(),
    })
}

pub fn decode(path: &Path, limits: &Limits) -> Result<(Pixels, bool), ScanError> {
    decode_reduced(path, limits, 1)
}

/// With both sides divided (rounded up) by `divisor`: 1, 2, 4 or 8. A CMYK picture, whose decoder cannot do that, is
/// refused for other divisors than 1.
pub fn decode_reduced(path: &Path, limits: &Limits, divisor: usize) -> Result<(Pixels, bool), ScanError> {
    let bytes = read_file(path, limits)?;
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes.as_slice()), options());
    decoder.decode_headers().map_err(|error| broken(path, error))?;
    let info = decoder.info().ok_or_else(|| no_header(path))?;
    let size = Size::new(info.height.into(), info.width.into());
    limits.check_frame(path, size, 4)?;
    let samples = size.rows as u64 * size.cols as u64 * u64::from(info.components);
    check_expansion(path, samples, bytes.len() as u64, MOST_RATIO)?;
    if !has_end_marker(&bytes) {
        return Err(ScanError::Damaged { path: path.into(), what: "it ends early (no end-of-image marker)".into() });
    }
    if matches!(info.components, 1 | 3) {
        return own(path, &bytes, size, divisor);
    }
    if divisor != 1 {
        return Err(ScanError::Unsupported {
            path: path.into(),
            what: "a CMYK JPEG at a reduced size".into(),
            hint: "Save it as RGB or grey, or leave the step `draft` out.".into(),
        });
    }
    let stored = decoder.input_colorspace().ok_or_else(|| no_header(path))?;
    if info.components != 4 {
        return Err(components(path, info.components));
    }
    decoder.set_options(options().jpeg_set_out_colorspace(stored));
    let samples = decoder.decode().map_err(|error| broken(path, error))?;
    let convert = if stored == ColorSpace::YCCK { pillow::adobe_ycck_to_rgb } else { pillow::adobe_cmyk_to_rgb };
    Ok((rgb(path, size, four_channels(&samples, convert))?, true))
}

/// Grey or colour.
fn own(path: &Path, bytes: &[u8], size: Size, divisor: usize) -> Result<(Pixels, bool), ScanError> {
    let mut accept = |frame: &jpeg::Frame| match (frame.precision, Size::new(frame.rows, frame.cols) == size) {
        (8, true) => Ok(divisor),
        (8, false) => Err(Fault::damaged("it has two frame headers")),
        (bits, _) => Err(Fault::unsupported(format!("a JPEG of {bits} bits"), "Save it as PNG, or open it as DICOM.")),
    };
    let decoded = jpeg::decode_reduced(bytes, &mut accept).map_err(|fault| fault.at(path))?;
    let size = Size::new(decoded.rows, decoded.cols);
    if decoded.component_ids.len() == 1 {
        let values = decoded.samples.iter().map(|value| f32::from(*value)).collect();
        return Ok((gray_values(path, size, values)?, true));
    }
    let mut samples: Vec<u8> = decoded.samples.iter().map(|value| *value as u8).collect();
    if is_ycc(&decoded) {
        let (pixels, _) = samples.as_chunks_mut::<3>();
        pixels.iter_mut().for_each(|pixel| *pixel = pillow::ycc_to_rgb(*pixel));
    }
    Ok((rgb(path, size, samples)?, true))
}

/// Whether three components are YCbCr, as libjpeg decides (`default_decompress_parms` in jdapimin.c).
fn is_ycc(picture: &Jpeg) -> bool {
    match (picture.is_jfif, picture.adobe_transform) {
        (true, _) => true,
        (false, Some(transform)) => transform != 0,
        (false, None) => picture.component_ids != b"RGB",
    }
}

fn options() -> DecoderOptions {
    DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX)
}

fn four_channels(samples: &[u8], convert: fn([u8; 4]) -> [u8; 3]) -> Vec<u8> {
    samples.as_chunks::<4>().0.iter().flat_map(|pixel| convert(*pixel)).collect()
}

/// True where an EOI marker stands behind the first SOS. Entropy-coded data never contains FF D9, so a file without
/// it was cut, and a decoder that goes on would fill the rest with grey.
fn has_end_marker(bytes: &[u8]) -> bool {
    let Some(scan) = first_scan(bytes) else { return false };
    bytes.get(scan..).is_some_and(|rest| rest.windows(2).rev().any(|pair| pair == [0xff, 0xd9]))
}

/// Byte behind the first SOS marker, by walking the segments (an EXIF thumbnail has markers of its own).
fn first_scan(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        // Fill bytes and, as in libjpeg, junk between segments are skipped.
        at += bytes.get(at..)?.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
        let marker = *bytes.get(at + 1)?;
        at += 2;
        match marker {
            0xda => return Some(at),
            0x01 | 0xd0..=0xd9 => {}
            _ => at += usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)),
        }
    }
}

fn broken(path: &Path, error: DecodeErrors) -> ScanError {
    match error {
        DecodeErrors::Unsupported(what) => ScanError::Unsupported {
            path: path.into(),
            what: format!("a kind of JPEG ({what:?})"),
            hint: "Save it as an ordinary 8-bit JPEG or as PNG.".into(),
        },
        other => ScanError::Damaged { path: path.into(), what: format!("its JPEG data is broken ({other:?})") },
    }
}

fn no_header(path: &Path) -> ScanError {
    ScanError::Damaged { path: path.into(), what: "it has no JPEG frame header".into() }
}

fn components(path: &Path, n: u8) -> ScanError {
    ScanError::Unsupported {
        path: path.into(),
        what: format!("JPEG with {n} components"),
        hint: "Grey (1), colour (3) and CMYK (4) open.".into(),
    }
}
