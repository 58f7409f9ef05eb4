//! The drawing board: one number per 0.5 mm x 0.5 mm, over 208 mm x 176 mm.

use std::ops::{Add, Mul, Sub};

use ndarray::Array2;

/// Rows of the finished picture, 1 mm each.
pub const ROWS: usize = 208;
/// Columns of the finished picture, 1 mm each.
pub const COLS: usize = 176;
/// Grid points per mm.
pub const PER_MM: f32 = 2.0;
const GRID_ROWS: usize = ROWS * 2;
const GRID_COLS: usize = COLS * 2;

/// A place or a step, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    pub fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// The same place in the other half of the head.
    pub fn mirrored(self, side: f32) -> Self {
        point(self.x * side, self.y)
    }

    pub fn heading(angle: f32) -> Self {
        point(angle.cos(), angle.sin())
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        point(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        point(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        point(self.x * factor, self.y * factor)
    }
}

/// Values on the board.
pub struct Grid(Array2<f32>);

fn place(row: usize, col: usize) -> Point {
    point((col as f32 + 0.5) / PER_MM - COLS as f32 / 2.0, (row as f32 + 0.5) / PER_MM - ROWS as f32 / 2.0)
}

/// Indices of the grid points in `low..=high` mm along one axis.
fn span(low: f32, high: f32, length_mm: usize, count: usize) -> std::ops::Range<usize> {
    let index = |mm: f32| ((mm + length_mm as f32 / 2.0) * PER_MM).clamp(0.0, count as f32) as usize;
    index(low)..index(high + 1.0 / PER_MM)
}

impl Grid {
    pub fn draw(value_at: impl Fn(Point) -> f32) -> Self {
        Self(Array2::from_shape_fn((GRID_ROWS, GRID_COLS), |(row, col)| value_at(place(row, col))))
    }

    /// Changes the values within `reach` mm of the box around `a` and `b`.
    pub fn update_near(&mut self, a: Point, b: Point, reach: f32, change: impl Fn(Point, f32) -> f32) {
        let rows = span(a.y.min(b.y) - reach, a.y.max(b.y) + reach, ROWS, GRID_ROWS);
        let cols = span(a.x.min(b.x) - reach, a.x.max(b.x) + reach, COLS, GRID_COLS);
        for row in rows {
            for col in cols.clone() {
                if let Some(value) = self.0.get_mut((row, col)) {
                    *value = change(place(row, col), *value);
                }
            }
        }
    }

    /// Bilinear; 0 outside the board.
    pub fn sample(&self, at: Point) -> f32 {
        let x = (at.x + COLS as f32 / 2.0) * PER_MM - 0.5;
        let y = (at.y + ROWS as f32 / 2.0) * PER_MM - 0.5;
        if x < 0.0 || y < 0.0 {
            return 0.0;
        }
        let (u, v) = (x.fract(), y.fract());
        let value = |row: usize, col: usize| self.0.get((row, col)).copied().unwrap_or(0.0);
        let (row, col) = (y as usize, x as usize);
        let top = value(row, col) * (1.0 - u) + value(row, col + 1) * u;
        let bottom = value(row + 1, col) * (1.0 - u) + value(row + 1, col + 1) * u;
        top * (1.0 - v) + bottom * v
    }
}
