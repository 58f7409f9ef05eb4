//! Reference labels for the cases of a run: from the folders' names, or from a table.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::{CaseRecord, ClassMapping, MappedLabel, Pseudonyms, Roots, Truth, TruthFrom};
use crate::review::table::{Key, TruthFile, join};
use crate::review::truth::folder_label;

/// Where labels come from.
#[derive(Clone, Debug)]
pub enum LabelSource {
    None,
    /// Names of enclosing folders.
    Folders,
    /// A table by path or file name, or by patient or series.
    Table(TruthFile),
}

/// The labels of the files of one run.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    from: Option<TruthFrom>,
    /// By the records' path.
    by_path: HashMap<String, Rows>,
    /// By the pseudonym of a patient or a series.
    by_person: HashMap<String, Rows>,
    /// What was read and matched, in sentences.
    pub remarks: Vec<String>,
    /// Every label text and the class that it means; `cases` counts files (of a table: rows).
    pub mapping: Vec<MappedLabel>,
}

/// What a table (or a folder) says about one file or person.
type Rows = Vec<Row>;

#[derive(Clone, Debug, PartialEq)]
struct Row {
    slice: Option<String>,
    label: String,
    class: Option<usize>,
    /// As records have it.
    patient: Option<String>,
}

impl Labels {
    /// Labels for `files`, which the run will read.
    pub fn new(
        source: &LabelSource,
        files: &[PathBuf],
        roots: &Roots,
        pseudonyms: &Pseudonyms,
        mapping: &ClassMapping,
    ) -> Self {
        match source {
            LabelSource::None => Self::default(),
            LabelSource::Folders => Self::of_folders(files, roots, mapping),
            LabelSource::Table(table) => Self::of_table(table, files, roots, pseudonyms, mapping),
        }
    }

    fn of_folders(files: &[PathBuf], roots: &Roots, mapping: &ClassMapping) -> Self {
        let mut labels = Self { from: Some(TruthFrom::Folder), ..Self::default() };
        let numbers = folders_are_numbers(files, mapping);
        let mut counts: BTreeMap<(Option<usize>, String), usize> = BTreeMap::new();
        for file in files {
            let found = folder_label(file, mapping, numbers);
            match found {
                Some((label, class)) => {
                    *counts.entry((Some(class), label.clone())).or_default() += 1;
                    let row = Row { slice: None, label, class: Some(class), patient: None };
                    labels.by_path.insert(roots.key(file), vec![row]);
                }
                None => *counts.entry((None, parent_name(file))).or_default() += 1,
            }
        }
        let by = |name: &str| mapping.class_of_folder(name, numbers).map(|(_, by)| by);
        labels.mapping = counts
            .into_iter()
            .map(|((class, label), cases)| MappedLabel { by: class.and_then(|_| by(&label)), label, class, cases })
            .collect();
        let (found, all) = (labels.by_path.len(), files.len());
        labels.remarks.push(format!("Reference labels from the folders' names: {found} of {all} files."));
        labels
    }

    fn of_table(
        table: &TruthFile,
        files: &[PathBuf],
        roots: &Roots,
        pseudonyms: &Pseudonyms,
        mapping: &ClassMapping,
    ) -> Self {
        let mut by_id: Vec<(&str, Rows)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut by_person: HashMap<String, Rows> = HashMap::new();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, label, group) in table.rows() {
            *counts.entry(label).or_default() += 1;
            let row = Row {
                slice: key.slice.clone(),
                label: label.to_owned(),
                class: mapping.class(label).map(|(class, _)| class),
                patient: group.map(|group| pseudonyms.of(group)),
            };
            let place = *places.entry(&key.id).or_insert_with(|| {
                by_id.push((&key.id, Vec::new()));
                by_id.len() - 1
            });
            for person in std::iter::once(key.id.as_str()).chain(group.filter(|group| *group != key.id)) {
                by_person.entry(pseudonyms.of(person)).or_default().push(row.clone());
            }
            if let Some((_, rows)) = by_id.get_mut(place) {
                rows.push(row);
            }
        }
        let plain_key = |id: &str| Key { id: id.to_owned(), slice: None };
        let paths: Vec<String> = files.iter().map(|file| roots.key(file)).collect();
        let left: Vec<Key> = paths.iter().map(|path| plain_key(path)).collect();
        let right: Vec<Key> = by_id.iter().map(|(id, _)| plain_key(id)).collect();
        let joined = join(&left, &right, true);
        let rows_of = |place: &Option<usize>| place.and_then(|place| by_id.get(place)).map(|(_, rows)| rows.clone());
        let by_path: HashMap<String, Rows> =
            paths.into_iter().zip(&joined.pairs).filter_map(|(path, place)| Some((path, rows_of(place)?))).collect();
        let mut remarks = table.remarks.clone();
        remarks.push(match by_path.len() {
            0 => "No file is named in the table of labels: they are looked for by patient and by series.".to_owned(),
            found => format!("Reference labels joined by {}: {found} of {} files have one.", joined.by, files.len()),
        });
        remarks.extend(table.problems.iter().map(ToString::to_string));
        let mapping = mapping.table(counts.into_iter());
        Self { from: Some(TruthFrom::Table), by_path, by_person, remarks, mapping }
    }

    /// Sets the label of a record, and its patient where only the table knows it. Without a source the record keeps
    /// what it has.
    pub fn label(&self, record: &mut CaseRecord) {
        let Some(from) = self.from else { return };
        let row = self.row(record);
        if record.patient.is_none() {
            record.patient = row.and_then(|row| row.patient.clone());
        }
        record.truth = row.map(|row| Truth { label: row.label.clone(), class: row.class, from });
    }
}

impl Labels {
    fn row(&self, record: &CaseRecord) -> Option<&Row> {
        let persons = [&record.patient, &record.series].into_iter().flatten();
        let of_persons = persons.filter_map(|id| self.by_person.get(id));
        self.by_path.get(&record.path).into_iter().chain(of_persons).find_map(|rows| pick(rows, record))
    }
}

/// The row of the record's slice, else what all rows agree on.
fn pick<'a>(rows: &'a [Row], record: &CaseRecord) -> Option<&'a Row> {
    let slice = record.scored().and_then(|scored| scored.slices.first()).map(usize::to_string);
    let of_slice = rows.iter().find(|row| row.slice.is_some() && row.slice == slice);
    let first = rows.first()?;
    let agree = rows.iter().all(|row| row.label == first.label);
    of_slice.or_else(|| agree.then_some(first))
}

/// True where every file lies in a folder that is named by the bare number of a class, and several classes occur: then
/// these numbers are no patients.
fn folders_are_numbers(files: &[PathBuf], mapping: &ClassMapping) -> bool {
    let mut classes: Vec<Option<usize>> =
        files.iter().map(|file| mapping.class_of_folder(&parent_name(file), true).map(|(class, _)| class)).collect();
    classes.sort_unstable();
    classes.dedup();
    classes.len() > 1 && classes.iter().all(Option::is_some)
}

fn parent_name(file: &Path) -> String {
    file.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::record::{Outcome, Scores};
    use crate::review::table::{TableOptions, read_truth};

    fn record(path: &str, slice: usize, patient: Option<String>) -> CaseRecord {
        let scores =
            Scores { slices: vec![slice], scores: vec![], logits: None, predicted: 0, warnings: vec![], known: None };
        CaseRecord {
            key: path.to_owned(),
            path: path.to_owned(),
            sha256: None,
            patient,
            series: None,
            truth: None,
            outcome: Outcome::Scored(scores),
        }
    }

    fn grades() -> ClassMapping {
        ClassMapping::new(&["0gr".to_owned(), "1gr".to_owned(), "2gr".to_owned()])
    }

    fn labels(table: &[u8], files: &[&str], pseudonyms: &Pseudonyms) -> Labels {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, table).unwrap();
        let source = LabelSource::Table(read_truth(&path, &TableOptions::default()).unwrap());
        let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
        Labels::new(&source, &files, &Roots::default(), pseudonyms, &grades())
    }

    fn class(labels: &Labels, mut record: CaseRecord) -> Option<usize> {
        labels.label(&mut record);
        record.truth_class()
    }

    #[test]
    fn a_korean_table_labels_by_file_name_and_shows_its_mapping() {
        let (korean, _, _) = encoding_rs::EUC_KR.encode("파일명;정답\n뇌 1.png;1등급\n뇌 2.png;2\nx.png;모름\n");
        let labels = labels(&korean, &["뇌/뇌 1.png", "뇌/뇌 2.png", "뇌/y.png"], &Pseudonyms::Plain);
        assert_eq!(class(&labels, record("뇌/뇌 1.png", 0, None)), Some(1));
        assert_eq!(class(&labels, record("뇌/뇌 2.png", 0, None)), Some(2));
        assert_eq!(class(&labels, record("뇌/y.png", 0, None)), None);
        let unmatched: Vec<&str> =
            labels.mapping.iter().filter(|row| row.class.is_none()).map(|row| row.label.as_str()).collect();
        assert_eq!(unmatched, ["모름"]);
        let said = labels.remarks.join(" ");
        assert!(said.contains("CP949") && said.contains("semicolon") && said.contains("2 of 3 files"), "{said}");
    }

    #[test]
    fn patients_are_found_by_their_pseudonym() {
        let pseudonyms = Pseudonyms::random();
        let labels = labels(b"PatientID\tlabel\nA-1\t0\nA-2\t2\nA-2\t2\nA-3\t0\nA-3\t1\n", &["x/1.dcm"], &pseudonyms);
        let of = |id: &str| class(&labels, record("x/1.dcm", 0, Some(pseudonyms.of(id))));
        assert_eq!((of("A-1"), of("A-2"), of("A-4")), (Some(0), Some(2), None));
        assert_eq!(of("A-3"), None, "two labels");
    }

    #[test]
    fn a_table_may_label_each_slice() {
        let labels = labels(b"file,slice,truth\na.nii,3,1gr\na.nii,4,2gr\n", &["a.nii"], &Pseudonyms::Plain);
        let of = |slice| class(&labels, record("a.nii", slice, None));
        assert_eq!((of(3), of(4), of(5)), (Some(1), Some(2), None));
    }

    #[test]
    fn folders_named_by_bare_numbers_count_where_all_are() {
        let of = |files: &[&str]| {
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            let labels = Labels::new(&LabelSource::Folders, &files, &Roots::default(), &Pseudonyms::Plain, &grades());
            files.iter().map(|f| class(&labels, record(&f.to_string_lossy(), 0, None))).collect::<Vec<_>>()
        };
        assert_eq!(of(&["0/a.png", "2/a.png"]), [Some(0), Some(2)]);
        assert_eq!(of(&["0/a.png", "7/a.png"]), [None, None], "7 is a patient, and so may 0 be");
        assert_eq!(of(&["1gr/7/a.png"]), [Some(1)]);
    }
}
