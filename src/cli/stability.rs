//! `overread predict --stability`: each prediction under small changes of its picture.

use super::table::Table;
use super::{Ended, PredictArgs};
use crate::engine::{Model, Session};
use crate::report;
use crate::review::stability::{Change, Stability, stability};
use crate::review::{Case, CaseError, Scored, truth_from_folder};
use crate::scan;

/// One case after the other; a broken file is a line, and the next one goes on.
pub(super) fn predict_changed(
    args: &PredictArgs,
    items: &[Vec<std::path::PathBuf>],
    model: &Model,
    session: &mut Session,
) -> anyhow::Result<Ended> {
    let mut changes = Change::small(model.is_volume());
    changes.extend(args.flips.then_some(Change::Flip));
    let (mut table, mut predicted, mut failed) = (Table::new(model), 0, 0);
    for (item, files) in items.iter().enumerate() {
        let path = files.first().cloned().unwrap_or_default();
        let truth = truth_from_folder(&path, model.class_names());
        let (outcome, found) = match one(args, files, model, session, &changes) {
            Ok((scored, found)) => (Ok(scored), Some(found)),
            Err(error) => (Err(error), None),
        };
        match found {
            Some(_) => predicted += 1,
            None => failed += 1,
        }
        let case = Case { item, path, truth, source: None, outcome };
        if args.json {
            let mut line = report::json_line(&case, model.class_names());
            if let (Some(fields), Some(found)) = (line.as_object_mut(), &found) {
                fields.insert("stability".to_owned(), report::stability_json(found, model.class_names()));
            }
            say!("{line}");
        } else {
            say!("{}{}", table.row(&case), found.as_ref().map(|found| words(found, model)).unwrap_or_default());
        }
    }
    if !args.json {
        say!("{}", table.summary(predicted, failed, session));
    }
    Ok(if failed == 0 { Ended::Well } else { Ended::SomeFailed })
}

/// The case that stands for the file: of several, the middle one.
fn one(
    args: &PredictArgs,
    files: &[std::path::PathBuf],
    model: &Model,
    session: &mut Session,
    changes: &[Change],
) -> Result<(Scored, Stability), CaseError> {
    let scan = match files {
        [one] => scan::open(one)?,
        several => scan::open_series(several)?,
    };
    let selection = model
        .select_slices(&scan, args.slices.as_ref())
        .map_err(|source| CaseError::Engine { path: scan.path.clone(), source: Box::new(source) })?;
    let siblings = selection.groups.len();
    let slices = selection.groups.into_iter().nth(siblings / 2).unwrap_or_default();
    let found = stability(&scan, &slices, model, session, changes)?;
    let warnings = [scan.meta.remarks.clone(), selection.remarks].concat();
    Ok((Scored { slices, siblings, inference: found.unchanged.clone(), warnings, known: None }, found))
}

fn words(found: &Stability, model: &Model) -> String {
    let (low, high) = found.range();
    let name = |class: usize| model.class_names().get(class).map_or("?", String::as_str);
    let others: Vec<String> =
        found.other_class().map(|(change, other)| format!("{}: {}", change.words(), name(other.predicted))).collect();
    let which = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
    format!("\n    {}, score {low:.3} to {high:.3}{which}", found.words())
}
