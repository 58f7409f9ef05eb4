//! The header of a volume, checked: NIfTI-1 (348 bytes), NIfTI-2 (540 bytes), Analyze 7.5 (348 bytes, no magic).
//!
//! NIfTI-1 is parsed by the `nifti` crate; NIfTI-2, which it lacks, here (nifti2.h). What holds after parsing, and
//! what is refused, follows nibabel 5.4.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nifti::{NiftiHeader, NiftiType};

use super::super::samples::SampleType;
use super::super::{Format, IdentifyingTag, ScanError, region};

const HEADER_1_BYTES: usize = 348;
const HEADER_2_BYTES: usize = 540;
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
    dim: [i64; 8],
    /// NIFTI_TYPE_* code.
    datatype: i16,
    /// `pixdim[0..8]`, `pixdim[0]` being qfac.
    pub pixdim: [f64; 8],
    /// Byte of the first voxel.
    pub data_offset: u64,
    slope: f64,
    intercept: f64,
    pub qform_code: i64,
    pub sform_code: i64,
    /// `quatern_b`, `quatern_c`, `quatern_d`.
    pub quatern: [f64; 3],
    pub qoffset: [f64; 3],
    pub srow: [[f64; 4]; 3],
    /// `cal_min`, `cal_max`.
    pub display_range: (f64, f64),
    xyzt_units: u8,
    descrip: Vec<u8>,
    aux_file: Vec<u8>,
    db_name: Vec<u8>,
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

/// True where `start` (at least 540 bytes of a longer file) begins with a NIfTI or Analyze header.
pub fn looks_like(start: &[u8]) -> bool {
    match kind(start) {
        Some((Format::Analyze, big_endian)) => plausible_analyze(start, big_endian),
        Some(_) => true,
        None => false,
    }
}

/// Format and byte order, from sizeof_hdr and magic.
fn kind(start: &[u8]) -> Option<(Format, bool)> {
    let size: [u8; 4] = start.get(..4)?.try_into().ok()?;
    let (size, big_endian) = match (i32::from_le_bytes(size), i32::from_be_bytes(size)) {
        (348 | 540, _) => (i32::from_le_bytes(size), false),
        (_, swapped @ (348 | 540)) => (swapped, true),
        _ => return None,
    };
    if size == 540 {
        let magic = start.get(4..8)?;
        return (start.len() >= HEADER_2_BYTES && matches!(magic, b"n+2\0" | b"ni2\0"))
            .then_some((Format::Nifti2, big_endian));
    }
    match start.get(344..HEADER_1_BYTES)? {
        b"n+1\0" | b"ni1\0" => Some((Format::Nifti1, big_endian)),
        _ => Some((Format::Analyze, big_endian)),
    }
}

/// Analyze has no magic: dimensions and datatype must make sense.
fn plausible_analyze(start: &[u8], big_endian: bool) -> bool {
    let field = |at: usize| {
        let bytes: [u8; 2] = start.get(at..at + 2)?.try_into().ok()?;
        Some(if big_endian { i16::from_be_bytes(bytes) } else { i16::from_le_bytes(bytes) })
    };
    let (Some(rank), Some(datatype), Some(bits)) = (field(40), field(70), field(72)) else { return false };
    let known = matches!((datatype, bits), (2, 8) | (4, 16) | (8, 32) | (16, 32) | (32, 64) | (64, 64) | (128, 24));
    (1..=7).contains(&rank) && known && (1..=rank as usize).all(|axis| field(40 + 2 * axis).is_some_and(|n| n > 0))
}

/// Reads the header of `path`; also says whether the file is gzip.
pub fn read(path: &Path) -> Result<(Header, bool), ScanError> {
    let io = |source| ScanError::Read { path: path.into(), source };
    let mut start = Vec::new();
    File::open(path).map_err(io)?.take(HEADER_2_BYTES as u64).read_to_end(&mut start).map_err(io)?;
    let gzip = start.starts_with(&[0x1f, 0x8b]);
    if gzip {
        start.clear();
        region::gunzip(path)?.take(HEADER_2_BYTES as u64).read_to_end(&mut start).map_err(|error| {
            ScanError::Damaged { path: path.into(), what: format!("its compressed data is broken ({error})") }
        })?;
    }
    let damaged = |what: &str| ScanError::Damaged { path: path.into(), what: what.into() };
    let header = match kind(&start) {
        Some((format @ (Format::Nifti1 | Format::Analyze), big_endian)) => parse_1(&start, format, big_endian),
        Some((_, big_endian)) => parse_2(&start, big_endian),
        None => None,
    };
    let header = header.ok_or_else(|| damaged("its NIfTI header is cut"))?;
    header.checked(path).map(|header| (header, gzip))
}

/// 348-byte headers, through the `nifti` crate. Analyze shares the fields that matter here; SPM kept its scale factor
/// where NIfTI has scl_slope.
fn parse_1(start: &[u8], format: Format, big_endian: bool) -> Option<Header> {
    let mut bytes: [u8; HEADER_1_BYTES] = start.get(..HEADER_1_BYTES)?.try_into().ok()?;
    let single_file = bytes.get(344..)? == b"n+1\0";
    if format == Format::Analyze {
        // The crate insists on NIfTI's magic.
        bytes.get_mut(344..)?.copy_from_slice(b"ni1\0");
    }
    let h = NiftiHeader::from_reader(bytes.as_slice()).ok()?;
    // The crate tells the byte order from dim[0], we from sizeof_hdr: both must agree.
    if h.sizeof_hdr != HEADER_1_BYTES as i32 {
        return None;
    }
    let is_nifti = format == Format::Nifti1;
    let wide = |row: [f32; 4]| row.map(f64::from);
    Some(Header {
        format,
        big_endian,
        single_file,
        dim: h.dim.map(|n| i64::from(n as i16)),
        datatype: h.datatype,
        pixdim: h.pixdim.map(f64::from),
        data_offset: offset(f64::from(h.vox_offset))?,
        slope: f64::from(h.scl_slope),
        intercept: if is_nifti { f64::from(h.scl_inter) } else { 0.0 },
        qform_code: if is_nifti { i64::from(h.qform_code) } else { 0 },
        sform_code: if is_nifti { i64::from(h.sform_code) } else { 0 },
        quatern: [h.quatern_b, h.quatern_c, h.quatern_d].map(f64::from),
        qoffset: [h.quatern_x, h.quatern_y, h.quatern_z].map(f64::from),
        srow: [wide(h.srow_x), wide(h.srow_y), wide(h.srow_z)],
        display_range: (f64::from(h.cal_min), f64::from(h.cal_max)),
        xyzt_units: if is_nifti { h.xyzt_units } else { 0 },
        descrip: h.descrip,
        aux_file: h.aux_file.to_vec(),
        db_name: h.db_name.to_vec(),
        remarks: Vec::new(),
    })
}

/// 540-byte headers (nifti2.h gives the offsets).
fn parse_2(start: &[u8], big_endian: bool) -> Option<Header> {
    let fields = Fields { bytes: start.get(..HEADER_2_BYTES)?, big_endian };
    let floats = |at: usize, n: usize| (0..n).map(|i| fields.f64(at + 8 * i)).collect::<Option<Vec<_>>>();
    Some(Header {
        format: Format::Nifti2,
        big_endian,
        single_file: start.get(4..8)? == b"n+2\0",
        dim: (0..8).map(|i| fields.i64(16 + 8 * i)).collect::<Option<Vec<_>>>()?.try_into().ok()?,
        datatype: i16::from_ne_bytes(fields.take(12)?),
        pixdim: floats(104, 8)?.try_into().ok()?,
        data_offset: u64::try_from(fields.i64(168)?).ok()?,
        slope: fields.f64(176)?,
        intercept: fields.f64(184)?,
        qform_code: i64::from(fields.i32(344)?),
        sform_code: i64::from(fields.i32(348)?),
        quatern: floats(352, 3)?.try_into().ok()?,
        qoffset: floats(376, 3)?.try_into().ok()?,
        srow: [floats(400, 4)?.try_into().ok()?, floats(432, 4)?.try_into().ok()?, floats(464, 4)?.try_into().ok()?],
        display_range: (fields.f64(200)?, fields.f64(192)?),
        xyzt_units: u8::try_from(fields.i32(500)?).unwrap_or(0),
        descrip: start.get(240..320)?.to_vec(),
        aux_file: start.get(320..344)?.to_vec(),
        db_name: Vec::new(),
        remarks: Vec::new(),
    })
}

struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Fields<'_> {
    /// The field at byte `at` in this machine's byte order.
    fn take<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let mut bytes: [u8; N] = self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()?;
        if self.big_endian != cfg!(target_endian = "big") {
            bytes.reverse();
        }
        Some(bytes)
    }

    fn i32(&self, at: usize) -> Option<i32> {
        self.take(at).map(i32::from_ne_bytes)
    }

    fn i64(&self, at: usize) -> Option<i64> {
        self.take(at).map(i64::from_ne_bytes)
    }

    fn f64(&self, at: usize) -> Option<f64> {
        self.take(at).map(f64::from_ne_bytes)
    }
}

/// NIfTI-1 keeps the offset as a float.
fn offset(value: f64) -> Option<u64> {
    (value.is_finite() && (0.0..9e15).contains(&value)).then_some(value as u64)
}

impl Header {
    /// Repairs what nibabel repairs and refuses what it refuses.
    fn checked(mut self, path: &Path) -> Result<Self, ScanError> {
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
