//! The inverse transform to fewer samples than the block has: 4 x 4 or 2 x 2, each the mean of what the whole block would
//! give there but for the frequencies that so few samples cannot show. Bit-exact with the IJG library's reduced "islow"
//! transforms (13-bit constants, columns first), which Pillow's `draft` and TensorFlow's `ratio` use.

use std::num::Wrapping;

type Number = Wrapping<i32>;

/// Cosine terms with 13 fractional bits.
const fn fixed(value: f64) -> Number {
    Wrapping((value * 8192.0 + 0.5) as i32)
}

/// Columns that the second pass looks at: one frequency of the whole block has no part in any of four samples.
const HALF_COLS: [usize; 7] = [0, 1, 2, 3, 5, 6, 7];
const QUARTER_COLS: [usize; 5] = [0, 1, 3, 5, 7];

/// Samples `[4 rows, 4 cols]` of 8 bits from dequantised coefficients.
pub(super) fn half(block: &[i32; 64]) -> [[u16; 4]; 4] {
    let mut lines = [[Wrapping(0); 8]; 4];
    for col in HALF_COLS {
        // Two fractional bits are kept between the passes.
        for (line, value) in lines.iter_mut().zip(four(|row| Wrapping(block[row * 8 + col]), 13 - 2 + 1)) {
            line[col] = value;
        }
    }
    lines.map(|line| four(|col| line[col], 13 + 2 + 3 + 1).map(sample))
}

/// Samples `[2 rows, 2 cols]` of 8 bits from dequantised coefficients.
pub(super) fn quarter(block: &[i32; 64]) -> [[u16; 2]; 2] {
    let mut lines = [[Wrapping(0); 8]; 2];
    for col in QUARTER_COLS {
        for (line, value) in lines.iter_mut().zip(two(|row| Wrapping(block[row * 8 + col]), 13 - 2 + 2)) {
            line[col] = value;
        }
    }
    lines.map(|line| two(|col| line[col], 13 + 2 + 3 + 2).map(sample))
}

fn sample(value: Number) -> u16 {
    value.0.wrapping_add(128).clamp(0, 255) as u16
}

/// Four points from eight frequencies (the fifth, `at(4)`, has no part).
fn four(at: impl Fn(usize) -> Number, shift: usize) -> [Number; 4] {
    let round = Wrapping(1 << (shift - 1));
    let mean = at(0) << 14;
    let even = at(2) * fixed(1.847759065) - at(6) * fixed(0.765366865);
    let inner = at(5) * fixed(1.451774981) - at(7) * fixed(0.211164243) - at(3) * fixed(2.172734803)
        + at(1) * fixed(1.061594337);
    let outer = at(3) * fixed(0.899976223) + at(1) * fixed(2.562915447)
        - at(7) * fixed(0.509795579)
        - at(5) * fixed(0.601344887);
    let (high, low) = (mean + even, mean - even);
    [high + outer, low + inner, low - inner, high - outer].map(|sum| (sum + round) >> shift)
}

/// Two points: of the even frequencies only the mean has a part.
fn two(at: impl Fn(usize) -> Number, shift: usize) -> [Number; 2] {
    let round = Wrapping(1 << (shift - 1));
    let mean = at(0) << 15;
    let odd = at(5) * fixed(0.850430095) - at(7) * fixed(0.720959822) - at(3) * fixed(1.272758580)
        + at(1) * fixed(3.624509785);
    [mean + odd, mean - odd].map(|sum| (sum + round) >> shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wave that both sizes can show: the reduced samples are the means of the whole ones.
    #[test]
    fn reduced_samples_are_means_of_the_whole_ones() {
        let mut block = [0; 64];
        (block[0], block[1], block[8]) = (80, 300, -200);
        let whole = super::super::idct::inverse(&block, 8);
        let mean = |row: usize, col: usize, side: usize| {
            let cells = (0..side * side).map(|k| f64::from(whole[(row * side + k / side) * 8 + col * side + k % side]));
            cells.sum::<f64>() / (side * side) as f64
        };
        let close = |sample: u16, mean: f64| (f64::from(sample) - mean).abs() < 1.1;
        for (place, sample) in half(&block).concat().into_iter().enumerate() {
            assert!(close(sample, mean(place / 4, place % 4, 2)), "half, {place}");
        }
        for (place, sample) in quarter(&block).concat().into_iter().enumerate() {
            assert!(close(sample, mean(place / 2, place % 2, 4)), "quarter, {place}");
        }
    }
}
