//! A file up to its pixel data: outline, parsed elements, raw text.
//!
//! In: bytes. Out: a [`DataSet`] whose values are read through [`Values`]. Lengths have been checked by the walk
//! before the parser sees a byte; private elements and other groups that are never read do not reach it, so that
//! rubbish in them does no harm.

use std::io::Read;
use std::sync::Arc;

use dicom_core::Tag;
use dicom_encoding::text::SpecificCharacterSet;
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;

use super::bytes::Bytes;
use super::elements::{Element, Encoding, PixelElement, Stop, Walker};
use super::preamble::{self, Preamble};
use super::syntax::Syntax;
use crate::scan::fault::Fault;

/// Everything of a file but its pixels.
pub(crate) struct DataSet {
    /// The bytes that [`PixelElement::value_start`] counts in.
    pub bytes: Bytes,
    pub syntax: Syntax,
    pub encoding: Encoding,
    pub pixels: Option<PixelElement>,
    /// SOP Class UID, of the data set or else of the file meta information.
    pub sop_class: Option<String>,
    pub object: InMemDicomObject,
    /// Sentences about what was repaired.
    pub remarks: Vec<String>,
    raw: Vec<u8>,
    elements: Vec<Element>,
}

/// The header is read in pieces that grow from this size.
const FIRST_PIECE: u64 = 1 << 16;
/// A header larger than this is refused.
const LARGEST_HEADER: u64 = 1 << 28;
/// A deflated data set larger than this is refused.
const LARGEST_INFLATED: u64 = 1 << 30;

impl DataSet {
    /// Reads the header; the pixel data stays on disk.
    pub fn read(bytes: Bytes) -> Result<Self, Fault> {
        let file_length = bytes.length();
        if file_length < 8 {
            return Err(Fault::damaged("it is shorter than any DICOM file"));
        }
        let (start, _) = growing(&bytes, 0, |piece| preamble::read(piece, file_length))?;
        let syntax = start.syntax.as_deref().map(Syntax::of);
        if syntax.as_ref().is_some_and(|syntax| syntax.deflated) {
            let inflated = inflate(&bytes, start.data_set_at)?;
            let start = Preamble { data_set_at: 0, ..start };
            return Self::parse(Bytes::Memory(Arc::new(inflated)), start, syntax);
        }
        Self::parse(bytes, start, syntax)
    }

    fn parse(bytes: Bytes, start: Preamble, declared: Option<Syntax>) -> Result<Self, Fault> {
        let mut remarks = Vec::new();
        let at = start.data_set_at;
        let first = bytes.read(at as u64, 8.min(bytes.length().saturating_sub(at as u64)))?;
        let guessed = preamble::guess_encoding(&first);
        let (syntax, encoding) = match (declared, guessed) {
            (Some(syntax), Some(guessed)) if guessed != syntax.encoding => {
                remarks.push("The data set is not written as its transfer syntax says; it was read as it is.".into());
                (syntax, guessed)
            }
            (Some(syntax), _) => {
                let encoding = syntax.encoding;
                (syntax, encoding)
            }
            (None, Some(guessed)) => {
                remarks.push("The file says no transfer syntax; it was told from the bytes.".into());
                (Syntax::plain(guessed), guessed)
            }
            (None, None) => return Err(Fault::damaged("it begins with no DICOM element")),
        };
        let file_length = bytes.length();
        let ((elements, pixels), raw) =
            growing(&bytes, at, |piece| Walker { bytes: piece, file_length, encoding }.outline(at))?;
        let object = parse_kept(&raw, &elements, encoding)?;
        let sop_class = Values(&object).text(Tag(0x0008, 0x0016)).or(start.sop_class);
        Ok(Self { bytes, syntax, encoding, pixels, sop_class, object, remarks, raw, elements })
    }

    pub fn values(&self) -> Values<'_> {
        Values(&self.object)
    }

    /// The bytes of a top-level element's value, as in the file.
    pub fn raw(&self, tag: Tag) -> Option<&[u8]> {
        let element = self.elements.iter().find(|element| element.tag == tag)?;
        self.raw.get(element.value_start..element.end)
    }
}

/// Runs `step` on longer and longer prefixes of the file until it has enough.
fn growing<T>(bytes: &Bytes, at: usize, step: impl Fn(&[u8]) -> Result<T, Stop>) -> Result<(T, Vec<u8>), Fault> {
    let mut wanted = (at as u64).saturating_add(FIRST_PIECE);
    loop {
        let length = wanted.min(bytes.length());
        let piece = bytes.read(0, length)?;
        match step(&piece) {
            Ok(found) => return Ok((found, piece)),
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::NeedBytes(_)) if length == bytes.length() => {
                return Err(Fault::damaged("it ends in the middle of its header"));
            }
            Err(Stop::NeedBytes(needed)) => {
                wanted = wanted.saturating_mul(4).max(needed as u64);
                if wanted.min(bytes.length()) > LARGEST_HEADER {
                    return Err(Fault::TooLarge("more than 256 MB stand before its pixel data".into()));
                }
            }
        }
    }
}

fn inflate(bytes: &Bytes, at: usize) -> Result<Vec<u8>, Fault> {
    let at = at as u64;
    let deflated = bytes.read(at, bytes.length().saturating_sub(at))?;
    let mut inflated = Vec::new();
    let mut reader = flate2::read::DeflateDecoder::new(&deflated[..]).take(LARGEST_INFLATED);
    if let Err(error) = reader.read_to_end(&mut inflated)
        && inflated.is_empty()
    {
        return Err(Fault::damaged(format!("its deflated data set cannot be inflated ({error})")));
    }
    if inflated.len() as u64 >= LARGEST_INFLATED {
        return Err(Fault::TooLarge("its deflated data set holds more than 1 GB".into()));
    }
    Ok(inflated)
}

/// Hands the kept elements to the parser. Text is parsed as Latin-1: [`DataSet::raw`] gives the bytes where the
/// character set matters.
fn parse_kept(raw: &[u8], elements: &[Element], encoding: Encoding) -> Result<InMemDicomObject, Fault> {
    let character_set = Tag(0x0008, 0x0005);
    let mut kept = Vec::new();
    for element in elements.iter().filter(|element| element.kept && element.tag != character_set) {
        kept.extend_from_slice(raw.get(element.start..element.end).unwrap_or_default());
    }
    let syntax = match encoding {
        Encoding { explicit_vr: false, .. } => entries::IMPLICIT_VR_LITTLE_ENDIAN.erased(),
        Encoding { big_endian: true, .. } => entries::EXPLICIT_VR_BIG_ENDIAN.erased(),
        _ => entries::EXPLICIT_VR_LITTLE_ENDIAN.erased(),
    };
    let latin = SpecificCharacterSet::from_code("ISO_IR 100").unwrap_or_default();
    InMemDicomObject::read_dataset_with_ts_cs(&kept[..], &syntax, latin)
        .map_err(|error| Fault::damaged(format!("its header cannot be parsed ({})", innermost(&error))))
}

/// The last cause of an error: the one that says what happened.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Typed values of a data set or of a sequence item. Absent and unreadable values are `None` or empty.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a>(pub &'a InMemDicomObject);

impl<'a> Values<'a> {
    /// True where the value is written as text, not as binary numbers.
    pub fn is_text(self, tag: Tag) -> bool {
        use dicom_core::PrimitiveValue::{Str, Strs};
        let value = self.0.get(tag).and_then(|element| element.value().primitive());
        matches!(value, Some(Str(_) | Strs(_)))
    }

    /// Non-empty values as text, trimmed. ASCII attributes only: other text needs the character set.
    pub fn texts(self, tag: Tag) -> Vec<String> {
        let Some(element) = self.0.get(tag) else { return Vec::new() };
        let values = element.to_multi_str().map(|texts| texts.to_vec()).unwrap_or_default();
        values.iter().map(|text| text.trim_matches(['\0', ' ']).to_owned()).collect()
    }

    /// The first non-empty text.
    pub fn text(self, tag: Tag) -> Option<String> {
        self.texts(tag).into_iter().find(|text| !text.is_empty())
    }

    /// All values that are finite numbers, whether written as text (DS, IS) or binary.
    pub fn numbers(self, tag: Tag) -> Vec<f64> {
        let Some(element) = self.0.get(tag) else { return Vec::new() };
        if let Ok(texts) = element.value().strings() {
            let parse = |text: &String| text.trim_matches(['\0', ' ']).parse::<f64>().ok();
            return texts.iter().filter_map(parse).filter(|number| number.is_finite()).collect();
        }
        if let Some(text) = element.value().primitive().and_then(|value| value.string().ok()) {
            return text.trim_matches(['\0', ' ']).parse().into_iter().filter(|v: &f64| v.is_finite()).collect();
        }
        element.to_multi_float64().unwrap_or_default().into_iter().filter(|number| number.is_finite()).collect()
    }

    pub fn number(self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied()
    }

    /// Exactly `N` numbers (or the first `N`).
    pub fn vector<const N: usize>(self, tag: Tag) -> Option<[f64; N]> {
        self.numbers(tag).first_chunk::<N>().copied()
    }

    /// A whole number.
    pub fn integer(self, tag: Tag) -> Option<i64> {
        let number = self.number(tag)?;
        (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
    }

    pub fn items(self, tag: Tag) -> Vec<Values<'a>> {
        let items = self.0.get(tag).and_then(|element| element.items()).unwrap_or_default();
        items.iter().map(Values).collect()
    }

    /// The first item of a sequence.
    pub fn item(self, tag: Tag) -> Option<Values<'a>> {
        self.items(tag).into_iter().next()
    }

    /// The value representation as written, or as the dictionary has it.
    pub fn vr(self, tag: Tag) -> Option<dicom_core::VR> {
        self.0.get(tag).map(|element| element.vr())
    }

    pub fn has(self, tag: Tag) -> bool {
        self.0.get(tag).is_some()
    }

    /// A LUT's entries as 16-bit words, whatever VR holds them. `None` where absent.
    pub fn words(self, tag: Tag) -> Option<Vec<u16>> {
        use dicom_core::PrimitiveValue;
        Some(match self.0.get(tag)?.value().primitive()? {
            PrimitiveValue::U16(words) => words.to_vec(),
            PrimitiveValue::I16(words) => words.iter().map(|word| *word as u16).collect(),
            PrimitiveValue::U8(bytes) => bytes.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect(),
            other => other.to_multi_int::<u16>().ok()?,
        })
    }
}
