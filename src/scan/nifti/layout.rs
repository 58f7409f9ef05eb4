//! The bytes of a header: NIfTI-1 (348 bytes), NIfTI-2 (540 bytes), Analyze 7.5 (348 bytes, no magic).
//!
//! NIfTI-1 is parsed by the `nifti` crate; NIfTI-2, which it lacks, here (nifti2.h).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nifti::NiftiHeader;

use super::super::{Format, ScanError, region};
use super::header::Header;

const HEADER_1_BYTES: usize = 348;
const HEADER_2_BYTES: usize = 540;

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
