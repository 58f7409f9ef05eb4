//! The strip of words that goes with every exported picture, first of all the research-use line.

use super::text::wrap;
use super::{Canvas, RenderError, draw_text};
use crate::geometry::Size;

/// The sentence on every screen, picture and report.
pub const RESEARCH_USE: &str = "Research use only. Not a medical device. Not for diagnosis or treatment decisions.";
/// The same in Korean.
pub const RESEARCH_USE_KO: &str = "연구용입니다. 의료기기가 아니며, 진단·치료 결정에 사용할 수 없습니다.";

const BACKGROUND: [u8; 3] = [18, 20, 24];
const INK: [u8; 3] = [232, 234, 238];
/// Height of a line as a share of the picture's columns, and its limits in pixels: smaller cannot be read.
const COLS_PER_LINE_HEIGHT: f32 = 48.0;
const LEAST_HEIGHT: f32 = 10.0;
const MOST_HEIGHT: f32 = 40.0;
/// Columns of one readable word.
const LEAST_COLS: usize = 64;
/// The largest share of the picture that a strip may hide.
const MOST_SHARE: f32 = 0.34;

/// Lines laid out for a width.
struct Layout {
    lines: Vec<String>,
    height: f32,
    rows: usize,
}

impl Layout {
    fn new(cols: usize, texts: &[&str]) -> Self {
        let height = (cols as f32 / COLS_PER_LINE_HEIGHT).clamp(LEAST_HEIGHT, MOST_HEIGHT).round();
        let width = cols as f32 - height;
        let lines: Vec<String> = texts.iter().flat_map(|text| wrap(text, height, width)).collect();
        let rows = (lines.len() as f32 * height + height / 2.0).ceil() as usize;
        Self { lines, height, rows }
    }

    /// Dark ground and light letters on the rows from `top` on.
    fn draw(&self, canvas: &mut Canvas<'_>, top: usize, cover: u8) {
        canvas.fill((top, 0), Size::new(self.rows, canvas.size().cols), BACKGROUND, cover);
        let mut y = top as f32 + self.height / 4.0;
        for line in &self.lines {
            draw_text(canvas, (self.height / 2.0, y), line, self.height, INK);
            y += self.height;
        }
    }
}

/// Burns texts into the lower edge of a picture that keeps its size, each on lines of its own.
///
/// # Errors
/// [`RenderError::TooSmall`] where they cannot be read or would hide more than a third of the picture; nothing is
/// drawn then, and [`with_caption`] is the way.
pub fn burn_caption(canvas: &mut Canvas<'_>, texts: &[&str]) -> Result<(), RenderError> {
    let size = canvas.size();
    let layout = Layout::new(size.cols, texts);
    if size.cols < LEAST_COLS || layout.rows as f32 > size.rows as f32 * MOST_SHARE {
        return Err(RenderError::TooSmall { size });
    }
    layout.draw(canvas, size.rows - layout.rows, 216);
    Ok(())
}

/// The picture with the texts on a strip below it: nothing is hidden, and it has more rows.
///
/// # Errors
/// [`RenderError::Bytes`] where `rgba` is not a picture of `size`.
pub fn with_caption(mut rgba: Vec<u8>, size: Size, texts: &[&str]) -> Result<(Vec<u8>, Size), RenderError> {
    Canvas::new(&mut rgba, size)?;
    let layout = Layout::new(size.cols, texts);
    let taller = Size::new(size.rows + layout.rows, size.cols);
    let Some(pixels) = taller.pixels() else { return Err(RenderError::TooSmall { size }) };
    rgba.resize(pixels * 4, 255);
    layout.draw(&mut Canvas::new(&mut rgba, taller)?, size.rows, 255);
    Ok((rgba, taller))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gray(size: Size) -> Vec<u8> {
        [128, 128, 128, 255].repeat(size.pixels().unwrap())
    }

    fn light(pixels: &[u8]) -> usize {
        pixels.chunks_exact(4).filter(|pixel| pixel[0] > 150).count()
    }

    #[test]
    fn both_languages_are_burnt_into_the_lower_edge_only() {
        for (size, texts) in [
            (Size::new(208, 176), &[RESEARCH_USE][..]),
            (Size::new(512, 512), &[RESEARCH_USE, RESEARCH_USE_KO][..]),
            (Size::new(3000, 4000), &[RESEARCH_USE, RESEARCH_USE_KO][..]),
        ] {
            let mut rgba = gray(size);
            burn_caption(&mut Canvas::new(&mut rgba, size).unwrap(), texts).unwrap();
            let row_bytes = size.cols * 4;
            let kept = rgba.chunks_exact(row_bytes).take_while(|row| row.chunks_exact(4).all(|p| p[0] == 128)).count();
            assert!(kept * 100 > size.rows * 65 && kept < size.rows, "{size}: {kept} rows untouched");
            assert!(light(&rgba[kept * row_bytes..]) > 100, "{size}");
            assert!(rgba.chunks_exact(4).all(|pixel| pixel[3] == 255));
        }
    }

    #[test]
    fn a_picture_too_small_for_it_keeps_its_pixels_and_gets_the_strip_below() {
        let size = Size::new(64, 64);
        let mut rgba = gray(size);
        let refused = burn_caption(&mut Canvas::new(&mut rgba, size).unwrap(), &[RESEARCH_USE]);
        assert_eq!(refused, Err(RenderError::TooSmall { size }));
        assert_eq!(rgba, gray(size));
        let (taller, new_size) = with_caption(rgba.clone(), size, &[RESEARCH_USE]).unwrap();
        assert_eq!(taller[..rgba.len()], rgba);
        assert!(new_size.rows > 100 && new_size.cols == 64 && taller.len() == new_size.rows * 64 * 4);
        assert!(light(&taller[rgba.len()..]) > 100);
    }
}
