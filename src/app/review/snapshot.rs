//! The list's answers as they are at one moment, for the workers. Taking one only counts references, so that the window's
//! thread copies no record; what is made of it is made where it is needed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::ListedCase;
use crate::app::items::Answers;
use crate::app::{AppState, ModelFacts, Pane};
use crate::metrics::Outcomes;
use crate::review::folder::Decision;
use crate::review::leak::LeakItem;
use crate::review::record::{CaseRecord, Roots, Truth, TruthFrom};

/// What is known of the list.
#[derive(Clone, Debug)]
pub(in crate::app) struct Snapshot {
    answers: Vec<Arc<Answers>>,
    decisions: Arc<HashMap<String, Decision>>,
    model: Arc<ModelFacts>,
}

impl AppState {
    /// `None` without a model.
    pub(super) fn snapshot(&self) -> Option<Snapshot> {
        let answers = self.items.all().iter().map(|item| item.answers.clone()).collect();
        Some(Snapshot { answers, decisions: self.review.decisions.clone(), model: self.model.facts()?.clone() })
    }

    /// The files of each item.
    pub(super) fn all_files(&self) -> Vec<Arc<[PathBuf]>> {
        self.items.all().iter().map(|item| item.files.clone()).collect()
    }
}

/// The label that the reader typed, where there is one; a name that is no class takes the label away.
pub(super) fn typed_label(decision: Option<&Decision>, class_names: &[String]) -> Option<Truth> {
    let label = decision?.truth.clone()?;
    let class = class_names.iter().position(|class| *class == label);
    Some(Truth { label, class, from: TruthFrom::Typed })
}

impl Snapshot {
    pub fn class_names(&self) -> &[String] {
        &self.model.class_names
    }

    pub fn decisions(&self) -> Vec<Decision> {
        self.decisions.values().cloned().collect()
    }

    fn typed(&self, record: &CaseRecord) -> Option<Truth> {
        typed_label(self.decisions.get(&record.key), self.class_names())
    }

    /// All records, with the reader's own labels in the place of those from folders and tables.
    pub fn labelled_records(&self, pane: Pane) -> Vec<CaseRecord> {
        let records = self.answers.iter().flat_map(|answers| answers.of(pane));
        records
            .map(|record| {
                let truth = self.typed(record).or_else(|| record.truth.clone());
                CaseRecord { truth, ..record.clone() }
            })
            .collect()
    }

    /// The first file of each item (`files` in the order of the list), and its label where it is answered.
    pub fn leak_items(&self, files: &[Arc<[PathBuf]>]) -> Vec<LeakItem> {
        let label = |answers: &Answers| {
            let record = answers.of(Pane::First).first()?;
            let class = self.typed(record).or_else(|| record.truth.clone())?.class?;
            self.class_names().get(class).cloned()
        };
        let items = self.answers.iter().zip(files);
        items
            .filter_map(|(answers, files)| Some(LeakItem { path: files.first()?.clone(), label: label(answers) }))
            .collect()
    }

    /// Truth, predictions, scores and groups of the labelled `cases` that the model of `pane` answered, of those that
    /// `takes` takes.
    pub fn counted(&self, cases: &[ListedCase], pane: Pane, takes: impl Fn(&ListedCase) -> bool) -> Option<Outcomes> {
        let classes = self.class_names().len();
        let (mut truth, mut predicted, mut scores, mut groups) = (vec![], vec![], vec![], vec![]);
        let cases = cases.iter().filter(|case| case.row.truth.is_some() && takes(case));
        for (number, case) in cases.enumerate() {
            let Some(answers) = self.answers.get(case.item) else { continue };
            let Some(record) = answers.of(pane).get(case.part) else { continue };
            let Some(scored) = record.scored().filter(|scored| scored.scores.len() == classes) else { continue };
            let own = match pane {
                Pane::First => case.row.predicted(),
                Pane::Second => Some(scored.predicted),
            };
            let (Some(label), Some(own)) = (case.row.truth, own) else { continue };
            truth.push(label);
            predicted.push(own);
            scores.extend(scored.scores.iter().map(|score| f64::from(*score)));
            groups.push(group(answers.of(Pane::First).get(case.part), number));
        }
        let outcomes = Outcomes::new(classes, truth, predicted).ok().filter(|outcomes| !outcomes.is_empty())?;
        let grouped = |outcomes: Outcomes| outcomes.clone().with_groups(&groups).unwrap_or(outcomes);
        Some(grouped(outcomes.clone().with_probabilities(scores).unwrap_or(outcomes)))
    }
}

/// What a case shares with others: its patient or series, else nothing.
fn group(record: Option<&CaseRecord>, number: usize) -> Result<&str, usize> {
    record.and_then(CaseRecord::group).ok_or(number)
}

/// The files of each record's path; `files` in the order of the list.
pub(in crate::app) fn files_by_path(files: &[Arc<[PathBuf]>], roots: &Roots) -> HashMap<String, Vec<PathBuf>> {
    files.iter().filter_map(|files| Some((roots.key(files.first()?), files.to_vec()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Items;

    #[test]
    fn it_copies_no_record_stays_as_it_was_and_knows_typed_labels() {
        let mut items = Items::default();
        items.replace(vec![vec!["/m/a.png".into()], vec!["/m/b.png".into()]], None);
        let record = |path: &str| CaseRecord::failed(path, "cut");
        for (index, path) in ["a.png", "b.png"].into_iter().enumerate() {
            *items.get_mut(index).unwrap().records_mut(Pane::First) = vec![record(path)];
        }
        let decision = Decision { key: "b.png".into(), truth: Some("yes".into()), ..Decision::default() };
        let snapshot = Snapshot {
            answers: items.all().iter().map(|item| item.answers.clone()).collect(),
            decisions: Arc::new([(decision.key.clone(), decision)].into()),
            model: Arc::new(ModelFacts { class_names: vec!["no".into(), "yes".into()], ..ModelFacts::default() }),
        };
        let shared = |index: usize| {
            let own = items.get(index).unwrap().records(Pane::First);
            std::ptr::eq(own, snapshot.answers[index].of(Pane::First))
        };
        assert!(shared(0) && shared(1), "a reference each");
        items.get_mut(0).unwrap().records_mut(Pane::First).push(record("late.png"));
        let labelled = snapshot.labelled_records(Pane::First);
        assert_eq!(labelled.len(), 2, "not what came later");
        assert_eq!(labelled[0].truth, None);
        assert_eq!(labelled[1].truth_class(), Some(1));
        let files: Vec<Arc<[PathBuf]>> = items.all().iter().map(|item| item.files.clone()).collect();
        let labels: Vec<_> = snapshot.leak_items(&files).into_iter().map(|item| item.label).collect();
        assert_eq!(labels, [None, Some("yes".to_owned())]);
    }
}
