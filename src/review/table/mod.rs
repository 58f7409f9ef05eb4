//! Tables of predictions and of reference labels that any program wrote. In: a CSV, TSV or JSON lines file, whatever its
//! delimiter, encoding and column names. Out: [`Predictions`] (class names, one case a row) with what was guessed said in
//! words, and a sentence with its line number for each row that was left out. It computes no metric and opens no picture.

mod columns;
mod decode;
mod join;
mod json_lines;
mod labels;
mod matrix_file;
mod options;
mod predictions;
mod rows;
mod scores;
#[cfg(test)]
mod tests;
mod truth_file;

pub use columns::Role;
pub use join::{Joined, Key, join};
pub use matrix_file::read_matrix;
pub use options::TableOptions;
pub use predictions::{HOLDS_ERROR, PredictedCase, Predictions, read_predictions};
pub use rows::RowProblem;
pub use truth_file::{TruthFile, read_truth};

/// Why a table gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{path} could not be read: {source}")]
    Read { path: std::path::PathBuf, source: std::io::Error },
    #[error("{path} is {bytes} bytes long; tables of up to {most} bytes are read")]
    TooLarge { path: std::path::PathBuf, bytes: u64, most: u64 },
    #[error("{path}: {what}")]
    Unusable { path: std::path::PathBuf, what: String },
}
