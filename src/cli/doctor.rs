//! `overread doctor`: finds out how pictures were prepared when a model was trained.

use super::import::trimmed;
use super::{DoctorArgs, Ended, Misuse, progress};
use crate::engine::import::{Choices, DOCTOR, ReadExport, write_metadata};
use crate::engine::{MetadataFile, Model};
use crate::review::doctor::{Control, DoctorOptions, Material, NamesFrom, Reference, Verdict, Way, examine, material};

/// Runs the command.
pub fn doctor(args: &DoctorArgs) -> anyhow::Result<Ended> {
    for path in std::iter::once(&args.model).chain(&args.pictures).chain(&args.predictions) {
        if !path.exists() {
            return Err(Misuse(format!("{}: there is no such file or folder", path.display())).into());
        }
    }
    let export = ReadExport::open(&args.model)?;
    if args.apply && export.stated().is_none() {
        let hint = format!(
            "--apply writes metadata.json of a model folder: `overread import {} --out FOLDER` makes one first",
            args.model.display()
        );
        return Err(Misuse(hint).into());
    }
    let choices = Choices {
        classes: args.classes.as_deref().map(trimmed),
        classes_from: "typed".to_owned(),
        ..Choices::default()
    };
    let made = material(&export, &choices, &args.pictures, args.predictions.as_deref(), args.most.into())?;
    let Material { models, names_from, samples, reference } = made;
    let Some(model) = models.first() else { anyhow::bail!("the model could not be read") };
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
    tell(args, model, names_from, &verdict)?;
    if let Some(stated) = export.stated().filter(|_| args.apply) {
        apply(args, (&export, stated), &verdict)?;
    }
    Ok(Ended::Well)
}

fn tell(args: &DoctorArgs, model: &Model, names_from: NamesFrom, verdict: &Verdict) -> anyhow::Result<()> {
    if args.json {
        say!("{}", serde_json::to_string_pretty(&verdict.to_json(model.class_names(), names_from))?);
        return Ok(());
    }
    for sentence in verdict.sentences(model.class_names(), names_from) {
        say!("{sentence}");
    }
    ranking(verdict);
    if let Some(winner) = verdict.winner() {
        say!("\nSteps:");
        for step in &winner.steps {
            say!("  {}", serde_json::to_string(step)?);
        }
    }
    say!("\n{} combinations tried, {} pictures through the network.", verdict.tried, verdict.runs);
    Ok(())
}

/// Rows of the ranking, beside that of the current setting.
const MOST_ROWS: usize = 8;

/// The first of the ranking, and always the current setting with its place.
fn ranking(verdict: &Verdict) {
    let loss = if verdict.tolerance.is_some() { "difference" } else { "log loss" };
    say!("\n  place  {loss} (95 %)             right    way");
    for (place, one) in verdict.ranked.iter().enumerate() {
        if place >= MOST_ROWS && !one.is_present {
            continue;
        }
        let (low, high) = one.interval;
        let fit = match verdict.tolerance {
            Some(_) => format!("{:.1e} [{low:.1e}, {high:.1e}]", one.mean),
            None => format!("{:.3} [{low:.3}, {high:.3}]", one.mean),
        };
        let sign = if place < verdict.tied { '=' } else { ' ' };
        let right = format!("{}/{}", one.agree, verdict.pictures);
        let now =
            if one.is_present && matches!(one.candidate.way, Way::Recipe(..)) { ", as the model says now" } else { "" };
        say!("{sign} {:>5}  {fit:<27} {right:>7}    {}{now}", place + 1, one.words);
    }
    if verdict.tied > 1 {
        say!("  =      cannot be told apart from the first");
    }
}

/// Writes the winner's steps into `metadata.json`, with how they were found.
fn apply(args: &DoctorArgs, (export, stated): (&ReadExport, &MetadataFile), verdict: &Verdict) -> anyhow::Result<()> {
    let (Some(winner), Some(record)) = (verdict.winner(), verdict.record(0)) else { return Ok(()) };
    let mut file = stated.clone();
    file.preprocess = Some(winner.steps.clone());
    ReadExport::state_steps(&mut file);
    file.other.insert(DOCTOR.to_owned(), record);
    let written = write_metadata(&export.folder(), &file)?;
    if !args.json {
        say!("Written to {}.", written.path.display());
        if let Some(older) = written.older {
            say!("The version before is kept as {}.", older.display());
        }
    }
    Ok(())
}
