//! The export worker: the list's review as files for other people: tables, numbers, pictures of what is misclassified,
//! one report as HTML and PDF.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Emitter;
use crate::app::review::{Snapshot, files_by_path};
use crate::app::{Cause, Event, Pane, Problem};
use crate::engine::{EngineChoice, EngineError, Model};
use crate::metrics::SummaryOptions;
use crate::report::{self, ComparisonReport, Language, ReportError, ReviewReport, ReviewSide, write_misclassified};
use crate::review::folder::{ModelFacts, RunFacts, now_utc};
use crate::review::record::Recorder;

/// Misclassified cases that are shown with their heatmaps.
const MOST_PICTURES: usize = 24;

#[derive(Debug)]
pub(in crate::app) struct Job {
    /// The folder to write; made where it is missing.
    pub out: PathBuf,
    pub language: Language,
    pub run: RunFacts,
    pub recorder: Arc<Recorder>,
    pub list: Snapshot,
    /// The files of each item.
    pub files: Vec<Arc<[PathBuf]>>,
    /// The second model.
    pub compared: Option<PathBuf>,
    /// The reader's operating point; empty for the model's own.
    pub thresholds: Vec<(usize, f32)>,
}

pub(super) fn work(job: Job, emit: &Emitter) {
    let result = write(&job, emit).map(|()| job.out).map_err(Problem::from);
    emit.send(Event::Exported(result));
}

/// Why there is no report.
enum Failed {
    Model(EngineError),
    Report(ReportError),
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Model(error) => error.into(),
            Failed::Report(error) => Self::new(Cause::NotKept, error.to_string()),
        }
    }
}

impl From<ReportError> for Failed {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

fn write(job: &Job, emit: &Emitter) -> Result<(), Failed> {
    let out = job.out.as_path();
    folder(out)?;
    let model = load(&job.run.model.path, Some(&job.run.model.sha256))?;
    let other = job.compared.as_ref().map(|path| load(path, None)).transpose()?;
    let label_remarks = &job.recorder.labels.remarks;
    let (records, others) = (job.list.labelled_records(Pane::First), job.list.labelled_records(Pane::Second));
    let files = files_by_path(&job.files, &job.recorder.roots);
    let a = ReviewSide { model: &model, records: &records, label_remarks };
    let other = other.filter(|_| !others.is_empty());
    let b = other.as_ref().map(|model| ReviewSide { model, records: &others, label_remarks });
    let asked = Some(job.thresholds.as_slice()).filter(|thresholds| !thresholds.is_empty());
    let options = SummaryOptions::default();
    let (metrics, _) = a.write(out, asked, options, job.language)?;
    let metrics_b = match b {
        Some(b) => {
            let out = out.join("compare");
            folder(&out)?;
            // The reader's operating point was chosen for the first model alone.
            b.write(&out, None, options, job.language)?.0
        }
        None => None,
    };
    let comparison = match (&metrics, &metrics_b) {
        (Some(a), Some(b)) => Some(ComparisonReport::new(a, b, options).map_err(ReportError::from)?),
        _ => None,
    };
    if let Some(comparison) = &comparison {
        comparison.write(out)?;
    }
    let mut told = |done, total| emit.send(Event::ExportProgress { done, total });
    let how = (asked, MOST_PICTURES, EngineChoice::Auto);
    let (gallery, misclassified) = write_misclassified(&out.join("gallery"), (a, b), &files, how, &mut told)?;
    let compared = other.as_ref().map(|model| RunFacts { model: ModelFacts::of(model), ..job.run.clone() });
    let review = ReviewReport {
        run: &job.run,
        compared: compared.as_ref(),
        model_card: report::read_card(&model),
        cases: &records,
        label_remarks,
        mapping: &job.recorder.labels.mapping,
        thresholds: &job.thresholds,
        metrics: metrics.as_ref(),
        metrics_b: metrics_b.as_ref(),
        comparison: comparison.as_ref(),
        gallery: &gallery,
        misclassified,
        decisions: &job.list.decisions(),
        leaks: None,
        identify: false,
        written: now_utc(),
    };
    report::write_review(out, &review, job.language)?;
    Ok(())
}

fn folder(path: &Path) -> Result<(), Failed> {
    let failed = |source| Failed::Report(ReportError::Write { path: path.to_owned(), source });
    std::fs::create_dir_all(path).map_err(failed)
}

fn load(path: &Path, sha256: Option<&String>) -> Result<Model, Failed> {
    let model = Model::load(path).map_err(Failed::Model)?;
    match sha256.filter(|expected| **expected != model.sha256) {
        None => Ok(model),
        Some(expected) => Err(Failed::Model(EngineError::Changed {
            path: path.to_owned(),
            expected: expected.clone(),
            found: model.sha256,
        })),
    }
}
