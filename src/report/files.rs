//! The files of a review that the command line and the window write alike: tables and numbers of each model, pictures of
//! what is misclassified.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{
    GalleryCase, GalleryEntry, Language, MetricsReport, ReportError, choose_gallery, write_gallery, write_predictions,
};
use crate::engine::{EngineChoice, Model, SessionOptions};
use crate::explain::Mapper;
use crate::metrics::SummaryOptions;
use crate::review::record::{CaseRecord, predicted_at, predictions};

/// Letters of a README that are looked at.
const MOST_CARD_BYTES: u64 = 1 << 18;

/// One model and what it answered.
#[derive(Clone, Copy)]
pub struct ReviewSide<'a> {
    pub model: &'a Model,
    pub records: &'a [CaseRecord],
    /// Where labels came from, in sentences.
    pub label_remarks: &'a [String],
}

impl ReviewSide<'_> {
    /// Writes `predictions.csv` and, where cases have labels, the numbers about them. `asked` is the operating point
    /// that goes before the model's own; `language` is the charts'. The files that were written come back too.
    ///
    /// # Errors
    /// [`ReportError`] for a file that cannot be written or numbers that cannot be computed.
    pub fn write(
        &self,
        out: &Path,
        asked: Option<&[(usize, f32)]>,
        options: SummaryOptions,
        language: Language,
    ) -> Result<(Option<MetricsReport>, Vec<PathBuf>), ReportError> {
        let names = self.model.class_names();
        let table = out.join("predictions.csv");
        write_predictions(&table, self.records, names, &|record| predicted_at(record, asked))?;
        let mut predictions = predictions(self.records, names, asked, &table);
        let mut written = vec![table];
        if predictions.labelled().is_empty() {
            return Ok((None, written));
        }
        predictions.remarks = self.label_remarks.to_vec();
        let thresholds = asked.unwrap_or(&self.model.manifest.thresholds);
        let stored_temperature = self.model.manifest.temperature.map(f64::from);
        let report = MetricsReport { stored_temperature, ..MetricsReport::new(predictions, thresholds, options)? };
        written.extend(report.write(out, language)?);
        Ok((Some(report), written))
    }
}

/// Writes pictures of the `most` worst misclassified cases, with heatmaps of both models, into `folder`; how many
/// misclassified cases there are comes back too. `files` gives the files of a record's path. `done` hears how many are
/// finished, and of how many.
///
/// # Errors
/// [`ReportError`] for a picture that cannot be written.
pub fn write_misclassified(
    folder: &Path,
    (a, b): (ReviewSide<'_>, Option<ReviewSide<'_>>),
    files: &HashMap<String, Vec<PathBuf>>,
    (asked, most, engine): (Option<&[(usize, f32)]>, usize, EngineChoice),
    done: &mut dyn FnMut(usize, usize),
) -> Result<(Vec<GalleryEntry>, usize), ReportError> {
    let of_b: HashMap<&str, &CaseRecord> =
        b.iter().flat_map(|side| side.records).map(|record| (record.key.as_str(), record)).collect();
    let mut cases = Vec::new();
    for record in a.records {
        let (Some(files), Some(predicted)) = (files.get(&record.path), predicted_at(record, asked)) else { continue };
        // An operating point is one model's: the second keeps its own.
        let compared = of_b.get(record.key.as_str()).and_then(|b| Some((*b, predicted_at(b, None)?)));
        cases.push(GalleryCase { record, files: files.clone(), predicted, compared });
    }
    let (cases, misclassified) = choose_gallery(cases, most);
    remove_pictures(folder)?;
    if cases.is_empty() {
        return Ok((Vec::new(), misclassified));
    }
    let mapper = |side: ReviewSide<'_>| Mapper::new(side.model.clone(), None, engine, SessionOptions::default());
    let mut mappers: Vec<Mapper> = std::iter::once(a).chain(b).map(mapper).collect();
    // Each is mapped, then drawn.
    let total = 2 * cases.len();
    let entries = write_gallery(folder, &cases, a.model.class_names(), &mut mappers, &mut |at| done(at, total))?;
    Ok((entries, misclassified))
}

/// What a review writes besides its answers, decisions and labels.
const RESULTS: [&str; 19] = [
    "metrics.json",
    "metrics.txt",
    "thresholds.csv",
    "confusion.csv",
    "confusion.png",
    "confusion.svg",
    "roc.png",
    "roc.svg",
    "pr.png",
    "pr.svg",
    "calibration.png",
    "calibration.svg",
    "comparison.json",
    "comparison.txt",
    "flips.csv",
    "leaks.json",
    "predictions.csv",
    "report.html",
    "report.pdf",
];

/// Removes from `out` the results of an earlier call that this one (which wrote `written`) has no successor of: numbers
/// must not lie beside a report that does not know them. Answers, decisions and a second model's run stay.
///
/// # Errors
/// [`ReportError`] for a file that cannot be removed.
pub fn remove_earlier(out: &Path, written: &[PathBuf]) -> Result<(), ReportError> {
    for name in RESULTS {
        let path = out.join(name);
        if !written.contains(&path) && path.is_file() {
            std::fs::remove_file(&path).map_err(|source| ReportError::Write { path, source })?;
        }
    }
    Ok(())
}

/// Takes the pictures of an earlier call out of a gallery's folder.
fn remove_pictures(folder: &Path) -> Result<(), ReportError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        // `0001.png`, `0001-heatmap.png`: what else lies there is somebody's own.
        let is_ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
            let rest = name.strip_suffix(".png").and_then(|name| name.split_at_checked(4));
            rest.is_some_and(|(number, name)| {
                number.bytes().all(|byte| byte.is_ascii_digit()) && (name.is_empty() || name.starts_with('-'))
            })
        });
        if is_ours && path.is_file() {
            std::fs::remove_file(&path).map_err(|source| ReportError::Write { path, source })?;
        }
    }
    // Only where nothing else lies in it.
    let _ = std::fs::remove_dir(folder);
    Ok(())
}

/// The README beside a model, where there is one of a sensible length.
pub fn read_card(model: &Model) -> Option<String> {
    let path = model.folder.join("README.md");
    let small = std::fs::metadata(&path).is_ok_and(|facts| facts.is_file() && facts.len() <= MOST_CARD_BYTES);
    small.then(|| std::fs::read_to_string(path).ok()).flatten()
}
