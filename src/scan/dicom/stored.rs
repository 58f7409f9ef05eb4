//! Stored values: what a frame holds before any modality transform, as integers of the declared width.

/// Samples of one frame in pixel order, colours interleaved: sign-extended from Bits Stored, YBR already turned into
/// RGB, palette pictures as indices.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub rows: usize,
    pub cols: usize,
    /// 1, or 3 for red, green, blue.
    pub samples: usize,
    pub values: StoredValues,
}

/// The values, in the type that Bits Allocated and Pixel Representation ask for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StoredValues {
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Samples as a decoder leaves them: bit patterns, not yet masked or sign-extended; or floating point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RawSamples {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl RawSamples {
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    /// Masked to `bits` above `low_bit`, sign-extended where `signed`, in a container of `allocated` bits (or more,
    /// where the values need it).
    pub fn into_stored(self, allocated: u32, bits: u32, low_bit: u32, signed: bool) -> StoredValues {
        let container = allocated.max(bits).next_power_of_two().max(8);
        match (self, container) {
            (Self::F32(values), _) => StoredValues::F32(values),
            (Self::F64(values), _) => StoredValues::F64(values),
            (Self::U8(values), 8) => cut8(values, bits, low_bit, signed),
            (Self::U8(values), 16) => cut16(values.into_iter().map(u16::from).collect(), bits, low_bit, signed),
            (Self::U16(values), 16) => cut16(values, bits, low_bit, signed),
            (Self::U16(values), 8) => {
                cut8(values.into_iter().map(|value| value as u8).collect(), bits, low_bit, signed)
            }
            (Self::U32(values), 8) => {
                cut8(values.into_iter().map(|value| value as u8).collect(), bits, low_bit, signed)
            }
            (Self::U32(values), 16) => {
                cut16(values.into_iter().map(|value| value as u16).collect(), bits, low_bit, signed)
            }
            (Self::U8(values), _) => cut32(values.into_iter().map(u32::from).collect(), bits, low_bit, signed),
            (Self::U16(values), _) => cut32(values.into_iter().map(u32::from).collect(), bits, low_bit, signed),
            (Self::U32(values), _) => cut32(values, bits, low_bit, signed),
        }
    }
}

/// One `cut` for each width: shift the stored bits to the top, then back down with or without the sign.
macro_rules! cut {
    ($name:ident, $unsigned:ty, $signed:ty, $as_unsigned:path, $as_signed:path) => {
        fn $name(mut values: Vec<$unsigned>, bits: u32, low_bit: u32, signed: bool) -> StoredValues {
            let width = <$unsigned>::BITS;
            let bits = bits.clamp(1, width);
            let (down, up) = (width - bits, (width - bits).saturating_sub(low_bit));
            if signed {
                return $as_signed(values.into_iter().map(|value| (value << up) as $signed >> down).collect());
            }
            if down > 0 {
                values.iter_mut().for_each(|value| *value = (*value << up) >> down);
            }
            $as_unsigned(values)
        }
    };
}
cut!(cut8, u8, i8, StoredValues::U8, StoredValues::I8);
cut!(cut16, u16, i16, StoredValues::U16, StoredValues::I16);
cut!(cut32, u32, i32, StoredValues::U32, StoredValues::I32);

impl StoredValues {
    /// Little-endian bytes, as a numpy array of the same type holds them.
    #[cfg(test)]
    pub fn to_le_bytes(&self) -> Vec<u8> {
        match self {
            Self::U8(values) => values.clone(),
            Self::I8(values) => values.iter().map(|value| *value as u8).collect(),
            Self::U16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::I16(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::U32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::I32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::F32(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Self::F64(values) => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unused_bits_are_masked_and_signs_extended() {
        let raw = RawSamples::U16(vec![0xF7FF, 0x0800, 0x0FFF]);
        assert_eq!(raw.clone().into_stored(16, 12, 0, false), StoredValues::U16(vec![0x7FF, 0x800, 0xFFF]));
        assert_eq!(raw.into_stored(16, 12, 0, true), StoredValues::I16(vec![0x7FF, -0x800, -1]));
    }

    #[test]
    fn values_in_the_upper_bits_are_brought_down() {
        let raw = RawSamples::U16(vec![0xFFF0, 0x8000]);
        assert_eq!(raw.clone().into_stored(16, 12, 4, false), StoredValues::U16(vec![0xFFF, 0x800]));
        assert_eq!(raw.into_stored(16, 12, 4, true), StoredValues::I16(vec![-1, -0x800]));
    }

    #[test]
    fn eight_bit_streams_fill_sixteen_bit_containers() {
        assert_eq!(RawSamples::U8(vec![200]).into_stored(16, 8, 0, false), StoredValues::U16(vec![200]));
        assert_eq!(RawSamples::U8(vec![200]).into_stored(16, 8, 0, true), StoredValues::I16(vec![-56]));
    }
}
