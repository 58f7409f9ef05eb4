//! From a value of a saliency map to a colour and how much of it.

use super::{ColorMap, Scale};

/// Steps of the prepared table: four for each colour of a map, so that opacity grows smoothly.
const STEPS: usize = 1024;
const LAST_STEP: f32 = 1023.0;

/// Which evidence is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum EvidenceMode {
    /// Evidence for the class; the rest stays clean.
    #[default]
    Positive,
    /// Evidence for and against it, zero in the middle of the colour map.
    Signed,
}

/// The least evidence that is coloured; in signed mode the least magnitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// In the map's own units.
    Units(f32),
    /// Share of the scale: 0 everything, 1 only its end.
    Share(f32),
}

/// How a saliency map looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverlayStyle {
    /// Shared by all pictures that are compared.
    pub scale: Scale,
    pub mode: EvidenceMode,
    pub color_map: ColorMap,
    /// 0 nothing to 1 only the colour.
    pub opacity: f32,
    /// Share of the scale over which the colour grows from nothing to `opacity`; 0: at once. Keeps the picture
    /// readable where there is next to no evidence.
    pub fade_in: f32,
    pub threshold: Threshold,
}

impl OverlayStyle {
    /// Evidence for the class, in viridis.
    pub fn positive(scale: Scale) -> Self {
        Self {
            scale,
            mode: EvidenceMode::Positive,
            color_map: ColorMap::Viridis,
            opacity: 0.5,
            fade_in: 0.25,
            threshold: Threshold::Share(0.0),
        }
    }

    /// Evidence against (blue) and for (red) the class.
    pub fn signed(scale: Scale) -> Self {
        Self { mode: EvidenceMode::Signed, color_map: ColorMap::CoolWarm, ..Self::positive(scale) }
    }

    /// The range that the colours really stand for: in signed mode it is symmetrical about zero, so that equal
    /// evidence for and against looks equally strong.
    pub fn drawn_scale(&self) -> Scale {
        match self.mode {
            EvidenceMode::Positive => self.scale,
            EvidenceMode::Signed => {
                let half = self.scale.low.abs().max(self.scale.high.abs());
                Scale { low: -half, high: half }
            }
        }
    }

    /// The threshold in the map's own units.
    pub fn threshold_in_units(&self) -> f32 {
        match (self.threshold, self.mode) {
            (Threshold::Units(units), _) => units,
            (Threshold::Share(share), EvidenceMode::Positive) => {
                self.scale.low + share * (self.scale.high - self.scale.low)
            }
            (Threshold::Share(share), EvidenceMode::Signed) => share * self.drawn_scale().high,
        }
    }
}

/// A style made ready for many pixels.
#[derive(Clone, Debug)]
pub struct Paint {
    scale: Scale,
    /// What of a value's bits is its strength: all of them, or in signed mode all but the sign.
    strength_bits: u32,
    /// Smaller evidence (magnitude, in signed mode) has no colour; above zero, so that no evidence never has one.
    least: f32,
    steps_per_unit: f32,
    /// Of nothing first, then from the low to the high end.
    layers: Box<[Layer; STEPS + 1]>,
    colors: Vec<[u8; 4]>,
}

/// Which values a [`Paint`] colours, and with what: the numbers of a shader on a graphics card. A value's step in
/// `colors` is `(value - low) * steps_per_unit`, cut to the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coloring<'a> {
    pub low: f32,
    pub steps_per_unit: f32,
    /// The least value that has a colour; in signed mode the least magnitude. Infinite: nothing has.
    pub least: f32,
    pub signed: bool,
    /// Red, green, blue and opacity from the low to the high end of the scale.
    pub colors: &'a [[u8; 4]],
}

/// A colour as it is laid over a pixel, four channels in step for the processor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    /// Times its opacity (of 255); nothing is added to alpha.
    pub add: [u16; 4],
    /// What is kept of the pixel, of 255; all of its alpha.
    pub keep: [u16; 4],
}

impl Layer {
    const NOTHING: Self = Self { add: [0; 4], keep: [255; 4] };

    fn new([r, g, b, cover]: [u8; 4]) -> Self {
        let times = |channel: u8| u16::from(channel) * u16::from(cover);
        let keep = 255 - u16::from(cover);
        Self { add: [times(r), times(g), times(b), 0], keep: [keep, keep, keep, 255] }
    }
}

/// One channel of a pixel under a layer: the same numbers as [`lay_over`](super::canvas::lay_over).
#[inline]
pub(super) fn lay_over(channel: u8, keep: u16, add: u16) -> u8 {
    // (t + 128 + (t + 128) / 256) / 256 is the nearest whole number to t / 255, up to 255 * 255.
    let t = u16::from(channel) * keep + add + 128;
    ((t + (t >> 8)) >> 8) as u8
}

impl Paint {
    /// A scale or threshold that is no number colours nothing.
    pub fn new(style: &OverlayStyle) -> Self {
        let scale = style.drawn_scale();
        let signed = style.mode == EvidenceMode::Signed;
        let threshold = style.threshold_in_units();
        let colors = colors(style, signed);
        let least = if scale.is_usable() && !threshold.is_nan() { threshold.max(MIN_EVIDENCE) } else { f32::INFINITY };
        Self {
            scale,
            strength_bits: if signed { !(1 << 31) } else { u32::MAX },
            least,
            steps_per_unit: STEPS as f32 / (scale.high - scale.low),
            layers: layers(&colors),
            colors,
        }
    }

    /// The range that the colours stand for.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The same in numbers.
    pub fn coloring(&self) -> Coloring<'_> {
        Coloring {
            low: self.scale.low,
            steps_per_unit: self.steps_per_unit,
            least: self.least,
            signed: self.strength_bits != u32::MAX,
            // The first is that of nothing.
            colors: self.colors.get(1..).unwrap_or_default(),
        }
    }

    /// Colour of a value and its opacity as alpha; all zero where there is nothing to colour: below the threshold, no
    /// evidence, not a finite number.
    pub fn rgba(&self, value: f32) -> [u8; 4] {
        self.colors.get(usize::from(self.step(value))).copied().unwrap_or_default()
    }

    /// The place of a value in the table.
    #[inline]
    pub(super) fn step(&self, value: f32) -> u16 {
        let strength = self.strength(value);
        let colored = strength >= self.least && strength < f32::INFINITY;
        #[expect(clippy::manual_clamp)]
        // Not `clamp`, whose check of its limits keeps the processor from doing several values at a time.
        let step = ((value - self.scale.low) * self.steps_per_unit).max(0.0).min(LAST_STEP);
        if colored { step as i32 as u16 + 1 } else { 0 }
    }

    #[inline]
    pub(super) fn layer(&self, step: u16) -> &Layer {
        self.layers.get(usize::from(step)).unwrap_or(&Layer::NOTHING)
    }

    /// False where no value between the two has a colour.
    #[inline]
    pub(super) fn may_color(&self, a: f32, b: f32) -> bool {
        let most = self.strength(a).max(self.strength(b));
        most >= self.least
    }

    #[inline]
    fn strength(&self, value: f32) -> f32 {
        f32::from_bits(value.to_bits() & self.strength_bits)
    }
}

/// The smallest evidence that is any.
const MIN_EVIDENCE: f32 = f32::MIN_POSITIVE;

fn layers(colors: &[[u8; 4]]) -> Box<[Layer; STEPS + 1]> {
    let mut layers = Box::new([Layer::NOTHING; STEPS + 1]);
    for (layer, color) in layers.iter_mut().zip(colors) {
        *layer = Layer::new(*color);
    }
    layers
}

/// Nothing, then colour and opacity of each step from the low to the high end of the scale.
fn colors(style: &OverlayStyle, signed: bool) -> Vec<[u8; 4]> {
    let colors = style.color_map.table();
    // Only positive evidence in a map with a middle: from the middle on.
    let upper_half = !signed && style.color_map.is_diverging();
    let color_of = |step: usize| {
        let step = if upper_half { (STEPS + step) / 2 } else { step };
        colors.get(step * colors.len() / STEPS).copied().unwrap_or_default()
    };
    let opacity = style.opacity.clamp(0.0, 1.0);
    let entry = |step: usize| {
        let share = (step as f32 + 0.5) / STEPS as f32;
        let strength = if signed { (2.0 * share - 1.0).abs() } else { share };
        let grown = if style.fade_in > 0.0 { (strength / style.fade_in).min(1.0) } else { 1.0 };
        let [r, g, b] = color_of(step);
        [r, g, b, (opacity * grown * 255.0).round() as u8]
    };
    std::iter::once([0; 4]).chain((0..STEPS).map(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::canvas;
    use super::*;

    fn plain(mode: EvidenceMode, color_map: ColorMap) -> OverlayStyle {
        let scale = Scale { low: if mode == EvidenceMode::Signed { -2.0 } else { 0.0 }, high: 2.0 };
        OverlayStyle { mode, color_map, opacity: 1.0, fade_in: 0.0, ..OverlayStyle::positive(scale) }
    }

    #[test]
    fn a_layer_lays_over_as_the_canvas_does() {
        for cover in [0, 1, 2, 63, 127, 128, 200, 254, 255] {
            for under in (0..=255).step_by(5) {
                for over in (0..=255).step_by(3) {
                    let mut expected = [under, over, 255 - under, 77];
                    let layer = Layer::new([over, under, 255 - over, cover]);
                    let pixel = [0, 1, 2, 3].map(|i| lay_over(expected[i], layer.keep[i], layer.add[i]));
                    canvas::lay_over(&mut expected, [over, under, 255 - over], cover);
                    assert_eq!(pixel, expected, "{under} {over} {cover}");
                }
            }
        }
    }

    fn with_alpha([r, g, b]: [u8; 3]) -> [u8; 4] {
        [r, g, b, 255]
    }

    #[test]
    fn the_ends_of_the_scale_are_the_ends_of_the_colour_map() {
        for map in [ColorMap::Viridis, ColorMap::Jet] {
            let paint = Paint::new(&plain(EvidenceMode::Positive, map));
            assert_eq!(paint.rgba(1e-6), with_alpha(map.table()[0]));
            assert_eq!(paint.rgba(1.0), with_alpha(map.table()[128]));
            assert_eq!([2.0, 99.0].map(|v| paint.rgba(v)), [with_alpha(map.table()[255]); 2]);
        }
    }

    #[test]
    fn no_evidence_has_no_colour_whatever_the_style() {
        for mode in [EvidenceMode::Positive, EvidenceMode::Signed] {
            let paint = Paint::new(&plain(mode, ColorMap::Jet));
            for value in [0.0, -0.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                assert_eq!(paint.rgba(value), [0; 4], "{mode:?} {value}");
            }
        }
        assert_eq!(Paint::new(&plain(EvidenceMode::Positive, ColorMap::Jet)).rgba(-1.0), [0; 4]);
        for scale in [Scale { low: 0.0, high: 0.0 }, Scale { low: 0.0, high: f32::NAN }] {
            assert_eq!(Paint::new(&OverlayStyle::positive(scale)).rgba(1.0), [0; 4]);
        }
    }

    #[test]
    fn against_is_blue_for_is_red_and_both_are_equally_strong() {
        // A scale that is not symmetrical must not make one side look stronger.
        let style =
            OverlayStyle { scale: Scale { low: -0.5, high: 2.0 }, ..plain(EvidenceMode::Signed, ColorMap::CoolWarm) };
        let paint = Paint::new(&style);
        assert_eq!(paint.scale(), Scale { low: -2.0, high: 2.0 });
        assert_eq!(paint.rgba(-2.0), [0x3b, 0x4c, 0xc0, 255]);
        assert_eq!(paint.rgba(2.0), [0xb4, 0x04, 0x26, 255]);
        let fading = Paint::new(&OverlayStyle { fade_in: 1.0, ..style });
        for strength in [0.25, 0.5, 1.0, 1.5] {
            let [against, for_it] = [-strength, strength].map(|v| i32::from(fading.rgba(v)[3]));
            assert!((against - for_it).abs() <= 1, "{strength}: {against} {for_it}");
        }
    }

    #[test]
    fn only_positive_evidence_takes_the_upper_half_of_a_diverging_map() {
        let paint = Paint::new(&plain(EvidenceMode::Positive, ColorMap::CoolWarm));
        assert_eq!(paint.rgba(1e-6), [0xdd, 0xdc, 0xdc, 255]);
        assert_eq!(paint.rgba(2.0), [0xb4, 0x04, 0x26, 255]);
    }

    #[test]
    fn the_threshold_itself_is_coloured_and_what_is_below_is_not() {
        let positive = plain(EvidenceMode::Positive, ColorMap::Viridis);
        for threshold in [Threshold::Units(0.5), Threshold::Share(0.25)] {
            let paint = Paint::new(&OverlayStyle { threshold, ..positive });
            assert_eq!(paint.rgba(0.5)[3], 255);
            assert_eq!(paint.rgba(0.5_f32.next_down()), [0; 4]);
        }
        let signed = plain(EvidenceMode::Signed, ColorMap::CoolWarm);
        let paint = Paint::new(&OverlayStyle { threshold: Threshold::Share(0.25), ..signed });
        assert_eq!([-0.5, 0.5, -0.49, 0.49].map(|v| paint.rgba(v)[3]), [255, 255, 0, 0]);
    }

    #[test]
    fn weak_evidence_fades_in() {
        let style = OverlayStyle { opacity: 0.5, fade_in: 0.5, ..plain(EvidenceMode::Positive, ColorMap::Viridis) };
        let paint = Paint::new(&style);
        assert_eq!([0.5, 1.0, 2.0].map(|v| paint.rgba(v)[3]), [64, 128, 128]);
        assert_eq!(paint.rgba(1e-6)[3], 0);
    }
}
