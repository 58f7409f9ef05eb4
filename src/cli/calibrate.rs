//! `overread calibrate`: a temperature (and an operating point) fitted to a labelled run, kept with the model's hash.

use std::path::Path;

use super::{CalibrateArgs, Ended, Misuse, OperatingPointArg};
use crate::engine::{Model, OperatingPoint, save_operating_point};
use crate::metrics::{
    DEFAULT_BINS, Sweep, Undefined, expected_calibration_error, fit_temperature, log_loss, softmax_rows, top_label,
};
use crate::review::folder::{RunFolder, with_typed_labels};
use crate::review::record::{ClassMapping, predictions};
use crate::review::table::{Predictions, TableOptions, read_predictions, read_truth};

/// Runs the command. Errors mean that nothing could be fitted, and that nothing was written.
pub fn calibrate(args: &CalibrateArgs) -> anyhow::Result<Ended> {
    let model = Model::load(&args.model)?;
    if model.rule().independent {
        anyhow::bail!(
            "the model gives independent probabilities (one sigmoid a class): one temperature does not fit them"
        );
    }
    let table = read(args, &model)?;
    let cases = Cases::new(&table, &model)?;
    let now = f64::from(model.manifest.temperature.unwrap_or(1.0));
    let fit = fit_temperature(&cases.truth, &cases.logits, cases.classes)
        .map_err(|reason| anyhow::anyhow!("no temperature: {}", reason.words(model.class_names())))?;
    // As f32, which is what the engine divides by.
    let fitted = f64::from(fit.temperature as f32);
    say!("{} labelled cases; model {} {}", cases.truth.len(), model.manifest.name.value, model.sha256);
    say!("{:<24} {:>12} {:>10} {:>20}", "", "temperature", "log loss", "calibration error");
    for (what, temperature) in [("without calibration", 1.0), ("as the model is now", now), ("fitted", fitted)] {
        let (loss, error) = cases.quality(temperature)?;
        say!("{what:<24} {temperature:>12.4} {loss:>10.4} {error:>20.4}");
    }
    say!("Fitted to and measured on these cases: they should be neither those of the training nor those of the test.");
    let thresholds = thresholds(args, &model, &cases, now, fitted)?;
    for (class, least) in thresholds.iter().flatten() {
        let name = model.class_names().get(*class).map_or("?", String::as_str);
        let counts = cases.sweep(*class, fitted).at(*least);
        let share = |value: Result<f64, Undefined>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        say!(
            "{name} is predicted from a score of {least:.4} on: sensitivity {}, specificity {}",
            share(counts.sensitivity().value()),
            share(counts.specificity().value())
        );
    }
    if !args.save {
        say!("Nothing was written; --save puts this into metadata.json.");
        return Ok(Ended::Well);
    }
    let source = args.results.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let note = format!("{} labelled cases of {source}, overread {}", cases.truth.len(), env!("CARGO_PKG_VERSION"));
    let saved = save_operating_point(&model, &OperatingPoint { temperature: Some(fitted), thresholds, note })?;
    match &saved.backup {
        Some(backup) => say!("Written to {}; the file as it was is {}.", saved.path.display(), backup.display()),
        None => say!("{} says the same already.", saved.path.display()),
    }
    Ok(Ended::Well)
}

/// The cases of a run folder, or of any table of predictions.
fn read(args: &CalibrateArgs, model: &Model) -> anyhow::Result<Predictions> {
    if args.results.is_dir() {
        let folder = RunFolder::open(&args.results)?;
        let of_run = &folder.facts().model;
        if of_run.sha256 != model.sha256 {
            let (run, name) = (args.results.display(), &of_run.name);
            anyhow::bail!("{run} was run with another model, {name} {}; this one is {}", of_run.sha256, model.sha256);
        }
        let records = with_typed_labels(folder.records(), folder.decisions(), &of_run.classes);
        return Ok(predictions(&records, &of_run.classes, None, Path::new("cases.jsonl")));
    }
    if !args.results.is_file() {
        return Err(Misuse(format!("{}: there is no such file or folder", args.results.display())).into());
    }
    let truth = args.truth.as_ref().map(|path| read_truth(path, &TableOptions::default())).transpose()?;
    let options = TableOptions { classes: Some(model.class_names().to_vec()), ..TableOptions::default() };
    let table = read_predictions(&args.results, &options, truth.as_ref())?;
    table.remarks.iter().for_each(|remark| say!("{remark}"));
    Ok(table)
}

/// Labelled cases with their logits.
struct Cases {
    classes: usize,
    truth: Vec<usize>,
    /// `[n, k]`
    logits: Vec<f64>,
}

impl Cases {
    fn new(table: &Predictions, model: &Model) -> anyhow::Result<Self> {
        let labelled = table.labelled();
        if labelled.is_empty() {
            anyhow::bail!("no case has a reference label: a temperature is fitted to labelled cases");
        }
        let (logits, own) = table
            .logits(&labelled)
            .ok_or_else(|| anyhow::anyhow!("there are no logits, and scores of 0 have no logarithm: nothing to fit"))?;
        if !own && model.manifest.temperature.is_some() {
            anyhow::bail!(
                "the table holds scores without logits, and the model is calibrated already: give the folder of an \
                 `overread review`, which has the logits"
            );
        }
        let truth = labelled.iter().filter_map(|index| table.cases.get(*index)?.truth).collect();
        Ok(Self { classes: model.class_names().len(), truth, logits })
    }

    /// Log loss and top-label calibration error at a temperature.
    fn quality(&self, temperature: f64) -> anyhow::Result<(f64, f64)> {
        let scores = softmax_rows(&self.logits, self.classes, temperature);
        let losses = log_loss(&self.truth, &scores, self.classes);
        let (stated, hits) = top_label(&self.truth, &scores, self.classes);
        let error = expected_calibration_error(&stated, &hits, DEFAULT_BINS);
        let error = error.map_err(|_| anyhow::anyhow!("there are no cases"))?;
        Ok((losses.iter().sum::<f64>() / losses.len().max(1) as f64, error))
    }

    fn sweep(&self, class: usize, temperature: f64) -> Sweep {
        let scores = softmax_rows(&self.logits, self.classes, temperature);
        let of_class: Vec<f64> = scores.chunks_exact(self.classes).filter_map(|row| row.get(class).copied()).collect();
        let positive: Vec<bool> = self.truth.iter().map(|truth| *truth == class).collect();
        Sweep::new(class, &of_class, &positive)
    }
}

/// The operating point to save beside a new temperature: as asked, else the old one carried over.
fn thresholds(
    args: &CalibrateArgs,
    model: &Model,
    cases: &Cases,
    now: f64,
    fitted: f64,
) -> anyhow::Result<Option<Vec<(usize, f64)>>> {
    let names = model.class_names();
    if let Some(OperatingPointArg { class, rule, value }) = &args.threshold {
        let positive = model.manifest.positive_class.as_ref().map(|class| class.value);
        let class = match class {
            Some(name) => ClassMapping::new(names).class(name).map(|(class, _)| class),
            None => positive,
        };
        let class = class.ok_or_else(|| Misuse(format!("--threshold: name the class, one of {}", names.join(", "))))?;
        return Ok(Some(vec![(class, rule.threshold(&cases.sweep(class, fitted), *value)?)]));
    }
    match (model.manifest.thresholds.as_slice(), names.len()) {
        ([], _) => Ok(None),
        // The same logit under another temperature: the same cases on either side.
        (old, 2) => {
            Ok(Some(old.iter().map(|(class, least)| (*class, carried(f64::from(*least), now, fitted))).collect()))
        }
        (_, _) => anyhow::bail!(
            "the model has an operating point, which a new temperature would move: choose another with --threshold"
        ),
    }
}

fn carried(least: f64, now: f64, fitted: f64) -> f64 {
    let logit = (least / (1.0 - least)).ln() * now;
    if logit.is_finite() { 1.0 / (1.0 + (-logit / fitted).exp()) } else { least }
}

#[cfg(test)]
mod tests {
    use super::carried;

    #[test]
    fn an_operating_point_keeps_its_cases_under_another_temperature() {
        let (least, now, fitted) = (0.666, 0.7097, 1.3);
        let moved = carried(least, now, fitted);
        for logit in [-3.0_f64, 0.4, 0.489, 0.490, 2.0] {
            let score = |temperature: f64| 1.0 / (1.0 + (-logit / temperature).exp());
            assert_eq!(score(now) >= least, score(fitted) >= moved, "{logit}");
        }
        assert_eq!((carried(0.5, 1.0, 9.0), carried(0.0, 1.0, 2.0), carried(1.0, 1.0, 2.0)), (0.5, 0.0, 1.0));
    }
}
