//! Which files under some paths are scans, by their first bytes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::detect::{Kind, recognise};
use super::{ScanError, natural};

/// What [`discover`] finds.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Files to open, in natural order of their paths.
    pub files: Vec<PathBuf>,
    /// What could not be read, and files that are named like a scan without being one. Naturally ordered.
    pub problems: Vec<ScanError>,
    /// Files left out quietly: hidden ones and those that are no scans.
    pub left_out: usize,
}

/// Endings whose files are expected to be scans: if their content says otherwise, a person wants to know.
const SCAN_ENDINGS: [&str; 12] =
    ["dcm", "dicom", "ima", "nii", "nii.gz", "png", "jpg", "jpeg", "tif", "tiff", "bmp", "npy"];

/// Looks for scans under `paths`, folders recursively. A file that is named itself is always among the files (opening
/// it says what is wrong with it). Hidden files and folders inside folders are left out; links are followed, each
/// folder once.
pub fn discover(paths: &[PathBuf]) -> Discovery {
    let mut walk = Walk::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(facts) if facts.is_dir() => walk.folders.push(path.clone()),
            Ok(_) => walk.found.files.push(path.clone()),
            Err(source) => walk.found.problems.push(ScanError::Read { path: path.clone(), source }),
        }
    }
    while let Some(folder) = walk.folders.pop() {
        walk.enter(&folder);
    }
    let mut found = walk.found;
    found.files.sort_by(|a, b| natural::compare(a, b));
    found.files.dedup();
    found.problems.sort_by(|a, b| natural::compare(a.path(), b.path()));
    found
}

#[derive(Default)]
struct Walk {
    found: Discovery,
    folders: Vec<PathBuf>,
    /// Real paths of the folders entered: a link back up is not followed again.
    entered: HashSet<PathBuf>,
}

impl Walk {
    fn enter(&mut self, folder: &Path) {
        let problem = |source| ScanError::Read { path: folder.into(), source };
        let entries = match folder.canonicalize().and_then(|real| Ok((real, std::fs::read_dir(folder)?))) {
            Ok((real, entries)) if self.entered.insert(real.clone()) => entries,
            Ok(_) => return,
            Err(source) => return self.found.problems.push(problem(source)),
        };
        for entry in entries {
            match entry {
                Ok(entry) => self.look_at(&entry),
                Err(source) => self.found.problems.push(problem(source)),
            }
        }
    }

    fn look_at(&mut self, entry: &std::fs::DirEntry) {
        let path = entry.path();
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let kind = entry.file_type();
        // Only links need a second look at the disk.
        let kind = match kind {
            Ok(kind) if kind.is_symlink() => std::fs::metadata(&path).map(|facts| facts.file_type()),
            other => other,
        };
        match kind {
            Ok(kind) if kind.is_dir() && !hidden => self.folders.push(path),
            Ok(kind) if kind.is_file() && !hidden => self.candidate(path),
            Ok(_) => self.found.left_out += 1,
            Err(source) => self.found.problems.push(ScanError::Read { path, source }),
        }
    }

    fn candidate(&mut self, path: PathBuf) {
        match recognise(&path) {
            Ok(Ok(Kind::NiftiImage)) => self.found.left_out += 1, // opened through the .hdr file beside it
            Ok(Ok(_)) => self.found.files.push(path),
            Ok(Err(hint)) if is_named_like_a_scan(&path) => {
                self.found.problems.push(ScanError::UnknownFormat { path, hint });
            }
            Ok(Err(_)) => self.found.left_out += 1,
            Err(source) => self.found.problems.push(ScanError::Read { path, source }),
        }
    }
}

fn is_named_like_a_scan(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    SCAN_ENDINGS.iter().any(|ending| name.strip_suffix(ending).is_some_and(|stem| stem.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

    #[test]
    fn folders_are_walked_in_natural_order() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("환자 2/뇌")).unwrap();
        for name in ["b10.png", "b9.png", "환자 2/뇌/x.png", ".hidden.png"] {
            fs::write(at(name), PNG).unwrap();
        }
        fs::write(at("notes.txt"), "BMI 22").unwrap();
        fs::write(at("empty.dcm"), "").unwrap();
        let found = discover(&[folder.path().to_path_buf()]);
        assert_eq!(found.files, [at("b9.png"), at("b10.png"), at("환자 2/뇌/x.png")]);
        assert_eq!(found.left_out, 2);
        assert_eq!(found.problems.len(), 1);
        assert!(found.problems[0].to_string().contains("it is empty"));
    }

    #[test]
    fn a_named_file_is_always_listed_and_a_missing_one_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("notes.txt");
        fs::write(&text, "text").unwrap();
        let found = discover(&[text.clone(), text.clone(), folder.path().join("none.png")]);
        assert_eq!(found.files, [text]);
        assert!(matches!(found.problems.as_slice(), [ScanError::Read { .. }]));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_up_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.png"), PNG).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
        let found = discover(&[folder.path().to_path_buf()]);
        assert_eq!(found.files, [folder.path().join("a.png")]);
        assert_eq!(found.problems.len(), 1);
    }
}
