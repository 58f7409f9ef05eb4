//! Huffman codes (T.81 annex C and F.2.2.3).

use super::bits::BitReader;
use crate::scan::fault::Fault;

/// Codes up to this length are found in one look.
const QUICK_BITS: u32 = 11;

/// One Huffman table.
pub(super) struct Huffman {
    /// By the next `QUICK_BITS` bits: code length << 8 | symbol; 0 for longer codes.
    quick: Vec<u16>,
    /// By the same bits, where they hold a symbol of run and size (T.81 F.1.2.2) and the value behind it: value << 16 |
    /// run << 8 | all bits; 0 where they do not.
    values: Vec<i32>,
    /// By code length: one past the last code, left-aligned to 16 bits.
    ends: [u32; 17],
    /// By code length: index of the first symbol minus the first code.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// From the number of codes of each length 1 to 16 and the symbols in order.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, Fault> {
        let mut table = Self {
            quick: vec![0; 1 << QUICK_BITS],
            values: Vec::new(),
            ends: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let mut code = 0u32;
        let mut index = 0usize;
        for (length, count) in (1u32..).zip(counts) {
            if let Some(offset) = table.offsets.get_mut(length as usize) {
                *offset = index as i32 - code as i32;
            }
            for symbol in symbols.iter().skip(index).take(usize::from(*count)) {
                table.remember(code, length, *symbol);
                code += 1;
            }
            index += usize::from(*count);
            if code > 1 << length {
                return Err(Fault::damaged("a JPEG Huffman table is impossible"));
            }
            if let Some(end) = table.ends.get_mut(length as usize) {
                *end = code << (16 - length);
            }
            code <<= 1;
        }
        table.values = (0..).zip(&table.quick).map(|(bits, entry)| quick_value(bits, *entry)).collect();
        Ok(table)
    }

    fn remember(&mut self, code: u32, length: u32, symbol: u8) {
        let Some(spare) = QUICK_BITS.checked_sub(length) else { return };
        let start = (code << spare) as usize;
        for entry in self.quick.iter_mut().skip(start).take(1 << spare) {
            *entry = (length as u16) << 8 | u16::from(symbol);
        }
    }

    /// The next symbol of a refilled reader; at most 16 bits. A code that is not in the table ends as symbol 0 and uses
    /// up the bits, so that the reader's end is reached.
    #[inline(always)]
    pub fn symbol(&self, reader: &mut BitReader) -> u8 {
        let window = reader.window();
        let entry = self.quick.get((window >> (64 - QUICK_BITS)) as usize).copied().unwrap_or(0);
        if entry != 0 {
            reader.skip(u32::from(entry >> 8));
            return entry as u8;
        }
        let (symbol, length) = self.long_symbol((window >> 48) as u32);
        reader.skip(length);
        symbol
    }

    /// The symbol of a long code, and the bits it uses up.
    #[cold]
    fn long_symbol(&self, bits: u32) -> (u8, u32) {
        for (length, (end, offset)) in (0u32..).zip(self.ends.iter().zip(&self.offsets)).skip(QUICK_BITS as usize) {
            if bits < *end {
                let index = (bits >> (16 - length)) as i32 + offset;
                let symbol = usize::try_from(index).ok().and_then(|index| self.symbols.get(index)).copied();
                return (symbol.unwrap_or(0), length);
            }
        }
        (0, 16)
    }

    /// Run and value of the next coefficient, where a short code and the value behind it are found in one look; takes
    /// nothing otherwise. The reader has been refilled.
    #[inline(always)]
    pub fn quick_value(&self, reader: &mut BitReader) -> Option<(usize, i16)> {
        let entry = self.values.get((reader.window() >> (64 - QUICK_BITS)) as usize).copied().unwrap_or(0);
        if entry == 0 {
            return None;
        }
        reader.skip((entry & 0xFF) as u32);
        Some(((entry >> 8 & 0xFF) as usize, (entry >> 16) as i16))
    }

    /// A symbol that counts the bits of a signed value, and that value (T.81 F.2.2.1, H.1.2.2); refills.
    #[inline(always)]
    pub fn difference(&self, reader: &mut BitReader) -> i32 {
        reader.refill();
        let size = u32::from(self.symbol(reader));
        match size {
            0 => 0,
            1..=15 => extend(reader.take(size), size),
            _ => 32768,
        }
    }
}

/// An entry of [`Huffman::values`]: `bits` are the next ones, `entry` is what [`Huffman::quick`] says about them.
fn quick_value(bits: u32, entry: u16) -> i32 {
    let (length, run, size) = (u32::from(entry >> 8), i32::from(entry >> 4 & 15), u32::from(entry & 15));
    let Some(spare) = QUICK_BITS.checked_sub(length + size).filter(|_| size > 0) else { return 0 };
    let value = extend(bits >> spare & ((1 << size) - 1), size);
    value << 16 | run << 8 | (length + size) as i32
}

/// EXTEND of T.81 F.2.2.1: the lower half of the range means negative values.
#[inline]
pub(super) fn extend(bits: u32, size: u32) -> i32 {
    let value = bits as i32;
    if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
}

#[cfg(test)]
mod tests {
    use super::super::bits::EntropyCoded;
    use super::*;

    #[test]
    fn short_and_long_codes_are_read() {
        // Codes 0, 10, 110, and one of 12 bits: 1110 0000 0000.
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[11]) = (1, 1, 1, 1);
        let table = Huffman::new(&counts, &[5, 6, 7, 8]).unwrap();
        // 0 10 110 10 then 1110 0000 0000.
        let coded = EntropyCoded::new(&[0b0101_1010, 0b1110_0000, 0b0000_0000]);
        let mut reader = coded.reader();
        reader.refill();
        let symbols: Vec<u8> = (0..5).map(|_| table.symbol(&mut reader)).collect();
        assert_eq!(symbols, [5, 6, 7, 6, 8]);
        assert!(Huffman::new(&[3; 16], &[0; 48]).is_err(), "more codes than there are");
    }

    #[test]
    fn half_of_each_range_is_negative() {
        assert_eq!([extend(0, 1), extend(1, 1), extend(0, 3), extend(3, 3), extend(4, 3)], [-1, 1, -7, -4, 4]);
    }
}
