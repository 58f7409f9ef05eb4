//! JPEG (ITU-T T.81): baseline, extended and progressive DCT with 8 or 12 bits, and lossless with 2 to 16 bits.
//!
//! In: one stream, of a picture file or a DICOM frame. Out: interleaved samples exactly as the IJG library's integer
//! ("islow") transform and smooth ("fancy") chroma upsampling give them; no colour conversion. One or three components,
//! no arithmetic coding, no hierarchical mode.

mod coefficients;
mod headers;
mod huffman;
mod idct;
#[cfg(target_arch = "x86_64")]
mod idct_sse2;
mod lossless;
mod upsample;

use super::fault::Fault;
pub(super) use headers::Frame;
use headers::{Headers, Process, Segment};

/// A decoded stream.
#[derive(Debug)]
pub(super) struct Jpeg {
    /// Bits per sample.
    pub precision: u32,
    /// `[rows, cols, components]`, row by row.
    pub samples: Vec<u16>,
    pub is_lossless: bool,
    /// One name per component: mostly 1, 2, 3, or the letters `RGB`.
    pub component_ids: Vec<u8>,
    pub is_jfif: bool,
    /// The Adobe marker's transform: 0 for RGB, 1 for YCbCr.
    pub adobe_transform: Option<u8>,
}

/// Decodes a stream. `accept` sees the frame header before any memory is asked for.
pub(super) fn decode(stream: &[u8], accept: &mut dyn FnMut(&Frame) -> Result<(), Fault>) -> Result<Jpeg, Fault> {
    let mut headers = Headers::new(stream)?;
    let mut work = None;
    while let Some(segment) = headers.next_segment()? {
        match segment {
            Segment::Frame => {
                let frame = headers.frame()?;
                accept(frame)?;
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
    let is_lossless = matches!(work, Some(Work::Lossless(_)));
    let samples = match work {
        Some(Work::Lossless(picture)) => picture.finish()?,
        Some(Work::Dct(planes)) => upsample::interleave(frame, planes.finish(&headers)?),
        None => return Err(Fault::damaged("a JPEG frame holds no picture")),
    };
    Ok(Jpeg {
        precision: frame.precision,
        samples,
        is_lossless,
        component_ids: frame.components.iter().map(|component| component.id).collect(),
        is_jfif: headers.is_jfif,
        adobe_transform: headers.adobe_transform,
    })
}

enum Work {
    Lossless(lossless::Picture),
    Dct(coefficients::Planes),
}
