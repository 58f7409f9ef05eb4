//! What a classifier's accuracy is worth once the known pictures are taken out.

use std::collections::HashSet;

use super::Leaks;
use crate::metrics::{Proportion, Undefined};
use crate::review::table::{Key, Predictions, join};

/// Accuracy on all files, and on those that the training data does not hold. Each is of the files inside with a
/// prediction and a reference label.
#[derive(Clone, Debug, PartialEq)]
pub struct RestReport {
    pub official: Proportion,
    /// Files with a twin in the training data, or a patient who is in it.
    pub leaked: Proportion,
    pub leak_free: Proportion,
    /// Stricter: without the files that hang together with training pictures through other files of the folder.
    pub cluster_free: Proportion,
    /// Files without prediction or reference label.
    pub unmatched: usize,
    /// How rows and files were matched, in words.
    pub matched_by: &'static str,
}

/// Joins predictions with the files inside. Reference labels are the table's; where a row has none, the folder's.
pub fn rest(leaks: &Leaks, predictions: &Predictions) -> RestReport {
    let key = |id: String| Key { id, slice: None };
    let inside: Vec<usize> = leaks.inside().collect();
    let paths = inside.iter().filter_map(|index| leaks.files.get(*index));
    let files: Vec<Key> = paths.map(|file| key(file.path.to_string_lossy().into_owned())).collect();
    let rows: Vec<Key> = predictions.cases.iter().map(|case| key(case.key.id.clone())).collect();
    // Slices of one volume are rows of their own: each is matched with the volume's file.
    let joined = join(&rows, &files, true);
    let shared: HashSet<usize> = leaks.shared_patients.iter().flat_map(|patient| patient.inside.clone()).collect();
    let none = || Proportion { hits: 0, of: 0, none: Undefined::NoCases };
    let mut report = RestReport {
        official: none(),
        leaked: none(),
        leak_free: none(),
        cluster_free: none(),
        unmatched: 0,
        matched_by: joined.by,
    };
    let mut used: HashSet<usize> = HashSet::new();
    for (case, place) in predictions.cases.iter().zip(&joined.pairs) {
        let Some(&file) = place.and_then(|place| inside.get(place)) else { continue };
        let label = || leaks.files.get(file)?.label.as_deref();
        let by_folder = || predictions.class_names.iter().position(|name| Some(name.as_str()) == label());
        let Some(truth) = case.truth.or_else(by_folder) else { continue };
        used.insert(file);
        let leaked = leaks.training_twin(file).is_some() || shared.contains(&file);
        let strict = leaked || leaks.in_training_cluster(file);
        let right = truth == case.predicted;
        count(&mut report.official, right);
        count(if leaked { &mut report.leaked } else { &mut report.leak_free }, right);
        if !strict {
            count(&mut report.cluster_free, right);
        }
    }
    report.unmatched = inside.len() - used.len();
    report
}

fn count(proportion: &mut Proportion, hit: bool) {
    proportion.of += 1;
    proportion.hits += u64::from(hit);
}

/// How well the label of the most similar training picture does as a prediction: what memory alone reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LookUp {
    pub all: Proportion,
    /// Of the files with a twin in the training data.
    pub twins: Proportion,
}

/// `None` without labels on both sides.
pub fn look_up(leaks: &Leaks) -> Option<LookUp> {
    let none = Proportion { hits: 0, of: 0, none: Undefined::NoCases };
    let mut found = LookUp { all: none, twins: none };
    for index in leaks.inside() {
        let label = |index: usize| leaks.files.get(index)?.label.as_deref();
        let Some(near) = leaks.nearest.get(index).copied().flatten() else { continue };
        let (Some(own), Some(other)) = (label(index), label(near.file)) else { continue };
        count(&mut found.all, own == other);
        if near.correlation > leaks.threshold {
            count(&mut found.twins, own == other);
        }
    }
    (found.all.of > 0).then_some(found)
}
