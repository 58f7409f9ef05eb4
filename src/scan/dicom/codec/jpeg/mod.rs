//! JPEG (ITU-T T.81): baseline, extended and progressive DCT with 8 or 12 bits, and lossless with 2 to 16 bits.
//!
//! In: one frame's stream. Out: interleaved samples exactly as the IJG library's integer ("islow") transform and
//! smooth ("fancy") chroma upsampling give them; no colour conversion. No arithmetic coding, no hierarchical mode.

mod coefficients;
mod headers;
mod huffman;
mod idct;
mod lossless;
mod upsample;

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::fault::Fault;
use crate::scan::dicom::image::{ImageFacts, Photometric};
use crate::scan::dicom::stored::RawSamples;
use headers::{Headers, Process, Segment};

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let mut headers = Headers::new(stream)?;
    let mut work = None;
    while let Some(segment) = headers.next_segment()? {
        match segment {
            Segment::Frame => {
                let frame = headers.frame()?;
                same_size(facts, frame.rows, frame.cols, frame.components.len())?;
                work = Some(match frame.process {
                    Process::Lossless => Work::Lossless(lossless::Picture::new(frame)?),
                    _ => Work::Dct(coefficients::Planes::new(frame)?),
                });
            }
            Segment::Scan(scan) => match &mut work {
                Some(Work::Lossless(picture)) => picture.scan(&headers, &scan)?,
                Some(Work::Dct(planes)) => planes.scan(&headers, &scan)?,
                None => return Err(Fault::damaged("a JPEG scan comes before its frame header")),
            },
        }
    }
    let frame = headers.frame()?;
    let precision = frame.precision;
    let samples = match work {
        Some(Work::Lossless(picture)) => picture.finish()?,
        Some(Work::Dct(planes)) => {
            let mut samples = upsample::interleave(frame, &planes.render(&headers)?);
            // Lossy values may overshoot Bits Stored: masking would turn the brightest pixels black.
            if !facts.is_signed() && facts.bits_stored < precision {
                let most = ((1u32 << facts.bits_stored) - 1) as u16;
                samples.iter_mut().for_each(|value| *value = (*value).min(most));
            }
            samples
        }
        None => return Err(Fault::damaged("a JPEG frame holds no picture")),
    };
    let samples = match precision {
        0..=8 => RawSamples::U8(samples.into_iter().map(|value| value as u8).collect()),
        _ => RawSamples::U16(samples),
    };
    Ok(Decoded { samples, precision: None, colour: colour(&headers, facts)? })
}

enum Work {
    Lossless(lossless::Picture),
    Dct(coefficients::Planes),
}

/// The header says what the colours are, unless the stream is sure of something else: component names `RGB`, or a
/// JFIF or Adobe marker of YCbCr under an RGB header.
fn colour(headers: &Headers, facts: &ImageFacts) -> Result<Colour, Fault> {
    let names: Vec<u8> = headers.frame()?.components.iter().map(|component| component.id).collect();
    if names.eq_ignore_ascii_case(b"RGB") {
        return Ok(Colour::Rgb);
    }
    let says_ybr = headers.is_jfif || headers.adobe_transform == Some(1);
    if facts.photometric == Photometric::Rgb && says_ybr {
        return Ok(Colour::Ybr);
    }
    Ok(Colour::AsHeader)
}
