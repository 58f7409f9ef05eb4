//! The crosshair that links the views: where the planes of the others cut this one.

use eframe::egui::{Rect, Stroke, Ui, pos2};

use super::heatmap_marks::on_screen;
use super::theme;
use crate::app::{AppState, Current, Layout, Link, Placement, Shown};

/// Left free around the point itself, so that what lies there can be seen, in points.
const FREE: f32 = 10.0;

pub(super) fn crosshair(
    ui: &Ui,
    rect: Rect,
    state: &AppState,
    (current, shown): (&Current, &Shown),
    placed: &Placement,
) {
    let views = state.views();
    let alone = views.layout() == Layout::One && shown.plane.is_none();
    if alone || !views.is_linked(Link::Cursor) {
        return;
    }
    let place = views.crosshair_in(current).zip(current.shown_stack()).and_then(|(point, stack)| stack.locate(point));
    let Some(place) = place else { return };
    let at = on_screen(ui, rect, placed, (place.x, place.y));
    let painter = ui.painter().with_clip_rect(rect);
    // On a slice that the point is not on, the lines only say where it would be.
    let on_slice = (place.slice - shown.index as f64).abs() <= 0.51 || shown.plane.is_none();
    let color = if on_slice { theme::CROSSHAIR } else { theme::CROSSHAIR.gamma_multiply(0.5) };
    let lines = [
        [pos2(rect.left(), at.y), pos2(at.x - FREE, at.y)],
        [pos2(at.x + FREE, at.y), pos2(rect.right(), at.y)],
        [pos2(at.x, rect.top()), pos2(at.x, at.y - FREE)],
        [pos2(at.x, at.y + FREE), pos2(at.x, rect.bottom())],
    ];
    for line in lines {
        painter.line_segment(line, Stroke::new(1.0, color));
    }
}
