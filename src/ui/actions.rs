//! The commands' names, tooltips and keys: one table for buttons, keys and the help sheet.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

/// What a button or a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    OpenFiles,
    OpenFolder,
    OpenModel,
    OpenPath,
    PreviousItem,
    NextItem,
    PreviousFrame,
    NextFrame,
    FirstFrame,
    LastFrame,
    Fit,
    ActualSize,
    ZoomIn,
    ZoomOut,
    NextWindow,
    AutoWindow,
    ResetWindow,
    Invert,
    Smooth,
    Identity,
    Heatmap,
    Compare,
    PredictShownSlice,
    PredictRest,
    CancelRest,
    InstallRuntime,
    Worklist,
    Findings,
    Theme,
    Help,
    Close,
}

/// One line of the table.
pub struct Entry {
    pub action: Action,
    /// On buttons and in the help sheet, sentence case; `…` where more input follows.
    pub name: &'static str,
    pub tooltip: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
    /// A second key, e.g. on the number pad.
    pub other: Option<Key>,
}

const fn keyed(action: Action, name: &'static str, tooltip: &'static str, key: Key) -> Entry {
    Entry { action, name, tooltip, shortcut: Some(KeyboardShortcut::new(Modifiers::NONE, key)), other: None }
}

const fn ctrl(action: Action, name: &'static str, tooltip: &'static str, key: Key) -> Entry {
    Entry { action, name, tooltip, shortcut: Some(KeyboardShortcut::new(Modifiers::COMMAND, key)), other: None }
}

const fn keyless(action: Action, name: &'static str, tooltip: &'static str) -> Entry {
    Entry { action, name, tooltip, shortcut: None, other: None }
}

/// Most specific shortcut first: egui ignores an extra Shift.
pub const TABLE: &[Entry] = &[
    Entry {
        action: Action::OpenFolder,
        name: "Open folder…",
        tooltip: "Open every scan in a folder and the folders below it",
        shortcut: Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O)),
        other: None,
    },
    ctrl(Action::OpenFiles, "Open files…", "Open DICOM, NIfTI, PNG, JPEG, TIFF, BMP or .npy files", Key::O),
    ctrl(Action::OpenModel, "Model…", "Load an ONNX classifier (an .onnx, or a folder with model.onnx)", Key::M),
    ctrl(Action::OpenPath, "Open a path…", "Type or paste a path instead of using a dialog", Key::L),
    keyed(Action::PreviousItem, "Previous case", "The case above in the worklist", Key::ArrowLeft),
    keyed(Action::NextItem, "Next case", "The case below in the worklist", Key::ArrowRight),
    keyed(Action::PreviousFrame, "Previous slice", "One slice back (or the wheel)", Key::ArrowUp),
    keyed(Action::NextFrame, "Next slice", "One slice on (or the wheel)", Key::ArrowDown),
    keyed(Action::FirstFrame, "First slice", "The first slice", Key::Home),
    keyed(Action::LastFrame, "Last slice", "The last slice", Key::End),
    keyed(Action::Fit, "Fit", "Show the whole picture (or a double click)", Key::F),
    keyed(Action::ActualSize, "1:1", "One picture pixel on one screen pixel", Key::Num1),
    Entry {
        action: Action::ZoomIn,
        name: "Zoom in",
        tooltip: "Larger (or Ctrl and the wheel, or drag with the right button)",
        shortcut: Some(KeyboardShortcut::new(Modifiers::NONE, Key::Plus)),
        other: Some(Key::Equals),
    },
    keyed(Action::ZoomOut, "Zoom out", "Smaller", Key::Minus),
    keyed(Action::NextWindow, "Next window", "Through the windows of the header, then the automatic one", Key::W),
    keyed(Action::AutoWindow, "Automatic window", "From the values of the slice on the screen", Key::A),
    keyed(Action::ResetWindow, "Reset window", "The window the scan opened with", Key::R),
    keyed(Action::Invert, "Invert", "Swap black and white on the screen; the model never sees this", Key::I),
    keyed(Action::Smooth, "Smooth", "Interpolate between pixels, or show them as blocks", Key::S),
    keyed(
        Action::Identity,
        "Personal data",
        "Show or hide name, dates and numbers that identify a person; hidden at every start",
        Key::P,
    ),
    keyed(Action::Heatmap, "Heatmap", "Show or hide where the score came from, not where disease is", Key::H),
    keyed(Action::Compare, "Compare", "Two heatmaps of the slice side by side: classes, layers or methods", Key::C),
    keyed(
        Action::PredictShownSlice,
        "Predict this slice",
        "Predict the slice on the screen instead of the slices the model's manifest chooses",
        Key::Enter,
    ),
    keyless(Action::PredictRest, "Predict the rest", "Predict the cases that have no prediction yet"),
    keyless(Action::CancelRest, "Cancel", "Stop predicting the rest of the list"),
    keyless(
        Action::InstallRuntime,
        "Get ONNX Runtime",
        "Fetch Microsoft's ONNX Runtime through pip (about 20 MB), check it, keep it in this program's data folder",
    ),
    keyed(Action::Worklist, "Worklist", "Show or hide the worklist", Key::OpenBracket),
    keyed(Action::Findings, "Findings", "Show or hide the findings", Key::CloseBracket),
    keyed(Action::Theme, "Light or dark", "Switch between the light and the dark theme", Key::T),
    Entry {
        action: Action::Help,
        name: "Keys and mouse",
        tooltip: "What the keys and the mouse do",
        shortcut: Some(KeyboardShortcut::new(Modifiers::NONE, Key::Questionmark)),
        other: Some(Key::F1),
    },
    keyed(Action::Close, "Close", "Close the sheet on top", Key::Escape),
];

impl Action {
    /// Its line of the table.
    pub fn entry(self) -> &'static Entry {
        // The test below keeps the table complete; the fallback keeps this total.
        TABLE.iter().find(|entry| entry.action == self).unwrap_or(&FALLBACK)
    }

    pub fn name(self) -> &'static str {
        self.entry().name
    }
}

const FALLBACK: Entry = keyless(Action::Help, "", "");

impl Entry {
    /// The key as a person reads it, e.g. `Ctrl+O`.
    pub fn key_text(&self) -> Option<String> {
        let shortcut = self.shortcut?;
        let key = match shortcut.logical_key {
            Key::ArrowLeft => "←".into(),
            Key::ArrowRight => "→".into(),
            Key::ArrowUp => "↑".into(),
            Key::ArrowDown => "↓".into(),
            Key::Escape => "Esc".into(),
            key => key.symbol_or_name().to_owned(),
        };
        let ctrl = if shortcut.modifiers.command { "Ctrl+" } else { "" };
        let shift = if shortcut.modifiers.shift { "Shift+" } else { "" };
        Some(format!("{ctrl}{shift}{key}"))
    }

    /// Tooltip with its key.
    pub fn hover_text(&self) -> String {
        match self.key_text() {
            Some(key) => format!("{} ({key})", self.tooltip),
            None => self.tooltip.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_has_two_meanings() {
        let mut keys: Vec<_> = TABLE.iter().filter_map(Entry::key_text).collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn every_action_is_named_once() {
        for entry in TABLE {
            assert!(!entry.name.is_empty() && !entry.tooltip.is_empty());
            assert_eq!(TABLE.iter().filter(|other| other.action == entry.action).count(), 1);
        }
    }
}
