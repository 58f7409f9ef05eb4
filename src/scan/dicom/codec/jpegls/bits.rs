//! Bits of entropy-coded JPEG-LS data, most significant first, up to the next marker. A byte 0xFF is followed by a zero
//! bit, which is dropped (T.87 A.1).

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
    /// Bits delivered that were not in the stream.
    missing: u32,
}

impl<'a> BitReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, window: 0, count: 0, after_ff: false, missing: 0 }
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
        if self.after_ff {
            if byte & 0x80 != 0 {
                return None;
            }
            self.at += 1;
            self.after_ff = false;
            return Some((byte, 7));
        }
        if byte == 0xFF {
            match self.bytes.get(self.at + 1) {
                Some(0x80..) | None => return None,
                Some(_) => self.after_ff = true,
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

    /// How far the bytes have been read; up to eight more than their bits were taken.
    pub fn position(&self) -> usize {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_bits_are_dropped_and_the_end_is_noticed() {
        let mut reader = BitReader::new(&[0xFF, 0x55, 0x80]);
        assert_eq!([reader.take(8), reader.take(7), reader.take(8)], [0xFF, 0x55, 0x80]);
        assert!(!reader.is_exhausted());
        reader.take(32);
        assert!(reader.is_exhausted());
    }

    #[test]
    fn long_runs_without_ff_are_read_whole() {
        let bytes: Vec<u8> = (0..200).collect();
        let mut reader = BitReader::new(&bytes);
        assert!((0..200).all(|value| { reader.take(3) << 5 | reader.take(5) } == value));
    }
}
