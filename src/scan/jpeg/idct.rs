//! The inverse discrete cosine transform by the method of Loeffler, Ligtenberg and Moschytz (1989), bit-exact with the
//! libraries that reference readers use: for 8 bits the IJG library's "islow" (13-bit constants, columns first), for
//! 12 bits the library behind pylibjpeg-libjpeg 2.5 (9-bit constants, rows first, four fractional bits to the end; the
//! figures were found by comparing with its output).

use std::num::Wrapping;

type Number = Wrapping<i32>;

/// The cosine terms as fixed-point numbers of `bits` fractional bits.
struct Constants {
    bits: usize,
    c0_298: Number,
    c0_390: Number,
    c0_541: Number,
    c0_765: Number,
    c0_899: Number,
    c1_175: Number,
    c1_501: Number,
    c1_847: Number,
    c1_961: Number,
    c2_053: Number,
    c2_562: Number,
    c3_072: Number,
}

impl Constants {
    const fn new(bits: usize) -> Self {
        // Rounded multiples of 2^bits; 13-bit values as in T.81's reference literature, narrowed by rounding.
        const fn fixed(value: f64, bits: usize) -> Number {
            Wrapping((value * (1u32 << bits) as f64 + 0.5) as i32)
        }
        Self {
            bits,
            c0_298: fixed(0.298631336, bits),
            c0_390: fixed(0.390180644, bits),
            c0_541: fixed(0.541196100, bits),
            c0_765: fixed(0.765366865, bits),
            c0_899: fixed(0.899976223, bits),
            c1_175: fixed(1.175875602, bits),
            c1_501: fixed(1.501321110, bits),
            c1_847: fixed(1.847759065, bits),
            c1_961: fixed(1.961570560, bits),
            c2_053: fixed(2.053119869, bits),
            c2_562: fixed(2.562915447, bits),
            c3_072: fixed(3.072711026, bits),
        }
    }
}

const EIGHT_BIT: Constants = Constants::new(13);
const TWELVE_BIT: Constants = Constants::new(9);

/// Samples `[8 rows, 8 cols]` of a block from its dequantised coefficients, for `precision` of 8 or 12 bits.
pub(super) fn inverse(coefficients: &[i32; 64], precision: u32) -> [u16; 64] {
    let mut block = coefficients.map(Wrapping);
    if precision <= 8 {
        // Two fractional bits between the passes, none after them.
        columns(&mut block, &EIGHT_BIT, 13 - 2);
        transpose(&mut block);
        columns(&mut block, &EIGHT_BIT, 13 + 2 + 3);
        transpose(&mut block);
        block.map(|value| value.0.wrapping_add(128).clamp(0, 255) as u16)
    } else {
        // Four fractional bits between the passes and after them, rounded away at the end.
        transpose(&mut block);
        columns(&mut block, &TWELVE_BIT, 9 - 4);
        transpose(&mut block);
        columns(&mut block, &TWELVE_BIT, 9 + 3);
        block.map(|value| (value.0.wrapping_add((2048 << 4) + 8) >> 4).clamp(0, 4095) as u16)
    }
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
fn columns(block: &mut [Number; 64], constants: &Constants, shift: usize) {
    let round = Wrapping(1 << (shift - 1));
    let (rows, _) = block.as_chunks_mut::<8>();
    let [r0, r1, r2, r3, r4, r5, r6, r7] = rows else { return };
    for col in 0..8 {
        // Even part.
        let z1 = (r2[col] + r6[col]) * constants.c0_541;
        let even2 = z1 - r6[col] * constants.c1_847;
        let even3 = z1 + r2[col] * constants.c0_765;
        let even0 = (r0[col] + r4[col]) << constants.bits;
        let even1 = (r0[col] - r4[col]) << constants.bits;
        let (sum0, sum3) = (even0 + even3, even0 - even3);
        let (sum1, sum2) = (even1 + even2, even1 - even2);
        // Odd part.
        let (o7, o5, o3, o1) = (r7[col], r5[col], r3[col], r1[col]);
        let z5 = (o7 + o3 + o5 + o1) * constants.c1_175;
        let z1 = -(o7 + o1) * constants.c0_899;
        let z2 = -(o5 + o3) * constants.c2_562;
        let z3 = z5 - (o7 + o3) * constants.c1_961;
        let z4 = z5 - (o5 + o1) * constants.c0_390;
        let odd0 = o7 * constants.c0_298 + z1 + z3;
        let odd1 = o5 * constants.c2_053 + z2 + z4;
        let odd2 = o3 * constants.c3_072 + z2 + z3;
        let odd3 = o1 * constants.c1_501 + z1 + z4;
        r0[col] = (sum0 + odd3 + round) >> shift;
        r7[col] = (sum0 - odd3 + round) >> shift;
        r1[col] = (sum1 + odd2 + round) >> shift;
        r6[col] = (sum1 - odd2 + round) >> shift;
        r2[col] = (sum2 + odd1 + round) >> shift;
        r5[col] = (sum2 - odd1 + round) >> shift;
        r3[col] = (sum3 + odd0 + round) >> shift;
        r4[col] = (sum3 - odd0 + round) >> shift;
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
