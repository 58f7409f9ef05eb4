//! The inverse discrete cosine transform of the IJG library's accurate integer method ("islow"): Loeffler, Ligtenberg
//! and Moschytz 1989, 13-bit constants. Bit-exact, so that pictures equal those of libjpeg and everything built on it.

use std::num::Wrapping;

type Number = Wrapping<i32>;

const CONSTANT_BITS: usize = 13;

const fn fixed(value: i32) -> Number {
    Wrapping(value)
}

// Rounded 2^13 multiples of the cosine terms.
const F_0_298: Number = fixed(2446);
const F_0_390: Number = fixed(3196);
const F_0_541: Number = fixed(4433);
const F_0_765: Number = fixed(6270);
const F_0_899: Number = fixed(7373);
const F_1_175: Number = fixed(9633);
const F_1_501: Number = fixed(12299);
const F_1_847: Number = fixed(15137);
const F_1_961: Number = fixed(16069);
const F_2_053: Number = fixed(16819);
const F_2_562: Number = fixed(20995);
const F_3_072: Number = fixed(25172);

/// Samples `[8 rows, 8 cols]` of a block from its dequantised coefficients, for `precision` of 8 or 12 bits.
pub(super) fn inverse(coefficients: &[i32; 64], precision: u32) -> [u16; 64] {
    // Two fractional bits between the passes for 8-bit samples, one for 12-bit ones, which need the room.
    let pass_bits = if precision > 8 { 1 } else { 2 };
    let mut block = coefficients.map(Wrapping);
    columns(&mut block, CONSTANT_BITS - pass_bits);
    transpose(&mut block);
    columns(&mut block, CONSTANT_BITS + pass_bits + 3);
    transpose(&mut block);
    let (middle, most) = (1 << (precision - 1), (1 << precision) - 1);
    block.map(|value| value.0.wrapping_add(middle).clamp(0, most) as u16)
}

/// A block of which only the first coefficient is not zero.
pub(super) fn flat(coefficient: i32, precision: u32) -> u16 {
    let (middle, most) = (1 << (precision - 1), (1 << precision) - 1);
    ((coefficient.wrapping_add(4) >> 3).wrapping_add(middle)).clamp(0, most) as u16
}

fn transpose(block: &mut [Number; 64]) {
    for row in 0..8 {
        for col in row + 1..8 {
            block.swap(row * 8 + col, col * 8 + row);
        }
    }
}

/// One pass over all columns; the eight of them run side by side in vector registers.
#[inline(always)]
fn columns(block: &mut [Number; 64], shift: usize) {
    let round = Wrapping(1 << (shift - 1));
    let (rows, _) = block.as_chunks_mut::<8>();
    let [r0, r1, r2, r3, r4, r5, r6, r7] = rows else { return };
    for col in 0..8 {
        // Even part.
        let z1 = (r2[col] + r6[col]) * F_0_541;
        let tmp2 = z1 - r6[col] * F_1_847;
        let tmp3 = z1 + r2[col] * F_0_765;
        let tmp0 = (r0[col] + r4[col]) << CONSTANT_BITS;
        let tmp1 = (r0[col] - r4[col]) << CONSTANT_BITS;
        let (tmp10, tmp13) = (tmp0 + tmp3, tmp0 - tmp3);
        let (tmp11, tmp12) = (tmp1 + tmp2, tmp1 - tmp2);
        // Odd part.
        let (odd7, odd5, odd3, odd1) = (r7[col], r5[col], r3[col], r1[col]);
        let z5 = (odd7 + odd3 + odd5 + odd1) * F_1_175;
        let z1 = -(odd7 + odd1) * F_0_899;
        let z2 = -(odd5 + odd3) * F_2_562;
        let z3 = z5 - (odd7 + odd3) * F_1_961;
        let z4 = z5 - (odd5 + odd1) * F_0_390;
        let tmp0 = odd7 * F_0_298 + z1 + z3;
        let tmp1 = odd5 * F_2_053 + z2 + z4;
        let tmp2 = odd3 * F_3_072 + z2 + z3;
        let tmp3 = odd1 * F_1_501 + z1 + z4;
        r0[col] = (tmp10 + tmp3 + round) >> shift;
        r7[col] = (tmp10 - tmp3 + round) >> shift;
        r1[col] = (tmp11 + tmp2 + round) >> shift;
        r6[col] = (tmp11 - tmp2 + round) >> shift;
        r2[col] = (tmp12 + tmp1 + round) >> shift;
        r5[col] = (tmp12 - tmp1 + round) >> shift;
        r3[col] = (tmp13 + tmp0 + round) >> shift;
        r4[col] = (tmp13 - tmp0 + round) >> shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_block_is_flat_either_way() {
        for coefficient in [-1024, -37, 0, 1, 5, 800, 4000] {
            let mut block = [0; 64];
            block[0] = coefficient;
            assert_eq!(inverse(&block, 8), [flat(coefficient, 8); 64]);
            assert_eq!(inverse(&block, 12), [flat(coefficient, 12); 64]);
        }
    }

    #[test]
    fn a_cosine_wave_comes_back() {
        // One coefficient of horizontal frequency 1: c(0) c(1) / 4 * 800 * cos((2x + 1) pi / 16).
        let mut block = [0; 64];
        block[1] = 800;
        let samples = inverse(&block, 8);
        for (x, sample) in samples.iter().take(8).enumerate() {
            let angle = (2.0 * x as f64 + 1.0) * std::f64::consts::PI / 16.0;
            let exact = 128.0 + 800.0 / 4.0 * std::f64::consts::FRAC_1_SQRT_2 * angle.cos();
            assert!((f64::from(*sample) - exact.clamp(0.0, 255.0)).abs() <= 0.6, "{sample} is not {exact}");
        }
    }
}
