//! Signed distances (mm, negative inside) and soft edges.

use super::grid::{Grid, Point, point};

pub fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

/// 0 below `low`, 1 above `high`, smooth between.
pub fn smooth_step(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A minimum without a crease, `blend` mm wide: rounds the crowns of the gyri.
pub fn smooth_min(a: f32, b: f32, blend: f32) -> f32 {
    let h = (blend - (a - b).abs()).max(0.0) / blend;
    a.min(b) - h * h * blend * 0.25
}

#[derive(Clone, Copy)]
pub struct Ellipse {
    pub center: Point,
    /// Half axes, mm.
    pub half: Point,
    /// Turn of the axes, radians.
    pub turn: f32,
}

impl Ellipse {
    /// The ellipse in the right half of the picture (`side` 1) or its mirror image (`side` -1).
    pub fn on(self, side: f32) -> Self {
        Self { center: self.center.mirrored(side), half: self.half, turn: self.turn * side }
    }

    /// First-order distance; exact on the edge.
    pub fn distance(&self, at: Point) -> f32 {
        let from_center = at - self.center;
        let (sin, cos) = self.turn.sin_cos();
        let p = point(from_center.dot(point(cos, sin)), from_center.dot(point(-sin, cos)));
        let scaled = point(p.x / self.half.x, p.y / self.half.y).length();
        let slope = point(p.x / self.half.x.powi(2), p.y / self.half.y.powi(2)).length();
        if slope < 1e-6 { -self.half.x.min(self.half.y) } else { scaled * (scaled - 1.0) / slope }
    }
}

/// A line that swells and thins: places with their radii, mm.
pub type Tube = Vec<(Point, f32)>;

/// Distance to the piece of a tube between two of its places.
fn piece_distance(at: Point, (a, radius_a): (Point, f32), (b, radius_b): (Point, f32)) -> f32 {
    let along = b - a;
    let share = ((at - a).dot(along) / along.dot(along).max(1e-6)).clamp(0.0, 1.0);
    (at - (a + along * share)).length() - mix(radius_a, radius_b, share)
}

/// Lowers `distances` to the distance to `tube` where the tube is nearer than `reach` mm.
pub fn carve(distances: &mut Grid, tube: &Tube, reach: f32) {
    for (from, to) in tube.iter().zip(tube.iter().skip(1)) {
        let margin = reach + from.1.max(to.1);
        distances.update_near(from.0, to.0, margin, |at, value| value.min(piece_distance(at, *from, *to)));
    }
}

/// Distance to a whole tube.
pub fn tube_distance(at: Point, tube: &Tube) -> f32 {
    tube.iter().zip(tube.iter().skip(1)).map(|(from, to)| piece_distance(at, *from, *to)).fold(f32::MAX, f32::min)
}

/// Lays `value_at` over `signal` inside `ellipse`, with an edge `soft` mm wide.
pub fn paint_ellipse(signal: &mut Grid, ellipse: &Ellipse, soft: f32, value_at: impl Fn(Point) -> f32) {
    let reach = ellipse.half.x.max(ellipse.half.y) + soft;
    signal.update_near(ellipse.center, ellipse.center, reach, |at, value| {
        let share = smooth_step(soft / 2.0, -soft / 2.0, ellipse.distance(at));
        if share == 0.0 { value } else { mix(value, value_at(at), share) }
    });
}

/// Lays `value_at` over `signal` inside `tube`, with an edge `soft` mm wide.
pub fn paint_tube(signal: &mut Grid, tube: &Tube, soft: f32, value_at: impl Fn(Point) -> f32) {
    let Some(first) = tube.first() else { return };
    let low = tube.iter().fold(first.0, |low, (p, r)| point(low.x.min(p.x - r), low.y.min(p.y - r)));
    let high = tube.iter().fold(first.0, |high, (p, r)| point(high.x.max(p.x + r), high.y.max(p.y + r)));
    signal.update_near(low, high, soft, |at, value| {
        let share = smooth_step(soft / 2.0, -soft / 2.0, tube_distance(at, tube));
        if share == 0.0 { value } else { mix(value, value_at(at), share) }
    });
}
