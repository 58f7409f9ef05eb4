//! The Image Pixel module (PS3.3 C.7.6.3), validated: what a frame must look like before one is decoded.

use dicom_core::Tag;

use super::data_set::Values;
use super::elements::PixelElement;
use crate::geometry::Size;
use crate::scan::fault::Fault;

/// Photometric Interpretation (0028,0004).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Photometric {
    Monochrome1,
    Monochrome2,
    Palette,
    Rgb,
    YbrFull,
    YbrFull422,
    YbrIct,
    YbrRct,
}

impl Photometric {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::Palette,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            "YBR_ICT" => Self::YbrIct,
            "YBR_RCT" => Self::YbrRct,
            _ => return None,
        })
    }

    pub fn is_ybr(self) -> bool {
        matches!(self, Self::YbrFull | Self::YbrFull422 | Self::YbrIct | Self::YbrRct)
    }
}

/// How a sample is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SampleKind {
    Integer { signed: bool },
    Float32,
    Float64,
}

/// What every frame of a file has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    pub size: Size,
    /// Samples per Pixel (0028,0002): 1 or 3.
    pub samples: usize,
    pub photometric: Photometric,
    pub kind: SampleKind,
    /// Bits Allocated (0028,0100): 1, 8, 12, 16, 32 or 64.
    pub bits_allocated: u32,
    /// Bits Stored (0028,0101): 1 up to `bits_allocated`.
    pub bits_stored: u32,
    /// How far the stored bits lie above bit 0: High Bit + 1 - Bits Stored.
    pub low_bit: u32,
    /// Planar Configuration (0028,0006) is 1: all of red, then green, then blue.
    pub planar: bool,
    /// Number of Frames (0028,0008) as the header says it.
    pub frames: usize,
}

/// Frames larger than this are refused.
pub(crate) const LARGEST_FRAME: usize = 1 << 30;

impl ImageFacts {
    /// Reads and checks the module; sentences about what was assumed go to `remarks`.
    pub fn read(values: Values, pixels: &PixelElement, remarks: &mut Vec<String>) -> Result<Self, Fault> {
        let rows = dimension(values, Tag(0x0028, 0x0010), "Rows")?;
        let cols = dimension(values, Tag(0x0028, 0x0011), "Columns")?;
        let samples = match values.integer(Tag(0x0028, 0x0002)) {
            None | Some(1) => 1,
            Some(3) => 3,
            Some(other) => {
                return Err(Fault::unsupported(format!("{other} samples per pixel"), "One or three can be shown."));
            }
        };
        let photometric = photometric(values, samples, remarks)?;
        let kind = match (pixels.tag.element(), values.integer(Tag(0x0028, 0x0103))) {
            (0x0008, _) => SampleKind::Float32,
            (0x0009, _) => SampleKind::Float64,
            (_, None | Some(0)) => SampleKind::Integer { signed: false },
            (_, Some(1)) => SampleKind::Integer { signed: true },
            (_, Some(other)) => return Err(Fault::damaged(format!("its Pixel Representation is {other}, not 0 or 1"))),
        };
        let (bits_allocated, bits_stored, low_bit) = bits(values, kind, remarks)?;
        let frames = match values.integer(Tag(0x0028, 0x0008)) {
            None => 1,
            Some(count) => usize::try_from(count.max(1)).unwrap_or(1),
        };
        let planar = samples > 1 && values.integer(Tag(0x0028, 0x0006)) == Some(1);
        let size = Size::new(rows, cols);
        let facts = Self { size, samples, photometric, kind, bits_allocated, bits_stored, low_bit, planar, frames };
        if facts.frame_bytes() > LARGEST_FRAME {
            let megabytes = facts.frame_bytes() >> 20;
            return Err(Fault::TooLarge(format!("one frame of {size} pixels takes {megabytes} MB, the limit is 1024")));
        }
        Ok(facts)
    }

    /// Samples in one frame. No overflow: dimensions have 16 bits.
    pub fn frame_samples(&self) -> usize {
        self.size.rows.saturating_mul(self.size.cols).saturating_mul(self.samples)
    }

    /// Bits of one uncompressed frame. YBR_FULL_422 shares its colour between two pixels (PS3.3 C.7.6.3.1.2).
    pub fn frame_bits(&self) -> usize {
        let samples = self.frame_samples();
        let samples = if self.photometric == Photometric::YbrFull422 { samples / 3 * 2 } else { samples };
        samples.saturating_mul(self.bits_allocated as usize)
    }

    /// Bytes of one decoded frame.
    pub fn frame_bytes(&self) -> usize {
        self.frame_samples().saturating_mul(self.bits_allocated as usize).div_ceil(8)
    }

    pub fn is_signed(&self) -> bool {
        self.kind == SampleKind::Integer { signed: true }
    }
}

fn dimension(values: Values, tag: Tag, name: &str) -> Result<usize, Fault> {
    match values.integer(tag) {
        None => Err(Fault::damaged(format!("it does not say its {name}"))),
        Some(number) => usize::try_from(number)
            .ok()
            .filter(|number| (1..=65535).contains(number))
            .ok_or_else(|| Fault::damaged(format!("its {name} is {number}"))),
    }
}

fn photometric(values: Values, samples: usize, remarks: &mut Vec<String>) -> Result<Photometric, Fault> {
    let fallback = if samples == 3 { Photometric::Rgb } else { Photometric::Monochrome2 };
    let Some(text) = values.text(Tag(0x0028, 0x0004)) else {
        remarks.push("The file says no Photometric Interpretation; the usual one was assumed.".into());
        return Ok(fallback);
    };
    let Some(photometric) = Photometric::of(&text) else {
        return Err(Fault::unsupported(format!("the colours {text}"), "Grey, palette, RGB and YBR pictures open."));
    };
    let is_colour = photometric == Photometric::Rgb || photometric.is_ybr();
    if is_colour != (samples == 3) {
        remarks.push(format!("The file says {text} and {samples} samples per pixel; the samples were believed."));
        return Ok(fallback);
    }
    Ok(photometric)
}

/// Bits Allocated, Bits Stored and the lowest stored bit.
fn bits(values: Values, kind: SampleKind, remarks: &mut Vec<String>) -> Result<(u32, u32, u32), Fault> {
    match kind {
        SampleKind::Float32 => return Ok((32, 32, 0)),
        SampleKind::Float64 => return Ok((64, 64, 0)),
        SampleKind::Integer { .. } => {}
    }
    let Some(allocated) = values.integer(Tag(0x0028, 0x0100)) else {
        return Err(Fault::damaged("it does not say its Bits Allocated"));
    };
    if !matches!(allocated, 1 | 8 | 12 | 16 | 32) {
        return Err(Fault::unsupported(
            format!("{allocated} bits per stored value"),
            "1, 8, 12, 16 and 32 bits and floating point open.",
        ));
    }
    let stored = values.integer(Tag(0x0028, 0x0101)).unwrap_or(allocated);
    if !(1..=allocated).contains(&stored) {
        return Err(Fault::damaged(format!("its Bits Stored is {stored} of {allocated} allocated")));
    }
    let high_bit = values.integer(Tag(0x0028, 0x0102)).unwrap_or(stored - 1);
    let low_bit = if (stored - 1..allocated).contains(&high_bit) {
        high_bit + 1 - stored
    } else {
        remarks.push(format!("Its High Bit {high_bit} is impossible and was taken as {}.", stored - 1));
        0
    };
    Ok((allocated as u32, stored as u32, low_bit as u32))
}
