//! RLE Lossless (PS3.5 annex G): PackBits segments, one for each byte of a sample, the most significant first.

use super::{Colour, Decoded};
use crate::scan::dicom::image::ImageFacts;
use crate::scan::dicom::stored::RawSamples;
use crate::scan::fault::Fault;

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let sample_bytes = match facts.bits_allocated {
        8 => 1,
        16 => 2,
        32 => 4,
        other => return Err(Fault::unsupported(format!("{other}-bit samples in RLE"), "8, 16 and 32 bits open.")),
    };
    let planes = planes(stream, facts, sample_bytes)?;
    let samples = match sample_bytes {
        1 => RawSamples::U8(interleave(planes)),
        2 => RawSamples::U16(interleave(join(&planes, 2, |high, low| u16::from(*high) << 8 | u16::from(*low)))),
        _ => {
            let halves = join(&planes, 2, |high, low| u16::from(*high) << 8 | u16::from(*low));
            RawSamples::U32(interleave(join(&halves, 2, |high, low| u32::from(*high) << 16 | u32::from(*low))))
        }
    };
    Ok(Decoded { samples, precision: None, colour: Colour::AsHeader })
}

/// One byte plane for each segment.
fn planes(stream: &[u8], facts: &ImageFacts, sample_bytes: usize) -> Result<Vec<Vec<u8>>, Fault> {
    let word = |index: usize| {
        let bytes = stream.get(index * 4..)?.first_chunk::<4>()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let expected = facts.samples * sample_bytes;
    let count = word(0).unwrap_or(0);
    if count != expected {
        return Err(Fault::damaged(format!("an RLE frame has {count} segments instead of {expected}")));
    }
    let pixels = facts.frame_samples() / facts.samples;
    // A run packs at most 128 bytes into 2.
    if pixels / 64 > stream.len() {
        return Err(Fault::damaged("an RLE frame is too short for its size"));
    }
    let offset = |index: usize| word(index + 1).unwrap_or(usize::MAX);
    (0..count)
        .map(|index| {
            let end = if index + 1 < count { offset(index + 1) } else { stream.len() };
            let segment = stream.get(offset(index)..end.min(stream.len()));
            let segment = segment.ok_or_else(|| Fault::damaged("an RLE segment lies outside its frame"))?;
            unpack(segment, pixels)
        })
        .collect()
}

/// PackBits: `length` bytes out of a segment.
fn unpack(segment: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
    let cut_off = || Fault::damaged("an RLE segment ends early");
    let mut plane = Vec::with_capacity(length);
    let mut rest = segment;
    while plane.len() < length {
        let (control, tail) = rest.split_first().ok_or_else(cut_off)?;
        let room = length - plane.len();
        match *control {
            128 => rest = tail,
            literal @ 0..=127 => {
                let (bytes, tail) = tail.split_at_checked(usize::from(literal) + 1).ok_or_else(cut_off)?;
                plane.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                rest = tail;
            }
            run => {
                let (byte, tail) = tail.split_first().ok_or_else(cut_off)?;
                plane.resize(plane.len() + (257 - usize::from(run)).min(room), *byte);
                rest = tail;
            }
        }
    }
    Ok(plane)
}

/// Neighbouring planes joined two by two.
fn join<A, B>(planes: &[Vec<A>], step: usize, pair: impl Fn(&A, &A) -> B) -> Vec<Vec<B>> {
    let joined = planes.chunks_exact(step).map(|planes| match planes {
        [high, low] => high.iter().zip(low).map(|(high, low)| pair(high, low)).collect(),
        _ => Vec::new(),
    });
    joined.collect()
}

/// Colour by pixel from colour by plane.
fn interleave<T: Copy>(mut planes: Vec<Vec<T>>) -> Vec<T> {
    match &planes[..] {
        [red, green, blue] => red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b]).collect(),
        _ => planes.pop().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_runs_and_no_operation() {
        assert_eq!(unpack(&[1, 7, 8, 128, 254, 9, 0, 5], 6).unwrap(), [7, 8, 9, 9, 9, 5]);
        assert_eq!(unpack(&[129, 3], 4).unwrap(), [3; 4], "a run longer than the row is cut");
        assert!(unpack(&[5, 1], 6).is_err());
        assert!(unpack(&[], 1).is_err());
    }
}
