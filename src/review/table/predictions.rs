//! A table of predictions as cases with class indices and probabilities.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::columns::{Columns, Role};
use super::join::{Key, join};
use super::labels::{ClassList, canonical};
use super::rows::{self, RawTable, Row, RowProblem};
use super::scores::{self, ScoreColumns};
use super::truth_file::words;
use super::{TableError, TableOptions, TruthFile};
use crate::metrics::{ConfusionMatrix, MetricsError, Outcomes, softmax_rows};
use crate::review::truth_from_folder;

mod values;
use values::Scale;

/// Predictions of one classifier.
#[derive(Clone, Debug)]
pub struct Predictions {
    pub path: PathBuf,
    pub class_names: Vec<String>,
    pub cases: Vec<PredictedCase>,
    /// What was guessed about the file, in sentences.
    pub remarks: Vec<String>,
    /// Rows that were left out.
    pub problems: Vec<RowProblem>,
    /// True where some column names the cases.
    pub has_ids: bool,
    /// True where the cases were counted only: they stand for a confusion matrix.
    pub is_matrix: bool,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictedCase {
    /// Line of the file, from 1.
    pub line: u64,
    /// What the case is called; the line where no column says it.
    pub key: Key,
    pub group: Option<String>,
    pub truth: Option<usize>,
    pub predicted: usize,
    /// `[k]`, or empty.
    pub probabilities: Vec<f64>,
    /// Before softmax, `[k]`, or empty.
    pub logits: Vec<f64>,
}

/// How a row that was left out is said where the file itself says that there is no prediction.
pub const HOLDS_ERROR: &str = "it holds an error instead of a prediction";

/// Cases of a confusion matrix that are still written out one by one.
const MOST_CASES: u64 = 10_000_000;

impl Predictions {
    /// The cases that a confusion matrix counts; they have no names and no scores. `None` for more than ten million.
    pub fn from_matrix(path: &Path, matrix: &ConfusionMatrix, class_names: Vec<String>) -> Option<Self> {
        if matrix.total() > MOST_CASES {
            return None;
        }
        let (truth, predicted) = matrix.expand();
        let case = |(truth, predicted)| PredictedCase {
            line: 0,
            key: Key::default(),
            group: None,
            truth: Some(truth),
            predicted,
            probabilities: vec![],
            logits: vec![],
        };
        Some(Self {
            path: path.to_owned(),
            class_names,
            cases: truth.into_iter().zip(predicted).map(case).collect(),
            remarks: vec!["Read as a confusion matrix: rows are reference labels, columns predictions.".to_owned()],
            problems: vec![],
            has_ids: false,
            is_matrix: true,
        })
    }

    /// Indices of the cases with a reference label.
    pub fn labelled(&self) -> Vec<usize> {
        self.cases.iter().enumerate().filter(|(_, case)| case.truth.is_some()).map(|(index, _)| index).collect()
    }

    /// The chosen cases as plain arrays. Groups are used where every one of them has a key; probabilities likewise.
    ///
    /// # Errors
    /// [`MetricsError`] for fewer than two classes.
    pub fn outcomes(&self, chosen: &[usize]) -> Result<Outcomes, MetricsError> {
        let cases: Vec<&PredictedCase> = chosen.iter().filter_map(|index| self.cases.get(*index)).collect();
        let truth = cases.iter().filter_map(|case| case.truth).collect();
        let predicted = cases.iter().map(|case| case.predicted).collect();
        let mut outcomes = Outcomes::new(self.class_names.len(), truth, predicted)?;
        if !cases.is_empty() && cases.iter().all(|case| !case.probabilities.is_empty()) {
            outcomes =
                outcomes.with_probabilities(cases.iter().flat_map(|case| case.probabilities.clone()).collect())?;
        }
        let keys: Option<Vec<&str>> = cases.iter().map(|case| case.group.as_deref()).collect();
        match keys {
            Some(keys) if !keys.is_empty() => outcomes.with_groups(&keys),
            _ => Ok(outcomes),
        }
    }

    /// Takes the reference labels of the rows that are the same cases in `other`, which has the same classes.
    pub fn take_labels(&mut self, other: &Self) {
        let keys = |of: &Self| of.cases.iter().map(|case| case.key.clone()).collect::<Vec<Key>>();
        let joined = join(&keys(self), &keys(other), true);
        for (case, same) in self.cases.iter_mut().zip(&joined.pairs) {
            case.truth = same.and_then(|row| other.cases.get(row)).and_then(|case| case.truth);
        }
        let (matched, all) = (joined.matched(), self.cases.len());
        self.remarks.push(format!("Reference labels of the other file, by {}: {matched} of {all} rows.", joined.by));
    }

    /// Logits `[n, k]` of the chosen cases: the file's own, else the logarithms of the probabilities (the same up to a
    /// constant). `None` where a probability is 0 or there are none; the flag is true for the file's own.
    pub fn logits(&self, chosen: &[usize]) -> Option<(Vec<f64>, bool)> {
        let cases: Vec<&PredictedCase> = chosen.iter().filter_map(|index| self.cases.get(*index)).collect();
        if cases.is_empty() {
            return None;
        }
        if cases.iter().all(|case| !case.logits.is_empty()) {
            return Some((cases.iter().flat_map(|case| case.logits.clone()).collect(), true));
        }
        let logs: Vec<f64> = cases.iter().flat_map(|case| case.probabilities.iter().map(|p| p.ln())).collect();
        let whole = cases.iter().all(|case| !case.probabilities.is_empty()) && logs.iter().all(|z| z.is_finite());
        whole.then_some((logs, false))
    }

    /// The probability that the case's scores give to its class.
    pub fn score(&self, case: usize, class: usize) -> Option<f64> {
        self.cases.get(case)?.probabilities.get(class).copied()
    }
}

/// Reads predictions; labels come from `truth` where it is given, else from a column, else from the folders' names.
///
/// # Errors
/// A file that cannot be read, whose columns say nothing about predictions, or of which no row is left.
pub fn read_predictions(
    path: &Path,
    options: &TableOptions,
    truth: Option<&TruthFile>,
) -> Result<Predictions, TableError> {
    let unusable = |what: String| TableError::Unusable { path: path.to_owned(), what };
    let mut table = rows::read(path)?;
    scores::split_lists(&mut table);
    Reader::new(table, options).and_then(|reader| reader.read(path, options, truth)).map_err(unusable)
}

/// A table on its way to cases.
struct Reader {
    table: RawTable,
    columns: Columns,
    /// The predicted class, unless that column turned out to hold scores.
    predicted: Option<usize>,
    keys: Vec<Key>,
    groups: Vec<Option<String>>,
    remarks: Vec<String>,
}

impl Reader {
    fn new(mut table: RawTable, options: &TableOptions) -> Result<Self, String> {
        let columns = Columns::find(&table, &options.columns)?;
        let text = |row: &Row, role| columns.get(role).and_then(|column| row.get(column)).map(str::to_owned);
        let keys = |row: &Row| Key {
            id: text(row, Role::Id).unwrap_or_else(|| format!("line {}", row.line)),
            slice: text(row, Role::Slice),
        };
        let mut remarks = std::mem::take(&mut table.remarks);
        remarks.push(format!("Read as {}, {}; {}.", table.encoding, table.delimiter, words(&columns.words(&table))));
        let predicted = columns.get(Role::Predicted);
        Ok(Self {
            keys: table.rows.iter().map(keys).collect(),
            groups: table.rows.iter().map(|row| text(row, Role::Group)).collect(),
            predicted,
            remarks,
            columns,
            table,
        })
    }

    fn read(mut self, path: &Path, options: &TableOptions, truth: Option<&TruthFile>) -> Result<Predictions, String> {
        let labels = self.labels(truth);
        let found = self.scores(&labels, options)?;
        let classes = self.classes(&labels, &found, options)?;
        let mut scale = Scale::new(&self.table, &found, &classes, options, self.predicted)?;
        self.remarks.append(&mut scale.remarks);
        if self.predicted.is_none() && scale.is_none() {
            return Err(format!(
                "no column holds predictions (predicted, y_pred…) or scores (one column a class, or score, prob…); the \
                 columns are {}",
                self.table.header.join(", ")
            ));
        }
        let (mut cases, mut problems) = (Vec::new(), std::mem::take(&mut self.table.problems));
        let mut seen: HashMap<&Key, u64> = HashMap::new();
        for (at, row) in self.table.rows.iter().enumerate() {
            let Some(key) = self.keys.get(at) else { continue };
            let first = *seen.entry(key).or_insert(row.line);
            let result = if first == row.line {
                self.case(row, key, labels.get(at).and_then(Option::as_deref), &classes, &scale)
            } else {
                Err(format!("{} stands on line {first} already", key.id))
            };
            match result {
                Ok(case) => cases.push(PredictedCase { group: self.groups.get(at).cloned().flatten(), ..case }),
                Err(what) => problems.push(RowProblem { line: row.line, what: format!("{what}; left out") }),
            }
        }
        problems.sort_by_key(|problem| problem.line);
        if cases.is_empty() {
            let first = problems.first().map_or("it has no rows".to_owned(), ToString::to_string);
            return Err(format!("no row is left: {first}"));
        }
        let has_ids = self.columns.get(Role::Id).is_some();
        let mut predictions = Predictions {
            path: path.to_owned(),
            class_names: classes.names,
            cases,
            remarks: self.remarks,
            problems,
            has_ids,
            is_matrix: false,
        };
        if truth.is_none() && self.columns.get(Role::Truth).is_none() {
            predictions.label_by_folder();
        }
        Ok(predictions)
    }

    /// The reference label of each row, as text.
    fn labels(&mut self, truth: Option<&TruthFile>) -> Vec<Option<String>> {
        if let Some(truth) = truth {
            let labelled = truth.of(&self.keys, &self.groups);
            self.remarks.extend(truth.remarks.iter().cloned());
            self.remarks.push(labelled.remark);
            self.groups.iter_mut().zip(labelled.groups).for_each(|(group, other)| {
                if group.is_none() {
                    *group = other;
                }
            });
            return labelled.labels;
        }
        let column = self.columns.get(Role::Truth);
        self.table.rows.iter().map(|row| row.get(column?).map(canonical)).collect()
    }

    /// The score columns; a "prediction" column of fractions is one of them.
    fn scores(&mut self, labels: &[Option<String>], options: &TableOptions) -> Result<ScoreColumns, String> {
        let separator = self.table.separator;
        let fraction = |cell: &str| scores::number(cell, separator).is_some_and(|value| value.fract() != 0.0);
        let of_scores = self.predicted.filter(|column| {
            scores::numbers(&self.table, *column)
                && self.table.rows.iter().filter_map(|row| row.get(*column)).any(fraction)
        });
        let mut known: Vec<String> =
            labels.iter().flatten().cloned().chain(options.classes.iter().flatten().cloned()).collect();
        if let Some(column) = self.predicted.filter(|_| of_scores.is_none()) {
            known.extend(self.table.rows.iter().filter_map(|row| row.get(column)).map(canonical));
        }
        known.sort_unstable();
        known.dedup();
        let mut found = scores::find(&self.table, &self.columns, &known);
        if let Some(column) = of_scores {
            self.predicted = None;
            let name = self.table.header.get(column).cloned().unwrap_or_default();
            self.remarks.push(format!("The column {name} holds fractions: read as scores, not as classes."));
            if found.classes.is_empty() {
                found.single = Some(scores::Single { column, class: None, logit: false, of_predicted: false });
            }
        }
        Ok(found)
    }

    /// The class list: as given, else the score columns' names, else the labels that occur.
    fn classes(
        &mut self,
        labels: &[Option<String>],
        found: &ScoreColumns,
        options: &TableOptions,
    ) -> Result<ClassList, String> {
        if let Some(names) = &options.classes {
            return Ok(ClassList::new(names.clone()));
        }
        let predicted =
            self.predicted.into_iter().flat_map(|column| self.table.rows.iter().filter_map(move |row| row.get(column)));
        let hint = found.single.as_ref().and_then(|single| single.class.as_deref());
        let occurring = labels.iter().flatten().map(String::as_str).chain(predicted);
        let extra = hint.into_iter().chain(options.positive.as_deref());
        let (of_labels, remark) = ClassList::of_labels(occurring.chain(extra));
        let columns = if found.classes.is_empty() { &found.logits } else { &found.classes };
        let numbered = columns.iter().all(|(_, name)| name.parse::<usize>().is_ok());
        let named_labels = of_labels.names.iter().any(|name| name.parse::<f64>().is_err());
        if columns.len() >= 2 && !(numbered && named_labels) {
            return Ok(ClassList::new(columns.iter().map(|(_, name)| name.clone()).collect()));
        }
        if columns.len() >= 2 && columns.len() != of_labels.names.len() {
            return Err(format!(
                "{} numbered score columns stand beside the labels {}; give the classes in the columns' order with \
                 --classes",
                columns.len(),
                of_labels.names.join(", ")
            ));
        }
        if columns.len() >= 2 {
            let names = of_labels.names.join(", ");
            self.remarks.push(format!("The numbered score columns are assumed to be {names}, in this order."));
        }
        self.remarks.extend(remark);
        if of_labels.names.len() < 2 {
            let names = of_labels.names.join(", ");
            let found = if names.is_empty() {
                "no class is named".to_owned()
            } else {
                format!("only the class {names} occurs")
            };
            return Err(format!("{found}; name all classes with --classes A,B"));
        }
        Ok(of_labels)
    }

    fn case(
        &self,
        row: &Row,
        key: &Key,
        label: Option<&str>,
        classes: &ClassList,
        scale: &Scale,
    ) -> Result<PredictedCase, String> {
        if let Some(error) = self.columns.get(Role::Error).and_then(|column| row.get(column)) {
            return Err(format!("{HOLDS_ERROR} ({error})"));
        }
        let index = |what: &str, label: &str| {
            let known = || classes.names.join(", ");
            classes.index(label).ok_or_else(|| format!("the {what} {label} is none of the classes {}", known()))
        };
        let truth = label.map(|label| index("label", label)).transpose()?;
        let stated = match self.predicted {
            Some(column) => {
                Some(index("prediction", row.get(column).ok_or_else(|| "the prediction is missing".to_owned())?)?)
            }
            None => None,
        };
        let (probabilities, logits) = scale.read(row, stated)?;
        let predicted = stated.unwrap_or_else(|| scale.predicted(&probabilities));
        Ok(PredictedCase { line: row.line, key: key.clone(), group: None, truth, predicted, probabilities, logits })
    }
}

impl Predictions {
    fn label_by_folder(&mut self) {
        let mut found = 0;
        for case in &mut self.cases {
            case.truth = truth_from_folder(Path::new(&case.key.id.replace('\\', "/")), &self.class_names);
            found += usize::from(case.truth.is_some());
        }
        if found > 0 {
            let all = self.cases.len();
            self.remarks.push(format!("Reference labels from the folders' names: {found} of {all} rows."));
        }
    }
}
