//! One model over everything, into its run folder.

use std::path::Path;
use std::sync::Arc;

use super::Work;
use crate::cli::interrupt::Interrupt;
use crate::cli::progress;
use crate::engine::{Model, Session, SessionOptions};
use crate::report::ReviewSide;
use crate::review::folder::{Retry, RunFacts, RunFolder, RunOptions, ToRun, with_typed_labels};
use crate::review::record::{CaseRecord, Labels, Recorder, Roots};
use crate::review::reference::Reference;
use crate::review::{BatchOptions, Control};

/// A model and its results.
pub(super) struct Side {
    pub model: Model,
    pub folder: RunFolder,
    pub recorder: Recorder,
    /// Its records with the labels that a reader typed (in the first model's run).
    pub cases: Vec<CaseRecord>,
    /// The engine and what it runs on, in words.
    pub ran: String,
    /// True where the folder held this run already.
    pub went_on: bool,
}

impl Side {
    /// Starts the run in `--out` (the second model's within the folder `first`), or goes on with it, and runs what is
    /// missing. `None` where Ctrl+C stopped it; what is done is kept.
    pub fn run(work: &Work<'_>, model: Model, mut first: Option<&mut RunFolder>) -> anyhow::Result<Option<Self>> {
        let args = work.args;
        let reference = reference(&model);
        let features = reference.as_ref().map(|reference| reference.taps()).unwrap_or_default();
        let options = SessionOptions { features, ..SessionOptions::for_many(&model, work.items.len()) };
        let mut session = Session::start(&model, args.engine.into(), &options)?;
        let real = |path: &std::path::PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let roots: Vec<_> = args.paths.iter().map(real).collect();
        let options = RunOptions { series: args.series, slices: args.slices.clone(), identify: args.identify };
        let facts = RunFacts::new(&model, &session, &roots, options).with_reference(reference.as_deref());
        let mut folder = match &mut first {
            Some(first) => first.compare_with(facts)?,
            None => RunFolder::create_or_resume(&args.out, facts)?,
        };
        let recorder = recorder(work, &folder);
        let ran = format!("{} · {}", session.engine(), session.provider());
        let key = |path: &Path| recorder.roots.key(path);
        let retry = if args.retry_failed { Retry::All } else { Retry::Changed };
        let left = folder.to_run(&work.items, &key, retry);
        let mut counts = Counts { quiet: args.json, ..Counts::default() };
        for problem in &folder.problems {
            eprintln!("warning: {problem}");
        }
        let went_on = !folder.records().is_empty();
        if went_on {
            folder.relabel(&recorder)?;
            if !left.items.is_empty() && !args.json {
                say!("{}: {}", folder.path().display(), going_on(work.items.len(), &left, retry));
            }
        }
        for problem in &work.problems {
            let record = recorder.failed(problem.path(), problem);
            counts.take(&record, &indicatif::ProgressBar::hidden());
            folder.append(record)?;
        }
        let bar = progress::bar(left.items.len());
        let options = BatchOptions { slices: args.slices.clone(), reference, ..BatchOptions::default() };
        let interrupt = Interrupt::noted();
        let mut stopped = false;
        folder.fill(&left.items, (&model, &mut session), &recorder, &options, &mut |record| {
            counts.take(record, &bar);
            bar.inc(1);
            stopped = interrupt.asked();
            if stopped { Control::Stop } else { Control::Continue }
        })?;
        drop(interrupt);
        bar.finish_and_clear();
        if stopped {
            let (kept, path) = (folder.records().len(), folder.path().display());
            eprintln!("Stopped. {kept} cases are kept in {path}; the same command goes on from there.");
            return Ok(None);
        }
        let decisions = first.as_deref().unwrap_or(&folder).decisions();
        let cases = with_typed_labels(folder.records(), decisions, model.class_names());
        Ok(Some(Self { model, folder, recorder, cases, ran, went_on }))
    }

    /// What its files are made of.
    pub fn written(&self) -> ReviewSide<'_> {
        let label_remarks = &self.recorder.labels.remarks;
        ReviewSide { model: &self.model, records: &self.cases, label_remarks }
    }

    /// Cases without scores.
    pub fn failed(&self) -> usize {
        self.folder.records().iter().filter(|record| record.error().is_some()).count()
    }
}

/// What the model has seen, where that lies beside it.
fn reference(model: &Model) -> Option<Arc<Reference>> {
    match Reference::find(model)? {
        Ok(reference) => Some(Arc::new(reference)),
        Err(error) => {
            eprintln!("warning: {error}");
            None
        }
    }
}

/// Where a run goes on.
fn going_on(all: usize, left: &ToRun, retry: Retry) -> String {
    let mut words = format!("going on, {} of {all} are done.", all.saturating_sub(left.items.len()));
    let why = match retry {
        Retry::Changed => "changed since",
        Retry::All => "as asked",
    };
    if left.again > 0 {
        words += &format!(" Tried again: {} that failed before ({why}).", left.again);
    }
    words
}

fn recorder(work: &Work<'_>, folder: &RunFolder) -> Recorder {
    let roots = Roots::new(&work.args.paths);
    let unread = work.problems.iter().map(|problem| problem.path().to_owned());
    let files: Vec<_> = work.items.iter().filter_map(|files| files.first().cloned()).chain(unread).collect();
    let labels = Labels::new(&work.labels, &files, &roots, folder.pseudonyms(), &work.mapping);
    Recorder { roots, labels, pseudonyms: folder.pseudonyms().clone() }
}

/// What the progress line says.
#[derive(Default)]
struct Counts {
    quiet: bool,
    right: usize,
    labelled: usize,
    failed: usize,
}

impl Counts {
    fn take(&mut self, record: &CaseRecord, bar: &indicatif::ProgressBar) {
        if let Some(error) = record.error() {
            self.failed += 1;
            if !self.quiet {
                bar.suspend(|| say!("error: {error}"));
            }
        }
        if let Some(right) = record.is_right() {
            self.labelled += 1;
            self.right += usize::from(right);
        }
        if self.labelled > 0 {
            bar.set_message(format!("right {} of {}, {} failed", self.right, self.labelled, self.failed));
        } else {
            bar.set_message(format!("{} failed", self.failed));
        }
    }
}
