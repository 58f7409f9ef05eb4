//! Each kind of block on paper.

use super::fonts::Weight;
use super::paper::{GROUND, INK, LEFT, LINE, Paper, RIGHT, ROOM, Rgb, SOFT, WARN, WARN_GROUND};
use super::{cards, chart, table};
use crate::report::chart::Figure;
use crate::report::document::{Block, Headline};

const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;
/// Points of a chart's pixel: its smallest letters are 5 points high.
const CHART_SCALE: f32 = 0.46;

pub(super) fn put(paper: &mut Paper, block: &Block<'_>) -> Result<(), String> {
    match block {
        Block::Text(text) => paper.paragraph(text, BODY, Weight::Regular, INK),
        Block::Small(text) => paper.paragraph(text, SMALL, Weight::Regular, SOFT),
        Block::Subheading(text) => {
            paper.space(8.0);
            paper.need(60.0);
            paper.paragraph(text, 10.5, Weight::Bold, INK);
        }
        Block::Bullets(lines) => lines.iter().for_each(|line| bullet(paper, line)),
        Block::Warnings(lines) => warnings(paper, lines),
        Block::Headlines(all) => headlines(paper, all),
        Block::Facts(facts) => of_facts(paper, facts),
        Block::Table(table) => table::put(paper, table),
        Block::Figures(figures) => return figures.iter().try_for_each(|figure| of_figure(paper, figure)),
        Block::Cards(all) => cards::put_all(paper, all),
    }
    paper.space(4.0);
    Ok(())
}

/// Height of what cannot be torn at the beginning of a block.
pub(super) fn least(paper: &Paper, block: &Block<'_>) -> f32 {
    match block {
        Block::Figures(figures) => {
            figures.first().and_then(|figure| figure_size(paper, figure).ok()).map_or(0.0, |f| f.1)
        }
        _ => 60.0,
    }
}

fn bullet(paper: &mut Paper, text: &str) {
    let lines = paper.fonts.wrap(text, BODY, Weight::Regular, ROOM - 12.0);
    paper.need(lines.len() as f32 * BODY * LINE);
    paper.text((LEFT, paper.y + BODY * 1.05), "•", BODY, Weight::Regular, SOFT);
    paper.y = paper.lines((LEFT + 12.0, paper.y), &lines, BODY, Weight::Regular, INK) + 1.5;
}

/// A box with a coloured edge.
fn warnings(paper: &mut Paper, warnings: &[String]) {
    const PAD: f32 = 8.0;
    for (at, warning) in warnings.iter().enumerate() {
        let lines = paper.fonts.wrap(warning, BODY, Weight::Regular, ROOM - 2.0 * PAD - 4.0);
        let (above, below) = (if at == 0 { PAD } else { 1.5 }, if at + 1 == warnings.len() { PAD } else { 1.5 });
        let height = lines.len() as f32 * BODY * LINE + above + below;
        paper.need(height);
        paper.fill((LEFT, paper.y), (ROOM, height + 0.3), WARN_GROUND);
        paper.fill((LEFT, paper.y), (3.0, height + 0.3), WARN);
        paper.lines((LEFT + PAD + 4.0, paper.y + above), &lines, BODY, Weight::Regular, INK);
        paper.y += height;
    }
}

fn headlines(paper: &mut Paper, all: &[Headline]) {
    const GAP: f32 = 8.0;
    const BOX: f32 = 58.0;
    let across = all.len().clamp(1, 4);
    let width = (ROOM - GAP * (across as f32 - 1.0)) / across as f32;
    for row in all.chunks(across) {
        paper.need(BOX + GAP);
        for (at, one) in row.iter().enumerate() {
            let (x, y) = (LEFT + at as f32 * (width + GAP), paper.y);
            paper.fill((x, y), (width, BOX), GROUND);
            let mut text = |dy: f32, words: &str, size: f32, weight: Weight, color: Rgb| {
                // Long words in a narrow box become smaller.
                let fits = (width - 14.0) / paper.fonts.width(words, size, weight).max(1.0);
                paper.text((x + 7.0, y + dy), words, size * fits.min(1.0), weight, color);
            };
            text(14.0, &one.name, 8.0, Weight::Regular, SOFT);
            text(35.0, &one.value, 18.0, Weight::Bold, INK);
            text(49.0, &one.about, 8.0, Weight::Regular, SOFT);
        }
        paper.y += BOX + GAP;
    }
}

fn of_facts(paper: &mut Paper, facts: &[(String, String)]) {
    /// A sha256 fits a line.
    const BODY: f32 = 9.0;
    let widest = facts.iter().map(|(name, _)| paper.fonts.width(name, BODY, Weight::Regular)).fold(0.0, f32::max);
    let names = widest.min(150.0) + 14.0;
    for (name, value) in facts {
        let left = paper.fonts.wrap(name, BODY, Weight::Regular, names - 13.0);
        let right = paper.fonts.wrap(value, BODY, Weight::Regular, RIGHT - LEFT - names);
        let height = left.len().max(right.len()) as f32 * BODY * LINE;
        paper.need(height);
        paper.lines((LEFT, paper.y), &left, BODY, Weight::Regular, SOFT);
        paper.lines((LEFT + names, paper.y), &right, BODY, Weight::Regular, INK);
        paper.y += height + 1.0;
    }
}

/// Points of a pixel, height in points.
fn figure_size(paper: &Paper, figure: &Figure<'_>) -> Result<(f32, f32), String> {
    let (cols, rows) = figure.size()?;
    let (cols, rows) = (cols as f32, rows as f32);
    let scale = CHART_SCALE.min(ROOM / cols).min((paper.whole_sheet() - 50.0) / rows);
    Ok((scale, rows * scale))
}

fn of_figure(paper: &mut Paper, figure: &Figure<'_>) -> Result<(), String> {
    let (scale, height) = figure_size(paper, figure)?;
    paper.need(height);
    let at = (LEFT, paper.y);
    chart::put(paper, figure, at, scale)?;
    paper.y += height + 10.0;
    Ok(())
}
