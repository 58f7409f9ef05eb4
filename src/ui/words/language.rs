//! The languages of the window, and which one it starts in.

/// Goes before everything else that chooses a language: `en` or `ko`.
const VARIABLE: &str = "OVERREAD_LANGUAGE";

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

    /// The environment's wish, else what was chosen last time, else the system's language, else English.
    pub(crate) fn at_start(kept: Option<Self>) -> Self {
        let wish = std::env::var(VARIABLE).ok();
        let system = || sys_locale::get_locales().find_map(|locale| Self::from_locale(&locale));
        wish.and_then(|wish| Self::from_locale(&wish)).or(kept).or_else(system).unwrap_or_default()
    }
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
}
