//! What lies over a heatmap: contour lines, the numeric colour bar, the cursor's reading.

use std::sync::Arc;

use eframe::egui::{Align2, Color32, ColorImage, Pos2, Rect, Stroke, TextureHandle, TextureOptions, Ui, pos2, vec2};

use super::overlay::shadowed;
use super::theme;
use super::words::Words;
use crate::app::{AppState, Heatmap, HeatmapState, Pane, Placement};
use crate::explain::Target;
use crate::geometry::Size;
use crate::render::{ContourLine, EvidenceMode, OverlayStyle, Paint, color_bar, contours, evidence_at, ticks};

/// Steps of the bar's colours.
const BAR_STEPS: usize = 256;
/// Most numbers beside the bar.
const MOST_TICKS: usize = 6;

/// A pane's own memory: its lines and its bar's colours.
#[derive(Default)]
pub(super) struct HeatmapMarks {
    lines: Option<Lines>,
    bar: Option<(OverlayStyle, TextureHandle)>,
}

struct Lines {
    /// Held, so that its address stays its own.
    of: Arc<Heatmap>,
    levels: Vec<f32>,
    /// In picture coordinates.
    lines: Vec<ContourLine>,
}

impl HeatmapMarks {
    /// Lines where the evidence crosses the threshold (without one, half of the scale).
    pub fn contour(
        &mut self,
        ui: &Ui,
        rect: Rect,
        placed: &Placement,
        size: Size,
        (heatmap, style): (&Arc<Heatmap>, &OverlayStyle),
    ) {
        let levels = levels(style);
        let same = |lines: &Lines| Arc::ptr_eq(&lines.of, heatmap) && lines.levels == levels;
        if !self.lines.as_ref().is_some_and(same) {
            let map = heatmap.explained.placed();
            let lines = levels.iter().flat_map(|level| contours(&map, size, *level)).collect();
            self.lines = Some(Lines { of: heatmap.clone(), levels, lines });
        }
        let painter = ui.painter().with_clip_rect(rect);
        for line in self.lines.iter().flat_map(|lines| &lines.lines) {
            let points: Vec<Pos2> = line.points.iter().map(|point| on_screen(ui, rect, placed, *point)).collect();
            painter.line(points.clone(), Stroke::new(3.0, theme::PICTURE_TEXT_SHADOW));
            painter.line(points, Stroke::new(1.5, theme::ON_PICTURE));
        }
    }

    /// The bar at the right edge, its numbers to its left.
    pub fn bar(&mut self, ui: &Ui, rect: Rect, style: &OverlayStyle, unit: &str) {
        let paint = Paint::new(style);
        if self.bar.as_ref().is_none_or(|(known, _)| known != style) {
            let rgba = color_bar(&paint, Size::new(BAR_STEPS, 1));
            let image = ColorImage::from_rgba_unmultiplied([1, BAR_STEPS], &rgba);
            let texture = ui.ctx().load_texture("color bar", image, TextureOptions::LINEAR);
            self.bar = Some((*style, texture));
        }
        let Some((_, texture)) = &self.bar else { return };
        let height = (rect.height() * 0.4).min(theme::COLOR_BAR_LONGEST);
        let right = rect.right() - theme::COLOR_BAR_MARGIN;
        let bar = Rect::from_min_size(
            pos2(right - theme::COLOR_BAR_WIDTH, rect.center().y - height / 2.0),
            vec2(theme::COLOR_BAR_WIDTH, height),
        );
        let painter = ui.painter().with_clip_rect(rect);
        painter.rect_filled(bar.expand(1.5), 2.0, theme::PICTURE_TEXT_SHADOW);
        painter.rect_filled(bar, 0.0, theme::COLOR_BAR_GROUND);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), bar, uv, Color32::WHITE);
        for tick in ticks(paint.scale(), MOST_TICKS) {
            let at = pos2(bar.left(), bar.bottom() - bar.height() * tick.share as f32);
            painter.line_segment([at - vec2(4.0, 0.0), at], Stroke::new(1.5, theme::ON_PICTURE));
            let at = at - vec2(8.0, 0.0);
            shadowed(ui, at, Align2::RIGHT_CENTER, &tick.label, theme::small(), theme::ON_PICTURE);
        }
        let above = pos2(bar.right(), bar.top() - 8.0);
        shadowed(ui, above, Align2::RIGHT_BOTTOM, unit, theme::small(), theme::ON_PICTURE);
    }
}

/// Where lines are drawn, in the map's own units.
fn levels(style: &OverlayStyle) -> Vec<f32> {
    let threshold = style.threshold_in_units();
    let level = if threshold > 0.0 { threshold } else { style.drawn_scale().high / 2.0 };
    if style.mode == EvidenceMode::Signed { vec![level, -level] } else { vec![level] }
}

/// What the map's numbers count.
pub(super) fn unit(words: Words, heatmap: &Heatmap) -> &'static str {
    match (heatmap.map().method.is_in_score_units(), heatmap.map().target) {
        (true, Target::Logit) => words.text("heatmap-unit-logit"),
        (true, Target::Probability) => words.text("heatmap-unit-probability"),
        (false, _) => words.text("heatmap-unit-none"),
    }
}

/// A point of the picture on the screen, in points.
pub(super) fn on_screen(ui: &Ui, rect: Rect, placed: &Placement, point: (f64, f64)) -> Pos2 {
    let (x, y) = placed.to_screen(point);
    rect.min + vec2(x as f32, y as f32) / ui.pixels_per_point()
}

/// The cursor's place in the other pane.
pub(super) fn cross(ui: &Ui, rect: Rect, at: Pos2) {
    let painter = ui.painter().with_clip_rect(rect);
    for (width, color) in [(3.5, theme::PICTURE_TEXT_SHADOW), (1.5, theme::ON_PICTURE)] {
        for arm in [vec2(8.0, 0.0), vec2(0.0, 8.0)] {
            painter.line_segment([at - arm, at + arm], Stroke::new(width, color));
        }
    }
}

/// `grade-2 · Grad-CAM`, for a pane's corner.
pub(super) fn corner_line(words: Words, state: &AppState, pane: Pane) -> Option<String> {
    match state.heatmaps().state(pane) {
        HeatmapState::Off => None,
        HeatmapState::Waiting { .. } => Some(words.text("heatmap-corner-running").to_owned()),
        HeatmapState::Failed(_) => Some(words.text("heatmap-corner-failed").to_owned()),
        HeatmapState::Ready(heatmap) => {
            let map = heatmap.map();
            let class = words.class(&heatmap.model, map.class);
            let method = words.method(map.method);
            if map.has_positive_evidence() {
                return Some(format!("{class} · {method}"));
            }
            let values = [("class", class.into()), ("method", method.into())];
            Some(words.with("heatmap-corner-none-positive", &values))
        }
    }
}

/// `Evidence 0.123 logit` at a point of the picture.
pub(super) fn reading(words: Words, heatmap: &Heatmap, point: (f64, f64)) -> Option<String> {
    let value = evidence_at(&heatmap.explained.placed(), point)?;
    let value = ("value", evidence(value).into());
    Some(if heatmap.map().method.is_in_score_units() {
        words.with("heatmap-evidence-unit", &[value, ("unit", unit(words, heatmap).into())])
    } else {
        words.with("heatmap-evidence", &[value])
    })
}

/// Three figures that do not jump about while the cursor moves.
pub(super) fn evidence(value: f32) -> String {
    if value != 0.0 && !(1e-3..1e4).contains(&value.abs()) { format!("{value:+.1e}") } else { format!("{value:+.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Scale, Threshold};

    #[test]
    fn the_line_follows_the_threshold_or_half_of_the_scale() {
        let scale = Scale { low: 0.0, high: 8.0 };
        let positive = OverlayStyle::positive(scale);
        assert_eq!(levels(&positive), [4.0]);
        assert_eq!(levels(&OverlayStyle { threshold: Threshold::Share(0.25), ..positive }), [2.0]);
        assert_eq!(levels(&OverlayStyle::signed(Scale { low: -6.0, high: 6.0 })), [3.0, -3.0]);
    }

    #[test]
    fn evidence_has_a_sign_and_few_figures() {
        assert_eq!([0.5, -12.25, 0.0, 4e-6].map(evidence), ["+0.500", "-12.250", "+0.000", "+4.0e-6"]);
    }
}
