//! JPEG 2000 and High-Throughput JPEG 2000 (ISO 15444-1, -15) through the Rust port of OpenJPEG.
//!
//! Large single-tile pictures are decoded as two halves on two threads; OpenJPEG decodes a region exactly as it
//! decodes the whole.

use jpeg2k::{DecodeParameters, Image};

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::fault::Fault;
use crate::scan::dicom::image::{ImageFacts, Photometric};
use crate::scan::dicom::stored::RawSamples;

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let size = StreamSize::read(stream).ok_or_else(|| Fault::damaged("a JPEG 2000 frame has no readable header"))?;
    same_size(facts, size.rows, size.cols, size.components)?;
    if size.subsampled {
        return Err(Fault::unsupported("JPEG 2000 with subsampled colours", "Export the picture uncompressed."));
    }
    let image = Image::from_bytes_with(stream, DecodeParameters::new().strict(false))
        .map_err(|error| Fault::damaged(format!("a JPEG 2000 frame cannot be decoded ({error})")))?;
    let components: Vec<&[i32]> = image.components().iter().map(|component| component.data()).collect();
    let pixels = facts.size.rows * facts.size.cols;
    if components.len() != facts.samples || components.iter().any(|component| component.len() != pixels) {
        return Err(Fault::damaged("a JPEG 2000 frame decodes to another size than it announces"));
    }
    let colour = match facts.photometric {
        // The codestream carries and undoes these transforms itself (PS3.5 section 8.2.4).
        Photometric::YbrIct | Photometric::YbrRct => Colour::Rgb,
        _ => Colour::AsHeader,
    };
    Ok(Decoded { samples: interleave(&components, size.precision), precision: Some(size.precision), colour })
}

/// Components side by side, the low bits of each value.
fn interleave(components: &[&[i32]], precision: u32) -> RawSamples {
    fn collect<T>(components: &[&[i32]], narrow: impl Fn(i32) -> T) -> Vec<T> {
        match components {
            [gray] => gray.iter().map(|value| narrow(*value)).collect(),
            [red, green, blue] => {
                let pixels = red.iter().zip(*green).zip(*blue);
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
        Some(Self { rows: rows as usize, cols: cols as usize, components, precision, subsampled })
    }
}
