//! Lengths and angles between points of a picture.

use super::PixelSpacing;

/// A length in the unit that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    Mm(f64),
    /// The spacing of the pixels is not known.
    Pixels(f64),
}

impl Length {
    /// The bare number.
    pub fn value(self) -> f64 {
        match self {
            Self::Mm(value) | Self::Pixels(value) => value,
        }
    }
}

/// A straight line between two points of a picture, in picture coordinates (pixel edges at whole numbers).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    pub from: (f64, f64),
    pub to: (f64, f64),
}

impl Ruler {
    /// In mm where the spacing is known. Rows and columns may be spaced differently.
    pub fn length(&self, spacing: Option<PixelSpacing>) -> Length {
        let (x, y) = step(self.from, self.to, spacing);
        let length = x.hypot(y);
        if spacing.is_some() { Length::Mm(length) } else { Length::Pixels(length) }
    }
}

/// The angle at `vertex` between the directions to `a` and to `b`, degrees in 0..=180, in the plane of the picture;
/// without a spacing the pixels are taken as square. `None` where two of the points are one.
pub fn angle_degrees(a: (f64, f64), vertex: (f64, f64), b: (f64, f64), spacing: Option<PixelSpacing>) -> Option<f64> {
    let (ax, ay) = step(vertex, a, spacing);
    let (bx, by) = step(vertex, b, spacing);
    if ax.hypot(ay) == 0.0 || bx.hypot(by) == 0.0 {
        return None;
    }
    Some((ax * by - ay * bx).abs().atan2(ax * bx + ay * by).to_degrees())
}

/// Across and down, mm or pixels.
fn step((x0, y0): (f64, f64), (x1, y1): (f64, f64), spacing: Option<PixelSpacing>) -> (f64, f64) {
    let (col, row) = spacing.map_or((1.0, 1.0), |spacing| (spacing.col_mm, spacing.row_mm));
    ((x1 - x0) * col, (y1 - y0) * row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: PixelSpacing = PixelSpacing { row_mm: 2.0, col_mm: 0.5 };

    #[test]
    fn a_ruler_uses_the_spacing_of_rows_and_of_columns() {
        let ruler = Ruler { from: (10.0, 20.0), to: (16.0, 22.0) };
        assert_eq!(ruler.length(Some(WIDE)), Length::Mm(5.0)); // 6 * 0.5 across, 2 * 2.0 down: 3, 4, 5
        assert_eq!(Ruler { from: (0.0, 0.0), to: (3.0, -4.0) }.length(None), Length::Pixels(5.0));
        assert_eq!(Length::Mm(5.0).value(), 5.0);
    }

    #[test]
    fn angles_are_those_of_the_body_not_of_the_pixels() {
        let square = angle_degrees((1.0, 0.0), (0.0, 0.0), (1.0, 1.0), None).unwrap();
        assert!((square - 45.0).abs() < 1e-12);
        let body = angle_degrees((1.0, 0.0), (0.0, 0.0), (1.0, 1.0), Some(WIDE)).unwrap();
        assert!((body - 4f64.atan().to_degrees()).abs() < 1e-12);
        assert_eq!(angle_degrees((-2.0, 0.0), (0.0, 0.0), (1.0, 0.0), None), Some(180.0));
        assert_eq!(angle_degrees((1.0, 1.0), (1.0, 1.0), (2.0, 0.0), None), None);
    }
}
