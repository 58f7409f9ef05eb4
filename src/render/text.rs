//! Words on a picture that leaves the program, in the bundled fonts.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

use super::{Canvas, fonts};

/// Latin first, Hangul behind it.
static FONTS: LazyLock<Vec<FontRef<'static>>> = LazyLock::new(|| {
    let read = |bytes: &'static [u8]| match FontRef::try_from_slice(bytes) {
        Ok(font) => Some(font),
        Err(_) => {
            tracing::error!("a bundled font was refused; pictures have no text");
            None
        }
    };
    [fonts::SANS, fonts::HANGUL].into_iter().filter_map(read).collect()
});

/// The first font that has the character, else the first font's box.
fn find(character: char) -> Option<(&'static FontRef<'static>, GlyphId)> {
    let all = || FONTS.iter().map(|font| (font, font.glyph_id(character)));
    all().find(|(_, glyph)| glyph.0 != 0).or_else(|| all().next())
}

/// Each character's glyph and where it begins, and where the text ends.
fn layout(text: &str, height: f32) -> (Vec<(char, f32)>, f32) {
    let mut x = 0.0;
    let mut placed = Vec::new();
    for character in text.chars() {
        placed.push((character, x));
        if let Some((font, glyph)) = find(character) {
            x += font.as_scaled(PxScale::from(height)).h_advance(glyph);
        }
    }
    (placed, x)
}

/// Width in pixels of one line; `height` is from the highest to the lowest reach of the letters.
pub fn text_width(text: &str, height: f32) -> f32 {
    layout(text, height).1
}

/// Draws one line whose upper left corner is `(x, y)`, `height` pixels high; cut to the picture.
pub fn draw_text(canvas: &mut Canvas<'_>, (x, y): (f32, f32), text: &str, height: f32, rgb: [u8; 3]) {
    let scale = PxScale::from(height);
    // One base line for both fonts.
    let Some(base) = FONTS.first().map(|font| y + font.as_scaled(scale).ascent()) else { return };
    for (character, along) in layout(text, height).0 {
        let Some((font, glyph)) = find(character) else { continue };
        let glyph = glyph.with_scale_and_position(scale, point(x + along, base));
        let Some(outline) = font.outline_glyph(glyph) else { continue };
        let corner = outline.px_bounds().min;
        outline.draw(|col, row, cover| {
            let (col, row) = (corner.x + col as f32, corner.y + row as f32);
            if col >= 0.0 && row >= 0.0 {
                canvas.blend(row as usize, col as usize, rgb, (cover.clamp(0.0, 1.0) * 255.0).round() as u8);
            }
        });
    }
}

/// Breaks text at spaces so that no line is wider than `width` pixels; a word that is wider is broken anywhere.
pub(super) fn wrap(text: &str, height: f32, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if text_width(&longer, height) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            if text_width(&line, height) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, character.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Size;

    fn ink(text: &str) -> usize {
        let size = Size::new(24, 200);
        let mut rgba = [0, 0, 0, 255].repeat(24 * 200);
        draw_text(&mut Canvas::new(&mut rgba, size).unwrap(), (2.0, 2.0), text, 18.0, [255; 3]);
        rgba.chunks_exact(4).filter(|pixel| pixel[0] > 127).count()
    }

    #[test]
    fn latin_and_hangul_are_drawn_and_are_not_the_box_of_a_missing_letter() {
        assert!(ink("Research") > 100 && ink("연구용") > 100);
        assert_eq!(ink(" "), 0);
        for character in "Research use only. 연구용입니다. 의료기기가 아니며, 진단·치료".chars() {
            assert_ne!(find(character).unwrap().1.0, 0, "{character}");
        }
        assert_ne!(ink("연"), ink("구"));
    }

    #[test]
    fn lines_are_broken_at_spaces_and_keep_every_letter() {
        let text = "one two three Donaudampfschifffahrt four";
        let width = text_width("one two three", 12.0) + 0.5;
        let lines = wrap(text, 12.0, width);
        assert_eq!(lines[0], "one two three");
        assert!(lines.iter().all(|line| text_width(line, 12.0) <= width), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert!(wrap("  ", 12.0, 50.0).is_empty());
    }

    #[test]
    fn text_that_leaves_the_picture_is_cut() {
        let mut rgba = [0; 16];
        let mut canvas = Canvas::new(&mut rgba, Size::new(2, 2)).unwrap();
        draw_text(&mut canvas, (-30.0, -30.0), "far out", 60.0, [255; 3]);
    }
}
