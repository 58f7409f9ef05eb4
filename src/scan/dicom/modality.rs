//! Stored values to modality units: Modality LUT Sequence, or Rescale Slope and Intercept, of the file or of a frame
//! (PS3.3 C.11.1, C.7.6.16.2.9).

use dicom_core::Tag;

use super::data_set::Values;
use super::palette::{descriptor, plain_entries};
use super::stored::StoredValues;

const MODALITY_LUT_SEQUENCE: Tag = Tag(0x0028, 0x3000);
const PIXEL_VALUE_TRANSFORMATION_SEQUENCE: Tag = Tag(0x0028, 0x9145);

/// The modality transform of a frame.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Modality {
    Identity,
    Rescale {
        slope: f64,
        intercept: f64,
    },
    /// Entries by stored value from `first` on.
    Table {
        first: i64,
        entries: Vec<f32>,
    },
}

impl Modality {
    /// Of a data set's top level.
    pub fn read(values: Values, signed: bool) -> Self {
        if let Some(table) = values.item(MODALITY_LUT_SEQUENCE).and_then(|item| table(item, signed)) {
            return table;
        }
        rescale(values).unwrap_or(Self::Identity)
    }

    /// Of a frame's own functional group item, if it has one.
    pub fn of_group(group: Values) -> Option<Self> {
        rescale(group.item(PIXEL_VALUE_TRANSFORMATION_SEQUENCE)?)
    }

    /// True where values of `bits` bits may come out below 0.
    pub fn can_be_negative(&self, bits: u32, signed: bool) -> bool {
        let span = 2f64.powi(i32::try_from(bits.clamp(1, 32)).unwrap_or(32));
        let ends = if signed { [-span / 2.0, span / 2.0 - 1.0] } else { [0.0, span - 1.0] };
        match self {
            Self::Identity => signed,
            Self::Rescale { slope, intercept } => ends.iter().any(|end| end * slope + intercept < 0.0),
            Self::Table { .. } => false,
        }
    }

    /// Appends the values in modality units.
    pub fn append(&self, stored: &StoredValues, out: &mut Vec<f32>) {
        match stored {
            StoredValues::U8(values) => self.map(values, out),
            StoredValues::I8(values) => self.map(values, out),
            StoredValues::U16(values) => self.map(values, out),
            StoredValues::I16(values) => self.map(values, out),
            StoredValues::U32(values) => self.map(values, out),
            StoredValues::I32(values) => self.map(values, out),
            StoredValues::F32(values) => self.map(values, out),
            StoredValues::F64(values) => self.map(values, out),
        }
    }

    fn map<T: Copy + Into<f64>>(&self, values: &[T], out: &mut Vec<f32>) {
        match self {
            Self::Identity => out.extend(values.iter().map(|value| (*value).into() as f32)),
            Self::Rescale { slope, intercept } => {
                out.extend(values.iter().map(|value| ((*value).into() * slope + intercept) as f32));
            }
            Self::Table { first, entries } => {
                let last = entries.len().saturating_sub(1);
                let look = |value: &T| {
                    let index = ((*value).into() as i64).saturating_sub(*first);
                    let index = usize::try_from(index).unwrap_or(0).min(last);
                    entries.get(index).copied().unwrap_or(0.0)
                };
                out.extend(values.iter().map(look));
            }
        }
    }
}

fn rescale(values: Values) -> Option<Modality> {
    let slope = values.number(Tag(0x0028, 0x1053));
    let intercept = values.number(Tag(0x0028, 0x1052));
    if slope.is_none() && intercept.is_none() {
        return None;
    }
    // A slope of zero would wipe the picture; writers mean "no rescale" by it.
    let slope = slope.filter(|slope| *slope != 0.0).unwrap_or(1.0);
    let intercept = intercept.unwrap_or(0.0);
    Some(if slope == 1.0 && intercept == 0.0 { Modality::Identity } else { Modality::Rescale { slope, intercept } })
}

fn table(item: Values, signed: bool) -> Option<Modality> {
    let (count, first, bits) = descriptor(item, Tag(0x0028, 0x3002), signed)?;
    let words = plain_entries(item.words(Tag(0x0028, 0x3006))?, count, bits);
    let entries: Vec<f32> = words.into_iter().take(count).map(f32::from).collect();
    (!entries.is_empty()).then_some(Modality::Table { first, entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rescale_keeps_precision_and_tables_have_ends() {
        let mut values = Vec::new();
        let hounsfield = Modality::Rescale { slope: 1.0, intercept: -1024.0 };
        hounsfield.append(&StoredValues::U16(vec![0, 1064]), &mut values);
        assert_eq!(values, [-1024.0, 40.0]);
        values.clear();
        let table = Modality::Table { first: -1, entries: vec![10.0, 20.0, 30.0] };
        table.append(&StoredValues::I16(vec![-9, -1, 0, 1, 9]), &mut values);
        assert_eq!(values, [10.0, 10.0, 20.0, 30.0, 30.0]);
    }
}
