//! What a person chose once and finds again: language, theme, memory. One small file beside what else the program keeps.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use serde_json::{Map, Value, json};

use super::theme::Scheme;
use super::words::Language;
use crate::engine::data_folder;

const LANGUAGE: &str = "language";
const THEME: &str = "theme";
const MEMORY: &str = "memory_mib";
/// Less memory for pictures than this is no choice the window offers, MiB.
const LEAST_MIB: u64 = 64;

/// What was chosen last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    pub language: Option<Language>,
    pub scheme: Scheme,
    /// For decoded pictures, bytes.
    pub memory: Option<usize>,
}

/// One choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Language(Language),
    Theme(Scheme),
    /// Bytes.
    Memory(usize),
}

/// Where choices are kept; `None` where the system names no home.
pub(super) fn settings_file() -> Option<PathBuf> {
    Some(data_folder()?.join("settings.json"))
}

impl Settings {
    /// Reads a small file: call it before there is a window. What cannot be read was never chosen.
    pub fn read(file: &Path) -> Self {
        let all = std::fs::read_to_string(file).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let all = all.unwrap_or_default();
        let text = |key: &str| all.get(key).and_then(Value::as_str);
        let mib = all.get(MEMORY).and_then(Value::as_u64).filter(|mib| *mib >= LEAST_MIB);
        Self {
            language: text(LANGUAGE).and_then(Language::from_locale),
            scheme: Scheme::ALL.into_iter().find(|own| text(THEME) == Some(own.name())).unwrap_or_default(),
            memory: mib.and_then(|mib| usize::try_from(mib).ok()?.checked_mul(1 << 20)),
        }
    }
}

impl Setting {
    fn entry(self) -> (&'static str, Value) {
        match self {
            Self::Language(language) => (LANGUAGE, json!(language.code())),
            Self::Theme(scheme) => (THEME, json!(scheme.name())),
            Self::Memory(bytes) => (MEMORY, json!(bytes >> 20)),
        }
    }
}

/// Keeps choices for the next start: a thread of its own writes the file, one choice after the other.
pub(super) struct Keeper {
    file: PathBuf,
    choices: Option<Sender<Setting>>,
}

impl Keeper {
    pub fn new(file: PathBuf) -> Self {
        Self { file, choices: None }
    }

    /// A choice that cannot be kept is only logged.
    pub fn keep(&mut self, setting: Setting) {
        if self.choices.is_none() {
            self.choices = start(self.file.clone());
        }
        // A thread that is gone has said why.
        let _ = self.choices.as_ref().map(|choices| choices.send(setting));
    }
}

fn start(file: PathBuf) -> Option<Sender<Setting>> {
    let (sender, receiver) = channel();
    let work = move || {
        for setting in receiver {
            if let Err(error) = write(setting, &file) {
                tracing::warn!("{} could not be written: {error}", file.display());
            }
        }
    };
    let started = std::thread::Builder::new().name("overread-settings".into()).spawn(work);
    started.map_err(|error| tracing::warn!("settings are not kept: {error}")).ok().map(|_| sender)
}

/// What else the file says stays. Written beside it and renamed, so that it is never half there.
fn write(setting: Setting, file: &Path) -> std::io::Result<()> {
    let known = std::fs::read_to_string(file).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut all = match known {
        Some(Value::Object(all)) => all,
        _ => Map::new(),
    };
    let (key, value) = setting.entry();
    all.insert(key.to_owned(), value);
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = file.with_extension(format!("unfinished-{}", std::process::id()));
    std::fs::write(&unfinished, format!("{:#}\n", Value::Object(all)))?;
    std::fs::rename(&unfinished, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_beside_what_the_file_already_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/settings.json");
        assert_eq!(Settings::read(&file), Settings::default());
        write(Setting::Language(Language::Korean), &file).unwrap();
        write(Setting::Memory(2 << 30), &file).unwrap();
        write(Setting::Theme(Scheme::HighContrast), &file).unwrap();
        let kept = Settings { language: Some(Language::Korean), scheme: Scheme::HighContrast, memory: Some(2 << 30) };
        assert_eq!(Settings::read(&file), kept);
        std::fs::write(&file, r#"{"other": 1, "language": "ko", "memory_mib": 3}"#).unwrap();
        write(Setting::Language(Language::English), &file).unwrap();
        let kept = Settings::read(&file);
        assert_eq!((kept.language, kept.memory), (Some(Language::English), None), "3 MiB show nothing");
        assert!(std::fs::read_to_string(&file).unwrap().contains("other"));
        std::fs::write(&file, "{").unwrap();
        assert_eq!(Settings::read(&file), Settings::default(), "a damaged file is no choice");
        write(Setting::Language(Language::Korean), &file).unwrap();
        assert_eq!(Settings::read(&file).language, Some(Language::Korean));
    }
}
