//! Two models beside each other.

use super::words::{self, Language};
use super::{Block, Table, first};
use crate::metrics::{Comparison, Measured};
use crate::report::ComparisonReport;
use crate::report::metrics::p_words;

/// Moves that are named.
const MOST_MOVES: usize = 12;

pub(super) fn comparison<'a>(report: &ComparisonReport<'_>, language: Language) -> Vec<Block<'a>> {
    let mut blocks = vec![Block::Bullets(report.remarks.iter().map(|remark| language.sentence(remark)).collect())];
    blocks.push(rows(report, language));
    match &report.paired {
        None => blocks.push(side_by_side(report, language)),
        Some((comparison, remarks)) => {
            let said = remarks.iter().map(|remark| language.sentence(remark)).collect();
            blocks.extend((!remarks.is_empty()).then_some(Block::Warnings(said)));
            blocks.extend(paired(comparison, &report.a.class_names, language));
        }
    }
    blocks
}

/// Precision, recall and F1 of each class, `A → B`.
fn rows<'a>(report: &ComparisonReport<'_>, language: Language) -> Block<'a> {
    let names = &report.a.class_names;
    let arrow = |a: f64, b: f64| format!("{a:.2} → {b:.2}");
    let header = [language.say(&words::CLASS)]
        .into_iter()
        .chain(["precision", "recall", "f1-score", "support"].map(str::to_owned))
        .collect();
    let both = |a: u64, b: u64| if a == b { a.to_string() } else { format!("{a}, {b}") };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in report.rows() {
        let ((a, support_a), (b, support_b)) = (row.a.unwrap_or_default(), row.b.unwrap_or_default());
        let name = names.get(row.class).cloned().unwrap_or_default();
        let scores = a.into_iter().zip(b).map(|(a, b)| arrow(a, b));
        rows.push([name].into_iter().chain(scores).chain([both(support_a, support_b)]).collect());
    }
    let line_before = Some(rows.len());
    if let (Ok(a), Ok(b)) = (&report.summary_a.report, &report.summary_b.report) {
        for (name, of_a, of_b) in
            [("macro avg", a.macro_average, b.macro_average), ("weighted avg", a.weighted_average, b.weighted_average)]
        {
            rows.push(vec![
                name.to_owned(),
                arrow(of_a.precision, of_b.precision),
                arrow(of_a.recall, of_b.recall),
                arrow(of_a.f1, of_b.f1),
                both(a.total, b.total),
            ]);
        }
    }
    Block::Table(Table { line_before, ..Table::of_numbers(header, rows) })
}

fn side_by_side<'a>(report: &ComparisonReport<'_>, language: Language) -> Block<'a> {
    let header = vec![language.say(&words::NUMBER), "A".to_owned(), "B".to_owned()];
    let pairs = report.summary_a.overall.iter().zip(&report.summary_b.overall);
    let rows = pairs.map(|((name, a), (_, b))| vec![language.statistic(*name), number(a.value), number(b.value)]);
    Block::Table(Table::of_numbers(header, rows.collect()))
}

fn number(value: Measured) -> String {
    value.map_or_else(|_| "-".to_owned(), |value| format!("{value:.3}"))
}

fn paired<'a>(comparison: &Comparison, names: &[String], language: Language) -> Vec<Block<'a>> {
    let counts = &comparison.agreement;
    let header = [&words::BOTH_RIGHT, &words::ONLY_A, &words::ONLY_B, &words::BOTH_WRONG];
    let row = [counts.both_right, counts.only_a_right, counts.only_b_right, counts.both_wrong];
    let agreement = Table {
        right: vec![true; 4],
        ..Table::of_numbers(
            header.map(|phrase| language.say(phrase)).to_vec(),
            vec![row.map(|count| count.to_string()).to_vec()],
        )
    };
    let mcnemar = &comparison.mcnemar;
    let values = [comparison.cases.to_string(), p_words(mcnemar.p_exact), p_words(mcnemar.p_mid)];
    let [cases, exact, mid] = &values;
    let mut blocks = vec![Block::Table(agreement), Block::Text(language.fill(&words::MCNEMAR, &[cases, exact, mid]))];
    blocks.extend(areas(comparison, names, language));
    blocks.push(differences(comparison, names, language));
    let (moves, more) = first(comparison.moves.clone(), MOST_MOVES);
    if !moves.is_empty() {
        let name = |class: usize| names.get(class).cloned().unwrap_or_default();
        let header = vec![language.say(&words::REFERENCE), "A → B".to_owned(), "n".to_owned()];
        let row = |step: crate::metrics::Move| {
            vec![name(step.truth), format!("{} → {}", name(step.from), name(step.to)), step.cases.to_string()]
        };
        let right = vec![false, false, true];
        let rows = moves.into_iter().map(row).collect();
        blocks.push(Block::Subheading(language.say(&words::MOVED)));
        blocks.push(Block::Table(Table { right, ..Table::of_words(header, rows) }));
        blocks.extend((more > 0).then(|| Block::Small(language.fill(&words::AND_MORE, &[&more.to_string()]))));
    }
    blocks
}

/// AUC of each class in both, DeLong's test.
fn areas<'a>(comparison: &Comparison, names: &[String], language: Language) -> Option<Block<'a>> {
    let header = ["AUC".to_owned(), "A".to_owned(), "B".to_owned(), "B - A".to_owned(), language.say(&words::DELONG)];
    let rows: Vec<Vec<String>> = comparison
        .auc
        .iter()
        .enumerate()
        .filter_map(|(class, auc)| {
            let auc = auc.as_ref().ok()?;
            let difference = format!("{:+.3}", auc.area_b - auc.area_a);
            let areas = [auc.area_a, auc.area_b].map(|area| format!("{area:.3}"));
            let name = names.get(class).cloned().unwrap_or_default();
            Some([name].into_iter().chain(areas).chain([difference, p_words(auc.p)]).collect())
        })
        .collect();
    (!rows.is_empty()).then(|| Block::Table(Table::of_numbers(header.to_vec(), rows)))
}

/// Every number of both with the interval of the difference.
fn differences<'a>(comparison: &Comparison, names: &[String], language: Language) -> Block<'a> {
    let header = vec![
        language.say(&words::NUMBER),
        "A".to_owned(),
        "B".to_owned(),
        language.say(&words::DIFFERENCE),
        language.say(&words::PAIRED_INTERVAL),
    ];
    let rows = comparison.pairs.iter().filter(|pair| pair.difference.value.is_ok()).map(|pair| {
        let class = pair.statistic.class().and_then(|class| names.get(class));
        let name = match class {
            Some(class) => format!("{}, {class}", language.short_of_class(pair.statistic)),
            None => language.statistic(pair.statistic),
        };
        let difference = pair.difference.value.map_or("-".to_owned(), |value| format!("{value:+.3}"));
        let interval = pair.difference.interval;
        let interval = interval.map_or(String::new(), |range| format!("{:+.3} … {:+.3}", range.low, range.high));
        vec![name, number(pair.a), number(pair.b), difference, interval]
    });
    Block::Table(Table::of_numbers(header, rows.collect()))
}
