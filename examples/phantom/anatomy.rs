//! How large everything in one head is.

use super::grid::{Point, point};
use super::random::{Noise, Random};
use super::shapes::mix;

/// Grades there are; a severity in `g..g + 1` has grade `g`.
pub const GRADES: usize = 3;

/// The sizes of one phantom. The three severities say how far a part of the brain has shrunk, 0 (not at all) to 1
/// (the end of the last grade).
pub struct Anatomy {
    pub ventricles: f32,
    pub sulci: f32,
    pub temporal: f32,
    /// Half width and half length of the space inside the skull, mm.
    pub inner_half: Point,
    /// How much wider the back of the head is than its middle, as a share.
    pub egg: f32,
    /// Distance from the brain's surface to the skull, mm.
    pub gap_mm: f32,
    /// Thickness of the grey ribbon, mm.
    pub cortex_mm: f32,
    pub skull_mm: f32,
    pub fat_mm: f32,
    /// Growth of each half's ventricle against the other, as a factor: `[left of the picture, right]`.
    pub asymmetry: [f32; 2],
    pub noise: Noise,
}

impl Anatomy {
    /// `severity` in 0..3. Heads of the same severity differ: each part follows it loosely, so that cases near a
    /// border between grades are truly unsure.
    pub fn new(severity: f32, random: &mut Random) -> Self {
        let shared = random.normal(0.07);
        let mut part = || ((severity + shared + random.normal(0.16)) / GRADES as f32).clamp(-0.05, 1.1);
        let (ventricles, sulci, temporal) = (part(), part(), part());
        let lean = random.normal(0.05);
        Self {
            ventricles,
            sulci,
            temporal,
            inner_half: point(random.range(61.0, 65.0), random.range(79.0, 83.5)),
            egg: random.range(0.05, 0.11),
            gap_mm: mix(1.1, 4.2, sulci) * random.range(0.9, 1.1),
            cortex_mm: mix(3.3, 2.7, sulci) + random.normal(0.08),
            skull_mm: random.range(5.6, 7.4),
            fat_mm: random.range(2.6, 4.6),
            asymmetry: [1.0 + lean, 1.0 - lean],
            noise: random.noise(),
        }
    }

    /// Distance to the skull's inner surface, mm, positive inside; first order, exact on the surface. The surface is
    /// a superellipse, wider behind.
    pub fn inside_skull(&self, at: Point) -> f32 {
        let v = at.y / self.inner_half.y;
        let width = self.inner_half.x * (1.0 + self.egg * v.clamp(-1.5, 1.5));
        let u = at.x / width;
        let (power_u, power_v) = (u.abs().powf(SQUARENESS), v.abs().powf(SQUARENESS));
        let sum = (power_u + power_v).max(1e-6);
        let radius = sum.powf(1.0 / SQUARENESS);
        // Gradient of `radius`, by the chain rule through u (which also depends on y) and v.
        let by_u = radius / sum * power_u / u.abs().max(1e-6) * u.signum();
        let by_v = radius / sum * power_v / v.abs().max(1e-6) * v.signum();
        let slope = point(by_u / width, (by_v - by_u * u * self.egg * self.inner_half.x / width) / self.inner_half.y);
        (1.0 - radius) / slope.length().max(1e-4)
    }

    /// The place on the brain's surface at `angle` (0 = right edge of the picture, a quarter turn = back).
    pub fn surface(&self, angle: f32) -> Point {
        let root = |value: f32| value.signum() * value.abs().powf(2.0 / SQUARENESS);
        let v = root(angle.sin());
        let shrunk = 1.0 - self.gap_mm / self.inner_half.x;
        let x = root(angle.cos()) * self.inner_half.x * (1.0 + self.egg * v);
        point(x * shrunk, v * self.inner_half.y * (1.0 - self.gap_mm / self.inner_half.y))
    }
}

/// Exponent of the superellipse.
const SQUARENESS: f32 = 2.2;
