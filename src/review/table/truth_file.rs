//! Reference labels from a table of their own.

use std::path::{Path, PathBuf};

use super::columns::{Columns, Role};
use super::join::{Key, join};
use super::rows::{self, RowProblem};
use super::{TableError, TableOptions};

/// Labels by file, or by patient.
#[derive(Clone, Debug)]
pub struct TruthFile {
    pub path: PathBuf,
    keys: Vec<Key>,
    labels: Vec<String>,
    groups: Vec<Option<String>>,
    /// What was guessed, in words.
    pub remarks: Vec<String>,
    pub problems: Vec<RowProblem>,
}

/// What a truth file says about the rows of a table.
pub(super) struct Labelled {
    pub labels: Vec<Option<String>>,
    pub groups: Vec<Option<String>>,
    pub remark: String,
}

/// Reads a table with a column of ids (or patients) and one of labels.
///
/// # Errors
/// A file that cannot be read, or without these columns.
pub fn read_truth(path: &Path, options: &TableOptions) -> Result<TruthFile, TableError> {
    let unusable = |what: String| TableError::Unusable { path: path.to_owned(), what };
    let table = rows::read(path)?;
    let columns = Columns::find(&table, &options.columns).map_err(unusable)?;
    let group = columns.get(Role::Group);
    let (Some(id), Some(truth)) = (columns.get(Role::Id).or(group), columns.get(Role::Truth)) else {
        let what = format!(
            "reference labels need a column of ids (path, file, id…) and one of labels (truth, label, y_true…); the \
             columns are {}",
            table.header.join(", ")
        );
        return Err(unusable(what));
    };
    let mut file = TruthFile {
        path: path.to_owned(),
        keys: vec![],
        labels: vec![],
        groups: vec![],
        remarks: table.remarks.clone(),
        problems: table.problems.clone(),
    };
    file.remarks.push(format!(
        "Reference labels: {}, {}; {}.",
        table.encoding,
        table.delimiter,
        words(&columns.words(&table))
    ));
    for row in &table.rows {
        let slice = columns.get(Role::Slice).and_then(|column| row.get(column)).map(str::to_owned);
        match (row.get(id), row.get(truth)) {
            (Some(id), Some(label)) => {
                file.keys.push(Key { id: id.to_owned(), slice });
                file.labels.push(label.to_owned());
                file.groups.push(group.and_then(|column| row.get(column)).map(str::to_owned));
            }
            _ => file.problems.push(RowProblem { line: row.line, what: "no id or no label; left out".to_owned() }),
        }
    }
    Ok(file)
}

impl TruthFile {
    /// Case (or patient), label and patient of each row.
    pub fn rows(&self) -> impl Iterator<Item = (&Key, &str, Option<&str>)> {
        let labels = self.labels.iter().map(String::as_str);
        self.keys.iter().zip(labels).zip(self.groups.iter().map(Option::as_deref)).map(|((k, l), g)| (k, l, g))
    }

    /// The label (and the patient, where it is there) of each row.
    pub(super) fn of(&self, keys: &[Key], groups: &[Option<String>]) -> Labelled {
        let joined = join(keys, &self.keys, true);
        let by_patient: Vec<Key> =
            groups.iter().map(|group| Key { id: group.clone().unwrap_or_default(), slice: None }).collect();
        let patients = join(&by_patient, &self.keys, true);
        let (joined, by) = if patients.matched() > joined.matched() {
            (patients, "patient or series")
        } else {
            (joined.clone(), joined.by)
        };
        let pick = |list: &[Option<String>]| -> Vec<Option<String>> {
            joined.pairs.iter().map(|row| row.and_then(|row| list.get(row).cloned().flatten())).collect()
        };
        let labels: Vec<Option<String>> =
            joined.pairs.iter().map(|row| row.and_then(|row| self.labels.get(row).cloned())).collect();
        let used: std::collections::HashSet<usize> = joined.pairs.iter().flatten().copied().collect();
        let remark = format!(
            "Reference labels joined by {by}: {} of {} rows have one; {} of {} labels were not used.",
            joined.matched(),
            keys.len(),
            self.keys.len() - used.len(),
            self.keys.len()
        );
        Labelled { labels, groups: pick(&self.groups), remark }
    }
}

/// `id: path, truth: label`.
pub(super) fn words(columns: &[(Role, String)]) -> String {
    let words: Vec<String> = columns.iter().map(|(role, name)| format!("{}: {name}", role.word())).collect();
    if words.is_empty() { "no known column".to_owned() } else { words.join(", ") }
}
