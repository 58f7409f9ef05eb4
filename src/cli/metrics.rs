//! `overread metrics`: the numbers of a review from any tool's predictions.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::metrics_compare::compare;
use super::{Ended, MetricsArgs, Misuse};
use crate::metrics::{Outcomes, Summary, SummaryOptions, Undefined, fit_temperature, summarize};
use crate::report::{self, GroupReport, MetricsReport, TemperatureReport};
use crate::review::table::{
    Predictions, TableError, TableOptions, TruthFile, read_matrix, read_predictions, read_truth,
};

/// Runs the command. Errors mean that no number could be computed.
pub fn metrics(args: &MetricsArgs) -> anyhow::Result<Ended> {
    for path in [Some(&args.predictions), args.compare.as_ref(), args.truth.as_ref()].into_iter().flatten() {
        if !path.is_file() {
            return Err(Misuse(format!("{}: there is no such file", path.display())).into());
        }
    }
    let mut options =
        TableOptions { classes: args.classes.clone(), positive: args.positive.clone(), columns: args.columns.clone() };
    // The labels' own table has its own columns.
    let truth = args.truth.as_ref().map(|path| read_truth(path, &TableOptions::default())).transpose()?;
    let a = Side::read(&args.predictions, &options, truth.as_ref(), args, None)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("the folder {} could not be made", args.out.display()))?;
    let mut written = Written { out: &args.out, files: Vec::new() };
    let (json, text) = write_side(&a, &mut written)?;
    let mut complete = a.predictions.problems.is_empty() && truth.as_ref().is_none_or(|t| t.problems.is_empty());
    if !args.json {
        print!("{text}");
    }
    if let Some(other) = &args.compare {
        options.classes = Some(a.predictions.class_names.clone());
        let b = Side::read(other, &options, truth.as_ref(), args, Some(&a))?;
        let (json, text, whole) = compare(&a, &b, args, &mut written)?;
        complete &= whole && b.predictions.problems.is_empty();
        if args.json { println!("{json:#}") } else { print!("\n{text}") }
    } else if args.json {
        println!("{json:#}");
    }
    if !args.json {
        written.print();
    }
    Ok(if complete { Ended::Well } else { Ended::SomeFailed })
}

/// One classifier: its rows and their numbers.
pub(super) struct Side {
    pub predictions: Predictions,
    /// Cases with a reference label.
    pub labelled: Vec<usize>,
    pub outcomes: Outcomes,
    pub summary: Summary,
    /// Rows are a matrix's counts.
    pub is_matrix: bool,
}

impl Side {
    fn read(
        path: &Path,
        options: &TableOptions,
        truth: Option<&TruthFile>,
        args: &MetricsArgs,
        labels_of: Option<&Side>,
    ) -> anyhow::Result<Self> {
        let (mut predictions, is_matrix) = match read_matrix(path)? {
            Some((matrix, names)) => {
                let names = match &options.classes {
                    Some(given) if given.len() == names.len() => given.clone(),
                    Some(given) => {
                        let (rows, given) = (names.len(), given.join(", "));
                        anyhow::bail!("{}: the matrix has {rows} classes, not {given}", path.display())
                    }
                    None => names,
                };
                let cases = Predictions::from_matrix(path, &matrix, names);
                (cases.with_context(|| format!("{}: the matrix counts too many cases", path.display()))?, true)
            }
            None => (read_predictions(path, options, truth)?, false),
        };
        if let Some(other) = labels_of.filter(|_| predictions.labelled().is_empty()) {
            predictions.take_labels(&other.predictions);
        }
        let labelled = predictions.labelled();
        if labelled.is_empty() {
            let what = "no row has a reference label: name the column with --column truth=NAME, or give a table of \
                        labels with --truth"
                .to_owned();
            return Err(TableError::Unusable { path: path.to_owned(), what }.into());
        }
        let outcomes = predictions.outcomes(&labelled)?;
        let summary = summarize(&outcomes, summary_options(args));
        Ok(Self { predictions, labelled, outcomes, summary, is_matrix })
    }

    fn temperature(&self) -> TemperatureReport {
        let reason = match self.outcomes.proper() {
            Ok(_) => Undefined::NoLogits,
            Err(reason) => reason,
        };
        match self.predictions.logits(&self.labelled) {
            None => TemperatureReport { fit: Err(reason), own_logits: false },
            Some((logits, own_logits)) => {
                let fit = fit_temperature(self.outcomes.truth(), &logits, self.outcomes.classes());
                TemperatureReport { fit, own_logits }
            }
        }
    }

    /// Sentences about groups whose cases disagree.
    fn group_faults(&self, faults: &[crate::metrics::GroupFault]) -> Vec<String> {
        let name = |class: usize| self.predictions.class_names.get(class).map_or("?", String::as_str);
        let groups = self.outcomes.groups().unwrap_or_default();
        let case_of = |group: usize| {
            let at = groups.iter().position(|other| *other == group)?;
            self.predictions.cases.get(*self.labelled.get(at)?)?.group.as_deref()
        };
        let sentence = |fault: &crate::metrics::GroupFault| {
            let group = case_of(fault.group).unwrap_or("?");
            format!("{group} carries two reference labels, {} and {}: left out.", name(fault.first), name(fault.other))
        };
        faults.iter().map(sentence).collect()
    }
}

pub(super) fn summary_options(args: &MetricsArgs) -> SummaryOptions {
    SummaryOptions { bins: usize::from(args.bins), resamples: args.resamples, seed: args.seed }
}

/// The files of one classifier; returns what `metrics.json` and `metrics.txt` hold.
fn write_side(side: &Side, written: &mut Written<'_>) -> anyhow::Result<(serde_json::Value, String)> {
    let names = &side.predictions.class_names;
    let grouped = side.outcomes.per_group();
    let of_groups = grouped.as_ref().map(|grouped| summarize(&grouped.outcomes, side.summary.options));
    let per_group = of_groups
        .as_ref()
        .zip(grouped.as_ref())
        .map(|(summary, grouped)| GroupReport { summary, faults: side.group_faults(&grouped.faults) });
    let report = MetricsReport {
        predictions: &side.predictions,
        unlabelled: side.predictions.cases.len() - side.labelled.len(),
        summary: &side.summary,
        temperature: side.temperature(),
        per_group,
    };
    let (json, text) = (report::metrics_json(&report), report::metrics_text(&report));
    written.text("metrics.json", &format!("{json:#}\n"))?;
    written.text("metrics.txt", &text)?;
    report::write_matrix(&written.path("confusion.csv"), &side.summary.matrix, names)?;
    written.add("confusion.csv", true);
    let thresholds = report::write_thresholds(&written.path("thresholds.csv"), &side.summary, names)?;
    written.add("thresholds.csv", thresholds);
    for ending in ["png", "svg"] {
        let path = |name: &str| written.path(&format!("{name}.{ending}"));
        report::matrix_chart(&path("confusion"), &side.summary.matrix, names)?;
        let charts = [
            ("confusion", true),
            ("roc", report::roc_chart(&path("roc"), &side.summary, names)?),
            ("pr", report::precision_recall_chart(&path("pr"), &side.summary, names)?),
            ("calibration", report::calibration_chart(&path("calibration"), &side.summary, names)?),
        ];
        for (name, there) in charts {
            written.add(&format!("{name}.{ending}"), there);
        }
    }
    Ok((json, text))
}

/// Files as they are written.
pub(super) struct Written<'a> {
    out: &'a Path,
    files: Vec<PathBuf>,
}

impl Written<'_> {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    pub(super) fn add(&mut self, name: &str, there: bool) {
        if there {
            self.files.push(self.path(name));
        }
    }

    pub(super) fn text(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.path(name);
        std::fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
        self.files.push(path);
        Ok(())
    }

    fn print(&self) {
        let names: Vec<String> =
            self.files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())).collect();
        println!("\nWritten to {}: {}", self.out.display(), names.join(", "));
    }
}
