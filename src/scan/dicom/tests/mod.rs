//! DICOM files built in code, and what the reader makes of them.

mod damage;
mod display;
mod files;
mod shared_set;
mod streams;
mod suv;

use dicom_core::Tag;

use super::stored::StoredValues;
use super::*;

/// A file under construction. Elements are written in the order they are added.
#[derive(Clone)]
pub(super) struct Fixture {
    pub syntax: Option<&'static str>,
    pub preamble: bool,
    pub explicit_vr: bool,
    pub big_endian: bool,
    pub deflated: bool,
    elements: Vec<Written>,
}

#[derive(Clone)]
struct Written {
    tag: Tag,
    vr: &'static str,
    value: Content,
}

#[derive(Clone)]
enum Content {
    Bytes(Vec<u8>),
    Words(Vec<u16>),
    Items(Vec<Fixture>),
    /// An offset table and fragments.
    Fragments(Vec<u32>, Vec<Vec<u8>>),
}

pub(super) const EXPLICIT: &str = "1.2.840.10008.1.2.1";

impl Fixture {
    /// An empty explicit little-endian file, or a sequence item.
    pub fn new() -> Self {
        Self {
            syntax: Some(EXPLICIT),
            preamble: true,
            explicit_vr: true,
            big_endian: false,
            deflated: false,
            elements: Vec::new(),
        }
    }

    /// The attributes of a grey picture.
    pub fn gray(rows: u16, cols: u16, allocated: u16, stored: u16, signed: bool) -> Self {
        Self::new().picture(1, "MONOCHROME2", rows, cols, [allocated, stored, stored - 1, u16::from(signed)])
    }

    /// The attributes of a colour picture of 8 bits.
    pub fn colour(rows: u16, cols: u16, photometric: &str) -> Self {
        Self::new().picture(3, photometric, rows, cols, [8, 8, 7, 0])
    }

    /// Samples, photometric interpretation, size, and allocated, stored, high bit, representation.
    pub fn picture(self, samples: u16, photometric: &str, rows: u16, cols: u16, bits: [u16; 4]) -> Self {
        let [allocated, stored, high, signed] = bits;
        self.us(0x0028_0002, samples)
            .text(0x0028_0004, "CS", photometric)
            .us(0x0028_0010, rows)
            .us(0x0028_0011, cols)
            .us(0x0028_0100, allocated)
            .us(0x0028_0101, stored)
            .us(0x0028_0102, high)
            .us(0x0028_0103, signed)
    }

    fn with(mut self, tag: u32, vr: &'static str, value: Content) -> Self {
        let tag = Tag((tag >> 16) as u16, tag as u16);
        self.elements.retain(|element| element.tag != tag);
        self.elements.push(Written { tag, vr, value });
        self.elements.sort_by_key(|element| element.tag);
        self
    }

    pub fn bytes(self, tag: u32, vr: &'static str, value: &[u8]) -> Self {
        self.with(tag, vr, Content::Bytes(value.to_vec()))
    }

    pub fn text(self, tag: u32, vr: &'static str, value: &str) -> Self {
        self.bytes(tag, vr, value.as_bytes())
    }

    pub fn us(self, tag: u32, value: u16) -> Self {
        self.words(tag, "US", &[value])
    }

    pub fn words(self, tag: u32, vr: &'static str, values: &[u16]) -> Self {
        self.with(tag, vr, Content::Words(values.to_vec()))
    }

    pub fn items(self, tag: u32, items: Vec<Fixture>) -> Self {
        self.with(tag, "SQ", Content::Items(items))
    }

    pub fn pixels(self, bytes: &[u8]) -> Self {
        self.bytes(0x7FE0_0010, "OB", bytes)
    }

    pub fn word_pixels(self, words: &[u16]) -> Self {
        self.words(0x7FE0_0010, "OW", words)
    }

    pub fn fragments(mut self, syntax: &'static str, offsets: &[u32], fragments: &[&[u8]]) -> Self {
        self.syntax = Some(syntax);
        let fragments = fragments.iter().map(|fragment| fragment.to_vec()).collect();
        self.with(0x7FE0_0010, "OB", Content::Fragments(offsets.to_vec(), fragments))
    }

    /// The file's bytes.
    pub fn build(&self) -> Vec<u8> {
        let mut file = Vec::new();
        if self.preamble {
            file.resize(128, 0);
            file.extend(b"DICM");
        }
        if let Some(syntax) = self.syntax {
            let meta = Self::new().text(0x0002_0010, "UI", syntax);
            file.extend(meta.data_set());
        }
        if self.deflated {
            use std::io::Write;
            let mut encoder = flate2::write::DeflateEncoder::new(file, flate2::Compression::fast());
            encoder.write_all(&self.data_set()).unwrap();
            return encoder.finish().unwrap();
        }
        file.extend(self.data_set());
        file
    }

    fn data_set(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for Written { tag, vr, value } in &self.elements {
            let mut bytes = match value {
                Content::Bytes(bytes) => bytes.clone(),
                Content::Words(words) => words.iter().flat_map(|word| self.u16(*word)).collect(),
                Content::Items(items) => items.iter().flat_map(|item| self.item(item)).collect(),
                Content::Fragments(offsets, fragments) => self.encapsulated(offsets, fragments),
            };
            if bytes.len() % 2 == 1 {
                bytes.push(if matches!(*vr, "OB" | "UI") { 0 } else { b' ' });
            }
            let length = match value {
                Content::Fragments(..) => u32::MAX,
                _ => bytes.len() as u32,
            };
            out.extend(self.u16(tag.group()));
            out.extend(self.u16(tag.element()));
            if !self.explicit_vr {
                out.extend(self.u32(length));
            } else if matches!(*vr, "OB" | "OW" | "OF" | "OD" | "OV" | "SQ" | "UN" | "UT") {
                out.extend(vr.bytes());
                out.extend([0, 0]);
                out.extend(self.u32(length));
            } else {
                out.extend(vr.bytes());
                out.extend(self.u16(length as u16));
            }
            out.extend(bytes);
        }
        out
    }

    fn item(&self, item: &Fixture) -> Vec<u8> {
        let item = Fixture { explicit_vr: self.explicit_vr, big_endian: self.big_endian, ..item.clone() };
        let content = item.data_set();
        [&self.u16(0xFFFE)[..], &self.u16(0xE000), &self.u32(content.len() as u32), &content].concat()
    }

    fn encapsulated(&self, offsets: &[u32], fragments: &[Vec<u8>]) -> Vec<u8> {
        let table: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let mut out = Vec::new();
        for value in std::iter::once(&table).chain(fragments) {
            out.extend([0xFE, 0xFF, 0x00, 0xE0]);
            out.extend((value.len().next_multiple_of(2) as u32).to_le_bytes());
            out.extend(value);
            out.resize(out.len().next_multiple_of(2), 0);
        }
        out.extend([0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
        out
    }

    fn u16(&self, value: u16) -> [u8; 2] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(&self, value: u32) -> [u8; 4] {
        if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// Writes the file and opens it.
    pub fn open(&self) -> Result<Opened<Source>, ScanError> {
        open_bytes(&self.build())
    }

    /// Stored values of the first frame.
    pub fn stored(&self) -> StoredValues {
        self.open().unwrap().source.stored(0).unwrap().values
    }

    /// Values of the first frame in modality units.
    pub fn gray_values(&self) -> Vec<f32> {
        gray(&self.open().unwrap().source, 0)
    }

    /// Colours of the first frame.
    pub fn rgb(&self) -> Vec<u8> {
        match self.open().unwrap().source.frame(0).unwrap().pixels {
            Pixels::Rgb(values) => values.into_raw_vec_and_offset().0,
            Pixels::Gray(_) => panic!("grey instead of colours"),
        }
    }
}

/// Values of a grey frame.
pub(super) fn gray(source: &Source, index: usize) -> Vec<f32> {
    match source.frame(index).unwrap().pixels {
        Pixels::Gray(values) => values.into_raw_vec_and_offset().0,
        Pixels::Rgb(_) => panic!("colours instead of grey"),
    }
}

/// Opens bytes as a file. The file stays until the test ends: frames are read from it later.
pub(super) fn open_bytes(bytes: &[u8]) -> Result<Opened<Source>, ScanError> {
    thread_local! {
        static FOLDER: tempfile::TempDir = tempfile::tempdir().unwrap();
        static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }
    let count = COUNT.replace(COUNT.get() + 1);
    // Korean on purpose: paths are not ASCII everywhere.
    let path = FOLDER.with(|folder| folder.path().join(format!("영상 {count}.dcm")));
    std::fs::write(&path, bytes).unwrap();
    open(&path)
}
