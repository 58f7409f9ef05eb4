//! The bundled fonts in a PDF: which glyph a letter is, how wide text is, and the fonts themselves cut to what was used.

use std::collections::BTreeMap;
use std::io::Write as _;

use ab_glyph::{Font as _, FontRef};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use crate::render::fonts;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// One font file and the letters of it that were used.
struct Face {
    /// In resource dictionaries.
    key: &'static [u8],
    /// PostScript name behind the subset's tag.
    name: &'static str,
    bytes: &'static [u8],
    font: FontRef<'static>,
    glyphs: GlyphRemapper,
    /// By glyph of the subset: its letter and width in thousandths of the size.
    used: BTreeMap<u16, (char, f32)>,
}

/// Index of a face, glyph in the whole font.
type Place = (usize, ab_glyph::GlyphId);

pub(super) struct Fonts {
    faces: Vec<Face>,
}

const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

impl Fonts {
    pub fn new() -> Result<Self, String> {
        let face = |key, name, bytes| {
            let font = FontRef::try_from_slice(bytes).map_err(|error| format!("{name}: {error}"))?;
            Ok::<_, String>(Face { key, name, bytes, font, glyphs: GlyphRemapper::new(), used: BTreeMap::new() })
        };
        Ok(Self {
            faces: vec![
                face(b"F0", "OverreadSans-Regular", fonts::SANS)?,
                face(b"F1", "OverreadSans-SemiBold", fonts::SANS_SEMIBOLD)?,
                face(b"F2", "OverreadHangul-Regular", fonts::HANGUL)?,
                face(b"F3", "OverreadHangul-Bold", fonts::HANGUL_BOLD)?,
            ],
        })
    }

    /// The first face that has the letter, else the first one's box.
    fn find(&self, letter: char, weight: Weight) -> Option<Place> {
        let order: &[usize] = match weight {
            Weight::Regular => &[0, 2],
            Weight::Bold => &[1, 3, 2],
        };
        let glyph = |face: &usize| Some((*face, self.faces.get(*face)?.font.glyph_id(letter)));
        let mut all = order.iter().filter_map(glyph);
        all.find(|(_, glyph)| glyph.0 != 0).or_else(|| order.first().and_then(glyph))
    }

    /// Thousandths of the size.
    fn advance(&self, (face, glyph): Place) -> f32 {
        let Some(face) = self.faces.get(face) else { return 0.0 };
        face.font.h_advance_unscaled(glyph) * 1000.0 / face.font.units_per_em().unwrap_or(1000.0)
    }

    /// Points.
    pub fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        let places = text.chars().filter_map(|letter| self.find(letter, weight));
        places.map(|place| self.advance(place)).sum::<f32>() * size / 1000.0
    }

    /// Shows one line with this matrix (its last two numbers are where the base line begins).
    pub fn show(&mut self, content: &mut Content, matrix: [f32; 6], text: &str, size: f32, weight: Weight) {
        let mut runs: Vec<(usize, Vec<u8>)> = Vec::new();
        for letter in text.chars() {
            let Some((at, glyph)) = self.find(letter, weight) else { continue };
            let width = self.advance((at, glyph));
            let Some(face) = self.faces.get_mut(at) else { continue };
            let new = face.glyphs.remap(glyph.0);
            face.used.entry(new).or_insert((letter, width));
            match runs.last_mut() {
                Some((face, bytes)) if *face == at => bytes.extend(new.to_be_bytes()),
                _ => runs.push((at, new.to_be_bytes().to_vec())),
            }
        }
        content.begin_text();
        content.set_text_matrix(matrix);
        for (at, bytes) in runs {
            let Some(face) = self.faces.get(at) else { continue };
            content.set_font(Name(face.key), size);
            content.show(Str(&bytes));
        }
        content.end_text();
    }

    /// Breaks text into lines no wider than `width` points: at spaces and after `/`, a longer word anywhere.
    pub fn wrap(&self, text: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
        text.split('\n').flat_map(|line| self.wrap_line(line, size, weight, width)).collect()
    }

    fn wrap_line(&self, text: &str, size: f32, weight: Weight, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let (mut line, mut line_width) = (String::new(), 0.0);
        for word in text.split_inclusive([' ', '/']) {
            let visible = self.width(word.trim_end(), size, weight);
            if line_width + visible > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                line_width = 0.0;
            }
            if visible <= width {
                line += word;
                line_width += self.width(word, size, weight);
                continue;
            }
            for letter in word.chars() {
                let own = self.width(letter.encode_utf8(&mut [0; 4]), size, weight);
                if line_width + own > width && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                    line_width = 0.0;
                }
                line.push(letter);
                line_width += own;
            }
        }
        lines.push(line.trim_end().to_owned());
        lines
    }

    /// Writes the faces that were used and gives their keys and objects.
    pub fn write(self, pdf: &mut Pdf, next: &mut dyn FnMut() -> Ref) -> Result<Vec<(&'static [u8], Ref)>, String> {
        let used = self.faces.into_iter().filter(|face| !face.used.is_empty());
        used.map(|face| Ok((face.key, face.write(pdf, next)?))).collect()
    }
}

impl Face {
    /// A composite font whose two-byte codes are the subset's glyphs (ISO 32000-1, 9.7.4).
    fn write(self, pdf: &mut Pdf, next: &mut dyn FnMut() -> Ref) -> Result<Ref, String> {
        let [font, cid, descriptor, map, file] = [next(), next(), next(), next(), next()];
        let subset =
            subsetter::subset(self.bytes, 0, &self.glyphs).map_err(|error| format!("{}: {error}", self.name))?;
        let name = format!("OVERRD+{}", self.name);
        let name = Name(name.as_bytes());
        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(map);
        let mut cid_font = pdf.cid_font(cid);
        cid_font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
        cid_font.cid_to_gid_map_predefined(Name(b"Identity")).default_width(0.0);
        let mut widths = cid_font.widths();
        for (glyph, (_, width)) in &self.used {
            widths.consecutive(*glyph, [*width]);
        }
        widths.finish();
        cid_font.finish();
        let em = self.font.units_per_em().unwrap_or(1000.0) / 1000.0;
        let (up, down) = (self.font.ascent_unscaled() / em, self.font.descent_unscaled() / em);
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(-200.0, down, 1200.0, up))
            .italic_angle(0.0)
            .ascent(up)
            .descent(down)
            .cap_height(up * 0.75)
            .stem_v(80.0)
            .font_file2(file);
        let mut letters = UnicodeCmap::new(Name(b"Letters"), SYSTEM);
        for (glyph, (letter, _)) in &self.used {
            letters.pair(*glyph, *letter);
        }
        let letters = compressed(letters.finish().as_slice())?;
        pdf.cmap(map, &letters).filter(Filter::FlateDecode);
        let length = i32::try_from(subset.len()).map_err(|error| error.to_string())?;
        let subset = compressed(&subset)?;
        let mut stream = pdf.stream(file, &subset);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), length);
        Ok(font)
    }
}

/// Zlib, as `FlateDecode` reads it.
pub(super) fn compressed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|error| error.to_string())
}
