//! What the reader says of the selected case; every change is written at once.

use std::sync::Arc;

use super::ListedCase;
use super::snapshot::typed_label;
use crate::app::jobs::StoreJob;
use crate::app::{AppState, Item, Pane};
use crate::review::folder::{Decision, Opinion};
use crate::review::record::CaseRecord;
use crate::review::truth_from_folder;

impl AppState {
    /// The selected case's record, where the model has answered.
    pub fn selected_record(&self) -> Option<&CaseRecord> {
        let case = self.review.selected_case()?;
        self.items.get(case.item)?.records(Pane::First).get(case.part)
    }

    /// What the reader said of the selected case.
    pub fn selected_decision(&self) -> Option<&Decision> {
        self.review.decision(&self.selected_record()?.key)
    }

    /// The same opinion again takes it back.
    pub(in crate::app) fn decide(&mut self, opinion: Opinion) {
        self.change_decision(|decision| {
            decision.opinion = if decision.opinion == opinion { Opinion::None } else { opinion };
        });
    }

    pub(in crate::app) fn toggle_flag(&mut self) {
        self.change_decision(|decision| decision.flag = !decision.flag);
    }

    /// The rows are not made anew at every letter: only the mark of this one changes.
    pub(in crate::app) fn note(&mut self, key: &str, note: String) {
        let noted = !note.is_empty();
        self.keep_decision(key, |decision| decision.note = note);
        let own = |case: &ListedCase| {
            let records = self.items.get(case.item).map_or(&[][..], |item| item.records(Pane::First));
            records.get(case.part).is_some_and(|record| record.key == key)
        };
        let place = self.review.cases.iter().position(own);
        if let Some(case) = place.and_then(|place| Arc::make_mut(&mut self.review.cases).get_mut(place)) {
            case.row.noted = noted;
        }
    }

    /// The reader's own reference label; `None` takes it back.
    pub(in crate::app) fn set_label(&mut self, class: Option<usize>) {
        let name = class.and_then(|class| self.model.facts()?.class_names.get(class).cloned());
        self.change_decision(|decision| decision.truth = name);
    }

    fn change_decision(&mut self, change: impl FnOnce(&mut Decision)) {
        let Some(key) = self.selected_record().map(|record| record.key.clone()) else { return };
        self.keep_decision(&key, change);
        self.make_selected_row();
    }

    fn keep_decision(&mut self, key: &str, change: impl FnOnce(&mut Decision)) {
        let before = self.review.decisions.get(key).cloned().unwrap_or_default();
        let mut decision = Decision { key: key.to_owned(), time: String::new(), ..before };
        change(&mut decision);
        let (generation, kept) = (self.review.folder_generation, Box::new(decision.clone()));
        self.jobs.store(StoreJob::Decide { generation, decision: kept });
        let decisions = Arc::make_mut(&mut self.review.decisions);
        if decision.is_empty() {
            decisions.remove(key);
        } else {
            decisions.insert(key.to_owned(), decision);
        }
    }

    /// Class index of a case's reference label: what the reader typed, else what its source says.
    pub fn truth_of(&self, record: &CaseRecord) -> Option<usize> {
        self.truth_with(record, self.review.decision(&record.key))
    }

    pub(super) fn truth_with(&self, record: &CaseRecord, decision: Option<&Decision>) -> Option<usize> {
        let class_names = self.model.facts().map_or(&[][..], |facts| &facts.class_names);
        typed_label(decision, class_names).map_or_else(|| record.truth_class(), |typed| typed.class)
    }

    /// Class index of an item's reference label; of an item without an answer, what its folder says.
    pub fn truth(&self, item: &Item) -> Option<usize> {
        match item.records(Pane::First).first() {
            Some(record) => self.truth_of(record),
            None => truth_from_folder(item.path(), &self.model.facts()?.class_names),
        }
    }
}
