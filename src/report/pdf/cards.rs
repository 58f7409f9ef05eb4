//! Cases of the gallery: pictures side by side, words below them; two cases in a row where none has three pictures.

use super::fonts::Weight;
use super::paper::{HAIRLINE, INK, Jpeg, LEFT, LINE, Paper, ROOM, SOFT};
use crate::report::document::Card;

const TITLE: f32 = 9.0;
const SMALL: f32 = 7.5;
const GAP: f32 = 6.0;
const BETWEEN: f32 = 18.0;
/// Highest picture.
const SIDE: f32 = 165.0;

pub(super) fn put_all(paper: &mut Paper, cards: &[Card]) {
    let most = cards.iter().map(|card| card.pictures.len()).max().unwrap_or(0);
    let across = if most > 2 { 1 } else { 2 };
    let width = (ROOM - BETWEEN * (across as f32 - 1.0)) / across as f32;
    for row in cards.chunks(across) {
        let plans: Vec<Plan> = row.iter().map(|card| Plan::new(paper, card, width)).collect();
        let height = plans.iter().map(Plan::height).fold(0.0, f32::max);
        paper.need(height);
        for (at, plan) in plans.iter().enumerate() {
            plan.put(paper, LEFT + at as f32 * (width + BETWEEN), width);
        }
        paper.y += height + 12.0;
    }
}

/// A case with its sizes.
struct Plan<'a> {
    card: &'a Card,
    /// Of each picture.
    sizes: Vec<(f32, f32)>,
    highest: f32,
    title: Vec<String>,
    words: Vec<String>,
}

impl<'a> Plan<'a> {
    fn new(paper: &Paper, card: &'a Card, width: f32) -> Self {
        let count = card.pictures.len().max(1) as f32;
        let widest = (width - GAP * (count - 1.0)) / count;
        let size = |(picture, _): &(crate::report::document::Picture, String)| {
            let (cols, rows) = (picture.cols.max(1) as f32, picture.rows.max(1) as f32);
            let scale = (widest / cols).min(SIDE / rows);
            (cols * scale, rows * scale)
        };
        let sizes: Vec<(f32, f32)> = card.pictures.iter().map(size).collect();
        let wrap = |line: &String| paper.fonts.wrap(line, SMALL, Weight::Regular, width);
        Self {
            card,
            highest: sizes.iter().map(|(_, height)| *height).fold(0.0, f32::max),
            sizes,
            title: paper.fonts.wrap(&card.title, TITLE, Weight::Bold, width),
            words: card.words.iter().flat_map(wrap).collect(),
        }
    }

    fn height(&self) -> f32 {
        let words = self.title.len() as f32 * TITLE * LINE + self.words.len() as f32 * SMALL * LINE;
        8.0 + words + self.highest + SMALL * LINE
    }

    fn put(&self, paper: &mut Paper, left: f32, width: f32) {
        paper.line((left, paper.y), (left + width, paper.y), 0.4, HAIRLINE);
        let mut y = paper.lines((left, paper.y + 4.0), &self.title, TITLE, Weight::Bold, INK) + 2.0;
        let mut x = left;
        for ((picture, below), size) in self.card.pictures.iter().zip(&self.sizes) {
            paper.pictures.push(Jpeg { bytes: picture.jpeg.clone(), cols: picture.cols, rows: picture.rows });
            let index = paper.pictures.len() - 1;
            paper.picture((x, y), *size, index);
            paper.text((x, y + self.highest + SMALL * 1.2), below, SMALL, Weight::Regular, SOFT);
            x += size.0 + GAP;
        }
        y += self.highest + SMALL * LINE;
        paper.lines((left, y), &self.words, SMALL, Weight::Regular, SOFT);
    }
}
