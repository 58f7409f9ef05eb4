//! The outline of a data set: where each top-level element lies and where the pixel data begins.
//!
//! Every declared length is checked against the file before anything else trusts it, nesting is bounded, and
//! nothing behind the start of the pixel data is touched. Values are not interpreted here (PS3.5 chapter 7).

use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::StandardDataDictionary;

use crate::scan::fault::Fault;

/// How the elements of a data set are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub explicit_vr: bool,
    pub big_endian: bool,
}

impl Encoding {
    pub const IMPLICIT_LITTLE: Self = Self { explicit_vr: false, big_endian: false };
    pub const EXPLICIT_LITTLE: Self = Self { explicit_vr: true, big_endian: false };
    pub const EXPLICIT_BIG: Self = Self { explicit_vr: true, big_endian: true };
}

/// One top-level element: header at `start`, value in `value_start..end` (offsets in the walked bytes).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    pub tag: Tag,
    pub start: usize,
    pub value_start: usize,
    pub end: usize,
    /// Worth parsing, and sound.
    pub kept: bool,
}

/// Pixel Data (7FE0,0010), Float Pixel Data (7FE0,0008) or Double Float Pixel Data (7FE0,0009).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PixelElement {
    pub tag: Tag,
    pub value_start: u64,
    /// `None` where it is encapsulated (undefined length).
    pub length: Option<u64>,
    /// True where big-endian 8-bit samples lie in 16-bit words.
    pub is_ow: bool,
}

/// Why a walk stopped early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// At least this many bytes of the file are needed.
    NeedBytes(usize),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Items deeper than this are taken for an attack on the stack.
const DEEPEST: usize = 24;
const UNDEFINED: u32 = u32::MAX;
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// An element's header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ElementHeader {
    pub tag: Tag,
    /// `None` for implicit VR and for bytes that are no VR.
    pub vr: Option<VR>,
    pub length: u32,
    pub value_start: usize,
}

/// Walks a data set of which the first bytes are at hand.
pub(crate) struct Walker<'a> {
    /// The file's first bytes, from offset 0.
    pub bytes: &'a [u8],
    /// Length of the whole file.
    pub file_length: u64,
    pub encoding: Encoding,
}

impl Walker<'_> {
    /// Top-level elements from `start` to the pixel data, or to the end of the file.
    pub fn outline(&self, start: usize) -> Result<(Vec<Element>, Option<PixelElement>), Stop> {
        let mut elements = Vec::new();
        let mut at = start;
        while (at as u64).saturating_add(8) <= self.file_length {
            let header = self.header(at)?;
            let Tag(group, element) = header.tag;
            // A stray item or delimiter at the top level, as some writers leave it behind.
            if group == 0xFFFE {
                at = header.value_start;
                continue;
            }
            if group == 0x7FE0 && matches!(element, 0x0008..=0x0010) {
                let length = (header.length != UNDEFINED).then_some(u64::from(header.length));
                let value_start = header.value_start as u64;
                let is_ow = header.vr == Some(VR::OW);
                return Ok((elements, Some(PixelElement { tag: header.tag, value_start, length, is_ow })));
            }
            if group > 0x7FE0 || header.tag == Tag(0, 0) {
                break;
            }
            let mut kept = keeps(header.tag);
            let end = match self.value_end(&header, 0, kept) {
                // A broken sequence of known length is stepped over, unread.
                Err(Stop::Fault(_)) if kept && header.length != UNDEFINED => {
                    kept = false;
                    self.value_end(&header, 0, false)?
                }
                end => end?,
            };
            self.has(end)?;
            elements.push(Element { tag: header.tag, start: at, value_start: header.value_start, end, kept });
            at = end;
        }
        Ok((elements, None))
    }

    /// The header at `at`.
    pub fn header(&self, at: usize) -> Result<ElementHeader, Stop> {
        let tag = Tag(self.u16(at)?, self.u16(at.saturating_add(2))?);
        let is_delimiter = tag.group() == 0xFFFE;
        if !self.encoding.explicit_vr || is_delimiter {
            let length = self.u32(at.saturating_add(4))?;
            return Ok(ElementHeader { tag, vr: None, length, value_start: at.saturating_add(8) });
        }
        let code = self.slice(at.saturating_add(4), 2)?;
        let vr = code.first_chunk().copied().and_then(VR::from_binary);
        if vr.is_none_or(has_long_length) {
            let length = self.u32(at.saturating_add(8))?;
            return Ok(ElementHeader { tag, vr, length, value_start: at.saturating_add(12) });
        }
        let length = u32::from(self.u16(at.saturating_add(6))?);
        Ok(ElementHeader { tag, vr, length, value_start: at.saturating_add(8) })
    }

    /// Where the value of `header` ends. Sequences are walked where `deep`, or where only walking finds the end.
    fn value_end(&self, header: &ElementHeader, depth: usize, deep: bool) -> Result<usize, Stop> {
        let start = header.value_start;
        if header.length == UNDEFINED {
            return match header.vr {
                Some(VR::OB | VR::OW) => self.fragments_end(start),
                None if header.tag == Tag(0x7FE0, 0x0010) => self.fragments_end(start),
                Some(VR::UN) => Walker { encoding: Encoding::IMPLICIT_LITTLE, ..*self }.items_end(start, None, depth),
                _ => self.items_end(start, None, depth),
            };
        }
        let end = start.saturating_add(header.length as usize);
        if end as u64 > self.file_length {
            return Err(truncated(header.tag, header.length));
        }
        if deep && header.length > 0 && self.is_sequence(header) {
            self.items_end(start, Some(end), depth)?;
        }
        Ok(end)
    }

    /// The end of a sequence's items; `end` is known for a defined length.
    fn items_end(&self, start: usize, end: Option<usize>, depth: usize) -> Result<usize, Stop> {
        if depth >= DEEPEST {
            return Err(Fault::damaged("its sequences are nested too deeply").into());
        }
        let mut at = start;
        while end.is_none_or(|end| at < end) {
            let header = self.header(at)?;
            at = match (header.tag, header.length) {
                (SEQUENCE_END, _) => return Ok(end.unwrap_or(header.value_start)),
                (ITEM, UNDEFINED) => self.item_end(header.value_start, None, depth)?,
                (ITEM, length) => {
                    let item_end = header.value_start.saturating_add(length as usize);
                    if end.is_some_and(|end| item_end > end) || item_end as u64 > self.file_length {
                        return Err(truncated(ITEM, length));
                    }
                    self.item_end(header.value_start, Some(item_end), depth)?
                }
                (tag, _) => return Err(Fault::damaged(format!("{tag} stands where an item should")).into()),
            };
        }
        Ok(at)
    }

    /// The end of one item's elements.
    fn item_end(&self, start: usize, end: Option<usize>, depth: usize) -> Result<usize, Stop> {
        let mut at = start;
        while end.is_none_or(|end| at < end) {
            let header = self.header(at)?;
            if header.tag == ITEM_END {
                return Ok(end.unwrap_or(header.value_start));
            }
            at = self.value_end(&header, depth.saturating_add(1), true)?;
            if end.is_some_and(|end| at > end) {
                return Err(truncated(header.tag, header.length));
            }
        }
        Ok(at)
    }

    /// The end of encapsulated fragments, without looking into them.
    fn fragments_end(&self, start: usize) -> Result<usize, Stop> {
        let mut at = start;
        loop {
            let header = self.header(at)?;
            match header.tag {
                SEQUENCE_END => return Ok(header.value_start),
                ITEM => at = header.value_start.saturating_add(header.length as usize),
                tag => return Err(Fault::damaged(format!("{tag} stands where a fragment should")).into()),
            }
            if at as u64 > self.file_length {
                return Err(truncated(ITEM, header.length));
            }
        }
    }

    fn is_sequence(&self, header: &ElementHeader) -> bool {
        match header.vr {
            Some(vr) => vr == VR::SQ,
            None => StandardDataDictionary
                .by_tag(header.tag)
                .is_some_and(|entry| matches!(entry.vr(), VirtualVr::Exact(VR::SQ))),
        }
    }

    /// `end` bytes of the file are needed: says whether they are at hand.
    fn has(&self, end: usize) -> Result<(), Stop> {
        if end <= self.bytes.len() {
            Ok(())
        } else if end as u64 > self.file_length {
            Err(Fault::damaged("it ends in the middle of its header").into())
        } else {
            Err(Stop::NeedBytes(end))
        }
    }

    fn slice(&self, at: usize, length: usize) -> Result<&[u8], Stop> {
        let end = at.saturating_add(length);
        self.has(end)?;
        self.bytes.get(at..end).ok_or(Stop::NeedBytes(end))
    }

    fn u16(&self, at: usize) -> Result<u16, Stop> {
        let bytes = self.slice(at, 2)?.first_chunk().copied().unwrap_or_default();
        Ok(if self.encoding.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Result<u32, Stop> {
        let bytes = self.slice(at, 4)?.first_chunk().copied().unwrap_or_default();
        Ok(if self.encoding.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

/// Groups whose values are read: no private ones, icons, waveforms, overlays.
fn keeps(Tag(group, _): Tag) -> bool {
    group % 2 == 0 && group != 0x0088 && (group < 0x5000 || (0x5200..0x6000).contains(&group) || group == 0x7FE0)
}

/// VRs with a 32-bit length field after two reserved bytes (PS3.5 section 7.1.2).
fn has_long_length(vr: VR) -> bool {
    use VR::*;
    matches!(vr, OB | OD | OF | OL | OV | OW | SQ | SV | UC | UN | UR | UT | UV)
}

fn truncated(tag: Tag, length: u32) -> Stop {
    Fault::damaged(format!("{tag} announces {length} bytes, more than there are")).into()
}
