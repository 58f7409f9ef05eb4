//! The 8-bit transform of [`super::idct`] eight values at a time, in the instructions that every x86-64 processor has.
//!
//! The same sums in another order: a rotation by two angles is one multiply-and-add of pairs (`pmaddwd`), for which both
//! factors have 16 bits. Where a block's values might leave 16 bits between the passes (never in a picture that an
//! encoder made), it is left to the plain code.

use safe_arch::{
    add_i16_m128i, add_i32_m128i, add_saturating_i16_m128i, cmp_eq_mask_i16_m128i, cmp_gt_mask_i16_m128i, m128i,
    max_i16_m128i, min_i16_m128i, move_mask_i8_m128i, mul_i16_horizontal_add_m128i, mul_i16_keep_high_m128i,
    mul_i16_keep_low_m128i, pack_i32_to_i16_m128i, set_splat_i16_m128i, set_splat_i32_m128i, shr_imm_i16_m128i,
    shr_imm_i32_m128i, sub_i32_m128i, sub_saturating_i16_m128i, unpack_high_i16_m128i, unpack_low_i16_m128i,
};

/// Eight values of 16 bits.
type Eight = m128i;

const fn fixed(value: f64) -> i16 {
    (value * 8192.0 + 0.5) as i16
}

const C0_298: i16 = fixed(0.298631336);
const C0_390: i16 = fixed(0.390180644);
const C0_541: i16 = fixed(0.541196100);
const C0_765: i16 = fixed(0.765366865);
const C0_899: i16 = fixed(0.899976223);
const C1_175: i16 = fixed(1.175875602);
const C1_501: i16 = fixed(1.501321110);
const C1_847: i16 = fixed(1.847759065);
const C1_961: i16 = fixed(1.961570560);
const C2_053: i16 = fixed(2.053119869);
const C2_562: i16 = fixed(2.562915447);
const C3_072: i16 = fixed(3.072711026);

/// Largest sum of magnitudes in a column whose transform surely fits 16 bits: every term is at most 1.39 times its
/// coefficient, and two bits are kept behind the point.
const LARGEST_COLUMN: i16 = 5800;

/// Samples `[8 rows, 8 cols]` of a block from its coefficients and its quantisation table; `None` where 16 bits may not
/// be enough.
#[inline]
pub(super) fn inverse(coefficients: &[i16; 64], table: &[i16; 64]) -> Option<[[u16; 8]; 8]> {
    // Two fractional bits between the passes, none after them.
    let rows = transpose(pass::<11>(dequantised(coefficients, table)?));
    Some(transpose(pass::<18>(rows)).map(|row| samples(row).into()))
}

/// Samples `[4 rows, 4 cols]`, as [`super::idct_reduced`]; `None` as [`inverse`].
#[inline]
pub(super) fn half(coefficients: &[i16; 64], table: &[i16; 64]) -> Option<[[u16; 4]; 4]> {
    let zero = m128i::default();
    let [a, b, c, d] = half_pass::<12>(dequantised(coefficients, table)?);
    let columns = half_pass::<19>(transpose([a, b, c, d, zero, zero, zero, zero]));
    let lines: [[u16; 8]; 4] = columns.map(|column| samples(column).into());
    Some(std::array::from_fn(|row| std::array::from_fn(|col| lines[col][row])))
}

/// Eight rows of coefficients times their steps; `None` where 16 bits may not be enough for them or their transform.
#[inline]
fn dequantised(coefficients: &[i16; 64], table: &[i16; 64]) -> Option<[Eight; 8]> {
    let zero = m128i::default();
    let mut rows = [zero; 8];
    let (mut overflow, mut sums) = (zero, zero);
    let lines = coefficients.as_chunks::<8>().0.iter().zip(table.as_chunks::<8>().0);
    for (row, (coefficients, table)) in rows.iter_mut().zip(lines) {
        let (coefficients, table) = (m128i::from(*coefficients), m128i::from(*table));
        let low = mul_i16_keep_low_m128i(coefficients, table);
        let high = mul_i16_keep_high_m128i(coefficients, table);
        overflow |= high ^ shr_imm_i16_m128i::<15>(low);
        sums = add_saturating_i16_m128i(sums, max_i16_m128i(low, sub_saturating_i16_m128i(zero, low)));
        *row = low;
    }
    let wrong = overflow | cmp_gt_mask_i16_m128i(sums, set_splat_i16_m128i(LARGEST_COLUMN));
    (move_mask_i8_m128i(cmp_eq_mask_i16_m128i(wrong, zero)) == 0xFFFF).then_some(rows)
}

#[inline]
fn samples(row: Eight) -> Eight {
    let (middle, most) = (set_splat_i16_m128i(128), set_splat_i16_m128i(255));
    min_i16_m128i(max_i16_m128i(add_i16_m128i(row, middle), m128i::default()), most)
}

/// One pass over eight columns to four rows; the fifth row has no part in them.
#[inline]
fn half_pass<const SHIFT: i32>([r0, r1, r2, r3, _, r5, r6, r7]: [Eight; 8]) -> [Eight; 4] {
    let mean = Pairs::new(r0, m128i::default()).times(1 << 14, 0);
    let even = Pairs::new(r2, r6).times(fixed(1.847759065), -fixed(0.765366865));
    let (a, b) = (Pairs::new(r7, r5), Pairs::new(r3, r1));
    let inner = a.times(-fixed(0.211164243), fixed(1.451774981)).plus(b.times(-fixed(2.172734803), fixed(1.061594337)));
    let outer = a.times(-fixed(0.509795579), -fixed(0.601344887)).plus(b.times(fixed(0.899976223), fixed(2.562915447)));
    let (high, low) = (mean.plus(even), mean.minus(even));
    [high.plus(outer), low.plus(inner), low.minus(inner), high.minus(outer)].map(Wide::rounded::<SHIFT>)
}

/// One pass over eight columns.
#[inline]
fn pass<const SHIFT: i32>([r0, r1, r2, r3, r4, r5, r6, r7]: [Eight; 8]) -> [Eight; 8] {
    let (even, odd) = (Pairs::new(r0, r4), Pairs::new(r2, r6));
    let (even0, even1) = (even.times(8192, 8192), even.times(8192, -8192));
    let even2 = odd.times(C0_541, C0_541 - C1_847);
    let even3 = odd.times(C0_541 + C0_765, C0_541);
    let evens = [even0.plus(even3), even1.plus(even2), even1.minus(even2), even0.minus(even3)];
    let (a, b) = (Pairs::new(r7, r5), Pairs::new(r3, r1));
    let odds = [
        a.times(C1_175 - C0_899, C1_175 - C0_390).plus(b.times(C1_175, C1_501 - C0_899 + C1_175 - C0_390)),
        a.times(C1_175 - C1_961, C1_175 - C2_562).plus(b.times(C3_072 - C2_562 + C1_175 - C1_961, C1_175)),
        a.times(C1_175, C2_053 - C2_562 + C1_175 - C0_390).plus(b.times(C1_175 - C2_562, C1_175 - C0_390)),
        a.times(C0_298 - C0_899 + C1_175 - C1_961, C1_175).plus(b.times(C1_175 - C1_961, C1_175 - C0_899)),
    ];
    let sum = |at: usize| evens[at].plus(odds[at]).rounded::<SHIFT>();
    let difference = |at: usize| evens[at].minus(odds[at]).rounded::<SHIFT>();
    [sum(0), sum(1), sum(2), sum(3), difference(3), difference(2), difference(1), difference(0)]
}

/// Values of two rows, side by side: four columns, then the other four.
#[derive(Clone, Copy)]
struct Pairs(Eight, Eight);

/// Eight values of 32 bits.
#[derive(Clone, Copy)]
struct Wide(m128i, m128i);

impl Pairs {
    #[inline]
    fn new(first: Eight, second: Eight) -> Self {
        Self(unpack_low_i16_m128i(first, second), unpack_high_i16_m128i(first, second))
    }

    /// `first * a + second * b`.
    #[inline]
    fn times(self, a: i16, b: i16) -> Wide {
        let factors = m128i::from([a, b, a, b, a, b, a, b]);
        Wide(mul_i16_horizontal_add_m128i(self.0, factors), mul_i16_horizontal_add_m128i(self.1, factors))
    }
}

impl Wide {
    #[inline]
    fn plus(self, other: Self) -> Self {
        Self(add_i32_m128i(self.0, other.0), add_i32_m128i(self.1, other.1))
    }

    #[inline]
    fn minus(self, other: Self) -> Self {
        Self(sub_i32_m128i(self.0, other.0), sub_i32_m128i(self.1, other.1))
    }

    #[inline]
    fn rounded<const SHIFT: i32>(self) -> Eight {
        let half = set_splat_i32_m128i(1 << (SHIFT - 1));
        let shifted = |four| shr_imm_i32_m128i::<SHIFT>(add_i32_m128i(four, half));
        pack_i32_to_i16_m128i(shifted(self.0), shifted(self.1))
    }
}

#[inline]
fn transpose([a, b, c, d, e, f, g, h]: [Eight; 8]) -> [Eight; 8] {
    let (low, high) = (unpack_low_i16_m128i, unpack_high_i16_m128i);
    // Each round of interleaving rows that are four apart is a third of a transposition.
    let round = |[a, b, c, d, e, f, g, h]: [Eight; 8]| {
        [low(a, e), high(a, e), low(b, f), high(b, f), low(c, g), high(c, g), low(d, h), high(d, h)]
    };
    round(round(round([a, b, c, d, e, f, g, h])))
}

#[cfg(test)]
mod tests {
    use super::super::{idct, idct_reduced};
    use super::*;
    use crate::metrics::SplitMix64;

    fn whole_numbers(coefficients: &[i16; 64], table: &[i16; 64]) -> [i32; 64] {
        std::array::from_fn(|k| i32::from(coefficients[k]) * i32::from(table[k]))
    }

    fn plain(coefficients: &[i16; 64], table: &[i16; 64]) -> Vec<u16> {
        idct::inverse(&whole_numbers(coefficients, table), 8).to_vec()
    }

    fn plain_half(coefficients: &[i16; 64], table: &[i16; 64]) -> Vec<u16> {
        idct_reduced::half(&whole_numbers(coefficients, table)).concat()
    }

    #[test]
    fn every_block_is_that_of_the_plain_code() {
        let mut random = SplitMix64::new(3);
        let mut refused = 0;
        for round in 0..20_000 {
            let spread = [3, 40, 300, 2000, 32_767][round % 5];
            let (filled, steps) = (random.below(64) + 1, [1, 16, 255][round % 3]);
            let mut coefficients = [0_i16; 64];
            for value in coefficients.iter_mut().take(filled) {
                *value = (random.below(2 * spread + 1) as i32 - spread as i32) as i16;
            }
            random.shuffle(&mut coefficients);
            let table = std::array::from_fn(|_| random.below(steps) as i16 + 1);
            match inverse(&coefficients, &table) {
                Some(samples) => assert_eq!(samples.concat(), plain(&coefficients, &table), "round {round}"),
                None => refused += 1,
            }
            let reduced = half(&coefficients, &table).map(|samples| samples.concat());
            assert!(reduced.is_none_or(|samples| samples == plain_half(&coefficients, &table)), "round {round}");
        }
        assert!((1..18_000).contains(&refused), "{refused}");
    }

    #[test]
    fn the_largest_column_that_is_taken_fits() {
        // All signs of the eight coefficients of a column at the limit.
        for signs in 0..256_u32 {
            let mut coefficients = [0_i16; 64];
            for row in 0..8 {
                let value = LARGEST_COLUMN / 8;
                coefficients[row * 8] = if signs >> row & 1 == 0 { value } else { -value };
            }
            let samples = inverse(&coefficients, &[1; 64]).unwrap();
            assert_eq!(samples.concat(), plain(&coefficients, &[1; 64]), "signs {signs:b}");
            let samples = half(&coefficients, &[1; 64]).unwrap();
            assert_eq!(samples.concat(), plain_half(&coefficients, &[1; 64]), "signs {signs:b}");
        }
        let mut one = [0_i16; 64];
        for row in 0..8 {
            one.fill(0);
            one[row * 8] = LARGEST_COLUMN;
            assert_eq!(inverse(&one, &[1; 64]).unwrap().concat(), plain(&one, &[1; 64]), "row {row}");
            assert_eq!(half(&one, &[1; 64]).unwrap().concat(), plain_half(&one, &[1; 64]), "row {row}");
        }
    }
}
