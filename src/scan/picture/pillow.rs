//! Pixel conversions in Pillow's integer arithmetic (libImaging/Convert.c, Unpack.c) and libjpeg's (jdcolor.c).

/// 16-bit colour to 8 bits: the high byte, not rounded (`RGB;16B`).
pub fn high_byte(value: u16) -> u8 {
    (value >> 8) as u8
}

/// `convert("RGB")` of mode CMYK.
pub fn cmyk_to_rgb([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    let white = 255 - k;
    [c, m, y].map(|ink| white.saturating_sub(mul_div_255(ink, white)))
}

/// A CMYK JPEG: its samples are inverted, as Adobe writes them and Pillow assumes.
pub fn adobe_cmyk_to_rgb(pixel: [u8; 4]) -> [u8; 3] {
    cmyk_to_rgb(pixel.map(|v| 255 - v))
}

/// A YCCK JPEG: libjpeg turns YCC into RGB and that into inverted inks, then as CMYK.
pub fn adobe_ycck_to_rgb([y, cb, cr, k]: [u8; 4]) -> [u8; 3] {
    let [r, g, b] = ycc_to_rgb([y, cb, cr]);
    adobe_cmyk_to_rgb([255 - r, 255 - g, 255 - b, k])
}

/// YCbCr to RGB, 16-bit fixed point (jdcolor.c, JFIF constants).
pub fn ycc_to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let r = y + ((91881 * cr + HALF) >> 16);
    let g = y + ((-22554 * cb - 46802 * cr + HALF) >> 16);
    let b = y + ((116130 * cb + HALF) >> 16);
    [r, g, b].map(|v| v.clamp(0, 255) as u8)
}

/// `RGBa` to `RGB`: colour divided by alpha.
pub fn unpremultiply([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    if a == 0 || a == 255 {
        return [r, g, b];
    }
    [r, g, b].map(|v| (255 * u32::from(v) / u32::from(a)).min(255) as u8)
}

/// `MULDIV255`: a * b / 255, rounded.
fn mul_div_255(a: u8, b: u8) -> u8 {
    let product = u32::from(a) * u32::from(b) + 128;
    (((product >> 8) + product) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Origin: Pillow 13.0.0, `Image.new("CMYK", (1, 1), ink).convert("RGB")`.
    #[test]
    fn inks_become_the_colours_of_pillow() {
        for (ink, colour) in [
            ([0, 0, 0, 0], [255, 255, 255]),
            ([255, 0, 0, 0], [0, 255, 255]),
            ([10, 100, 200, 50], [197, 125, 44]),
            ([77, 13, 128, 99], [109, 148, 78]),
            ([1, 2, 3, 254], [1, 1, 1]),
        ] {
            assert_eq!(cmyk_to_rgb(ink), colour, "{ink:?}");
        }
    }

    #[test]
    fn grey_stays_grey_through_ycc() {
        for v in 0..=255 {
            assert_eq!(ycc_to_rgb([v, 128, 128]), [v, v, v]);
        }
    }
}
