//! Results in, files out: CSV, JSON lines, charts, arrays. Every exported picture carries the research-use line.
//!
//! It computes nothing about a model and reads no scan.

mod chart;
mod document;
mod explanation;
mod files;
mod gallery;
mod golden;
mod html;
mod leak;
mod metrics;
mod npy;
mod particles;
mod pdf;
mod plate;
mod predictions;
mod reference;
mod review;
mod write;

pub use chart::{calibration_chart, confusion_chart, matrix_chart, precision_recall_chart, roc_chart};
pub use document::Language;
pub use explanation::{explanation_json, write_map, write_overlay};
pub use files::{ReviewSide, read_card, remove_earlier, write_misclassified};
pub use gallery::{GalleryCase, GalleryEntry, choose_gallery, write_gallery};
pub use golden::{GoldenError, NewGolden, NewInput, StoredGolden, store_golden};
pub use leak::{LeakReport, PairPicture, leak_json, leak_text, write_leak_files, write_leak_pairs, write_pair_sheet};
pub use metrics::{
    Applied, CalibratedScores, ComparisonReport, GroupReport, MetricsReport, Scoring, TemperatureReport,
    comparison_json, comparison_text, metrics_json, metrics_text, write_flips, write_matrix, write_thresholds,
};
pub use npy::NpyWriter;
pub use particles::with_particles;
pub use predictions::{json_line, stability_json, write_csv};
pub use reference::write_reference;
pub use review::{ReviewReport, write_predictions};
pub use write::{write_metrics, write_review};

pub use crate::render::RESEARCH_USE;

/// Errors of writing results.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("{path} could not be written: {source}")]
    Write { path: std::path::PathBuf, source: std::io::Error },
    #[error("{path} could not be drawn: {what}")]
    Draw { path: std::path::PathBuf, what: String },
    #[error(transparent)]
    Metrics(#[from] crate::metrics::MetricsError),
    #[error("an array of shape {expected} got {given} values")]
    Shape { expected: String, given: usize },
}
