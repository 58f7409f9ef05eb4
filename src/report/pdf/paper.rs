//! Sheets of A4 that are filled from the top. Lengths in points (1/72 inch); `y` grows downwards from a sheet's upper edge.

use pdf_writer::Content;

use super::fonts::{Fonts, Weight};

/// A4.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
pub(super) const LEFT: f32 = 48.0;
pub(super) const RIGHT: f32 = WIDTH - LEFT;
/// Room for text.
pub(super) const ROOM: f32 = RIGHT - LEFT;
const TOP: f32 = 48.0;
const BOTTOM: f32 = HEIGHT - 58.0;
/// Base line of the foot.
pub(super) const FOOT: f32 = HEIGHT - 30.0;
/// Height of a line of text as a share of its size, and of the base line in it.
pub(super) const LINE: f32 = 1.42;
const BASE: f32 = 1.05;

pub(super) type Rgb = (f32, f32, f32);
pub(super) const INK: Rgb = (0.118, 0.133, 0.157);
pub(super) const SOFT: Rgb = (0.357, 0.392, 0.439);
pub(super) const ACCENT: Rgb = (0.1, 0.34, 0.52);
pub(super) const WARN: Rgb = (0.604, 0.353, 0.0);
pub(super) const WARN_GROUND: Rgb = (1.0, 0.965, 0.898);
pub(super) const GROUND: Rgb = (0.965, 0.969, 0.976);
pub(super) const HAIRLINE: Rgb = (0.851, 0.867, 0.89);

/// A JPEG and its size in pixels.
pub(super) struct Jpeg {
    pub bytes: Vec<u8>,
    pub cols: u32,
    pub rows: u32,
}

/// One sheet.
pub(super) struct Sheet {
    pub content: Content,
    /// Indices of the pictures on it.
    pub pictures: Vec<usize>,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { content: Content::new(), pictures: Vec::new() }
    }
}

/// A place to jump to.
pub(super) struct Bookmark {
    pub title: String,
    pub sheet: usize,
    pub y: f32,
}

pub(super) struct Paper {
    pub fonts: Fonts,
    /// All but the one that is being filled.
    pub full: Vec<Sheet>,
    pub sheet: Sheet,
    /// Where the next thing goes.
    pub y: f32,
    pub pictures: Vec<Jpeg>,
    pub bookmarks: Vec<Bookmark>,
}

impl Paper {
    pub fn new() -> Result<Self, String> {
        let fonts = Fonts::new()?;
        let (sheet, full) = (Sheet::default(), Vec::new());
        Ok(Self { fonts, full, sheet, y: TOP, pictures: Vec::new(), bookmarks: Vec::new() })
    }

    /// Goes on to the next sheet unless this one has room for `height` more. True where it did.
    pub fn need(&mut self, height: f32) -> bool {
        // What is higher than a whole sheet goes where it is.
        let turn = self.y + height > BOTTOM && self.y > TOP;
        if turn {
            self.full.push(std::mem::take(&mut self.sheet));
            self.y = TOP;
        }
        turn
    }

    pub fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Most that a sheet holds.
    pub fn whole_sheet(&self) -> f32 {
        BOTTOM - TOP
    }

    pub fn bookmark(&mut self, title: &str) {
        self.bookmarks.push(Bookmark { title: title.to_owned(), sheet: self.full.len(), y: self.y });
    }

    /// Text over the whole room, broken into lines.
    pub fn paragraph(&mut self, text: &str, size: f32, weight: Weight, color: Rgb) {
        for line in self.fonts.wrap(text, size, weight, ROOM) {
            self.need(size * LINE);
            self.text((LEFT, self.y + size * BASE), &line, size, weight, color);
            self.y += size * LINE;
        }
    }

    /// Lines below each other from `(x, y)` on; gives where they end.
    pub fn lines(&mut self, (x, mut y): (f32, f32), lines: &[String], size: f32, weight: Weight, color: Rgb) -> f32 {
        for line in lines {
            self.text((x, y + size * BASE), line, size, weight, color);
            y += size * LINE;
        }
        y
    }

    /// One line whose base line begins at `(x, y)`.
    pub fn text(&mut self, (x, y): (f32, f32), text: &str, size: f32, weight: Weight, color: Rgb) {
        self.sheet.content.set_fill_rgb(color.0, color.1, color.2);
        let matrix = [1.0, 0.0, 0.0, 1.0, x, HEIGHT - y];
        self.fonts.show(&mut self.sheet.content, matrix, text, size, weight);
    }

    pub fn fill(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), color: Rgb) {
        let content = &mut self.sheet.content;
        content.set_fill_rgb(color.0, color.1, color.2).rect(x, HEIGHT - y - height, width, height).fill_nonzero();
    }

    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, color: Rgb) {
        let content = &mut self.sheet.content;
        content.set_stroke_rgb(color.0, color.1, color.2).set_line_width(width);
        content.move_to(from.0, HEIGHT - from.1).line_to(to.0, HEIGHT - to.1).stroke();
    }

    /// A line over the whole room.
    pub fn rule(&mut self, width: f32, color: Rgb) {
        self.space(4.0);
        self.line((LEFT, self.y), (RIGHT, self.y), width, color);
        self.space(4.0);
    }

    /// The picture with the index `picture` of [`Paper::pictures`].
    pub fn picture(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), picture: usize) {
        let name = picture_name(picture);
        let content = &mut self.sheet.content;
        content.save_state().transform([width, 0.0, 0.0, height, x, HEIGHT - y - height]);
        content.x_object(pdf_writer::Name(name.as_bytes())).restore_state();
        self.sheet.pictures.push(picture);
    }

    /// Lets `draw` add to every sheet; it is given the sheet's number from 1 and how many there are.
    pub fn foot(&mut self, draw: impl Fn(&mut Self, usize, usize)) {
        let of = self.full.len() + 1;
        for number in 0..of {
            if let Some(sheet) = self.full.get_mut(number) {
                std::mem::swap(sheet, &mut self.sheet);
            }
            draw(self, number + 1, of);
            if let Some(sheet) = self.full.get_mut(number) {
                std::mem::swap(sheet, &mut self.sheet);
            }
        }
    }
}

/// Its key in resource dictionaries.
pub(super) fn picture_name(picture: usize) -> String {
    format!("P{picture}")
}
