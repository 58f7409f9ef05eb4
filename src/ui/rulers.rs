//! Lengths, angles and regions on the picture, in mm where the file says how far apart its pixels are, and where that
//! holds.

use eframe::egui::{Align2, Painter, Pos2, Rect, Stroke, Ui, vec2};

use super::heatmap_marks::on_screen;
use super::overlay::{number, shadowed};
use super::theme;
use super::words::{Words, words};
use crate::app::{Current, Placement, Shape, Shown};
use crate::geometry::{Area, Length, PixelSpacing, Ruler, angle_degrees};
use crate::render::{Roi, RoiStats};
use crate::scan::SpacingPlace;

/// Half of the stroke across an end, in points.
const END: f32 = 5.0;
/// Corners that an ellipse is drawn with.
const CORNERS: usize = 64;
const LINE: f32 = 16.0;

/// Those of the slice, and the one being drawn.
pub(super) fn rulers(
    ui: &Ui,
    rect: Rect,
    (current, shown): (&Current, &Shown),
    placed: &Placement,
    drawing: Option<Shape>,
) {
    let kept = current.marks.on(shown.plane, shown.index).map(|mark| (Some(mark.id), mark.shape));
    for (id, shape) in kept.chain(drawing.map(|shape| (None, shape))) {
        let at = |point| on_screen(ui, rect, placed, point);
        let painter = ui.painter().with_clip_rect(rect);
        let lines = outline(&shape, at);
        for (width, color) in [(3.5, theme::PICTURE_TEXT_SHADOW), (1.5, theme::ON_PICTURE_AMBER)] {
            let stroke = Stroke::new(width, color);
            lines.iter().for_each(|line| _ = painter.line(line.clone(), stroke));
            if let Shape::Length(ruler) = &shape {
                ends(&painter, (at(ruler.from), at(ruler.to)), stroke);
            }
        }
        let stats = id.map(|id| current.marks.stats(id));
        for (n, line) in said(words(ui), current, &shape, stats).into_iter().enumerate() {
            let corner = beside(&shape, at) + vec2(8.0, LINE * n as f32 - 8.0);
            shadowed(ui, corner, Align2::LEFT_CENTER, &line, theme::small(), theme::ON_PICTURE_AMBER);
        }
    }
}

fn outline(shape: &Shape, at: impl Fn((f64, f64)) -> Pos2) -> Vec<Vec<Pos2>> {
    match shape {
        Shape::Length(ruler) => vec![vec![at(ruler.from), at(ruler.to)]],
        Shape::Angle { from, vertex, to } => vec![vec![at(*from), at(*vertex), at(*to)]],
        Shape::Region(Roi::Rectangle(Area { x: [left, right], y: [top, bottom] })) => {
            let corners = [(*left, *top), (*right, *top), (*right, *bottom), (*left, *bottom), (*left, *top)];
            vec![corners.into_iter().map(at).collect()]
        }
        Shape::Region(Roi::Ellipse(Area { x: [left, right], y: [top, bottom] })) => {
            let corner = |n: usize| {
                let (sin, cos) = (std::f64::consts::TAU * n as f64 / CORNERS as f64).sin_cos();
                at(((left + right + (right - left) * cos) / 2.0, (top + bottom + (bottom - top) * sin) / 2.0))
            };
            vec![(0..=CORNERS).map(corner).collect()]
        }
    }
}

fn ends(painter: &Painter, (from, to): (Pos2, Pos2), stroke: Stroke) {
    let along = (to - from).normalized();
    let across = vec2(-along.y, along.x) * END;
    painter.line_segment([from - across, from + across], stroke);
    painter.line_segment([to - across, to + across], stroke);
}

/// Where the words begin.
fn beside(shape: &Shape, at: impl Fn((f64, f64)) -> Pos2) -> Pos2 {
    match shape {
        Shape::Length(ruler) => at(ruler.to),
        Shape::Angle { vertex, .. } => at(*vertex),
        Shape::Region(Roi::Rectangle(area) | Roi::Ellipse(area)) => {
            // The corner that lies highest on the right, however the picture is turned.
            let corners =
                [(area.x[0], area.y[0]), (area.x[1], area.y[0]), (area.x[0], area.y[1]), (area.x[1], area.y[1])];
            let right_up = |p: &Pos2| p.x - p.y;
            let corners = corners.map(at);
            corners.into_iter().max_by(|a, b| right_up(a).total_cmp(&right_up(b))).unwrap_or_default()
        }
    }
}

/// `stats` is `None` while the shape is drawn, `Some(None)` while it is measured.
fn said(words: Words, current: &Current, shape: &Shape, stats: Option<Option<Option<&RoiStats>>>) -> Vec<String> {
    let (spacing, place) = (current.spacing(), current.spacing_place());
    match shape {
        Shape::Length(ruler) => vec![length_text(words, ruler, spacing, place)],
        Shape::Angle { from, vertex, to } => {
            let degrees = angle_degrees(*from, *vertex, *to, spacing);
            degrees.map(|degrees| format!("{degrees:.1}°")).into_iter().collect()
        }
        Shape::Region(roi) => {
            let mut lines = match stats {
                None => Vec::new(),
                Some(None) => vec![words.text("region-measuring").to_owned()],
                Some(Some(None)) => vec![words.text("region-empty").to_owned()],
                Some(Some(Some(stats))) => region_text(words, current, stats),
            };
            lines.push(area_text(words, roi, spacing, place));
            lines
        }
    }
}

fn region_text(words: Words, current: &Current, stats: &RoiStats) -> Vec<String> {
    let meta = current.scan.as_ref().map(|scan| &scan.meta);
    let unit = meta.and_then(|meta| meta.unit.as_deref()).unwrap_or("");
    let values = |factor: f64, unit: &str| {
        [
            ("mean", number(stats.mean * factor).into()),
            ("sd", number(stats.sd * factor).into()),
            ("min", number(f64::from(stats.min) * factor).into()),
            ("max", number(f64::from(stats.max) * factor).into()),
            ("unit", unit.to_owned().into()),
        ]
    };
    let mut lines = vec![words.with("region-mean", &values(1.0, unit)), words.with("region-range", &values(1.0, unit))];
    if let Some(Some(Ok(factor))) = meta.map(|meta| &meta.suv) {
        lines.push(words.with("region-suv", &values(*factor, "")));
    }
    lines
}

fn area_text(words: Words, roi: &Roi, spacing: Option<PixelSpacing>, place: Option<&SpacingPlace>) -> String {
    let Some(spacing) = spacing else {
        return words.with("region-area-pixels", &[("area", number(roi.area_px()).into())]);
    };
    let area = [("area", number(roi.area_px() * spacing.row_mm * spacing.col_mm).into())];
    match place {
        Some(SpacingPlace::Body | SpacingPlace::Calibrated { .. }) | None => words.with("region-area-mm", &area),
        Some(_) => words.with("region-area-projected", &area),
    }
}

/// `12.3 mm`, with a word where the body is not measured; pixels where the spacing is unknown.
fn length_text(words: Words, ruler: &Ruler, spacing: Option<PixelSpacing>, place: Option<&SpacingPlace>) -> String {
    let millimetres = match ruler.length(spacing) {
        Length::Pixels(length) => return words.with("ruler-pixels", &[("length", number(length).into())]),
        Length::Mm(length) => number(length),
    };
    let length = ("length", millimetres.into());
    match place {
        Some(SpacingPlace::Detector { .. }) => words.with("ruler-detector", &[length]),
        Some(SpacingPlace::Film) => words.with("ruler-film", &[length]),
        Some(SpacingPlace::Unstated) => words.with("ruler-unstated", &[length]),
        Some(SpacingPlace::Body | SpacingPlace::Calibrated { .. }) | None => words.with("ruler-mm", &[length]),
    }
}
