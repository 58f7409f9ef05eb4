//! What the graph says about the values that go in and out.

use super::proto::{DataType, DimensionValue, TypeProto, TypeValue, ValueInfoProto};

/// One axis of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    Fixed(usize),
    /// A symbol such as `batch`.
    Named(String),
    Unknown,
}

impl Dim {
    /// The length, where the graph fixes it.
    pub fn fixed(&self) -> Option<usize> {
        match self {
            Self::Fixed(length) => Some(*length),
            Self::Named(_) | Self::Unknown => None,
        }
    }
}

impl std::fmt::Display for Dim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fixed(length) => write!(f, "{length}"),
            Self::Named(name) => f.write_str(name),
            Self::Unknown => f.write_str("?"),
        }
    }
}

/// What kind of value it is; only dense tensors can be fed or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    Tensor,
    Sequence,
    Map,
    Optional,
    SparseTensor,
    Opaque,
    /// The graph gives no type.
    Untyped,
}

/// One input or output.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueFacts {
    pub name: String,
    pub kind: ValueKind,
    /// `None` where the graph gives no type or one this program does not know.
    pub dtype: Option<DataType>,
    /// `None` where the graph gives no shape at all.
    pub dims: Option<Vec<Dim>>,
}

impl ValueFacts {
    pub(super) fn from_proto(info: &ValueInfoProto) -> Self {
        let (kind, dtype, dims) = info.r#type.as_ref().map_or((ValueKind::Untyped, None, None), type_facts);
        Self { name: info.name.clone(), kind, dtype, dims }
    }

    /// `[batch, 3, 224, 224]`, or `[?]` where no shape is given.
    pub fn shape_text(&self) -> String {
        match &self.dims {
            Some(dims) => format!("[{}]", dims.iter().map(Dim::to_string).collect::<Vec<_>>().join(", ")),
            None => "[?]".to_owned(),
        }
    }

    /// The element type in words.
    pub fn dtype_text(&self) -> String {
        self.dtype.map_or_else(|| "an unknown type".to_owned(), |dtype| dtype.numpy_name().to_owned())
    }
}

fn type_facts(proto: &TypeProto) -> (ValueKind, Option<DataType>, Option<Vec<Dim>>) {
    match &proto.value {
        Some(TypeValue::Tensor(tensor)) => {
            let dtype = DataType::try_from(tensor.elem_type).ok().filter(|dtype| *dtype != DataType::Undefined);
            let dims = tensor.shape.as_ref().map(|shape| shape.dim.iter().map(|d| dim(d.value.as_ref())).collect());
            (ValueKind::Tensor, dtype, dims)
        }
        Some(TypeValue::Sequence(_)) => (ValueKind::Sequence, None, None),
        Some(TypeValue::Map(_)) => (ValueKind::Map, None, None),
        Some(TypeValue::Optional(_)) => (ValueKind::Optional, None, None),
        Some(TypeValue::SparseTensor(_)) => (ValueKind::SparseTensor, None, None),
        Some(TypeValue::Opaque(_)) => (ValueKind::Opaque, None, None),
        None => (ValueKind::Untyped, None, None),
    }
}

/// Some exporters write -1 or 0 for "any length": both are unknown here.
fn dim(value: Option<&DimensionValue>) -> Dim {
    match value {
        Some(DimensionValue::DimValue(length)) => {
            usize::try_from(*length).ok().filter(|length| *length > 0).map_or(Dim::Unknown, Dim::Fixed)
        }
        Some(DimensionValue::DimParam(name)) if !name.is_empty() => Dim::Named(name.clone()),
        _ => Dim::Unknown,
    }
}

impl DataType {
    /// numpy's name where there is one.
    pub fn numpy_name(self) -> &'static str {
        match self {
            Self::Float => "float32",
            Self::Double => "float64",
            Self::Float16 => "float16",
            Self::Bfloat16 => "bfloat16",
            Self::Uint8 => "uint8",
            Self::Int8 => "int8",
            Self::Uint16 => "uint16",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
            Self::Undefined => "undefined",
            Self::Uint4 | Self::Int4 | Self::Uint2 | Self::Int2 | Self::Float4e2m1 => "a packed sub-byte type",
            Self::Float6e2m3 | Self::Float6e3m2 => "a 6-bit float",
            Self::Float8e4m3fn | Self::Float8e4m3fnuz | Self::Float8e5m2 | Self::Float8e5m2fnuz | Self::Float8e8m0 => {
                "an 8-bit float"
            }
        }
    }

    /// Bits per element in raw data; `None` for strings and the undefined type.
    pub fn bits(self) -> Option<u64> {
        Some(match self {
            Self::Undefined | Self::String => return None,
            Self::Uint2 | Self::Int2 => 2,
            Self::Uint4 | Self::Int4 | Self::Float4e2m1 => 4,
            Self::Float6e2m3 | Self::Float6e3m2 => 8,
            Self::Uint8 | Self::Int8 | Self::Bool => 8,
            Self::Float8e4m3fn | Self::Float8e4m3fnuz | Self::Float8e5m2 | Self::Float8e5m2fnuz | Self::Float8e8m0 => 8,
            Self::Uint16 | Self::Int16 | Self::Float16 | Self::Bfloat16 => 16,
            Self::Float | Self::Int32 | Self::Uint32 => 32,
            Self::Double | Self::Int64 | Self::Uint64 | Self::Complex64 => 64,
            Self::Complex128 => 128,
        })
    }
}
