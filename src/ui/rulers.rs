//! Lengths on the picture, in mm where the file says how far apart its pixels are, and where that holds.

use eframe::egui::{Align2, Rect, Stroke, Ui, vec2};

use super::heatmap_marks::on_screen;
use super::overlay::{number, shadowed};
use super::theme;
use super::words::{Words, words};
use crate::app::{Current, Placement, Shown};
use crate::geometry::{Length, Ruler};
use crate::scan::{Meta, SpacingPlace};

/// Half of the stroke across an end, in points.
const END: f32 = 5.0;

pub(super) fn rulers(
    ui: &Ui,
    rect: Rect,
    (current, shown): (&Current, &Shown),
    placed: &Placement,
    drawing: Option<Ruler>,
) {
    let Some(scan) = &current.scan else { return };
    let kept = current.rulers.iter().filter(|(frame, _)| *frame == shown.index).map(|(_, ruler)| *ruler);
    for ruler in kept.chain(drawing) {
        let (from, to) = (on_screen(ui, rect, placed, ruler.from), on_screen(ui, rect, placed, ruler.to));
        let along = (to - from).normalized();
        let across = vec2(-along.y, along.x) * END;
        let painter = ui.painter().with_clip_rect(rect);
        for (width, color) in [(3.5, theme::PICTURE_TEXT_SHADOW), (1.5, theme::ON_PICTURE_AMBER)] {
            let stroke = Stroke::new(width, color);
            painter.line_segment([from, to], stroke);
            painter.line_segment([from - across, from + across], stroke);
            painter.line_segment([to - across, to + across], stroke);
        }
        let text = length_text(words(ui), &ruler, &scan.meta);
        shadowed(ui, to + vec2(8.0, -8.0), Align2::LEFT_BOTTOM, &text, theme::small(), theme::ON_PICTURE_AMBER);
    }
}

/// `12.3 mm`, with a word where the body is not measured; pixels where the spacing is unknown.
fn length_text(words: Words, ruler: &Ruler, meta: &Meta) -> String {
    let millimetres = match ruler.length(meta.spacing) {
        Length::Pixels(length) => return words.with("ruler-pixels", &[("length", number(length).into())]),
        Length::Mm(length) => number(length),
    };
    let length = ("length", millimetres.into());
    match meta.spacing_place {
        Some(SpacingPlace::Detector { .. }) => words.with("ruler-detector", &[length]),
        Some(SpacingPlace::Film) => words.with("ruler-film", &[length]),
        Some(SpacingPlace::Unstated) => words.with("ruler-unstated", &[length]),
        Some(SpacingPlace::Body | SpacingPlace::Calibrated { .. }) | None => words.with("ruler-mm", &[length]),
    }
}
