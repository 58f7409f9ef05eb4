//! JPEG 2000 and High-Throughput JPEG 2000 (ISO 15444-1, -15) through the Rust port of OpenJPEG.
//!
//! Large single-tile pictures are decoded as two halves on two threads; OpenJPEG decodes a region exactly as it
//! decodes the whole.

use std::ops::Range;

use jpeg2k::{DecodeArea, DecodeParameters, Image, ImageComponent};

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::image::{ImageFacts, Photometric};
use crate::scan::dicom::stored::RawSamples;
use crate::scan::fault::Fault;

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let size = StreamSize::read(stream).ok_or_else(|| Fault::damaged("a JPEG 2000 frame has no readable header"))?;
    same_size(facts, size.rows, size.cols, size.components)?;
    if size.subsampled {
        return Err(Fault::unsupported("JPEG 2000 with subsampled colours", "Export the picture uncompressed."));
    }
    let halves = facts.size.rows * facts.size.cols >= WORTH_TWO_THREADS && size.is_splittable;
    let precision = size.precision;
    let samples =
        if halves { decode_halves(stream, facts, precision)? } else { decode_rows(stream, facts, precision, None)? };
    let colour = match facts.photometric {
        // The codestream carries and undoes these transforms itself (PS3.5 section 8.2.4).
        Photometric::YbrIct | Photometric::YbrRct => Colour::Rgb,
        _ => Colour::AsHeader,
    };
    Ok(Decoded { samples, precision: Some(precision), colour })
}

/// Pictures with fewer pixels are decoded on one thread.
const WORTH_TWO_THREADS: usize = 256 * 256;

/// The upper and the lower half at the same time.
fn decode_halves(stream: &[u8], facts: &ImageFacts, precision: u32) -> Result<RawSamples, Fault> {
    let (middle, rows) = (facts.size.rows / 2, facts.size.rows);
    std::thread::scope(|scope| {
        let lower = scope.spawn(|| decode_rows(stream, facts, precision, Some(middle..rows)));
        let upper = decode_rows(stream, facts, precision, Some(0..middle));
        let lower = lower.join().map_err(|_| Fault::damaged("a JPEG 2000 frame broke its decoder"))?;
        Ok(match (upper?, lower?) {
            (RawSamples::U8(upper), RawSamples::U8(lower)) => RawSamples::U8([upper, lower].concat()),
            (RawSamples::U16(upper), RawSamples::U16(lower)) => RawSamples::U16([upper, lower].concat()),
            (RawSamples::U32(upper), RawSamples::U32(lower)) => RawSamples::U32([upper, lower].concat()),
            (upper, _) => upper,
        })
    })
}

/// The whole picture or some of its rows.
fn decode_rows(
    stream: &[u8],
    facts: &ImageFacts,
    precision: u32,
    rows: Option<Range<usize>>,
) -> Result<RawSamples, Fault> {
    let cols = facts.size.cols;
    let area = rows.clone().map(|rows| DecodeArea::new(0, rows.start as u32, cols as u32, rows.end as u32));
    let parameters = DecodeParameters::new().strict(false).decode_area(area);
    let image = Image::from_bytes_with(stream, parameters)
        .map_err(|error| Fault::damaged(format!("a JPEG 2000 frame cannot be decoded ({error})")))?;
    let pixels = cols * rows.map_or(facts.size.rows, |rows| rows.len());
    let components = image.components();
    if components.len() != facts.samples || components.iter().any(|component| component.data().len() != pixels) {
        return Err(Fault::damaged("a JPEG 2000 frame decodes to another size than it announces"));
    }
    Ok(interleave(components, precision))
}

/// Components side by side, the low bits of each value.
fn interleave(components: &[ImageComponent], precision: u32) -> RawSamples {
    fn collect<T>(components: &[ImageComponent], narrow: impl Fn(i32) -> T) -> Vec<T> {
        match components {
            [gray] => gray.data().iter().map(|value| narrow(*value)).collect(),
            [red, green, blue] => {
                let pixels = red.data().iter().zip(green.data()).zip(blue.data());
                pixels.flat_map(|((r, g), b)| [narrow(*r), narrow(*g), narrow(*b)]).collect()
            }
            _ => Vec::new(),
        }
    }
    match precision {
        0..=8 => RawSamples::U8(collect(components, |value| value as u8)),
        9..=16 => RawSamples::U16(collect(components, |value| value as u16)),
        _ => RawSamples::U32(collect(components, |value| value as u32)),
    }
}

/// What the SIZ marker says (ISO 15444-1 A.5.1).
#[derive(Debug, PartialEq, Eq)]
struct StreamSize {
    rows: usize,
    cols: usize,
    components: usize,
    precision: u32,
    subsampled: bool,
    /// Rows can be decoded alone: the picture begins at the origin of its grid, and its blocks are not the
    /// high-throughput ones, of which the decoder reads only whole pictures right.
    is_splittable: bool,
}

impl StreamSize {
    /// Reads the codestream's header, also inside a JP2 file.
    fn read(stream: &[u8]) -> Option<Self> {
        let start = stream.windows(4).take(1 << 16).position(|window| window == [0xFF, 0x4F, 0xFF, 0x51])?;
        let siz = stream.get(start + 4..)?;
        let word = |at: usize| Some(u32::from_be_bytes(*siz.get(at..)?.first_chunk()?));
        let (right, bottom, left, top) = (word(4)?, word(8)?, word(12)?, word(16)?);
        let (tile_cols, tile_rows) = (word(20)?, word(24)?);
        let components = usize::from(u16::from_be_bytes(*siz.get(36..)?.first_chunk()?));
        let (cols, rows) = (right.checked_sub(left)?, bottom.checked_sub(top)?);
        // Tiny tiles in a large picture cost more memory than the picture.
        let tiles = u64::from(right.div_ceil(tile_cols.max(1))) * u64::from(bottom.div_ceil(tile_rows.max(1)));
        if tile_cols == 0 || tile_rows == 0 || tiles > 65535 {
            return None;
        }
        let infos = siz.get(38..38 + components.checked_mul(3)?)?.as_chunks::<3>().0;
        let precision = u32::from(infos.first()?[0] & 0x7F) + 1;
        if infos.iter().any(|[depth, ..]| u32::from(depth & 0x7F) + 1 != precision) || precision > 32 {
            return None;
        }
        let subsampled = infos.iter().any(|[_, dx, dy]| (*dx, *dy) != (1, 1));
        let is_splittable = left == 0 && top == 0 && !is_high_throughput(siz);
        Some(Self { rows: rows as usize, cols: cols as usize, components, precision, subsampled, is_splittable })
    }
}

/// The extended capabilities marker (CAP) stands in the main header of every high-throughput stream (ISO 15444-15).
fn is_high_throughput(after_siz: &[u8]) -> bool {
    let mut at = after_siz.first_chunk().map_or(usize::MAX, |length| usize::from(u16::from_be_bytes(*length)));
    while let Some([0xFF, marker, high, low]) = after_siz.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        match marker {
            0x50 => return true,
            0x90 => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}
