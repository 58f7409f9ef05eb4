//! Which affine a NIfTI header means: sform, else qform, else voxel sizes alone (nibabel's `get_best_affine`).

use std::path::Path;

use super::super::ScanError;
use super::header::Header;

/// Rows of a 3 x 4 matrix: voxel indices in file order to RAS mm.
pub type RasFromVoxel = [[f64; 4]; 3];

/// The header's affine in mm. Adds a remark where left and right are only assumed.
pub fn ras_from_voxel(path: &Path, header: &Header, remarks: &mut Vec<String>) -> Result<RasFromVoxel, ScanError> {
    let affine = if header.sform_code != 0 {
        header.srow
    } else if header.qform_code != 0 {
        qform(header).ok_or_else(|| ScanError::Damaged {
            path: path.into(),
            what: "its qform quaternion is no rotation".into(),
        })?
    } else {
        remarks
            .push("The header declares no orientation; left and right are assumed (first voxel at the right).".into());
        base(path, header)?
    };
    let mm = header.mm_per_unit();
    if mm != 1.0 {
        remarks.push(format!("Lengths are declared in units of {mm} mm and turned into mm."));
    }
    Ok(affine.map(|row| row.map(|v| v * mm)))
}

/// Quaternion, voxel sizes and offset (nifti1.h, method 2). `None` when the quaternion is longer than 1.
fn qform(header: &Header) -> Option<RasFromVoxel> {
    let [b, c, d] = header.quatern;
    let rest = 1.0 - (b * b + c * c + d * d);
    // nibabel's threshold: three times the precision of the stored numbers.
    let epsilon = if header.format == super::super::Format::Nifti2 { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let a = match rest {
        rest if rest.abs() < 3.0 * epsilon => 0.0,
        rest if rest > 0.0 => rest.sqrt(),
        _ => return None,
    };
    let rotation = rotation([a, b, c, d]);
    let [qfac, x, y, z] = [header.pixdim[0], header.pixdim[1], header.pixdim[2], header.pixdim[3]];
    let voxel = [x, y, z * qfac];
    let row = |i: usize| {
        let [r0, r1, r2] = rotation[i];
        [r0 * voxel[0], r1 * voxel[1], r2 * voxel[2], header.qoffset[i]]
    };
    Some([row(0), row(1), row(2)])
}

/// Rotation matrix of a quaternion of any length (as nibabel's `quat2mat`).
fn rotation([w, x, y, z]: [f64; 4]) -> [[f64; 3]; 3] {
    let norm = w * w + x * x + y * y + z * z;
    if norm < f64::EPSILON {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let s = 2.0 / norm;
    let (xs, ys, zs) = (x * s, y * s, z * s);
    [
        [1.0 - (y * ys + z * zs), x * ys - w * zs, x * zs + w * ys],
        [x * ys + w * zs, 1.0 - (x * xs + z * zs), y * zs - w * xs],
        [x * zs - w * ys, y * zs + w * xs, 1.0 - (x * xs + y * ys)],
    ]
}

/// Voxel sizes alone, centred, x flipped as nibabel and SPM assume.
fn base(path: &Path, header: &Header) -> Result<RasFromVoxel, ScanError> {
    let lengths = header.dims(path)?.space;
    let mut affine = [[0.0; 4]; 3];
    for (axis, row) in affine.iter_mut().enumerate() {
        let size = header.pixdim[axis + 1] * if axis == 0 { -1.0 } else { 1.0 };
        row[axis] = size;
        row[3] = -size * (lengths[axis] as f64 - 1.0) / 2.0;
    }
    Ok(affine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_quaternion_turns_about_z() {
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let turned = rotation([half, 0.0, 0.0, half]);
        let expected = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]];
        for (row, want) in turned.iter().flatten().zip(expected.iter().flatten()) {
            assert!((row - want).abs() < 1e-15);
        }
    }
}
