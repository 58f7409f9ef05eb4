//! Affine maps: three-dimensional for patient space, axis-aligned for pictures.

use super::vector;

/// An affine map of 3-D points, rows of a 3 x 4 matrix. As `patient_from_voxel` it takes `(col, row, frame)` indices
/// of voxel centres to LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine3(pub [[f64; 4]; 3]);

impl Affine3 {
    /// Where a point goes.
    pub fn apply(&self, point: [f64; 3]) -> [f64; 3] {
        self.0.map(|row| row[0] * point[0] + row[1] * point[1] + row[2] * point[2] + row[3])
    }

    /// The image of the unit step along input axis `axis` (0, 1 or 2), without translation.
    pub fn column(&self, axis: usize) -> [f64; 3] {
        self.0.map(|row| row.get(axis).copied().unwrap_or(0.0))
    }

    /// `self` after `first`: `a_from_b.after(&b_from_c)` is `a_from_c`.
    pub fn after(&self, first: &Self) -> Self {
        let columns = [0, 1, 2].map(|axis| {
            let [x, y, z] = first.column(axis);
            self.0.map(|row| row[0] * x + row[1] * y + row[2] * z)
        });
        let origin = self.apply(first.0.map(|row| row[3]));
        Self::from_columns(columns, origin)
    }

    /// From the images of the unit steps along the three input axes, and of the origin.
    pub fn from_columns([a, b, c]: [[f64; 3]; 3], origin: [f64; 3]) -> Self {
        let row = |i: usize| [&a, &b, &c, &origin].map(|column| column.get(i).copied().unwrap_or(0.0));
        Self([row(0), row(1), row(2)])
    }

    /// The way back; `None` where the map flattens space.
    pub fn inverse(&self) -> Option<Self> {
        let [a, b, c] = [0, 1, 2].map(|axis| self.column(axis));
        let determinant = vector::dot(a, vector::cross(b, c));
        let lengths = vector::length(a) * vector::length(b) * vector::length(c);
        if !determinant.is_finite() || determinant.abs() <= 1e-9 * lengths {
            return None;
        }
        // Rows of the inverse: cross products of the columns over the determinant (Cramer's rule).
        let rows = [vector::cross(b, c), vector::cross(c, a), vector::cross(a, b)].map(|r| r.map(|v| v / determinant));
        let origin = self.0.map(|row| row[3]);
        Some(Self(rows.map(|row| [row[0], row[1], row[2], -vector::dot(row, origin)])))
    }

    /// Length of the unit step along input axis `axis`: the voxel size in mm for `patient_from_voxel`.
    pub fn step_length(&self, axis: usize) -> f64 {
        vector::length(self.column(axis))
    }
}

/// A rectangle of a picture space, continuous coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left and right edge.
    pub x: [f64; 2],
    /// Upper and lower edge.
    pub y: [f64; 2],
}

impl Area {
    /// A whole picture, or a whole grid of cells.
    pub fn whole(rows: usize, cols: usize) -> Self {
        Self { x: [0.0, cols as f64], y: [0.0, rows as f64] }
    }

    /// The same rectangle in another space.
    pub fn through(&self, map: &PlaneMap) -> Self {
        let ((left, top), (right, bottom)) = (map.apply((self.x[0], self.y[0])), map.apply((self.x[1], self.y[1])));
        let ordered = |a: f64, b: f64| [a.min(b), a.max(b)];
        Self { x: ordered(left, right), y: ordered(top, bottom) }
    }

    /// Left and upper edge included, right and lower not.
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        (self.x[0]..self.x[1]).contains(&x) && (self.y[0]..self.y[1]).contains(&y)
    }
}

/// An axis-aligned map between two picture spaces: `x' = x * scale_x + offset_x`, and likewise for y. Continuous
/// coordinates with pixel edges at whole numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaneMap {
    pub scale_x: f64,
    pub scale_y: f64,
    pub offset_x: f64,
    pub offset_y: f64,
}

impl PlaneMap {
    pub const IDENTITY: Self = Self { scale_x: 1.0, scale_y: 1.0, offset_x: 0.0, offset_y: 0.0 };

    /// Where a point `(x, y)` goes.
    pub fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x * self.scale_x + self.offset_x, y * self.scale_y + self.offset_y)
    }

    /// `self` after `first`: `a_from_b.after(&b_from_c)` is `a_from_c`.
    pub fn after(&self, first: &Self) -> Self {
        Self {
            scale_x: self.scale_x * first.scale_x,
            scale_y: self.scale_y * first.scale_y,
            offset_x: self.scale_x * first.offset_x + self.offset_x,
            offset_y: self.scale_y * first.offset_y + self.offset_y,
        }
    }

    /// The way back; `None` for a map that flattens an axis.
    pub fn inverse(&self) -> Option<Self> {
        if self.scale_x == 0.0 || self.scale_y == 0.0 {
            return None;
        }
        Some(Self {
            scale_x: 1.0 / self.scale_x,
            scale_y: 1.0 / self.scale_y,
            offset_x: -self.offset_x / self.scale_x,
            offset_y: -self.offset_y / self.scale_y,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_after_its_inverse_changes_nothing() {
        let map = PlaneMap { scale_x: 0.5, scale_y: 2.0, offset_x: 3.0, offset_y: -1.0 };
        let back = map.inverse().unwrap().after(&map);
        assert_eq!(back, PlaneMap::IDENTITY);
    }

    #[test]
    fn maps_compose_right_to_left() {
        let crop = PlaneMap { offset_x: -10.0, offset_y: -20.0, ..PlaneMap::IDENTITY };
        let shrink = PlaneMap { scale_x: 0.5, scale_y: 0.25, offset_x: 0.0, offset_y: 0.0 };
        assert_eq!(shrink.after(&crop).apply((12.0, 24.0)), (1.0, 1.0));
    }

    #[test]
    fn a_sheared_affine_and_its_inverse_cancel_out() {
        let affine = Affine3([[0.5, 0.1, 0.0, -7.0], [0.0, -2.0, 0.3, 20.0], [0.2, 0.0, 4.0, 1.0]]);
        let back = affine.inverse().unwrap();
        for (map, point) in [(back.after(&affine), [3.0, -5.0, 11.0]), (affine.after(&back), [1.5, 2.5, -40.0])] {
            for (got, want) in map.apply(point).into_iter().zip(point) {
                assert!((got - want).abs() < 1e-12);
            }
        }
        let flat = Affine3([[1.0, 2.0, 0.0, 0.0], [1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        assert_eq!(flat.inverse(), None);
    }

    #[test]
    fn an_affine_gives_its_voxel_size() {
        let affine = Affine3([[0.0, 2.0, 0.0, 5.0], [-3.0, 0.0, 0.0, 0.0], [0.0, 0.0, 4.0, 1.0]]);
        assert_eq!([0, 1, 2].map(|axis| affine.step_length(axis)), [3.0, 2.0, 4.0]);
        assert_eq!(affine.apply([1.0, 1.0, 1.0]), [7.0, -3.0, 5.0]);
    }
}
