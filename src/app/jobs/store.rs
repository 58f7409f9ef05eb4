//! The store worker: the one owner of a review's folder. Records and decisions are written in the order in which they
//! were made, and the window does not close before they are.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use crate::app::{Cause, Event, OperatingPoint, Problem};
use crate::review::folder::{Decision, FolderError, RunFacts, RunFolder};
use crate::review::record::{CaseRecord, ClassMapping, LabelSource, Labels, Pseudonyms, Recorder, Roots};
use crate::review::table::{TableOptions, read_truth};

/// Folders tried beside one that holds another run of the same files and model.
const MOST_RUNS: usize = 100;

/// A review to begin or to go on with.
#[derive(Debug)]
pub(in crate::app) struct Open {
    /// Counts the reviews; an answer about an earlier one is dropped.
    pub generation: u64,
    pub place: Place,
    /// What was opened.
    pub roots: Vec<PathBuf>,
    /// The files of each item.
    pub items: Vec<Arc<[PathBuf]>>,
    pub facts: RunFacts,
    /// A table of labels, instead of the folders' names.
    pub labels: Option<PathBuf>,
}

/// Where a review is kept.
#[derive(Clone, Debug)]
pub(in crate::app) enum Place {
    /// Nowhere.
    Memory,
    /// In a folder of its own below this one.
    Below(PathBuf),
    /// In this folder.
    At(PathBuf),
}

#[derive(Debug)]
pub(in crate::app) enum Job {
    Open(Box<Open>),
    /// Other labels for the review that is open.
    Label {
        generation: u64,
        table: Option<PathBuf>,
    },
    Keep {
        generation: u64,
        record: Box<CaseRecord>,
    },
    Decide {
        generation: u64,
        decision: Box<Decision>,
    },
    /// The reader's operating point; `None` is the manifest's.
    Point {
        generation: u64,
        point: Option<OperatingPoint>,
    },
}

/// A review that is there.
#[derive(Debug)]
pub struct OpenedReview {
    pub recorder: Arc<Recorder>,
    /// Where it is kept; `None` where it is not.
    pub folder: Option<PathBuf>,
    /// What was answered before, less what is to be tried again.
    pub records: Vec<CaseRecord>,
    /// Files that failed before and are not what they were.
    pub tried_again: usize,
    pub decisions: Vec<Decision>,
    /// The reader's operating point.
    pub threshold: Option<OperatingPoint>,
    /// Why it is not kept, or what of it could not be read.
    pub problems: Vec<Problem>,
}

#[derive(Default)]
pub(super) struct Worker {
    open: Option<Review>,
}

struct Review {
    generation: u64,
    folder: Option<RunFolder>,
    recorder: Arc<Recorder>,
    files: Vec<PathBuf>,
    mapping: ClassMapping,
    /// One message is enough where the disk is full.
    failed: bool,
}

impl Worker {
    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Open(open) => {
                // Its lock goes before the next one is taken.
                self.open = None;
                let generation = open.generation;
                let review = Box::new(self.begin(*open));
                emit.send(Event::ReviewOpened { generation, review });
            }
            Job::Label { generation, table } => {
                if let Some(review) = self.of(generation) {
                    let result = review.label(table.as_deref());
                    emit.send(Event::Labelled { generation, table, result });
                }
            }
            Job::Keep { generation, record } => {
                if let Some(review) = self.of(generation) {
                    review.write(emit, |folder| folder.append(*record));
                }
            }
            Job::Decide { generation, decision } => {
                if let Some(review) = self.of(generation) {
                    review.write(emit, |folder| folder.decisions_mut().decide(*decision));
                }
            }
            Job::Point { generation, point } => {
                if let Some(review) = self.of(generation) {
                    review.write(emit, |folder| folder.choose_point(point));
                }
            }
        }
    }

    fn of(&mut self, generation: u64) -> Option<&mut Review> {
        self.open.as_mut().filter(|review| review.generation == generation)
    }

    fn begin(&mut self, open: Open) -> OpenedReview {
        let Open { generation, place, roots, items, facts, labels } = open;
        let files: Vec<PathBuf> = items.iter().filter_map(|files| files.first().cloned()).collect();
        let mapping = ClassMapping::new(&facts.model.classes);
        let mut problems = Vec::new();
        let folder = match folder(&place, &roots, facts) {
            Ok(folder) => folder,
            Err(error) => {
                problems.push(Problem::from(&error));
                None
            }
        };
        let pseudonyms = folder.as_ref().map_or_else(Pseudonyms::random, |folder| folder.pseudonyms().clone());
        let roots = Roots::new(&roots);
        let found = source(labels.as_deref()).map(|source| Labels::new(&source, &files, &roots, &pseudonyms, &mapping));
        let labels = found.unwrap_or_else(|problem| {
            problems.push(problem);
            Labels::default()
        });
        let recorder = Arc::new(Recorder { roots, labels, pseudonyms });
        let (mut records, mut decisions, mut path, mut threshold) = (Vec::new(), Vec::new(), None, None);
        let mut tried_again = 0;
        if let Some(folder) = &folder {
            let again = changed_failures(folder, &items, &recorder.roots);
            let stays = |record: &&CaseRecord| !again.contains(&record.path);
            records = folder.records().iter().filter(stays).cloned().collect();
            tried_again = again.len();
            decisions = folder.decisions().all().cloned().collect();
            path = Some(folder.path().to_owned());
            threshold = folder.choices().point(&folder.facts().model.classes);
            problems.extend(folder.problems.iter().map(|what| Problem::new(Cause::NotKept, what)));
        }
        self.open = Some(Review { generation, folder, recorder: recorder.clone(), files, mapping, failed: false });
        OpenedReview { recorder, folder: path, records, tried_again, decisions, threshold, problems }
    }
}

impl Review {
    fn label(&mut self, table: Option<&Path>) -> Result<Arc<Recorder>, Problem> {
        let source = source(table)?;
        let Recorder { roots, pseudonyms, .. } = &*self.recorder;
        let labels = Labels::new(&source, &self.files, roots, pseudonyms, &self.mapping);
        self.recorder = Arc::new(Recorder { roots: roots.clone(), labels, pseudonyms: pseudonyms.clone() });
        Ok(self.recorder.clone())
    }

    fn write(&mut self, emit: &Emitter, write: impl FnOnce(&mut RunFolder) -> Result<(), FolderError>) {
        let Some(folder) = &mut self.folder else { return };
        if let Err(error) = write(folder)
            && !std::mem::replace(&mut self.failed, true)
        {
            emit.send(Event::NotKept(Problem::from(&error)));
        }
    }
}

/// Paths of the failed files that have changed since.
fn changed_failures(folder: &RunFolder, items: &[Arc<[PathBuf]>], roots: &Roots) -> HashSet<String> {
    if folder.records().iter().all(|record| record.error().is_none()) {
        return HashSet::new();
    }
    let key = |files: &Arc<[PathBuf]>| Some(roots.key(files.first()?));
    let files: HashMap<String, &[PathBuf]> = items.iter().filter_map(|files| Some((key(files)?, &**files))).collect();
    folder.changed_failures(|path| files.get(path).copied())
}

fn source(table: Option<&Path>) -> Result<LabelSource, Problem> {
    match table {
        None => Ok(LabelSource::Folders),
        Some(table) => {
            read_truth(table, &TableOptions::default()).map(LabelSource::Table).map_err(|error| Problem::from(&error))
        }
    }
}

/// The folder of a review; below a folder it is named by what was opened, and by a hash of that and the model.
fn folder(place: &Place, roots: &[PathBuf], facts: RunFacts) -> Result<Option<RunFolder>, FolderError> {
    let facts = RunFacts { roots: roots.to_vec(), ..facts };
    match place {
        Place::Memory => Ok(None),
        Place::At(path) => RunFolder::create_or_resume(path, facts).map(Some),
        Place::Below(base) => {
            let name = RunFolder::name_for(&facts);
            for number in 1..=MOST_RUNS {
                let name = if number == 1 { name.clone() } else { format!("{name}-{number}") };
                match RunFolder::create_or_resume(&base.join(name), facts.clone()) {
                    // The same files and model with another calibration, engine or version of the steps.
                    Err(FolderError::OtherRun { .. }) if number < MOST_RUNS => {}
                    result => return result.map(Some),
                }
            }
            Ok(None)
        }
    }
}
