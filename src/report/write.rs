//! Reports as files: one document, shown as HTML and as PDF.

use std::path::{Path, PathBuf};

use super::document::{Document, Language, document, metrics_document};
use super::html::write_html;
use super::pdf::write_pdf;
use super::{ComparisonReport, MetricsReport, ReportError, ReviewReport};
use crate::review::folder::now_utc;

/// Writes `report.html` and `report.pdf` of a review into a folder that is there; returns them.
///
/// # Errors
/// [`ReportError`] where a chart cannot be drawn or a file cannot be written.
pub fn write_review(folder: &Path, report: &ReviewReport<'_>, language: Language) -> Result<Vec<PathBuf>, ReportError> {
    write(folder, &document(report, language))
}

/// Writes `report.html` and `report.pdf` of a table's numbers, and of the comparison with a second table.
///
/// # Errors
/// As [`write_review`].
pub fn write_metrics(
    folder: &Path,
    report: &MetricsReport,
    comparison: Option<&ComparisonReport<'_>>,
    language: Language,
) -> Result<Vec<PathBuf>, ReportError> {
    write(folder, &metrics_document(report, comparison, &now_utc(), language))
}

fn write(folder: &Path, document: &Document<'_>) -> Result<Vec<PathBuf>, ReportError> {
    let (html, pdf) = (folder.join("report.html"), folder.join("report.pdf"));
    write_html(&html, document)?;
    write_pdf(&pdf, document)?;
    Ok(vec![html, pdf])
}
