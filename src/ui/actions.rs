//! The commands' ids and keys: one table for buttons, keys and the help sheet. Names and tooltips are words.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::words::Words;

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
    Play,
    FirstFrame,
    LastFrame,
    Fit,
    ActualSize,
    ZoomIn,
    ZoomOut,
    RotateRight,
    RotateLeft,
    FlipAcross,
    FlipDown,
    ResetPicture,
    NextWindow,
    AutoWindow,
    ResetWindow,
    Invert,
    Smooth,
    ForgetMeasures,
    Identity,
    Heatmap,
    Compare,
    CompareModel,
    PredictShownSlice,
    PredictRest,
    CancelRest,
    InstallRuntime,
    Worklist,
    Findings,
    Theme,
    Language,
    CommandPalette,
    Help,
    Close,
}

/// One line of the table. Name and tooltip are the words under its id.
pub struct Entry {
    pub action: Action,
    /// `action-fit` in `assets/locales`, its tooltip under `.tooltip`.
    id: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
    /// A second key, e.g. on the number pad.
    pub other: Option<Key>,
}

const fn with(action: Action, id: &'static str, modifiers: Modifiers, key: Key) -> Entry {
    Entry { action, id, shortcut: Some(KeyboardShortcut::new(modifiers, key)), other: None }
}

const fn keyed(action: Action, id: &'static str, key: Key) -> Entry {
    with(action, id, Modifiers::NONE, key)
}

const fn ctrl(action: Action, id: &'static str, key: Key) -> Entry {
    with(action, id, Modifiers::COMMAND, key)
}

const fn keyless(action: Action, id: &'static str) -> Entry {
    Entry { action, id, shortcut: None, other: None }
}

/// Most specific shortcut first: egui ignores an extra Shift.
pub const TABLE: &[Entry] = &[
    with(Action::OpenFolder, "action-open-folder", Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O),
    ctrl(Action::OpenFiles, "action-open-files", Key::O),
    with(Action::CompareModel, "action-compare-model", Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::M),
    ctrl(Action::OpenModel, "action-open-model", Key::M),
    ctrl(Action::OpenPath, "action-open-path", Key::L),
    keyed(Action::PreviousItem, "action-previous-item", Key::ArrowLeft),
    keyed(Action::NextItem, "action-next-item", Key::ArrowRight),
    keyed(Action::PreviousFrame, "action-previous-frame", Key::ArrowUp),
    keyed(Action::NextFrame, "action-next-frame", Key::ArrowDown),
    keyed(Action::Play, "action-play", Key::Period),
    keyed(Action::FirstFrame, "action-first-frame", Key::Home),
    keyed(Action::LastFrame, "action-last-frame", Key::End),
    keyed(Action::Fit, "action-fit", Key::F),
    keyed(Action::ActualSize, "action-actual-size", Key::Num1),
    Entry { other: Some(Key::Equals), ..keyed(Action::ZoomIn, "action-zoom-in", Key::Plus) },
    keyed(Action::ZoomOut, "action-zoom-out", Key::Minus),
    keyed(Action::RotateRight, "action-rotate-right", Key::E),
    keyed(Action::RotateLeft, "action-rotate-left", Key::Q),
    keyed(Action::FlipAcross, "action-flip-across", Key::M),
    keyed(Action::FlipDown, "action-flip-down", Key::V),
    keyed(Action::ResetPicture, "action-reset-picture", Key::Num0),
    keyed(Action::NextWindow, "action-next-window", Key::W),
    keyed(Action::AutoWindow, "action-auto-window", Key::A),
    keyed(Action::ResetWindow, "action-reset-window", Key::R),
    keyed(Action::Invert, "action-invert", Key::I),
    keyed(Action::ForgetMeasures, "action-forget-measures", Key::Delete),
    keyed(Action::Smooth, "action-smooth", Key::S),
    keyed(Action::Identity, "action-identity", Key::P),
    keyed(Action::Heatmap, "action-heatmap", Key::H),
    keyed(Action::Compare, "action-compare", Key::C),
    keyed(Action::PredictShownSlice, "action-predict-shown-slice", Key::Enter),
    keyless(Action::PredictRest, "action-predict-rest"),
    keyless(Action::CancelRest, "action-cancel-rest"),
    keyless(Action::InstallRuntime, "action-install-runtime"),
    keyed(Action::Worklist, "action-worklist", Key::OpenBracket),
    keyed(Action::Findings, "action-findings", Key::CloseBracket),
    keyed(Action::Theme, "action-theme", Key::T),
    keyed(Action::Language, "action-language", Key::L),
    ctrl(Action::CommandPalette, "action-command-palette", Key::K),
    Entry { other: Some(Key::F1), ..keyed(Action::Help, "action-help", Key::Questionmark) },
    keyed(Action::Close, "action-close", Key::Escape),
];

impl Action {
    /// Its line of the table.
    pub fn entry(self) -> &'static Entry {
        // The test below keeps the table complete; the fallback keeps this total.
        TABLE.iter().find(|entry| entry.action == self).unwrap_or(&FALLBACK)
    }

    pub fn name(self, words: Words) -> &'static str {
        self.entry().name(words)
    }
}

const FALLBACK: Entry = keyless(Action::Help, "action-help");

impl Entry {
    /// On buttons and in the help sheet; `…` where more input follows.
    pub fn name(&self, words: Words) -> &'static str {
        words.text(self.id)
    }

    pub fn tooltip(&self, words: Words) -> &'static str {
        words.find(&format!("{}.tooltip", self.id)).unwrap_or_default()
    }

    /// The key as a person reads it, e.g. `Ctrl+O`.
    pub fn key_text(&self) -> Option<String> {
        let shortcut = self.shortcut?;
        let key = match shortcut.logical_key {
            Key::ArrowLeft => "←".into(),
            Key::ArrowRight => "→".into(),
            Key::ArrowUp => "↑".into(),
            Key::ArrowDown => "↓".into(),
            Key::Escape => "Esc".into(),
            Key::Delete => "Del".into(),
            key => key.symbol_or_name().to_owned(),
        };
        let ctrl = if shortcut.modifiers.command { "Ctrl+" } else { "" };
        let shift = if shortcut.modifiers.shift { "Shift+" } else { "" };
        Some(format!("{ctrl}{shift}{key}"))
    }

    /// Tooltip with its key.
    pub fn hover_text(&self, words: Words) -> String {
        let tooltip = self.tooltip(words);
        match self.key_text() {
            Some(key) => format!("{tooltip} ({key})"),
            None => tooltip.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

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
            for language in Language::ALL {
                let words = Words::new(language);
                assert_ne!(entry.name(words), entry.id);
                assert!(!entry.tooltip(words).is_empty(), "{}", entry.id);
            }
            assert_eq!(TABLE.iter().filter(|other| other.action == entry.action).count(), 1);
        }
    }
}
