//! The languages of the window, and which one it starts in.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use serde_json::{Value, json};

use crate::engine::data_folder;

/// Goes before everything else that chooses a language: `en` or `ko`.
const VARIABLE: &str = "OVERREAD_LANGUAGE";
const KEY: &str = "language";

/// A language the window speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    English,
    Korean,
}

impl Language {
    /// The same for a report.
    pub(in crate::ui) fn of_reports(self) -> crate::report::Language {
        match self {
            Self::English => crate::report::Language::English,
            Self::Korean => crate::report::Language::Korean,
        }
    }

    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// Its tag in locale names and file names.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The one that the button changes to.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::English => Self::Korean,
            Self::Korean => Self::English,
        }
    }

    /// `ko`, `ko-KR`, `ko_KR.UTF-8`; the locales without a language, `C` and `POSIX`, are English. `None` for others.
    pub(crate) fn from_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['-', '_', '.', '@']).next()?;
        if ["C", "POSIX"].contains(&tag) {
            return Some(Self::English);
        }
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(tag))
    }

    /// The environment's wish, else what was chosen last time, else the system's language, else English. Reads a small
    /// file: call it before there is a window.
    pub(crate) fn at_start(settings: Option<&Path>) -> Self {
        let wish = std::env::var(VARIABLE).ok();
        let system = || sys_locale::get_locales().find_map(|locale| Self::from_locale(&locale));
        wish.and_then(|wish| Self::from_locale(&wish)).or_else(|| read(settings?)).or_else(system).unwrap_or_default()
    }
}

/// Where the choice is kept; `None` where the system names no home.
pub(crate) fn settings_file() -> Option<PathBuf> {
    Some(data_folder()?.join("settings.json"))
}

fn read(settings: &Path) -> Option<Language> {
    let settings: Value = serde_json::from_str(&std::fs::read_to_string(settings).ok()?).ok()?;
    Language::from_locale(settings.get(KEY)?.as_str()?)
}

/// Keeps the choice for the next start: a thread of its own writes the file, one choice after the other.
pub(crate) struct Keeper {
    settings: PathBuf,
    choices: Option<Sender<Language>>,
}

impl Keeper {
    pub fn new(settings: PathBuf) -> Self {
        Self { settings, choices: None }
    }

    /// A choice that cannot be kept is only logged.
    pub fn keep(&mut self, language: Language) {
        if self.choices.is_none() {
            self.choices = start(self.settings.clone());
        }
        // A thread that is gone has said why.
        let _ = self.choices.as_ref().map(|choices| choices.send(language));
    }
}

fn start(settings: PathBuf) -> Option<Sender<Language>> {
    let (sender, receiver) = channel();
    let work = move || {
        for language in receiver {
            if let Err(error) = write(language, &settings) {
                tracing::warn!("{} could not be written: {error}", settings.display());
            }
        }
    };
    let started = std::thread::Builder::new().name("overread-settings".into()).spawn(work);
    started.map_err(|error| tracing::warn!("the language is not kept: {error}")).ok().map(|_| sender)
}

/// What else the file says stays. Written beside it and renamed, so that it is never half there.
fn write(language: Language, settings: &Path) -> std::io::Result<()> {
    let known = std::fs::read_to_string(settings).ok().and_then(|text| serde_json::from_str(&text).ok());
    let mut all = match known {
        Some(Value::Object(all)) => all,
        _ => serde_json::Map::new(),
    };
    all.insert(KEY.to_owned(), json!(language.code()));
    if let Some(folder) = settings.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let unfinished = settings.with_extension(format!("unfinished-{}", std::process::id()));
    std::fs::write(&unfinished, format!("{:#}\n", Value::Object(all)))?;
    std::fs::rename(&unfinished, settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_name_a_language_or_none() {
        for locale in ["ko", "ko-KR", "ko_KR.UTF-8", "KO"] {
            assert_eq!(Language::from_locale(locale), Some(Language::Korean), "{locale}");
        }
        for locale in ["en-US", "C.UTF-8", "POSIX"] {
            assert_eq!(Language::from_locale(locale), Some(Language::English), "{locale}");
        }
        for locale in ["de_DE", "", "kok-IN"] {
            assert_eq!(Language::from_locale(locale), None, "{locale}");
        }
    }

    #[test]
    fn a_choice_is_kept_beside_what_the_file_already_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/settings.json");
        assert_eq!(read(&file), None);
        write(Language::Korean, &file).unwrap();
        assert_eq!(read(&file), Some(Language::Korean));
        std::fs::write(&file, r#"{"other": 1, "language": "ko"}"#).unwrap();
        write(Language::English, &file).unwrap();
        assert_eq!(read(&file), Some(Language::English));
        assert!(std::fs::read_to_string(&file).unwrap().contains("other"));
        std::fs::write(&file, "{").unwrap();
        assert_eq!(read(&file), None, "a damaged file is no choice");
        write(Language::Korean, &file).unwrap();
        assert_eq!(read(&file), Some(Language::Korean));
    }
}
