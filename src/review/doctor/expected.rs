//! What the pictures are compared with: the training framework's outputs, or labels.

use std::path::{Path, PathBuf};

use super::DoctorError;
use super::arrays::{NAMED_LOGITS, are_logits, check_sums, from_arrays, probabilities, sigmoid};
use super::npz;
use crate::engine::{Model, Origin};
use crate::review::table::{HOLDS_ERROR, Key, TableError, TableOptions, join, read_predictions};

/// What is known about each sample, in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// Scores `[n][classes]` of the training framework. `named` where its columns name the classes: then their order is
    /// not in question.
    Outputs { scores: Vec<Vec<f64>>, named: bool, tolerance: f64 },
    /// Class indices.
    Labels(Vec<usize>),
}

impl Reference {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Outputs { scores, .. } => scores.len(),
            Self::Labels(labels) => labels.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is known about some of the samples, in the order of `places`.
    pub fn chosen(&self, places: &[usize]) -> Self {
        match self {
            Self::Outputs { scores, named, tolerance } => {
                let scores = places.iter().filter_map(|place| scores.get(*place).cloned()).collect();
                Self::Outputs { scores, named: *named, tolerance: *tolerance }
            }
            Self::Labels(labels) => {
                Self::Labels(places.iter().filter_map(|place| labels.get(*place).copied()).collect())
            }
        }
    }
}

/// A file of the framework's outputs, before its rows are joined to pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What the rows are called; `None` where they are in the order of the sorted pictures.
    pub(super) names: Option<Vec<String>>,
    /// `[n][classes]`, probabilities.
    pub(super) scores: Vec<Vec<f64>>,
    /// `[n][values]`, where the file holds what is before softmax or sigmoid.
    pub(super) logits: Option<Vec<Vec<f64>>>,
    /// True where the columns name the classes.
    pub(super) named_columns: bool,
    /// Half of the last digit that the numbers are written with.
    pub(super) rounding: f64,
}

/// A difference of a probability that engines and libraries make by rounding.
pub(super) const SAME: f64 = 2e-4;

/// What a file of outputs is read for.
#[derive(Clone, Copy, Debug)]
pub struct TableFor<'a> {
    pub class_names: &'a [String],
    /// True where nobody stated these names.
    pub assumed: bool,
    /// True where the scores are independent sigmoids, which sum to anything.
    pub independent: bool,
}

impl<'a> TableFor<'a> {
    pub fn model(model: &'a Model) -> Self {
        let names = &model.manifest.class_names;
        let independent = model.rule().independent;
        Self { class_names: &names.value, assumed: names.origin == Origin::Assumed, independent }
    }

    /// The names are the ones that count, stated or not.
    pub fn stated(self) -> Self {
        Self { assumed: false, ..self }
    }
}

/// Reads a `.csv`, `.tsv` or `.jsonl` of predictions, a `.npz` (`probabilities` or `logits` `[n, classes]`, and `paths`), or
/// a `.npy` `[n, classes]`. Where the class names are only `assumed` and the file's columns name the classes, these names
/// come too, in the order of the scores; which output of the model each is stays open then.
///
/// # Errors
/// [`DoctorError::Reference`] in words.
pub fn read_table(path: &Path, wanted: TableFor) -> Result<(Table, Option<Vec<String>>), DoctorError> {
    let TableFor { class_names, assumed, independent } = wanted;
    let failed = |what: String| DoctorError::Reference { path: path.to_owned(), what };
    let mut head = [0u8; 6];
    let is_array = std::fs::File::open(path)
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head))
        .is_ok_and(|()| head.starts_with(b"\x93NUMPY") || head.starts_with(b"PK"));
    if is_array {
        let table = from_arrays(npz::read(path).map_err(failed)?, wanted).map_err(failed)?;
        return Ok((table, None));
    }
    let under = |classes: Option<Vec<String>>| {
        let options = TableOptions { classes, ..TableOptions::default() };
        read_predictions(path, &options, None).map_err(|error| match error {
            // The path is said already.
            TableError::Unusable { what, .. } => failed(what),
            error => failed(error.to_string()),
        })
    };
    let named = if assumed { under(None).ok().filter(|read| !is_numbered(&read.class_names)) } else { None };
    if let Some(read) = named.as_ref().filter(|read| read.class_names.len() != class_names.len()) {
        let (count, names) = (read.class_names.len(), read.class_names.join(", "));
        let outputs = class_names.len();
        return Err(failed(format!("it has {count} classes ({names}); the model tells {outputs} apart")));
    }
    let learned = named.as_ref().map(|read| read.class_names.clone());
    let read = match named {
        Some(read) => read,
        None => under(Some(class_names.to_vec()))?,
    };
    // A row that was left out would go unseen: its picture would only be missing.
    if let Some(problem) = read.problems.iter().find(|problem| !problem.what.starts_with(HOLDS_ERROR)) {
        return Err(failed(format!("line {}: {}", problem.line, problem.what.trim_end_matches("; left out"))));
    }
    let mut scores: Vec<Vec<f64>> = read.cases.iter().map(|case| case.probabilities.clone()).collect();
    if scores.iter().any(Vec::is_empty) {
        return Err(failed("it holds predicted classes without scores, and scores are compared".to_owned()));
    }
    let logits: Vec<Vec<f64>> = read.cases.iter().map(|case| case.logits.clone()).collect();
    let logits = (!logits.iter().any(Vec::is_empty)).then_some(logits);
    match logits.as_ref().filter(|_| independent) {
        Some(logits) => scores = logits.iter().map(|row| row.iter().map(|z| sigmoid(*z)).collect()).collect(),
        None => check_sums(&scores, independent).map_err(|(row, sum)| {
            let line = read.cases.get(row).map_or(0, |case| case.line);
            failed(format!("line {line}: the scores sum to {sum:.3}, and probabilities to 1. {NAMED_LOGITS}"))
        })?,
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let table = Table {
        names: read.has_ids.then(|| read.cases.iter().map(|case| case.key.id.clone()).collect()),
        scores,
        logits,
        named_columns: learned.is_none() && class_names.iter().any(|name| first.contains(name)),
        rounding: rounding(&text),
    };
    Ok((table, learned))
}

/// True for names that only count: `0`, `1`.
fn is_numbered(names: &[String]) -> bool {
    names.iter().all(|name| name.parse::<f64>().is_ok())
}

/// Half a unit of the longest fraction written.
fn rounding(text: &str) -> f64 {
    let digits = text
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter_map(|number| number.split_once('.'))
        .map(|(_, fraction)| fraction.len())
        .max()
        .unwrap_or(17);
    0.5 * 10f64.powi(-i32::try_from(digits.min(17)).unwrap_or(17))
}

impl Table {
    /// Outputs in memory, `[n][values]`, rows in the order of the sorted pictures.
    pub fn unnamed(outputs: &[Vec<f64>]) -> Self {
        let values = outputs.first().map_or(1, Vec::len);
        let flat: Vec<f64> = outputs.iter().flatten().copied().collect();
        let scores = probabilities(&flat, values, are_logits(&flat, false), false);
        Self { names: None, scores, logits: None, named_columns: false, rounding: 0.0 }
    }

    /// The rows as they are, one for each sample.
    pub fn in_order(self) -> Reference {
        let tolerance = self.tolerance();
        Reference::Outputs { scores: self.scores, named: self.named_columns, tolerance }
    }

    /// The same rows with the logits in the place of the scores, where the file holds logits.
    pub fn of_logits(&self) -> Option<Self> {
        Some(Self { scores: self.logits.clone()?, ..self.clone() })
    }

    fn tolerance(&self) -> f64 {
        SAME.max(1.5 * self.rounding)
    }

    /// The pictures that have a row, each with its place in `pictures`, and the reference in that order. Rows without
    /// names belong to the pictures sorted by the bytes of their paths, as training scripts sort them.
    ///
    /// # Errors
    /// [`DoctorError::TooLittle`] where nothing fits.
    pub fn join(self, pictures: &[PathBuf]) -> Result<(Vec<usize>, Reference), DoctorError> {
        let key = |text: &str| Key { id: text.to_owned(), slice: None };
        let rows: Vec<Option<usize>> = match &self.names {
            Some(names) => {
                let left: Vec<Key> = pictures.iter().map(|path| key(&path.to_string_lossy())).collect();
                let right: Vec<Key> = names.iter().map(|name| key(name)).collect();
                join(&left, &right, false).pairs
            }
            None if self.scores.len() == pictures.len() => {
                let mut order: Vec<usize> = (0..pictures.len()).collect();
                order.sort_by_key(|index| pictures.get(*index));
                let mut rows = vec![None; pictures.len()];
                for (row, picture) in order.into_iter().enumerate() {
                    if let Some(slot) = rows.get_mut(picture) {
                        *slot = Some(row);
                    }
                }
                rows
            }
            None => {
                let what = format!(
                    "The predictions have {} rows without file names, and there are {} pictures. Save the names beside \
                     them (`paths`), or give the same pictures.",
                    self.scores.len(),
                    pictures.len()
                );
                return Err(DoctorError::TooLittle { what });
            }
        };
        let pairs: Vec<(usize, Vec<f64>)> = rows
            .iter()
            .enumerate()
            .filter_map(|(picture, row)| Some((picture, self.scores.get((*row)?)?.clone())))
            .collect();
        if pairs.is_empty() {
            let what = "No picture has a row in the predictions: their names do not match.".to_owned();
            return Err(DoctorError::TooLittle { what });
        }
        let (chosen, scores) = pairs.into_iter().unzip();
        let tolerance = self.tolerance();
        Ok((chosen, Reference::Outputs { scores, named: self.named_columns, tolerance }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(class_names: &[String], assumed: bool) -> TableFor<'_> {
        TableFor { class_names, assumed, independent: false }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn rows_without_names_follow_the_bytes_of_the_paths() {
        let table = Table::unnamed(&[vec![0.1, 0.9], vec![0.2, 0.8], vec![0.3, 0.7]]);
        let pictures: Vec<PathBuf> = ["d/a2.png", "d/a10.png", "d/B.png"].iter().map(PathBuf::from).collect();
        let (chosen, reference) = table.clone().join(&pictures).unwrap();
        let Reference::Outputs { scores, .. } = reference else { panic!() };
        assert_eq!((chosen, scores[0][0], scores[1][0], scores[2][0]), (vec![0, 1, 2], 0.3, 0.2, 0.1));
        assert!(table.join(&pictures[..2]).unwrap_err().to_string().contains("3 rows without file names"));
    }

    #[test]
    fn tables_with_names_are_joined_and_their_rounding_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        std::fs::write(&path, "file,prob_A,prob_B\nx/2.png,0.123,0.877\nx/1.png,0.5,0.5\n").unwrap();
        let (table, learned) = read_table(&path, wanted(&names(&["A", "B"]), false)).unwrap();
        assert_eq!(learned, None);
        let (chosen, reference) =
            table.join(&[PathBuf::from("/data/x/1.png"), PathBuf::from("/data/x/3.png")]).unwrap();
        assert_eq!(chosen, [0]);
        let expected = Reference::Outputs { scores: vec![vec![0.5, 0.5]], named: true, tolerance: 7.5e-4 };
        assert_eq!(reference, expected);
    }

    #[test]
    fn columns_name_the_classes_of_a_model_without_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        let assumed = names(&["class 0", "class 1"]);
        std::fs::write(&path, "file,prob_sick,prob_well\n1.png,0.25,0.75\n2.png,0.5,0.5\n").unwrap();
        let (table, learned) = read_table(&path, wanted(&assumed, true)).unwrap();
        assert_eq!(learned.unwrap(), ["sick", "well"]);
        let (_, reference) = table.join(&[PathBuf::from("1.png")]).unwrap();
        let Reference::Outputs { scores, named, .. } = reference else { panic!() };
        assert_eq!((scores, named), (vec![vec![0.25, 0.75]], false), "which output is which stays open");
        let three =
            read_table(&path, wanted(&names(&["class 0", "class 1", "class 2"]), true)).unwrap_err().to_string();
        assert!(three.contains("2 classes (sick, well)") && three.contains("3 apart"), "{three}");
        std::fs::write(&path, "file,class 0,class 1\n1.png,0.25,0.75\n2.png,0.5,0.5\n").unwrap();
        assert_eq!(read_table(&path, wanted(&assumed, true)).unwrap().1, None, "numbers are no names");
    }

    #[test]
    fn a_cell_that_is_no_number_is_said_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.csv");
        let class_names = names(&["A", "B"]);
        let fault = |table: &str| {
            std::fs::write(&path, table).unwrap();
            read_table(&path, wanted(&class_names, false)).unwrap_err().to_string()
        };
        let said = fault("file,prob_A,prob_B\n1.png,0.25,0.75\n2.png,nan,0.5\n");
        assert!(said.contains("line 3") && said.contains("the score nan is no number"), "{said}");
        let said = fault("file,prob_A,prob_B\n1.png,0.25,0.75\n2.png,0.25,0.25\n");
        assert!(said.contains("line 3") && said.contains("sum to 0.500"), "{said}");
        let said = fault("file,prob_C,prob_D\n1.png,0.25,0.75\n2.png,0.25,0.75\n");
        assert!(!said.contains("--classes"), "{said}");
    }
}
