//! Every word of the window, in the window's language.
//!
//! In: a key of `assets/locales/*.ftl` (Fluent), written as a literal where it is used, and values; out: text without
//! bidi isolation marks. Numbers and plurals go through Fluent; numbers that need a precision come as text. A key that
//! a language lacks is said in English, and the tests below keep both files and `src/ui` in step. It words nothing of
//! the lower rooms: their sentences are English, and stand under a headline of this room.

mod facts;
mod language;
mod metrics;
mod parameters;
mod problems;
mod recipe;
mod stability;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use eframe::egui::{Context, Id, Ui};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Entry;

use crate::report::with_particles;
pub use language::Language;
pub(super) use problems::Told;

/// A value in a sentence.
pub(super) type Value<'a> = FluentValue<'a>;

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    language: Language,
}

/// The words of the window that `ui` is in.
pub(super) fn words(ui: &Ui) -> Words {
    Words::of(ui.ctx())
}

/// Sets the window's language, from the next text on.
pub(super) fn speak(ctx: &Context, language: Language) {
    ctx.data_mut(|data| data.insert_temp(id(), language));
}

fn id() -> Id {
    Id::unique("language")
}

impl Words {
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    pub fn of(ctx: &Context) -> Self {
        Self::new(ctx.data(|data| data.get_temp(id())).unwrap_or_default())
    }

    pub fn language(self) -> Language {
        self.language
    }

    /// A text without variables. `key` may name an attribute: `action-fit.tooltip`.
    pub fn text(self, key: &'static str) -> &'static str {
        self.find(key).unwrap_or(key)
    }

    /// The same for a key that is put together; `None` where there is no such text.
    pub fn find(self, key: &str) -> Option<&'static str> {
        let found = [self.language, Language::English].into_iter().find_map(|own| catalog(own).plain.get(key));
        if found.is_none() {
            tracing::error!("there are no words for {key}");
        }
        found.map(String::as_str)
    }

    /// A text with variables, e.g. `words.with("picture-slice", &[("index", 3.into()), ("count", 9.into())])`.
    pub fn with(self, key: &'static str, values: &[(&'static str, Value<'_>)]) -> String {
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, value.clone());
        }
        let spoken = [self.language, Language::English].into_iter().find_map(|own| catalog(own).say(key, &arguments));
        let spoken = spoken.map(|text| if self.language == Language::Korean { with_particles(&text) } else { text });
        spoken.unwrap_or_else(|| {
            tracing::error!("there are no words for {key}");
            key.to_owned()
        })
    }
}

/// One language's file, read.
struct Catalog {
    bundle: FluentBundle<Arc<FluentResource>>,
    /// Texts without variables, by key; attributes as `key.attribute`.
    plain: HashMap<String, String>,
}

fn catalog(language: Language) -> &'static Catalog {
    static ENGLISH: OnceLock<Catalog> = OnceLock::new();
    static KOREAN: OnceLock<Catalog> = OnceLock::new();
    match language {
        Language::English => ENGLISH.get_or_init(|| Catalog::read(language)),
        Language::Korean => KOREAN.get_or_init(|| Catalog::read(language)),
    }
}

/// A language's file.
fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../../assets/locales/en.ftl"),
        Language::Korean => include_str!("../../../assets/locales/ko.ftl"),
    }
}

impl Catalog {
    /// What of the file cannot be read is left out, and logged.
    fn read(language: Language) -> Self {
        let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(readable, errors)| {
            tracing::error!("{}.ftl: {errors:?}", language.code());
            readable
        });
        let resource = Arc::new(resource);
        let mut bundle = FluentBundle::new_concurrent(language.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        if let Err(errors) = bundle.add_resource(resource.clone()) {
            tracing::error!("{}.ftl: {errors:?}", language.code());
        }
        let mut plain = HashMap::new();
        for entry in resource.entries() {
            let Entry::Message(message) = entry else { continue };
            let value = message.value.iter().map(|pattern| (message.id.name.to_owned(), pattern));
            let attributes = message
                .attributes
                .iter()
                .map(|attribute| (format!("{}.{}", message.id.name, attribute.id.name), &attribute.value));
            for (key, pattern) in value.chain(attributes) {
                let mut errors = Vec::new();
                let text = bundle.format_pattern(pattern, None, &mut errors);
                // With errors it has variables, and is said by `say`.
                if errors.is_empty() {
                    plain.insert(key, text.into_owned());
                }
            }
        }
        Self { bundle, plain }
    }

    fn say(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(arguments), &mut errors);
        if !errors.is_empty() {
            tracing::error!("the words for {key}: {errors:?}");
        }
        Some(text.into_owned())
    }
}
