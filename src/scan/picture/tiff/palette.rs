//! Palette TIFF, which the `tiff` crate does not decode: its indices are read as if they were grey, its ColorMap by
//! hand.

use std::io::{Read, Seek};
use std::path::Path;

use tiff::decoder::Decoder;
use tiff::tags::Tag;

use super::super::super::ScanError;

/// Red, green, blue of each index.
pub struct Palette(Vec<[u8; 3]>);

impl Palette {
    /// The page's ColorMap (tag 320): all reds, then greens, then blues, 16 bits each; Pillow keeps the high bytes.
    pub fn read<R: Read + Seek>(path: &Path, file: &mut Decoder<R>, bits: u8) -> Result<Self, ScanError> {
        let map = file.find_tag_unsigned_vec::<u16>(Tag::ColorMap).ok().flatten().unwrap_or_default();
        let colours = 1usize << bits.min(8);
        if bits > 8 || map.len() != 3 * colours {
            return Err(ScanError::Damaged { path: path.into(), what: "its palette has the wrong length".into() });
        }
        let (reds, rest) = map.split_at(colours);
        let (greens, blues) = rest.split_at(colours);
        let colour = |((r, g), b): ((&u16, &u16), &u16)| [*r, *g, *b].map(super::pillow::high_byte);
        Ok(Self(reds.iter().zip(greens).zip(blues).map(colour).collect()))
    }

    pub fn apply(&self, indices: &[u8]) -> Vec<u8> {
        indices.iter().flat_map(|index| self.0.get(usize::from(*index)).copied().unwrap_or_default()).collect()
    }
}

/// The file's bytes with the current page's PhotometricInterpretation set to BlackIsZero, so that the crate gives the
/// indices.
pub fn as_grey<R: Read + Seek>(path: &Path, mut bytes: Vec<u8>, file: &mut Decoder<R>) -> Result<Vec<u8>, ScanError> {
    let directory = file.ifd_pointer().and_then(|pointer| usize::try_from(pointer.0).ok());
    let patched = directory.and_then(|at| patch(&mut bytes, at));
    patched.map(|()| bytes).ok_or_else(|| ScanError::Unsupported {
        path: path.into(),
        what: "a palette in a BigTIFF".into(),
        hint: "Save it as an ordinary TIFF or PNG.".into(),
    })
}

/// Directory entries are 12 bytes: tag, type, count, value (TIFF 6.0, section 2).
fn patch(bytes: &mut [u8], directory: usize) -> Option<()> {
    let big_endian = bytes.starts_with(b"MM");
    let number = |bytes: &[u8], at: usize| {
        let pair: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    if number(bytes, 2)? != 42 {
        return None;
    }
    let entries = usize::from(number(bytes, directory)?);
    let entry = (0..entries)
        .map(|entry| directory + 2 + 12 * entry)
        .find(|at| number(bytes, *at) == Some(Tag::PhotometricInterpretation.to_u16()))?;
    let one = if big_endian { [0, 1] } else { [1, 0] };
    bytes.get_mut(entry + 8..entry + 10)?.copy_from_slice(&one);
    Some(())
}
