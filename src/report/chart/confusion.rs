//! The confusion matrix as a chart.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{CENTRE, Drawing, Drawn, INK, LEFT, fitted, save, text, width, words};
use crate::metrics::ConfusionMatrix;
use crate::report::{Language, ReportError};
use crate::review::Case;

/// Side of a cell of few classes, and the least of many, pixels.
const CELL: i32 = 96;
const LEAST_CELL: i32 = 30;
/// Side of a cell whose class has a long name.
const MOST_CELL: i32 = 160;
/// Side that the cells of many classes share.
const MOST_SIDE: i32 = 1152;
/// Room for the class names, at least and at most.
const MARGIN: i32 = 150;
const MOST_MARGIN: i32 = 320;

/// A confusion matrix (rows: reference label, columns: predicted) of the cases whose folder states a label.
pub fn confusion_chart(path: &Path, cases: &[Case], class_names: &[String]) -> Result<(), ReportError> {
    let mut matrix = ConfusionMatrix::new(class_names.len());
    for case in cases {
        if let (Some(truth), Ok(scored)) = (case.truth, &case.outcome) {
            matrix.add(truth, scored.inference.predicted, 1);
        }
    }
    matrix_chart(path, &matrix, class_names, Language::English)
}

/// Counts and share of the row as numbers, share of the row as shade.
pub fn matrix_chart(
    path: &Path,
    matrix: &ConfusionMatrix,
    class_names: &[String],
    language: Language,
) -> Result<(), ReportError> {
    save(path, &MatrixChart::new(matrix, class_names, language), language)
}

pub(in crate::report) struct MatrixChart<'a> {
    matrix: &'a ConfusionMatrix,
    class_names: &'a [String],
    language: Language,
    cell: i32,
    margin: i32,
}

impl<'a> MatrixChart<'a> {
    pub(super) fn new(matrix: &'a ConfusionMatrix, class_names: &'a [String], language: Language) -> Self {
        super::register_font();
        let classes = i32::try_from(matrix.classes()).unwrap_or(i32::MAX).max(1);
        let widest = class_names.iter().map(|name| width(name, 18.0)).fold(0.0, f64::max);
        Self {
            matrix,
            class_names,
            language,
            cell: (MOST_SIDE / classes).clamp(LEAST_CELL, (widest as i32 + 12).clamp(CELL, MOST_CELL)),
            margin: (widest as i32 + 40).clamp(MARGIN, MOST_MARGIN),
        }
    }

    fn draw_cell<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, truth: usize, predicted: usize) -> Drawn
    where
        B::ErrorType: 'static,
    {
        let corner = (self.margin + i32::try_from(predicted)? * self.cell, MARGIN + i32::try_from(truth)? * self.cell);
        let share = self.matrix.row_share(truth, predicted);
        let shade = RGBColor(38, 110, 160).mix(share.unwrap_or(0.0) * 0.85);
        let square = [corner, (corner.0 + self.cell - 4, corner.1 + self.cell - 4)];
        area.draw(&Rectangle::new(square, shade.filled()))?;
        area.draw(&Rectangle::new(square, INK.mix(0.25)))?;
        let color = if share.unwrap_or(0.0) > 0.75 { WHITE } else { INK };
        let middle = (corner.0 + self.cell / 2, corner.1 + self.cell / 2);
        let tall = self.cell >= 60;
        let height = if tall { 26.0 } else { f64::from(self.cell) / 3.0 };
        let style = text(height, CENTRE).color(&color);
        let up = if tall { self.cell / 10 } else { 0 };
        let count = self.matrix.count(truth, predicted).to_string();
        area.draw(&Text::new(count, (middle.0, middle.1 - up), style))?;
        if let (true, Ok(share)) = (tall, share) {
            let style = text(15.0, CENTRE).color(&color);
            area.draw(&Text::new(format!("{:.1} %", share * 100.0), (middle.0, middle.1 + self.cell / 4), style))?;
        }
        Ok(())
    }
}

impl Drawing for MatrixChart<'_> {
    fn size(&self) -> Result<(u32, u32), Box<dyn std::error::Error>> {
        let side = self.cell * i32::try_from(self.matrix.classes())?;
        Ok((u32::try_from((self.margin + side + 40).max(640))?, u32::try_from(MARGIN + side + 60)?))
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.draw(&Text::new(self.language.say(&words::MATRIX), (16, 28), text(22.0, LEFT)))?;
        let about = self.language.fill(&words::MATRIX_ABOUT, &[&self.matrix.total().to_string()]);
        area.draw(&Text::new(about, (16, 60), text(16.0, LEFT)))?;
        let height = if self.cell >= 60 { 18.0 } else { f64::from(self.cell) / 2.4 };
        for (class, name) in self.class_names.iter().enumerate().take(self.matrix.classes()) {
            let middle = i32::try_from(class)? * self.cell + self.cell / 2;
            let row = fitted(name, height, f64::from(self.margin - 32));
            let column = fitted(name, height, f64::from(self.cell - 6));
            area.draw(&Text::new(row, (16, MARGIN + middle), text(height, LEFT)))?;
            area.draw(&Text::new(column, (self.margin + middle, MARGIN - 20), text(height, CENTRE)))?;
            for predicted in 0..self.matrix.classes() {
                self.draw_cell(area, class, predicted)?;
            }
        }
        Ok(())
    }
}
