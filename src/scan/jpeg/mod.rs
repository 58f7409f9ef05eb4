//! JPEG (ITU-T T.81): baseline, extended and progressive DCT with 8 or 12 bits, and lossless with 2 to 16 bits.
//!
//! In: one stream, of a picture file or a DICOM frame. Out: interleaved samples exactly as the IJG library's integer
//! ("islow") transform and smooth ("fancy") chroma upsampling give them; no colour conversion. One or three components,
//! no arithmetic coding, no hierarchical mode.

mod bits;
mod coefficients;
mod dequantise;
mod entropy;
mod headers;
mod huffman;
mod idct;
mod idct_reduced;
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
    pub rows: usize,
    pub cols: usize,
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
    decode_reduced(stream, &mut |frame| accept(frame).map(|()| 1))
}

/// Decodes a stream to a picture whose sides are divided (rounded up) by what `accept` answers: 1, 2, 4 or 8. The
/// transform itself is reduced, as the IJG library's `scale_denom` does. Only 8-bit DCT pictures can be reduced.
pub(super) fn decode_reduced(
    stream: &[u8],
    accept: &mut dyn FnMut(&Frame) -> Result<usize, Fault>,
) -> Result<Jpeg, Fault> {
    let mut headers = Headers::new(stream)?;
    let mut work = None;
    while let Some(segment) = headers.next_segment()? {
        match segment {
            Segment::Frame => {
                let frame = headers.frame()?;
                let divisor = accept(frame)?;
                work = Some(match (frame.process, divisor, frame.precision) {
                    (Process::Lossless, 1, _) => Work::Lossless(lossless::Picture::new(frame)?),
                    (Process::Sequential | Process::Progressive, 1, _) | (_, 2 | 4 | 8, 8) => {
                        Work::Dct(coefficients::Planes::new(frame, divisor))
                    }
                    _ => return Err(Fault::damaged("this kind of JPEG cannot be read at a reduced size")),
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
    let (rows, cols, samples) = match work {
        Some(Work::Lossless(picture)) => (frame.rows, frame.cols, picture.finish()?),
        Some(Work::Dct(planes)) => {
            let decoded = planes.finish(&headers)?;
            (decoded.rows, decoded.cols, upsample::interleave(decoded))
        }
        None => return Err(Fault::damaged("a JPEG frame holds no picture")),
    };
    Ok(Jpeg {
        precision: frame.precision,
        rows,
        cols,
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
