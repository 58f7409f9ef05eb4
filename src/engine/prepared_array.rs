//! Reads a prepared tensor, `[rows, cols, channels]` float32, from a `.npy` file (NumPy's format, versions 1 to 3).

use std::path::Path;

use ndarray::Array3;

/// Larger tensors are no golden case.
const MAX_BYTES: u64 = 256 << 20;

/// The tensor; `None` for any other array or file (which is then opened as a scan).
pub(crate) fn read_tensor(path: &Path) -> Option<Array3<f32>> {
    if std::fs::metadata(path).ok()?.len() > MAX_BYTES {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let rest = bytes.strip_prefix(b"\x93NUMPY")?;
    let (major, start) = (*rest.first()?, if *rest.first()? == 1 { 10usize } else { 12 });
    let length = match major {
        1 => usize::from(u16::from_le_bytes(bytes.get(8..10)?.try_into().ok()?)),
        2 | 3 => usize::try_from(u32::from_le_bytes(bytes.get(8..12)?.try_into().ok()?)).ok()?,
        _ => return None,
    };
    let end = start.checked_add(length)?;
    let header = std::str::from_utf8(bytes.get(start..end)?).ok()?;
    let is_plain = header.contains("'descr': '<f4'") && header.contains("'fortran_order': False");
    let shape = header.split_once("'shape': (")?.1.split_once(')')?.0;
    let shape: Vec<usize> = shape.split(',').filter_map(|axis| axis.trim().parse().ok()).collect();
    let ([rows, cols, channels], true) = (shape.as_slice(), is_plain) else { return None };
    let values = bytes.get(end..)?.chunks_exact(4).filter_map(|value| value.try_into().ok()).map(f32::from_le_bytes);
    Array3::from_shape_vec((*rows, *cols, *channels), values.collect()).ok()
}
