//! What was reviewed, what broke, what the reader said.

use std::path::Path;

use super::words::{self, Language, Phrase};
use super::{Block, Table, first};
use crate::report::ReviewReport;
use crate::review::folder::{Decision, Opinion};
use crate::review::record::{CaseRecord, MappedLabel, MatchedBy, predicted_at};

/// Rows of a table that would only grow with the folder.
const MOST_ROWS: usize = 100;

/// Folders, counts, where labels come from.
pub(super) fn data<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    let shown = |path: &Path| match report.identify {
        true => path.display().to_string(),
        false => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
    };
    let folders: Vec<String> = report.run.roots.iter().map(|path| shown(path)).collect();
    let identifiers = if report.identify { &words::SHOWN } else { &words::REMOVED };
    let mut facts = vec![(language.say(&words::FOLDERS), folders.join(", "))];
    if !report.label_remarks.is_empty() {
        let said: Vec<String> = report.label_remarks.iter().map(|remark| language.sentence(remark)).collect();
        facts.push((language.say(&words::LABELS_FROM), said.join(" ")));
    }
    facts.push((language.say(&words::OPERATING_POINT), operating_point(report, language)));
    facts.push((language.say(&words::IDENTIFIERS), language.say(identifiers)));
    let mut blocks = vec![Block::Facts(facts), classes(report, language)];
    let plain = |row: &MappedLabel| row.by == Some(MatchedBy::Exact);
    if !report.mapping.iter().all(plain) {
        blocks.extend(mapping(report, language));
    }
    blocks
}

fn operating_point(report: &ReviewReport<'_>, language: Language) -> String {
    if report.thresholds.is_empty() {
        return language.say(&words::MODELS_OWN);
    }
    let name = |class: usize| report.class_names().get(class).map_or("?", String::as_str);
    let words: Vec<String> =
        report.thresholds.iter().map(|(class, score)| format!("{} ≥ {score}", name(*class))).collect();
    words.join(", ")
}

/// Cases of each class by reference label and by prediction.
fn classes<'a>(report: &ReviewReport<'_>, language: Language) -> Block<'a> {
    let header = [&words::CLASS, &words::REFERENCE, &words::PREDICTED].map(|phrase| language.say(phrase)).to_vec();
    let thresholds = Some(report.thresholds).filter(|thresholds| !thresholds.is_empty());
    let count = |class: usize, of: &dyn Fn(&CaseRecord) -> Option<usize>| {
        report.cases.iter().filter(|case| of(case) == Some(class)).count().to_string()
    };
    let rows = report.class_names().iter().enumerate().map(|(class, name)| {
        let predicted = count(class, &|case| predicted_at(case, thresholds));
        vec![name.clone(), count(class, &CaseRecord::truth_class), predicted]
    });
    Block::Table(Table::of_numbers(header, rows.collect()))
}

fn mapping<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    let header = [&words::LABEL_TEXT, &words::CLASS, &words::MATCHED_BY, &words::CASES];
    let row = |row: MappedLabel| {
        let class = row.class.and_then(|class| report.class_names().get(class)).cloned();
        let class = class.unwrap_or_else(|| language.say(&words::NONE_OF_THE_CLASSES));
        vec![
            row.label,
            class,
            row.by.map_or_else(|| "-".to_owned(), |by| language.say(matched_by(by))),
            row.cases.to_string(),
        ]
    };
    let (rows, more) = first(report.mapping.to_vec(), MOST_ROWS);
    let header = header.map(|phrase| language.say(phrase)).to_vec();
    let right = vec![false, false, false, true];
    let table = Table { right, ..Table::of_words(header, rows.into_iter().map(row).collect()) };
    [Block::Table(table)].into_iter().chain(and_more(more, language)).collect()
}

fn matched_by(by: MatchedBy) -> &'static Phrase {
    match by {
        MatchedBy::Pair => &words::BY_REQUEST,
        MatchedBy::Exact => &words::BY_NAME,
        MatchedBy::Spelling => &words::BY_SPELLING,
        MatchedBy::Grade => &words::BY_GRADE,
        MatchedBy::Index => &words::BY_INDEX,
    }
}

fn and_more<'a>(more: usize, language: Language) -> Option<Block<'a>> {
    (more > 0).then(|| Block::Small(language.fill(&words::AND_MORE, &[&more.to_string()])))
}

/// Cases without a result, each with its sentence.
pub(super) fn broken<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    let failed: Vec<Vec<String>> = report
        .cases
        .iter()
        .filter_map(|case| {
            // The sentence begins with the whole path, which may name a person's folders.
            let sentence = case.error()?;
            let place = sentence.find(&case.path);
            let told = place.and_then(|at| sentence.get(at + case.path.len()..)).unwrap_or(sentence);
            Some(vec![case.key.clone(), language.sentence(told.trim_start_matches([':', ' ']))])
        })
        .collect();
    if failed.is_empty() {
        return Vec::new();
    }
    let (rows, more) = first(failed, MOST_ROWS);
    let header = [&words::CASE, &words::REASON].map(|phrase| language.say(phrase)).to_vec();
    [Block::Table(Table::of_words(header, rows))].into_iter().chain(and_more(more, language)).collect()
}

/// What the reader said about cases.
pub(super) fn decisions<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    if report.decisions.is_empty() {
        return Vec::new();
    }
    let opinion = |opinion: Opinion| match opinion {
        Opinion::None => String::new(),
        Opinion::Agree => language.say(&words::AGREE),
        Opinion::Disagree => language.say(&words::DISAGREE),
        Opinion::Unsure => language.say(&words::UNSURE),
    };
    let count = |wanted: Opinion| report.decisions.iter().filter(|one| one.opinion == wanted).count();
    let counts = [Opinion::Agree, Opinion::Disagree, Opinion::Unsure]
        .map(|wanted| format!("{} {}", opinion(wanted), count(wanted)));
    let header = [&words::CASE, &words::OPINION, &words::READER_LABEL, &words::NOTE];
    let row = |one: &Decision| {
        let label = one.label.clone().or_else(|| one.truth.clone()).unwrap_or_default();
        vec![one.key.clone(), opinion(one.opinion), label, one.note.clone()]
    };
    let (rows, more) = first(report.decisions.iter().map(row).collect(), MOST_ROWS);
    let table = Table::of_words(header.map(|phrase| language.say(phrase)).to_vec(), rows);
    [Block::Text(counts.join("  ·  ")), Block::Table(table)].into_iter().chain(and_more(more, language)).collect()
}
