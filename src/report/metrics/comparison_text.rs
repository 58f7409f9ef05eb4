//! `comparison.txt`: two classifiers for a person to read.

use super::ComparisonReport;
use super::text::{columns, p_words, padded, problems};
use crate::metrics::{Comparison, Measured};
use crate::report::RESEARCH_USE;

/// Moves that are named.
const MOST_MOVES: usize = 12;

/// The whole text.
pub fn comparison_text(report: &ComparisonReport<'_>) -> String {
    let names = &report.a.class_names;
    let mut text = format!("A  {}\nB  {}\n", report.a.path.display(), report.b.path.display());
    text.extend(report.b.remarks.iter().map(|remark| format!("  B: {remark}\n")));
    text.extend(report.remarks.iter().map(|remark| format!("  {remark}\n")));
    let known = &report.summary_a.cautions;
    let of_b = report.summary_b.cautions.iter().filter(|caution| !known.contains(caution));
    text.extend(of_b.map(|caution| format!("  ! B: {}\n", caution.words(names))));
    text += &problems(&report.problems);
    text += &reports(report);
    match &report.paired {
        None => text += &side_by_side(report),
        Some((comparison, remarks)) => {
            text.extend(remarks.iter().map(|remark| format!("  ! {remark}\n")));
            text += &paired(comparison, names);
        }
    }
    text + &format!("\n{RESEARCH_USE}\n")
}

/// Precision, recall and F1 of each class and the weighted average, A -> B.
fn reports(report: &ComparisonReport<'_>) -> String {
    let names = &report.a.class_names;
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0).max("weighted avg".len());
    let arrow = |a: f64, b: f64| format!("{:>16}", format!("{a:.2} -> {b:.2}"));
    let mut text = format!("\n{:>width$} {:>16} {:>16} {:>16} {:>9}\n", "", "precision", "recall", "F1", "support");
    for row in report.rows() {
        let name = names.get(row.class).map_or("?", String::as_str);
        // A class that occurs in one of the two only counts as 0 in the other, as in the averages.
        let ((a, support_a), (b, support_b)) = (row.a.unwrap_or_default(), row.b.unwrap_or_default());
        let scores: Vec<String> = a.into_iter().zip(b).map(|(a, b)| arrow(a, b)).collect();
        let support = if support_a == support_b { support_a.to_string() } else { format!("{support_a}, {support_b}") };
        text += &format!("{} {} {support:>9}\n", padded(name, width, true), scores.join(" "));
    }
    if let (Ok(a), Ok(b)) = (&report.summary_a.report, &report.summary_b.report) {
        for (name, a_mean, b_mean) in
            [("macro avg", a.macro_average, b.macro_average), ("weighted avg", a.weighted_average, b.weighted_average)]
        {
            let scores = [
                arrow(a_mean.precision, b_mean.precision),
                arrow(a_mean.recall, b_mean.recall),
                arrow(a_mean.f1, b_mean.f1),
            ];
            let total = if a.total == b.total { a.total.to_string() } else { format!("{}, {}", a.total, b.total) };
            text += &format!("{name:>width$} {} {total:>9}\n", scores.join(" "));
        }
    }
    text
}

fn side_by_side(report: &ComparisonReport<'_>) -> String {
    let mut text = "\nEach on its own cases; no test, since the rows could not be matched\n".to_owned();
    for ((statistic, a), (_, b)) in report.summary_a.overall.iter().zip(&report.summary_b.overall) {
        text += &format!("{:<30} {:>6} -> {}\n", statistic.name(), number(a.value), number(b.value));
    }
    text
}

fn number(value: Measured) -> String {
    value.map_or_else(|_| "-".to_owned(), |value| format!("{value:.3}"))
}

fn paired(comparison: &Comparison, names: &[String]) -> String {
    let name = |class: usize| names.get(class).map_or("?", String::as_str);
    let counts = &comparison.agreement;
    let mut text = format!(
        "\n{} matched cases: both right {}, only A right {}, only B right {}, both wrong {}\n\
         McNemar, exact, two-sided: {} (mid-p: {})\n",
        comparison.cases,
        counts.both_right,
        counts.only_a_right,
        counts.only_b_right,
        counts.both_wrong,
        p_words(comparison.mcnemar.p_exact),
        p_words(comparison.mcnemar.p_mid)
    );
    if comparison.cases < 30 {
        text += &format!("  ! {} cases: read nothing into this.\n", comparison.cases);
    }
    for (class, auc) in comparison.auc.iter().enumerate() {
        match auc {
            Ok(auc) => {
                text += &format!(
                    "AUC of {}: {:.3} -> {:.3}, difference {:+.3}, DeLong {}\n",
                    name(class),
                    auc.area_a,
                    auc.area_b,
                    auc.area_b - auc.area_a,
                    p_words(auc.p)
                );
            }
            Err(reason) => text += &format!("AUC of {}: not compared, {}\n", name(class), reason.words(names)),
        }
    }
    text += "\n                                          A        B   B - A   95 % interval (paired bootstrap)\n";
    for pair in &comparison.pairs {
        let class = pair.statistic.class().map(|class| format!(" of {}", name(class))).unwrap_or_default();
        let label = format!("{}{class}", pair.statistic.name());
        let difference = match pair.difference.value {
            Ok(value) => format!("{value:+.3}"),
            Err(_) => "-".to_owned(),
        };
        let interval = match (pair.difference.value, pair.difference.interval) {
            (Ok(_), Ok(interval)) => format!("{:+.3} to {:+.3}", interval.low, interval.high),
            (Ok(_), Err(reason)) => format!("none: {}", reason.words(names)),
            (Err(reason), _) => reason.words(names),
        };
        text += &format!(
            "{} {:>8} {:>8} {difference:>7}   {interval}\n",
            padded(&label, 36, false),
            number(pair.a),
            number(pair.b)
        );
    }
    text += &format!("\n{} cases changed their class (flips.csv)\n", comparison.flips.len());
    for step in comparison.moves.iter().take(MOST_MOVES) {
        text += &format!(
            "  {:>5}  {} -> {}  (reference {})\n",
            step.cases,
            name(step.from),
            name(step.to),
            name(step.truth)
        );
    }
    if comparison.moves.len() > MOST_MOVES {
        text += &format!("  and {} smaller moves (comparison.json)\n", comparison.moves.len() - MOST_MOVES);
    }
    text
}
