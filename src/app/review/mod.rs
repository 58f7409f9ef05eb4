//! The list as a whole: every case with its answers, its reference label and the reader's decision; which are shown and
//! in which order; the numbers over all of them. Rows are made anew from the items whenever something changed: that
//! takes milliseconds for a hundred thousand cases.

mod answers;
mod compared;
mod decisions;
mod export;
mod leaks;
mod numbers;
mod rows;
mod snapshot;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

pub use export::ExportState;
pub use leaks::{LeakFinding, LeakState, TwinPair};
pub use numbers::Numbers;
pub(super) use snapshot::{Snapshot, files_by_path};

use crate::review::folder::Decision;
use crate::review::record::{MappedLabel, Recorder};
use crate::review::{Order, Row, Show};

/// A case in the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedCase {
    /// Its item.
    pub item: usize,
    /// Which of the item's cases it is.
    pub part: usize,
    pub row: Row,
}

/// A class and the least score from which on it is called.
pub type OperatingPoint = (usize, f32);

/// What the program knows of the list as a whole.
#[derive(Default)]
pub struct Review {
    /// Shared with the numbers worker.
    cases: Arc<Vec<ListedCase>>,
    /// Places in `cases`, filtered and ordered.
    shown: Vec<usize>,
    /// Place in `cases`.
    selected: Option<usize>,
    show: Show,
    order: Order,
    text: String,
    threshold: Option<OperatingPoint>,
    numbers: Option<Arc<Numbers>>,
    /// The newest question to the numbers worker.
    asked: u64,
    /// True where something changed that rows are made of.
    stale: bool,
    /// When the rows were made last.
    made: Option<Instant>,
    /// By the records' keys.
    decisions: Arc<HashMap<String, Decision>>,
    /// Makes records; there once the folder of the review is open.
    pub(super) recorder: Option<Arc<Recorder>>,
    /// Counts the review folders.
    pub(super) folder_generation: u64,
    /// Where results and decisions are kept; `None` where nothing is.
    pub(super) folder: Option<PathBuf>,
    /// What was opened.
    pub(super) roots: Vec<PathBuf>,
    /// The folder of an earlier review, where that was opened.
    pub(super) reopened: Option<PathBuf>,
    /// Where reviews are kept; without one nothing is written.
    pub(super) base: Option<PathBuf>,
    /// A table of labels, instead of the folders' names.
    pub(super) labels: Option<PathBuf>,
    pub(super) export: ExportState,
    pub(super) leaks: LeakState,
    /// Of the second model, while its answers to the list are wanted.
    pub(super) compared: Option<PathBuf>,
    /// The sha256 of the second model whose answers the open folder keeps.
    pub(super) compared_run: Option<String>,
    /// That model's own name.
    pub(super) compared_name: Option<String>,
}

impl Review {
    /// Something changed that rows are made of.
    pub(super) fn touch(&mut self) {
        self.stale = true;
    }

    /// All cases, as they were listed.
    pub fn cases(&self) -> &[ListedCase] {
        &self.cases
    }

    /// Places of the shown cases in [`Review::cases`].
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    pub fn get(&self, place: usize) -> Option<&ListedCase> {
        self.cases.get(place)
    }

    /// The selected case's place.
    pub fn selected(&self) -> Option<usize> {
        self.selected
    }

    pub fn selected_case(&self) -> Option<&ListedCase> {
        self.cases.get(self.selected?)
    }

    /// The selected case's place among the shown ones.
    pub fn place_shown(&self) -> Option<usize> {
        let selected = self.selected?;
        self.shown.iter().position(|place| *place == selected)
    }

    pub fn show(&self) -> Show {
        self.show
    }

    pub fn order(&self) -> Order {
        self.order
    }

    /// What is searched for.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The reader's operating point, instead of the manifest's.
    pub fn threshold(&self) -> Option<OperatingPoint> {
        self.threshold
    }

    /// Over the answered, labelled cases; `None` where there are none.
    pub fn numbers(&self) -> Option<&Arc<Numbers>> {
        self.numbers.as_ref()
    }

    /// What the reader said of a case.
    pub fn decision(&self, key: &str) -> Option<&Decision> {
        self.decisions.get(key)
    }

    /// Where results and decisions are kept.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The table of labels in use.
    pub fn labels_table(&self) -> Option<&Path> {
        self.labels.as_deref()
    }

    /// Every label text and the class that it was matched with.
    pub fn mapping(&self) -> &[MappedLabel] {
        self.recorder.as_ref().map_or(&[], |recorder| &recorder.labels.mapping)
    }

    /// What the second model's manifest calls it; `None` before its first answer.
    pub fn compared_name(&self) -> Option<&str> {
        self.compared_name.as_deref().filter(|_| self.compared.is_some())
    }

    /// True where a second model answers the list too.
    pub fn is_compared(&self) -> bool {
        self.compared.is_some()
    }

    /// Of all cases: how many `show` takes.
    pub fn count(&self, show: Show) -> usize {
        self.cases.iter().filter(|case| show.takes(&case.row)).count()
    }
}
