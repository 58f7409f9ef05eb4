//! A confusion matrix as a table, such as a paper prints it or `confusion.csv` holds it.

use std::path::Path;

use super::rows::{self, RawTable};
use super::{TableError, columns::plain};
use crate::metrics::ConfusionMatrix;

/// The matrix and the class names, where the file is one: `k` rows (reference) of `k` counts (predicted), bare or with
/// the class names above and before them. `None` for every other table.
///
/// # Errors
/// A file that cannot be read.
pub fn read_matrix(path: &Path) -> Result<Option<(ConfusionMatrix, Vec<String>)>, TableError> {
    Ok(matrix(&rows::read(path)?))
}

fn matrix(table: &RawTable) -> Option<(ConfusionMatrix, Vec<String>)> {
    if !table.problems.is_empty() {
        return None;
    }
    let counts = |cells: &[String]| -> Option<Vec<u64>> { cells.iter().map(|cell| cell.parse().ok()).collect() };
    if let Some((_, names)) = table.header.split_first()
        && names.len() == table.rows.len()
    {
        let same =
            table.rows.iter().zip(names).all(|(row, name)| row.cells.first().map(|c| plain(c)) == Some(plain(name)));
        let rows: Option<Vec<Vec<u64>>> = table.rows.iter().map(|row| counts(row.cells.get(1..)?)).collect();
        if let (true, Some(rows)) = (same, rows) {
            return Some((ConfusionMatrix::from_rows(&rows)?, names.to_vec()));
        }
    }
    let mut rows = vec![counts(&table.header)?];
    for row in &table.rows {
        rows.push(counts(&row.cells)?);
    }
    let names = (0..rows.len()).map(|class| class.to_string()).collect();
    Some((ConfusionMatrix::from_rows(&rows)?, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(ConfusionMatrix, Vec<String>)> {
        matrix(&rows::parse(text.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn bare_counts_and_named_ones() {
        let (bare, names) = read("66,0,7\n8,0,12\n1,2,56\n").unwrap();
        assert_eq!((bare.total(), names.len()), (152, 3));
        let (named, names) = read("truth,N,P\nN,5,1\nP,0,4\n").unwrap();
        assert_eq!((named.count(0, 1), names), (1, vec!["N".to_owned(), "P".to_owned()]));
    }

    #[test]
    fn other_tables_are_no_matrix() {
        for text in ["y_true,y_pred\n0,1\n", "1,2\n3,4\n5,6\n", "a,N,P\nN,5,1\nX,0,4\n", "1,2\n3,-4\n", "0,1\n"] {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
