//! `metrics.txt`: what a person reads on the terminal.

use super::calibrated::calibrated_text;
use super::{GROUP_RULE, MetricsReport};
use crate::metrics::{ClassSummary, Estimate, Method, Summary};
use crate::report::RESEARCH_USE;
use crate::review::table::RowProblem;

/// Rows that were left out and are named.
const MOST_PROBLEMS: usize = 10;
/// Classes up to which the matrix is written out.
const MOST_CLASSES: usize = 20;

/// The whole text.
pub fn metrics_text(report: &MetricsReport) -> String {
    let (predictions, names) = (&report.predictions, &report.predictions.class_names);
    let mut text = format!("{}\n", predictions.path.display());
    text.extend(predictions.remarks.iter().map(|remark| format!("  {remark}\n")));
    text += &problems(&predictions.problems);
    if report.unlabelled() > 0 {
        text += &format!("  {} rows have no reference label: not counted below.\n", report.unlabelled());
    }
    text += "\n";
    text += &summary_text(&report.summary, names);
    text += &temperature(report, names);
    if let Some(group) = &report.per_group {
        text += &format!("\nPER PATIENT OR SERIES\n{GROUP_RULE}\n");
        text.extend(group.faults.iter().map(|fault| format!("  {fault}\n")));
        text += "\n";
        text += &summary_text(&group.summary, names);
    }
    text + &format!("\n{RESEARCH_USE}\n")
}

pub(super) fn problems(problems: &[RowProblem]) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let rows = if problems.len() == 1 { "1 row was".to_owned() } else { format!("{} rows were", problems.len()) };
    let mut text = format!("  {rows} left out:\n");
    text.extend(problems.iter().take(MOST_PROBLEMS).map(|problem| format!("    {problem}\n")));
    if problems.len() > MOST_PROBLEMS {
        text += &format!("    and {} more (metrics.json names them)\n", problems.len() - MOST_PROBLEMS);
    }
    text
}

fn summary_text(summary: &Summary, names: &[String]) -> String {
    let mut text = match summary.groups {
        Some(groups) => format!("{} cases of {groups} groups\n", summary.cases),
        None => format!("{} cases\n", summary.cases),
    };
    text.extend(summary.cautions.iter().map(|caution| format!("  ! {}\n", caution.words(names))));
    text += "\nConfusion matrix (rows: reference label, columns: predicted)\n";
    text += &matrix(summary, names);
    if let Ok(report) = &summary.report {
        text += &format!("\n{}", report.text(names));
        for row in &report.rows {
            for (score, reason) in row.zero_divisions() {
                let name = names.get(row.class).map_or("?", String::as_str);
                let reason = reason.words(names);
                text += &format!("  {name}: {} is a division by zero, shown as 0 ({reason}).\n", score.name());
            }
        }
    }
    text += "\n                                value   95 % interval\n";
    for (statistic, estimate) in &summary.overall {
        text += &line(statistic.name(), estimate, names);
    }
    for class in &summary.classes {
        text += &class_text(class, names);
    }
    text + &baselines(summary, names) + &methods(summary)
}

fn matrix(summary: &Summary, names: &[String]) -> String {
    let matrix = &summary.matrix;
    if matrix.classes() > MOST_CLASSES {
        return format!("  {} classes: see confusion.csv.\n", matrix.classes());
    }
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0).clamp(10, 24);
    let cell = |text: &str| format!(" {}", padded(text, width, true));
    let mut text = padded("", width, false);
    text.extend(names.iter().map(|name| cell(name)));
    text += "\n";
    for (truth, row) in matrix.rows().enumerate() {
        text += &padded(names.get(truth).map_or("?", String::as_str), width, false);
        text.extend(row.iter().map(|count| cell(&count.to_string())));
        text += "\n";
        text += &padded("  % of row", width, false);
        let share =
            |predicted| matrix.row_share(truth, predicted).map_or("-".to_owned(), |s| format!("{:.1}", s * 100.0));
        text.extend((0..row.len()).map(|predicted| cell(&share(predicted))));
        text += "\n";
    }
    text
}

/// `p = 0.0312`; below a ten-thousandth only that.
pub(in crate::report) fn p_words(p: f64) -> String {
    if p < 1e-4 { "p < 0.0001".to_owned() } else { format!("p = {p:.4}") }
}

/// Terminal columns of a text; Hangul and other East Asian letters take two.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|c| if matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff00..=0xff60) { 2 } else { 1 }).sum()
}

pub(super) fn padded(text: &str, width: usize, right: bool) -> String {
    let mut kept = text.to_owned();
    while columns(&kept) > width {
        kept.pop();
    }
    let blanks = " ".repeat(width - columns(&kept));
    if right { blanks + &kept } else { kept + &blanks }
}

fn class_text(class: &ClassSummary, names: &[String]) -> String {
    let name = names.get(class.class).map_or("?", String::as_str);
    let mut text = format!("{name} against the rest ({} cases)\n", class.support);
    for (what, estimate) in [
        ("  sensitivity (recall)", &class.recall),
        ("  specificity", &class.specificity),
        ("  PPV (precision)", &class.precision),
        ("  NPV", &class.negative_predictive_value),
        ("  F1", &class.f1),
        ("  AUC", &class.auc),
        ("  average precision", &class.average_precision),
    ] {
        text += &line(what, estimate, names);
    }
    text
}

fn line(what: &str, estimate: &Estimate, names: &[String]) -> String {
    match (estimate.value, estimate.interval) {
        (Err(reason), _) => format!("{what:<30} {:>6}   {}\n", "-", reason.words(names)),
        (Ok(value), Ok(interval)) => {
            let mark = match interval.method {
                Method::Wilson => "W",
                Method::Bootstrap { .. } => "B",
                Method::DeLong => "D",
            };
            format!("{what:<30} {value:>6.3}   {:.3} to {:.3} {mark}\n", interval.low, interval.high)
        }
        (Ok(value), Err(reason)) => format!("{what:<30} {value:>6.3}   no interval: {}\n", reason.words(names)),
    }
}

fn baselines(summary: &Summary, names: &[String]) -> String {
    let Ok(baselines) = &summary.baselines else { return String::new() };
    let name = names.get(baselines.majority_class).map_or("?", String::as_str);
    format!(
        "\nWithout looking at the picture: always {name} gives accuracy {:.3}, balanced accuracy {:.3}, macro F1 {:.3}; \
         guessing by the\nlabels' shares {:.3}, guessing evenly {:.3}. Chance that always {name} does as well as this: {}.\n",
        baselines.majority_accuracy,
        baselines.majority_balanced_accuracy,
        baselines.majority_macro_f1,
        baselines.stratified_accuracy,
        baselines.uniform_accuracy,
        p_words(baselines.p_above_majority)
    )
}

/// What the letters behind the intervals mean.
fn methods(summary: &Summary) -> String {
    let estimates = summary.overall.iter().map(|(_, estimate)| estimate);
    let bootstrap =
        estimates.filter_map(|estimate| estimate.interval.ok()).find_map(|interval| match interval.method {
            Method::Bootstrap { resamples, seed, groups, .. } => Some((resamples, seed, groups)),
            _ => None,
        });
    let mut text = "W Wilson; D DeLong, normal approximation".to_owned();
    if let Some((resamples, seed, groups)) = bootstrap {
        let what = groups.map_or("cases".to_owned(), |groups| format!("whole groups, {groups}"));
        text += &format!("; B percentile bootstrap of {what} ({resamples} resamples, seed {seed})");
    }
    text + &format!(".\nCalibration error: top label, {} bins of equal width.\n", summary.options.bins)
}

fn temperature(report: &MetricsReport, names: &[String]) -> String {
    let text = calibrated_text(report);
    match &report.temperature.fit {
        Err(reason) => text + &format!("No temperature is fitted: {}.\n", reason.words(names)),
        Ok(_) => text + "Fitted to and measured on the same cases, which looks better than it is.\n",
    }
}
