//! Weighted sums of rows, eight columns at a time, and of eight neighbours in a row, in the instructions that every x86-64 processor has; the numbers are
//! those of the plain loop.
//!
//! A weight of 22 bits behind the point is split into 11 and 11, so that two rows are multiplied and added at once in 16
//! bits (`pmaddwd`); whole sums are put together at the end.

use safe_arch::{
    add_i32_m128i, m128i, mul_i16_horizontal_add_m128i, pack_i16_to_u8_m128i, pack_i32_to_i16_m128i,
    set_splat_i32_m128i, shl_imm_u32_m128i, shr_imm_i32_m128i, unpack_high_i16_m128i, unpack_low_i8_m128i,
    unpack_low_i16_m128i,
};

use super::pillow::{HALF, PRECISION_BITS};
use super::taps::Taps;

/// Bits of a weight's lower part.
const LOW_BITS: i32 = 11;
/// Largest weight whose upper part has 16 bits.
const MOST: i32 = 1 << (15 + LOW_BITS);

/// Fills whole groups of eight columns of `into` and says how many columns that are.
pub(super) fn weighted_rows(rows: &[&[u8]], weights: &[i32], into: &mut [u8]) -> usize {
    if weights.iter().any(|weight| !(-MOST..MOST).contains(weight)) {
        return 0;
    }
    let groups = into.len() / 8;
    let (targets, _) = into.as_chunks_mut::<8>();
    for (group, target) in targets.iter_mut().enumerate() {
        let mut sums = Sums::new();
        for (pair, weights) in rows.chunks(2).zip(weights.chunks(2)) {
            let eight = |at: usize| pair.get(at).and_then(|row| row.as_chunks::<8>().0.get(group)).copied();
            let weight = |at: usize| weights.get(at).copied().unwrap_or(0);
            sums.add([eight(0).unwrap_or_default(), eight(1).unwrap_or_default()], [weight(0), weight(1)]);
        }
        *target = sums.finish();
    }
    groups * 8
}

/// Sums of eight columns: with the lower and with the upper parts of the weights, four columns each.
struct Sums {
    low: [m128i; 2],
    high: [m128i; 2],
}

impl Sums {
    #[inline]
    fn new() -> Self {
        Self { low: [set_splat_i32_m128i(HALF); 2], high: [m128i::default(); 2] }
    }

    /// Two rows at once.
    #[inline]
    fn add(&mut self, rows: [[u8; 8]; 2], weights: [i32; 2]) {
        let [a, b] = rows.map(|row| {
            let bytes = m128i::from([u64::from_le_bytes(row), 0]);
            unpack_low_i8_m128i(bytes, m128i::default())
        });
        let pairs = [unpack_low_i16_m128i(a, b), unpack_high_i16_m128i(a, b)];
        let both = |part: fn(i32) -> i32| {
            let [a, b] = weights.map(part);
            set_splat_i32_m128i(b << 16 | (a & 0xFFFF))
        };
        let (low, high) = (both(|weight| weight & ((1 << LOW_BITS) - 1)), both(|weight| weight >> LOW_BITS));
        for ((of_low, of_high), pair) in self.low.iter_mut().zip(&mut self.high).zip(pairs) {
            *of_low = add_i32_m128i(*of_low, mul_i16_horizontal_add_m128i(pair, low));
            *of_high = add_i32_m128i(*of_high, mul_i16_horizontal_add_m128i(pair, high));
        }
    }

    /// Rounded and cut to 0..=255.
    #[inline]
    fn finish(self) -> [u8; 8] {
        let whole = |low, high| {
            let sum = add_i32_m128i(low, shl_imm_u32_m128i::<LOW_BITS>(high));
            shr_imm_i32_m128i::<{ PRECISION_BITS as i32 }>(sum)
        };
        let ([low_a, low_b], [high_a, high_b]) = (self.low, self.high);
        let words = pack_i32_to_i16_m128i(whole(low_a, high_a), whole(low_b, high_b));
        let bytes: [u8; 16] = pack_i16_to_u8_m128i(words, words).into();
        std::array::from_fn(|at| bytes[at])
    }
}

/// Weights along a row of one channel, in groups of eight neighbours (filled up with zeros).
pub(super) struct Columns {
    /// First input position, and the range of its groups.
    runs: Vec<(usize, usize, usize)>,
    /// Lower and upper parts.
    groups: Vec<([i16; 8], [i16; 8])>,
}

impl Columns {
    /// `None` for weights that are too large.
    pub fn new(taps: &Taps<i32>) -> Option<Self> {
        let mut columns = Self { runs: Vec::with_capacity(taps.len()), groups: Vec::new() };
        for (first, weights) in taps.iter() {
            if weights.iter().any(|weight| !(-MOST..MOST).contains(weight)) {
                return None;
            }
            let begin = columns.groups.len();
            for eight in weights.chunks(8) {
                let weight = |at: usize| eight.get(at).copied().unwrap_or(0);
                let low = std::array::from_fn(|at| (weight(at) & ((1 << LOW_BITS) - 1)) as i16);
                columns.groups.push((low, std::array::from_fn(|at| (weight(at) >> LOW_BITS) as i16)));
            }
            columns.runs.push((first, begin, columns.groups.len()));
        }
        Some(columns)
    }

    /// One row.
    pub fn resample(&self, source: &[u8], into: &mut [u8]) {
        for (value, (first, begin, end)) in into.iter_mut().zip(&self.runs) {
            let (mut low, mut high) = (m128i::default(), m128i::default());
            let groups = self.groups.get(*begin..*end).unwrap_or_default();
            for (at, (of_low, of_high)) in (*first..).step_by(8).zip(groups) {
                let words = unpack_low_i8_m128i(m128i::from(sixteen_from(source, at)), m128i::default());
                low = add_i32_m128i(low, mul_i16_horizontal_add_m128i(words, m128i::from(*of_low)));
                high = add_i32_m128i(high, mul_i16_horizontal_add_m128i(words, m128i::from(*of_high)));
            }
            let whole: [i32; 4] = add_i32_m128i(low, shl_imm_u32_m128i::<LOW_BITS>(high)).into();
            let sum = whole.iter().fold(HALF, |sum, part| sum.wrapping_add(*part));
            *value = (sum >> PRECISION_BITS).clamp(0, 255) as u8;
        }
    }
}

/// Sixteen bytes (the first eight count); zeros behind the end, which meet weights of zero.
#[inline]
fn sixteen_from(source: &[u8], at: usize) -> [u8; 16] {
    let rest = source.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(sixteen) => *sixteen,
        None => std::array::from_fn(|at| rest.get(at).copied().unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pillow::{resample_row, weighted_rows_plain};
    use super::*;
    use crate::metrics::SplitMix64;

    #[test]
    fn every_sum_is_that_of_the_plain_loop() {
        let mut random = SplitMix64::new(5);
        for round in 0..300 {
            let (count, cols) = (random.below(12) + 1, random.below(70) + 1);
            let rows: Vec<Vec<u8>> = (0..count).map(|_| (0..cols).map(|_| random.below(256) as u8).collect()).collect();
            let rows: Vec<&[u8]> = rows.iter().map(Vec::as_slice).collect();
            // Positive, and (as of Lanczos) of both signs, around a sum of 1.
            let most = (2 << PRECISION_BITS) / count;
            let weights: Vec<i32> =
                (0..count).map(|_| random.below(most) as i32 - (most / [8, 2][round % 2]) as i32).collect();
            let (mut quick, mut plain) = (vec![0; cols], vec![0; cols]);
            let done = weighted_rows(&rows, &weights, &mut quick);
            assert_eq!(done, cols / 8 * 8);
            weighted_rows_plain(&rows, &weights, 0, &mut plain);
            assert_eq!(quick[..done], plain[..done], "round {round}");
        }
    }

    #[test]
    fn every_row_is_that_of_the_plain_loop() {
        let mut random = SplitMix64::new(6);
        for round in 0..300 {
            let (inputs, outputs) = (random.below(90) + 1, random.below(40) + 1);
            let source: Vec<u8> = (0..inputs).map(|_| random.below(256) as u8).collect();
            let mut taps = Taps::with_capacity(outputs);
            for _ in 0..outputs {
                let count = random.below(inputs) + 1;
                let most = (2 << PRECISION_BITS) / count;
                let offset = (most / [8, 2][round % 2]) as i32;
                let weights: Vec<i32> = (0..count).map(|_| random.below(most) as i32 - offset).collect();
                taps.push(random.below(inputs - count + 1), &weights);
            }
            let (mut quick, mut plain) = (vec![0; outputs], vec![0; outputs]);
            Columns::new(&taps).unwrap().resample(&source, &mut quick);
            resample_row::<1>(&source, &taps, &mut plain);
            assert_eq!(quick, plain, "round {round}");
        }
    }
}
