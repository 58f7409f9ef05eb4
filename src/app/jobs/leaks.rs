//! The leak worker: near-duplicates of the list's pictures in the training data, and small pictures of the pairs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::review::Snapshot;
use crate::app::{Cause, Event, LeakFinding, Problem, TwinPair};
use crate::review::Control;
use crate::review::leak::{
    LeakError, LeakItem, LeakOptions, LeakStage, Leaks, Pair, find_leaks, leak_items, leave_out, picture, telling_pairs,
};

/// Pairs that are shown.
const MOST_PAIRS: usize = 12;
/// Longer side of their pictures, pixels.
const SIDE: usize = 192;

#[derive(Debug)]
pub(in crate::app) enum Job {
    Search(Box<Search>),
    Stop,
}

#[derive(Debug)]
pub(in crate::app) struct Search {
    /// Counts the lists; a finding about an earlier one is dropped.
    pub list: u64,
    pub answers: Snapshot,
    /// The files of each item.
    pub files: Vec<Arc<[PathBuf]>>,
    pub against: PathBuf,
}

pub(super) fn work(job: Job, emit: &Emitter, mailbox: &Mailbox<Job>) {
    let Job::Search(search) = job else { return };
    let result = find(&search, emit, mailbox).map(Box::new);
    emit.send(Event::LeaksReady { list: search.list, result });
}

/// An error without words is a search that was stopped.
fn find(search: &Search, emit: &Emitter, mailbox: &Mailbox<Job>) -> Result<LeakFinding, Option<Problem>> {
    let said = |error: &dyn std::fmt::Display| Some(Problem::new(Cause::NothingFound, error.to_string()));
    let items = search.answers.leak_items(&search.files);
    let mut against = leak_items(&search.against, search.answers.class_names()).items;
    leave_out(&mut against, &items);
    let mut tell = |progress: crate::review::leak::LeakProgress| {
        let (done, total) = (progress.done, progress.total);
        emit.send(Event::LeakProgress { comparing: progress.stage == LeakStage::Comparing, done, total });
        if mailbox.is_waiting() { Control::Stop } else { Control::Continue }
    };
    let found = find_leaks(&items, Some(&against), &LeakOptions::default(), &mut tell);
    let leaks = found.map_err(|error| match error {
        LeakError::Stopped => None,
        error => said(&error),
    })?;
    Ok(finding(&search.against, &items, &leaks))
}

fn finding(against: &Path, items: &[LeakItem], leaks: &Leaks) -> LeakFinding {
    let places: HashMap<&Path, usize> =
        items.iter().enumerate().map(|(index, item)| (item.path.as_path(), index)).collect();
    let item = |file: usize| places.get(leaks.files.get(file)?.path.as_path()).copied();
    let mut twins = HashMap::new();
    for file in leaks.inside() {
        let twin = leaks.training_twin(file).and_then(|near| Some((leaks.files.get(near.file)?, near.correlation)));
        if let (Some(item), Some((twin, correlation))) = (item(file), twin) {
            twins.insert(item, (twin.path.clone(), correlation));
        }
    }
    let patients = leaks.shared_patients.iter().flat_map(|patient| &patient.inside);
    let telling = telling_pairs(leaks, MOST_PAIRS);
    let pairs = telling.disagreeing.iter().chain(&telling.strongest).take(MOST_PAIRS);
    LeakFinding {
        against: against.to_owned(),
        threshold: leaks.threshold,
        training_files: leaks.files.len().saturating_sub(leaks.inside().count()),
        shared_patients: patients.filter_map(|file| item(*file)).collect(),
        twins,
        pairs: pairs.filter_map(|pair| shown(leaks, pair)).collect(),
        unread: leaks.broken.len(),
    }
}

/// A pair with its pictures; `None` where a file can no longer be read.
fn shown(leaks: &Leaks, pair: &Pair) -> Option<TwinPair> {
    let (a, b) = (leaks.files.get(pair.a)?, leaks.files.get(pair.b)?);
    let small = |path: &Path| picture(path, SIDE).ok().map(Arc::new);
    Some(TwinPair {
        inside: a.path.clone(),
        training: b.path.clone(),
        correlation: pair.correlation,
        labels: (a.label.clone(), b.label.clone()),
        pictures: (small(&a.path)?, small(&b.path)?),
    })
}
