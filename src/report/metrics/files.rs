//! The files of one classifier, and of the comparison of two.

use std::path::{Path, PathBuf};

use super::{
    ComparisonReport, MetricsReport, comparison_json, comparison_text, metrics_json, metrics_text, write_flips,
    write_matrix, write_thresholds,
};
use crate::report::{self, Language, ReportError};

impl MetricsReport {
    /// Writes `metrics.json`, `metrics.txt`, `confusion.csv`, `thresholds.csv` and the charts as PNG and SVG into a
    /// folder that is there, their words in `language`; returns those that were written (without scores there are no curves).
    ///
    /// # Errors
    /// [`ReportError`] for the file that could not be written.
    pub fn write(&self, folder: &Path, language: Language) -> Result<Vec<PathBuf>, ReportError> {
        let names = &self.predictions.class_names;
        let mut written = Vec::new();
        let mut add = |path: PathBuf, there: bool| written.extend(there.then_some(path));
        let path = |name: &str| folder.join(name);
        write_text(&path("metrics.json"), &format!("{:#}\n", metrics_json(self)))?;
        add(path("metrics.json"), true);
        write_text(&path("metrics.txt"), &metrics_text(self))?;
        add(path("metrics.txt"), true);
        write_matrix(&path("confusion.csv"), &self.summary.matrix, names)?;
        add(path("confusion.csv"), true);
        add(path("thresholds.csv"), write_thresholds(&path("thresholds.csv"), &self.summary, names)?);
        for ending in ["png", "svg"] {
            let chart = |name: &str| path(&format!("{name}.{ending}"));
            report::matrix_chart(&chart("confusion"), &self.summary.matrix, names, language)?;
            add(chart("confusion"), true);
            add(chart("roc"), report::roc_chart(&chart("roc"), &self.summary, names, language)?);
            add(chart("pr"), report::precision_recall_chart(&chart("pr"), &self.summary, names, language)?);
            add(
                chart("calibration"),
                report::calibration_chart(&chart("calibration"), &self.summary, names, language)?,
            );
        }
        Ok(written)
    }
}

impl ComparisonReport<'_> {
    /// Writes `comparison.json`, `comparison.txt` and (where cases could be matched) `flips.csv`; returns them.
    ///
    /// # Errors
    /// [`ReportError`] for the file that could not be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
        let mut written = vec![folder.join("comparison.json"), folder.join("comparison.txt")];
        write_text(&folder.join("comparison.json"), &format!("{:#}\n", comparison_json(self)))?;
        write_text(&folder.join("comparison.txt"), &comparison_text(self))?;
        if self.paired.is_some() {
            write_flips(&folder.join("flips.csv"), self)?;
            written.push(folder.join("flips.csv"));
        }
        Ok(written)
    }
}

fn write_text(path: &Path, text: &str) -> Result<(), ReportError> {
    std::fs::write(path, text).map_err(|source| ReportError::Write { path: path.to_owned(), source })
}
