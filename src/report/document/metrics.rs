//! The numbers of any tool's predictions as a document: the same sections as a review's, as far as a table has them.

use std::path::Path;

use super::words::{self, Language};
use super::{Block, Document, Headline, Sections, Table, comparison, first, numbers};
use crate::report::{ComparisonReport, MetricsReport};
use crate::review::table::RowProblem;

/// Rows that were left out and are named.
const MOST_ROWS: usize = 100;

/// Everything that is known of one classifier's table, and of the comparison with a second one. `written`: UTC, RFC 3339.
pub(in crate::report) fn metrics_document<'a>(
    report: &'a MetricsReport,
    comparison: Option<&'a ComparisonReport<'a>>,
    written: &str,
    language: Language,
) -> Document<'a> {
    let mut sections = Sections::new(language);
    sections.put(&words::SUMMARY, summary(report, language));
    sections.put(&words::DATA, data(report, language));
    sections.put(&words::PERFORMANCE, numbers::performance(report, language));
    sections.put(&words::CHARTS, numbers::charts(report, language));
    if let Some(pair) = comparison {
        sections.put(&words::COMPARISON, comparison::comparison(pair, language));
    }
    sections.put(&words::LEFT_OUT, left_out(&report.predictions.problems, language));
    let other = comparison.map_or(String::new(), |pair| format!(" / {}", file_name(&pair.b.path)));
    Document {
        language,
        title: language.say(&words::METRICS_TITLE),
        subtitle: format!("{}{other}  ·  {written}", file_name(&report.predictions.path)),
        notice: language.notice(),
        sections: sections.all,
    }
}

/// Without its folders, which may name people.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn summary<'a>(report: &MetricsReport, language: Language) -> Vec<Block<'a>> {
    let summary = &report.summary;
    let counts = [report.unlabelled(), report.predictions.problems.len()].map(|count| count.to_string());
    let cases = Headline {
        name: language.say(&words::CASES),
        value: summary.cases.to_string(),
        about: language.fill(&words::UNLABELLED, &[&counts[0], &counts[1]]),
    };
    let mut headlines = vec![cases];
    headlines.extend(numbers::headlines(summary, false, language));
    headlines.push(numbers::wrong(summary, language));
    let cautions = summary.cautions.iter();
    let warnings = cautions.map(|caution| language.caution(caution, &report.predictions.class_names)).collect();
    let mut blocks = vec![Block::Headlines(headlines)];
    blocks.extend(numbers::warnings(warnings, language));
    blocks
}

/// Which file, and how it was read.
fn data<'a>(report: &MetricsReport, language: Language) -> Vec<Block<'a>> {
    let predictions = &report.predictions;
    let mut blocks = vec![Block::Facts(vec![
        (language.say(&words::PREDICTIONS), file_name(&predictions.path)),
        (language.say(&words::CLASSES), predictions.class_names.join(", ")),
    ])];
    if !predictions.remarks.is_empty() {
        blocks.push(Block::Subheading(language.say(&words::READ_AS)));
        blocks.push(Block::Bullets(predictions.remarks.iter().map(|remark| language.sentence(remark)).collect()));
    }
    blocks
}

fn left_out<'a>(problems: &[RowProblem], language: Language) -> Vec<Block<'a>> {
    if problems.is_empty() {
        return Vec::new();
    }
    let row = |problem: &RowProblem| vec![problem.line.to_string(), problem.what.clone()];
    let (rows, more) = first(problems.iter().map(row).collect(), MOST_ROWS);
    let header = [&words::LINE, &words::REASON].map(|phrase| language.say(phrase)).to_vec();
    let table = Block::Table(Table::of_words(header, rows));
    let more = (more > 0).then(|| Block::Small(language.fill(&words::AND_MORE, &[&more.to_string()])));
    [table].into_iter().chain(more).collect()
}
