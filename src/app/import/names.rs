//! The class names of an export that is being set up: as they are typed, and as the model gets them.

use super::{Importing, KeptDrafts};
use crate::engine::import::{Choices, class_names_from_text};
use crate::engine::{ClassNamesError, check_class_names};

/// A graph that does not say how many has at least so many.
const FEWEST: usize = 2;

impl Importing {
    /// Why what is typed cannot be the model's class names. While there is a fault the names before go on, and nothing is
    /// saved, so that no typed name is lost.
    pub fn names_fault(&self) -> Option<ClassNamesError> {
        let names = self.typed()?;
        let open = self.drafted.as_ref().is_none_or(|drafted| drafted.graph.classes.is_none());
        let expected = match &self.drafted {
            _ if open => (names.len() < FEWEST).then_some(FEWEST),
            drafted => drafted.as_ref().map(|drafted| drafted.facts.class_names.len()),
        };
        check_class_names(&names, expected).err()
    }

    /// `None` where nothing is typed.
    fn typed(&self) -> Option<Vec<String>> {
        (!self.names.trim().is_empty()).then(|| class_names_from_text(&self.names))
    }

    pub(super) fn type_names(&mut self, text: String) {
        self.names = text;
        if self.names_fault().is_some() {
            return;
        }
        let (typed, text) = (self.typed(), std::mem::take(&mut self.names));
        self.set_classes(typed);
        self.names = text;
        self.said.classes_from = "typed".to_owned();
    }

    /// Other class names; the field shows them. The positive class stays the same output.
    pub(super) fn set_classes(&mut self, classes: Option<Vec<String>>) {
        if classes == self.said.classes {
            return;
        }
        self.names = classes.as_deref().unwrap_or_default().join("\n");
        if let Some(positive) = &self.said.positive
            && !classes.as_ref().is_some_and(|names| names.contains(positive))
        {
            let known = self.drafted.as_ref().map(|drafted| &drafted.facts.class_names);
            let place = known.and_then(|names| names.iter().position(|name| name == positive));
            self.said.positive = place.and_then(|place| classes.as_ref()?.get(place).cloned());
        }
        self.said.classes = classes;
    }

    /// The export is read: what was said of the same content before is back, unless something was said already.
    pub(super) fn read(&mut self, sha256: Option<String>, drafts: &KeptDrafts) {
        if self.sha256.is_some() || sha256.is_none() {
            return;
        }
        let kept = sha256.as_deref().and_then(|sha256| drafts.of(sha256));
        self.sha256 = sha256;
        if let Some(kept) = kept.filter(|_| self.said == Choices::default() && self.names.is_empty()) {
            (self.said, self.names) = (kept.said.clone(), kept.names.clone());
            (self.base, self.outputs) = (kept.base.clone(), kept.outputs.clone());
            self.is_restored = true;
        }
    }
}
