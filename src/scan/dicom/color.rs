//! YBR to RGB (PS3.3 C.7.6.3.1.2), and stored colours of any width to 8 bits.

/// Full-range YBR to RGB in place, as pydicom computes it: 32-bit floating point, rounded half up.
pub(crate) fn rgb_from_ybr_full(pixels: &mut [u8]) {
    const GREEN_FROM_BLUE: f32 = (-0.114 * 1.772 / 0.587) as f32;
    const GREEN_FROM_RED: f32 = (-0.299 * 1.402 / 0.587) as f32;
    let table = |factor: f32| -> [f32; 256] { std::array::from_fn(|value| (value as f32 - 128.0) * factor) };
    let (to_red, to_blue) = (table(1.402), table(1.772));
    let (green_b, green_r) = (table(GREEN_FROM_BLUE), table(GREEN_FROM_RED));
    let look = |table: &[f32; 256], value: u8| table.get(usize::from(value)).copied().unwrap_or(0.0);
    let round = |value: f32| (value + 0.5).floor().clamp(0.0, 255.0) as u8;
    for pixel in pixels.as_chunks_mut::<3>().0 {
        let [y, b, r] = *pixel;
        let luma = f32::from(y);
        *pixel = [
            round(luma + look(&to_red, r)),
            round(luma + look(&green_b, b) + look(&green_r, r)),
            round(luma + look(&to_blue, b)),
        ];
    }
}

/// Uncompressed YBR_FULL_422, two luminances and one pair of colours for two pixels, to full YBR.
pub(crate) fn ybr_full_from_422(bytes: &[u8]) -> Vec<u8> {
    bytes.as_chunks::<4>().0.iter().flat_map(|[y1, y2, b, r]| [*y1, *b, *r, *y2, *b, *r]).collect()
}

/// Colour samples of `bits` bits to 8 bits, by the full range.
pub(crate) fn eight_bit(values: &[u16], bits: u32) -> Vec<u8> {
    let most = ((1u64 << bits.clamp(1, 16)) - 1) as f32;
    values.iter().map(|value| (f32::from(*value) * 255.0 / most).round().clamp(0.0, 255.0) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primary_colours_come_out_of_ybr() {
        // Y, Cb, Cr of red, green, blue, white, black and mid grey by ITU-T T.871 section 7.
        let mut pixels = [76, 85, 255, 150, 44, 21, 29, 255, 107, 255, 128, 128, 0, 128, 128, 128, 128, 128];
        rgb_from_ybr_full(&mut pixels);
        assert_eq!(pixels, [254, 0, 0, 0, 255, 1, 0, 0, 254, 255, 255, 255, 0, 0, 0, 128, 128, 128]);
    }

    #[test]
    fn two_pixels_share_a_pair_of_colours() {
        assert_eq!(ybr_full_from_422(&[10, 20, 30, 40]), [10, 30, 40, 20, 30, 40]);
    }

    #[test]
    fn wide_colours_are_scaled_by_their_range() {
        assert_eq!(eight_bit(&[0, 65535, 32768], 16), [0, 255, 128]);
        assert_eq!(eight_bit(&[4095], 12), [255]);
    }
}
