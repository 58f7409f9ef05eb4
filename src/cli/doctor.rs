//! `overread doctor`: finds out how pictures were prepared when a model was trained.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{DoctorArgs, Ended, Misuse, progress};
use crate::engine::import::{Choices, draft, write_metadata};
use crate::engine::{EngineError, MetadataFile, Model};
use crate::onnx::Layout;
use crate::review::doctor::{Control, DoctorError, DoctorOptions, Reference, Sample, Verdict, examine, read_table};
use crate::review::truth_from_folder;
use crate::scan;

/// Runs the command.
pub fn doctor(args: &DoctorArgs) -> anyhow::Result<Ended> {
    for path in std::iter::once(&args.model).chain(&args.pictures).chain(&args.predictions) {
        if !path.exists() {
            return Err(Misuse(format!("{}: there is no such file or folder", path.display())).into());
        }
    }
    let models = readings(&args.model)?;
    let Some(model) = models.first() else { anyhow::bail!("the model could not be read") };
    if args.apply && model.is_bare {
        let hint = format!(
            "--apply writes metadata.json of a model folder: `overread import {} --out FOLDER` makes one first",
            args.model.display()
        );
        return Err(Misuse(hint).into());
    }
    if model.is_volume() {
        return Err(Misuse("the doctor tries the steps of pictures; this model takes volumes".to_owned()).into());
    }
    let (samples, reference) = material(args, model)?;
    if !args.json {
        let what =
            if matches!(reference, Reference::Labels(_)) { "labelled pictures" } else { "pictures with outputs" };
        eprintln!("{} {what}", samples.len());
    }
    let options = DoctorOptions { engine: args.engine.into(), ..DoctorOptions::default() };
    let bar = progress::bar(1);
    let verdict = examine(&models, &samples, &reference, &options, &mut |progress| {
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
        Control::Continue
    })?;
    bar.finish_and_clear();
    tell(args, model, &verdict)?;
    if args.apply {
        apply(args, model, &verdict, samples.len())?;
    }
    Ok(Ended::Well)
}

/// The model; in both layouts where its graph does not tell.
fn readings(path: &Path) -> anyhow::Result<Vec<Model>> {
    let first = match Model::load(path) {
        Ok(model) => return Ok(vec![model]),
        Err(error @ EngineError::Onnx { .. }) => error,
        Err(error) => return Err(error.into()),
    };
    let read = |layout| draft(path, &Choices { layout: Some(layout), ..Choices::default() }).map(|draft| draft.model);
    let both: Vec<Model> = [Layout::Nhwc, Layout::Nchw].into_iter().filter_map(|layout| read(layout).ok()).collect();
    if both.is_empty() { Err(first.into()) } else { Ok(both) }
}

/// Pictures, and what is known about each.
fn material(args: &DoctorArgs, model: &Model) -> anyhow::Result<(Vec<Sample>, Reference)> {
    let found = scan::discover(&args.pictures);
    let names = model.class_names();
    let (mut paths, reference) = match &args.predictions {
        Some(file) => {
            let (chosen, reference) = read_table(file, names)?.join(&found.files)?;
            (chosen.into_iter().filter_map(|index| found.files.get(index).cloned()).collect::<Vec<_>>(), reference)
        }
        None => {
            let labelled: Vec<(PathBuf, usize)> =
                found.files.iter().filter_map(|path| Some((path.clone(), truth_from_folder(path, names)?))).collect();
            if labelled.is_empty() {
                let what = format!(
                    "No picture lies in a folder named like a class ({}). Name the classes (`overread import --classes`), \
                     or give the framework's outputs with --predictions.",
                    names.join(", ")
                );
                return Err(DoctorError::TooLittle { what }.into());
            }
            let (paths, labels) = labelled.into_iter().unzip();
            (paths, Reference::Labels(labels))
        }
    };
    let chosen = spread(paths.len(), args.most.into());
    let reference = reference.chosen(&chosen);
    paths = chosen.iter().filter_map(|index| paths.get(*index).cloned()).collect();
    let samples = paths.iter().map(|path| sample(path, model)).collect::<anyhow::Result<Vec<Sample>>>()?;
    Ok((samples, reference))
}

/// `most` places of `all`, evenly.
fn spread(all: usize, most: usize) -> Vec<usize> {
    let count = all.min(most).max(1);
    (0..count.min(all)).map(|place| place * all / count).collect()
}

/// The frame that the model takes of a file; of several, the middle one.
fn sample(path: &Path, model: &Model) -> anyhow::Result<Sample> {
    let scan = scan::open(path)?;
    let selection = model.select_slices(&scan, None)?;
    let frames: Vec<usize> = selection.groups.into_iter().flatten().collect();
    let index = frames.get(frames.len() / 2).copied().unwrap_or(0);
    Ok(Sample { path: path.to_owned(), frame: scan.frame(index)?, meta: scan.meta.clone() })
}

fn tell(args: &DoctorArgs, model: &Model, verdict: &Verdict) -> anyhow::Result<()> {
    if args.json {
        say!("{}", serde_json::to_string_pretty(&verdict.to_json(model.class_names()))?);
        return Ok(());
    }
    for sentence in verdict.sentences(model.class_names()) {
        say!("{sentence}");
    }
    if let Some(winner) = verdict.winner() {
        say!("\nSteps:");
        for step in &winner.steps {
            say!("  {}", serde_json::to_string(step)?);
        }
    }
    say!("\n{} combinations tried, {} pictures through the network.", verdict.tried, verdict.runs);
    Ok(())
}

/// Writes the winner's steps into `metadata.json`, with how they were found.
fn apply(args: &DoctorArgs, model: &Model, verdict: &Verdict, pictures: usize) -> anyhow::Result<()> {
    let Some(winner) = verdict.winner() else { return Ok(()) };
    let mut file: MetadataFile = model.manifest.file.clone();
    file.preprocess = Some(winner.steps.clone());
    let record = json!({
        "pictures": pictures, "reference": if verdict.tolerance.is_some() { "outputs" } else { "labels" },
        "reproduced": verdict.reproduced, "mean": winner.mean, "worst": winner.worst,
        "cannot_be_told_from": verdict.twins().iter().map(|twin| twin.words.clone()).collect::<Vec<_>>(),
        "overread": env!("CARGO_PKG_VERSION"),
    });
    file.other.insert("doctor".to_owned(), record);
    let written = write_metadata(&model.folder, &file)?;
    if !args.json {
        say!("Written to {}.", written.path.display());
        if let Some(older) = written.older {
            say!("The version before is kept as {}.", older.display());
        }
    }
    Ok(())
}
