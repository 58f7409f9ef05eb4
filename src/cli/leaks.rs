//! `overread leaks`: near-duplicates inside a folder and against the training data.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Ended, LeaksArgs, Misuse, progress};
use crate::report::{self, LeakReport, PairPicture};
use crate::review::Control;
use crate::review::leak::{
    LeakFile, LeakItem, LeakOptions, LeakProgress, LeakStage, Leaks, Pair, find_leaks, leak_items, leave_out, look_up,
    picture, rest, telling_pairs,
};
use crate::review::table::{Predictions, TableOptions, read_predictions};

/// Pairs of one sheet.
const ON_A_SHEET: usize = 12;
/// Pixels of a picture on a sheet.
const PICTURE_SIDE: usize = 168;

/// Runs the command. Errors mean that nothing was compared.
pub fn leaks(args: &LeaksArgs) -> anyhow::Result<Ended> {
    for folder in [Some(&args.folder), args.against.as_ref()].into_iter().flatten() {
        if !folder.is_dir() {
            return Err(Misuse(format!("{}: there is no such folder", folder.display())).into());
        }
    }
    let predictions = args.predictions.as_ref().map(|path| predictions(path, args)).transpose()?;
    let classes = match (&args.classes, &predictions) {
        (Some(given), _) => given.clone(),
        (None, Some(table)) => table.class_names.clone(),
        (None, None) => Vec::new(),
    };
    let inside = leak_items(&args.folder, &classes);
    let mut against = args.against.as_ref().map(|folder| leak_items(folder, &classes));
    let mut remarks = Vec::new();
    if let Some(against) = &mut against {
        let both = leave_out(&mut against.items, &inside.items);
        if both > 0 {
            remarks.push(format!(
                "{both} files lie in both folders; they are taken as the folder's, not as training data."
            ));
        }
    }
    let against_items = against.as_ref().map(|found| found.items.as_slice());
    let leaks = search(&inside.items, against_items, args.threshold)?;
    let unread = inside.problems.iter().chain(against.iter().flat_map(|found| &found.problems));
    remarks.extend(unread.clone().map(ToString::to_string));
    let complete = leaks.broken.is_empty() && unread.count() == 0;
    let report = LeakReport {
        folder: &args.folder,
        against: args.against.as_deref(),
        look_up: look_up(&leaks),
        rest: predictions.as_ref().map(|table| (table.path.as_path(), rest(&leaks, table))),
        leaks: &leaks,
        remarks,
        identity: args.identity,
    };
    if args.json {
        say!("{:#}", report::leak_json(&report));
    } else {
        say!("{}", report::leak_text(&report).trim_end());
    }
    if let Some(path) = &args.split {
        report::write_leak_files(path, &leaks)?;
    }
    if let Some(out) = &args.out {
        let files = write(out, &report)?;
        if !args.json {
            say!("\nWritten to {}: {}", out.display(), files.join(", "));
        }
    }
    Ok(if complete { Ended::Well } else { Ended::SomeFailed })
}

/// A table, or the folder of a run that holds one.
fn predictions(path: &Path, args: &LeaksArgs) -> anyhow::Result<Predictions> {
    let table = if path.is_dir() { path.join("predictions.csv") } else { path.to_owned() };
    if !table.is_file() {
        return Err(Misuse(format!("{}: there is no such file", table.display())).into());
    }
    let options = TableOptions { classes: args.classes.clone(), ..Default::default() };
    Ok(read_predictions(&table, &options, None)?)
}

/// Compares, with a progress bar.
pub(super) fn search(inside: &[LeakItem], against: Option<&[LeakItem]>, threshold: f32) -> anyhow::Result<Leaks> {
    let options = LeakOptions { threshold, ..Default::default() };
    let bar = progress::bar(inside.len() + against.map_or(0, <[_]>::len));
    let mut show = |LeakProgress { stage, done, total }| {
        let message = match stage {
            LeakStage::Opening => "opening",
            LeakStage::Reading => "reading",
            LeakStage::Comparing => "comparing",
        };
        bar.set_message(message);
        bar.set_length(total as u64);
        bar.set_position(done as u64);
        Control::Continue
    };
    let leaks = find_leaks(inside, against, &options, &mut show);
    bar.finish_and_clear();
    Ok(leaks?)
}

/// Writes everything and gives the files' names.
fn write(out: &Path, report: &LeakReport<'_>) -> anyhow::Result<Vec<String>> {
    std::fs::create_dir_all(out).with_context(|| format!("the folder {} could not be made", out.display()))?;
    let mut names = Vec::new();
    let mut path = |name: &str| -> PathBuf {
        names.push(name.to_owned());
        out.join(name)
    };
    let texts =
        [("leaks.json", format!("{:#}\n", report::leak_json(report))), ("leaks.txt", report::leak_text(report))];
    for (name, text) in texts {
        let path = path(name);
        std::fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))?;
    }
    report::write_leak_pairs(&path("pairs.csv"), report.leaks)?;
    report::write_leak_files(&path("clusters.csv"), report.leaks)?;
    let telling = telling_pairs(report.leaks, ON_A_SHEET);
    for (name, title, pairs) in [
        ("pairs-disagreeing.png", "Twins with different labels, strongest first", &telling.disagreeing),
        ("pairs-strongest.png", "The strongest pairs", &telling.strongest),
        ("pairs-weakest.png", "Pairs just above the threshold: are these the same picture?", &telling.weakest),
    ] {
        if !pairs.is_empty() {
            let pictures: Vec<PairPicture> = pairs.iter().map(|pair| pair_picture(report.leaks, pair)).collect();
            report::write_pair_sheet(&path(name), title, &pictures)?;
        }
    }
    Ok(names)
}

fn pair_picture(leaks: &Leaks, pair: &Pair) -> PairPicture {
    let [a, b] = [pair.a, pair.b].map(|index| leaks.files.get(index));
    let shown = |file: Option<&LeakFile>| file.and_then(|file| picture(&file.path, PICTURE_SIDE).ok());
    let name = |file: Option<&LeakFile>| {
        let path = file.map(|file| file.path.as_path());
        let parts: Vec<_> = path.into_iter().flat_map(Path::components).rev().take(3).collect();
        parts.into_iter().rev().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    let labels = match leaks.labels_agree(pair) {
        Some(true) => a.and_then(|file| file.label.clone()).unwrap_or_default(),
        Some(false) => {
            let label = |file: Option<&LeakFile>| file.and_then(|file| file.label.clone()).unwrap_or_default();
            format!("{} against {}", label(a), label(b))
        }
        None => String::new(),
    };
    let strength = if pair.same_bytes { "same bytes".to_owned() } else { format!("r {:.3}", pair.correlation) };
    PairPicture {
        left: shown(a),
        right: shown(b),
        about: format!("{strength}  {labels}"),
        names: [name(a), name(b)],
        alarm: leaks.labels_agree(pair) == Some(false),
    }
}
