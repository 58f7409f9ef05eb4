//! A document as a PDF: A4, text that can be searched and copied, charts as vectors, pictures as JPEG, a bookmark for each
//! section, the research-use line on every page. The bundled fonts are embedded, cut to the letters that occur.

mod blocks;
mod cards;
mod chart;
mod file;
mod fonts;
mod paper;
mod table;

use std::path::Path;

use super::ReportError;
use super::document::Document;
use fonts::Weight;
use paper::{ACCENT, INK, LEFT, Paper, SOFT, WARN};

/// Writes a document as a PDF.
///
/// # Errors
/// [`ReportError`] where a chart cannot be drawn, a font cannot be embedded or the file cannot be written.
pub(super) fn write_pdf(path: &Path, document: &Document<'_>) -> Result<(), ReportError> {
    let bytes = bytes(document).map_err(|what| ReportError::Draw { path: path.to_owned(), what })?;
    std::fs::write(path, bytes).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

fn bytes(document: &Document<'_>) -> Result<Vec<u8>, String> {
    let mut paper = Paper::new()?;
    paper.paragraph(&document.title, 22.0, Weight::Bold, INK);
    paper.paragraph(&document.subtitle, 10.0, Weight::Regular, SOFT);
    paper.space(2.0);
    paper.paragraph(document.notice, 9.5, Weight::Bold, WARN);
    paper.rule(1.2, INK);
    for section in &document.sections {
        paper.space(16.0);
        // A heading stays with what it is over.
        let first = section.blocks.first().map_or(0.0, |block| blocks::least(&paper, block));
        paper.need(30.0 + first);
        paper.bookmark(&section.title);
        paper.paragraph(&section.title, 14.0, Weight::Bold, ACCENT);
        paper.space(2.0);
        for block in &section.blocks {
            blocks::put(&mut paper, block)?;
        }
    }
    paper.foot(|paper, number, of| {
        let words = format!("{number} / {of}");
        let right = paper::RIGHT - paper.fonts.width(&words, 8.0, Weight::Regular);
        paper.text((LEFT, paper::FOOT), document.notice, 8.0, Weight::Regular, SOFT);
        paper.text((right, paper::FOOT), &words, 8.0, Weight::Regular, SOFT);
    });
    file::bytes(paper, document)
}

#[cfg(test)]
mod tests;
