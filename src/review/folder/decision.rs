//! What a reader decided about cases, written as it happens.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::FolderError;
use super::lines::{JsonLines, read_lines};
use super::time::now_utc;
use crate::review::record::{CaseRecord, Truth, TruthFrom};

/// Everything that a reader said about one case. A line replaces the one before it; an empty one takes all back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// [`CaseRecord::key`](crate::review::record::CaseRecord::key).
    pub key: String,
    /// UTC, RFC 3339.
    #[serde(default)]
    pub time: String,
    /// Who decided, where a name was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    #[serde(default)]
    pub opinion: Opinion,
    /// The reader's own class, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// A reference label that was typed, by class name; it goes before the record's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truth: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flag: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// What the reader says to the model's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Opinion {
    #[default]
    None,
    Agree,
    Disagree,
    Unsure,
}

/// A drawing over the picture: a ruler, a point, a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// `ruler`, `angle`, `point`, `ellipse`, `rectangle`, `polygon`.
    pub kind: String,
    /// Frame index, from 0.
    #[serde(default)]
    pub slice: usize,
    /// `[column, row]` in pixels of the picture as stored, pixel edges at whole numbers.
    pub points: Vec<[f32; 2]>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Decision {
    /// True where nothing is said.
    pub fn is_empty(&self) -> bool {
        let Self { key: _, time: _, reader: _, opinion, label, truth, note, flag, marks } = self;
        *opinion == Opinion::None && label.is_none() && truth.is_none() && note.is_empty() && !flag && marks.is_empty()
    }
}

/// The records with the labels that a reader typed; these go before those of folders and tables. A name that is none of
/// `classes` takes the label away.
pub fn with_typed_labels(records: &[CaseRecord], decisions: &DecisionLog, classes: &[String]) -> Vec<CaseRecord> {
    let mut records = records.to_vec();
    for record in &mut records {
        if let Some(label) = decisions.get(&record.key).and_then(|decision| decision.truth.clone()) {
            let class = classes.iter().position(|class| *class == label);
            record.truth = Some(Truth { label, class, from: TruthFrom::Typed });
        }
    }
    records
}

/// The decisions of a run, and the file that they are kept in.
#[derive(Debug)]
pub struct DecisionLog {
    by_key: BTreeMap<String, Decision>,
    file: JsonLines,
}

impl DecisionLog {
    pub(super) fn open(path: &Path, problems: &mut Vec<String>) -> Result<Self, FolderError> {
        let file = JsonLines::open(path)?;
        let mut log = Self { by_key: BTreeMap::new(), file };
        for decision in read_lines::<Decision>(path, problems)? {
            log.keep(decision);
        }
        Ok(log)
    }

    /// What was said last about a case.
    pub fn get(&self, key: &str) -> Option<&Decision> {
        self.by_key.get(key)
    }

    /// Every case about which something is said, by key.
    pub fn all(&self) -> impl Iterator<Item = &Decision> {
        self.by_key.values()
    }

    /// Writes a decision with the time of now (unless it has one) and waits until the disk has it. Undo is another
    /// decision.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn decide(&mut self, mut decision: Decision) -> Result<(), FolderError> {
        if decision.time.is_empty() {
            decision.time = now_utc();
        }
        self.file.append(&decision)?;
        self.file.sync()?;
        self.keep(decision);
        Ok(())
    }

    fn keep(&mut self, decision: Decision) {
        if decision.is_empty() {
            self.by_key.remove(&decision.key);
        } else {
            self.by_key.insert(decision.key.clone(), decision);
        }
    }
}
