//! Cases of the gallery: pictures side by side, words below them.

use super::fonts::Weight;
use super::paper::{HAIRLINE, INK, Jpeg, LEFT, LINE, Paper, ROOM, SOFT};
use crate::report::document::Card;

const TITLE: f32 = 9.5;
const SMALL: f32 = 7.5;
const GAP: f32 = 8.0;
/// Widest and highest picture.
const SIDE: f32 = 150.0;

pub(super) fn put(paper: &mut Paper, card: &Card) {
    let count = card.pictures.len().max(1) as f32;
    let width = ((ROOM - GAP * (count - 1.0)) / count).min(SIDE);
    let sizes: Vec<(f32, f32)> = card
        .pictures
        .iter()
        .map(|(picture, _)| {
            let (cols, rows) = (picture.cols.max(1) as f32, picture.rows.max(1) as f32);
            let scale = (width / cols).min(SIDE / rows);
            (cols * scale, rows * scale)
        })
        .collect();
    let highest = sizes.iter().map(|(_, height)| *height).fold(0.0, f32::max);
    // Words stand beside the pictures where there is room, else below them.
    let pictures: f32 = sizes.iter().map(|(width, _)| width + GAP).sum();
    let beside = ROOM - pictures > 140.0;
    let words_width = if beside { ROOM - pictures } else { ROOM };
    let title = paper.fonts.wrap(&card.title, TITLE, Weight::Bold, words_width);
    let words: Vec<String> =
        card.words.iter().flat_map(|line| paper.fonts.wrap(line, SMALL, Weight::Regular, words_width)).collect();
    let words_height = title.len() as f32 * TITLE * LINE + words.len() as f32 * SMALL * LINE;
    let pictures_height = highest + if card.pictures.is_empty() { 0.0 } else { SMALL * LINE };
    let height = if beside { words_height.max(pictures_height) } else { words_height + pictures_height };
    paper.need(height + 14.0);
    paper.line((LEFT, paper.y), (LEFT + ROOM, paper.y), 0.4, HAIRLINE);
    let top = paper.y + 6.0;
    let mut x = LEFT;
    for ((picture, below), (width, high)) in card.pictures.iter().zip(&sizes) {
        paper.pictures.push(Jpeg { bytes: picture.jpeg.clone(), cols: picture.cols, rows: picture.rows });
        let index = paper.pictures.len() - 1;
        paper.picture((x, top), (*width, *high), index);
        paper.text((x, top + highest + SMALL * 1.2), below, SMALL, Weight::Regular, SOFT);
        x += width + GAP;
    }
    let (x, y) = if beside { (x + 4.0, top) } else { (LEFT, top + pictures_height + 2.0) };
    let y = paper.lines((x, y), &title, TITLE, Weight::Bold, INK);
    paper.lines((x, y), &words, SMALL, Weight::Regular, SOFT);
    paper.y += height + 14.0;
}
