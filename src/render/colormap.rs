//! Colour maps: a share of a scale in, a colour out.

mod pet;
mod tables;

use std::fmt;
use std::str::FromStr;

use super::RenderError;

/// A table of 256 colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColorMap {
    /// Perceptually uniform; the default for evidence, as its bright end is no grey.
    #[default]
    Viridis,
    Inferno,
    Magma,
    /// Blue, grey, red (Moreland 2009): evidence against and for.
    CoolWarm,
    /// The rainbow of old figures: its bright bands look like borders that the data does not have.
    Jet,
    /// DICOM PS3.6 B.1.1, "Hot Iron", for PET.
    HotIron,
    /// PS3.6 B.1.2, "PET".
    Pet,
    /// PS3.6 B.1.3, "Hot Metal Blue".
    HotMetalBlue,
    /// PS3.6 B.1.4, "PET 20 Step": bands of one colour, to read values off.
    Pet20Step,
    Gray,
    /// Hot is dark, as PET is read.
    InvertedGray,
}

impl ColorMap {
    /// For pickers: the recommended ones first.
    pub const ALL: [Self; 11] = [
        Self::Viridis,
        Self::Inferno,
        Self::Magma,
        Self::CoolWarm,
        Self::Jet,
        Self::HotIron,
        Self::Pet,
        Self::HotMetalBlue,
        Self::Pet20Step,
        Self::Gray,
        Self::InvertedGray,
    ];

    /// For PET pictures: as they are read first.
    pub const FOR_PET: [Self; 6] =
        [Self::InvertedGray, Self::HotIron, Self::HotMetalBlue, Self::Pet, Self::Pet20Step, Self::Gray];

    /// The name in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Inferno => "inferno",
            Self::Magma => "magma",
            Self::CoolWarm => "coolwarm",
            Self::Jet => "jet",
            Self::HotIron => "hot_iron",
            Self::Pet => "pet",
            Self::HotMetalBlue => "hot_metal_blue",
            Self::Pet20Step => "pet_20_step",
            Self::Gray => "gray",
            Self::InvertedGray => "inverted_gray",
        }
    }

    /// The name on the screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Viridis => "Viridis",
            Self::Inferno => "Inferno",
            Self::Magma => "Magma",
            Self::CoolWarm => "Cool to warm",
            Self::Jet => "Jet",
            Self::HotIron => "Hot iron",
            Self::Pet => "PET",
            Self::HotMetalBlue => "Hot metal blue",
            Self::Pet20Step => "PET 20 step",
            Self::Gray => "Gray",
            Self::InvertedGray => "Inverted gray",
        }
    }

    /// True where the middle of the table stands for nothing, and its ends for two opposites.
    pub const fn is_diverging(self) -> bool {
        matches!(self, Self::CoolWarm)
    }

    /// Red, green, blue of each of the 256 steps.
    pub fn table(self) -> [[u8; 3]; 256] {
        match self {
            Self::Viridis => tables::VIRIDIS.map(bytes),
            Self::Inferno => tables::INFERNO.map(bytes),
            Self::Magma => tables::MAGMA.map(bytes),
            Self::CoolWarm => tables::COOLWARM.map(bytes),
            Self::Jet => tables::JET.map(bytes),
            Self::HotIron => std::array::from_fn(hot_iron),
            Self::Pet => pet::PET.map(bytes),
            Self::HotMetalBlue => pet::HOT_METAL_BLUE.map(bytes),
            Self::Pet20Step => std::array::from_fn(step_of_twenty),
            Self::Gray => std::array::from_fn(|index| [index as u8; 3]),
            Self::InvertedGray => std::array::from_fn(|index| [255 - index as u8; 3]),
        }
    }
}

impl fmt::Display for ColorMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ColorMap {
    type Err = RenderError;

    fn from_str(text: &str) -> Result<Self, RenderError> {
        Self::ALL.into_iter().find(|map| map.name() == text).ok_or_else(|| RenderError::UnknownColorMap {
            name: text.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}

/// `0xRRGGBB` to bytes.
fn bytes(color: u32) -> [u8; 3] {
    let [_, r, g, b] = color.to_be_bytes();
    [r, g, b]
}

/// PS3.6 table B.1-1: red rises over the first half, green over the second, blue over the last quarter; the last step
/// is white.
fn hot_iron(index: usize) -> [u8; 3] {
    if index >= 255 {
        return [255; 3];
    }
    let rise = |from: usize, slope: usize| (index.saturating_sub(from) * slope).min(255) as u8;
    [rise(0, 2), rise(128, 2), rise(191, 4)]
}

/// The last step that begins at or before `index`.
fn step_of_twenty(index: usize) -> [u8; 3] {
    let step = pet::PET_20_STEP.iter().rev().find(|(start, _)| usize::from(*start) <= index);
    step.map_or([0; 3], |(_, color)| bytes(*color))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fnv1a(table: &[[u8; 3]]) -> u64 {
        table
            .as_flattened()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }

    fn hex(map: ColorMap, index: usize) -> u32 {
        let [r, g, b] = map.table()[index];
        u32::from_be_bytes([0, r, g, b])
    }

    #[test]
    fn the_tables_are_matplotlibs_and_dicoms() {
        // matplotlib 3.11.2: to_hex(colormaps[name](index)); pydicom 3.0.2: apply_color_lut with its copies of DICOM's
        // palettes. The hash is FNV-1a of all 768 bytes.
        for (map, colors, hash) in [
            (ColorMap::Viridis, [0x440154, 0x3b528b, 0x21918c, 0x70cf57, 0xfde725], 0x1b8e_5490_518c_939b),
            (ColorMap::Inferno, [0x000004, 0x57106e, 0xbc3754, 0xfb9d07, 0xfcffa4], 0x0c17_1f89_5947_2839),
            (ColorMap::Magma, [0x000004, 0x51127c, 0xb73779, 0xfd9869, 0xfcfdbf], 0x18a2_c8df_7018_d2be),
            (ColorMap::CoolWarm, [0x3b4cc0, 0x8db0fe, 0xdddcdc, 0xf08b6e, 0xb40426], 0x01f4_363b_8d8c_bdc5),
            (ColorMap::Jet, [0x000080, 0x0080ff, 0x7dff7a, 0xff7700, 0x800000], 0x7b49_0549_c138_5796),
            (ColorMap::HotIron, [0x000000, 0x800000, 0xff0000, 0xff9024, 0xffffff], 0xd61f_d8c5_9688_2351),
            (ColorMap::Pet, [0x000000, 0x017e7f, 0x8000ff, 0xff9020, 0xffffff], 0xebdb_81b4_234c_fee6),
            (ColorMap::HotMetalBlue, [0x000000, 0x00007d, 0x741161, 0xff9858, 0xffffff], 0x908d_4bca_ba12_16d3),
            (ColorMap::Pet20Step, [0x000000, 0x6060b0, 0x50c050, 0xd09000, 0xffffff], 0xc2fb_180a_9576_04d9),
        ] {
            assert_eq!([0, 64, 128, 200, 255].map(|index| hex(map, index)), colors, "{map}");
            assert_eq!(fnv1a(&map.table()), hash, "{map}");
        }
    }

    #[test]
    fn gray_runs_both_ways() {
        assert_eq!(ColorMap::Gray.table()[7], [7; 3]);
        assert_eq!(ColorMap::InvertedGray.table()[7], [248; 3]);
    }

    #[test]
    fn names_are_read_back_and_an_unknown_one_is_answered_with_the_known_ones() {
        for map in ColorMap::ALL {
            assert_eq!(map.name().parse::<ColorMap>().unwrap(), map);
        }
        let error = "rainbow".parse::<ColorMap>().unwrap_err().to_string();
        assert!(error.contains("\"rainbow\"") && ColorMap::ALL.iter().all(|map| error.contains(map.name())), "{error}");
    }
}
