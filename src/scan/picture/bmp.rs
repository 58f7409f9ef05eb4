//! BMP, through the `image` crate.

use std::io::Cursor;
use std::path::Path;

use image::codecs::bmp::BmpDecoder;
use image::{ColorType, ImageDecoder};

use super::super::limits::check_expansion;
use super::super::{Limits, Pixels, Polarity, ScanError};
use super::{Head, drop_channels, from_image_error, gray, rgb, too_few};
use crate::geometry::Size;

/// A run of 255 pixels, three bytes each, from two bytes.
const MOST_RATIO: u64 = 400;

pub fn head(path: &Path) -> Result<Head, ScanError> {
    // The decoder reads no pixels here, but may seek; the header and its palette are what it looks at.
    let file = std::fs::File::open(path).map_err(|source| ScanError::Read { path: path.into(), source })?;
    let decoder = BmpDecoder::new(std::io::BufReader::new(file)).map_err(|error| from_image_error(path, error))?;
    let (cols, rows) = decoder.dimensions();
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|source| ScanError::Read { path: path.into(), source })?;
    std::io::Read::read_to_end(&mut std::io::Read::take(file, 4096), &mut start)
        .map_err(|source| ScanError::Read { path: path.into(), source })?;
    let header = Header::parse(&start).ok_or_else(|| too_few(path))?;
    Ok(Head {
        size: Size::new(rows as usize, cols as usize),
        frames: 1,
        bits: header.bits.min(8),
        kind: match (header.grey_palette, header.bits) {
            (true, _) => "grey",
            (false, ..=8) => "palette",
            _ => "colour",
        },
        polarity: Polarity::HighIsWhite,
        exif_orientation: 0,
        remarks: Vec::new(),
    })
}

pub fn decode(path: &Path, limits: &Limits) -> Result<(Pixels, bool), ScanError> {
    let bytes = super::read_file(path, limits)?;
    let header = Header::parse(&bytes).ok_or_else(|| too_few(path))?;
    let decoder = BmpDecoder::new(Cursor::new(bytes.as_slice())).map_err(|error| from_image_error(path, error))?;
    let (cols, rows) = decoder.dimensions();
    let size = Size::new(rows as usize, cols as usize);
    limits.check_frame(path, size, 4)?;
    check_expansion(path, decoder.total_bytes(), bytes.len() as u64, MOST_RATIO)?;
    let color = decoder.color_type();
    let mut samples = vec![0; usize::try_from(decoder.total_bytes()).map_err(|_| too_few(path))?];
    decoder.read_image(&mut samples).map_err(|error| from_image_error(path, error))?;
    let mut samples = match color {
        ColorType::Rgba8 => drop_channels(&samples, 4, 3),
        _ => samples,
    };
    if header.grey_palette {
        return Ok((gray(path, size, &drop_channels(&samples, 3, 1))?, true));
    }
    if header.bits == 16 {
        header.sixteen_bit_as_pillow(&mut samples);
    }
    Ok((rgb(path, size, samples)?, true))
}

/// What the decoder does not tell: bit depth and whether the palette is plain grey.
struct Header {
    bits: u16,
    /// Palette entry i is grey i (or black and white): Pillow reads such files as mode L or 1.
    grey_palette: bool,
    /// Green has 6 bits.
    is_565: bool,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
        let header_bytes = usize::try_from(u32_at(14)?).ok()?;
        // BITMAPCOREHEADER has 16-bit sizes and 3-byte palette entries.
        let core = header_bytes == 12;
        let bits = u16_at(if core { 24 } else { 28 })?;
        let declared = if core { 0 } else { usize::try_from(u32_at(46)?).ok()? };
        let colours = if declared == 0 { 1usize << bits.min(8) } else { declared };
        let entry_bytes = if core { 3 } else { 4 };
        let palette_at = header_bytes.checked_add(14)?;
        let grey_palette = bits <= 8 && (1..=256).contains(&colours) && {
            let is_grey = |index: usize| {
                let level = if colours == 2 { 255 * index } else { index };
                let at = palette_at + index * entry_bytes;
                bytes.get(at..at + 3).is_some_and(|entry| entry.iter().all(|v| usize::from(*v) == level))
            };
            (0..colours).all(is_grey)
        };
        // BI_BITFIELDS with a 6-bit green mask.
        let is_565 = bits == 16 && !core && u32_at(30)? == 3 && u32_at(58) == Some(0x7e0);
        Some(Self { bits, grey_palette, is_565 })
    }

    /// `image` rounds 5 and 6 bits to 8, Pillow cuts: v * 255 / 31.
    fn sixteen_bit_as_pillow(&self, samples: &mut [u8]) {
        let cut = |v: u8, full: u16| {
            let stored = (u16::from(v) * full + 127) / 255;
            (stored * 255 / full) as u8
        };
        for pixel in samples.chunks_exact_mut(3) {
            for (channel, v) in pixel.iter_mut().enumerate() {
                *v = cut(*v, if channel == 1 && self.is_565 { 63 } else { 31 });
            }
        }
    }
}
