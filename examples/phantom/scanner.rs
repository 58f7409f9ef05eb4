//! From the board to a stored slice: pose, blur, coil shading, noise, 12 bits, a window.

use ndarray::Array2;

use super::anatomy::Anatomy;
use super::grid::{COLS, Grid, Point, ROWS, point};
use super::random::{Noise, Random};
use super::tissue;

/// Largest stored value, 12 bits.
const STORED_MAX: f32 = 4095.0;

/// One slice as a scanner would store it. Modality value = `stored * slope + intercept`.
pub struct Slice {
    /// `[208, 176]`, 0..=4095, 1 mm x 1 mm.
    pub stored: Array2<u16>,
    pub slope: f64,
    pub intercept: f64,
    /// In modality values, VOI LUT Function LINEAR.
    pub window_center: f64,
    pub window_width: f64,
}

impl Slice {
    /// The phantom of `seed` at `severity` (0..3): the same pixels every time.
    pub fn draw(seed: u64, severity: f32) -> Self {
        let mut random = Random::new(seed);
        let anatomy = Anatomy::new(severity, &mut random);
        let head = tissue::head(&anatomy, &mut random);
        let pose = Pose::new(&mut random);
        let coil = Coil::new(&mut random);
        let deviation = random.range(0.014, 0.03);
        let signal = blur(&Array2::from_shape_fn((ROWS, COLS), |(row, col)| pose.pixel(&head, row, col)));
        let seen = Array2::from_shape_fn((ROWS, COLS), |(row, col)| {
            let clean = signal.get((row, col)).copied().unwrap_or(0.0) * coil.gain(row, col);
            // The magnitude of a complex signal with equal noise in both parts is Rician (Gudbjartsson 1995).
            (clean + random.normal(deviation)).hypot(random.normal(deviation))
        });
        Self::store(&seen, deviation, &mut random)
    }

    fn store(seen: &Array2<f32>, deviation: f32, random: &mut Random) -> Self {
        let units_per_signal = random.range(500.0, 1400.0);
        let slope: f64 = [0.5, 0.75, 1.25].get((random.bits() % 3) as usize).copied().unwrap_or(1.0);
        let intercept: f64 = [0.0, 0.0, -24.0].get((random.bits() % 3) as usize).copied().unwrap_or(0.0);
        let low = f64::from(units_per_signal * deviation * 1.6).round();
        let high = f64::from(units_per_signal * random.range(1.0, 1.12)).round();
        let stored = seen.mapv(|value| {
            let stored = (value * units_per_signal - intercept as f32) / slope as f32;
            stored.round().clamp(0.0, STORED_MAX) as u16
        });
        Self { stored, slope, intercept, window_center: (low + high) / 2.0, window_width: high - low }
    }

    /// The slice through its window, `[208, 176]` (PS3.3 C.11.2.1.2.1, LINEAR), halves to the even level.
    pub fn to_8bit(&self) -> Array2<u8> {
        self.stored.mapv(|stored| {
            let value = f64::from(stored) * self.slope + self.intercept;
            let share = (value - (self.window_center - 0.5)) / (self.window_width - 1.0) + 0.5;
            (share.clamp(0.0, 1.0) * 255.0).round_ties_even() as u8
        })
    }
}

/// How the head lies in the scanner, with a soft deformation so that no half mirrors the other.
struct Pose {
    turn: f32,
    shift: Point,
    scale: Point,
    bend_x: Noise,
    bend_y: Noise,
}

impl Pose {
    fn new(random: &mut Random) -> Self {
        Self {
            turn: random.normal(0.035).clamp(-0.09, 0.09),
            shift: point(random.normal(1.5).clamp(-3.0, 3.0), random.normal(1.5).clamp(-3.0, 3.0)),
            scale: point(random.range(0.985, 1.03), random.range(0.985, 1.03)),
            bend_x: random.noise(),
            bend_y: random.noise(),
        }
    }

    fn head_from_scanner(&self, at: Point) -> Point {
        let centred = at - self.shift;
        let (sin, cos) = self.turn.sin_cos();
        let turned = point(centred.dot(point(cos, sin)) * self.scale.x, centred.dot(point(-sin, cos)) * self.scale.y);
        let bend = |noise: Noise| {
            2.2 * noise.at(turned.x / 34.0, turned.y / 34.0) + 0.8 * noise.at(turned.x / 13.0, turned.y / 13.0)
        };
        turned + point(bend(self.bend_x), bend(self.bend_y))
    }

    /// The mean of four places inside a pixel, whose middle alone is deformed.
    fn pixel(&self, head: &Grid, row: usize, col: usize) -> f32 {
        let middle = point(col as f32 + 0.5 - COLS as f32 / 2.0, row as f32 + 0.5 - ROWS as f32 / 2.0);
        let at = self.head_from_scanner(middle);
        let around = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)];
        around.iter().map(|(x, y)| head.sample(at + point(*x, *y))).sum::<f32>() / 4.0
    }
}

/// Slow shading across the picture.
struct Coil {
    slope: Point,
    bowl: f32,
    noise: Noise,
}

impl Coil {
    fn new(random: &mut Random) -> Self {
        Self {
            slope: point(random.normal(0.045), random.normal(0.06)),
            bowl: random.range(0.0, 0.13),
            noise: random.noise(),
        }
    }

    fn gain(&self, row: usize, col: usize) -> f32 {
        let x = col as f32 / COLS as f32 * 2.0 - 1.0;
        let y = row as f32 / ROWS as f32 * 2.0 - 1.0;
        let uneven = 0.03 * self.noise.at(x * 1.5 + 5.0, y * 1.5 + 5.0);
        (1.0 + point(x, y).dot(self.slope) + self.bowl * (x * x + y * y - 0.5) + uneven).max(0.3)
    }
}

/// A 3 x 3 kernel, 1/32 (1, 3, 1; 3, 16, 3; 1, 3, 1): the point spread of about a pixel.
fn blur(image: &Array2<f32>) -> Array2<f32> {
    let value = |row: usize, col: usize| image.get((row, col)).copied().unwrap_or(0.0);
    Array2::from_shape_fn(image.dim(), |(row, col)| {
        let (up, down) = (row.wrapping_sub(1), row + 1);
        let (left, right) = (col.wrapping_sub(1), col + 1);
        let edges = value(up, col) + value(down, col) + value(row, left) + value(row, right);
        let corners = value(up, left) + value(up, right) + value(down, left) + value(down, right);
        (16.0 * value(row, col) + 3.0 * edges + corners) / 32.0
    })
}
