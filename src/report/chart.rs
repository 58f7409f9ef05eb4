//! Charts as PNG files, drawn by plotters with the bundled font.

use std::path::Path;
use std::sync::Once;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{RESEARCH_USE, ReportError};
use crate::render::fonts;
use crate::review::Case;

const FAMILY: &str = "overread";
const CELL: i32 = 96;
const MARGIN: i32 = 150;

/// A confusion matrix (rows: reference label, columns: predicted) of the cases whose folder states a label. Counts as
/// numbers, share of the row as shade.
pub fn confusion_chart(path: &Path, cases: &[Case], class_names: &[String]) -> Result<(), ReportError> {
    let counts = confusion(cases, class_names.len());
    draw(path, &counts, class_names)
        .map_err(|error| ReportError::Draw { path: path.to_owned(), what: error.to_string() })
}

/// `[reference][predicted]` counts.
fn confusion(cases: &[Case], classes: usize) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; classes]; classes];
    for case in cases {
        let (Some(truth), Ok(scored)) = (case.truth, &case.outcome) else { continue };
        if let Some(cell) = counts.get_mut(truth).and_then(|row| row.get_mut(scored.inference.predicted)) {
            *cell += 1;
        }
    }
    counts
}

fn register_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if plotters::style::register_font(FAMILY, FontStyle::Normal, fonts::HANGUL).is_err() {
            tracing::error!("the bundled font was refused; charts have no text");
        }
    });
}

fn draw(path: &Path, counts: &[Vec<usize>], class_names: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    register_font();
    let classes = i32::try_from(counts.len())?;
    let side = CELL * classes;
    let size = (u32::try_from((MARGIN + side + 40).max(640))?, u32::try_from(MARGIN + side + 60)?);
    let mut rgb = vec![0; usize::try_from(size.0)? * usize::try_from(size.1)? * 3];
    draw_matrix(&BitMapBackend::with_buffer(&mut rgb, size).into_drawing_area(), size, counts, class_names)?;
    image::save_buffer(path, &rgb, size.0, size.1, image::ExtendedColorType::Rgb8)?;
    Ok(())
}

fn draw_matrix(
    area: &DrawingArea<BitMapBackend<'_>, plotters::coord::Shift>,
    size: (u32, u32),
    counts: &[Vec<usize>],
    class_names: &[String],
) -> Result<(), Box<dyn std::error::Error>> {
    area.fill(&WHITE)?;
    let ink = RGBColor(30, 34, 40);
    let text = |height: f64, at: Pos| TextStyle::from((FAMILY, height).into_font()).color(&ink).pos(at);
    let centre = Pos::new(HPos::Center, VPos::Center);
    let left = Pos::new(HPos::Left, VPos::Center);
    area.draw(&Text::new("Predicted (columns) against reference label (rows)", (16, 28), text(22.0, left)))?;
    area.draw(&Text::new(RESEARCH_USE, (16, i32::try_from(size.1)? - 22), text(14.0, left)))?;
    for (row, (line, name)) in (0..).zip(counts.iter().zip(class_names)) {
        let middle = row * CELL + CELL / 2;
        area.draw(&Text::new(name.as_str(), (16, MARGIN + middle), text(18.0, left)))?;
        area.draw(&Text::new(name.as_str(), (MARGIN + middle, MARGIN - 20), text(18.0, centre)))?;
        let total: usize = line.iter().sum();
        for (col, count) in (0..).zip(line) {
            let share = if total == 0 { 0.0 } else { *count as f64 / total as f64 };
            let corner = (MARGIN + col * CELL, MARGIN + row * CELL);
            let shade = RGBColor(38, 110, 160).mix(share * 0.85);
            area.draw(&Rectangle::new([corner, (corner.0 + CELL - 4, corner.1 + CELL - 4)], shade.filled()))?;
            area.draw(&Rectangle::new([corner, (corner.0 + CELL - 4, corner.1 + CELL - 4)], ink.mix(0.25)))?;
            let color = if share > 0.55 { WHITE } else { ink };
            let style = text(26.0, centre).color(&color);
            area.draw(&Text::new(count.to_string(), (corner.0 + CELL / 2, corner.1 + CELL / 2), style))?;
        }
    }
    area.present()?;
    Ok(())
}
