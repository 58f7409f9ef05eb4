//! Constants whose declared size does not match their data, and sizes beyond any classifier.

use super::error::OnnxError;
use super::proto::{DataType, TensorProto, tensor_proto::DataLocation};

/// The largest axis of a constant or a value.
const MAX_AXIS: i64 = 1 << 28;

/// Checks one constant: stored in the file, of a known type, its data as long as its shape says.
pub(super) fn check_tensor(tensor: &TensorProto, what: &str) -> Result<(), OnnxError> {
    if tensor.data_location == DataLocation::External as i32 || !tensor.external_data.is_empty() {
        let location = tensor.external_data.iter().find(|entry| entry.key == "location");
        return Err(OnnxError::ExternalData {
            tensor: tensor.name.clone(),
            location: location.map(|entry| entry.value.clone()).unwrap_or_default(),
        });
    }
    let damaged = |problem: String| OnnxError::Damaged { what: format!("{what} \"{}\" {problem}", tensor.name) };
    if tensor.segment.is_some() {
        return Err(damaged("is stored in parts, which no exporter does".to_owned()));
    }
    let dtype = DataType::try_from(tensor.data_type)
        .ok()
        .filter(|dtype| *dtype != DataType::Undefined)
        .ok_or_else(|| damaged(format!("has the unknown element type {}", tensor.data_type)))?;
    let elements = element_count(&tensor.dims).ok_or_else(|| damaged(format!("has the shape {:?}", tensor.dims)))?;
    match stored(tensor, dtype) {
        Stored::Bytes(found) => match declared_bytes(elements, dtype) {
            Some(declared) if declared == found => Ok(()),
            Some(declared) => Err(damaged(format!("should hold {declared} bytes and holds {found}"))),
            None => Err(damaged("holds text as raw bytes".to_owned())),
        },
        Stored::Elements(found) if found == elements => Ok(()),
        Stored::Elements(found) => Err(damaged(format!("should hold {elements} values and holds {found}"))),
    }
}

/// Product of the axes; `None` for a negative or absurd axis or product.
pub(super) fn element_count(dims: &[i64]) -> Option<u64> {
    if dims.len() > 16 || dims.iter().any(|dim| !(0..=MAX_AXIS).contains(dim)) {
        return None;
    }
    dims.iter().try_fold(1u64, |count, dim| count.checked_mul(u64::try_from(*dim).ok()?))
}

fn declared_bytes(elements: u64, dtype: DataType) -> Option<u64> {
    elements.checked_mul(dtype.bits()?).map(|bits| bits.div_ceil(8))
}

enum Stored {
    Bytes(u64),
    Elements(u64),
}

/// What is there, in the unit that the type's storage counts in (`onnx.proto`, comments of `TensorProto`).
fn stored(tensor: &TensorProto, dtype: DataType) -> Stored {
    let count = |length: usize| Stored::Elements(u64::try_from(length).unwrap_or(u64::MAX));
    if !tensor.raw_data.is_empty() {
        return Stored::Bytes(u64::try_from(tensor.raw_data.len()).unwrap_or(u64::MAX));
    }
    match dtype {
        DataType::Float => count(tensor.float_data.len()),
        DataType::Complex64 => count(tensor.float_data.len() / 2),
        DataType::Double => count(tensor.double_data.len()),
        DataType::Complex128 => count(tensor.double_data.len() / 2),
        DataType::Int64 => count(tensor.int64_data.len()),
        DataType::Uint32 | DataType::Uint64 => count(tensor.uint64_data.len()),
        DataType::String => count(tensor.string_data.len()),
        // One int32 per element, and for types below a byte one per packed byte.
        _ if dtype.bits().is_some_and(|bits| bits < 8) => {
            Stored::Bytes(u64::try_from(tensor.int32_data.len()).unwrap_or(u64::MAX))
        }
        _ => count(tensor.int32_data.len()),
    }
}

/// The values of a small integer constant, for shapes and pads. `None` for other types or large constants.
pub(super) fn small_integers(tensor: &TensorProto) -> Option<Vec<i64>> {
    const LIMIT: usize = 64;
    if tensor.data_type != DataType::Int64 as i32 {
        return None;
    }
    if tensor.raw_data.is_empty() {
        return (tensor.int64_data.len() <= LIMIT).then(|| tensor.int64_data.clone());
    }
    if tensor.raw_data.len() > LIMIT * 8 {
        return None;
    }
    let values = tensor.raw_data.chunks_exact(8).filter_map(|bytes| <[u8; 8]>::try_from(bytes).ok());
    Some(values.map(i64::from_le_bytes).collect())
}

/// Up to four float32 values: one, or one per channel. `None` for other types or more values.
pub(super) fn small_floats(tensor: &TensorProto) -> Option<Vec<f32>> {
    const MOST: usize = 4;
    if tensor.data_type != DataType::Float as i32 {
        return None;
    }
    let raw =
        || tensor.raw_data.chunks_exact(4).filter_map(|four| <[u8; 4]>::try_from(four).ok()).map(f32::from_le_bytes);
    let values: Vec<f32> =
        if tensor.raw_data.is_empty() { tensor.float_data.clone() } else { raw().take(MOST + 1).collect() };
    (1..=MOST).contains(&values.len()).then_some(values)
}
