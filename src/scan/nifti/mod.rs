//! NIfTI-1, NIfTI-2 (`.nii`, `.nii.gz`, `.hdr` + `.img`) and Analyze 7.5 volumes as stacks of axial slices.
//!
//! In: a path. Out: frames `[rows, cols]` in scaled units (`scl_slope * stored + scl_inter`, computed in f64), the
//! volume reoriented to the closest canonical axes as nibabel's `as_closest_canonical` does, but in DICOM's sense:
//! columns run to the patient's Left, rows to Posterior, slices to Superior. Nothing is resampled. Frames of a 4-D file
//! are volume by volume. Lengths are in mm.
//!
//! The header decides which affine holds (sform, else qform, else voxel sizes alone), as in nibabel 5.4. Complex
//! numbers, 1-bit and 128-bit values are refused in words.

mod affine;
mod axes;
mod header;
mod layout;
mod modality;
mod pair;

use std::path::Path;

use super::region::Region;
use super::samples::{Plan, SampleType, gather, gather_rgb};
use super::{Frame, Limits, Meta, Opened, PatientSpace, Pixels, ScanError, SpacingPlace, Window, WindowFunction};
use crate::geometry::{PixelSpacing, Size};
use axes::Reorientation;
use header::{Header, Values};
pub(super) use layout::looks_like;
pub(super) use pair::header_of_image;

/// Where the slices of a volume lie.
#[derive(Debug)]
pub(super) struct Source {
    region: Region,
    values: Values,
    big_endian: bool,
    /// Slope and intercept, where the header scales.
    scale: Option<(f64, f64)>,
    axes: Reorientation,
    windows: Vec<Window>,
}

/// Reads the header of the volume at `path` (the `.hdr` file of a pair).
pub(super) fn open(path: &Path, limits: &Limits) -> Result<(super::Format, Opened<Source>), ScanError> {
    let (header, gzip) = layout::read(path)?;
    let values = header.values(path)?;
    let scale = header.scale(path)?;
    let dims = header.dims(path)?;
    let mut remarks = header.remarks.clone();
    let axes = Reorientation::new(dims.space, affine::ras_from_voxel(path, &header, &mut remarks)?, &mut remarks);
    let size = Size::new(axes.rows.len, axes.cols.len);
    limits.check_frame(path, size, 4)?;
    let damaged = |what: &str| ScanError::Damaged { path: path.into(), what: what.into() };
    let frames = axes.slices.len.checked_mul(dims.volumes).ok_or_else(|| damaged("its dimensions overflow"))?;
    let bytes = size
        .pixels()
        .and_then(|n| n.checked_mul(frames))
        .and_then(|n| n.checked_mul(values.width()))
        .ok_or_else(|| damaged("its dimensions overflow"))? as u64;
    let (data_path, gzip) = if header.single_file { (path.to_path_buf(), gzip) } else { pair::image_of_header(path)? };
    let region = Region::new(&data_path, header.data_offset, bytes, gzip, limits)?;
    let spacing = axes.patient_from_voxel.map(|affine| [0, 1, 2].map(|axis| affine.step_length(axis)));
    let spacing = spacing.unwrap_or(axes.file_spacing(&header.voxel_mm()));
    let meta = Meta {
        bits_stored: Some(8 * (values.width() / values.channels()) as u16),
        spacing: Some(PixelSpacing { row_mm: spacing[1], col_mm: spacing[0] }),
        spacing_place: Some(SpacingPlace::Body),
        modality_hint: Some(modality::hint(path, &header.descrip)),
        patient_space: header.space_code().filter(|_| axes.patient_from_voxel.is_some()).map(PatientSpace::NiftiCode),
        slice_spacing_mm: (axes.slices.len > 1).then_some(spacing[2]),
        patient_from_voxel: axes.patient_from_voxel,
        slices_per_volume: (dims.volumes > 1).then_some(axes.slices.len),
        encoding: header.encoding(&values, gzip),
        identity: header.identity(),
        facts: facts(&header, &dims, &axes, scale),
        remarks,
        ..Meta::default()
    };
    let windows = window(&header).into_iter().collect();
    let source = Source { region, values, big_endian: header.big_endian, scale, axes, windows };
    Ok((header.format, Opened { size, frames, meta, source }))
}

impl Source {
    /// Decodes frame `index` (volume by volume, foot to head), counted from 0 and known to exist.
    pub fn frame(&self, path: &Path, index: usize, limits: &Limits) -> Result<Frame, ScanError> {
        let outside = || ScanError::Damaged { path: path.into(), what: "a frame lies outside its values".into() };
        let axes = &self.axes;
        let volume = index / axes.slices.len.max(1);
        let slice = axes.slices.in_file(index % axes.slices.len.max(1));
        let volume_bytes = axes.voxels().and_then(|n| n.checked_mul(self.values.width())).ok_or_else(outside)?;
        let volume_start = volume.checked_mul(volume_bytes).ok_or_else(outside)?;
        let mut plan = Plan {
            size: Size::new(axes.rows.len, axes.cols.len),
            start: axes.rows.first().checked_add(axes.cols.first()).ok_or_else(outside)?,
            row_step: axes.rows.step(),
            col_step: axes.cols.step(),
        };
        let slice_start = slice.checked_mul(axes.slices.stride).ok_or_else(outside)?;
        let pixels = if axes.slices_are_planes() && !self.region.is_gzip() {
            let plane_bytes = axes.slices.stride.checked_mul(self.values.width()).ok_or_else(outside)?;
            let start = slice.checked_mul(plane_bytes).and_then(|n| n.checked_add(volume_start)).ok_or_else(outside)?;
            self.pixels(&self.region.part(start as u64, plane_bytes)?, &plan)
        } else {
            let (into, bytes) = self.region.kept(volume_start as u64, volume_bytes as u64, limits)?;
            let bytes = bytes.get(usize::try_from(into).map_err(|_| outside())?..).ok_or_else(outside)?;
            plan.start = plan.start.checked_add(slice_start).ok_or_else(outside)?;
            self.pixels(bytes, &plan)
        };
        let pixels = pixels.ok_or_else(outside)?;
        Ok(Frame { pixels, windows: self.windows.clone(), eight_bit_picture: false })
    }

    fn pixels(&self, bytes: &[u8], plan: &Plan) -> Option<Pixels> {
        match self.values {
            Values::Number(sample) => gather(bytes, sample, self.big_endian, plan, self.scale).map(Pixels::Gray),
            Values::Colour { channels } => gather_rgb(bytes, channels, plan).map(Pixels::Rgb),
        }
    }
}

/// The display range a header may suggest.
fn window(header: &Header) -> Option<Window> {
    let (low, high) = header.display_range;
    (low.is_finite() && high.is_finite() && low < high).then(|| Window {
        center: low / 2.0 + high / 2.0,
        width: high - low,
        name: Some("cal_min to cal_max".into()),
        function: WindowFunction::LinearExact,
    })
}

fn facts(
    header: &Header,
    dims: &header::Dims,
    axes: &Reorientation,
    scale: Option<(f64, f64)>,
) -> Vec<(String, String)> {
    let [x, y, z] = dims.space;
    let mut facts = vec![("Dimensions".to_owned(), format!("{x} x {y} x {z}"))];
    if dims.volumes > 1 {
        facts.push(("Volumes".into(), dims.volumes.to_string()));
    }
    if let Some(codes) = axes.stored_codes {
        facts.push(("StoredAxes".into(), codes.iter().collect()));
    }
    if let Some((slope, intercept)) = scale {
        facts.push(("Scaling".into(), format!("{slope} * stored + {intercept}")));
    }
    facts.push(("AffineFrom".into(), header.affine_source().into()));
    facts
}

impl Values {
    /// Bytes of one voxel.
    fn width(&self) -> usize {
        match self {
            Self::Number(sample) => sample.width(),
            Self::Colour { channels } => *channels,
        }
    }

    fn channels(&self) -> usize {
        match self {
            Self::Number(_) => 1,
            Self::Colour { channels } => *channels,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Number(SampleType::U8) => "uint8",
            Self::Number(sample) => sample.name(),
            Self::Colour { channels: 3 } => "RGB24",
            Self::Colour { .. } => "RGBA32",
        }
    }
}
