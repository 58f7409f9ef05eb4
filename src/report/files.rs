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
        let compared = of_b.get(record.key.as_str()).and_then(|b| Some((*b, predicted_at(b, asked)?)));
        cases.push(GalleryCase { record, files: files.clone(), predicted, compared });
    }
    let (cases, misclassified) = choose_gallery(cases, most);
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

/// The README beside a model, where there is one of a sensible length.
pub fn read_card(model: &Model) -> Option<String> {
    let path = model.folder.join("README.md");
    let small = std::fs::metadata(&path).is_ok_and(|facts| facts.is_file() && facts.len() <= MOST_CARD_BYTES);
    small.then(|| std::fs::read_to_string(path).ok()).flatten()
}
