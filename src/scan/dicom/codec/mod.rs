//! Compressed frame in, samples out: interleaved, as bit patterns, in the stream's own precision.
//!
//! Every decoder checks the stream's own dimensions against the header before it asks for memory. None of them
//! masks, sign-extends or converts colours between YBR and RGB, unless its format defines the conversion itself
//! (the multiple component transforms of JPEG 2000, and JPEG XL).

mod jpeg;
mod jpeg2000;
mod jpegls;
mod jpegxl;
mod rle;

use super::image::ImageFacts;
use super::stored::RawSamples;
use super::syntax::Compression;
use crate::scan::fault::Fault;

/// What the colours of a decoded frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// What the header's Photometric Interpretation says.
    AsHeader,
    Rgb,
    Ybr,
}

/// One decoded frame.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub samples: RawSamples,
    /// Bits per sample where the stream's word counts more than the header's Bits Stored.
    pub precision: Option<u32>,
    pub colour: Colour,
}

/// Decodes one frame's stream.
pub(crate) fn decode(compression: Compression, stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    refuse_bombs(stream, facts)?;
    let decoded = match compression {
        Compression::Rle => rle::decode(stream, facts)?,
        Compression::Jpeg if jpegls::is_jpeg_ls(stream) => jpegls::decode(stream, facts)?,
        Compression::Jpeg => jpeg::decode(stream, facts)?,
        Compression::Jpeg2000 => jpeg2000::decode(stream, facts)?,
        Compression::JpegXl => jpegxl::decode(stream, facts)?,
        _ => return Err(Fault::unsupported("an unknown compression", "Export the picture uncompressed.")),
    };
    let (found, wanted) = (decoded.samples.len(), facts.frame_samples());
    if found != wanted {
        return Err(Fault::damaged(format!("a frame decodes to {found} values instead of {wanted}")));
    }
    Ok(decoded)
}

/// The most that a plausible stream expands by; only asked of frames that are large.
const LARGEST_RATIO: usize = 4096;
const SMALL_FRAME: usize = 64 << 20;

fn refuse_bombs(stream: &[u8], facts: &ImageFacts) -> Result<(), Fault> {
    let (held, claimed) = (stream.len(), facts.frame_bytes());
    if claimed > SMALL_FRAME && claimed / LARGEST_RATIO > held {
        return Err(Fault::damaged(format!("{held} compressed bytes cannot be a frame of {claimed} bytes")));
    }
    Ok(())
}

/// The stream's own size must be the header's.
fn same_size(facts: &ImageFacts, rows: usize, cols: usize, samples: usize) -> Result<(), Fault> {
    let size = facts.size;
    if (rows, cols) != (size.rows, size.cols) {
        return Err(Fault::damaged(format!("a compressed frame is {rows} x {cols}, the header says {size}")));
    }
    if samples != facts.samples {
        let wanted = facts.samples;
        return Err(Fault::damaged(format!("a compressed frame has {samples} samples per pixel, the header {wanted}")));
    }
    Ok(())
}
