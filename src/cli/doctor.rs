//! `overread doctor`: finds out how pictures were prepared when a model was trained.

use serde_json::json;

use super::{DoctorArgs, Ended, Misuse, progress};
use crate::engine::import::write_metadata;
use crate::engine::{MetadataFile, Model};
use crate::review::doctor::{Control, DoctorOptions, Reference, Verdict, examine, material, readings};

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
    let (samples, reference) = material(&args.pictures, args.predictions.as_deref(), args.most.into(), model)?;
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
