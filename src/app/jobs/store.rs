//! The store worker: the one owner of a review's folder. Records and decisions are written in the order in which they
//! were made, and the window does not close before they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use super::kept::{KeptAnswers, Places};
use crate::app::{Cause, Event, OperatingPoint, Pane, Problem};
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
        /// Whose answer it is.
        pane: Pane,
        record: Box<CaseRecord>,
    },
    /// A second model's answers to the list are kept too from now on; `None`: nothing is compared any more.
    Compare {
        generation: u64,
        /// The batch that waits for it.
        batch: u64,
        run: Option<Box<RunFacts>>,
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
    pub answers: KeptAnswers,
    /// Files that failed before and are not what they were.
    pub tried_again: usize,
    pub decisions: Vec<Decision>,
    /// The reader's operating point.
    pub threshold: Option<OperatingPoint>,
    /// The second model that was compared last.
    pub compared: Option<OpenedComparison>,
    /// Why it is not kept, or what of it could not be read.
    pub problems: Vec<Problem>,
}

impl OpenedReview {
    /// Nothing is kept anywhere.
    pub fn empty(recorder: Arc<Recorder>) -> Self {
        Self {
            recorder,
            folder: None,
            answers: Vec::new(),
            tried_again: 0,
            decisions: Vec::new(),
            threshold: None,
            compared: None,
            problems: Vec::new(),
        }
    }
}

/// What a second model answered before.
#[derive(Debug)]
pub struct OpenedComparison {
    /// Its .onnx.
    pub path: PathBuf,
    pub sha256: String,
    /// As its manifest calls it.
    pub name: String,
    pub answers: KeptAnswers,
}

#[derive(Default)]
pub(super) struct Worker {
    open: Option<Review>,
}

struct Review {
    generation: u64,
    folder: Option<RunFolder>,
    /// The second model's, within it.
    comparison: Option<RunFolder>,
    recorder: Arc<Recorder>,
    places: Places,
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
            Job::Keep { generation, pane, record } => {
                if let Some(review) = self.of(generation) {
                    review.write(pane, emit, |folder| folder.append(*record));
                }
            }
            Job::Compare { generation, batch, run } => {
                if let Some(review) = self.of(generation) {
                    match run {
                        Some(run) => emit.send(Event::ComparisonOpened { batch, result: review.compare(*run) }),
                        None => {
                            review.comparison = None;
                            review.write(Pane::First, emit, RunFolder::stop_comparing);
                        }
                    }
                }
            }
            Job::Decide { generation, decision } => {
                if let Some(review) = self.of(generation) {
                    review.write(Pane::First, emit, |folder| folder.decisions_mut().decide(*decision));
                }
            }
            Job::Point { generation, point } => {
                if let Some(review) = self.of(generation) {
                    review.write(Pane::First, emit, |folder| folder.choose_point(point));
                }
            }
        }
    }

    fn of(&mut self, generation: u64) -> Option<&mut Review> {
        self.open.as_mut().filter(|review| review.generation == generation)
    }

    fn begin(&mut self, open: Open) -> OpenedReview {
        let Open { generation, place, roots, items, facts, labels } = open;
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
        let places = Places::new(items, &roots);
        let named = |source| Labels::new(&source, &places.files(), &roots, &pseudonyms, &mapping);
        let found = source(labels.as_deref()).map(named);
        let labels = found.unwrap_or_else(|problem| {
            problems.push(problem);
            Labels::default()
        });
        let recorder = Arc::new(Recorder { roots, labels, pseudonyms });
        let mut opened = OpenedReview { problems, ..OpenedReview::empty(recorder.clone()) };
        let mut comparison = None;
        if let Some(folder) = &folder {
            (opened.answers, opened.tried_again) = places.answers(folder, &recorder.labels);
            opened.decisions = folder.decisions().all().cloned().collect();
            opened.folder = Some(folder.path().to_owned());
            opened.threshold = folder.choices().point(&folder.facts().model.classes);
            opened.problems.extend(folder.problems.iter().map(|what| Problem::new(Cause::NotKept, what)));
            match folder.open_comparison() {
                Ok(run) => comparison = run,
                Err(error) => opened.problems.push(Problem::from(&error)),
            }
        }
        opened.compared = comparison.as_ref().map(|run| kept_comparison(run, &places, &recorder));
        self.open = Some(Review { generation, folder, comparison, recorder, places, mapping, failed: false });
        opened
    }
}

fn kept_comparison(run: &RunFolder, places: &Places, recorder: &Recorder) -> OpenedComparison {
    let model = &run.facts().model;
    let (path, sha256, name) = (model.path.clone(), model.sha256.clone(), model.name.clone());
    OpenedComparison { path, sha256, name, answers: places.answers(run, &recorder.labels).0 }
}

impl Review {
    fn label(&mut self, table: Option<&Path>) -> Result<Arc<Recorder>, Problem> {
        let source = source(table)?;
        let Recorder { roots, pseudonyms, .. } = &*self.recorder;
        let labels = Labels::new(&source, &self.places.files(), roots, pseudonyms, &self.mapping);
        self.recorder = Arc::new(Recorder { roots: roots.clone(), labels, pseudonyms: pseudonyms.clone() });
        Ok(self.recorder.clone())
    }

    /// Opens the folder of a second model's answers; what it answered before.
    fn compare(&mut self, run: RunFacts) -> Result<OpenedComparison, Problem> {
        // Its lock goes before the next one is taken.
        self.comparison = None;
        let folder = self.folder.as_mut().ok_or_else(|| Problem::new(Cause::NotKept, "no folder is open"))?;
        let (roots, options) = (folder.facts().roots.clone(), folder.facts().options.clone());
        let run = folder.compare_with(RunFacts { roots, options, ..run }).map_err(|error| Problem::from(&error))?;
        let kept = kept_comparison(&run, &self.places, &self.recorder);
        self.comparison = Some(run);
        Ok(kept)
    }

    fn write(&mut self, pane: Pane, emit: &Emitter, write: impl FnOnce(&mut RunFolder) -> Result<(), FolderError>) {
        let folder = match pane {
            Pane::First => &mut self.folder,
            Pane::Second => &mut self.comparison,
        };
        let Some(folder) = folder else { return };
        if let Err(error) = write(folder)
            && !std::mem::replace(&mut self.failed, true)
        {
            emit.send(Event::NotKept(Problem::from(&error)));
        }
    }
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
