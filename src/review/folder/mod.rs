//! A run on disk: plain files that only grow, so that a crash at any moment loses nothing that was said to be kept.
//!
//! `run.json` says what ran ([`RunFacts`], written once). `cases.jsonl` holds a [`CaseRecord`] a line, `decisions.jsonl`
//! a [`Decision`] a line; of several lines about one case the last one counts. `choices.json` holds the reader's
//! [`Choices`], `pseudonyms.key` the key of the patients' pseudonyms. A line that was cut by a crash is dropped. Another
//! model needs another folder. See `docs/FORMATS.md`.

mod again;
mod choices;
mod compared;
mod decision;
mod facts;
mod fill;
mod lines;
mod time;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub use again::{Retry, ToRun};
pub use choices::{Choices, ChosenPoint};
pub use decision::{Decision, DecisionLog, Mark, Opinion, with_typed_labels};
pub use facts::{EngineFacts, ModelFacts, RunFacts, RunOptions};
pub use time::now_utc;

use self::lines::{JsonLines, read_lines};
use super::record::{CaseRecord, Pseudonyms};
use super::source::sha256_hex;

const RUN: &str = "run.json";
const CASES: &str = "cases.jsonl";
const DECISIONS: &str = "decisions.jsonl";
const KEY: &str = "pseudonyms.key";
const CHOICES: &str = "choices.json";
/// Folder of the second model's run; those of others beside it have a number behind it.
const COMPARISON: &str = "compare";

/// Why a run folder cannot be used; `Display` is the sentence.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path} could not be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
    #[error("{path} is no run folder: there is no {RUN} in it")]
    NoRun { path: PathBuf },
    #[error("{path} is damaged: {what}")]
    Damaged { path: PathBuf, what: String },
    #[error("{path} holds results of another run ({what}); nothing is overwritten: choose another folder")]
    OtherRun { path: PathBuf, what: String },
    #[error("another program is writing to {path}; wait until it ends, or choose another folder")]
    InUse { path: PathBuf },
}

/// A run folder that is open for more results.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    facts: RunFacts,
    pseudonyms: Pseudonyms,
    records: Vec<CaseRecord>,
    places: HashMap<String, usize>,
    /// Paths of files with a case for each slice.
    sliced: HashSet<String>,
    cases: JsonLines,
    decisions: DecisionLog,
    choices: Choices,
    /// Lines that could not be read, in sentences.
    pub problems: Vec<String>,
}

impl RunFolder {
    /// True where `path` holds a run.
    pub fn is_one(path: &Path) -> bool {
        path.join(RUN).is_file()
    }

    /// Starts a run in `path` (made where it is missing), or goes on with the one that is there.
    ///
    /// # Errors
    /// [`FolderError::OtherRun`] where that run is of another model, other steps, options or engine; what the disk says.
    pub fn create_or_resume(path: &Path, facts: RunFacts) -> Result<Self, FolderError> {
        if Self::is_one(path) {
            let folder = Self::open(path)?;
            return match folder.facts.difference(&facts) {
                Some(what) => Err(FolderError::OtherRun { path: path.to_owned(), what }),
                None => Ok(folder),
            };
        }
        let failed = |path: PathBuf| move |source| FolderError::Write { path, source };
        std::fs::create_dir_all(path).map_err(failed(path.to_owned()))?;
        if path.join(CASES).exists() {
            let what = format!("there is a {CASES} without a {RUN}");
            return Err(FolderError::OtherRun { path: path.to_owned(), what });
        }
        let pseudonyms = if facts.options.identify { Pseudonyms::Plain } else { Pseudonyms::random() };
        write_key(path, &pseudonyms)?;
        let text = format!("{}\n", serde_json::to_string_pretty(&facts).unwrap_or_default());
        // Renamed when it is whole: a run.json is there or not.
        let new = path.join("run.json.new");
        std::fs::write(&new, text).map_err(failed(new.clone()))?;
        std::fs::rename(&new, path.join(RUN)).map_err(failed(path.join(RUN)))?;
        Self::open(path)
    }

    /// What ran in the folder, without opening it for more.
    ///
    /// # Errors
    /// [`FolderError::NoRun`], or what is wrong with the file.
    pub fn facts_of(path: &Path) -> Result<RunFacts, FolderError> {
        let run = path.join(RUN);
        let text = match std::fs::read_to_string(&run) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(FolderError::NoRun { path: path.to_owned() });
            }
            Err(source) => return Err(FolderError::Read { path: run, source }),
        };
        serde_json::from_str(&text).map_err(|error| FolderError::Damaged { path: run, what: error.to_string() })
    }

    /// A name for the folder of a run: that of the first reviewed folder, and a hash of all of them and the model.
    pub fn name_for(facts: &RunFacts) -> String {
        let first = facts.roots.first().and_then(|root| root.file_name()).unwrap_or_default();
        let roots: Vec<String> = facts.roots.iter().map(|root| root.to_string_lossy().into_owned()).collect();
        let hash = sha256_hex(format!("{}\n{}", facts.model.sha256, roots.join("\n")).as_bytes());
        format!("{}-{}", first.to_string_lossy(), hash.get(..12).unwrap_or(&hash))
    }

    /// Opens the run in `path`; its records and decisions are those that were written.
    ///
    /// # Errors
    /// [`FolderError::NoRun`], [`FolderError::InUse`], or what is wrong with a file.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let facts = Self::facts_of(path)?;
        let mut problems = Vec::new();
        // The lock comes first: who holds it may still be writing.
        let cases = JsonLines::open(&path.join(CASES))?;
        let lines = read_lines::<CaseRecord>(&path.join(CASES), &mut problems)?;
        let decisions = DecisionLog::open(&path.join(DECISIONS), &mut problems)?;
        let pseudonyms = match std::fs::read_to_string(path.join(KEY)) {
            Ok(key) => Pseudonyms::Hashed { key: key.trim().to_owned() },
            Err(_) if facts.options.identify => Pseudonyms::Plain,
            // Deleted on purpose: nobody can tell a patient any more, and new cases get pseudonyms of their own.
            Err(_) => Pseudonyms::random(),
        };
        let choices = Choices::read(&path.join(CHOICES), &facts.model, &mut problems);
        let mut folder = Self {
            path: path.to_owned(),
            facts,
            pseudonyms,
            records: Vec::with_capacity(lines.len()),
            places: HashMap::with_capacity(lines.len()),
            sliced: HashSet::new(),
            cases,
            decisions,
            choices,
            problems,
        };
        for record in lines {
            folder.keep(record);
        }
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn facts(&self) -> &RunFacts {
        &self.facts
    }

    pub fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    /// Every case, in the order of their first lines.
    pub fn records(&self) -> &[CaseRecord] {
        &self.records
    }

    pub fn get(&self, key: &str) -> Option<&CaseRecord> {
        self.places.get(key).and_then(|place| self.records.get(*place))
    }

    /// Writes a record down. One that says the same as before is not written again; a changed one (another label)
    /// takes the place of the old one.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn append(&mut self, record: CaseRecord) -> Result<(), FolderError> {
        if self.get(&record.key) == Some(&record) {
            return Ok(());
        }
        self.cases.append(&record)?;
        self.keep(record);
        Ok(())
    }

    fn keep(&mut self, record: CaseRecord) {
        self.drop_other_kind(&record);
        match self.places.get(&record.key).and_then(|place| self.records.get_mut(*place)) {
            Some(old) => *old = record,
            None => {
                self.places.insert(record.key.clone(), self.records.len());
                self.records.push(record);
            }
        }
    }

    /// A file is one case, or one for each slice. Where it failed as a whole, changed and gives slices now (or the other
    /// way round), the new lines take the place of the old ones.
    fn drop_other_kind(&mut self, record: &CaseRecord) {
        let whole = record.key == record.path;
        let other_kind = if whole {
            self.sliced.remove(&record.path)
        } else {
            self.sliced.insert(record.path.clone()) && self.places.contains_key(&record.path)
        };
        if other_kind {
            self.records.retain(|old| old.path != record.path);
            self.places = self.records.iter().enumerate().map(|(at, old)| (old.key.clone(), at)).collect();
        }
    }

    /// Makes sure that the disk has everything.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn sync(&self) -> Result<(), FolderError> {
        self.cases.sync()
    }

    /// What the reader chose about the review as a whole.
    pub fn choices(&self) -> &Choices {
        &self.choices
    }

    /// Writes the operating point (class index and least score) down; `None` takes it back.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn choose_point(&mut self, point: Option<(usize, f32)>) -> Result<(), FolderError> {
        let name = |class: usize| self.facts.model.classes.get(class).cloned();
        let operating_point = point.and_then(|(class, score)| Some(ChosenPoint { class: name(class)?, score }));
        self.choose(Choices { operating_point, ..self.choices.clone() })
    }

    fn choose(&mut self, choices: Choices) -> Result<(), FolderError> {
        if choices != self.choices {
            choices.write(&self.path.join(CHOICES))?;
            self.choices = choices;
        }
        Ok(())
    }

    /// What readers decided.
    pub fn decisions(&self) -> &DecisionLog {
        &self.decisions
    }

    /// To decide; each decision is on the disk before this returns.
    pub fn decisions_mut(&mut self) -> &mut DecisionLog {
        &mut self.decisions
    }
}

/// Keeps the key that is there.
fn write_key(folder: &Path, pseudonyms: &Pseudonyms) -> Result<(), FolderError> {
    let path = folder.join(KEY);
    match pseudonyms {
        Pseudonyms::Hashed { key } if !path.exists() => {
            std::fs::write(&path, format!("{key}\n")).map_err(|source| FolderError::Write { path, source })
        }
        Pseudonyms::Hashed { .. } | Pseudonyms::Plain => Ok(()),
    }
}

#[cfg(test)]
mod tests;
