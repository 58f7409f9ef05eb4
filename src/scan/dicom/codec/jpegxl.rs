//! JPEG XL (ISO 18181) through jxl-oxide.

use jxl_oxide::{JxlImage, PixelFormat};

use super::{Colour, Decoded, same_size};
use crate::scan::dicom::image::ImageFacts;
use crate::scan::dicom::stored::RawSamples;
use crate::scan::fault::Fault;

pub(super) fn decode(stream: &[u8], facts: &ImageFacts) -> Result<Decoded, Fault> {
    let fault = |error: Box<dyn std::error::Error + Send + Sync>| {
        Fault::damaged(format!("a JPEG XL frame cannot be decoded ({error})"))
    };
    let image = JxlImage::builder().read(stream).map_err(fault)?;
    let samples = match image.pixel_format() {
        PixelFormat::Gray => 1,
        PixelFormat::Rgb => 3,
        other => return Err(Fault::unsupported(format!("JPEG XL with {other:?} channels"), "Grey and RGB open.")),
    };
    same_size(facts, image.height() as usize, image.width() as usize, samples)?;
    let precision = image.image_header().metadata.bit_depth.bits_per_sample();
    if !(1..=16).contains(&precision) {
        return Err(Fault::unsupported(format!("JPEG XL with {precision} bits"), "Up to 16 bits open."));
    }
    let render = image.render_frame(0).map_err(fault)?;
    let mut pixels = render.stream();
    let mut values = vec![0f32; facts.frame_samples()];
    if pixels.write_to_buffer(&mut values) != values.len() {
        return Err(Fault::damaged("a JPEG XL frame ends early"));
    }
    // Samples come as 0..=1; 16-bit whole numbers survive the way through f32.
    let most = ((1u32 << precision) - 1) as f32;
    let whole = values.into_iter().map(|value| (value * most).round().clamp(0.0, most));
    let samples = if precision <= 8 {
        RawSamples::U8(whole.map(|value| value as u8).collect())
    } else {
        RawSamples::U16(whole.map(|value| value as u16).collect())
    };
    Ok(Decoded { samples, precision: Some(precision), colour: Colour::Rgb })
}
