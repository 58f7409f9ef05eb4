//! The bits of a scan (T.81 B.1.1.5 and F.2.2.5). Stuffed bytes are taken out beforehand, so that reading asks about no
//! single byte.

use super::headers::first_ff;

/// A scan's entropy-coded data without its stuffing, one segment after each restart marker.
pub(super) struct EntropyCoded {
    bytes: Vec<u8>,
    /// First byte and end of each segment; zeros follow it.
    segments: Vec<(usize, usize)>,
}

/// Zeros behind a segment: what a reader finds that goes on too far.
const PADDING: [u8; 4] = [0; 4];

impl EntropyCoded {
    /// Up to the first marker that is no restart.
    pub fn new(mut data: &[u8]) -> Self {
        let mut coded = Self { bytes: Vec::with_capacity(data.len() + 2 * PADDING.len()), segments: Vec::new() };
        let mut start = 0;
        loop {
            let plain = first_ff(data).unwrap_or(data.len());
            let (before, rest) = data.split_at_checked(plain).unwrap_or((data, &[]));
            coded.bytes.extend_from_slice(before);
            data = match rest {
                [0xFF, 0x00, rest @ ..] => {
                    coded.bytes.push(0xFF);
                    rest
                }
                [0xFF, 0xD0..=0xD7, rest @ ..] => {
                    start = coded.end_segment(start);
                    rest
                }
                // Fill bytes may precede a marker.
                [0xFF, 0xFF, ..] => rest.get(1..).unwrap_or_default(),
                _ => break,
            };
        }
        coded.end_segment(start);
        coded
    }

    /// Where the next segment starts.
    fn end_segment(&mut self, start: usize) -> usize {
        self.segments.push((start, self.bytes.len()));
        self.bytes.extend_from_slice(&PADDING);
        self.bytes.len()
    }

    /// At the first segment.
    pub fn reader(&self) -> BitReader<'_> {
        let (at, end) = self.segments.first().copied().unwrap_or_default();
        let later = self.segments.get(1..).unwrap_or_default();
        BitReader { bytes: &self.bytes, at, window: 0, count: 0, end, later }
    }
}

/// Reads bits, highest first. [`BitReader::refill`] brings at least 56 bits to hand, which the other functions use up.
#[derive(Clone, Copy)]
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Bits at hand, left-aligned; behind them some that will come again.
    window: u64,
    /// At most 63.
    count: u32,
    end: usize,
    later: &'a [(usize, usize)],
}

impl BitReader<'_> {
    /// No branch but for the very end: how many bits a code has is as good as random.
    #[inline(always)]
    pub fn refill(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let word = match rest.first_chunk::<8>() {
            Some(eight) => u64::from_be_bytes(*eight),
            None => last_bytes(rest),
        };
        self.window |= word >> self.count;
        self.at += ((63 - self.count) / 8) as usize;
        self.count |= 56;
    }

    /// The bits at hand from the highest on.
    #[inline(always)]
    pub fn window(&self) -> u64 {
        self.window
    }

    /// Uses up `count` of the bits at hand (at most 31 at once).
    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.count = self.count.wrapping_sub(count) & 63;
    }

    /// The next `count` (at most 31) of the bits at hand.
    #[inline(always)]
    pub fn take(&mut self, count: u32) -> u32 {
        // Twice, because shifting by 64 is no shift.
        let bits = (self.window >> 1 >> (63 - count)) as u32;
        self.skip(count);
        bits
    }

    /// The next `count` bits (at most 31), refilled for them.
    #[inline]
    pub fn fresh(&mut self, count: u32) -> u32 {
        self.refill();
        self.take(count)
    }

    /// More bits were asked for than the segment holds: some decoders of broken files still see a last code.
    pub fn is_exhausted(&self) -> bool {
        self.at * 8 > self.end * 8 + self.count as usize + 16
    }

    /// On to the segment behind the next restart marker; `false` where there is none.
    pub fn restart(&mut self) -> bool {
        let Some(((at, end), later)) = self.later.split_first() else { return false };
        (self.at, self.end, self.later, self.window, self.count) = (*at, *end, later, 0, 0);
        true
    }
}

#[cold]
fn last_bytes(rest: &[u8]) -> u64 {
    let mut eight = [0; 8];
    eight.iter_mut().zip(rest).for_each(|(byte, last)| *byte = *last);
    u64::from_be_bytes(eight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_is_dropped_and_the_end_is_noticed() {
        let coded = EntropyCoded::new(&[0xAB, 0xFF, 0x00, 0xCD, 0xFF, 0xD9, 0x11]);
        let mut reader = coded.reader();
        assert_eq!([reader.fresh(8), reader.fresh(8), reader.fresh(8)], [0xAB, 0xFF, 0xCD]);
        assert!(!reader.is_exhausted() && !reader.restart());
        reader.fresh(31);
        assert!(reader.is_exhausted());
    }

    #[test]
    fn every_bit_comes_once() {
        let bytes: Vec<u8> = (0..200).collect();
        let coded = EntropyCoded::new(&bytes);
        let mut reader = coded.reader();
        assert!((0..200).all(|value| reader.fresh(3) << 5 | reader.fresh(5) == value));
        assert!(!reader.is_exhausted());
    }

    #[test]
    fn restart_markers_part_the_segments() {
        let coded = EntropyCoded::new(&[0x12, 0xFF, 0xFF, 0xD0, 0x34, 0xFF, 0x00, 0xFF, 0xD1, 0x56]);
        let mut reader = coded.reader();
        assert_eq!(reader.fresh(4), 1);
        assert!(reader.restart());
        assert_eq!(reader.fresh(16), 0x34FF);
        assert!(reader.restart() && reader.fresh(8) == 0x56 && !reader.restart());
    }
}
