//! The metrics of the list, each with its interval.

use eframe::egui::{self, Grid, Label, RichText, Ui};

use super::matrix::Cells;
use super::{charts, comparison, matrix, threshold};
use crate::app::{AppState, ModelFacts, Numbers};
use crate::metrics::{ClassSummary, ClassificationReport, Estimate, Statistic, Summary};
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{heading, notice, palette, weak};
use crate::ui::words::words;

/// Classes up to which each has its own lines.
const MOST_CLASSES: usize = 12;

pub(super) fn numbers(
    ui: &mut Ui,
    state: &AppState,
    (facts, numbers): (&ModelFacts, &Numbers),
    cells: &mut Cells,
    wishes: &mut Wishes,
) {
    let words = words(ui);
    let summary = &numbers.summary;
    ui.add_space(theme::GRID);
    ui.horizontal(|ui| {
        heading(ui, words.text("review-numbers"));
        weak(ui, words.with("review-labelled", &[("count", summary.cases.into())]));
        if !numbers.has_intervals {
            ui.add(egui::Spinner::new().size(12.0));
        }
    });
    cautions(ui, facts, summary);
    threshold::threshold(ui, state, facts, wishes);
    ui.add_space(theme::GRID);
    ui.scope(|ui| matrix::matrix(ui, &summary.matrix, facts, (cells, state.review().show()), wishes));
    ui.add_space(theme::GRID);
    if let Ok(report) = &summary.report {
        report_table(ui, facts, report, &summary.classes);
    }
    ui.add_space(theme::GRID);
    let done = numbers.has_intervals;
    overall(ui, facts, summary, done);
    curves(ui, state, facts, summary);
    if summary.classes.len() <= MOST_CLASSES {
        summary.classes.iter().for_each(|class| of_class(ui, facts, class, done));
    }
    baselines(ui, facts, summary);
    if let Some(grouped) = &numbers.per_group {
        ui.add_space(theme::GRID);
        heading(ui, words.text("review-per-group"));
        weak(ui, words.with("review-groups", &[("count", grouped.cases.into())]));
        ui.push_id("groups", |ui| overall(ui, facts, grouped, done));
    }
    if let Some(found) = &numbers.comparison {
        ui.add_space(theme::GRID);
        comparison::comparison(ui, state, facts, found, wishes);
    }
}

fn cautions(ui: &mut Ui, facts: &ModelFacts, summary: &Summary) {
    let (p, words) = (palette(ui), words(ui));
    let said: Vec<String> = summary.cautions.iter().map(|caution| words.caution(facts, caution)).collect();
    let Some((first, more)) = said.split_first() else { return };
    notice(ui, first, p.amber, p.amber_fill);
    if !more.is_empty() {
        let title = words.with("review-more-cautions", &[("count", more.len().into())]);
        let title = RichText::new(title).font(theme::small()).color(p.amber);
        egui::CollapsingHeader::new(title).id_salt("cautions").show_unindented(ui, |ui| {
            more.iter().for_each(|text| notice(ui, text, p.amber, p.amber_fill));
        });
    }
}

/// Precision, recall, F1 and support as scikit-learn's report lays them out.
fn report_table(ui: &mut Ui, facts: &ModelFacts, report: &ClassificationReport, classes: &[ClassSummary]) {
    let (p, words) = (palette(ui), words(ui));
    heading(ui, words.text("review-report"));
    Grid::new("classification report").num_columns(5).spacing([16.0, 4.0]).min_col_width(44.0).show(ui, |ui| {
        ui.label("");
        for key in ["metric-precision", "metric-recall", "metric-f1", "review-support"] {
            right(ui, words.text(key), theme::small(), p.weak);
        }
        ui.end_row();
        for row in &report.rows {
            name(ui, &words.class(facts, row.class), p.text);
            let estimates = classes.iter().find(|class| class.class == row.class);
            let intervals = estimates.map(|class| [&class.precision, &class.recall, &class.f1]);
            for (column, value) in row.shown().into_iter().enumerate() {
                let response = right(ui, &format!("{value:.2}"), theme::body(), p.text);
                let estimate = intervals.and_then(|all| all.get(column).copied());
                if let Some(estimate) = estimate {
                    response.on_hover_text(words.estimate(facts, estimate));
                }
            }
            right(ui, &row.support.to_string(), theme::body(), p.text);
            ui.end_row();
        }
        let total: u64 = report.rows.iter().map(|row| row.support).sum();
        for (key, averages) in
            [("review-macro-average", report.macro_average), ("review-weighted-average", report.weighted_average)]
        {
            name(ui, words.text(key), p.weak);
            for value in [averages.precision, averages.recall, averages.f1] {
                right(ui, &format!("{value:.2}"), theme::body(), p.weak);
            }
            right(ui, &total.to_string(), theme::body(), p.weak);
            ui.end_row();
        }
    });
}

fn name(ui: &mut Ui, text: &str, color: egui::Color32) {
    ui.scope(|ui| {
        ui.set_max_width(128.0);
        ui.add(Label::new(RichText::new(text).color(color)).truncate());
    });
}

fn right(ui: &mut Ui, text: &str, font: egui::FontId, color: egui::Color32) -> egui::Response {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.add(Label::new(RichText::new(text).font(font).color(color)))
    })
    .inner
}

/// Numbers over all classes.
fn overall(ui: &mut Ui, facts: &ModelFacts, summary: &Summary, done: bool) {
    let words = words(ui);
    heading(ui, words.text("review-overall"));
    // The report above has these.
    let in_report = |statistic: &Statistic| {
        matches!(statistic, Statistic::MacroPrecision | Statistic::MacroRecall | Statistic::WeightedPrecision)
            || matches!(statistic, Statistic::WeightedRecall | Statistic::WeightedAuc)
    };
    let lines = summary.overall.iter().filter(|(statistic, _)| !in_report(statistic));
    let lines: Vec<(&str, &Estimate)> =
        lines.map(|(statistic, estimate)| (words.statistic(*statistic), estimate)).collect();
    estimates(ui, facts, ("overall", done), &lines);
}

fn of_class(ui: &mut Ui, facts: &ModelFacts, class: &ClassSummary, done: bool) {
    let (p, words) = (palette(ui), words(ui));
    let title = words.with("review-against-rest", &[("class", words.class(facts, class.class).into())]);
    let title = RichText::new(title).font(theme::body()).color(p.text);
    egui::CollapsingHeader::new(title).id_salt(("class", class.class)).show_unindented(ui, |ui| {
        let lines = [
            (words.text("metric-sensitivity"), &class.recall),
            (words.text("metric-specificity"), &class.specificity),
            (words.text("metric-ppv"), &class.precision),
            (words.text("metric-npv"), &class.negative_predictive_value),
            (words.text("metric-auc"), &class.auc),
            (words.text("metric-average-precision"), &class.average_precision),
        ];
        estimates(ui, facts, (&format!("class {}", class.class), done), &lines);
    });
}

/// Names, values, intervals; why there is none in a tooltip. `done` is false while intervals are still computed.
fn estimates(ui: &mut Ui, facts: &ModelFacts, (id, done): (&str, bool), lines: &[(&str, &Estimate)]) {
    let (p, words) = (palette(ui), words(ui));
    Grid::new(id).num_columns(3).spacing([16.0, 2.0]).show(ui, |ui| {
        for (name, estimate) in lines {
            ui.add(Label::new(RichText::new(*name).font(theme::small()).color(p.weak)));
            let value = estimate.value.map_or_else(|_| "–".to_owned(), |value| format!("{value:.3}"));
            let value = right(ui, &value, theme::strong(), p.text);
            let interval = match estimate.interval {
                Ok(interval) => format!("{:.3} – {:.3}", interval.low, interval.high),
                Err(_) if done => "–".to_owned(),
                Err(_) => String::new(),
            };
            let interval = right(ui, &interval, theme::small(), p.weak);
            for response in [value, interval] {
                response.on_hover_text(words.estimate(facts, estimate));
            }
            ui.end_row();
        }
    });
}

/// ROC and calibration: of two classes the second, of more the one whose threshold is set, else the first.
fn curves(ui: &mut Ui, state: &AppState, facts: &ModelFacts, summary: &Summary) {
    let chosen = state.review().threshold();
    let usual = if summary.classes.len() == 2 { 1 } else { 0 };
    let Some(class) = summary.classes.get(chosen.map_or(usual, |(class, _)| class)) else { return };
    let Ok(sweep) = &class.sweep else { return };
    ui.add_space(theme::GRID);
    heading(ui, &words(ui).with("review-curves", &[("class", words(ui).class(facts, class.class).into())]));
    let counts = summary.matrix.one_vs_rest(class.class);
    let rates = (counts.specificity().value(), counts.sensitivity().value());
    let at = rates.0.ok().zip(rates.1.ok()).map(|(specificity, sensitivity)| (1.0 - specificity, sensitivity));
    ui.horizontal(|ui| {
        charts::roc(ui, sweep, at);
        charts::calibration(ui, class);
    });
}

fn baselines(ui: &mut Ui, facts: &ModelFacts, summary: &Summary) {
    let Ok(baselines) = &summary.baselines else { return };
    let words = words(ui);
    let number = |value: f64| format!("{value:.3}").into();
    weak(
        ui,
        words.with(
            "review-baselines",
            &[
                ("class", words.class(facts, baselines.majority_class).into()),
                ("majority", number(baselines.majority_accuracy)),
                ("chance", number(baselines.stratified_accuracy)),
            ],
        ),
    );
}
