//! The import worker: reads an export once, drafts what its `metadata.json` would say, shows what the model would be fed
//! and answer with that, reads class names, and saves the model folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use super::draft::drafted;
use super::mailbox::Mailbox;
use super::predict::{Asked, predict};
use crate::app::{Event, ImportEvent, Prediction, Problem, Unsaid};
use crate::engine::import::{self, Choices, Draft, ReadExport, class_names_from_file, class_names_from_folder};
use crate::engine::{EngineChoice, EngineError, MetadataFile, Model, ScoreRule, Session, SessionOptions};
use crate::onnx::{Layout, OnnxError};
use crate::scan::Scan;

#[derive(Debug)]
pub(in crate::app) enum Job {
    Draft(Box<DraftJob>),
    /// Class names out of a labels file, or of the names of a folder's folders.
    Names(PathBuf),
    Save(Box<SaveJob>),
    /// The page is closed: its memory goes.
    Forget,
}

/// What `metadata.json` would say, and what the model would say then.
#[derive(Debug)]
pub(in crate::app) struct DraftJob {
    pub generation: u64,
    pub path: PathBuf,
    pub choices: Choices,
    pub place: Place,
    /// The scan on the screen, and the one slice that is asked for.
    pub scan: Option<(Arc<[PathBuf]>, Scan, Option<usize>)>,
}

/// Where model folders are kept.
#[derive(Debug)]
pub(in crate::app) struct Place {
    /// `None` is beside the export.
    pub below: Option<PathBuf>,
    /// True where the person said so: then not even a model folder stays where it is.
    pub chosen: bool,
}

#[derive(Debug)]
pub(in crate::app) struct SaveJob {
    pub path: PathBuf,
    pub choices: Choices,
    pub out: PathBuf,
}

impl Job {
    /// Each kind has its own place in the mailbox.
    pub fn kind(&self) -> u64 {
        match self {
            Self::Draft(_) | Self::Forget => 0,
            Self::Names(_) => 1,
            Self::Save(_) => 2,
        }
    }
}

pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
    /// The export that was read last.
    read: Option<(PathBuf, ReadExport)>,
    /// What its `metadata.json` would say if the person said nothing.
    unsaid: Option<MetadataFile>,
    session: Option<Started>,
}

/// A session, and what a model must have in common with it to run in it.
struct Started {
    sha256: String,
    layout: Layout,
    size: Option<(usize, usize)>,
    rule: ScoreRule,
    session: Session,
}

impl Started {
    fn fits(&self, model: &Model) -> bool {
        self.sha256 == model.sha256
            && self.layout == model.layout()
            && self.size == model.input_size()
            && self.rule == *model.rule()
    }
}

impl Worker {
    pub fn new(mailbox: Arc<Mailbox<Job>>) -> Self {
        Self { mailbox, read: None, unsaid: None, session: None }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        let send = |event| emit.send(Event::Import(event));
        match job {
            Job::Draft(job) => self.draft(*job, emit),
            Job::Names(path) => {
                let names = if path.is_dir() { class_names_from_folder(&path) } else { class_names_from_file(&path) };
                send(ImportEvent::Named { path, result: names.map_err(Problem::from) });
            }
            Job::Save(job) => {
                let SaveJob { path, choices, out } = *job;
                let draft = self.export(&path).and_then(|export| export.draft(&choices));
                let written = draft.and_then(|draft| import::save(&draft, &out));
                let result = written.map(|written| (out, written.older)).map_err(Problem::from);
                send(ImportEvent::Saved(result));
            }
            Job::Forget => (self.read, self.unsaid, self.session) = (None, None, None),
        }
    }

    fn draft(&mut self, job: DraftJob, emit: &Emitter) {
        let DraftJob { generation, path, choices, place, scan } = job;
        let made = self.export(&path).and_then(|export| Ok((export.draft(&choices)?, export.files())));
        let draft = match made {
            Ok((draft, files)) => {
                if choices == Choices::default() {
                    self.unsaid = Some(draft.file.clone());
                }
                let says_more = self.unsaid.as_ref().is_none_or(|unsaid| !ReadExport::is_same(unsaid, &draft.file));
                let result = Ok(Box::new(drafted(&draft, files, says_more, (&place, &path))));
                let sha256 = Some(draft.model.sha256.clone());
                emit.send(Event::Import(ImportEvent::Drafted { generation, sha256, result, unsaid: None }));
                draft
            }
            Err(error) => {
                let sha256 = self.read.as_ref().map(|(_, export)| export.sha256().to_owned());
                let unsaid = unsaid(&error);
                let result = Err(Problem::from(error));
                emit.send(Event::Import(ImportEvent::Drafted { generation, sha256, result, unsaid }));
                return;
            }
        };
        let Some((files, scan, slice)) = scan.filter(|_| !self.mailbox.is_waiting()) else { return };
        let asked = Asked { files: &files, scan: Some(&scan), slice, reference: None };
        let result = self.preview(&draft, &asked).map(Box::new);
        emit.send(Event::Import(ImportEvent::Previewed { generation, result }));
    }

    fn preview(&mut self, draft: &Draft, asked: &Asked<'_>) -> Result<Prediction, Problem> {
        let model = &draft.model;
        if !self.session.as_ref().is_some_and(|started| started.fits(model)) {
            // The old one's memory goes before the new one's comes.
            self.session = None;
            let session = Session::start(model, EngineChoice::Auto, &SessionOptions::beside_a_window())?;
            let (sha256, layout) = (model.sha256.clone(), model.layout());
            let (size, rule) = (model.input_size(), model.rule().clone());
            self.session = Some(Started { sha256, layout, size, rule, session });
        }
        match &mut self.session {
            Some(started) => predict(model, &mut started.session, asked),
            None => Err(Problem::from(EngineError::Cancelled)),
        }
    }

    /// The export at `path`, read once.
    fn export(&mut self, path: &Path) -> Result<&ReadExport, EngineError> {
        if self.read.as_ref().is_none_or(|(known, _)| known != path) {
            (self.read, self.unsaid, self.session) = (None, None, None);
            self.read = Some((path.to_owned(), ReadExport::open(path)?));
        }
        let missing = || EngineError::NoModel { path: path.to_owned() };
        self.read.as_ref().map(|(_, export)| export).ok_or_else(missing)
    }
}

/// The question behind an error, where there is one.
fn unsaid(error: &EngineError) -> Option<Unsaid> {
    match error {
        EngineError::Onnx { source: OnnxError::LayoutUnsaid { volume, .. }, .. } => {
            Some(Unsaid::Layout { volume: *volume })
        }
        EngineError::ClassesUnsaid => Some(Unsaid::Classes),
        _ => None,
    }
}
