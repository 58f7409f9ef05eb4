//! What the folder of a review kept, on the items of the list.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::review::folder::RunFolder;
use crate::review::record::{CaseRecord, Labels, Roots};

/// An item's index, and its cases.
pub type KeptAnswers = Vec<(usize, Vec<CaseRecord>)>;

/// The items of a list by their records' path.
pub(super) struct Places {
    items: Vec<Arc<[PathBuf]>>,
    by_path: HashMap<String, usize>,
}

impl Places {
    pub fn new(items: Vec<Arc<[PathBuf]>>, roots: &Roots) -> Self {
        let key = |files: &Arc<[PathBuf]>| files.first().map(|file| roots.key(file)).unwrap_or_default();
        let by_path = items.iter().enumerate().map(|(index, files)| (key(files), index)).collect();
        Self { items, by_path }
    }

    /// The first file of each item.
    pub fn files(&self) -> Vec<PathBuf> {
        self.items.iter().filter_map(|files| files.first().cloned()).collect()
    }

    /// The records of a run, labelled anew, less those of failed files that have changed since; and how many files these
    /// are.
    pub fn answers(&self, folder: &RunFolder, labels: &Labels) -> (KeptAnswers, usize) {
        let again = self.changed_failures(folder);
        let mut by_item: Vec<Vec<CaseRecord>> = vec![Vec::new(); self.items.len()];
        for record in folder.records().iter().filter(|record| !again.contains(&record.path)) {
            if let Some(item) = self.by_path.get(&record.path).and_then(|index| by_item.get_mut(*index)) {
                let mut record = record.clone();
                labels.label(&mut record);
                item.push(record);
            }
        }
        (by_item.into_iter().enumerate().filter(|(_, records)| !records.is_empty()).collect(), again.len())
    }

    fn changed_failures(&self, folder: &RunFolder) -> HashSet<String> {
        if folder.records().iter().all(|record| record.error().is_none()) {
            return HashSet::new();
        }
        let files = |path: &str| self.by_path.get(path).and_then(|index| self.items.get(*index)).map(|files| &**files);
        folder.changed_failures(files)
    }
}
