//! NumPy `.npy` arrays: `[H, W]`, `[N, H, W]`, and 8-bit colour `[H, W, 3]`, `[N, H, W, 3]`.
//!
//! Numbers of 8 to 64 bits, integer, unsigned, float (also float16 and bool), both byte orders, C and Fortran order.
//! A last axis of 3 means colour for uint8 and is an ordinary axis for every other type; a last axis of 1 is dropped.
//! Values pass unchanged; uint8 arrays count as 8-bit pictures. Nothing is said about spacing or orientation.

mod header;

use std::path::Path;

use super::region::Region;
use super::samples::{Plan, SampleType, gather, gather_rgb};
use super::{Frame, Limits, Meta, Opened, Pixels, ScanError};
use crate::geometry::Size;

/// First bytes of every `.npy` file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Where the frames of an array lie.
#[derive(Debug)]
pub(super) struct Source {
    region: Region,
    sample: SampleType,
    big_endian: bool,
    size: Size,
    colour: bool,
    /// Steps between frames, rows and columns, in pixels.
    steps: [usize; 3],
    /// True where one frame's bytes lie together: only they are read.
    contiguous: bool,
}

/// Reads the header of the `.npy` file at `path`.
pub(super) fn open(path: &Path, limits: &Limits) -> Result<Opened<Source>, ScanError> {
    let header = header::read(path)?;
    let axes = Axes::new(path, &header)?;
    let size = Size::new(axes.lengths[1], axes.lengths[2]);
    limits.check_frame(path, size, if axes.colour { 3 } else { 4 })?;
    let pixel_bytes = header.sample.width() * if axes.colour { 3 } else { 1 };
    let bytes = axes
        .lengths
        .iter()
        .try_fold(pixel_bytes, |product, n| product.checked_mul(*n))
        .and_then(|bytes| u64::try_from(bytes).ok())
        .ok_or_else(|| ScanError::Damaged { path: path.into(), what: "its shape overflows".into() })?;
    let region = Region::new(path, header.data_offset, bytes, false, limits)?;
    let meta = Meta {
        bits_stored: Some(8 * header.sample.width() as u16),
        encoding: header.encoding(),
        facts: vec![("Shape".into(), header.shape_text()), ("DataType".into(), header.sample.name().into())],
        ..Meta::default()
    };
    let source = Source {
        region,
        sample: header.sample,
        big_endian: header.big_endian,
        size,
        colour: axes.colour,
        steps: axes.steps,
        contiguous: !header.fortran_order,
    };
    Ok(Opened { size, frames: axes.lengths[0], meta, source })
}

impl Source {
    /// Decodes frame `index`, counted from 0 and known to exist.
    pub fn frame(&self, path: &Path, index: usize, limits: &Limits) -> Result<Frame, ScanError> {
        let outside = || ScanError::Damaged { path: path.into(), what: "a frame lies outside its values".into() };
        let [frame_step, row_step, col_step] = self.steps;
        let pixel_bytes = self.sample.width() * if self.colour { 3 } else { 1 };
        let first = index.checked_mul(frame_step).ok_or_else(outside)?;
        let mut plan = Plan {
            size: self.size,
            start: 0,
            row_step: isize::try_from(row_step).map_err(|_| outside())?,
            col_step: isize::try_from(col_step).map_err(|_| outside())?,
        };
        if self.contiguous {
            let len = self.size.pixels().and_then(|n| n.checked_mul(pixel_bytes)).ok_or_else(outside)?;
            let start = first.checked_mul(pixel_bytes).ok_or_else(outside)?;
            let bytes = self.region.part(start as u64, len)?;
            return self.decode(&bytes, &plan).ok_or_else(outside);
        }
        plan.start = first;
        let (_, bytes) = self.region.kept(0, self.region.len(), limits)?;
        self.decode(&bytes, &plan).ok_or_else(outside)
    }

    fn decode(&self, bytes: &[u8], plan: &Plan) -> Option<Frame> {
        let pixels = match (self.colour, self.contiguous) {
            (false, _) => Pixels::Gray(gather(bytes, self.sample, self.big_endian, plan, None)?),
            (true, true) => Pixels::Rgb(gather_rgb(bytes, 3, plan)?),
            (true, false) => Pixels::Rgb(self.planes(bytes, plan)?),
        };
        let eight_bit_picture = self.sample == SampleType::U8;
        Some(Frame { pixels, windows: Vec::new(), eight_bit_picture })
    }

    /// Fortran order keeps red, green and blue as three planes, one after the other.
    fn planes(&self, bytes: &[u8], plan: &Plan) -> Option<ndarray::Array3<u8>> {
        let plane_bytes = bytes.len() / 3;
        let mut out = ndarray::Array3::zeros((plan.size.rows, plan.size.cols, 3));
        for channel in 0..3 {
            let plane = bytes.get(channel * plane_bytes..)?;
            let values = gather(plane, SampleType::U8, false, plan, None)?;
            out.index_axis_mut(ndarray::Axis(2), channel).assign(&values.mapv(|v| v as u8));
        }
        Some(out)
    }
}

/// The array's axes as frames, rows, columns.
struct Axes {
    lengths: [usize; 3],
    /// In pixels.
    steps: [usize; 3],
    colour: bool,
}

impl Axes {
    fn new(path: &Path, header: &header::Header) -> Result<Self, ScanError> {
        let shape = header.shape.as_slice();
        let is_colour = |last: usize| last == 3 && header.sample == SampleType::U8;
        let (lengths, colour) = match *shape {
            [rows, cols] => ([1, rows, cols], false),
            [rows, cols, last] if is_colour(last) => ([1, rows, cols], true),
            [rows, cols, 1] => ([1, rows, cols], false),
            [frames, rows, cols] => ([frames, rows, cols], false),
            [frames, rows, cols, last] if is_colour(last) => ([frames, rows, cols], true),
            [frames, rows, cols, 1] => ([frames, rows, cols], false),
            _ => {
                return Err(ScanError::Unsupported {
                    path: path.into(),
                    what: format!("an array of shape {}", header.shape_text()),
                    hint: "[H, W], [N, H, W], and uint8 [H, W, 3], [N, H, W, 3] open.".into(),
                });
            }
        };
        if lengths.contains(&0) {
            return Err(ScanError::NoPixels {
                path: path.into(),
                what: format!("its shape is {}", header.shape_text()),
            });
        }
        let overflow = || ScanError::Damaged { path: path.into(), what: "its shape overflows".into() };
        let [frames, rows, cols] = lengths;
        let steps = if header.fortran_order {
            [1, frames, frames.checked_mul(rows).ok_or_else(overflow)?]
        } else {
            [rows.checked_mul(cols).ok_or_else(overflow)?, cols, 1]
        };
        Ok(Self { lengths, steps, colour })
    }
}
