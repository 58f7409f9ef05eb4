//! From a value in modality units to a grey level: window function and polarity.

use super::ColorMap;
use crate::scan::{Polarity, Window, WindowFunction};

/// A window and a polarity, made ready for many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shader {
    function: WindowFunction,
    center: f32,
    width: f32,
    invert: bool,
    colors: Option<ColorMap>,
}

/// Grey level of a value: `((value - from) * levels_per_unit + at_from)`, cut to 0..=255. Not a number is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    pub from: f32,
    pub levels_per_unit: f32,
    pub at_from: f32,
}

/// What a window function comes down to, once its window is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Curve {
    /// The two linear functions; the inversion is in the slope.
    Ramp(Ramp),
    /// White above, black up to and at the value, before inversion.
    Step { above: f32 },
    /// `1 / (1 + exp(-4 (value - center) / width))`, before inversion.
    Sigmoid { center: f32, width: f32 },
}

impl Ramp {
    #[inline]
    pub fn gray(self, value: f32) -> u8 {
        // A cast to an integer cuts to its range and makes 0 of a NaN.
        ((value - self.from) * self.levels_per_unit + self.at_from) as u8
    }
}

impl Shader {
    /// `invert` is the reader's own switch; it adds to the polarity of the file.
    pub fn new(window: &Window, polarity: Polarity, invert: bool) -> Self {
        // PS3.3 C.11.2.1.2: LINEAR wants a width of at least 1, the other two a width above 0.
        let least = if window.function == WindowFunction::Linear { 1.0 } else { f64::from(f32::EPSILON) };
        Self {
            function: window.function,
            center: window.center as f32,
            width: window.width.max(least) as f32,
            invert: (polarity == Polarity::LowIsWhite) != invert,
            colors: None,
        }
    }

    /// The same with colours for its grey levels. Coloured pictures keep their own.
    pub fn with_colors(self, colors: ColorMap) -> Self {
        Self { colors: Some(colors), ..self }
    }

    /// The colours that grey levels 0 to 255 become, where they do.
    pub fn colors(&self) -> Option<ColorMap> {
        self.colors
    }

    /// Brightness in 0..=1 before polarity (PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2). Not a number is 0.
    pub fn brightness(&self, value: f32) -> f32 {
        let (c, w) = (self.center, self.width);
        let share = match self.function {
            // A width of 1 is a step at c - 0.5: the division by w - 1 = 0 would give infinities, and 0 / 0 on it.
            WindowFunction::Linear if w <= 1.0 => f32::from(value > c - 0.5),
            WindowFunction::Linear => (value - (c - 0.5)) / (w - 1.0) + 0.5,
            WindowFunction::LinearExact => (value - c) / w + 0.5,
            WindowFunction::Sigmoid => 1.0 / (1.0 + (-4.0 * (value - c) / w).exp()),
        };
        // Unlike `clamp`, this makes 0 of a NaN.
        if share > 0.0 { share.min(1.0) } else { 0.0 }
    }

    /// Grey level on the screen, 0 black to 255 white, after polarity. Not a number is black.
    pub fn gray(&self, value: f32) -> u8 {
        match self.ramp() {
            Some(ramp) => ramp.gray(value),
            None if value.is_nan() => 0,
            None => {
                let level = (self.brightness(value) * 255.0 + 0.5) as u8;
                if self.invert { 255 - level } else { level }
            }
        }
    }

    /// The straight line that the two linear functions are; `None` for a sigmoid and for a step.
    pub(super) fn ramp(&self) -> Option<Ramp> {
        let (from, width) = match self.function {
            WindowFunction::Linear if self.width > 1.0 => (self.center - 0.5, self.width - 1.0),
            WindowFunction::LinearExact => (self.center, self.width),
            WindowFunction::Linear | WindowFunction::Sigmoid => return None,
        };
        let levels_per_unit = if self.invert { -255.0 / width } else { 255.0 / width };
        // Half of white at the centre, and half a level for rounding.
        Some(Ramp { from, levels_per_unit, at_from: 128.0 })
    }

    /// What is left to do for each value: the numbers of a shader on a graphics card.
    pub fn curve(&self) -> Curve {
        match (self.ramp(), self.function) {
            (Some(ramp), _) => Curve::Ramp(ramp),
            (None, WindowFunction::Sigmoid) => Curve::Sigmoid { center: self.center, width: self.width },
            (None, _) => Curve::Step { above: self.center - 0.5 },
        }
    }

    /// True where a high level ends dark: the file's polarity and the reader's switch together.
    pub fn inverts(&self) -> bool {
        self.invert
    }

    /// RGB pictures have no window; only the reader's own inversion applies.
    pub(super) fn rgb(&self, [r, g, b]: [u8; 3]) -> [u8; 3] {
        if self.invert { [255 - r, 255 - g, 255 - b] } else { [r, g, b] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shader(center: f64, width: f64, function: WindowFunction) -> Shader {
        Shader::new(&Window { center, width, name: None, function }, Polarity::HighIsWhite, false)
    }

    /// pydicom 3.0.2 `apply_voi_lut` on unsigned 8-bit output (0..255), center 40, width 400; tolerance 1e-3 of 255.
    const VALUES: [f32; 12] = [-1100.0, -600.5, -600.0, -160.3, 0.0, 40.0, 40.5, 99.9, 140.0, 240.0, 240.5, 1000.0];
    const LINEAR: [f32; 12] =
        [0.0, 0.0, 0.0, 0.0, 102.2556, 127.8195, 128.1391, 166.1015, 191.7293, 255.0, 255.0, 255.0];
    const LINEAR_EXACT: [f32; 12] = [0.0, 0.0, 0.0, 0.0, 102.0, 127.5, 127.8187, 165.6863, 191.25, 255.0, 255.0, 255.0];
    const SIGMOID: [f32; 12] =
        [0.0029, 0.4209, 0.423, 30.3165, 102.3346, 127.5, 127.8187, 164.584, 186.4199, 224.6033, 224.7369, 254.9827];

    #[test]
    fn the_three_window_functions_give_pydicoms_numbers() {
        for (function, expected) in [
            (WindowFunction::Linear, LINEAR),
            (WindowFunction::LinearExact, LINEAR_EXACT),
            (WindowFunction::Sigmoid, SIGMOID),
        ] {
            let shader = shader(40.0, 400.0, function);
            for (value, expected) in VALUES.iter().zip(expected) {
                let got = shader.brightness(*value) * 255.0;
                assert!((got - expected).abs() < 1e-3, "{function:?} of {value}: {got}, pydicom {expected}");
            }
        }
    }

    #[test]
    fn a_window_of_width_one_is_a_step() {
        let shader = shader(5.0, 1.0, WindowFunction::Linear);
        assert_eq!([4.0, 4.5, 4.6, 5.0].map(|v| shader.gray(v)), [0, 0, 255, 255]); // pydicom 3.0.2
        assert_eq!(self::shader(5.0, 0.0, WindowFunction::Linear).gray(5.0), 255);
    }

    #[test]
    fn the_full_window_leaves_eight_bit_samples_alone() {
        let shader = shader(128.0, 256.0, WindowFunction::Linear);
        assert!((0..=255u8).all(|v| shader.gray(f32::from(v)) == v));
    }

    #[test]
    fn polarity_and_the_readers_inversion_cancel_out() {
        let window = Window { center: 128.0, width: 256.0, name: None, function: WindowFunction::Linear };
        let gray = |polarity, invert| Shader::new(&window, polarity, invert).gray(10.0);
        assert_eq!(gray(Polarity::HighIsWhite, false), 10);
        assert_eq!(gray(Polarity::LowIsWhite, false), 245);
        assert_eq!(gray(Polarity::HighIsWhite, true), 245);
        assert_eq!(gray(Polarity::LowIsWhite, true), 10);
    }

    #[test]
    fn values_that_are_no_numbers_are_dark_and_infinities_saturate() {
        for function in [WindowFunction::Linear, WindowFunction::LinearExact, WindowFunction::Sigmoid] {
            let shader = shader(0.0, 10.0, function);
            assert_eq!([f32::NAN, f32::NEG_INFINITY, f32::INFINITY].map(|v| shader.gray(v)), [0, 0, 255]);
        }
    }
}
