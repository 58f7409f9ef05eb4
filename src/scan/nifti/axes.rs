//! Reorientation to the closest canonical axes (nibabel's `io_orientation` and `as_closest_canonical`), in DICOM's
//! sense: columns to Left, rows to Posterior, slices to Superior. Axes are swapped and flipped, never resampled.

use super::affine::RasFromVoxel;
use crate::geometry::Affine3;

/// One axis of the reoriented volume: how it runs in the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub len: usize,
    /// Voxels between neighbours in the file.
    pub stride: usize,
    /// True where the file runs the other way.
    pub flip: bool,
    /// 0, 1 or 2.
    file_axis: usize,
}

impl Axis {
    /// Position in the file of index `i` along this axis.
    pub fn in_file(&self, i: usize) -> usize {
        if self.flip { self.len.saturating_sub(1).saturating_sub(i) } else { i }
    }

    /// Voxel offset of index 0.
    pub fn first(&self) -> usize {
        self.in_file(0).saturating_mul(self.stride)
    }

    pub fn step(&self) -> isize {
        let stride = isize::try_from(self.stride).unwrap_or(isize::MAX);
        if self.flip { -stride } else { stride }
    }
}

/// How a file's volume becomes axial slices.
#[derive(Clone, Debug)]
pub struct Reorientation {
    pub cols: Axis,
    pub rows: Axis,
    pub slices: Axis,
    /// `(col, row, slice)` to LPS mm; `None` where the header's affine is no orientation.
    pub patient_from_voxel: Option<Affine3>,
    /// Where the file's three axes run to, as nibabel's `aff2axcodes` writes it.
    pub stored_codes: Option<[char; 3]>,
}

impl Reorientation {
    /// From the file's lengths and affine. An affine that is no orientation leaves the axes as stored, with a remark.
    pub fn new(lengths: [usize; 3], affine: RasFromVoxel, remarks: &mut Vec<String>) -> Self {
        let Some(found) = closest_axes(&affine) else {
            remarks.push("The header's affine is no orientation; slices are shown as stored.".into());
            return Self::as_stored(lengths);
        };
        let strides = [1, lengths[0], lengths[0].saturating_mul(lengths[1])];
        // RAS axis `ras` is file axis `file`; `positive` where the file runs towards R, A or S.
        let axis = |ras: usize, wanted_positive: bool| {
            let file_axis = (0..3).find(|file| found[*file].0 == ras).unwrap_or(ras);
            let flip = found[file_axis].1 != wanted_positive;
            Axis { len: lengths[file_axis], stride: strides[file_axis], flip, file_axis }
        };
        let (cols, rows, slices) = (axis(0, false), axis(1, false), axis(2, true));
        let codes = [('R', 'L'), ('A', 'P'), ('S', 'I')];
        let code = |(ras, positive): (usize, bool)| if positive { codes[ras].0 } else { codes[ras].1 };
        Self {
            cols,
            rows,
            slices,
            patient_from_voxel: Some(lps_affine(&affine, [cols, rows, slices])),
            stored_codes: Some(found.map(code)),
        }
    }

    fn as_stored(lengths: [usize; 3]) -> Self {
        let strides = [1, lengths[0], lengths[0].saturating_mul(lengths[1])];
        let axis =
            |file_axis: usize| Axis { len: lengths[file_axis], stride: strides[file_axis], flip: false, file_axis };
        Self { cols: axis(0), rows: axis(1), slices: axis(2), patient_from_voxel: None, stored_codes: None }
    }

    /// Voxels of one volume, `None` where they do not fit.
    pub fn voxels(&self) -> Option<usize> {
        self.cols.len.checked_mul(self.rows.len)?.checked_mul(self.slices.len)
    }

    /// True where one slice's voxels lie together in the file.
    pub fn slices_are_planes(&self) -> bool {
        self.slices.file_axis == 2
    }

    /// Voxel sizes of the file's axes in the order columns, rows, slices.
    pub fn file_spacing(&self, voxel_mm: &[f64; 3]) -> [f64; 3] {
        [self.cols, self.rows, self.slices].map(|axis| voxel_mm[axis.file_axis])
    }
}

/// The affine of the reoriented volume, x and y turned from RAS to LPS.
fn lps_affine(affine: &RasFromVoxel, axes: [Axis; 3]) -> Affine3 {
    let mut out = [[0.0; 4]; 3];
    for (row, (from, sign)) in out.iter_mut().zip(affine.iter().zip([-1.0, -1.0, 1.0])) {
        row[3] = from[3] * sign;
        for (column, axis) in axes.iter().enumerate() {
            let step = from[axis.file_axis] * sign;
            row[column] = if axis.flip { -step } else { step };
            if axis.flip {
                row[3] += step * (axis.len as f64 - 1.0);
            }
        }
    }
    Affine3(out)
}

/// For each file axis the RAS axis it is closest to, and whether it runs that way (nibabel 5.4 `io_orientation`:
/// polar decomposition, then the strongest axis first). `None` where an axis has no length or two coincide.
fn closest_axes(affine: &RasFromVoxel) -> Option<[(usize, bool); 3]> {
    let mut columns = [[0.0; 3]; 3];
    for (axis, column) in columns.iter_mut().enumerate() {
        *column = [affine[0][axis], affine[1][axis], affine[2][axis]];
        let length = column.iter().map(|v| v * v).sum::<f64>().sqrt();
        if !length.is_finite() || length == 0.0 {
            return None;
        }
        column.iter_mut().for_each(|v| *v /= length);
    }
    let mut rotation = closest_rotation(&columns)?;
    let strongest = |column: &[f64; 3]| column.iter().fold(0.0f64, |most, v| most.max(v * v));
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| strongest(&rotation[*b]).total_cmp(&strongest(&rotation[*a])));
    let mut found = [(0, true); 3];
    for axis in order {
        let column = rotation[axis];
        let mut ras = 0;
        for candidate in 1..3 {
            if column[candidate].abs() > column[ras].abs() {
                ras = candidate;
            }
        }
        if column[ras].abs() < 1e-8 {
            return None;
        }
        found[axis] = (ras, column[ras] > 0.0);
        rotation.iter_mut().for_each(|column| column[ras] = 0.0);
    }
    Some(found)
}

/// The orthogonal matrix closest to `columns` (the polar factor U Vt of the singular value decomposition), by Newton's
/// iteration X <- (X + X^-T) / 2 (Higham 1986). `None` for a matrix that flattens space.
fn closest_rotation(columns: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut x = *columns;
    for _ in 0..60 {
        // Columns of the inverse transpose: cross products over the determinant.
        let determinant = dot(x[0], cross(x[1], x[2]));
        if determinant.abs() < 1e-12 {
            return None;
        }
        let inverse = [cross(x[1], x[2]), cross(x[2], x[0]), cross(x[0], x[1])].map(|c| c.map(|v| v / determinant));
        let mut change = 0.0f64;
        for (column, other) in x.iter_mut().zip(inverse) {
            for (v, w) in column.iter_mut().zip(other) {
                let next = (*v + w) / 2.0;
                change = change.max((next - *v).abs());
                *v = next;
            }
        }
        if change < 1e-15 {
            break;
        }
    }
    Some(x)
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(rows: [[f64; 3]; 3]) -> Option<[char; 3]> {
        let affine = rows.map(|[a, b, c]| [a, b, c, 0.0]);
        Reorientation::new([2, 3, 4], affine, &mut Vec::new()).stored_codes
    }

    #[test]
    fn axis_codes_are_those_of_nibabel() {
        assert_eq!(codes([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]), Some(['R', 'A', 'S']));
        assert_eq!(codes([[-1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]), Some(['L', 'I', 'A']));
        // A plane at exactly 45 degrees; origin: nibabel 5.4.2 aff2axcodes.
        assert_eq!(codes([[1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), Some(['R', 'A', 'S']));
        assert_eq!(codes([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), None);
        assert_eq!(codes([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), None);
    }

    #[test]
    fn a_stored_ras_volume_is_flipped_to_lps() {
        let affine = [[2.0, 0.0, 0.0, -10.0], [0.0, 3.0, 0.0, -20.0], [0.0, 0.0, 4.0, -30.0]];
        let axes = Reorientation::new([5, 6, 7], affine, &mut Vec::new());
        assert!(axes.cols.flip && axes.rows.flip && !axes.slices.flip);
        let lps = axes.patient_from_voxel.unwrap();
        // Column 0, row 0 is the file's last voxel along x and y: R = -10 + 2*4 = -2, A = -20 + 3*5 = -5.
        assert_eq!(lps.apply([0.0, 0.0, 0.0]), [2.0, 5.0, -30.0]);
        assert_eq!(lps.column(0), [2.0, 0.0, 0.0]);
        assert_eq!(lps.column(1), [0.0, 3.0, 0.0]);
        assert_eq!(lps.column(2), [0.0, 0.0, 4.0]);
    }
}
