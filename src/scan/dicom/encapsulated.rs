//! Which bytes of the file hold which frame: native pixel data, fragments, offset tables (PS3.5 A.4).

use std::io::{Read, Seek, SeekFrom};

use dicom_core::Tag;

use super::bytes::Bytes;
use super::data_set::DataSet;
use super::elements::PixelElement;
use super::image::ImageFacts;
use crate::scan::fault::Fault;

/// Where the frames are.
#[derive(Clone, Debug)]
pub(crate) enum FrameTable {
    /// Uncompressed, one frame after the other, possibly not at byte boundaries.
    Native { offset: u64, frame_bits: u64, frames: usize },
    /// Fragments, and for each frame its first fragment; a frame ends where the next begins.
    Fragments { fragments: Vec<Fragment>, first_of_frame: Vec<usize> },
}

/// One fragment's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    offset: u64,
    length: u32,
    /// It begins as a JPEG, JPEG-LS or JPEG 2000 stream does.
    starts_stream: bool,
}

/// Bytes of one frame, and the bit they begin at (1-bit frames may begin inside a byte).
pub(crate) struct FrameBytes {
    pub bytes: Vec<u8>,
    pub first_bit: usize,
}

impl FrameTable {
    /// Finds the frames; the number found may be smaller than the header's, never larger.
    pub fn read(
        data_set: &DataSet,
        pixels: &PixelElement,
        facts: &ImageFacts,
        remarks: &mut Vec<String>,
    ) -> Result<Self, Fault> {
        let table = match pixels.length {
            Some(length) => native(&data_set.bytes, pixels, length, facts)?,
            None => fragments(data_set, pixels.value_start, facts.frames, remarks)?,
        };
        if table.frames() < facts.frames {
            remarks.push(format!("The header announces {} frames, the file holds {}.", facts.frames, table.frames()));
        }
        Ok(table)
    }

    pub fn frames(&self) -> usize {
        match self {
            Self::Native { frames, .. } => *frames,
            Self::Fragments { first_of_frame, .. } => first_of_frame.len(),
        }
    }

    /// Where an uncompressed frame begins, if it begins at a byte.
    pub fn native_offset(&self, index: usize) -> Option<u64> {
        match self {
            Self::Native { offset, frame_bits, frames } if index < *frames => {
                let start_bit = frame_bits.saturating_mul(index as u64);
                (start_bit % 8 == 0).then(|| offset.saturating_add(start_bit / 8))
            }
            _ => None,
        }
    }

    /// Reads the bytes of frame `index`.
    pub fn frame(&self, bytes: &Bytes, index: usize) -> Result<FrameBytes, Fault> {
        match self {
            Self::Native { offset, frame_bits, .. } => {
                let start_bit = frame_bits.saturating_mul(index as u64);
                let first_bit = (start_bit % 8) as usize;
                let length = (first_bit as u64).saturating_add(*frame_bits).div_ceil(8);
                let bytes = bytes.read(offset.saturating_add(start_bit / 8), length)?;
                Ok(FrameBytes { bytes, first_bit })
            }
            Self::Fragments { fragments, first_of_frame } => {
                let first = first_of_frame.get(index).copied().unwrap_or(fragments.len());
                let end = first_of_frame.get(index.saturating_add(1)).copied().unwrap_or(fragments.len());
                let mut joined = Vec::new();
                for fragment in fragments.get(first..end).unwrap_or_default() {
                    let piece = bytes.read(fragment.offset, u64::from(fragment.length))?;
                    if joined.is_empty() { joined = piece } else { joined.extend(piece) }
                }
                Ok(FrameBytes { bytes: joined, first_bit: 0 })
            }
        }
    }
}

fn native(bytes: &Bytes, pixels: &PixelElement, length: u64, facts: &ImageFacts) -> Result<FrameTable, Fault> {
    let available = length.min(bytes.length().saturating_sub(pixels.value_start));
    let frame_bits = facts.frame_bits() as u64;
    let held = available.saturating_mul(8) / frame_bits.max(1);
    if held == 0 {
        let wanted = frame_bits.div_ceil(8);
        return Err(Fault::damaged(format!("its first frame takes {wanted} bytes, only {available} are there")));
    }
    let frames = usize::try_from(held).unwrap_or(usize::MAX).min(facts.frames);
    Ok(FrameTable::Native { offset: pixels.value_start, frame_bits, frames })
}

fn fragments(data_set: &DataSet, start: u64, frames: usize, remarks: &mut Vec<String>) -> Result<FrameTable, Fault> {
    let Scanned { basic_offsets, fragments, base, complete } = scan(&data_set.bytes, start)?;
    if fragments.is_empty() {
        return Err(Fault::NoPixels("its pixel data is empty".into()));
    }
    if !complete {
        remarks.push("The pixel data is cut off; what is there was read.".into());
    }
    let extended = extended_offsets(data_set);
    let offsets = if basic_offsets.is_empty() { extended } else { basic_offsets };
    let first_of_frame = match from_offsets(&fragments, base, &offsets) {
        Some(first_of_frame) => first_of_frame,
        None => {
            if !offsets.is_empty() {
                remarks.push("Its offset table does not match its fragments and was not used.".into());
            }
            without_table(&fragments, frames)?
        }
    };
    let first_of_frame = first_of_frame.into_iter().take(frames).collect::<Vec<_>>();
    Ok(FrameTable::Fragments { fragments: trim(fragments, &first_of_frame, frames), first_of_frame })
}

/// Frames beyond the announced number would otherwise be joined to the last one.
fn trim(mut fragments: Vec<Fragment>, first_of_frame: &[usize], frames: usize) -> Vec<Fragment> {
    if frames > 1
        && first_of_frame.len() == frames
        && let Some(last) = first_of_frame.last()
    {
        let next = fragments.iter().skip(last.saturating_add(1)).position(|fragment| fragment.starts_stream);
        if let Some(next) = next {
            fragments.truncate(last.saturating_add(1).saturating_add(next));
        }
    }
    fragments
}

struct Scanned {
    basic_offsets: Vec<u64>,
    fragments: Vec<Fragment>,
    /// Where offsets count from: the first fragment's item.
    base: u64,
    /// The sequence's end was found.
    complete: bool,
}

/// Largest number of fragments that is listed.
const MOST_FRAGMENTS: usize = 1 << 22;

fn scan(bytes: &Bytes, start: u64) -> Result<Scanned, Fault> {
    let mut cursor = bytes.cursor()?;
    let mut scanned = Scanned { basic_offsets: Vec::new(), fragments: Vec::new(), base: start, complete: false };
    let mut at = start;
    let mut is_table = true;
    while scanned.fragments.len() < MOST_FRAGMENTS {
        let mut header = [0; 12];
        cursor.seek(SeekFrom::Start(at))?;
        let read = read_some(&mut cursor, &mut header)?;
        if read < 8 {
            break;
        }
        let [g0, g1, e0, e1, l0, l1, l2, l3, magic @ ..] = header;
        let tag = Tag(u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]));
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        if tag != Tag(0xFFFE, 0xE000) {
            scanned.complete = tag == Tag(0xFFFE, 0xE0DD);
            break;
        }
        let value = at.saturating_add(8);
        at = value.saturating_add(u64::from(length));
        if at > bytes.length() {
            break;
        }
        if is_table {
            is_table = false;
            let table = bytes.read(value, u64::from(length))?;
            scanned.basic_offsets =
                table.as_chunks().0.iter().map(|word| u64::from(u32::from_le_bytes(*word))).collect();
            scanned.base = at;
        } else {
            let starts_stream = magic.starts_with(&[0xFF, 0xD8, 0xFF]) || magic == [0xFF, 0x4F, 0xFF, 0x51];
            scanned.fragments.push(Fragment { offset: value, length, starts_stream });
        }
    }
    Ok(scanned)
}

fn read_some(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> Result<usize, Fault> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// Extended Offset Table (7FE0,0001).
fn extended_offsets(data_set: &DataSet) -> Vec<u64> {
    let raw = data_set.raw(Tag(0x7FE0, 0x0001)).unwrap_or_default();
    raw.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// First fragments by table; `None` where the table is empty or points beside the fragments.
fn from_offsets(fragments: &[Fragment], base: u64, offsets: &[u64]) -> Option<Vec<usize>> {
    let find = |offset: &u64| {
        let value = base.checked_add(*offset)?.checked_add(8)?;
        fragments.binary_search_by_key(&value, |fragment| fragment.offset).ok()
    };
    let first_of_frame = offsets.iter().map(find).collect::<Option<Vec<_>>>()?;
    let ascending = first_of_frame.windows(2).all(|pair| pair.first() < pair.last());
    (first_of_frame.first() == Some(&0) && ascending).then_some(first_of_frame)
}

/// First fragments where there is no table: one frame takes all; else one fragment each; else a frame begins where
/// a compressed stream does.
fn without_table(fragments: &[Fragment], frames: usize) -> Result<Vec<usize>, Fault> {
    if frames == 1 {
        return Ok(vec![0]);
    }
    if fragments.len() == frames {
        return Ok((0..frames).collect());
    }
    let starts = || fragments.iter().enumerate().filter(|(_, fragment)| fragment.starts_stream).map(|(index, _)| index);
    if fragments.first().is_some_and(|fragment| fragment.starts_stream) {
        return Ok(starts().collect());
    }
    if fragments.len() < frames {
        return Ok((0..fragments.len()).collect());
    }
    let count = fragments.len();
    Err(Fault::damaged(format!("it holds {count} fragments for {frames} frames and no table that assigns them")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(offset: u64, starts_stream: bool) -> Fragment {
        Fragment { offset, length: 10, starts_stream }
    }

    #[test]
    fn frames_are_found_by_table_by_count_and_by_stream() {
        let fragments = [fragment(108, true), fragment(126, false), fragment(144, true)];
        assert_eq!(from_offsets(&fragments, 100, &[0, 36]), Some(vec![0, 2]));
        assert_eq!(from_offsets(&fragments, 100, &[0, 20]), None, "a table beside the fragments");
        assert_eq!(from_offsets(&fragments, 100, &[]), None);
        assert_eq!(without_table(&fragments, 1).unwrap(), [0]);
        assert_eq!(without_table(&fragments, 3).unwrap(), [0, 1, 2]);
        assert_eq!(without_table(&fragments, 2).unwrap(), [0, 2]);
        let raw = [fragment(108, false), fragment(126, false), fragment(144, false)];
        assert!(without_table(&raw, 2).is_err());
    }
}
