//! Raw samples to values: every number type that NIfTI and .npy files hold, in either byte order, with any strides.

use half::f16;
use ndarray::{Array2, Array3};

use crate::geometry::Size;

/// Number type of stored samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    F32,
    F64,
}

impl SampleType {
    /// Bytes of one sample.
    pub fn width(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// The name as numpy writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::U8 => "uint8",
            Self::I8 => "int8",
            Self::U16 => "uint16",
            Self::I16 => "int16",
            Self::U32 => "uint32",
            Self::I32 => "int32",
            Self::U64 => "uint64",
            Self::I64 => "int64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
        }
    }
}

/// Where the samples of one picture lie in a run of bytes. Positions and steps count samples, not bytes; steps may be
/// negative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub size: Size,
    /// Sample of row 0, column 0.
    pub start: usize,
    pub row_step: isize,
    pub col_step: isize,
}

impl Plan {
    /// Calls `put` with the sample index of every pixel, row by row. `None` when one lies outside the numbers.
    fn visit(&self, mut put: impl FnMut(usize) -> Option<()>) -> Option<()> {
        for row in 0..self.size.rows {
            let along = isize::try_from(row).ok()?.checked_mul(self.row_step)?;
            let mut at = self.start.checked_add_signed(along)?;
            for col in 0..self.size.cols {
                put(at)?;
                if col + 1 < self.size.cols {
                    at = at.checked_add_signed(self.col_step)?;
                }
            }
        }
        Some(())
    }
}

/// Values as f32, `[rows, cols]`. With `scale` (slope, intercept) each value is `slope * sample + intercept`, computed
/// in f64. `None` when the plan leaves the bytes.
pub(super) fn gather(
    bytes: &[u8],
    sample: SampleType,
    big_endian: bool,
    plan: &Plan,
    scale: Option<(f64, f64)>,
) -> Option<Array2<f32>> {
    macro_rules! number {
        ($t:ty) => {{
            let value = |b: [u8; size_of::<$t>()]| {
                if big_endian { <$t>::from_be_bytes(b) as f64 } else { <$t>::from_le_bytes(b) as f64 }
            };
            gather_with(bytes, plan, scale, value)
        }};
    }
    match sample {
        SampleType::U8 => number!(u8),
        SampleType::I8 => number!(i8),
        SampleType::U16 => number!(u16),
        SampleType::I16 => number!(i16),
        SampleType::U32 => number!(u32),
        SampleType::I32 => number!(i32),
        SampleType::U64 => number!(u64),
        SampleType::I64 => number!(i64),
        SampleType::F32 => number!(f32),
        SampleType::F64 => number!(f64),
        SampleType::F16 => {
            let bits = |b| if big_endian { u16::from_be_bytes(b) } else { u16::from_le_bytes(b) };
            gather_with(bytes, plan, scale, |b| f16::from_bits(bits(b)).to_f64())
        }
    }
}

fn gather_with<const W: usize>(
    bytes: &[u8],
    plan: &Plan,
    scale: Option<(f64, f64)>,
    value: impl Fn([u8; W]) -> f64,
) -> Option<Array2<f32>> {
    let (samples, _) = bytes.as_chunks::<W>();
    let mut values = Vec::with_capacity(plan.size.pixels()?);
    match scale {
        None => plan.visit(|at| {
            values.push(value(*samples.get(at)?) as f32);
            Some(())
        })?,
        Some((slope, intercept)) => plan.visit(|at| {
            values.push((slope * value(*samples.get(at)?) + intercept) as f32);
            Some(())
        })?,
    }
    Array2::from_shape_vec((plan.size.rows, plan.size.cols), values).ok()
}

/// Interleaved 8-bit colour with `channels` (3 or 4) samples a pixel, the first three kept, `[rows, cols, 3]`. The
/// plan counts pixels.
pub(super) fn gather_rgb(bytes: &[u8], channels: usize, plan: &Plan) -> Option<Array3<u8>> {
    let mut values = Vec::with_capacity(plan.size.pixels()?.checked_mul(3)?);
    plan.visit(|at| {
        let first = at.checked_mul(channels)?;
        values.extend_from_slice(bytes.get(first..first.checked_add(3)?)?);
        Some(())
    })?;
    Array3::from_shape_vec((plan.size.rows, plan.size.cols, 3), values).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_may_be_negative() {
        let bytes: Vec<u8> = (0..6).collect();
        let plan = Plan { size: Size::new(2, 3), start: 5, row_step: -3, col_step: -1 };
        let values = gather(&bytes, SampleType::U8, false, &plan, None).unwrap();
        assert_eq!(values, ndarray::array![[5.0, 4.0, 3.0], [2.0, 1.0, 0.0]]);
    }

    #[test]
    fn leaving_the_bytes_is_none_not_a_panic() {
        let plan = Plan { size: Size::new(2, 3), start: 1, row_step: 3, col_step: 1 };
        assert!(gather(&[0; 6], SampleType::U8, false, &plan, None).is_none());
        let plan = Plan { size: Size::new(2, 3), start: 0, row_step: -3, col_step: 1 };
        assert!(gather(&[0; 6], SampleType::U8, false, &plan, None).is_none());
        assert!(gather_rgb(&[0; 17], 3, &Plan { size: Size::new(2, 3), start: 0, row_step: 3, col_step: 1 }).is_none());
    }

    #[test]
    fn both_byte_orders_and_scaling_in_f64() {
        let plan = Plan { size: Size::new(1, 1), start: 0, row_step: 1, col_step: 1 };
        let value = |bytes: &[u8], t, big, scale| gather(bytes, t, big, &plan, scale).unwrap()[[0, 0]];
        assert_eq!(value(&[0xff, 0xfe], SampleType::I16, true, None), -2.0);
        assert_eq!(value(&[0xfe, 0xff], SampleType::I16, false, None), -2.0);
        assert_eq!(value(&16777217u32.to_le_bytes(), SampleType::U32, false, Some((1.0, -16777216.0))), 1.0);
        assert_eq!(value(&[0x00, 0x3c], SampleType::F16, false, None), 1.0);
        assert_eq!(value(&[0x01, 0x00], SampleType::F16, false, None), 2f32.powi(-24));
        assert_eq!(value(&[0xfb, 0xff], SampleType::F16, true, None), -65504.0);
    }
}
