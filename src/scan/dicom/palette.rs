//! Palette colour lookup tables (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2): descriptors, 8- and 16-bit entries,
//! segmented tables. Out: 8-bit red, green, blue by index.

use dicom_core::Tag;

use super::data_set::Values;
use crate::scan::fault::Fault;

/// Colours by stored value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Palette {
    first: i64,
    colours: Vec<[u8; 3]>,
}

impl Palette {
    /// Reads the three tables; `signed` is the Pixel Representation.
    pub fn read(values: Values, signed: bool) -> Result<Self, Fault> {
        let [red, green, blue] = [0u16, 1, 2].map(|channel| Channel::read(values, channel, signed));
        let (red, green, blue) = (red?, green?, blue?);
        // 16-bit entries keep their significant half; some files declare 16 bits and fill only the lower 8.
        let channels = [&red, &green, &blue];
        let narrow =
            channels.iter().all(|channel| channel.bits <= 8 || channel.entries.iter().all(|entry| *entry <= 255));
        let scale = |entry: u16| if narrow { entry.min(255) as u8 } else { (entry >> 8) as u8 };
        let colours = red.entries.iter().zip(&green.entries).zip(&blue.entries);
        let colours = colours.map(|((r, g), b)| [scale(*r), scale(*g), scale(*b)]).collect();
        Ok(Self { first: red.first, colours })
    }

    /// The colour of a stored value; values outside the table take its nearest end.
    pub fn colour(&self, value: i64) -> [u8; 3] {
        let last = self.colours.len().saturating_sub(1);
        let index = usize::try_from(value.saturating_sub(self.first)).unwrap_or(0).min(last);
        self.colours.get(index).copied().unwrap_or_default()
    }
}

/// One of the three tables.
struct Channel {
    first: i64,
    bits: u32,
    entries: Vec<u16>,
}

impl Channel {
    fn read(values: Values, channel: u16, signed: bool) -> Result<Self, Fault> {
        let (count, first, bits) = descriptor(values, Tag(0x0028, 0x1101 + channel), signed)
            .ok_or_else(|| Fault::damaged("its colour palette has no descriptor"))?;
        let words = values.words(Tag(0x0028, 0x1201 + channel)).map(|words| plain_entries(words, count, bits));
        let words = match words {
            Some(words) => words,
            None => segmented_entries(values, channel, bits)?,
        };
        if words.len() < count {
            let held = words.len();
            return Err(Fault::damaged(format!("its colour palette holds {held} of {count} entries")));
        }
        Ok(Self { first, bits, entries: words.into_iter().take(count).collect() })
    }
}

/// Number of entries, first stored value, bits per entry of a LUT Descriptor (PS3.3 C.11.1.1, C.7.6.3.1.5).
pub(super) fn descriptor(values: Values, tag: Tag, signed: bool) -> Option<(usize, i64, u32)> {
    let [count, first, bits] = values.vector::<3>(tag)?.map(|number| number as i64);
    // 65536 does not fit 16 bits and is written 0; with signed VRs large counts come out negative.
    let count = if count <= 0 { count + 65536 } else { count };
    let first = if signed && first > 32767 { first - 65536 } else { first };
    let first = if !signed && first < 0 { first + 65536 } else { first };
    Some((usize::try_from(count).ok()?, first, u32::try_from(bits).ok()?))
}

/// Entries one by one. 8-bit entries may be packed two to a word, as PS3.3 asks for, or lie one in each.
pub(super) fn plain_entries(words: Vec<u16>, count: usize, bits: u32) -> Vec<u16> {
    let packed = bits <= 8 && words.len() < count && words.len() >= count.div_ceil(2);
    if packed { words.iter().flat_map(|word| word.to_le_bytes()).map(u16::from).collect() } else { words }
}

/// Segmented palette data (PS3.3 C.7.9.2): discrete, linear and indirect segments.
fn segmented_entries(values: Values, channel: u16, bits: u32) -> Result<Vec<u16>, Fault> {
    let words = values.words(Tag(0x0028, 0x1221 + channel));
    let words = words.ok_or_else(|| Fault::damaged("its colour palette has no entries"))?;
    let data =
        if bits <= 8 { words.iter().flat_map(|word| word.to_le_bytes()).map(u16::from).collect() } else { words };
    expand(&data, bits <= 8)
}

const MOST_ENTRIES: usize = 65536;

fn expand(data: &[u16], bytes: bool) -> Result<Vec<u16>, Fault> {
    let broken = || Fault::damaged("its segmented colour palette is broken");
    let mut entries = Vec::new();
    let mut rest = data;
    while let [kind, length, tail @ ..] = rest {
        rest = match kind {
            0 | 1 => segment(&mut entries, *kind, usize::from(*length), tail).ok_or_else(broken)?,
            2 => {
                // Indirect: copies `length` earlier segments from a byte offset given low part first.
                let (offset, tail) = offset_of(tail, bytes).ok_or_else(broken)?;
                let mut source = data.get(offset..).ok_or_else(broken)?;
                for _ in 0..*length {
                    let [kind @ (0 | 1), length, tail @ ..] = source else { return Err(broken()) };
                    source = segment(&mut entries, *kind, usize::from(*length), tail).ok_or_else(broken)?;
                }
                tail
            }
            // Padding at the end.
            _ => break,
        };
        if entries.len() > MOST_ENTRIES {
            return Err(broken());
        }
    }
    Ok(entries)
}

/// A discrete (0) or linear (1) segment; returns what follows it.
fn segment<'a>(entries: &mut Vec<u16>, kind: u16, length: usize, data: &'a [u16]) -> Option<&'a [u16]> {
    if kind == 0 {
        let (values, rest) = data.split_at_checked(length)?;
        entries.extend_from_slice(values);
        return Some(rest);
    }
    let (end, rest) = data.split_first()?;
    let start = f64::from(*entries.last()?);
    let step = (f64::from(*end) - start) / length.max(1) as f64;
    entries.extend((1..=length).map(|index| (start + step * index as f64).round() as u16));
    Some(rest)
}

/// The offset of an indirect segment, in units of `data`.
fn offset_of(data: &[u16], bytes: bool) -> Option<(usize, &[u16])> {
    let parts = if bytes { 4 } else { 2 };
    let (words, rest) = data.split_at_checked(parts)?;
    let width = if bytes { 8 } else { 16 };
    let offset = words.iter().rev().fold(0usize, |offset, word| offset << width | usize::from(*word));
    Some((if bytes { offset } else { offset / 2 }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segmented_tables_are_expanded() {
        // Discrete 0 10, linear to 30 in 4 steps, then both again.
        let data = [0, 2, 0, 10, 1, 4, 30, 2, 2, 0, 0];
        let entries = expand(&data, false).unwrap();
        assert_eq!(entries, [0, 10, 15, 20, 25, 30, 0, 10, 15, 20, 25, 30]);
        assert!(expand(&[1, 3, 9], false).is_err(), "a linear segment needs a start");
        assert!(expand(&[0, 9, 1], false).is_err());
    }

    #[test]
    fn values_outside_the_table_take_its_ends() {
        let palette = Palette { first: 10, colours: vec![[1, 2, 3], [4, 5, 6]] };
        assert_eq!([palette.colour(-5), palette.colour(11), palette.colour(99)], [[1, 2, 3], [4, 5, 6], [4, 5, 6]]);
    }
}
