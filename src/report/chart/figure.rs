//! The charts of a summary as figures of a document.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::confusion::MatrixChart;
use super::curves::{CurveChart, calibration, precision_recall, roc};
use super::{Drawing, Drawn, NOTICE_ROWS, in_common_fonts, register_font};
use crate::metrics::Summary;
use crate::report::Language;

/// Classes up to which a matrix can be read on a page.
const MOST_CLASSES: usize = 24;

/// A chart, not yet drawn.
pub(in crate::report) enum Figure<'a> {
    Matrix(MatrixChart<'a>),
    Curves(CurveChart),
}

/// The matrix, ROC, precision-recall and calibration curves, as far as there are any.
pub(in crate::report) fn figures<'a>(
    summary: &'a Summary,
    class_names: &'a [String],
    language: Language,
) -> Vec<Figure<'a>> {
    let matrix = (summary.matrix.classes() <= MOST_CLASSES)
        .then(|| Figure::Matrix(MatrixChart::new(&summary.matrix, class_names, language)));
    let curves = [roc, precision_recall, calibration].map(|curves| curves(summary, class_names, language));
    matrix.into_iter().chain(curves.into_iter().flatten().map(Figure::Curves)).collect()
}

impl Figure<'_> {
    /// Columns and rows in pixels, without the research-use line: the document carries it.
    pub fn size(&self) -> Result<(u32, u32), String> {
        let (cols, rows) = match self {
            Self::Matrix(chart) => chart.size(),
            Self::Curves(chart) => chart.size(),
        }
        .map_err(|error| error.to_string())?;
        Ok((cols, rows.saturating_sub(NOTICE_ROWS)))
    }

    /// Draws on white ground.
    pub fn draw_on<B: DrawingBackend>(&self, backend: B) -> Result<(), String>
    where
        B::ErrorType: 'static,
    {
        register_font();
        let area = backend.into_drawing_area();
        self.draw_all(&area).map_err(|error| error.to_string())
    }

    fn draw_all<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static,
    {
        area.fill(&WHITE)?;
        match self {
            Self::Matrix(chart) => chart.draw(area)?,
            Self::Curves(chart) => chart.draw(area)?,
        }
        area.present()?;
        Ok(())
    }

    /// An SVG element.
    pub fn svg(&self) -> Result<String, String> {
        let mut text = String::new();
        self.draw_on(SVGBackend::with_string(&mut text, self.size()?))?;
        Ok(in_common_fonts(&text))
    }
}
