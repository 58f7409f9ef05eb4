//! What a person said of exports whose page was closed. In memory, for as long as the program runs.

use std::path::PathBuf;

use super::Importing;
use crate::engine::import::Choices;

/// Exports whose drafts are kept; the oldest goes first.
const MOST: usize = 16;

/// One export's draft.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Kept {
    pub said: Choices,
    /// Class names as they were typed.
    pub names: String,
    pub base: Option<PathBuf>,
    pub outputs: Option<PathBuf>,
}

impl Kept {
    fn of(importing: &Importing) -> Self {
        Self {
            said: importing.said.clone(),
            names: importing.names.clone(),
            base: importing.base.clone(),
            outputs: importing.outputs.clone(),
        }
    }
}

/// Drafts by the sha256 of their .onnx, the newest last.
#[derive(Debug, Default)]
pub(in crate::app) struct KeptDrafts {
    drafts: Vec<(String, Kept)>,
}

impl KeptDrafts {
    /// Remembers what was said of an export; nothing where nothing was.
    pub(super) fn keep(&mut self, importing: &Importing) {
        let Some(sha256) = &importing.sha256 else { return };
        self.forget(sha256);
        let kept = Kept::of(importing);
        if kept != Kept::default() {
            self.drafts.push((sha256.clone(), kept));
        }
        let surplus = self.drafts.len().saturating_sub(MOST);
        self.drafts.drain(..surplus);
    }

    pub(super) fn forget(&mut self, sha256: &str) {
        self.drafts.retain(|(known, _)| known != sha256);
    }

    /// What was said of an export before.
    pub(super) fn of(&self, sha256: &str) -> Option<&Kept> {
        self.drafts.iter().find(|(known, _)| known == sha256).map(|(_, kept)| kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_found_by_its_content_and_the_oldest_goes() {
        let mut kept = KeptDrafts::default();
        let importing = |n: usize, names: &str| Importing {
            sha256: Some(format!("{n:064x}")),
            names: names.to_owned(),
            ..Importing::new(PathBuf::from("a.onnx"))
        };
        kept.keep(&importing(0, ""));
        assert_eq!(kept.of(&format!("{:064x}", 0)), None, "nothing was said");
        (0..=MOST).for_each(|n| kept.keep(&importing(n, "a, b")));
        kept.keep(&importing(1, "c, d"));
        let names = |n: usize| kept.of(&format!("{n:064x}")).map(|kept| kept.names.as_str());
        assert_eq!((names(0), names(1), names(MOST)), (None, Some("c, d"), Some("a, b")));
    }
}
