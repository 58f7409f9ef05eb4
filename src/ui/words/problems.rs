//! What went wrong, as a headline that also says what to do. The facts are in the English sentence of the room it
//! happened in: that is the whole text in English, and a fold below the headline elsewhere.

use super::{Language, Words};
use crate::app::{Cause, InstallState, Notice, Problem};
use crate::engine::runtime::{InstallProgress, InstallStep};
use crate::report::said_in_korean;

/// A text, and lines to show on request.
pub(in crate::ui) type Told = (String, Vec<String>);

impl Words {
    /// A problem's text, and its English sentence where that is not the text.
    pub fn problem(self, problem: &Problem) -> Told {
        self.sentence(self.headline(problem.cause), &problem.sentence)
    }

    /// The same for a sentence without a known cause.
    pub fn sentence(self, headline: &str, sentence: &str) -> Told {
        match self.language() {
            Language::English => (sentence.to_owned(), Vec::new()),
            Language::Korean => (headline.to_owned(), vec![sentence.to_owned()]),
        }
    }

    /// A doubt of a lower room; `None` where it is there in English alone and the window speaks another language.
    pub fn of_lower_room(self, english: &str) -> Option<String> {
        match self.language() {
            Language::English => Some(english.to_owned()),
            Language::Korean => said_in_korean(english),
        }
    }

    /// A tooltip of an English sentence: under a headline where the window speaks another language.
    pub fn explained(self, headline: &str, sentence: &str) -> String {
        match self.language() {
            Language::English => sentence.to_owned(),
            Language::Korean => format!("{headline}:\n{sentence}"),
        }
    }

    pub fn notice(self, notice: &Notice) -> Told {
        match notice {
            Notice::NotListed(problems) => match problems.as_slice() {
                [problem] => self.problem(problem),
                all => (
                    self.with("notice-not-listed", &[("count", all.len().into())]),
                    all.iter().map(|problem| problem.sentence.clone()).collect(),
                ),
            },
            Notice::ModelFailed(problem) => {
                let (text, details) = self.problem(problem);
                let headline = self.text("notice-model-failed").to_owned();
                (headline, std::iter::once(text).chain(details).collect())
            }
            Notice::RuntimeReady { version } => {
                (self.with("notice-runtime-ready", &[("version", version.into())]), Vec::new())
            }
            Notice::RuntimeFailed(problem) => self.problem(problem),
            Notice::NotKept(problems) => (
                self.text("notice-not-kept").to_owned(),
                problems.iter().map(|problem| problem.sentence.clone()).collect(),
            ),
            Notice::NoLabels(problem) | Notice::NotFused(problem) | Notice::NoLeakCheck(problem) => {
                self.problem(problem)
            }
            Notice::Exported { folder } => {
                (self.with("notice-exported", &[("folder", folder.display().to_string().into())]), Vec::new())
            }
            Notice::TriedAgain { files } => {
                (self.with("notice-tried-again", &[("count", (*files).into())]), Vec::new())
            }
            Notice::NotExported(problem) => {
                let (text, details) = self.problem(problem);
                (self.text("notice-not-exported").to_owned(), std::iter::once(text).chain(details).collect())
            }
            Notice::ModelSaved { folder, kept } => {
                let values = [("folder", folder.display().to_string().into())];
                let text = if *kept {
                    self.with("notice-model-saved-kept", &values)
                } else {
                    self.with("notice-model-saved", &values)
                };
                (text, Vec::new())
            }
            Notice::ModelNotSaved(problem) => {
                let (text, details) = self.problem(problem);
                (self.text("notice-model-not-saved").to_owned(), std::iter::once(text).chain(details).collect())
            }
            Notice::NoNames(problem) => {
                let (text, details) = self.problem(problem);
                (self.text("notice-no-names").to_owned(), std::iter::once(text).chain(details).collect())
            }
            Notice::Broken { worker, what } => {
                (self.with("notice-broken", &[("worker", (*worker).into())]), vec![what.clone()])
            }
            Notice::NoDialog { reason } => (self.text("notice-no-dialog").to_owned(), vec![reason.clone()]),
        }
    }

    /// How far fetching ONNX Runtime is; `None` while it is not being fetched.
    pub fn install(self, state: &InstallState) -> Option<String> {
        match state {
            InstallState::Starting => Some(self.text("install-starting").to_owned()),
            InstallState::Running(progress) => Some(self.install_progress(progress)),
            InstallState::Idle | InstallState::Done { .. } | InstallState::Failed(_) => None,
        }
    }

    fn install_progress(self, progress: &InstallProgress) -> String {
        let step = match &progress.step {
            InstallStep::FindPython => self.text("install-find-python").to_owned(),
            InstallStep::Download { package } => self.with("install-download", &[("package", package.into())]),
            InstallStep::Check => self.text("install-check").to_owned(),
            InstallStep::Unpack => self.text("install-unpack").to_owned(),
        };
        let (number, of) = (progress.number.into(), progress.of.into());
        self.with("install-progress", &[("number", number), ("of", of), ("step", step.into())])
    }

    fn headline(self, cause: Cause) -> &'static str {
        match cause {
            Cause::Unreadable => self.text("cause-unreadable"),
            Cause::UnknownFormat => self.text("cause-unknown-format"),
            Cause::NoPicture => self.text("cause-no-picture"),
            Cause::Damaged => self.text("cause-damaged"),
            Cause::Unsupported => self.text("cause-unsupported"),
            Cause::TooLarge => self.text("cause-too-large"),
            Cause::TooSlow => self.text("cause-too-slow"),
            Cause::Refused => self.text("cause-refused"),
            Cause::NoSuchFrame => self.text("cause-no-such-frame"),
            Cause::SeriesMismatch => self.text("cause-series-mismatch"),
            Cause::NoVolume => self.text("cause-no-volume"),
            Cause::NotOneSpace => self.text("cause-not-one-space"),
            Cause::VolumeTooLarge => self.text("cause-volume-too-large"),
            Cause::NothingFound => self.text("cause-nothing-found"),
            Cause::NotKept => self.text("cause-not-kept"),
            Cause::Labels => self.text("cause-labels"),
            Cause::NoModel => self.text("cause-no-model"),
            Cause::ModelRefused => self.text("cause-model-refused"),
            Cause::Manifest => self.text("cause-manifest"),
            Cause::Choice => self.text("cause-choice"),
            Cause::NoNames => self.text("cause-no-names"),
            Cause::LayoutUnsaid => self.text("cause-layout-unsaid"),
            Cause::ClassesUnsaid => self.text("cause-classes-unsaid"),
            Cause::ModelChanged => self.text("cause-model-changed"),
            Cause::NoRuntime => self.text("cause-no-runtime"),
            Cause::Engine => self.text("cause-engine"),
            Cause::Cancelled => self.text("cause-cancelled"),
            Cause::WrongInput => self.text("cause-wrong-input"),
            Cause::NoScores => self.text("cause-no-scores"),
            Cause::Slices => self.text("cause-slices"),
            Cause::Preprocessing => self.text("cause-preprocessing"),
            Cause::NoFolder => self.text("cause-no-folder"),
            Cause::NoPackage => self.text("cause-no-package"),
            Cause::NoPython => self.text("cause-no-python"),
            Cause::Download => self.text("cause-download"),
            Cause::BadPackage => self.text("cause-bad-package"),
            Cause::NotWritten => self.text("cause-not-written"),
            Cause::Broken => self.text("cause-broken"),
        }
    }
}
