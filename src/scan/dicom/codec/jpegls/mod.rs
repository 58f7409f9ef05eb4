//! JPEG-LS (ITU-T T.87), lossless and near-lossless, all three interleave modes.
//!
//! In: one frame's stream. Out: interleaved samples, not sign-extended (JPEG-LS knows no sign). Not supported, with a
//! sentence: restart markers, mapping tables, point transform, HP's colour transforms (none is allowed in DICOM).

mod bits;
mod coder;
mod headers;

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::image::{ImageFacts, Photometric};
use crate::scan::dicom::stored::RawSamples;
use crate::scan::fault::Fault;
use coder::ScanDecoder;
use headers::{Headers, Interleave, Scan};

pub(super) use headers::is_jpeg_ls;

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let (mut headers, first_scan) = Headers::read(stream)?;
    let channels = headers.component_ids.len();
    same_size(facts, headers.rows, headers.cols, channels)?;
    let mut samples = vec![0u16; facts.frame_samples()];
    let mut scan = Some(first_scan);
    let mut decoded = 0;
    while let Some(current) = scan {
        let at = decode_scan(&headers, &current, channels, &mut samples)?;
        decoded += current.components.len();
        scan = if decoded < channels { headers.next_scan(stream, current.data_at + at)? } else { None };
    }
    if decoded < channels {
        return Err(Fault::damaged("a JPEG-LS stream lacks a colour channel"));
    }
    let names_rgb = headers.component_ids.eq_ignore_ascii_case(b"RGB");
    let jfif_ybr = headers.is_jfif && facts.photometric == Photometric::Rgb;
    let colour = match (names_rgb && channels == 3, jfif_ybr) {
        (true, _) => Colour::Rgb,
        (_, true) => Colour::Ybr,
        _ => Colour::AsHeader,
    };
    let samples = match headers.precision {
        0..=8 => RawSamples::U8(samples.into_iter().map(|value| value as u8).collect()),
        _ => RawSamples::U16(samples),
    };
    // Signed values lie in the low bits of the stream's precision; unsigned ones need no masking.
    Ok(Decoded { samples, precision: Some(headers.precision), colour })
}

/// Decodes one scan into `samples`; returns how many bytes of its data were read.
fn decode_scan(headers: &Headers, scan: &Scan, channels: usize, samples: &mut [u16]) -> Result<usize, Fault> {
    let cols = headers.cols;
    let mut decoder = ScanDecoder::new(scan.data, &headers.parameters(scan.near)?, cols, scan.components.len());
    for (row, line) in samples.chunks_exact_mut((cols * channels).max(1)).enumerate() {
        match scan.interleave {
            Interleave::Sample => decoder.sample_interleaved_line(),
            Interleave::None | Interleave::Line => {
                (0..scan.components.len()).for_each(|component| decoder.line(component));
            }
        }
        for (component, channel) in scan.components.iter().enumerate() {
            let decoded = decoder.decoded_line(component);
            for (target, value) in line.iter_mut().skip(*channel).step_by(channels).zip(decoded) {
                *target = *value as u16;
            }
        }
        if decoder.is_exhausted() {
            return Err(Fault::damaged(format!("a JPEG-LS stream ends in row {row} of {}", headers.rows)));
        }
    }
    Ok(decoder.position())
}
