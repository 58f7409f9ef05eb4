//! DICOM files (PS3.10) of every still-picture transfer syntax.
//!
//! In: a path. Out: size, number of frames, [`Meta`], and a [`Source`] that decodes one frame at a time into
//! modality units (HU, Bq/ml, stored numbers where nothing is declared) or 8-bit RGB. Opening reads the header only.
//!
//! The steps, one file each: `bytes` -> `preamble` -> `elements` (every length checked against the file) ->
//! `data_set` (parsed by dicom-object) -> `image` (the Image Pixel module, validated) -> `encapsulated` (which bytes
//! hold which frame) -> `codec` -> `stored` -> `color`, `palette`, `modality`.
//!
//! Not done here: windows, VOI LUTs, polarity and the SUV factor are facts beside the values, never applied; overlays,
//! presentation states and video are not read.

mod bytes;
mod clock;
mod codec;
mod color;
mod data_set;
mod elements;
mod encapsulated;
mod facts;
mod geometry;
mod groups;
mod identity;
mod image;
mod modality;
mod palette;
mod patient;
mod pixels;
mod preamble;
mod series;
mod stored;
mod suv;
mod syntax;
#[cfg(test)]
mod tests;
mod text;
mod voi_luts;
mod windows;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dicom_core::Tag;

use self::bytes::Bytes;
use self::data_set::DataSet;
use self::encapsulated::FrameTable;
use self::groups::FunctionalGroups;
use self::image::{ImageFacts, Photometric};
use self::modality::Modality;
use self::palette::Palette;
use self::pixels::Packing;
use self::stored::Stored;
use self::syntax::Compression;
use super::fault::Fault;
use super::{Frame, Meta, Opened, Pixels, Polarity, ScanError, VoiLut, Window};

pub(crate) use preamble::looks_like;
pub(crate) use series::{SeriesKey, series_key};

/// Decodes the frames of one file.
#[derive(Debug)]
pub(crate) struct Source {
    path: PathBuf,
    bytes: Bytes,
    table: FrameTable,
    packing: Packing,
    facts: ImageFacts,
    modality: ByFrame<Modality>,
    windows: ByFrame<Vec<Window>>,
    voi_luts: ByFrame<Vec<Arc<VoiLut>>>,
    palette: Option<Palette>,
}

/// A value of the file, and those of frames that have their own.
#[derive(Debug)]
struct ByFrame<T> {
    common: T,
    own: Vec<Option<T>>,
}

impl<T> ByFrame<T> {
    fn get(&self, index: usize) -> &T {
        self.own.get(index).and_then(Option::as_ref).unwrap_or(&self.common)
    }
}

/// Reads the header of a file; frames are decoded later, one by one.
pub(crate) fn open(path: &Path) -> Result<Opened<Source>, ScanError> {
    read(path).map_err(|fault| fault.at(path))
}

fn read(path: &Path) -> Result<Opened<Source>, Fault> {
    let mut data_set = DataSet::read(Bytes::open(path)?)?;
    let mut remarks = std::mem::take(&mut data_set.remarks);
    let values = data_set.values();
    let Some(pixels) = data_set.pixels else {
        return Err(Fault::NoPixels(facts::without_pixels(&data_set)));
    };
    if pixels.length == Some(0) {
        return Err(Fault::NoPixels("its pixel data is empty".into()));
    }
    let facts = ImageFacts::read(values, &pixels, &mut remarks)?;
    let packing = packing(&data_set, &pixels, &facts)?;
    let table = FrameTable::read(&data_set, &pixels, &facts, &mut remarks)?;
    let frames = table.frames();
    let groups = FunctionalGroups::of(values);
    let modality =
        ByFrame { common: Modality::read(values, facts.is_signed()), own: groups.by_frame(frames, Modality::of_group) };
    let windows = ByFrame { common: windows::read(values), own: groups.by_frame(frames, windows::of_group) };
    let negative = modality.get(0).can_be_negative(facts.bits_stored, facts.is_signed());
    let voi_luts = ByFrame {
        common: voi_luts::read(values, negative),
        own: groups.by_frame(frames, |group| voi_luts::of_group(group, negative)),
    };
    let palette =
        (facts.photometric == Photometric::Palette).then(|| Palette::read(values, facts.is_signed())).transpose()?;
    let meta = meta(&data_set, &facts, modality.get(0), frames, remarks);
    let bytes = data_set.bytes.clone();
    let source =
        Source { path: path.to_path_buf(), bytes, table, packing, facts, modality, windows, voi_luts, palette };
    Ok(Opened { size: facts.size, frames, meta, source })
}

/// How the frames are packed; a sentence for syntaxes that hold no still frames.
fn packing(data_set: &DataSet, pixels: &elements::PixelElement, facts: &ImageFacts) -> Result<Packing, Fault> {
    let compression = match (data_set.syntax.compression, pixels.length) {
        // Native pixel data under a compressed syntax: some writers forget to change it.
        (_, Some(_)) => Compression::None,
        (Compression::None, None) => Compression::Encapsulated,
        (Compression::Unknown, None) => {
            let hint = "Videos and unknown encodings do not open; export still pictures.";
            return Err(Fault::unsupported(format!("the transfer syntax {}", data_set.syntax.name()), hint));
        }
        (compression, None) => compression,
    };
    if data_set.syntax.compression == Compression::Unknown && pixels.length.is_some() {
        let hint = "Export the picture under a standard transfer syntax.";
        return Err(Fault::unsupported(format!("the transfer syntax {}", data_set.syntax.name()), hint));
    }
    let big_endian = data_set.encoding.big_endian;
    let swapped_bytes = big_endian && facts.bits_allocated == 8 && pixels.is_ow;
    Ok(Packing { compression, big_endian, swapped_bytes })
}

fn meta(data_set: &DataSet, facts: &ImageFacts, modality: &Modality, frames: usize, mut remarks: Vec<String>) -> Meta {
    let values = data_set.values();
    let space = geometry::read(values, frames);
    remarks.extend(space.remark.clone());
    let polarity = match facts.photometric {
        Photometric::Monochrome1 => Some(Polarity::LowIsWhite),
        Photometric::Monochrome2 => Some(Polarity::HighIsWhite),
        _ => None,
    };
    Meta {
        modality: values.text(Tag(0x0008, 0x0060)),
        body_part: values.text(Tag(0x0018, 0x0015)),
        photometric: values.text(Tag(0x0028, 0x0004)),
        polarity,
        bits_stored: u16::try_from(facts.bits_stored).ok(),
        unit: facts::unit(values, modality),
        spacing: space.spacing,
        spacing_place: space.spacing_place,
        slice_spacing_mm: space.slice_spacing_mm,
        stack_problem: space.stack_problem,
        patient_from_voxel: space.patient_from_voxel,
        patient_space: patient::space(values),
        edges_without_place: patient::edge_letters(values),
        laterality: patient::laterality(values),
        suv: suv::read(data_set),
        encoding: data_set.syntax.name(),
        identity: identity::read(data_set),
        facts: facts::read(data_set, space.spacing_source),
        remarks,
        ..Meta::default()
    }
}

impl Source {
    /// Frame `index` in modality units, or as RGB.
    pub fn frame(&self, index: usize) -> Result<Frame, ScanError> {
        self.decode(index).map_err(|fault| fault.at(&self.path))
    }

    /// The VOI LUTs that the header offers for frame `index`, the first one first.
    pub fn voi_luts(&self, index: usize) -> Vec<Arc<VoiLut>> {
        self.voi_luts.get(index).clone()
    }

    /// Stored values of frame `index`: masked and sign-extended integers, YBR as RGB, palette pictures as indices.
    /// What reference libraries call the pixel array: tests compare it.
    #[cfg(test)]
    pub fn stored(&self, index: usize) -> Result<Stored, ScanError> {
        self.decode_stored(index).map_err(|fault| fault.at(&self.path))
    }

    fn decode_stored(&self, index: usize) -> Result<Stored, Fault> {
        let frames = self.table.frames();
        if index >= frames {
            return Err(Fault::NoSuchFrame { frames, index });
        }
        let frame = self.table.frame(&self.bytes, index)?;
        pixels::stored(frame, &self.packing, &self.facts)
    }

    fn decode(&self, index: usize) -> Result<Frame, Fault> {
        let modality = self.modality.get(index);
        let pixels = match self.table.native_offset(index) {
            Some(offset) if pixels::is_plain_gray(&self.packing, &self.facts) => {
                let mut run = self.bytes.run(offset)?;
                pixels::plain_gray(|length| run.next(length), &self.packing, &self.facts, modality)?
            }
            _ => pixels::finish(self.decode_stored(index)?, &self.facts, modality, self.palette.as_ref())?,
        };
        let eight_bit_picture = match pixels {
            Pixels::Rgb(_) => true,
            Pixels::Gray(_) => {
                self.facts.bits_stored == 8 && !self.facts.is_signed() && *modality == Modality::Identity
            }
        };
        Ok(Frame { pixels, windows: self.windows.get(index).clone(), eight_bit_picture })
    }
}
