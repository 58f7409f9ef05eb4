//! What a volume's header means: shape, type, scaling, units. What is repaired and what is refused follows nibabel 5.4.

use std::path::Path;

use nifti::{NiftiHeader, NiftiType};

use super::super::samples::SampleType;
use super::super::{Format, IdentifyingTag, ScanError};

/// Where values may begin at the earliest in a single file.
const SINGLE_FILE_OFFSET_1: u64 = 352;
const SINGLE_FILE_OFFSET_2: u64 = 544;

/// What of a header matters here, widened to NIfTI-2's types.
#[derive(Clone, Debug)]
pub struct Header {
    pub format: Format,
    pub big_endian: bool,
    /// False for the `.hdr` file of a pair.
    pub single_file: bool,
    /// `dim[0..8]`.
    pub dim: [i64; 8],
    /// NIFTI_TYPE_* code.
    pub datatype: i16,
    /// `pixdim[0..8]`, `pixdim[0]` being qfac.
    pub pixdim: [f64; 8],
    /// Byte of the first voxel.
    pub data_offset: u64,
    pub slope: f64,
    pub intercept: f64,
    pub qform_code: i64,
    pub sform_code: i64,
    /// `quatern_b`, `quatern_c`, `quatern_d`.
    pub quatern: [f64; 3],
    pub qoffset: [f64; 3],
    pub srow: [[f64; 4]; 3],
    /// `cal_min`, `cal_max`.
    pub display_range: (f64, f64),
    pub xyzt_units: u8,
    pub descrip: Vec<u8>,
    pub aux_file: Vec<u8>,
    pub db_name: Vec<u8>,
    /// What was repaired while reading.
    pub remarks: Vec<String>,
}

/// Shape of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dims {
    /// Along the three space axes, in file order.
    pub space: [usize; 3],
    /// Product of the axes above the third.
    pub volumes: usize,
}

/// Type of the voxels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Values {
    Number(SampleType),
    /// 8-bit colour, interleaved; 4 channels are red, green, blue, alpha.
    Colour {
        channels: usize,
    },
}

impl Header {
    /// Repairs what nibabel repairs and refuses what it refuses.
    pub fn checked(mut self, path: &Path) -> Result<Self, ScanError> {
        let damaged = |what: String| Err(ScanError::Damaged { path: path.into(), what });
        if self.single_file {
            let least = if self.format == Format::Nifti2 { SINGLE_FILE_OFFSET_2 } else { SINGLE_FILE_OFFSET_1 };
            if self.data_offset == 0 {
                self.data_offset = least;
                self.remarks.push(format!("The header does not say where the values begin; byte {least} is taken."));
            } else if self.data_offset < least {
                return damaged(format!("its values are said to begin inside the header (byte {})", self.data_offset));
            }
        }
        for (axis, size) in self.pixdim.iter_mut().enumerate().skip(1).take(3) {
            let said = *size;
            if !said.is_finite() || said == 0.0 {
                *size = 1.0;
            } else if said < 0.0 {
                *size = -said;
            }
            // Axes that the file does not have may say anything.
            if *size != said && self.dim.first().is_some_and(|rank| axis as i64 <= *rank) {
                self.remarks.push(format!("The voxel size {said} along axis {axis} is read as {size}."));
            }
        }
        if self.pixdim[0] != 1.0 && self.pixdim[0] != -1.0 {
            self.pixdim[0] = 1.0;
        }
        for code in [&mut self.qform_code, &mut self.sform_code] {
            if !(0..=5).contains(code) {
                self.remarks.push(format!("The transform code {code} does not exist and is read as 0."));
                *code = 0;
            }
        }
        Ok(self)
    }

    /// Shape of the data; one to seven axes.
    pub fn dims(&self, path: &Path) -> Result<Dims, ScanError> {
        let damaged = |what: String| ScanError::Damaged { path: path.into(), what };
        let rank = usize::try_from(self.dim[0]).ok().filter(|rank| (1..=7).contains(rank));
        let rank = rank.ok_or_else(|| damaged(format!("its header declares {} dimensions", self.dim[0])))?;
        let mut lengths = [1usize; 7];
        for (length, declared) in lengths.iter_mut().zip(self.dim.iter().skip(1)).take(rank) {
            *length = usize::try_from(*declared)
                .ok()
                .filter(|n| *n > 0)
                .ok_or_else(|| damaged(format!("its header declares an axis of length {declared}")))?;
        }
        let [x, y, z, above @ ..] = lengths;
        let volumes = above.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
        let volumes = volumes.ok_or_else(|| damaged("its dimensions overflow".into()))?;
        Ok(Dims { space: [x, y, z], volumes })
    }

    /// Type of the voxels, or the sentence why they cannot be read.
    pub fn values(&self, path: &Path) -> Result<Values, ScanError> {
        let refused = |what: &str, hint: &str| {
            Err(ScanError::Unsupported { path: path.into(), what: what.into(), hint: hint.into() })
        };
        let kind = num_type(self.datatype);
        Ok(match kind {
            Some(NiftiType::Uint8) => Values::Number(SampleType::U8),
            Some(NiftiType::Int8) => Values::Number(SampleType::I8),
            Some(NiftiType::Uint16) => Values::Number(SampleType::U16),
            Some(NiftiType::Int16) => Values::Number(SampleType::I16),
            Some(NiftiType::Uint32) => Values::Number(SampleType::U32),
            Some(NiftiType::Int32) => Values::Number(SampleType::I32),
            Some(NiftiType::Uint64) => Values::Number(SampleType::U64),
            Some(NiftiType::Int64) => Values::Number(SampleType::I64),
            Some(NiftiType::Float32) => Values::Number(SampleType::F32),
            Some(NiftiType::Float64) => Values::Number(SampleType::F64),
            Some(NiftiType::Rgb24) => Values::Colour { channels: 3 },
            Some(NiftiType::Rgba32) => Values::Colour { channels: 4 },
            Some(NiftiType::Complex64 | NiftiType::Complex128 | NiftiType::Complex256) => {
                return refused("complex numbers", "Save the magnitude as a volume of its own.");
            }
            Some(NiftiType::Float128) => return refused("128-bit floats", "Save the volume as float32."),
            None => {
                let what = format!("datatype {}, which NIfTI does not define", self.datatype);
                return Err(ScanError::Damaged { path: path.into(), what: format!("its header declares {what}") });
            }
        })
    }

    /// Slope and intercept; `None` where the header does not scale (slope 0 or not finite, as nibabel has it).
    pub fn scale(&self, path: &Path) -> Result<Option<(f64, f64)>, ScanError> {
        if self.slope == 0.0 || !self.slope.is_finite() || (self.slope == 1.0 && self.intercept == 0.0) {
            return Ok(None);
        }
        if !self.intercept.is_finite() {
            let what = format!("its header scales values by {} and adds {}", self.slope, self.intercept);
            return Err(ScanError::Damaged { path: path.into(), what });
        }
        Ok(Some((self.slope, self.intercept)))
    }

    /// Millimetres in the header's unit of length: NIFTI_UNITS_METER, _MM, _MICRON; millimetres where it does not say.
    pub fn mm_per_unit(&self) -> f64 {
        match self.xyzt_units & 0x07 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        }
    }

    /// Voxel sizes along the file's axes, mm.
    pub fn voxel_mm(&self) -> [f64; 3] {
        [1, 2, 3].map(|axis: usize| self.pixdim.get(axis).copied().unwrap_or(1.0) * self.mm_per_unit())
    }

    pub fn affine_source(&self) -> &'static str {
        match (self.sform_code, self.qform_code) {
            (0, 0) => "voxel sizes alone",
            (0, _) => "qform",
            _ => "sform",
        }
    }

    /// The code of the affine that holds; `None` where the header declares no space.
    pub fn space_code(&self) -> Option<i64> {
        [self.sform_code, self.qform_code].into_iter().find(|code| *code != 0)
    }

    pub fn encoding(&self, values: &Values, gzip: bool) -> String {
        let format = match self.format {
            Format::Nifti2 => "NIfTI-2",
            Format::Analyze => "Analyze 7.5",
            _ => "NIfTI-1",
        };
        let order = if self.big_endian { "big endian" } else { "little endian" };
        let packing = if gzip { ", gzip" } else { "" };
        format!("{format}, {}, {order}{packing}", values.name())
    }

    /// Free text fields, which may name a person or a visit.
    pub fn identity(&self) -> Vec<IdentifyingTag> {
        [("descrip", &self.descrip), ("aux_file", &self.aux_file), ("db_name", &self.db_name)]
            .into_iter()
            .filter_map(|(tag, bytes)| {
                let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
                let value = String::from_utf8_lossy(text).trim().to_owned();
                (!value.is_empty()).then(|| IdentifyingTag { tag: tag.into(), keyword: tag.into(), value })
            })
            .collect()
    }
}

/// The crate's name of a NIFTI_TYPE_* code.
fn num_type(code: i16) -> Option<NiftiType> {
    NiftiHeader { datatype: code, ..NiftiHeader::default() }.data_type().ok()
}
