//! PNG, through the `image` crate.

use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::path::Path;

use image::codecs::png::PngDecoder;
use image::{ColorType, ImageDecoder};

use super::super::limits::check_expansion;
use super::super::region::DEFLATE_MOST_RATIO;
use super::super::{Limits, Pixels, Polarity, ScanError};
use super::{Head, drop_channels, from_image_error, gray, gray_values, pillow, rgb};
use crate::geometry::Size;

pub fn head(path: &Path) -> Result<Head, ScanError> {
    let (mut decoder, header) = start(path)?;
    let (cols, rows) = decoder.dimensions();
    // The eXIf chunk may be broken while the picture is fine.
    let exif_orientation = decoder.orientation().map_or(0, |orientation| orientation.to_exif());
    Ok(Head {
        size: Size::new(rows as usize, cols as usize),
        frames: 1,
        bits: header.bits.into(),
        kind: header.kind(),
        polarity: Polarity::HighIsWhite,
        exif_orientation,
        remarks: Vec::new(),
    })
}

pub fn decode(path: &Path, limits: &Limits) -> Result<(Pixels, bool), ScanError> {
    let (decoder, header) = start(path)?;
    let (cols, rows) = decoder.dimensions();
    let size = Size::new(rows as usize, cols as usize);
    limits.check_frame(path, size, 4)?;
    let file_bytes = std::fs::metadata(path).map_err(|source| ScanError::Read { path: path.into(), source })?.len();
    check_expansion(path, header.raw_bytes(size), file_bytes, DEFLATE_MOST_RATIO)?;
    let color = decoder.color_type();
    let bytes = usize::try_from(decoder.total_bytes())
        .map_err(|_| ScanError::TooLarge { path: path.into(), what: "its pixels do not fit into memory".into() })?;
    let mut samples = vec![0; bytes];
    decoder.read_image(&mut samples).map_err(|error| from_image_error(path, error))?;
    // 16-bit samples come in this machine's byte order.
    let wide = || samples.as_chunks::<2>().0.iter().map(|pair| u16::from_ne_bytes(*pair));
    let high_bytes = || wide().map(pillow::high_byte).collect::<Vec<u8>>();
    Ok(match color {
        ColorType::L8 => (gray(path, size, &samples)?, true),
        ColorType::La8 => (gray(path, size, &drop_channels(&samples, 2, 1))?, true),
        ColorType::L16 => (gray_values(path, size, wide().map(f32::from).collect())?, false),
        ColorType::La16 => match header.is_grey_without_alpha() {
            // Transparent grey level (tRNS): Pillow keeps the 16 bits and ignores it.
            true => (gray_values(path, size, wide().step_by(2).map(f32::from).collect())?, false),
            // With an alpha channel Pillow reads 8 bits.
            false => (gray(path, size, &drop_channels(&high_bytes(), 2, 1))?, true),
        },
        ColorType::Rgb8 => (rgb(path, size, samples)?, true),
        ColorType::Rgba8 => (rgb(path, size, drop_channels(&samples, 4, 3))?, true),
        ColorType::Rgb16 => (rgb(path, size, high_bytes())?, true),
        ColorType::Rgba16 => (rgb(path, size, drop_channels(&high_bytes(), 4, 3))?, true),
        other => {
            return Err(ScanError::Unsupported {
                path: path.into(),
                what: format!("PNG samples of type {other:?}"),
                hint: "Save it as an ordinary 8-bit or 16-bit PNG.".into(),
            });
        }
    })
}

/// Bit depth and colour type of the IHDR chunk (PNG specification 11.2.2).
struct Header {
    bits: u8,
    color_type: u8,
}

impl Header {
    fn kind(&self) -> &'static str {
        match self.color_type {
            0 => "grey",
            2 => "colour",
            3 => "palette",
            4 => "grey with alpha",
            _ => "colour with alpha",
        }
    }

    fn is_grey_without_alpha(&self) -> bool {
        self.color_type == 0
    }

    /// Bytes of the picture before compression.
    fn raw_bytes(&self, size: Size) -> u64 {
        let channels = match self.color_type {
            0 | 3 => 1,
            4 => 2,
            2 => 3,
            _ => 4,
        };
        let row_bits = (size.cols as u64).saturating_mul(channels * u64::from(self.bits));
        row_bits.div_ceil(8).saturating_mul(size.rows as u64)
    }
}

fn start(path: &Path) -> Result<(PngDecoder<BufReader<File>>, Header), ScanError> {
    let io = |source| ScanError::Read { path: path.into(), source };
    let mut reader = BufReader::with_capacity(1 << 15, File::open(path).map_err(io)?);
    let mut ihdr = [0; 26];
    std::io::Read::read_exact(&mut reader, &mut ihdr)
        .map_err(|_| ScanError::Damaged { path: path.into(), what: "its header is cut".into() })?;
    reader.seek(SeekFrom::Start(0)).map_err(io)?;
    let [.., bits, color_type] = ihdr;
    let decoder = PngDecoder::new(reader).map_err(|error| from_image_error(path, error))?;
    Ok((decoder, Header { bits, color_type }))
}
