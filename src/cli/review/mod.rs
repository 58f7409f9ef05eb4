//! `overread review`: folders in; predictions, numbers, what is wrong and what differs out, all in one folder that can
//! be gone on with.

mod documents;
mod results;
mod run;

use std::path::PathBuf;

use self::results::Results;
use self::run::Side;
use super::predict::items;
use super::{Ended, Misuse, ReviewArgs};
use crate::engine::Model;
use crate::review::record::{ClassMapping, LabelSource, MappedLabel, MatchedBy};
use crate::review::table::{TableOptions, read_truth};
use crate::scan;

/// Runs the command. Errors mean that nothing could be reviewed, or that a file could not be written; what was run
/// before is kept.
pub fn review(args: &ReviewArgs) -> anyhow::Result<Ended> {
    for model in [Some(&args.model), args.compare.as_ref()].into_iter().flatten().chain(&args.paths) {
        if !model.exists() {
            return Err(Misuse(format!("{}: there is no such file or folder", model.display())).into());
        }
    }
    let model = Model::load(&args.model)?;
    let other = args.compare.as_ref().map(|path| Model::load(path)).transpose()?;
    if let Some(other) = other.as_ref().filter(|other| other.class_names() != model.class_names()) {
        let (a, b) = (model.class_names().join(", "), other.class_names().join(", "));
        return Err(Misuse(format!("the models have other classes, {a} and {b}: they cannot be compared")).into());
    }
    let thresholds = thresholds(args, model.class_names())?;
    let mapping = args.maps.iter().try_fold(ClassMapping::new(model.class_names()), |mapping, (label, class)| {
        mapping.with_pair(label, class).map_err(|what| Misuse(format!("--map {label}={class}: {what}")))
    })?;
    let labels = match &args.truth {
        Some(path) if !path.is_file() => {
            return Err(Misuse(format!("--truth {}: there is no such file", path.display())).into());
        }
        Some(path) => LabelSource::Table(read_truth(path, &TableOptions::default())?),
        None => LabelSource::Folders,
    };
    let found = scan::discover(&args.paths);
    let items = items(args.series, &found, &model);
    if items.is_empty() && found.problems.is_empty() {
        anyhow::bail!("no picture was found there; DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy files are read");
    }
    let work = Work { args, items, problems: found.problems, labels, mapping };
    let Some(mut a) = Side::run(&work, model, None)? else { return Ok(Ended::Stopped) };
    say_labels(args, &a);
    let b = match other.map(|other| Side::run(&work, other, Some(&mut a.folder))).transpose()? {
        Some(None) => return Ok(Ended::Stopped),
        b => b.flatten(),
    };
    let failed = a.failed() + b.as_ref().map_or(0, Side::failed);
    Results { work: &work, a, b, thresholds }.write()?;
    Ok(if failed == 0 { Ended::Well } else { Ended::SomeFailed })
}

/// What both models are run over.
struct Work<'a> {
    args: &'a ReviewArgs,
    items: Vec<Vec<PathBuf>>,
    problems: Vec<scan::ScanError>,
    labels: LabelSource,
    mapping: ClassMapping,
}

/// Class indices for `--threshold`.
fn thresholds(args: &ReviewArgs, names: &[String]) -> Result<Vec<(usize, f32)>, Misuse> {
    let class = |name: &Option<String>| match name {
        None if names.len() == 2 => Ok(1),
        None => Err(Misuse(format!("--threshold: name the class, one of {}", names.join(", ")))),
        Some(name) => {
            let found = ClassMapping::new(names).class(name);
            let unknown = || Misuse(format!("--threshold {name}: the classes are {}", names.join(", ")));
            found.map(|(class, _)| class).ok_or_else(unknown)
        }
    };
    args.thresholds.iter().map(|(name, score)| Ok((class(name)?, *score))).collect()
}

/// Label texts that are shown.
const MOST_LABELS: usize = 40;

/// How labels were read, and each that a person should look at.
fn say_labels(args: &ReviewArgs, side: &Side) {
    if args.json {
        return;
    }
    let labels = &side.recorder.labels;
    for remark in &labels.remarks {
        say!("{remark}");
    }
    let plain = |row: &&MappedLabel| row.by == Some(MatchedBy::Exact);
    if labels.mapping.iter().all(|row| plain(&row)) {
        return;
    }
    say!("Labels:");
    for row in labels.mapping.iter().take(MOST_LABELS) {
        let name = row.class.and_then(|class| side.model.class_names().get(class));
        let class = name.map_or("none of the classes (--map says which)".to_owned(), |name| {
            format!("{name} (by {})", row.by.map_or("?", MatchedBy::word))
        });
        say!("  {:<24} {:>6}   {class}", row.label, row.cases);
    }
    if labels.mapping.len() > MOST_LABELS {
        say!("  and {} more", labels.mapping.len() - MOST_LABELS);
    }
}
