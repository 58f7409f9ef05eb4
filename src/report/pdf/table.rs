//! Tables: columns as wide as their words, rows that are never torn, the header again on every sheet.

use super::fonts::Weight;
use super::paper::{HAIRLINE, INK, LEFT, LINE, Paper, ROOM, SOFT};
use crate::report::document::Table;

const SIZE: f32 = 9.0;
const SMALL: f32 = 7.5;
/// Room between columns; less where they are many.
const PAD: f32 = 16.0;
const LEAST_PAD: f32 = 7.0;
const ABOVE: f32 = 2.5;
/// Narrowest column of words that is broken into lines.
const NARROWEST: f32 = 60.0;

pub(super) fn put(paper: &mut Paper, table: &Table) {
    if table.rows.is_empty() {
        return;
    }
    let (widths, pad) = widths(paper, table);
    paper.space(3.0);
    paper.need(60.0);
    header(paper, table, &widths, pad);
    for (at, row) in table.rows.iter().enumerate() {
        let cells: Vec<Cell> =
            row.iter().zip(&widths).map(|(text, width)| Cell::new(paper, text, width - pad)).collect();
        let height = cells.iter().map(Cell::height).fold(SIZE * LINE, f32::max) + 2.0 * ABOVE;
        if paper.need(height) {
            header(paper, table, &widths, pad);
        }
        let (width, color) = if table.line_before == Some(at) { (0.9, SOFT) } else { (0.4, HAIRLINE) };
        if at > 0 {
            paper.line((LEFT, paper.y), (LEFT + widths.iter().sum::<f32>() - pad, paper.y), width, color);
        }
        let mut x = LEFT;
        for ((cell, width), right) in cells.iter().zip(&widths).zip(&table.right) {
            cell.put(paper, x, width - pad, *right);
            x += width;
        }
        paper.y += height;
    }
    paper.space(4.0);
}

fn header(paper: &mut Paper, table: &Table, widths: &[f32], pad: f32) {
    let wrap =
        |paper: &Paper, (text, width): (&String, &f32)| paper.fonts.wrap(text, SIZE, Weight::Bold, width - pad + 0.1);
    let cells: Vec<Vec<String>> = table.header.iter().zip(widths).map(|cell| wrap(paper, cell)).collect();
    let most = cells.iter().map(Vec::len).max().unwrap_or(1);
    let mut x = LEFT;
    for ((lines, width), right) in cells.iter().zip(widths).zip(&table.right) {
        for (at, line) in lines.iter().enumerate() {
            // The last lines of all headers stand in one row.
            let y = paper.y + ((most - lines.len() + at) as f32 * LINE + 1.05) * SIZE;
            let inset = if *right { width - pad - paper.fonts.width(line, SIZE, Weight::Bold) } else { 0.0 };
            paper.text((x + inset, y), line, SIZE, Weight::Bold, INK);
        }
        x += width;
    }
    paper.y += most as f32 * SIZE * LINE + 2.0;
    paper.line((LEFT, paper.y), (x - pad, paper.y), 0.9, INK);
    paper.y += 0.5;
}

/// Text of a cell in lines, and what stands small below it.
struct Cell {
    lines: Vec<String>,
    about: Option<String>,
}

impl Cell {
    fn new(paper: &Paper, text: &str, width: f32) -> Self {
        let (value, about) = split(text);
        let lines = paper.fonts.wrap(value, SIZE, Weight::Regular, width + 0.1);
        Self { lines, about: about.map(str::to_owned) }
    }

    fn height(&self) -> f32 {
        self.lines.len() as f32 * SIZE * LINE + self.about.as_ref().map_or(0.0, |_| SMALL * LINE)
    }

    fn put(&self, paper: &mut Paper, x: f32, width: f32, right: bool) {
        let mut y = paper.y + ABOVE;
        let value = self.lines.iter().map(|line| (line, SIZE, INK));
        for (line, size, color) in value.chain(self.about.iter().map(|line| (line, SMALL, SOFT))) {
            let inset = if right { width - paper.fonts.width(line, size, Weight::Regular) } else { 0.0 };
            paper.text((x + inset, y + size * 1.05), line, size, Weight::Regular, color);
            y += size * LINE;
        }
    }
}

/// A cell's second line is small.
fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once('\n').map_or((text, None), |(value, about)| (value, Some(about)))
}

/// As wide as their widest cell, with the room between columns; where that is too much, first that room becomes less, then
/// columns of words are broken into lines.
fn widths(paper: &Paper, table: &Table) -> (Vec<f32>, f32) {
    let natural = |column: usize| {
        let of_cell = |text: &String| {
            let (value, about) = split(text);
            let about = about.map_or(0.0, |about| paper.fonts.width(about, SMALL, Weight::Regular));
            paper.fonts.width(value, SIZE, Weight::Regular).max(about)
        };
        let cells = table.rows.iter().filter_map(|row| row.get(column)).map(of_cell);
        let header = table.header.get(column).map_or(0.0, |text| paper.fonts.width(text, SIZE, Weight::Bold));
        cells.fold(header, f32::max)
    };
    let mut widths: Vec<f32> = (0..table.header.len()).map(natural).collect();
    let columns = widths.len().max(1) as f32;
    let total: f32 = widths.iter().sum();
    let pad = ((ROOM - total) / (columns - 1.0).max(1.0)).clamp(LEAST_PAD, PAD);
    widths.iter_mut().for_each(|width| *width += pad);
    let (total, room) = (total + pad * columns, ROOM + pad);
    if total <= room {
        return (widths, pad);
    }
    let is_words = |column: usize| table.right.get(column) == Some(&false);
    let of_words: f32 = widths.iter().enumerate().filter(|(at, _)| is_words(*at)).map(|(_, width)| width).sum();
    let keep = (room - (total - of_words)) / of_words.max(1.0);
    for (at, width) in widths.iter_mut().enumerate() {
        if is_words(at) {
            *width = (*width * keep).max(width.min(NARROWEST));
        }
    }
    // Many columns of numbers: all become narrower, and what they hold is broken.
    let total: f32 = widths.iter().sum();
    if total > room {
        widths.iter_mut().for_each(|width| *width *= room / total);
    }
    (widths, pad)
}
