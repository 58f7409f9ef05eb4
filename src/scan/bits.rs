//! Bits of an entropy-coded JPEG or JPEG-LS segment, most significant first, up to the next marker.

/// Reads bits; past the end or a marker it delivers zeros and counts them, so that the caller can stop.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits at hand, left-aligned.
    window: u64,
    count: u32,
    /// The byte before was 0xFF.
    after_ff: bool,
    stuffing: Stuffing,
    /// Bits delivered that were not in the stream.
    missing: u32,
}

/// What follows a 0xFF byte inside the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuffing {
    /// JPEG: a zero byte, which is dropped (T.81 B.1.1.5).
    Byte,
    /// JPEG-LS: a zero bit, which is dropped (T.87 A.1).
    Bit,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8], stuffing: Stuffing) -> Self {
        Self { bytes, at: 0, window: 0, count: 0, after_ff: false, stuffing, missing: 0 }
    }

    /// At least 56 bits at hand, real ones or zeros.
    #[inline(always)]
    fn refill(&mut self) {
        // Eight bytes at once where none of them is 0xFF.
        if !self.after_ff
            && let Some(chunk) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>())
        {
            let word = u64::from_be_bytes(*chunk);
            let no_ff = !word;
            if no_ff.wrapping_sub(0x0101_0101_0101_0101) & !no_ff & 0x8080_8080_8080_8080 == 0 {
                let bytes = (64 - self.count) / 8;
                let fresh = if bytes == 8 { word } else { word & !(u64::MAX >> (bytes * 8)) };
                self.window |= fresh >> self.count;
                self.count += bytes * 8;
                self.at += bytes as usize;
                return;
            }
        }
        *self = self.refilled_slowly();
    }

    /// By value: a reader that nobody holds the address of can live in registers.
    #[cold]
    fn refilled_slowly(mut self) -> Self {
        while self.count <= 56 {
            let (value, width) = match self.next_byte() {
                Some((byte, width)) => (byte, width),
                None => {
                    self.missing += 8;
                    (0, 8)
                }
            };
            self.window |= (u64::from(value) << (64 - width)) >> self.count;
            self.count += width;
        }
        self
    }

    /// The next data byte and how many of its bits count; `None` at a marker or the end.
    fn next_byte(&mut self) -> Option<(u8, u32)> {
        let byte = *self.bytes.get(self.at)?;
        if self.after_ff && self.stuffing == Stuffing::Bit {
            if byte & 0x80 != 0 {
                return None;
            }
            self.at += 1;
            self.after_ff = false;
            return Some((byte, 7));
        }
        if byte == 0xFF {
            match (self.stuffing, self.bytes.get(self.at + 1)) {
                (Stuffing::Byte, Some(0)) => {
                    self.at += 2;
                    return Some((0xFF, 8));
                }
                (Stuffing::Byte, _) => return None,
                (Stuffing::Bit, Some(0x80..) | None) => return None,
                (Stuffing::Bit, _) => self.after_ff = true,
            }
        }
        self.at += 1;
        Some((byte, 8))
    }

    /// The next `count` bits (up to 32) without taking them.
    #[inline(always)]
    pub fn peek(&mut self, count: u32) -> u32 {
        if self.count < count {
            self.refill();
        }
        if count == 0 { 0 } else { (self.window >> (64 - count)) as u32 }
    }

    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.count = self.count.saturating_sub(count);
    }

    #[inline(always)]
    pub fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// The whole window, refilled to at least 32 bits.
    #[inline(always)]
    pub fn window(&mut self) -> u64 {
        if self.count < 32 {
            self.refill();
        }
        self.window
    }

    /// More bits were asked for than the stream holds.
    pub fn is_exhausted(&self) -> bool {
        self.missing > self.count + 16
    }

    /// Drops what is left of the segment and its restart marker; `false` where there is none.
    pub fn restart(&mut self) -> bool {
        self.window = 0;
        self.count = 0;
        self.missing = 0;
        self.after_ff = false;
        // Padding may precede the marker.
        while let Some(rest) = self.bytes.get(self.at..) {
            match rest {
                [0xFF, 0xD0..=0xD7, ..] => {
                    self.at += 2;
                    return true;
                }
                [0xFF, 0x00, ..] => self.at += 2,
                [0xFF, 0x01..=0xFE, ..] | [] | [_] => return false,
                _ => self.at += 1,
            }
        }
        false
    }

    /// How far the bytes have been read; up to eight more than their bits were taken.
    pub fn position(&self) -> usize {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_bytes_and_bits_are_dropped() {
        let mut jpeg = BitReader::new(&[0xAB, 0xFF, 0x00, 0xCD, 0xFF, 0xD9], Stuffing::Byte);
        assert_eq!([jpeg.take(8), jpeg.take(8), jpeg.take(8)], [0xAB, 0xFF, 0xCD]);
        assert!(!jpeg.is_exhausted());
        jpeg.take(32);
        assert!(jpeg.is_exhausted());
        let mut jpeg_ls = BitReader::new(&[0xFF, 0x55, 0x80], Stuffing::Bit);
        assert_eq!([jpeg_ls.take(8), jpeg_ls.take(7), jpeg_ls.take(8)], [0xFF, 0x55, 0x80]);
    }

    #[test]
    fn long_runs_without_ff_are_read_whole() {
        let bytes: Vec<u8> = (0..200).collect();
        let mut reader = BitReader::new(&bytes, Stuffing::Byte);
        assert!((0..200).all(|value| { reader.take(3) << 5 | reader.take(5) } == value));
    }
}
