//! What is left to run: items without a result, and failed ones that are worth another try.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::RunFolder;
use crate::review::source::hash_files;

/// Which of the items that failed are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Those whose files are not what they were.
    Changed,
    All,
}

/// What is to be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToRun {
    /// Each a file or the files of a series, in the order of the list.
    pub items: Vec<Vec<PathBuf>>,
    /// How many of these failed before.
    pub again: usize,
}

impl RunFolder {
    /// The items (each a file or the files of a series) that have no result yet or are tried again; `key` is
    /// [`Roots::key`](crate::review::record::Roots::key). Files that failed are read, for their hashes.
    pub fn to_run(&self, items: &[Vec<PathBuf>], key: &dyn Fn(&Path) -> String, retry: Retry) -> ToRun {
        let paths: HashSet<&str> = self.records.iter().map(|record| record.path.as_str()).collect();
        // A file of several slices that stands last may have been cut between them.
        let cut = self.records.last().filter(|last| last.key != last.path).map(|last| last.path.as_str());
        let failed = self.failed_files();
        let mut found = ToRun::default();
        for files in items {
            let path = files.first().map(|file| key(file)).unwrap_or_default();
            let missing = !paths.contains(path.as_str()) || cut == Some(path.as_str());
            let again = !missing && failed.get(path.as_str()).is_some_and(|hash| retry.takes(files, *hash));
            if missing || again {
                found.items.push(files.clone());
                found.again += usize::from(again);
            }
        }
        found
    }

    /// By path: the sha256 of each file (or series) of which some case failed, where it is known.
    fn failed_files(&self) -> HashMap<&str, Option<&str>> {
        let failed = self.records.iter().filter(|record| record.error().is_some());
        failed.map(|record| (record.path.as_str(), record.sha256.as_deref())).collect()
    }

    /// The paths of files that failed and are not what they were then. `files` gives the files of a path.
    pub fn changed_failures<'a>(&self, files: impl Fn(&str) -> Option<&'a [PathBuf]>) -> HashSet<String> {
        let changed =
            |(path, hash): &(&str, Option<&str>)| files(path).is_some_and(|files| Retry::Changed.takes(files, *hash));
        self.failed_files().into_iter().filter(changed).map(|(path, _)| path.to_owned()).collect()
    }
}

impl Retry {
    /// `hash` is what the record says; one without a hash counts as changed where the file can be read now.
    fn takes(self, files: &[PathBuf], hash: Option<&str>) -> bool {
        self == Self::All || hash_files(files).as_deref() != hash
    }
}
