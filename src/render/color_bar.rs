//! The bar that says what the colours stand for, with numbers in the map's own units.

use super::{Canvas, Paint, Scale, draw_text, text_width};
use crate::geometry::Size;

/// A number beside the bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub value: f64,
    /// Where it stands: 0 at the low end of the scale, 1 at the high end.
    pub share: f64,
    pub label: String,
}

/// At most `most` round numbers (steps of 1, 2 or 5 times a power of ten) within the scale, both ends included.
pub fn ticks(scale: Scale, most: usize) -> Vec<Tick> {
    if !scale.is_usable() || most == 0 {
        return Vec::new();
    }
    let (low, high) = (f64::from(scale.low), f64::from(scale.high));
    let Some((step, exponent)) = step(low, high, most) else { return Vec::new() };
    // The ends as f32 may miss a round number by their rounding.
    let slack = 1e-6;
    let first = (low / step - slack).ceil() as i64;
    let last = (high / step + slack).floor() as i64;
    let tick = |index: i64| {
        let value = index as f64 * step;
        Tick { value, share: (value - low) / (high - low), label: label(value, exponent) }
    };
    (first..=last).map(tick).collect()
}

/// The smallest round step with at most `most` multiples from `low` to `high`, and its power of ten.
fn step(low: f64, high: f64, most: usize) -> Option<(f64, i32)> {
    let start = ((high - low) / most as f64).log10().floor() as i32;
    let steps =
        (start - 1..start + 4).flat_map(|exponent| [1.0, 2.0, 5.0].map(|m| (m * 10_f64.powi(exponent), exponent)));
    let count = |step: f64| (high / step + 1e-6).floor() - (low / step - 1e-6).ceil() + 1.0;
    steps.into_iter().find(|(step, _)| *step > 0.0 && count(*step) <= most as f64)
}

/// As many decimals as the step has; powers of ten for the very large and the very small.
fn label(value: f64, exponent: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(-4..=5).contains(&exponent) {
        let decimals = usize::try_from(value.abs().log10().floor() as i32 - exponent).unwrap_or(0);
        return format!("{value:.decimals$e}");
    }
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    format!("{value:.decimals$}")
}

/// RGBA of an upright bar, the high end at the top: each row has the colour and the opacity of its value, so that laid
/// over any ground it looks as the overlay does; below the threshold it is empty.
pub fn color_bar(paint: &Paint, size: Size) -> Vec<u8> {
    let scale = paint.scale();
    let rows = (0..size.rows).rev().map(|row| {
        let share = (row as f32 + 0.5) / size.rows as f32;
        paint.rgba(scale.low + share * (scale.high - scale.low))
    });
    rows.flat_map(|pixel| pixel.repeat(size.cols)).collect()
}

const GROUND: [u8; 3] = [18, 20, 24];
const INK: [u8; 3] = [232, 234, 238];

/// Draws the bar with its numbers and `unit` ("logit") on a dark panel whose upper left corner is `(row, col)`, for an
/// exported picture; `size` is the panel's. Letters are `text_height` pixels high.
pub fn draw_color_bar(
    canvas: &mut Canvas<'_>,
    (row, col): (usize, usize),
    size: Size,
    paint: &Paint,
    unit: &str,
    text_height: f32,
) {
    canvas.fill((row, col), size, GROUND, 216);
    let line = text_height.ceil() as usize;
    let bar = Size::new(size.rows.saturating_sub(line * 3), line.min(size.cols));
    let (top, left) = (row + line * 2, col + line / 2);
    let colors = color_bar(paint, Size::new(bar.rows, 1));
    for (offset, pixel) in colors.as_chunks::<4>().0.iter().enumerate() {
        let [r, g, b, alpha] = *pixel;
        canvas.fill((top + offset, left), Size::new(1, bar.cols), [r, g, b], alpha);
    }
    draw_text(canvas, (left as f32, row as f32 + text_height / 4.0), unit, text_height, INK);
    let most = (bar.rows / (line * 2).max(1)).clamp(2, 9);
    for tick in ticks(paint.scale(), most) {
        let y = top as f64 + (1.0 - tick.share) * bar.rows as f64;
        canvas.fill((y.max(0.5).round() as usize - 1, left + bar.cols), Size::new(1, line / 3), INK, 255);
        let at = ((left + bar.cols + line / 2) as f32, y as f32 - text_height / 2.0);
        draw_text(canvas, at, &tick.label, text_height, INK);
    }
}

/// Columns that a panel for [`draw_color_bar`] needs, so that no number is cut.
pub fn color_bar_cols(paint: &Paint, unit: &str, text_height: f32) -> usize {
    let numbers = ticks(paint.scale(), 9).iter().map(|tick| text_width(&tick.label, text_height)).fold(0.0, f32::max);
    (text_height * 2.5 + numbers).max(text_height + text_width(unit, text_height)).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{ColorMap, OverlayStyle, Threshold};

    fn labels(low: f32, high: f32, most: usize) -> Vec<String> {
        ticks(Scale { low, high }, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn numbers_are_round_and_within_the_scale() {
        assert_eq!(labels(0.0, 3.7, 6), ["0", "1", "2", "3"]);
        assert_eq!(labels(-1.0, 1.0, 5), ["-1.0", "-0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 0.3, 4), ["0", "0.1", "0.2", "0.3"]);
        assert_eq!(labels(0.0, 0.0047, 6), ["0", "0.001", "0.002", "0.003", "0.004"]);
        assert_eq!(labels(-250.0, 250.0, 6), ["-200", "-100", "0", "100", "200"]);
        assert_eq!(labels(0.0, 2.5e-7, 3), ["0", "1e-7", "2e-7"]);
        assert_eq!(labels(0.0, 4.0e9, 5), ["0", "1e9", "2e9", "3e9", "4e9"]);
    }

    #[test]
    fn there_are_never_too_many_and_a_useless_scale_has_none() {
        for high in [0.11, 0.7, 1.0, 1.9, 2.0, 5.5, 9.99, 1234.5, 3e-9] {
            for most in 2..9 {
                let found = ticks(Scale { low: -high / 3.0, high }, most);
                assert!((1..=most).contains(&found.len()), "{high} {most}: {}", found.len());
                assert!(found.iter().all(|tick| (-1e-6..=1.0 + 1e-6).contains(&tick.share)));
            }
        }
        assert!(
            labels(1.0, 1.0, 5).is_empty() && labels(0.0, f32::NAN, 5).is_empty() && labels(0.0, 1.0, 0).is_empty()
        );
    }

    #[test]
    fn the_bar_has_the_overlays_colours_with_the_high_end_on_top() {
        let style = OverlayStyle {
            opacity: 1.0,
            fade_in: 0.0,
            color_map: ColorMap::Viridis,
            threshold: Threshold::Share(0.5),
            ..OverlayStyle::positive(Scale { low: 0.0, high: 8.0 })
        };
        let bar = color_bar(&Paint::new(&style), Size::new(256, 2));
        assert_eq!(bar.len(), 256 * 2 * 4);
        assert_eq!(bar[..8], [0xfd, 0xe7, 0x25, 255, 0xfd, 0xe7, 0x25, 255]);
        assert!(bar[128 * 8..].iter().all(|byte| *byte == 0), "below the threshold it is empty");
        assert_eq!(bar[127 * 8 + 3], 255);
    }

    #[test]
    fn the_drawn_panel_has_colours_and_numbers_and_stays_in_its_place() {
        let paint = Paint::new(&OverlayStyle { opacity: 1.0, ..OverlayStyle::signed(Scale { low: -2.0, high: 2.0 }) });
        let size = Size::new(240, 200);
        let mut rgba = [128, 128, 128, 255].repeat(240 * 200);
        let cols = color_bar_cols(&paint, "logit", 14.0);
        let panel = Size::new(200, cols);
        draw_color_bar(&mut Canvas::new(&mut rgba, size).unwrap(), (20, 100), panel, &paint, "logit", 14.0);
        let at = |row: usize, col: usize| &rgba[(row * 200 + col) * 4..][..3];
        assert_eq!([at(49, 110), at(205, 110)], [[183, 13, 40], [59, 76, 192]], "red on top, blue below");
        for row in 0..240 {
            for col in 0..200 {
                let inside = (20..220).contains(&row) && (100..100 + cols).contains(&col);
                assert!(inside || at(row, col) == [128; 3], "{row}, {col}");
            }
        }
        draw_color_bar(&mut Canvas::new(&mut rgba, size).unwrap(), (230, 190), panel, &paint, "logit", 14.0);
    }
}
