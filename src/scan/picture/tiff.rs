//! TIFF, through the `tiff` crate (the decoder inside the `image` crate, asked directly: `image` refuses palettes,
//! signed and 32-bit grey, and every page but the first).
//!
//! Pages of one size and type are frames; the first page that differs (a thumbnail, a smaller copy) ends them.

mod directory;
mod palette;

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::{PhotometricInterpretation as Photometric, Tag};
use tiff::{ColorType, TiffError};

use super::super::limits::check_expansion;
use super::super::{Limits, Pixels, Polarity, ScanError};
use super::{Head, drop_channels, gray, gray_values, pillow, read_file, rgb, too_few};
use crate::geometry::Size;
use palette::Palette;

/// Frames of one file, at most: a hostile chain of directories could be endless.
const MOST_PAGES: usize = 65_536;
/// LZW's best case (a 12-bit code for nearly 4096 bytes), more than deflate's or PackBits'.
const MOST_RATIO: u64 = 2800;

/// What a page's directory says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Page {
    size: Size,
    color: ColorType,
    photometric: Photometric,
    /// Colour is multiplied by alpha (ExtraSamples 1).
    premultiplied: bool,
}

pub fn head(path: &Path, limits: &Limits) -> Result<Head, ScanError> {
    directory::check(path)?;
    let mut file = Decoder::new(buffered(path)?).map_err(|error| broken(path, error))?;
    let orientation = file.find_tag_unsigned::<u16>(Tag::Orientation).ok().flatten();
    let first = page(path, &mut file)?;
    limits.check_frame(path, first.size, 4)?;
    let mut frames = 1;
    let mut remarks = Vec::new();
    while file.more_images() && frames < MOST_PAGES {
        let same = file.next_image().is_ok() && page(path, &mut file).is_ok_and(|next| next == first);
        if !same {
            remarks.push(format!("Pages from {} on differ from the first page and are left out.", frames + 1));
            break;
        }
        frames += 1;
    }
    let (kind, grey) = match first.color {
        _ if first.photometric == Photometric::RGBPalette => ("palette", false),
        ColorType::Gray(_) => ("grey", true),
        ColorType::GrayA(_) | ColorType::Multiband { .. } => ("grey with alpha", true),
        ColorType::RGBA(_) => ("colour with alpha", false),
        ColorType::CMYK(_) | ColorType::CMYKA(_) => ("CMYK", false),
        _ => ("colour", false),
    };
    // 8-bit white-is-zero samples are inverted on reading, as Pillow does; wider ones stay as stored.
    let low_is_white = grey && first.photometric == Photometric::WhiteIsZero && first.color.bit_depth() > 8;
    Ok(Head {
        size: first.size,
        frames,
        bits: first.color.bit_depth().into(),
        kind,
        polarity: if low_is_white { Polarity::LowIsWhite } else { Polarity::HighIsWhite },
        exif_orientation: orientation.and_then(|o| u8::try_from(o).ok()).filter(|o| (1..=8).contains(o)).unwrap_or(0),
        remarks,
    })
}

pub fn decode(path: &Path, index: usize, limits: &Limits) -> Result<(Pixels, bool), ScanError> {
    directory::check(path)?;
    let mut file = Decoder::new(buffered(path)?).map_err(|error| broken(path, error))?;
    file.seek_to_image(index).map_err(|error| broken(path, error))?;
    let page = page(path, &mut file)?;
    if page.photometric != Photometric::RGBPalette {
        let samples = samples(path, file, &page, limits)?;
        return convert(path, &page, samples);
    }
    let colours = Palette::read(path, &mut file, page.color.bit_depth())?;
    let indices_only = palette::as_grey(path, read_file(path, limits)?, &mut file)?;
    let mut file = Decoder::new(Cursor::new(indices_only)).map_err(|error| broken(path, error))?;
    file.seek_to_image(index).map_err(|error| broken(path, error))?;
    let samples = samples(path, file, &page, limits)?;
    let DecodingResult::U8(indices) = samples else { return Err(refused(path, &page)) };
    let indices = unpack(path, indices, &page, false)?;
    Ok((rgb(path, page.size, colours.apply(&indices))?, true))
}

fn buffered(path: &Path) -> Result<BufReader<File>, ScanError> {
    File::open(path).map(BufReader::new).map_err(|source| ScanError::Read { path: path.into(), source })
}

fn page<R: Read + Seek>(path: &Path, file: &mut Decoder<R>) -> Result<Page, ScanError> {
    let (cols, rows) = file.dimensions().map_err(|error| broken(path, error))?;
    let photometric = file.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation).ok().flatten();
    let photometric = photometric.and_then(Photometric::from_u16).unwrap_or(Photometric::BlackIsZero);
    let color = if photometric == Photometric::RGBPalette {
        let bits = file.find_tag_unsigned_vec::<u8>(Tag::BitsPerSample).ok().flatten();
        ColorType::Palette(bits.and_then(|bits| bits.first().copied()).unwrap_or(1))
    } else {
        file.colortype().map_err(|error| broken(path, error))?
    };
    let extra = file.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let premultiplied = extra.is_some_and(|extra| extra.first() == Some(&1));
    Ok(Page { size: Size::new(rows as usize, cols as usize), color, photometric, premultiplied })
}

/// Decodes the page; planes that are stored apart are interleaved.
fn samples<R: Read + Seek>(
    path: &Path,
    file: Decoder<R>,
    page: &Page,
    limits: &Limits,
) -> Result<DecodingResult, ScanError> {
    limits.check_frame(path, page.size, 4)?;
    let file_bytes = std::fs::metadata(path).map_err(|source| ScanError::Read { path: path.into(), source })?.len();
    let mut bounds = tiff::decoder::Limits::default();
    bounds.decoding_buffer_size = usize::try_from(limits.frame_bytes).unwrap_or(usize::MAX).saturating_mul(2);
    // Compressed strips cannot be longer than the file that holds them.
    bounds.intermediate_buffer_size = usize::try_from(file_bytes).unwrap_or(usize::MAX);
    let mut file = file.with_limits(bounds);
    let layout = file.image_buffer_layout().map_err(|error| broken(path, error))?;
    check_expansion(path, layout.complete_len as u64, file_bytes, MOST_RATIO)?;
    let mut result = DecodingResult::U8(Vec::new());
    let layout = file.read_image_to_buffer(&mut result).map_err(|error| broken(path, error))?;
    if layout.planes > 1 {
        let DecodingResult::U8(planes) = result else { return Err(refused(path, page)) };
        let plane = layout.plane_stride.map_or(0, usize::from);
        return interleaved(&planes, layout.planes, plane).map(DecodingResult::U8).ok_or_else(|| too_few(path));
    }
    Ok(result)
}

fn interleaved(planes: &[u8], count: usize, stride: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(planes.len());
    for at in 0..stride {
        for plane in 0..count {
            out.push(*planes.get(plane.checked_mul(stride)?.checked_add(at)?)?);
        }
    }
    Some(out)
}

fn convert(path: &Path, page: &Page, samples: DecodingResult) -> Result<(Pixels, bool), ScanError> {
    use DecodingResult as D;
    let size = page.size;
    let white_is_zero = page.photometric == Photometric::WhiteIsZero;
    let four = |samples: &[u8], f: fn([u8; 4]) -> [u8; 3]| -> Vec<u8> {
        samples.as_chunks::<4>().0.iter().flat_map(|pixel| f(*pixel)).collect()
    };
    Ok(match (page.color, samples) {
        (ColorType::Gray(1..=8), D::U8(v)) => (gray(path, size, &unpack(path, v, page, true)?)?, true),
        // The crate inverts white-is-zero; wider samples are given as stored.
        (ColorType::Gray(16), D::U16(v)) if white_is_zero => {
            (gray_values(path, size, v.into_iter().map(|v| f32::from(0xffff - v)).collect())?, false)
        }
        (ColorType::Gray(_), _) if white_is_zero => return Err(refused(path, page)),
        (ColorType::Gray(_), wide) => (gray_values(path, size, numbers(wide))?, false),
        (ColorType::GrayA(8), D::U8(v)) => (gray(path, size, &drop_channels(&v, 2, 1))?, true),
        (ColorType::Multiband { bit_depth: 8, num_samples: 2 }, D::U8(v)) => {
            (gray(path, size, &drop_channels(&v, 2, 1))?, true)
        }
        (ColorType::RGB(8), D::U8(v)) => (rgb(path, size, v)?, true),
        (ColorType::RGBA(8), D::U8(v)) if page.premultiplied => {
            (rgb(path, size, four(&v, pillow::unpremultiply))?, true)
        }
        (ColorType::RGBA(8), D::U8(v)) => (rgb(path, size, drop_channels(&v, 4, 3))?, true),
        (ColorType::RGB(16), D::U16(v)) => (rgb(path, size, high_bytes(&v))?, true),
        (ColorType::RGBA(16), D::U16(v)) if !page.premultiplied => {
            (rgb(path, size, drop_channels(&high_bytes(&v), 4, 3))?, true)
        }
        (ColorType::CMYK(8), D::U8(v)) => (rgb(path, size, four(&v, pillow::cmyk_to_rgb))?, true),
        (ColorType::CMYK(16), D::U16(v)) => (rgb(path, size, four(&high_bytes(&v), pillow::cmyk_to_rgb))?, true),
        (ColorType::YCbCr(8), D::U8(v)) => {
            let colours = v.as_chunks::<3>().0.iter().flat_map(|pixel| pillow::ycc_to_rgb(*pixel)).collect();
            (rgb(path, size, colours)?, true)
        }
        _ => return Err(refused(path, page)),
    })
}

fn high_bytes(samples: &[u16]) -> Vec<u8> {
    samples.iter().copied().map(pillow::high_byte).collect()
}

/// Numbers of any type as f32.
fn numbers(samples: DecodingResult) -> Vec<f32> {
    use DecodingResult as D;
    match samples {
        D::U8(v) => v.into_iter().map(f32::from).collect(),
        D::I8(v) => v.into_iter().map(f32::from).collect(),
        D::U16(v) => v.into_iter().map(f32::from).collect(),
        D::I16(v) => v.into_iter().map(f32::from).collect(),
        D::U32(v) => v.into_iter().map(|v| v as f32).collect(),
        D::I32(v) => v.into_iter().map(|v| v as f32).collect(),
        D::U64(v) => v.into_iter().map(|v| v as f32).collect(),
        D::I64(v) => v.into_iter().map(|v| v as f32).collect(),
        D::F16(v) => v.into_iter().map(|v| v.to_f32()).collect(),
        D::F32(v) => v,
        D::F64(v) => v.into_iter().map(|v| v as f32).collect(),
    }
}

/// Samples of 1, 2 or 4 bits, rows padded to whole bytes, to one byte each; `stretch` maps full scale to 255.
fn unpack(path: &Path, packed: Vec<u8>, page: &Page, stretch: bool) -> Result<Vec<u8>, ScanError> {
    let bits = usize::from(page.color.bit_depth());
    if bits == 8 {
        return Ok(packed);
    }
    if !matches!(bits, 1 | 2 | 4) {
        return Err(refused(path, page));
    }
    let full = (1u16 << bits) - 1;
    let factor = if stretch { 255 / full } else { 1 };
    let mut out = Vec::with_capacity(page.size.pixels().unwrap_or(0));
    let row_bytes = (page.size.cols * bits).div_ceil(8);
    for row in packed.chunks_exact(row_bytes).take(page.size.rows) {
        let samples = row.iter().flat_map(|byte| (0..8 / bits).map(move |i| byte >> (8 - bits * (i + 1))));
        out.extend(samples.take(page.size.cols).map(|v| ((u16::from(v) & full) * factor) as u8));
    }
    Ok(out)
}

fn refused(path: &Path, page: &Page) -> ScanError {
    ScanError::Unsupported {
        path: path.into(),
        what: format!("TIFF samples of type {:?}, {:?}", page.color, page.photometric),
        hint: "Save it as an ordinary 8-bit or 16-bit TIFF or PNG.".into(),
    }
}

fn broken(path: &Path, error: TiffError) -> ScanError {
    match error {
        TiffError::IoError(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            ScanError::Damaged { path: path.into(), what: "it ends early".into() }
        }
        TiffError::IoError(source) => ScanError::Damaged { path: path.into(), what: source.to_string() },
        TiffError::UnsupportedError(what) => ScanError::Unsupported {
            path: path.into(),
            what: format!("a kind of TIFF ({what})"),
            hint: "Save it as an ordinary 8-bit or 16-bit TIFF or PNG.".into(),
        },
        TiffError::LimitsExceeded => {
            ScanError::TooLarge { path: path.into(), what: "its directory asks for too much memory".into() }
        }
        other => ScanError::Damaged { path: path.into(), what: format!("its TIFF structure is broken ({other})") },
    }
}
