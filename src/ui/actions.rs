//! The commands' ids and keys: one table for buttons, keys and the help sheet. Names and tooltips are words.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

use super::words::Words;
use crate::app::{Layout, Link, Tool};
use crate::render::Plane;

/// What a button or a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    OpenFiles,
    OpenFolder,
    OpenModel,
    SetUpModel,
    Account,
    CheckStability,
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
    Layout(Layout),
    NextView,
    Plane(Option<Plane>),
    Link(Link),
    RotateRight,
    RotateLeft,
    FlipAcross,
    FlipDown,
    ResetPicture,
    NextWindow,
    AutoWindow,
    ResetWindow,
    Invert,
    NextColors,
    Smooth,
    Tool(Tool),
    Undo,
    Redo,
    ForgetMeasures,
    Identity,
    Heatmap,
    Compare,
    CompareModel,
    PredictShownSlice,
    PredictRest,
    CancelRest,
    RetryFailed,
    ReviewPage,
    ReadPage,
    Agree,
    Disagree,
    Unsure,
    Flag,
    Note,
    NextWrong,
    PreviousWrong,
    NextUncertain,
    OpenLabels,
    CompareList,
    FindLeaks,
    Export,
    InstallRuntime,
    Worklist,
    Findings,
    Theme,
    Language,
    CommandPalette,
    Help,
    Close,
}

/// Where a command is found without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    View,
    Image,
    Measure,
    Heatmap,
    Review,
    Window,
}

impl Menu {
    pub const ALL: [Self; 7] =
        [Self::File, Self::View, Self::Image, Self::Measure, Self::Heatmap, Self::Review, Self::Window];
}

/// One line of the table. Name and tooltip are the words under its id.
pub struct Entry {
    pub action: Action,
    /// `action-fit` in `assets/locales`, its tooltip under `.tooltip`.
    id: &'static str,
    pub shortcut: Option<KeyboardShortcut>,
    /// A second key, e.g. on the number pad.
    pub other: Option<Key>,
    /// `None` for what only makes sense as a key.
    pub menu: Option<Menu>,
}

const fn with(menu: Menu, action: Action, id: &'static str, modifiers: Modifiers, key: Key) -> Entry {
    let shortcut = Some(KeyboardShortcut::new(modifiers, key));
    Entry { action, id, shortcut, other: None, menu: Some(menu) }
}

const fn keyed(menu: Menu, action: Action, id: &'static str, key: Key) -> Entry {
    with(menu, action, id, Modifiers::NONE, key)
}

const fn ctrl(menu: Menu, action: Action, id: &'static str, key: Key) -> Entry {
    with(menu, action, id, Modifiers::COMMAND, key)
}

const fn ctrl_shift(menu: Menu, action: Action, id: &'static str, key: Key) -> Entry {
    with(menu, action, id, Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn keyless(menu: Menu, action: Action, id: &'static str) -> Entry {
    Entry { action, id, shortcut: None, other: None, menu: Some(menu) }
}

/// In the order of the menus; of two that differ in Shift alone, the one with Shift first: egui ignores an extra Shift.
pub const TABLE: &[Entry] = &[
    ctrl_shift(Menu::File, Action::OpenFolder, "action-open-folder", Key::O),
    ctrl(Menu::File, Action::OpenFiles, "action-open-files", Key::O),
    ctrl_shift(Menu::Heatmap, Action::CompareModel, "action-compare-model", Key::M),
    ctrl(Menu::File, Action::OpenModel, "action-open-model", Key::M),
    keyed(Menu::File, Action::SetUpModel, "action-set-up-model", Key::F8),
    ctrl(Menu::File, Action::OpenPath, "action-open-path", Key::L),
    keyed(Menu::File, Action::PreviousItem, "action-previous-item", Key::ArrowLeft),
    keyed(Menu::File, Action::NextItem, "action-next-item", Key::ArrowRight),
    keyless(Menu::File, Action::PredictRest, "action-predict-rest"),
    keyless(Menu::File, Action::CancelRest, "action-cancel-rest"),
    keyless(Menu::Review, Action::RetryFailed, "action-retry-failed"),
    keyless(Menu::File, Action::InstallRuntime, "action-install-runtime"),
    keyed(Menu::Review, Action::ReviewPage, "action-review-page", Key::F7),
    keyless(Menu::Review, Action::ReadPage, "action-read-page"),
    keyed(Menu::Review, Action::Agree, "action-agree", Key::Num1),
    keyed(Menu::Review, Action::Disagree, "action-disagree", Key::Num2),
    keyed(Menu::Review, Action::Unsure, "action-unsure", Key::Num3),
    keyed(Menu::Review, Action::Flag, "action-flag", Key::Num4),
    keyed(Menu::Review, Action::Note, "action-note", Key::Num5),
    with(Menu::Review, Action::NextUncertain, "action-next-uncertain", Modifiers::SHIFT, Key::PageDown),
    keyed(Menu::Review, Action::NextWrong, "action-next-wrong", Key::PageDown),
    keyed(Menu::Review, Action::PreviousWrong, "action-previous-wrong", Key::PageUp),
    keyless(Menu::Review, Action::OpenLabels, "action-open-labels"),
    keyless(Menu::Review, Action::CompareList, "action-compare-list"),
    keyless(Menu::Review, Action::FindLeaks, "action-find-leaks"),
    ctrl(Menu::Review, Action::Export, "action-export", Key::E),
    keyed(Menu::View, Action::Layout(Layout::One), "action-layout-one", Key::F2),
    keyed(Menu::View, Action::Layout(Layout::TwoColumns), "action-layout-two-columns", Key::F3),
    keyed(Menu::View, Action::Layout(Layout::TwoRows), "action-layout-two-rows", Key::F4),
    keyed(Menu::View, Action::Layout(Layout::Four), "action-layout-four", Key::F5),
    keyed(Menu::View, Action::Layout(Layout::Planes), "action-layout-planes", Key::F6),
    keyed(Menu::View, Action::NextView, "action-next-view", Key::J),
    keyed(Menu::View, Action::Plane(None), "action-plane-stored", Key::N),
    keyed(Menu::View, Action::Plane(Some(Plane::Axial)), "action-plane-axial", Key::Z),
    keyed(Menu::View, Action::Plane(Some(Plane::Coronal)), "action-plane-coronal", Key::Y),
    keyed(Menu::View, Action::Plane(Some(Plane::Sagittal)), "action-plane-sagittal", Key::X),
    keyless(Menu::View, Action::Link(Link::Zoom), "action-link-zoom"),
    keyless(Menu::View, Action::Link(Link::Scroll), "action-link-scroll"),
    keyless(Menu::View, Action::Link(Link::Window), "action-link-window"),
    keyless(Menu::View, Action::Link(Link::Cursor), "action-link-cursor"),
    keyed(Menu::Image, Action::PreviousFrame, "action-previous-frame", Key::ArrowUp),
    keyed(Menu::Image, Action::NextFrame, "action-next-frame", Key::ArrowDown),
    keyed(Menu::Image, Action::Play, "action-play", Key::Period),
    keyed(Menu::Image, Action::FirstFrame, "action-first-frame", Key::Home),
    keyed(Menu::Image, Action::LastFrame, "action-last-frame", Key::End),
    keyed(Menu::Image, Action::Fit, "action-fit", Key::F),
    keyed(Menu::Image, Action::ActualSize, "action-actual-size", Key::Num9),
    Entry { other: Some(Key::Equals), ..keyed(Menu::Image, Action::ZoomIn, "action-zoom-in", Key::Plus) },
    keyed(Menu::Image, Action::ZoomOut, "action-zoom-out", Key::Minus),
    keyed(Menu::Image, Action::RotateRight, "action-rotate-right", Key::E),
    keyed(Menu::Image, Action::RotateLeft, "action-rotate-left", Key::Q),
    keyed(Menu::Image, Action::FlipAcross, "action-flip-across", Key::M),
    keyed(Menu::Image, Action::FlipDown, "action-flip-down", Key::V),
    keyed(Menu::Image, Action::NextWindow, "action-next-window", Key::W),
    keyed(Menu::Image, Action::AutoWindow, "action-auto-window", Key::A),
    keyed(Menu::Image, Action::ResetWindow, "action-reset-window", Key::R),
    keyed(Menu::Image, Action::Invert, "action-invert", Key::I),
    keyed(Menu::Image, Action::NextColors, "action-next-colors", Key::K),
    keyed(Menu::Image, Action::Smooth, "action-smooth", Key::S),
    keyed(Menu::Image, Action::ResetPicture, "action-reset-picture", Key::Num0),
    keyed(Menu::Image, Action::Identity, "action-identity", Key::P),
    keyless(Menu::Measure, Action::Tool(Tool::Window), "action-tool-window"),
    keyed(Menu::Measure, Action::Tool(Tool::Length), "action-tool-length", Key::D),
    keyed(Menu::Measure, Action::Tool(Tool::Angle), "action-tool-angle", Key::G),
    keyed(Menu::Measure, Action::Tool(Tool::Ellipse), "action-tool-ellipse", Key::O),
    keyed(Menu::Measure, Action::Tool(Tool::Rectangle), "action-tool-rectangle", Key::B),
    ctrl_shift(Menu::Measure, Action::Redo, "action-redo", Key::Z),
    ctrl(Menu::Measure, Action::Undo, "action-undo", Key::Z),
    keyed(Menu::Measure, Action::ForgetMeasures, "action-forget-measures", Key::Delete),
    keyed(Menu::Heatmap, Action::Heatmap, "action-heatmap", Key::H),
    keyed(Menu::Heatmap, Action::Compare, "action-compare", Key::C),
    keyed(Menu::Heatmap, Action::PredictShownSlice, "action-predict-shown-slice", Key::Enter),
    keyed(Menu::Heatmap, Action::CheckStability, "action-check-stability", Key::U),
    keyed(Menu::Heatmap, Action::Account, "action-account", Key::F9),
    keyed(Menu::Window, Action::Worklist, "action-worklist", Key::OpenBracket),
    keyed(Menu::Window, Action::Findings, "action-findings", Key::CloseBracket),
    keyed(Menu::Window, Action::Theme, "action-theme", Key::T),
    keyed(Menu::Window, Action::Language, "action-language", Key::L),
    ctrl(Menu::Window, Action::CommandPalette, "action-command-palette", Key::K),
    Entry { other: Some(Key::F1), ..keyed(Menu::Window, Action::Help, "action-help", Key::Questionmark) },
    Entry { menu: None, ..keyed(Menu::Window, Action::Close, "action-close", Key::Escape) },
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

const FALLBACK: Entry = keyless(Menu::Window, Action::Help, "action-help");

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
            Key::PageDown => "PgDn".into(),
            Key::PageUp => "PgUp".into(),
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
