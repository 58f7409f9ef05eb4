//! The pixel path: a frame's bytes, to stored values, to modality units or RGB.
//!
//! Native samples are unpacked here, compressed ones in [`super::codec`]. Then: mask and sign-extend, colours to RGB,
//! modality transform or palette. Windows and polarity are never applied.

use ndarray::{Array2, Array3};

use super::codec::{self, Colour, Decoded};
use super::color;
use super::encapsulated::FrameBytes;
use super::image::{ImageFacts, Photometric, SampleKind};
use super::modality::Modality;
use super::palette::Palette;
use super::stored::{RawSamples, Stored, StoredValues};
use super::syntax::Compression;
use crate::geometry::Size;
use crate::scan::Pixels;
use crate::scan::fault::Fault;

/// How the bytes of a file's frames are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packing {
    pub compression: Compression,
    pub big_endian: bool,
    /// Big-endian bytes that lie swapped in 16-bit words.
    pub swapped_bytes: bool,
}

/// Stored values of one frame.
pub(crate) fn stored(frame: FrameBytes, packing: &Packing, facts: &ImageFacts) -> Result<Stored, Fault> {
    let (decoded, low_bit) = match packing.compression {
        Compression::None | Compression::Encapsulated => (unpack(frame, packing, facts)?, facts.low_bit),
        Compression::DeflatedFrame => {
            let inflated = inflate(&frame.bytes, facts)?;
            (unpack(FrameBytes { bytes: inflated, first_bit: 0 }, packing, facts)?, facts.low_bit)
        }
        // Some writers put plain frames into fragments and declare a compression all the same.
        Compression::Jpeg | Compression::Jpeg2000 | Compression::JpegXl
            if frame.bytes.len() == facts.frame_bits().div_ceil(8).next_multiple_of(2)
                && !frame.bytes.starts_with(&[0xFF]) =>
        {
            (unpack(frame, packing, facts)?, facts.low_bit)
        }
        // Streams carry the values themselves, not their place in a word.
        compression => (codec::decode(compression, &frame.bytes, facts)?, 0),
    };
    let Decoded { samples, precision, colour } = decoded;
    let low_bit = if packing.compression == Compression::Rle { facts.low_bit } else { low_bit };
    let bits = precision.unwrap_or(facts.bits_stored);
    let mut values = samples.into_stored(facts.bits_allocated, bits, low_bit, facts.is_signed());
    let is_ybr = match colour {
        Colour::AsHeader => facts.photometric.is_ybr(),
        Colour::Rgb => false,
        Colour::Ybr => true,
    };
    if is_ybr && facts.samples == 3 {
        let StoredValues::U8(pixels) = &mut values else {
            return Err(Fault::unsupported("YBR colours of more than 8 bits", "Export the picture as RGB."));
        };
        color::rgb_from_ybr_full(pixels);
    }
    Ok(Stored { rows: facts.size.rows, cols: facts.size.cols, samples: facts.samples, values })
}

/// Uncompressed samples, in pixel order.
fn unpack(frame: FrameBytes, packing: &Packing, facts: &ImageFacts) -> Result<Decoded, Fault> {
    let FrameBytes { mut bytes, first_bit } = frame;
    if packing.swapped_bytes {
        bytes.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
    }
    let count = facts.frame_samples();
    let short = || Fault::damaged("a frame has fewer bytes than its size needs");
    let big = packing.big_endian;
    if bytes.len() < (first_bit + facts.frame_bits()).div_ceil(8) {
        return Err(short());
    }
    let samples = match (facts.kind, facts.bits_allocated) {
        (SampleKind::Float32, _) => RawSamples::F32(words(&bytes, count, big, f32::from_le_bytes)),
        (SampleKind::Float64, _) => RawSamples::F64(words(&bytes, count, big, f64::from_le_bytes)),
        (_, 1) => RawSamples::U8(bits(&bytes, first_bit, count)),
        (_, 8) if facts.photometric == Photometric::YbrFull422 => RawSamples::U8(color::ybr_full_from_422(&bytes)),
        (_, 8) => {
            bytes.truncate(count);
            RawSamples::U8(bytes)
        }
        (_, 12) => RawSamples::U16(twelve_bit(&bytes, first_bit, count)),
        (_, 16) => RawSamples::U16(words(&bytes, count, big, u16::from_le_bytes)),
        _ => RawSamples::U32(words(&bytes, count, big, u32::from_le_bytes)),
    };
    if samples.len() != count {
        return Err(short());
    }
    let samples =
        if facts.planar && facts.photometric != Photometric::YbrFull422 { by_pixel(samples) } else { samples };
    Ok(Decoded { samples, precision: None, colour: Colour::AsHeader })
}

/// Fixed-width numbers.
fn words<const N: usize, T>(bytes: &[u8], count: usize, big_endian: bool, read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let chunks = bytes.as_chunks::<N>().0.iter().take(count);
    if !big_endian {
        return chunks.map(|chunk| read(*chunk)).collect();
    }
    let swap = |chunk: &[u8; N]| {
        let mut chunk = *chunk;
        chunk.reverse();
        read(chunk)
    };
    chunks.map(swap).collect()
}

/// 1-bit samples, the lowest bit of a byte first (PS3.5 section 8.1.1).
fn bits(bytes: &[u8], first_bit: usize, count: usize) -> Vec<u8> {
    bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1)).skip(first_bit).take(count).collect()
}

/// 12-bit samples packed without gaps, two in three bytes (ACR-NEMA files).
fn twelve_bit(bytes: &[u8], first_bit: usize, count: usize) -> Vec<u16> {
    let sample = |index: usize| {
        let bit = first_bit + index * 12;
        let byte = |at: usize| bytes.get(at).map_or(0, |byte| u16::from(*byte));
        let word = byte(bit / 8) | byte(bit / 8 + 1) << 8;
        if bit.is_multiple_of(8) { word & 0xFFF } else { word >> 4 }
    };
    (0..count).map(sample).collect()
}

/// Colour by pixel from colour by plane.
fn by_pixel(samples: RawSamples) -> RawSamples {
    fn interleave<T: Copy>(values: Vec<T>) -> Vec<T> {
        let plane = values.len() / 3;
        let (red, rest) = values.split_at(plane);
        let (green, blue) = rest.split_at(plane);
        red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b]).collect()
    }
    match samples {
        RawSamples::U8(values) => RawSamples::U8(interleave(values)),
        RawSamples::U16(values) => RawSamples::U16(interleave(values)),
        RawSamples::U32(values) => RawSamples::U32(interleave(values)),
        floats => floats,
    }
}

/// A deflated frame; no more is inflated than the frame takes.
fn inflate(bytes: &[u8], facts: &ImageFacts) -> Result<Vec<u8>, Fault> {
    use std::io::Read;
    let mut inflated = Vec::new();
    let limit = facts.frame_bits().div_ceil(8) as u64;
    flate2::read::DeflateDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(|error| Fault::damaged(format!("a deflated frame cannot be inflated ({error})")))?;
    Ok(inflated)
}

/// Bytes of uncompressed samples that are converted at a time: they stay in the processor's cache.
const STRIP_BYTES: usize = 1 << 17;

/// True where [`plain_gray`] may be used.
pub(crate) fn is_plain_gray(packing: &Packing, facts: &ImageFacts) -> bool {
    let uncompressed = matches!(packing.compression, Compression::None | Compression::Encapsulated);
    let whole_bytes = facts.bits_allocated.is_multiple_of(8) && !packing.swapped_bytes;
    uncompressed && whole_bytes && facts.samples == 1 && facts.photometric != Photometric::Palette
}

/// A whole uncompressed grey frame, strip by strip, so that big pictures need no memory besides the result.
pub(crate) fn plain_gray(
    mut next_bytes: impl FnMut(usize) -> Result<Vec<u8>, Fault>,
    packing: &Packing,
    facts: &ImageFacts,
    modality: &Modality,
) -> Result<Pixels, Fault> {
    let Size { rows, cols } = facts.size;
    let row_bytes = (cols * facts.bits_allocated as usize / 8).max(1);
    let strip_rows = (STRIP_BYTES / row_bytes).clamp(1, rows);
    let mut values = Vec::with_capacity(facts.frame_samples());
    for first in (0..rows).step_by(strip_rows) {
        let strip = ImageFacts { size: Size::new(strip_rows.min(rows - first), cols), ..*facts };
        let bytes = next_bytes(strip.size.rows * row_bytes)?;
        let samples = unpack(FrameBytes { bytes, first_bit: 0 }, packing, &strip)?.samples;
        let stored = samples.into_stored(facts.bits_allocated, facts.bits_stored, facts.low_bit, facts.is_signed());
        modality.append(&stored, &mut values);
    }
    Array2::from_shape_vec((rows, cols), values)
        .map(Pixels::Gray)
        .map_err(|_| Fault::damaged("a frame does not fill its size"))
}

/// Stored values to what the scan hands on: grey in modality units, or 8-bit RGB.
pub(crate) fn finish(
    stored: Stored,
    facts: &ImageFacts,
    modality: &Modality,
    palette: Option<&Palette>,
) -> Result<Pixels, Fault> {
    let (rows, cols) = (stored.rows, stored.cols);
    let shape_fault = |_| Fault::damaged("a frame does not fill its size");
    if let Some(palette) = palette {
        let colours = coloured(&stored.values, palette);
        return Array3::from_shape_vec((rows, cols, 3), colours).map(Pixels::Rgb).map_err(shape_fault);
    }
    if stored.samples == 3 {
        let bytes = match stored.values {
            StoredValues::U8(values) => values,
            StoredValues::U16(values) => color::eight_bit(&values, facts.bits_stored),
            _ => return Err(Fault::unsupported("signed or 32-bit colours", "8- and 16-bit colours open.")),
        };
        let bytes = if facts.bits_stored < 8 {
            color::eight_bit(&bytes.iter().map(|byte| u16::from(*byte)).collect::<Vec<_>>(), facts.bits_stored)
        } else {
            bytes
        };
        return Array3::from_shape_vec((rows, cols, 3), bytes).map(Pixels::Rgb).map_err(shape_fault);
    }
    let mut values = Vec::with_capacity(rows * cols);
    modality.append(&stored.values, &mut values);
    Array2::from_shape_vec((rows, cols), values).map(Pixels::Gray).map_err(shape_fault)
}

fn coloured(values: &StoredValues, palette: &Palette) -> Vec<u8> {
    fn look<T: Copy + Into<i64>>(values: &[T], palette: &Palette) -> Vec<u8> {
        values.iter().flat_map(|value| palette.colour((*value).into())).collect()
    }
    match values {
        StoredValues::U8(values) => look(values, palette),
        StoredValues::I8(values) => look(values, palette),
        StoredValues::U16(values) => look(values, palette),
        StoredValues::I16(values) => look(values, palette),
        StoredValues::U32(values) => look(values, palette),
        StoredValues::I32(values) => look(values, palette),
        StoredValues::F32(_) | StoredValues::F64(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_frames_begin_inside_bytes() {
        assert_eq!(bits(&[0b1010_0110, 0b0000_0001], 3, 6), [0, 0, 1, 0, 1, 1]);
    }

    #[test]
    fn twelve_bits_are_packed_two_in_three_bytes() {
        assert_eq!(twelve_bit(&[0x21, 0x43, 0x65], 0, 2), [0x321, 0x654]);
    }

    #[test]
    fn big_endian_words_are_swapped() {
        assert_eq!(words(&[1, 2, 3, 4], 1, true, u32::from_le_bytes), [0x0102_0304]);
        assert_eq!(words(&[1, 2, 3, 4], 2, false, u16::from_le_bytes), [0x0201, 0x0403]);
    }
}
