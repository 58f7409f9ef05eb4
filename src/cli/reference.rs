//! `overread reference`: what a model has seen, kept beside it.

use std::path::PathBuf;

use super::predict::items;
use super::{Ended, Misuse, ReferenceArgs, progress};
use crate::engine::{Model, SessionOptions};
use crate::report;
use crate::review::Control;
use crate::review::record::{ClassMapping, LabelSource, Labels, Pseudonyms, Recorder, Roots};
use crate::review::reference::{self, BuildOptions, ReferenceFacts, UNLIKE};
use crate::review::table::{TableOptions, read_truth};
use crate::scan;

/// Runs the command. Errors mean that nothing was written.
pub fn reference(args: &ReferenceArgs) -> anyhow::Result<Ended> {
    for path in args.paths.iter().chain([&args.model]) {
        if !path.exists() {
            return Err(Misuse(format!("{}: there is no such file or folder", path.display())).into());
        }
    }
    let model = Model::load(&args.model)?;
    let out = place(args, &model)?;
    let mapping = args.maps.iter().try_fold(ClassMapping::new(model.class_names()), |mapping, (label, class)| {
        mapping.with_pair(label, class).map_err(|what| Misuse(format!("--map {label}={class}: {what}")))
    })?;
    let source = match &args.truth {
        Some(path) if !path.is_file() => {
            return Err(Misuse(format!("--truth {}: there is no such file", path.display())).into());
        }
        Some(path) => LabelSource::Table(read_truth(path, &TableOptions::default())?),
        None => LabelSource::Folders,
    };
    let found = scan::discover(&args.paths);
    let all = items(args.series, &found, &model);
    let roots = Roots::new(&args.paths);
    let files: Vec<PathBuf> = all.iter().filter_map(|files| files.first().cloned()).collect();
    let pseudonyms = Pseudonyms::Plain;
    let labels = Labels::new(&source, &files, &roots, &pseudonyms, &mapping);
    let chosen = reference::choose(&all, args.most, &roots, &labels);
    let recorder = Recorder { roots, labels, pseudonyms };

    let options = SessionOptions::for_many(&model, chosen.len());
    let mut tap = reference::find_taps(&model, args.engine.into(), &options)?;
    let bar = progress::bar(chosen.len());
    let mut failed = found.problems.len();
    found.problems.iter().for_each(|problem| eprintln!("error: {problem}"));
    let options =
        BuildOptions { most: args.most, names: !args.without_names, of: all.len(), slices: args.slices.clone() };
    let new = reference::build(&chosen, &model, &mut tap, &recorder, &options, &mut |case| {
        if let Err(error) = &case.outcome {
            failed += 1;
            bar.suspend(|| eprintln!("error: {error}"));
        }
        bar.inc(1);
        Control::Continue
    })?;
    bar.finish_and_clear();
    let facts = report::write_reference(&out, &new)?;
    if args.json {
        say!("{:#}", serde_json::to_value(&facts)?);
    } else {
        recorder.labels.remarks.iter().for_each(|remark| say!("{remark}"));
        said(&facts, &new.cases);
        say!("Written to {}", out.display());
    }
    Ok(if failed == 0 { Ended::Well } else { Ended::SomeFailed })
}

fn place(args: &ReferenceArgs, model: &Model) -> anyhow::Result<PathBuf> {
    let out = match &args.out {
        Some(out) => out.clone(),
        None => reference::folder_for(model).ok_or_else(|| {
            Misuse("neither the model's folder nor a data folder can be written; say where with --out".to_owned())
        })?,
    };
    if out.join("reference.json").exists() && !args.replace {
        let there = format!("{} holds a reference already; --replace puts the new one in its place", out.display());
        return Err(Misuse(there).into());
    }
    Ok(out)
}

fn said(facts: &ReferenceFacts, cases: &[reference::ReferenceCase]) {
    let mut labels: Vec<(&str, usize)> = Vec::new();
    for case in cases {
        let label = case.label.as_deref().unwrap_or("no label");
        match labels.iter_mut().find(|(known, _)| *known == label) {
            Some((_, count)) => *count += 1,
            None => labels.push((label, 1)),
        }
    }
    labels.sort_unstable();
    let labels: Vec<String> = labels.iter().map(|(label, count)| format!("{label} {count}")).collect();
    say!("{} of {} pictures: {}", facts.cases, facts.of, labels.join(", "));
    for part in &facts.parts {
        say!("{} numbers each, from \"{}\" ({})", part.dims, part.tap.tensor, part.words);
    }
    if let Some(share) = facts.nearest_agrees {
        say!("The most similar other case has the same label in {:.1} %.", share * 100.0);
    }
    let mut distances: Vec<f64> = cases.iter().map(|case| case.distance).collect();
    distances.sort_by(f64::total_cmp);
    let at = |share: f64| distances.get((share * distances.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    say!(
        "Distance to the others, in standard deviations: median {:.1}, {:.0} % of cases below {:.1}. A case farther out is called unlike them.",
        at(0.5),
        UNLIKE * 100.0,
        at(UNLIKE)
    );
}
