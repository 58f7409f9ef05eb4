//! File names that tell pictures apart.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::review::Explained;

/// Stems that were given out.
#[derive(Default)]
pub(super) struct Names {
    used: HashSet<PathBuf>,
}

impl Names {
    /// The file's stem below the folder that was asked for; with its ending where two files share a stem, and with the
    /// slice where there are several.
    pub fn stem(&mut self, explained: &Explained, with_slice: bool, roots: &[PathBuf]) -> PathBuf {
        let path = &explained.path;
        let root = roots.iter().find(|root| root.is_dir() && path.starts_with(root));
        let below = root.and_then(|root| path.strip_prefix(root).ok()).and_then(Path::parent).unwrap_or(Path::new(""));
        let slice = if with_slice { format!(".slice-{:04}", explained.slice) } else { String::new() };
        let named = |name: Option<&std::ffi::OsStr>, number: usize| {
            let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let number = if number == 0 { String::new() } else { format!("-{number}") };
            below.join(format!("{name}{number}{slice}"))
        };
        let choices =
            std::iter::once(named(path.file_stem(), 0)).chain((0..).map(|number| named(path.file_name(), number)));
        for choice in choices {
            if self.used.insert(choice.clone()) {
                return choice;
            }
        }
        PathBuf::new()
    }
}
