//! What a file says about its pixels and its person.

use crate::geometry::{Affine3, EdgeLetters, PixelSpacing};

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Dicom,
    Nifti1,
    Nifti2,
    /// Analyze 7.5, NIfTI's ancestor.
    Analyze,
    Png,
    Jpeg,
    Tiff,
    Bmp,
    Npy,
}

/// Which end of the value range is shown white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// MONOCHROME2 and every other format: high values are white.
    HighIsWhite,
    /// MONOCHROME1: low values are white.
    LowIsWhite,
}

/// A VOI window (0028,1050) (0028,1051) in modality units, with its function (PS3.3 C.11.2).
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Window {
    pub center: f64,
    pub width: f64,
    /// Window Center & Width Explanation (0028,1055), or the preset's name.
    pub name: Option<String>,
    /// VOI LUT Function (0028,1056).
    pub function: WindowFunction,
}

/// VOI LUT Function (0028,1056).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowFunction {
    #[default]
    Linear,
    LinearExact,
    Sigmoid,
}

/// Where a pixel spacing holds (PS3.3 section 10.7.1.3, and CP-586 for projection X-rays).
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpacingPlace {
    /// In the body: slices.
    Body,
    /// At the detector of a projection X-ray, where everything is larger than in the body. `magnification` is Estimated
    /// Radiographic Magnification Factor (0018,1114), above 1, and is not applied.
    Detector { magnification: Option<f64> },
    /// In the body, or in the plane of an object of known size: corrected for magnification. `how` is Pixel Spacing
    /// Calibration Type (0028,0A02), `GEOMETRY` or `FIDUCIAL`.
    Calibrated { how: Option<String> },
    /// On the film or paper that was scanned.
    Film,
    /// A projection X-ray that does not say at which depth its spacing holds.
    Unstated,
}

/// The space that a scan's patient coordinates are in, by the file's own word.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientSpace {
    /// Frame of Reference UID (0020,0052).
    FrameOfReference(String),
    /// NIfTI's code of the affine that holds, `sform_code` or else `qform_code`: 1 scanner, 2 aligned to another scan,
    /// 3 Talairach, 4 MNI 152, 5 another template.
    NiftiCode(i64),
}

/// An attribute that identifies a person or a visit (PS3.15 table E.1-1), hidden until asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct IdentifyingTag {
    /// `(gggg,eeee)` for DICOM; the field's name elsewhere.
    pub tag: String,
    /// DICOM keyword, e.g. `PatientName`.
    pub keyword: String,
    pub value: String,
}

/// Which modality a volume is of, where its format has no field for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModalityHint {
    /// DICOM's code for it, and what says so in words.
    Says { modality: String, by: &'static str },
    /// Nothing says it.
    Silent,
}

/// Facts that hold for every frame of a scan. `None` means that the file does not say.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// DICOM Modality (0008,0060): `MR`, `PT`, `CT`, `CR`, `DX`…
    pub modality: Option<String>,
    /// Of a format that has no field for the modality, what stands around the values; `None` for pictures, of which
    /// nothing is expected.
    pub modality_hint: Option<ModalityHint>,
    /// Body Part Examined (0018,0015).
    pub body_part: Option<String>,
    /// Photometric Interpretation (0028,0004), as written.
    pub photometric: Option<String>,
    pub polarity: Option<Polarity>,
    /// Bits Stored (0028,0101), or bits per sample of a picture.
    pub bits_stored: Option<u16>,
    /// What the values are in: `HU`, `BQML`, `SUV`…
    pub unit: Option<String>,
    pub spacing: Option<PixelSpacing>,
    /// Where `spacing` holds; `None` without a spacing.
    pub spacing_place: Option<SpacingPlace>,
    /// Distance between neighbouring frames' centres, mm.
    pub slice_spacing_mm: Option<f64>,
    /// A sentence why the frames are no evenly filled volume, where they are several and not one.
    pub stack_problem: Option<String>,
    /// `(col, row, frame)` to LPS mm. For a single slice the third column is the slice normal. Where the frames are
    /// several volumes one after the other, `frame` counts within a volume.
    pub patient_from_voxel: Option<Affine3>,
    /// Slices of one volume where the frames are several volumes, one after the other; `None` for one volume.
    pub slices_per_volume: Option<usize>,
    /// What `patient_from_voxel` goes to; `None` where the file does not say.
    pub patient_space: Option<PatientSpace>,
    /// What lies beyond the edges of a picture by its header's directions alone, Image Orientation (Patient) or Patient
    /// Orientation (0020,0020): for those without a place in space. Ask [`Meta::edge_letters`].
    pub edges_without_place: Option<EdgeLetters>,
    /// Laterality (0020,0060) or Image Laterality (0020,0062): `R`, `L`, `B` both, `U` unpaired.
    pub laterality: Option<char>,
    /// What a PET value is multiplied with to give the SUV by body weight, g/ml; or the sentence why there is none.
    /// `None` for everything but PET.
    pub suv: Option<Result<f64, String>>,
    /// EXIF orientation 1..=8 of a picture (TIFF 6.0 tag 274), not applied to the frames; 0 where the file does not
    /// say. [`super::upright`] applies it.
    pub exif_orientation: u8,
    /// Transfer syntax or encoding in words.
    pub encoding: String,
    /// Who and when: never shown, logged or exported unless asked.
    pub identity: Vec<IdentifyingTag>,
    /// Harmless facts for the information panel: keyword and value.
    pub facts: Vec<(String, String)>,
    /// Sentences about what was assumed or repaired while reading.
    pub remarks: Vec<String>,
}

impl Meta {
    /// What lies beyond the edges of a frame as stored: from its place in space, else from its header's directions.
    pub fn edge_letters(&self) -> Option<EdgeLetters> {
        let in_space = self.patient_from_voxel.as_ref().and_then(EdgeLetters::from_affine);
        in_space.or_else(|| self.edges_without_place.clone())
    }
}
