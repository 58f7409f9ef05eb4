//! Numbers with their intervals as tables.

use super::words::{self, Language};
use super::{Block, Headline, Table};
use crate::metrics::{Estimate, Method, Statistic, Summary};
use crate::report::MetricsReport;
use crate::report::chart::figures;
use crate::report::metrics::p_words;

/// The sections' blocks: scikit-learn's report, everything overall, each class against the rest.
pub(super) fn performance<'a>(report: &MetricsReport, language: Language) -> Vec<Block<'a>> {
    let names = &report.predictions.class_names;
    let mut blocks = tables(&report.summary, names, language);
    blocks.extend(baselines(&report.summary, names, language));
    blocks.extend(calibrated(report, language));
    if let Some(group) = &report.per_group {
        blocks.push(Block::Subheading(language.say(&words::PER_GROUP)));
        blocks.push(Block::Small(language.say(&words::PER_GROUP_RULE)));
        blocks.extend((!group.faults.is_empty()).then(|| Block::Bullets(group.faults.clone())));
        blocks.extend(sklearn(&group.summary, names, language));
        blocks.push(overall(&group.summary, language));
    }
    blocks
}

/// The few numbers that a reader looks for first.
pub(super) fn headlines(summary: &Summary, ordinal: bool, language: Language) -> Vec<Headline> {
    use crate::metrics::KappaWeights::Quadratic;
    let mut wanted = vec![Statistic::Accuracy, Statistic::BalancedAccuracy, Statistic::MacroF1, Statistic::MacroAuc];
    if ordinal {
        wanted.push(Statistic::Kappa(Quadratic));
    }
    let headline = |statistic: Statistic| {
        let estimate = summary.get(statistic)?;
        let value = format!("{:.3}", estimate.value.ok()?);
        let interval = estimate.interval.ok();
        let about = interval.map(|interval| format!("{:.3} – {:.3}", interval.low, interval.high));
        Some(Headline { name: language.short_statistic(statistic), value, about: about.unwrap_or_default() })
    };
    wanted.into_iter().filter_map(headline).collect()
}

/// What the scores are worth as probabilities: before, in use, fitted.
fn calibrated<'a>(report: &MetricsReport, language: Language) -> Vec<Block<'a>> {
    let rows = report.calibrated();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = language.calibration_columns().map(str::to_owned);
    let header = [language.say(&words::SCORES)].into_iter().chain(columns).collect();
    let rows = rows.iter().map(|row| {
        let numbers = [row.log_loss, row.brier, row.calibration_error].map(|value| format!("{value:.4}"));
        [row.scores.words(language)].into_iter().chain(numbers).collect()
    });
    vec![
        Block::Subheading(language.say(&words::CALIBRATION)),
        Block::Table(Table::of_numbers(header, rows.collect())),
        Block::Small(language.say(&words::CALIBRATION_RULE)),
    ]
}

/// How many cases are misclassified.
pub(super) fn wrong(summary: &Summary, language: Language) -> Headline {
    let (right, all) = (summary.matrix.correct(), summary.matrix.total());
    Headline {
        name: language.say(&words::WRONG),
        value: all.saturating_sub(right).to_string(),
        about: format!("/ {all}"),
    }
}

/// What is to be read before the numbers.
pub(super) fn warnings<'a>(warnings: Vec<String>, language: Language) -> Vec<Block<'a>> {
    if warnings.is_empty() {
        return Vec::new();
    }
    vec![Block::Subheading(language.say(&words::CONTENTS_WARNING)), Block::Warnings(warnings)]
}

/// The charts, as far as there are any.
pub(super) fn charts(report: &MetricsReport, language: Language) -> Vec<Block<'_>> {
    match figures(&report.summary, &report.predictions.class_names, language) {
        figures if figures.is_empty() => Vec::new(),
        figures => vec![Block::Figures(figures)],
    }
}

fn tables<'a>(summary: &Summary, names: &[String], language: Language) -> Vec<Block<'a>> {
    let mut blocks: Vec<Block<'a>> = sklearn(summary, names, language).into_iter().collect();
    blocks.push(Block::Small(language.say(&words::AS_SKLEARN)));
    blocks.push(Block::Subheading(language.say(&words::OVERALL)));
    blocks.push(overall(summary, language));
    blocks.push(Block::Subheading(language.say(&words::EACH_CLASS)));
    blocks.push(each_class(summary, names, language));
    blocks.push(Block::Small(methods(summary, language)));
    blocks
}

/// Precision, recall, F1 and support, two decimals, averages below a line.
fn sklearn<'a>(summary: &Summary, names: &[String], language: Language) -> Option<Block<'a>> {
    let report = summary.report.as_ref().ok()?;
    let header = vec![
        language.say(&words::CLASS),
        "precision".to_owned(),
        "recall".to_owned(),
        "f1-score".to_owned(),
        "support".to_owned(),
    ];
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, scores: [Option<f64>; 3], support: u64| {
        let scores = scores.map(|score| score.map_or(String::new(), |score| format!("{score:.2}")));
        rows.push([name.to_owned()].into_iter().chain(scores).chain([support.to_string()]).collect());
    };
    for class in &report.rows {
        row(names.get(class.class).map_or("?", String::as_str), class.shown().map(Some), class.support);
    }
    let line_before = Some(report.rows.len());
    row("accuracy", [None, None, Some(report.accuracy)], report.total);
    for (name, mean) in [("macro avg", report.macro_average), ("weighted avg", report.weighted_average)] {
        row(name, [mean.precision, mean.recall, mean.f1].map(Some), report.total);
    }
    Some(Block::Table(Table { line_before, ..Table::of_numbers(header, rows) }))
}

fn overall<'a>(summary: &Summary, language: Language) -> Block<'a> {
    let header = [&words::NUMBER, &words::VALUE, &words::INTERVAL].map(|phrase| language.say(phrase)).to_vec();
    let known = summary.overall.iter().filter(|(_, estimate)| estimate.value.is_ok());
    let row = |(statistic, estimate): &(Statistic, Estimate)| {
        let value = estimate.value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        vec![language.statistic(*statistic), value, interval(estimate)]
    };
    Block::Table(Table::of_numbers(header, known.map(row).collect()))
}

fn each_class<'a>(summary: &Summary, names: &[String], language: Language) -> Block<'a> {
    let columns = ["n"].into_iter().chain(language.class_columns()).map(str::to_owned);
    let header = [language.say(&words::CLASS)].into_iter().chain(columns).collect();
    let rows = summary.classes.iter().map(|class| {
        let estimates = [
            &class.recall,
            &class.specificity,
            &class.precision,
            &class.negative_predictive_value,
            &class.f1,
            &class.auc,
        ];
        let name = names.get(class.class).cloned().unwrap_or_default();
        [name, class.support.to_string()].into_iter().chain(estimates.map(both)).collect()
    });
    Block::Table(Table::of_numbers(header, rows.collect()))
}

/// The value, and on a line of its own the interval.
fn both(estimate: &Estimate) -> String {
    match estimate.value {
        Err(_) => "-".to_owned(),
        Ok(value) => format!("{value:.3}\n{}", interval(estimate)).trim_end().to_owned(),
    }
}

/// `0.812 – 0.901 W`.
pub(super) fn interval(estimate: &Estimate) -> String {
    let Ok(interval) = estimate.interval else { return String::new() };
    let mark = match interval.method {
        Method::Wilson => "W",
        Method::Bootstrap { .. } => "B",
        Method::DeLong => "D",
    };
    format!("{:.3} – {:.3} {mark}", interval.low, interval.high)
}

fn methods(summary: &Summary, language: Language) -> String {
    let estimates = summary.overall.iter().map(|(_, estimate)| estimate);
    let drawn = estimates.filter_map(|estimate| estimate.interval.ok()).find_map(|interval| match interval.method {
        Method::Bootstrap { resamples, seed, .. } => Some((resamples.to_string(), seed.to_string())),
        _ => None,
    });
    let drawn = drawn.map(|(resamples, seed)| language.fill(&words::BOOTSTRAP, &[&resamples, &seed]));
    language.fill(&words::METHODS, &[&drawn.unwrap_or_default(), &summary.options.bins.to_string()])
}

fn baselines<'a>(summary: &Summary, names: &[String], language: Language) -> Option<Block<'a>> {
    let found = summary.baselines.as_ref().ok()?;
    let class = names.get(found.majority_class).map_or("?", String::as_str);
    let [majority, stratified, uniform] =
        [found.majority_accuracy, found.stratified_accuracy, found.uniform_accuracy].map(|value| format!("{value:.3}"));
    let p = p_words(found.p_above_majority);
    let values = [class, &majority, &stratified, &uniform, class, &p];
    Some(Block::Small(language.fill(&words::BASELINES, &values)))
}
