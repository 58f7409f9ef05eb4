//! A table from modality values to presentation values, for display only.

/// One item of the VOI LUT Sequence (0028,3010) (PS3.3 C.11.2.1.1): an alternative to a window.
#[derive(Clone, Debug, PartialEq)]
pub struct VoiLut {
    /// The value, in modality units, that takes the first entry; smaller ones take it too.
    pub first: i64,
    /// One entry for each whole value from `first` on; values above the last take the last. Never empty.
    pub entries: Vec<u16>,
    /// The largest value an entry may have: white, before polarity.
    pub white: u16,
    /// LUT Explanation (0028,3003).
    pub name: Option<String>,
}

impl VoiLut {
    /// `bits` are those of an entry, from the LUT Descriptor. `None` without entries.
    pub fn new(first: i64, entries: Vec<u16>, bits: u32, name: Option<String>) -> Option<Self> {
        let most = entries.iter().copied().max()?;
        let declared = u16::MAX >> 16u32.saturating_sub(bits.clamp(1, 16));
        // Some writers declare 8 bits and fill 16.
        let white = if most > declared { u16::MAX >> most.leading_zeros() } else { declared };
        Some(Self { first, entries, white, name })
    }

    /// The presentation value of a modality value, `0..=white`. Between whole values the nearer entry holds; not a
    /// number is 0.
    pub fn level(&self, value: f32) -> u16 {
        if value.is_nan() {
            return 0;
        }
        let last = self.entries.len().saturating_sub(1);
        let from_first = (f64::from(value) - self.first as f64).round().max(0.0);
        self.entries.get((from_first as usize).min(last)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outside_the_table_take_its_ends() {
        let lut = VoiLut::new(-2, vec![7, 20, 30, 255], 8, None).unwrap();
        assert_eq!([-1000.0, -2.0, -1.0, -0.4, 1.0, 2.0, 9e9].map(|v| lut.level(v)), [7, 7, 20, 30, 255, 255, 255]);
        assert_eq!((lut.level(f32::NAN), lut.white), (0, 255));
    }

    #[test]
    fn white_is_what_the_bits_can_hold() {
        assert_eq!(VoiLut::new(0, vec![1], 12, None).unwrap().white, 4095);
        assert_eq!(VoiLut::new(0, vec![1], 16, None).unwrap().white, 65535);
        assert_eq!(VoiLut::new(0, vec![1000], 8, None).unwrap().white, 1023);
        assert_eq!(VoiLut::new(0, vec![], 8, None), None);
    }
}
