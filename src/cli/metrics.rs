//! `overread metrics`: the numbers of a review from any tool's predictions.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Ended, MetricsArgs, Misuse};
use crate::metrics::SummaryOptions;
use crate::report::{
    ComparisonReport, MetricsReport, comparison_json, comparison_text, metrics_json, metrics_text, write_metrics,
};
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
    let a = read(&args.predictions, &options, truth.as_ref(), args, None)?;
    std::fs::create_dir_all(&args.out)
        .with_context(|| format!("the folder {} could not be made", args.out.display()))?;
    let language = args.language.into();
    let mut written = a.write(&args.out, language)?;
    let mut complete = a.predictions.problems.is_empty() && truth.as_ref().is_none_or(|t| t.problems.is_empty());
    if !args.json {
        say!("{}", metrics_text(&a).trim_end());
    }
    let b = match &args.compare {
        Some(other) => {
            options.classes = Some(a.predictions.class_names.clone());
            Some(read(other, &options, truth.as_ref(), args, Some(&a))?)
        }
        None => None,
    };
    let comparison = b.as_ref().map(|b| ComparisonReport::new(&a, b, summary_options(args))).transpose()?;
    if let (Some(b), Some(comparison)) = (&b, &comparison) {
        let beside = args.out.join("compare");
        std::fs::create_dir_all(&beside)
            .with_context(|| format!("the folder {} could not be made", beside.display()))?;
        written.extend(b.write(&beside, language)?);
        written.extend(comparison.write(&args.out)?);
        complete &= comparison.problems.is_empty() && b.predictions.problems.is_empty();
    }
    written.extend(write_metrics(&args.out, &a, comparison.as_ref(), language)?);
    match (args.json, &comparison) {
        (true, Some(comparison)) => say!("{:#}", comparison_json(comparison)),
        (true, None) => say!("{:#}", metrics_json(&a)),
        (false, Some(comparison)) => say!("\n{}", comparison_text(comparison).trim_end()),
        (false, None) => {}
    }
    if !args.json {
        say!("\n{}", written_words(&args.out, &written));
    }
    Ok(if complete { Ended::Well } else { Ended::SomeFailed })
}

/// One classifier: its rows and their numbers.
fn read(
    path: &Path,
    options: &TableOptions,
    truth: Option<&TruthFile>,
    args: &MetricsArgs,
    labels_of: Option<&MetricsReport>,
) -> anyhow::Result<MetricsReport> {
    let mut predictions = match read_matrix(path)? {
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
            cases.with_context(|| format!("{}: the matrix counts too many cases", path.display()))?
        }
        None => read_predictions(path, options, truth)?,
    };
    if let Some(other) = labels_of.filter(|_| predictions.labelled().is_empty()) {
        predictions.take_labels(&other.predictions);
    }
    if predictions.labelled().is_empty() {
        let what = "no row has a reference label: name the column with --column truth=NAME, or give a table of labels \
                    with --truth"
            .to_owned();
        return Err(TableError::Unusable { path: path.to_owned(), what }.into());
    }
    Ok(MetricsReport::new(predictions, &[], summary_options(args))?)
}

fn summary_options(args: &MetricsArgs) -> SummaryOptions {
    SummaryOptions { bins: usize::from(args.bins), resamples: args.resamples, seed: args.seed }
}

/// Which files lie in a folder now.
pub(super) fn written_words(folder: &Path, files: &[PathBuf]) -> String {
    let names: Vec<String> = files
        .iter()
        .map(|file| file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/"))
        .collect();
    format!("Written to {}: {}", folder.display(), names.join(", "))
}
