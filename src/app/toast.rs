//! Short messages that do not need an answer, without a language.

use std::path::PathBuf;

use super::Problem;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Files and folders that could not be listed; never empty.
    NotListed(Vec<Problem>),
    ModelFailed(Problem),
    /// ONNX Runtime was fetched.
    RuntimeReady {
        version: String,
    },
    RuntimeFailed(Problem),
    /// Results or decisions are not kept, or what was kept could not be read; never empty.
    NotKept(Vec<Problem>),
    /// The report is written.
    Exported {
        folder: PathBuf,
    },
    NotExported(Problem),
    /// Files that failed in an earlier session have changed since.
    TriedAgain {
        files: usize,
    },
    NoLeakCheck(Problem),
    /// A model folder is written, and the version before it kept.
    ModelSaved {
        folder: PathBuf,
        kept: bool,
    },
    ModelNotSaved(Problem),
    /// A file or folder without class names.
    NoNames(Problem),
    /// A table of labels that cannot be used.
    NoLabels(Problem),
    /// A scan that cannot be laid over another.
    NotFused(Problem),
    /// A job broke; the program goes on.
    Broken {
        worker: &'static str,
        what: String,
    },
    /// The system gave no thread for a file dialog.
    NoDialog {
        reason: String,
    },
}

/// One message, shown until dismissed or until newer ones push it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Counted up from 1; names the toast in [`Command::DismissToast`](super::Command::DismissToast).
    pub id: u64,
    pub severity: Severity,
    pub notice: Notice,
}

/// Most messages shown at once.
const MOST: usize = 4;

/// The messages on the screen, oldest first.
#[derive(Debug, Default)]
pub(super) struct Toasts {
    shown: Vec<Toast>,
    last_id: u64,
}

impl Toasts {
    /// Adds one; the same again replaces its earlier copy.
    pub fn push(&mut self, severity: Severity, notice: Notice) {
        self.last_id += 1;
        self.shown.retain(|toast| toast.notice != notice);
        self.shown.push(Toast { id: self.last_id, severity, notice });
        let surplus = self.shown.len().saturating_sub(MOST);
        self.shown.drain(..surplus);
    }

    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|toast| toast.id != id);
    }

    pub fn shown(&self) -> &[Toast] {
        &self.shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_message_shows_once_and_old_ones_go() {
        let mut toasts = Toasts::default();
        for reason in ["a", "b", "a", "c", "d", "e"] {
            toasts.push(Severity::Info, Notice::NoDialog { reason: reason.into() });
        }
        let reasons = |toasts: &Toasts| -> Vec<String> {
            let reason = |toast: &Toast| match &toast.notice {
                Notice::NoDialog { reason } => reason.clone(),
                other => panic!("{other:?} was never pushed"),
            };
            toasts.shown().iter().map(reason).collect()
        };
        assert_eq!(reasons(&toasts), ["a", "c", "d", "e"]);
        let id = toasts.shown()[1].id;
        toasts.dismiss(id);
        assert!(!reasons(&toasts).contains(&"c".to_owned()));
    }
}
