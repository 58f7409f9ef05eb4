//! An export being set up: what its graph says, what was found beside it, what the person says, and what the model would
//! be fed and answer with that. Nothing is written before the person saves; closing the page leaves everything as it was.

mod diagnosis;
mod drafted;
mod kept;
mod names;
mod wishes;

pub use diagnosis::{Diagnosis, DoctorState, Finding};
pub use drafted::{Drafted, GraphFacts, LogitsPlace, Unsaid};
pub(super) use kept::KeptDrafts;
pub use wishes::{ImportEvent, ImportWish};

use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::{DoctorJob, DraftJob, Examination, ImportJob, ImportPlace as Place, SaveJob};
use super::{AppState, Command, Current, Notice, PredictionState, Problem, Severity};
use crate::engine::import::Choices;
use crate::scan::Scan;

/// The export that is being set up.
#[derive(Clone, Debug)]
pub struct Importing {
    /// The .onnx or the folder.
    pub path: PathBuf,
    /// What the person said so far.
    pub said: Choices,
    /// Class names as they are typed; need not be a name for every class yet.
    pub names: String,
    /// What comes of it; the last one while the next is being made.
    pub drafted: Option<Arc<Drafted>>,
    /// Why there is no draft with what was said last.
    pub problem: Option<Problem>,
    /// What only the person can tell; asked for before anything else.
    pub unsaid: Option<Unsaid>,
    /// True where what was said before the page was closed is back.
    pub is_restored: bool,
    /// Another model that was dropped meanwhile.
    pub offered: Option<PathBuf>,
    /// What the model says of the scan on the screen with these settings.
    pub preview: PredictionState,
    pub doctor: DoctorState,
    /// A table of the framework's outputs for the doctor, instead of the folders' names.
    pub outputs: Option<PathBuf>,
    /// The folder that the person chose to keep the model folder in.
    pub base: Option<PathBuf>,
    /// True while the folder is being written.
    pub saving: bool,
    /// A file of class names that was dropped with the model, until they are asked for.
    names_file: Option<PathBuf>,
    /// What was said when `drafted` was made, and the folder that was chosen.
    answered: Option<(Choices, Option<PathBuf>)>,
    /// Of the .onnx, once it is read.
    sha256: Option<String>,
    /// What was asked for last.
    asked: Option<Asked>,
    generation: u64,
    examined: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    said: Choices,
    base: Option<PathBuf>,
    files: Option<Arc<[PathBuf]>>,
    slice: Option<usize>,
}

impl Importing {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            said: Choices::default(),
            names: String::new(),
            drafted: None,
            problem: None,
            unsaid: None,
            is_restored: false,
            offered: None,
            preview: PredictionState::None,
            doctor: DoctorState::None,
            outputs: None,
            base: None,
            saving: false,
            names_file: None,
            answered: None,
            sha256: None,
            asked: None,
            generation: 0,
            examined: 0,
        }
    }

    /// True where what the person said makes a model.
    pub fn can_save(&self) -> bool {
        self.drafted.is_some() && self.problem.is_none() && !self.saving && self.names_fault().is_none()
    }

    /// True where the model is used as it lies there, and nothing needs to be written.
    pub fn is_unchanged(&self) -> bool {
        let is_settled = self.answered.as_ref().is_some_and(|(said, base)| (said, base) == (&self.said, &self.base));
        self.can_save() && is_settled && self.drafted.as_ref().is_some_and(|drafted| !drafted.is_changed)
    }

    /// True until a first draft is there, or the reason why there is none.
    pub fn is_reading(&self) -> bool {
        self.drafted.is_none() && self.problem.is_none()
    }
}

impl AppState {
    /// Model folders are kept below `folder`. Without it they are written beside the export.
    pub fn keep_models_below(&mut self, folder: PathBuf) {
        self.models_folder = Some(folder);
    }

    /// The export that is being set up.
    pub fn importing(&self) -> Option<&Importing> {
        self.importing.as_deref()
    }

    pub(super) fn import_wish(&mut self, wish: ImportWish) {
        match wish {
            ImportWish::Open(path) => {
                self.stop_import();
                let names = self.names_beside.take().filter(|(model, _)| *model == path).map(|(_, names)| names);
                self.importing = Some(Box::new(Importing { names_file: names, ..Importing::new(path) }));
            }
            ImportWish::Close => self.stop_import(),
            ImportWish::Change(said) => {
                if let Some(importing) = &mut self.importing {
                    let classes = said.classes.clone();
                    importing.said = Choices { classes: importing.said.classes.clone(), ..*said };
                    importing.set_classes(classes);
                }
            }
            ImportWish::TypeNames(text) => {
                if let Some(importing) = &mut self.importing {
                    importing.type_names(text);
                }
            }
            ImportWish::StartOver => {
                if let Some(importing) = &mut self.importing {
                    (importing.said, importing.names) = (Choices::default(), String::new());
                    (importing.base, importing.outputs, importing.is_restored) = (None, None, false);
                }
            }
            ImportWish::Switch(leave) => {
                let offered = self.importing.as_mut().and_then(|importing| importing.offered.take());
                if let Some(path) = offered.filter(|_| leave) {
                    self.stop_import();
                    self.apply(Command::OpenModel(path));
                }
            }
            ImportWish::Names(path) => {
                if self.importing.is_some() {
                    self.jobs.import(ImportJob::Names(path));
                }
            }
            ImportWish::Outputs(table) => {
                if let Some(importing) = &mut self.importing {
                    importing.outputs = table;
                }
            }
            ImportWish::KeepBelow(folder) => {
                if let Some(importing) = &mut self.importing {
                    importing.base = Some(folder);
                }
            }
            ImportWish::Examine(pictures) => self.examine(pictures),
            ImportWish::StopDoctor => {
                self.jobs.doctor(DoctorJob::Stop);
                if let Some(importing) = &mut self.importing {
                    importing.doctor = DoctorState::None;
                }
            }
            ImportWish::ApplyFinding(place) => {
                if let Some(importing) = &mut self.importing
                    && let DoctorState::Done(diagnosis) = &importing.doctor
                {
                    let mut said = importing.said.clone();
                    diagnosis.apply(place, &mut said);
                    self.import_wish(ImportWish::Change(Box::new(said)));
                }
            }
            ImportWish::Save if self.importing.as_ref().is_some_and(|importing| importing.is_unchanged()) => {
                self.use_as_it_is();
            }
            ImportWish::Save => {
                if let Some(importing) = self.importing.as_mut().filter(|importing| importing.can_save())
                    && let Some(out) = importing.drafted.as_ref().map(|drafted| drafted.out.clone())
                {
                    importing.saving = true;
                    let (path, choices) = (importing.path.clone(), importing.said.clone());
                    self.jobs.import(ImportJob::Save(Box::new(SaveJob { path, choices, out })));
                }
            }
        }
    }

    /// Closes the page; the model it was about is in use.
    fn use_as_it_is(&mut self) {
        let Some(path) = self.importing.as_ref().map(|importing| importing.path.clone()) else { return };
        self.stop_import();
        if self.model.facts().is_none_or(|facts| facts.path != path) {
            self.apply(Command::LoadModel(path));
        }
    }

    fn stop_import(&mut self) {
        if let Some(importing) = self.importing.take() {
            self.drafts.keep(&importing);
            if matches!(importing.doctor, DoctorState::Running { .. }) {
                self.jobs.doctor(DoctorJob::Stop);
            }
            self.jobs.import(ImportJob::Forget);
        }
    }

    fn examine(&mut self, pictures: PathBuf) {
        let generation = self.next_generation();
        let Some(importing) = &mut self.importing else { return };
        importing.examined = generation;
        importing.doctor = DoctorState::Running { stage: "", done: 0, total: 0 };
        let (path, choices) = (importing.path.clone(), importing.said.clone());
        let outputs = importing.outputs.clone();
        self.jobs.doctor(DoctorJob::Examine(Box::new(Examination { generation, path, choices, pictures, outputs })));
    }

    /// The page follows what was said and the scan on the screen: asks where either is another than before.
    pub(super) fn ask_import(&mut self) {
        let Some(importing) = &self.importing else { return };
        let scan = self.subject().and_then(subject);
        let said = importing.said.clone();
        let (files, slice) = scan.as_ref().map(|(files, _, slice)| (files.clone(), *slice)).unzip();
        let base = importing.base.clone();
        let asked = Asked { said: said.clone(), base: base.clone(), files, slice: slice.flatten() };
        if importing.asked.as_ref() == Some(&asked) {
            return;
        }
        let generation = self.next_generation();
        let place = Place { below: base.clone().or_else(|| self.models_folder.clone()), chosen: base.is_some() };
        let Some(importing) = &mut self.importing else { return };
        importing.asked = Some(asked);
        importing.generation = generation;
        if scan.is_none() {
            importing.preview = PredictionState::None;
        } else if !matches!(importing.preview, PredictionState::Done(_)) {
            importing.preview = PredictionState::Running;
        }
        let path = importing.path.clone();
        let job = DraftJob { generation, path, choices: said, place, scan };
        self.jobs.import(ImportJob::Draft(Box::new(job)));
    }

    pub(super) fn import_event(&mut self, event: ImportEvent) {
        match event {
            ImportEvent::Drafted { generation, sha256, result, unsaid } => {
                let Some(importing) = self.importing.as_mut().filter(|i| i.generation == generation) else { return };
                importing.unsaid = unsaid;
                importing.answered = importing.asked.as_ref().map(|asked| (asked.said.clone(), asked.base.clone()));
                importing.read(sha256, &self.drafts);
                match result {
                    Ok(drafted) => {
                        importing.drafted = Some(Arc::new(*drafted));
                        importing.problem = None;
                    }
                    Err(problem) => {
                        importing.problem = Some(problem);
                        importing.preview = PredictionState::None;
                    }
                }
                // Once there is something that they are names of.
                if (importing.drafted.is_some() || unsaid == Some(Unsaid::Classes))
                    && let Some(names) = importing.names_file.take()
                {
                    self.jobs.import(ImportJob::Names(names));
                }
            }
            ImportEvent::Previewed { generation, result } => {
                let Some(importing) = self.importing.as_mut().filter(|i| i.generation == generation) else { return };
                importing.preview = match result {
                    Ok(prediction) => PredictionState::Done(Arc::new(*prediction)),
                    Err(problem) => PredictionState::Failed(problem),
                };
            }
            ImportEvent::Named { path, result } => self.named(path, result),
            ImportEvent::DoctorProgress { generation, stage, done, total } => {
                if let Some(importing) = self.importing.as_mut().filter(|i| i.examined == generation)
                    && matches!(importing.doctor, DoctorState::Running { .. })
                {
                    importing.doctor = DoctorState::Running { stage, done, total };
                }
            }
            ImportEvent::Diagnosed { generation, result } => {
                let Some(importing) = self.importing.as_mut().filter(|i| i.examined == generation) else { return };
                importing.doctor = match result {
                    Ok(Some(diagnosis)) => DoctorState::Done(Arc::new(*diagnosis)),
                    Ok(None) => DoctorState::None,
                    Err(problem) => DoctorState::Failed(problem),
                };
            }
            ImportEvent::Saved(result) => self.saved(result),
        }
    }

    /// The worker broke over the export.
    pub(super) fn fail_import(&mut self, problem: Problem) {
        if let Some(importing) = &mut self.importing {
            importing.saving = false;
            importing.preview = PredictionState::Failed(problem.clone());
            importing.problem = importing.drafted.is_none().then_some(problem);
        }
    }

    pub(super) fn fail_doctor(&mut self, problem: Problem) {
        if let Some(importing) = &mut self.importing {
            importing.doctor = DoctorState::Failed(problem);
        }
    }

    fn named(&mut self, path: PathBuf, result: Result<Vec<String>, Problem>) {
        let Some(importing) = &mut self.importing else { return };
        match result {
            Ok(names) => {
                importing.set_classes(Some(names));
                importing.said.classes_from =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            }
            Err(problem) => self.toasts.push(Severity::Error, Notice::NoNames(problem)),
        }
    }

    fn saved(&mut self, result: Result<(PathBuf, Option<PathBuf>), Problem>) {
        let Some(importing) = &mut self.importing else { return };
        importing.saving = false;
        match result {
            Ok((folder, older)) => {
                let sha256 = importing.sha256.clone();
                self.stop_import();
                // The folder says it from now on.
                sha256.iter().for_each(|sha256| self.drafts.forget(sha256));
                self.toasts.push(Severity::Info, Notice::ModelSaved { folder: folder.clone(), kept: older.is_some() });
                self.apply(Command::LoadModel(folder));
            }
            Err(problem) => self.toasts.push(Severity::Error, Notice::ModelNotSaved(problem)),
        }
    }
}

/// The scan that the preview is of.
fn subject(current: &Current) -> Option<(Arc<[PathBuf]>, Scan, Option<usize>)> {
    let scan = current.scan.clone()?;
    Some((current.files.clone(), scan, current.slice_override))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Cause, Event, Jobs};

    #[test]
    fn an_export_that_cannot_be_read_is_said_and_late_answers_are_dropped() {
        let mut state = AppState::new(Jobs::inline());
        state.apply(Command::Import(ImportWish::Open(PathBuf::from("/no/such/model.onnx"))));
        assert!(state.importing().is_some_and(Importing::is_reading));
        state.settle();
        let importing = state.importing().unwrap();
        assert_eq!(importing.problem.as_ref().map(|problem| problem.cause), Some(Cause::Unreadable));
        assert!(!importing.can_save() && importing.unsaid.is_none());
        let late = importing.generation - 1;
        let result = Err(Problem::new(Cause::Engine, "late"));
        state.take(Event::Import(ImportEvent::Previewed { generation: late, result }));
        assert!(matches!(state.importing().unwrap().preview, PredictionState::None));
        let diagnosed = Event::Import(ImportEvent::Diagnosed { generation: late, result: Ok(None) });
        state.take(diagnosed);
        state.apply(Command::Import(ImportWish::Save));
        assert!(!state.importing().unwrap().saving, "what cannot be drafted is not saved");
        state.apply(Command::Import(ImportWish::Close));
        state.settle();
        assert!(state.importing().is_none());
    }
}
