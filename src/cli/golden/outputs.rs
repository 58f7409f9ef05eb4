//! The training framework's outputs for the cases that are recorded, from the files that the doctor reads.

use std::path::{Path, PathBuf};

use crate::engine::Model;
use crate::review::doctor::{DoctorError, Reference, Table, TableFor, read_table};

/// What the framework said of the cases.
pub(super) struct Framework {
    /// For each case, where the file has a row for it.
    pub rows: Vec<Option<Stated>>,
    /// Largest difference of a number that is rounding.
    pub tolerance: f32,
}

/// What it said of one.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub probabilities: Vec<f32>,
    /// Where the file holds logits.
    pub logits: Option<Vec<f32>>,
}

/// Reads `file` and finds the row of each case. A case of several files is looked for by its name, then by those of its
/// files.
pub(super) fn read(file: &Path, model: &Model, items: &[Vec<PathBuf>]) -> anyhow::Result<Framework> {
    let (table, _) = read_table(file, TableFor::model(model).stated())?;
    let (mut logits, _) = match table.of_logits() {
        Some(table) => rows(file, model, items, table)?,
        None => (vec![None; items.len()], 0.0),
    };
    let (probabilities, tolerance) = rows(file, model, items, table)?;
    let stated = probabilities.into_iter().zip(&mut logits);
    let stated = stated.map(|(row, logits)| Some(Stated { probabilities: row?, logits: logits.take() }));
    Ok(Framework { rows: stated.collect(), tolerance: tolerance as f32 })
}

type Rows = Vec<Option<Vec<f32>>>;

/// The row of each case, and what is rounding.
fn rows(file: &Path, model: &Model, items: &[Vec<PathBuf>], table: Table) -> anyhow::Result<(Rows, f64)> {
    let names: Vec<PathBuf> = items.iter().map(|item| key(model, item)).collect();
    let (places, reference) = match table.clone().join(&names) {
        Ok((chosen, reference)) => (chosen, reference),
        Err(DoctorError::TooLittle { .. }) if items.iter().any(|item| item.len() > 1) => {
            let files = items.concat();
            let owners: Vec<usize> =
                items.iter().enumerate().flat_map(|(owner, item)| item.iter().map(move |_| owner)).collect();
            let (chosen, reference) = table.join(&files)?;
            (chosen.into_iter().filter_map(|at| owners.get(at).copied()).collect(), reference)
        }
        Err(error) => return Err(error.into()),
    };
    let Reference::Outputs { scores, tolerance, .. } = reference else {
        anyhow::bail!("{} holds labels, and the framework's outputs are needed", file.display());
    };
    let mut rows = vec![None; items.len()];
    for (place, scores) in places.into_iter().zip(scores) {
        let Some(row) = rows.get_mut(place) else { continue };
        if row.is_some() {
            let name = items.get(place).map(|item| title(model, item)).unwrap_or_default();
            anyhow::bail!(
                "{} has several rows for the slices of {name}, and they are one case. Give one row a case, named {name}.",
                file.display()
            );
        }
        *row = Some(scores.into_iter().map(|score| score as f32).collect());
    }
    Ok((rows, tolerance))
}

/// What a case's row is looked for by: the path of its file; of slices, their folder and the name of the case.
fn key(model: &Model, item: &[PathBuf]) -> PathBuf {
    match item {
        [one] => one.clone(),
        several => {
            let folder = several.first().and_then(|file| file.parent()).unwrap_or(Path::new(""));
            folder.join(title(model, several))
        }
    }
}

/// The name of a case: that of its file without its ending; of slices, that of the case; of a series, that of its folder.
pub(super) fn title(model: &Model, item: &[PathBuf]) -> String {
    let Some(first) = item.first() else { return String::new() };
    let words = |name: Option<&std::ffi::OsStr>| name.map(|name| name.to_string_lossy().into_owned());
    if item.len() > 1 {
        let case = model.slice_files().and_then(|slice_files| slice_files.case_of(first)).map(str::to_owned);
        return case.or_else(|| words(first.parent().and_then(Path::file_name))).unwrap_or_default();
    }
    let stem = words(first.file_stem()).unwrap_or_default();
    stem.strip_suffix(".nii").unwrap_or(&stem).to_owned()
}
