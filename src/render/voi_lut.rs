//! Pictures shown through a VOI LUT instead of a window.

use crate::scan::{Frame, Pixels, VoiLut, Window, WindowFunction};

/// The frame's presentation values, `0..=lut.white`, and the one window that shows all of them: drawn as any other
/// frame, by [`Shader`](super::Shader) or on a graphics card, it is what the table asks for (PS3.3 C.11.2.1.1). Polarity
/// is applied by the shader, after the table, as the standard has it.
///
/// For display only: the values are in no unit, so a probe must read the frame itself. Colour passes through.
pub fn through_voi_lut(frame: &Frame, lut: &VoiLut) -> Frame {
    let Pixels::Gray(values) = &frame.pixels else { return frame.clone() };
    let white = f64::from(lut.white);
    let window =
        Window { center: white / 2.0, width: white, name: lut.name.clone(), function: WindowFunction::LinearExact };
    Frame {
        pixels: Pixels::Gray(values.map(|value| f32::from(lut.level(*value)))),
        windows: vec![window],
        eight_bit_picture: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Shader;
    use crate::scan::Polarity;
    use ndarray::array;

    #[test]
    fn a_table_of_12_bits_is_shown_from_black_to_white() {
        let lut = VoiLut::new(-1, vec![0, 2048, 4095], 12, Some("NORMAL".into())).unwrap();
        let pixels = Pixels::Gray(array![[-9.0, -1.0, 0.0, 1.0, 9.0]]);
        let shown = through_voi_lut(&Frame { pixels, windows: Vec::new(), eight_bit_picture: false }, &lut);
        let Pixels::Gray(values) = &shown.pixels else { panic!() };
        let levels = |polarity| {
            let shader = Shader::new(&shown.windows[0], polarity, false);
            values.iter().map(|value| shader.gray(*value)).collect::<Vec<_>>()
        };
        // pydicom 3.0.2 apply_voi: 0 0 2048 4095 4095, of 4095.
        assert_eq!(levels(Polarity::HighIsWhite), [0, 0, 128, 255, 255]);
        assert_eq!(levels(Polarity::LowIsWhite), [255, 255, 127, 0, 0]);
        assert_eq!(shown.windows[0].name.as_deref(), Some("NORMAL"));
    }
}
