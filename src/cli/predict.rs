//! `overread predict`: files and folders through a model, one line a case.

use std::io::{BufWriter, Write as _};
use std::sync::Arc;

use anyhow::Context as _;

use super::interrupt::Interrupt;
use super::{Ended, Misuse, PredictArgs, progress, table::Table};
use crate::engine::{Model, Session, SessionOptions, runtime};
use crate::report;
use crate::review::reference::Reference;
use crate::review::{self, BatchOptions, Case, Control};
use crate::scan::{self, Discovery};

/// Runs the command. Errors mean that nothing could be predicted at all.
pub fn predict(args: &PredictArgs) -> anyhow::Result<Ended> {
    if !args.model.exists() {
        return Err(Misuse(format!("--model {}: there is no such file or folder", args.model.display())).into());
    }
    let library = (args.engine != super::EngineArg::Embedded).then(runtime::preload);
    // Finding the files and reading the model do not need each other, nor the library that loads meanwhile.
    let (model, found) = std::thread::scope(|scope| {
        let found = scope.spawn(|| scan::discover(&args.paths));
        (Model::load(&args.model), found.join())
    });
    drop(library);
    let model = model?;
    let found = found.map_err(|_| anyhow::anyhow!("the search for files failed"))?;
    let items = items(args.series, &found, &model);
    let (reference, problem) = reference(args, &model)?;
    let features = reference.as_ref().map(|reference| reference.taps()).unwrap_or_default();
    let session_options = SessionOptions { features, ..SessionOptions::for_many(&model, items.len()) };
    let mut session = Session::start(&model, args.engine.into(), &session_options)?;
    if args.stability {
        for problem in &found.problems {
            eprintln!("error: {problem}");
        }
        return super::stability::predict_changed(args, &items, &model, &mut session);
    }
    let failures = found.problems.len();
    let mut output = Output::new(args, &model, items.len());
    output.table.notes.extend(problem);
    output.table.reference = reference.as_ref().map(|reference| reference.facts.cases);
    output.table.all_slices = args.slices == Some(crate::engine::SliceChoice::All);
    for problem in found.problems {
        output.problem(&problem)?;
    }
    let options = BatchOptions {
        batch: args.batch.map(usize::from),
        slices: args.slices.clone(),
        reference,
        ..Default::default()
    };
    let mut failed_write = None;
    let interrupt = Interrupt::noted();
    review::run(&items, &model, &mut session, &options, &mut |case| match output.case(&case) {
        Ok(()) if interrupt.asked() => Control::Stop,
        Ok(()) => Control::Continue,
        Err(error) => {
            failed_write = Some(error);
            Control::Stop
        }
    });
    if let Some(error) = failed_write {
        return Err(error);
    }
    if interrupt.asked() {
        output.bar.finish_and_clear();
        let done = output.predicted + output.failed;
        eprintln!(
            "Stopped after {done} cases. The same command begins anew; `overread review … --out DIR` keeps what is done."
        );
        return Ok(Ended::Stopped);
    }
    drop(interrupt);
    if items.is_empty() && failures == 0 {
        anyhow::bail!("no picture was found there; DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy files are read");
    }
    output.finish(&session)
}

/// The reference asked for, else the one beside the model; and why that one cannot be used.
fn reference(args: &PredictArgs, model: &Model) -> anyhow::Result<(Option<Arc<Reference>>, Option<String>)> {
    if let Some(folder) = &args.reference {
        return Ok((Some(Arc::new(Reference::load(folder, model)?)), None));
    }
    Ok(match Reference::find(model) {
        Some(Ok(reference)) => (Some(Arc::new(reference)), None),
        Some(Err(error)) => (None, Some(format!("warning: {error}"))),
        None => (None, None),
    })
}

/// One item a file; one a series where the model takes a volume or combines its slices, or the reader asks for it; one a
/// case where the manifest says how the files of a case's slices are named.
pub(super) fn items(series: bool, found: &Discovery, model: &Model) -> Vec<Vec<std::path::PathBuf>> {
    let combines = model.manifest.input_selection.as_ref().is_some_and(|selection| selection.value.combine.is_some());
    let items = if series || combines || model.is_volume() {
        scan::group_series(&found.files)
    } else {
        found.files.iter().map(|file| vec![file.clone()]).collect()
    };
    match model.slice_files() {
        Some(slice_files) => slice_files.group(items),
        None => items,
    }
}

/// Where the lines go, and what has been counted.
struct Output<'a> {
    json: bool,
    class_names: &'a [String],
    lines: BufWriter<std::io::StdoutLock<'static>>,
    table: Table,
    bar: indicatif::ProgressBar,
    predicted: usize,
    failed: usize,
}

impl<'a> Output<'a> {
    fn new(args: &PredictArgs, model: &'a Model, items: usize) -> Self {
        Self {
            json: args.json,
            class_names: model.class_names(),
            lines: BufWriter::new(std::io::stdout().lock()),
            table: Table::new(model),
            bar: progress::bar(items),
            predicted: 0,
            failed: 0,
        }
    }

    fn case(&mut self, case: &Case) -> anyhow::Result<()> {
        match case.outcome {
            Ok(_) => self.predicted += 1,
            Err(_) => self.failed += 1,
        }
        let line = if self.json { report::json_line(case, self.class_names).to_string() } else { self.table.row(case) };
        self.line(&line)?;
        self.bar.inc(1);
        Ok(())
    }

    fn problem(&mut self, problem: &scan::ScanError) -> anyhow::Result<()> {
        self.failed += 1;
        let line = if self.json {
            serde_json::json!({"path": problem.path().to_string_lossy(), "error": problem.to_string()}).to_string()
        } else {
            format!("error: {problem}")
        };
        self.line(&line)
    }

    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        // Under a bar, lines and bar must not write over each other.
        let written = self.bar.suspend(|| writeln!(self.lines, "{line}").and_then(|()| self.lines.flush()));
        written.context("the output was closed")
    }

    fn finish(mut self, session: &Session) -> anyhow::Result<Ended> {
        self.bar.finish_and_clear();
        if self.json {
            // Beside the lines, which are for programs.
            for note in &self.table.notes {
                eprintln!("note: {note}");
            }
        } else {
            let summary = self.table.summary(self.predicted, self.failed, session);
            self.line(&summary)?;
        }
        Ok(if self.failed == 0 { Ended::Well } else { Ended::SomeFailed })
    }
}
