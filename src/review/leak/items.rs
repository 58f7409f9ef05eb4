//! The files of a folder with the labels that its folders state.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::review::truth_from_folder;
use crate::scan::{ScanError, discover};

/// A file to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeakItem {
    pub path: PathBuf,
    pub label: Option<String>,
}

/// The files below one folder.
#[derive(Debug, Default)]
pub struct LeakItems {
    pub items: Vec<LeakItem>,
    /// Files that are named like a scan and are none, folders that could not be read.
    pub problems: Vec<ScanError>,
}

/// Looks for pictures under `root`, recursively. A file's label is the class of `class_names` that its folders name,
/// else, without class names, the folder it lies in (`None` right in `root`).
pub fn leak_items(root: &Path, class_names: &[String]) -> LeakItems {
    let found = discover(&[root.to_path_buf()]);
    let label = |path: &Path| match class_names {
        [] => {
            path.parent().filter(|folder| *folder != root)?.file_name().map(|name| name.to_string_lossy().into_owned())
        }
        names => truth_from_folder(path, names).and_then(|class| names.get(class)).cloned(),
    };
    let items = found.files.into_iter().map(|path| LeakItem { label: label(&path), path }).collect();
    LeakItems { items, problems: found.problems }
}

/// Takes the files out of `against` that lie in `inside` too (the same file on the disk, whatever path leads to it), and
/// says how many there were.
pub fn leave_out(against: &mut Vec<LeakItem>, inside: &[LeakItem]) -> usize {
    let real = |item: &LeakItem| item.path.canonicalize().ok();
    let known: HashSet<PathBuf> = inside.iter().filter_map(real).collect();
    let before = against.len();
    against.retain(|item| real(item).is_none_or(|path| !known.contains(&path)));
    before - against.len()
}
