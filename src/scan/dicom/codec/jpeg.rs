//! A JPEG stream inside a DICOM frame: its size must be the header's, and its colours are what the header says, unless
//! the stream is sure of something else.

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::image::{ImageFacts, Photometric};
use crate::scan::dicom::stored::RawSamples;
use crate::scan::fault::Fault;
use crate::scan::jpeg::{self, Jpeg};

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let mut picture =
        jpeg::decode(stream, &mut |frame| same_size(facts, frame.rows, frame.cols, frame.components.len()))?;
    // Lossy values may overshoot Bits Stored: masking would turn the brightest pixels black.
    if !picture.is_lossless && !facts.is_signed() && facts.bits_stored < picture.precision {
        let most = ((1u32 << facts.bits_stored) - 1) as u16;
        picture.samples.iter_mut().for_each(|value| *value = (*value).min(most));
    }
    let colour = colour(&picture, facts);
    let samples = match picture.precision {
        0..=8 => RawSamples::U8(picture.samples.into_iter().map(|value| value as u8).collect()),
        _ => RawSamples::U16(picture.samples),
    };
    Ok(Decoded { samples, precision: None, colour })
}

/// Component names `RGB`, or a JFIF or Adobe marker of YCbCr under an RGB header, go before the header.
fn colour(picture: &Jpeg, facts: &ImageFacts) -> Colour {
    if picture.component_ids.eq_ignore_ascii_case(b"RGB") {
        return Colour::Rgb;
    }
    let says_ybr = picture.is_jfif || picture.adobe_transform == Some(1);
    if facts.photometric == Photometric::Rgb && says_ybr {
        return Colour::Ybr;
    }
    Colour::AsHeader
}
