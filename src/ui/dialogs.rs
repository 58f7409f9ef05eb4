//! The system's file dialogs, each on a thread of its own, and a field for a path where there are none.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use eframe::egui::{Context, Frame, Id, Key, Label, Modal, RichText, TextEdit};

use super::shell::Look;
use super::theme;
use super::widgets::weak;
use super::words::{Language, Words, words};
use crate::app::{Command, ImportWish};

/// Nobody presses Cancel this soon: there was no dialog at all (no portal, no helper program).
const TOO_SOON: Duration = Duration::from_millis(400);

/// What is being chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Files,
    Folder,
    Model,
    /// For the second pane.
    ComparedModel,
    /// A table of reference labels.
    Labels,
    /// A folder for the report.
    Export,
    /// The training data.
    Training,
    /// A file of class names.
    ClassNames,
    /// A folder whose folders are named like the classes.
    ClassFolder,
    /// Labelled pictures for the preprocessing doctor.
    Labelled,
    /// The framework's outputs for them.
    Outputs,
    /// Where to keep the model folder.
    ModelFolder,
}

impl Wanted {
    /// What is done with the path that was chosen.
    pub fn command(self, path: PathBuf, language: Language) -> Command {
        match self {
            Self::Model => Command::OpenModel(path),
            Self::ComparedModel => Command::CompareWithModel(Some(path)),
            Self::Labels => Command::UseLabels(Some(path)),
            Self::Training => Command::FindLeaks(path),
            Self::Export => Command::Export { out: path, language: language.of_reports() },
            Self::Files | Self::Folder => Command::Open(vec![path]),
            Self::ClassNames | Self::ClassFolder => Command::Import(ImportWish::Names(path)),
            Self::Labelled => Command::Import(ImportWish::Examine(path)),
            Self::Outputs => Command::Import(ImportWish::Outputs(Some(path))),
            Self::ModelFolder => Command::Import(ImportWish::KeepBelow(path)),
        }
    }
}

/// What came of a dialog.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Chosen(Wanted, Vec<PathBuf>),
    /// The system has none.
    NoDialog(Wanted),
}

/// Dialogs that are open.
pub(super) struct Dialogs {
    sender: Sender<Outcome>,
    receiver: Receiver<Outcome>,
}

impl Default for Dialogs {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Dialogs {
    /// Opens a dialog; its outcome comes from [`Dialogs::poll`].
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn ask(&self, wanted: Wanted, ctx: Context) -> std::io::Result<()> {
        let (sender, words) = (self.sender.clone(), Words::of(&ctx));
        std::thread::Builder::new().name("overread-dialog".into()).spawn(move || {
            let start = Instant::now();
            let outcome = match pick(wanted, words) {
                Some(paths) => Outcome::Chosen(wanted, paths),
                None if start.elapsed() < TOO_SOON => {
                    tracing::warn!("no file dialog: neither a desktop portal nor zenity answered");
                    Outcome::NoDialog(wanted)
                }
                None => return,
            };
            if sender.send(outcome).is_ok() {
                ctx.request_repaint();
            }
        })?;
        Ok(())
    }

    pub fn poll(&self) -> Vec<Outcome> {
        self.receiver.try_iter().collect()
    }
}

fn pick(wanted: Wanted, words: Words) -> Option<Vec<PathBuf>> {
    let dialog = rfd::FileDialog::new();
    match wanted {
        Wanted::Files => dialog.set_title(words.text("dialog-files")).pick_files(),
        Wanted::Folder => dialog.set_title(words.text("dialog-folder")).pick_folders(),
        Wanted::Training => dialog.set_title(words.text("dialog-training")).pick_folder().map(|path| vec![path]),
        Wanted::Export => dialog.set_title(words.text("dialog-export")).pick_folder().map(|path| vec![path]),
        Wanted::ClassFolder => dialog.set_title(words.text("dialog-class-folder")).pick_folder().map(|path| vec![path]),
        Wanted::Labelled => dialog.set_title(words.text("dialog-labelled")).pick_folder().map(|path| vec![path]),
        Wanted::ModelFolder => dialog.set_title(words.text("dialog-model-folder")).pick_folder().map(|path| vec![path]),
        Wanted::ClassNames => {
            let dialog = dialog.set_title(words.text("dialog-class-names"));
            let dialog = dialog.add_filter(words.text("dialog-labels-kind"), &["txt", "csv", "json", "names"]);
            dialog.pick_file().map(|path| vec![path])
        }
        Wanted::Outputs => {
            let dialog = dialog.set_title(words.text("dialog-outputs"));
            let dialog = dialog.add_filter(words.text("dialog-labels-kind"), &["csv", "tsv", "npz", "json", "jsonl"]);
            dialog.pick_file().map(|path| vec![path])
        }
        Wanted::Labels => {
            let dialog = dialog.set_title(words.text("dialog-labels"));
            let dialog = dialog.add_filter(words.text("dialog-labels-kind"), &["csv", "tsv", "txt", "json", "jsonl"]);
            dialog.pick_file().map(|path| vec![path])
        }
        Wanted::Model | Wanted::ComparedModel => {
            let dialog = dialog.set_title(words.text("dialog-model"));
            let dialog = dialog.add_filter(words.text("dialog-model-kind"), &["onnx"]);
            dialog.pick_file().map(|path| vec![path])
        }
    }
}

/// A path being typed.
pub(super) struct PathField {
    wanted: Wanted,
    text: String,
    /// True where it stands in for a dialog that the system does not have.
    instead_of_dialog: bool,
}

impl PathField {
    pub fn new(wanted: Wanted, instead_of_dialog: bool) -> Self {
        Self { wanted, text: String::new(), instead_of_dialog }
    }

    fn command(&self, language: Language) -> Option<Command> {
        let text = self.text.trim().trim_matches('"');
        if text.is_empty() {
            return None;
        }
        Some(self.wanted.command(PathBuf::from(text), language))
    }
}

/// Draws the field while there is one; what was asked for.
pub(super) fn path_field(ctx: &Context, look: &mut Look) -> Option<Command> {
    let field = look.path_field.as_mut()?;
    let frame = Frame::window(&ctx.global_style());
    let (mut done, mut command) = (false, None);
    let modal = Modal::new(Id::unique("path field")).frame(frame).show(ctx, |ui| {
        ui.set_width(560.0_f32.min(ui.ctx().content_rect().width() - 96.0));
        let words = words(ui);
        let title = match field.wanted {
            Wanted::Model | Wanted::ComparedModel => words.text("path-title-model"),
            Wanted::Labels => words.text("path-title-labels"),
            Wanted::Export => words.text("dialog-export"),
            Wanted::Training => words.text("dialog-training"),
            Wanted::ClassNames => words.text("dialog-class-names"),
            Wanted::ClassFolder => words.text("dialog-class-folder"),
            Wanted::Labelled => words.text("dialog-labelled"),
            Wanted::Outputs => words.text("dialog-outputs"),
            Wanted::ModelFolder => words.text("dialog-model-folder"),
            Wanted::Folder => words.text("path-title-folder"),
            Wanted::Files => words.text("path-title-files"),
        };
        ui.add(Label::new(RichText::new(title).font(theme::title())));
        if field.instead_of_dialog {
            weak(ui, words.text("path-no-dialog"));
        }
        let edit =
            TextEdit::singleline(&mut field.text).hint_text(words.text("path-hint")).desired_width(f32::INFINITY);
        let response = ui.add(edit.margin(eframe::egui::Margin::symmetric(12, 8)));
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if !response.has_focus() && !entered {
            response.request_focus();
        }
        ui.horizontal(|ui| {
            if ui.button(words.text("path-open")).clicked() || entered {
                command = field.command(words.language());
                done = command.is_some();
            }
            done |= ui.button(words.text("path-cancel")).clicked();
        });
    });
    if done || modal.should_close() {
        look.path_field = None;
    }
    command
}
