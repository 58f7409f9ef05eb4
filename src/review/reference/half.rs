//! Half-precision numbers (IEEE 754 binary16), as `features.npy` holds them.

/// The nearest half of a number, ties to even; beyond the range the largest one.
pub fn to_half(value: f32) -> u16 {
    const LARGEST: f32 = 65504.0;
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    if size.is_nan() {
        return sign | 0x7e00;
    }
    if size >= LARGEST {
        return sign | 0x7bff;
    }
    // Halves of one power of two are equally far apart: a multiple of that step, rounded to even by the addition.
    let exponent = ((size.to_bits() >> 23) as i32 - 127).max(-14);
    let step = 2f32.powi(exponent - 10);
    let steps = (size / step).round_ties_even() as u16;
    // A step too many is the first of the next power of two: the bits carry over by themselves.
    sign | ((((exponent + 15) as u16 - 1) << 10) + steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::half_to_f64;

    #[test]
    fn every_half_comes_back() {
        for bits in 0..=u16::MAX {
            let value = half_to_f64(bits) as f32;
            if value.is_finite() {
                assert_eq!(to_half(value), bits, "{value}");
            }
        }
    }

    /// `numpy.float32(x).astype(numpy.float16).view(numpy.uint16)`, numpy 2.4.6.
    #[test]
    fn numbers_between_are_rounded_as_numpy_rounds_them() {
        let known = [
            (0.1, 0x2e66),
            (-1.0 / 3.0, 0xb555),
            (2049.0, 0x6800),
            (2051.0, 0x6802),
            (1e-7, 0x0002),
            (6.1e-5, 0x03ff),
            (0.99999, 0x3c00),
            (2.9e-8, 0x0000),
            (3.1e-8, 0x0001),
        ];
        for (value, bits) in known {
            assert_eq!(to_half(value), bits, "{value}");
        }
        assert_eq!(to_half(1e9), 0x7bff);
    }
}
