//! Pairs side by side on one picture, to be judged by eye.

use std::path::Path;

use crate::geometry::Size;
use crate::render::{Canvas, Thumbnail, draw_text, text_width};
use crate::report::{RESEARCH_USE, ReportError};

/// Side of the square that each picture is fitted into, pixels.
const SIDE: usize = 168;
const GAP: usize = 4;
const MARGIN: usize = 20;
const PAIRS_IN_A_ROW: usize = 3;
const TOP: usize = 64;
const BOTTOM: usize = 40;
/// Room for two lines below a pair.
const WORDS: usize = 48;
const TEXT: f32 = 16.0;
const GROUND: [u8; 3] = [255; 3];
const EMPTY: [u8; 3] = [232, 234, 238];
const INK: [u8; 3] = [30, 34, 40];
const ALARM: [u8; 3] = [176, 32, 32];

/// One pair with what stands below it.
pub struct PairPicture {
    /// `None` where the file can no longer be read.
    pub left: Option<Thumbnail>,
    pub right: Option<Thumbnail>,
    /// Below the whole pair, e.g. the correlation.
    pub about: String,
    /// Below each picture.
    pub names: [String; 2],
    /// In another colour: labels that contradict each other.
    pub alarm: bool,
}

/// A sheet being drawn.
struct Sheet {
    rgba: Vec<u8>,
    size: Size,
}

/// Writes a PNG with all pairs, three in a row, under a title.
///
/// # Errors
/// [`ReportError::Draw`] where the file cannot be written.
pub fn write_pair_sheet(path: &Path, title: &str, pairs: &[PairPicture]) -> Result<(), ReportError> {
    let failed = |what: String| ReportError::Draw { path: path.to_owned(), what };
    let mut sheet = Sheet::new(pairs.len());
    for (index, pair) in pairs.iter().enumerate() {
        sheet.put_pair(index, pair);
    }
    let (rows, title_width) = (sheet.size.rows, (sheet.size.cols - 2 * MARGIN) as f32);
    let lines = [(14, title, 22.0), (rows - BOTTOM + 8, RESEARCH_USE, TEXT)];
    for (top, words, height) in lines {
        sheet.put_text((MARGIN, top), words, height, title_width, INK);
    }
    let width = u32::try_from(sheet.size.cols).map_err(|error| failed(error.to_string()))?;
    let height = u32::try_from(sheet.size.rows).map_err(|error| failed(error.to_string()))?;
    image::save_buffer(path, &sheet.rgba, width, height, image::ExtendedColorType::Rgba8)
        .map_err(|error| failed(error.to_string()))
}

impl Sheet {
    fn new(pairs: usize) -> Self {
        let across = PAIRS_IN_A_ROW * (2 * SIDE + GAP) + (PAIRS_IN_A_ROW + 1) * MARGIN;
        let down = TOP + pairs.div_ceil(PAIRS_IN_A_ROW) * (SIDE + WORDS + MARGIN) + BOTTOM;
        let size = Size::new(down, across);
        let [r, g, b] = GROUND;
        Self { rgba: [r, g, b, 255].repeat(down * across), size }
    }

    fn put_pair(&mut self, index: usize, pair: &PairPicture) {
        let top = TOP + index / PAIRS_IN_A_ROW * (SIDE + WORDS + MARGIN);
        let left = MARGIN + index % PAIRS_IN_A_ROW * (2 * SIDE + GAP + MARGIN);
        let ink = if pair.alarm { ALARM } else { INK };
        for (picture, name, left) in
            [(&pair.left, &pair.names[0], left), (&pair.right, &pair.names[1], left + SIDE + GAP)]
        {
            self.put_picture((left, top), picture.as_ref());
            self.put_text((left, top + SIDE + 22), name, TEXT, SIDE as f32 - 6.0, INK);
        }
        self.put_text((left, top + SIDE + 3), &pair.about, TEXT, (2 * SIDE) as f32, ink);
    }

    fn put_picture(&mut self, (left, top): (usize, usize), picture: Option<&Thumbnail>) {
        self.fill((left, top), Size::new(SIDE, SIDE), EMPTY);
        let Some(picture) = picture else { return };
        let Size { rows, cols } = picture.size;
        let (left, top) = (left + SIDE.saturating_sub(cols) / 2, top + SIDE.saturating_sub(rows) / 2);
        for (row, line) in picture.rgba.chunks_exact(cols.max(1) * 4).enumerate().take(SIDE) {
            let from = ((top + row) * self.size.cols + left) * 4;
            let line = line.get(..cols.min(SIDE) * 4).unwrap_or(line);
            if let Some(place) = self.rgba.get_mut(from..from + line.len()) {
                place.copy_from_slice(line);
            }
        }
    }

    fn fill(&mut self, (left, top): (usize, usize), size: Size, [r, g, b]: [u8; 3]) {
        for row in top..top + size.rows {
            let from = (row * self.size.cols + left) * 4;
            if let Some(line) = self.rgba.get_mut(from..from + size.cols * 4) {
                line.chunks_exact_mut(4).for_each(|pixel| pixel.copy_from_slice(&[r, g, b, 255]));
            }
        }
    }

    fn put_text(&mut self, (left, top): (usize, usize), words: &str, height: f32, most: f32, ink: [u8; 3]) {
        if let Ok(mut canvas) = Canvas::new(&mut self.rgba, self.size) {
            draw_text(&mut canvas, (left as f32, top as f32), &fitted(words, height, most), height, ink);
        }
    }
}

/// The words, their beginning cut with "…" to a width in pixels: the end of a path says more.
fn fitted(words: &str, height: f32, most: f32) -> String {
    if text_width(words, height) <= most {
        return words.to_owned();
    }
    let mut from = words.char_indices().map(|(at, _)| at);
    from.find_map(|at| {
        let shorter = format!("…{}", words.get(at..)?);
        (text_width(&shorter, height) <= most).then_some(shorter)
    })
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_shows_both_pictures_of_each_pair() {
        let gray = |level: u8, size: Size| {
            Some(Thumbnail { size, rgba: [level, level, level, 255].repeat(size.rows * size.cols) })
        };
        let pair = |left, right| PairPicture {
            left,
            right,
            about: "correlation 0.97".to_owned(),
            names: ["A/a very long name that cannot stand there.png".to_owned(), "B/2.png".to_owned()],
            alarm: true,
        };
        let pairs: Vec<PairPicture> = (0..4)
            .map(|_| pair(gray(10, Size::new(168, 168)), gray(90, Size::new(100, 60))))
            .chain([pair(None, None)])
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("쌍.png");
        write_pair_sheet(&path, "Pairs", &pairs).unwrap();
        let sheet = image::open(&path).unwrap().to_rgb8();
        let count = |level: u8| sheet.pixels().filter(|pixel| pixel.0 == [level; 3]).count();
        assert!(count(10) >= 4 * 168 * 168 && count(90) >= 4 * 6000);
        assert!(sheet.pixels().any(|pixel| pixel.0 == ALARM));
    }

    #[test]
    fn long_paths_keep_their_end() {
        let short = fitted("folder/folder/folder/slice 12.png", 16.0, 90.0);
        assert!(short.starts_with('…') && short.ends_with("12.png") && text_width(&short, 16.0) <= 90.0);
        assert_eq!(fitted("a.png", 16.0, 90.0), "a.png");
    }
}
