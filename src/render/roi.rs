//! What the values inside a drawn shape are.

use ndarray::ArrayView2;

use crate::geometry::{Area, PixelSpacing};

/// A closed shape on a picture, in picture coordinates (pixel edges at whole numbers).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Roi {
    Rectangle(Area),
    /// The ellipse that touches the four sides.
    Ellipse(Area),
}

/// Values whose pixel's centre lies inside a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoiStats {
    /// Pixels that count; those that are no finite numbers do not.
    pub pixels: usize,
    /// In the unit of the values, as the next three.
    pub mean: f64,
    /// Of the pixels as they are (numpy's `std`, divisor n).
    pub sd: f64,
    pub min: f32,
    pub max: f32,
    /// Of the shape as drawn.
    pub area_px: f64,
    /// The same in mm², where the spacing is known.
    pub area_mm2: Option<f64>,
}

impl Roi {
    fn bounds(&self) -> Area {
        match self {
            Self::Rectangle(area) | Self::Ellipse(area) => *area,
        }
    }

    /// True for a point inside; left and upper edges of a rectangle count, right and lower do not.
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        match self {
            Self::Rectangle(area) => area.contains((x, y)),
            Self::Ellipse(Area { x: [left, right], y: [top, bottom] }) => {
                let across = (2.0 * x - left - right) / (right - left);
                let down = (2.0 * y - top - bottom) / (bottom - top);
                across * across + down * down <= 1.0
            }
        }
    }

    /// Area of the shape, square pixels.
    pub fn area_px(&self) -> f64 {
        let Area { x: [left, right], y: [top, bottom] } = self.bounds();
        let box_px = (right - left).max(0.0) * (bottom - top).max(0.0);
        match self {
            Self::Rectangle(_) => box_px,
            Self::Ellipse(_) => box_px * std::f64::consts::FRAC_PI_4,
        }
    }

    /// Statistics of `values` `[rows, cols]`; `None` where no finite value lies inside.
    pub fn stats(&self, values: ArrayView2<f32>, spacing: Option<PixelSpacing>) -> Option<RoiStats> {
        let Area { x: [left, right], y: [top, bottom] } = self.bounds();
        let (rows, cols) = values.dim();
        let within = |low: f64, high: f64, len: usize| {
            let end = high.max(0.0).ceil().min(len as f64) as usize;
            (low.max(0.0).floor() as usize).min(end)..end
        };
        let (row_range, col_range) = (within(top, bottom, rows), within(left, right, cols));
        let inside: Vec<f32> = row_range
            .flat_map(|row| col_range.clone().map(move |col| (row, col)))
            .filter(|(row, col)| self.contains((*col as f64 + 0.5, *row as f64 + 0.5)))
            .filter_map(|at| values.get(at).copied())
            .filter(|value| value.is_finite())
            .collect();
        let (min, max) = (inside.iter().copied().reduce(f32::min)?, inside.iter().copied().reduce(f32::max)?);
        let count = inside.len() as f64;
        let mean = inside.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
        // Twice through the values: sums of squares lose the variance of large values.
        let variance = inside.iter().map(|value| (f64::from(*value) - mean).powi(2)).sum::<f64>() / count;
        let area_px = self.area_px();
        let area_mm2 = spacing.map(|spacing| area_px * spacing.row_mm * spacing.col_mm);
        Some(RoiStats { pixels: inside.len(), mean, sd: variance.sqrt(), min, max, area_px, area_mm2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn area(left: f64, top: f64, right: f64, bottom: f64) -> Area {
        Area { x: [left, right], y: [top, bottom] }
    }

    #[test]
    fn a_rectangle_counts_pixels_by_their_centres() {
        let values = array![[1.0, 2.0, 3.0], [4.0, 5.0, f32::NAN]];
        let spacing = PixelSpacing { row_mm: 2.0, col_mm: 0.5 };
        let stats = Roi::Rectangle(area(0.6, 0.0, 3.0, 2.0)).stats(values.view(), Some(spacing)).unwrap();
        // Columns 1 and 2 without the one that is no number: 2, 3, 5.
        assert_eq!((stats.pixels, stats.min, stats.max), (3, 2.0, 5.0));
        assert!((stats.mean - 10.0 / 3.0).abs() < 1e-12 && (stats.sd - (14.0f64 / 9.0).sqrt()).abs() < 1e-12);
        assert!((stats.area_px - 4.8).abs() < 1e-12 && (stats.area_mm2.unwrap() - 4.8).abs() < 1e-12);
        let outside = Roi::Rectangle(area(-9.0, -9.0, -1.0, -1.0));
        assert_eq!(outside.stats(values.view(), None), None);
        assert_eq!(Roi::Ellipse(area(1.0, 1.0, 1.0, 1.0)).stats(values.view(), None), None);
    }

    #[test]
    fn an_ellipse_gives_numpys_numbers() {
        let values = Array2::from_shape_fn((40, 50), |(row, col)| ((row * 50 + col) * 37 % 1009) as f32 - 500.0);
        let stats = Roi::Ellipse(area(5.25, 3.5, 41.75, 30.0)).stats(values.view(), None).unwrap();
        // numpy 2.4.6, the mask ((2x - 47) / 36.5)^2 + ((2y - 33.5) / 26.5)^2 <= 1 of centres x, y.
        assert_eq!((stats.pixels, stats.min, stats.max), (759, -500.0, 508.0));
        assert!(
            (stats.mean - 1.8695652173913044).abs() < 1e-9 && (stats.sd - 294.9721053490763).abs() < 1e-9,
            "{stats:?}"
        );
        assert!((stats.area_px - 759.6764).abs() < 1e-3 && stats.area_mm2.is_none());
    }
}
