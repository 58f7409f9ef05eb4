//! Small line icons, painted: no icon font, crisp at every pixel density.

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    PanelLeft,
    PanelRight,
    HalfMoon,
    Question,
    Warning,
    Close,
    Stack,
    Check,
    Flag,
}

/// Paints `icon` into the middle of `rect`, `side` points wide.
pub fn paint(painter: &Painter, rect: Rect, side: f32, icon: Icon, color: Color32) {
    let at = Rect::from_center_size(rect.center(), Vec2::splat(side));
    let stroke = Stroke::new((side / 11.0).max(1.2), color);
    match icon {
        Icon::PanelLeft => panel(painter, at, stroke, true),
        Icon::PanelRight => panel(painter, at, stroke, false),
        Icon::HalfMoon => {
            painter.circle_stroke(at.center(), side * 0.42, stroke);
            let right: Vec<Pos2> = (0..=16)
                .map(|i| {
                    let angle = std::f32::consts::PI * (i as f32 / 16.0 - 0.5);
                    at.center() + vec2(angle.cos(), angle.sin()) * side * 0.42
                })
                .collect();
            painter.add(Shape::convex_polygon(right, color, Stroke::NONE));
        }
        Icon::Question => question(painter, at, stroke),
        Icon::Warning => warning(painter, at, stroke),
        Icon::Close => {
            let at = at.shrink(side * 0.22);
            painter.line_segment([at.left_top(), at.right_bottom()], stroke);
            painter.line_segment([at.right_top(), at.left_bottom()], stroke);
        }
        Icon::Check => {
            let point = |x: f32, y: f32| at.min + vec2(x, y) * side;
            painter.line(vec![point(0.15, 0.55), point(0.4, 0.8), point(0.87, 0.22)], stroke);
        }
        Icon::Stack => stack(painter, at, stroke),
        Icon::Flag => {
            let point = |x: f32, y: f32| at.min + vec2(x, y) * side;
            painter.line_segment([point(0.2, 0.05), point(0.2, 0.95)], stroke);
            let cloth = vec![point(0.2, 0.1), point(0.85, 0.3), point(0.2, 0.55)];
            painter.add(Shape::convex_polygon(cloth, color, Stroke::NONE));
        }
    }
}

fn panel(painter: &Painter, at: Rect, stroke: Stroke, left: bool) {
    let at = at.shrink2(vec2(0.0, at.height() * 0.09));
    painter.rect_stroke(at, at.height() * 0.2, stroke, StrokeKind::Inside);
    let x = if left { at.left() + at.width() * 0.36 } else { at.right() - at.width() * 0.36 };
    painter.line_segment([pos2(x, at.top()), pos2(x, at.bottom())], stroke);
}

fn question(painter: &Painter, at: Rect, stroke: Stroke) {
    let side = at.width();
    let center = at.center() - vec2(0.0, side * 0.16);
    let radius = side * 0.24;
    let mut hook: Vec<Pos2> = (0..=20)
        .map(|i| {
            let angle = std::f32::consts::PI * (1.0 + 1.35 * i as f32 / 20.0);
            center + vec2(angle.cos(), angle.sin()) * radius
        })
        .collect();
    hook.push(at.center() + vec2(0.0, side * 0.18));
    painter.line(hook, stroke);
    painter.circle_filled(at.center() + vec2(0.0, side * 0.4), stroke.width * 0.8, stroke.color);
}

fn warning(painter: &Painter, at: Rect, stroke: Stroke) {
    let side = at.width();
    let (top, left, right) = (
        at.center_top() + vec2(0.0, side * 0.08),
        at.left_bottom() + vec2(side * 0.04, -side * 0.1),
        at.right_bottom() + vec2(-side * 0.04, -side * 0.1),
    );
    painter.add(Shape::closed_line(vec![top, right, left], stroke));
    let x = at.center().x;
    painter.line_segment([pos2(x, at.top() + side * 0.38), pos2(x, at.top() + side * 0.62)], stroke);
    painter.circle_filled(pos2(x, at.top() + side * 0.76), stroke.width * 0.7, stroke.color);
}

/// Slices of a scan, seen from above at an angle.
fn stack(painter: &Painter, at: Rect, stroke: Stroke) {
    let (w, h) = (at.width(), at.height());
    let sheet = |y: f32| {
        let c = pos2(at.center().x, at.top() + y * h);
        [c - vec2(0.0, h * 0.2), c + vec2(w * 0.46, 0.0), c + vec2(0.0, h * 0.2), c - vec2(w * 0.46, 0.0)]
    };
    painter.add(Shape::closed_line(sheet(0.28).to_vec(), stroke));
    for y in [0.5, 0.72] {
        let [_, right, bottom, left] = sheet(y);
        painter.line(vec![right, bottom, left], stroke);
    }
}
