//! Where a run's paths start, so that records hold no path of the machine.

use std::path::{Component, Path, PathBuf};

/// The reviewed folders (or single files), each with the name that stands before its cases' paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    roots: Vec<(PathBuf, String)>,
}

impl Roots {
    /// One folder needs no name; several are told apart by theirs, with a number where two are alike.
    pub fn new(paths: &[PathBuf]) -> Self {
        let mut roots: Vec<(PathBuf, String)> = Vec::new();
        for path in paths {
            if roots.iter().any(|(known, _)| known == path) {
                continue;
            }
            // `.` and `..` have names too.
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            let name = real.file_name().map_or_else(|| "root".to_owned(), |name| name.to_string_lossy().into_owned());
            let is_file = path.is_file();
            let taken = |name: &str| !is_file && roots.iter().any(|(_, known)| known == name);
            let numbered = (2..).map(|number| format!("{name}-{number}"));
            let name = std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name);
            roots.push((path.clone(), if is_file { String::new() } else { name }));
        }
        if let [(_, name)] = roots.as_mut_slice() {
            name.clear();
        }
        Self { roots }
    }

    /// The paths as they were given.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(|(path, _)| path.as_path())
    }

    /// `path` as records have it: below its root, parts joined by `/`; of a root that is a file, its name.
    pub fn key(&self, path: &Path) -> String {
        // The deepest root that holds it: one may lie inside another.
        let inside = self.roots.iter().filter(|(root, _)| path.starts_with(root));
        let root = inside.max_by_key(|(root, _)| root.components().count());
        let (below, name) = match root {
            Some((root, name)) => (path.strip_prefix(root).unwrap_or(path), name.as_str()),
            None => (path, ""),
        };
        let parts = below.components().filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        });
        let parts: Vec<String> =
            Some(name.to_owned()).filter(|name| !name.is_empty()).into_iter().chain(parts).collect();
        if parts.is_empty() {
            return path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        }
        parts.join("/")
    }

    /// Where the file of a record lies, where it is there.
    pub fn find(&self, key: &str) -> Option<PathBuf> {
        let candidates = self.roots.iter().filter_map(|(root, name)| {
            if root.is_file() {
                return (root.file_name()?.to_string_lossy() == key).then(|| root.clone());
            }
            let below = if name.is_empty() { key } else { key.strip_prefix(name.as_str())?.strip_prefix('/')? };
            // A record that was edited must not point outside of its folder.
            let normal = Path::new(below).components().all(|part| matches!(part, Component::Normal(_)));
            normal.then(|| root.join(below))
        });
        candidates.into_iter().find(|path| path.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_their_root_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["a/뇌", "b/a"] {
            std::fs::create_dir_all(at(name)).unwrap();
        }
        for name in ["a/뇌/1.png", "b/a/2.png", "b/3.png"] {
            std::fs::write(at(name), "").unwrap();
        }
        let one = Roots::new(&[at("a")]);
        assert_eq!(one.key(&at("a/뇌/1.png")), "뇌/1.png");
        assert_eq!(one.find("뇌/1.png"), Some(at("a/뇌/1.png")));
        assert_eq!((one.find("../b/3.png"), one.find("none.png")), (None, None));
        let several = Roots::new(&[at("a"), at("b/a"), at("b/3.png")]);
        assert_eq!(several.key(&at("b/a/2.png")), "a-2/2.png");
        assert_eq!(several.find("a-2/2.png"), Some(at("b/a/2.png")));
        assert_eq!((several.key(&at("b/3.png")), several.find("3.png")), ("3.png".to_owned(), Some(at("b/3.png"))));
    }
}
