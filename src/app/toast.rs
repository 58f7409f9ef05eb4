//! Short messages that do not need an answer.

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// One message, shown until dismissed or until newer ones push it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Counted up from 1; names the toast in [`Command::DismissToast`](super::Command::DismissToast).
    pub id: u64,
    pub severity: Severity,
    /// The sentence.
    pub text: String,
    /// More lines, shown on request; may be empty.
    pub details: Vec<String>,
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
    /// Adds one; the same sentence again replaces its earlier copy.
    pub fn push(&mut self, severity: Severity, text: String, details: Vec<String>) {
        self.last_id += 1;
        self.shown.retain(|toast| toast.text != text);
        self.shown.push(Toast { id: self.last_id, severity, text, details });
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
    fn a_repeated_sentence_shows_once_and_old_ones_go() {
        let mut toasts = Toasts::default();
        for text in ["a", "b", "a", "c", "d", "e"] {
            toasts.push(Severity::Info, text.into(), Vec::new());
        }
        let texts: Vec<_> = toasts.shown().iter().map(|t| t.text.as_str()).collect();
        assert_eq!(texts, ["a", "c", "d", "e"]);
        let id = toasts.shown()[1].id;
        toasts.dismiss(id);
        assert!(toasts.shown().iter().all(|t| t.text != "c"));
    }
}
