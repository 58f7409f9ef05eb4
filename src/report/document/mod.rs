//! The content of a report, in blocks that a page of any kind can show. In: a [`ReviewReport`](super::ReviewReport), or the
//! numbers of a table ([`MetricsReport`](super::MetricsReport)), and a [`Language`]. Out: [`Document`]. It draws nothing and reads only the gallery's pictures.

mod comparison;
mod data;
mod gallery;
mod leaks;
mod metrics;
mod model;
mod model_card;
mod names;
mod numbers;
mod review;
mod sentences;
mod words;

use super::chart::Figure;

pub(super) use gallery::Picture;
pub(super) use metrics::metrics_document;
pub(super) use review::document;
pub use sentences::said_in_korean;
pub use words::Language;
pub(super) use words::Phrase;

/// A whole report.
pub(super) struct Document<'a> {
    pub language: Language,
    pub title: String,
    pub subtitle: String,
    /// Stands on every page.
    pub notice: &'static str,
    pub sections: Vec<Section<'a>>,
}

pub(super) struct Section<'a> {
    pub title: String,
    pub blocks: Vec<Block<'a>>,
}

/// Sections in their order.
struct Sections<'a> {
    language: Language,
    all: Vec<Section<'a>>,
}

impl<'a> Sections<'a> {
    fn new(language: Language) -> Self {
        Self { language, all: Vec::new() }
    }

    /// A section without blocks is left out.
    fn put(&mut self, title: &Phrase, blocks: Vec<Block<'a>>) {
        if !blocks.is_empty() {
            self.all.push(Section { title: self.language.say(title), blocks });
        }
    }
}

/// A piece of a section.
pub(super) enum Block<'a> {
    Text(String),
    /// Explanations in small letters.
    Small(String),
    Subheading(String),
    Bullets(Vec<String>),
    Warnings(Vec<String>),
    /// The few numbers that matter most.
    Headlines(Vec<Headline>),
    /// Names and values.
    Facts(Vec<(String, String)>),
    Table(Table),
    Figures(Vec<Figure<'a>>),
    Cards(Vec<Card>),
}

pub(super) struct Headline {
    pub name: String,
    pub value: String,
    /// Its interval.
    pub about: String,
}

/// Cells are text; the first column is left-aligned, as is every column of words.
pub(super) struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// One for each column: numbers stand right.
    pub right: Vec<bool>,
    /// Index of the first row of averages, which a line sets off.
    pub line_before: Option<usize>,
}

/// A case of the gallery.
pub(super) struct Card {
    pub title: String,
    /// Each with what stands below it.
    pub pictures: Vec<(Picture, String)>,
    pub words: Vec<String>,
}

impl Table {
    /// The first column holds words, the others numbers.
    pub fn of_numbers(header: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        let right = (0..header.len()).map(|column| column > 0).collect();
        Self { header, rows, right, line_before: None }
    }

    /// Words in every column.
    pub fn of_words(header: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        let right = vec![false; header.len()];
        Self { header, rows, right, line_before: None }
    }
}

/// At most `most` of them, and how many are left out.
pub(super) fn first<T>(all: Vec<T>, most: usize) -> (Vec<T>, usize) {
    let left_out = all.len().saturating_sub(most);
    (all.into_iter().take(most).collect(), left_out)
}
