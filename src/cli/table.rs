//! Predictions as a table for people.

use crate::engine::{Model, Origin, Session};
use crate::review::Case;
use crate::review::reference::{Known, UNLIKE};

/// Writes one row a case: predicted class, its score, the path; the header before the first row.
pub struct Table {
    class_names: Vec<String>,
    name_width: usize,
    header_written: bool,
    /// Sentences about cases, each with the number of cases it was said of and the first of them.
    warnings: Vec<(String, usize, String)>,
    rows: usize,
    pub notes: Vec<String>,
    /// Cases of the reference that is compared with.
    pub reference: Option<usize>,
    compared: usize,
    unlike: usize,
    /// True where every slice is a case: then the first one is named too.
    pub all_slices: bool,
}

impl Table {
    pub fn new(model: &Model) -> Self {
        let class_names = model.class_names();
        let name_width = class_names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("predicted".len());
        Self {
            class_names: class_names.to_vec(),
            name_width,
            header_written: false,
            warnings: Vec::new(),
            rows: 0,
            notes: notes(model),
            reference: None,
            compared: 0,
            unlike: 0,
            all_slices: false,
        }
    }

    /// The row of a case, after the header if it is the first.
    pub fn row(&mut self, case: &Case) -> String {
        self.rows += 1;
        let row = match &case.outcome {
            Ok(scored) => {
                let doubt = scored.known.as_ref().and_then(Known::warning);
                self.compared += usize::from(scored.known.is_some());
                self.unlike += usize::from(doubt.is_some());
                let others = scored.warnings.iter().filter(|warning| Some(*warning) != doubt.as_ref());
                self.remember(&printable(&case.path.to_string_lossy()), others);
                let result = &scored.inference;
                let scores: Vec<String> = result.scores.iter().map(|score| format!("{score:>7.4}")).collect();
                let predicted = self.class_names.get(result.predicted).map_or("?", String::as_str);
                let mark = match case.truth {
                    Some(truth) if truth == result.predicted => "=",
                    Some(_) => "≠",
                    None => " ",
                };
                format!(
                    "{predicted:<width$} {mark} {}  {}{}{}",
                    scores.join(" "),
                    printable(&case.path.to_string_lossy()),
                    slices(&scored.slices, self.all_slices),
                    scored.known.as_ref().map(known).unwrap_or_default(),
                    width = self.name_width
                )
            }
            Err(error) => format!("{:<width$}   {error}", "error", width = self.name_width),
        };
        if std::mem::replace(&mut self.header_written, true) { row } else { format!("{}\n{row}", self.header()) }
    }

    fn remember<'a>(&mut self, path: &str, warnings: impl Iterator<Item = &'a String>) {
        for warning in warnings {
            if let Some((_, count, _)) = self.warnings.iter_mut().find(|(known, ..)| known == warning) {
                *count += 1;
            } else if self.warnings.len() < MOST_WARNINGS {
                self.warnings.push((warning.clone(), 1, path.to_owned()));
            }
        }
    }

    /// Warnings and notes, a line each.
    fn said(&self) -> String {
        let warnings = self.warnings.iter().map(|(warning, count, first)| match (self.rows, count) {
            (1, _) => format!("warning: {warning}\n"),
            (_, 1) => format!("warning, {first}: {warning}\n"),
            (_, many) => format!("warning, {many} times, first {first}: {warning}\n"),
        });
        let reference = self.reference.filter(|_| self.compared > 0).map(|cases| {
            format!(
                "unlike the {cases} reference cases, that is farther out than {:.0} % of them: {} of {}\n",
                UNLIKE * 100.0,
                self.unlike,
                self.compared
            )
        });
        let notes = self.notes.iter().map(|note| format!("{note}\n"));
        warnings.chain(reference).chain(notes).collect()
    }

    fn header(&self) -> String {
        let names: Vec<String> = self.class_names.iter().map(|name| format!("{:>7}", short(name))).collect();
        format!("{:<width$}   {}  file", "predicted", names.join(" "), width = self.name_width)
    }

    /// The closing lines.
    pub fn summary(&self, predicted: usize, failed: usize, session: &Session) -> String {
        let remark = session.remark().map(|remark| format!("\n{remark}")).unwrap_or_default();
        format!(
            "\n{}{predicted} predicted, {failed} failed · {} · {}{remark}\n{}",
            self.said(),
            session.engine(),
            session.provider(),
            crate::report::RESEARCH_USE
        )
    }
}

/// How far out a case lies and what its most similar reference cases are.
fn known(known: &Known) -> String {
    let mut labels: Vec<(String, usize)> = Vec::new();
    for neighbour in &known.nearest {
        let label = neighbour.label.clone().unwrap_or_else(|| "no label".to_owned());
        match labels.iter_mut().find(|(other, _)| *other == label) {
            Some((_, count)) => *count += 1,
            None => labels.push((label, 1)),
        }
    }
    labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let labels: Vec<String> = labels.into_iter().map(|(label, count)| format!("{count} {label}")).collect();
    let unlike = if known.is_unlike() { "unlike: " } else { "" };
    let itself = if known.is_reference { "; is one of them" } else { "" };
    format!("  [{unlike}farther than {} %; nearest {}{itself}]", known.percent(), labels.join(", "))
}

/// Different warnings that are shown.
const MOST_WARNINGS: usize = 12;

/// What a reader of the scores must know about the model.
fn notes(model: &Model) -> Vec<String> {
    let name = |class: &usize| model.class_names().get(*class).map_or("?", String::as_str);
    let thresholds = model.manifest.thresholds.iter();
    let mut notes: Vec<String> =
        thresholds.map(|(class, least)| format!("{} is predicted from a score of {least} on", name(class))).collect();
    notes.extend(model.manifest.remarks.iter().cloned());
    if model.manifest.preprocess_volume.iter().any(|step| step.origin == Origin::Assumed) {
        notes.push("assumed, because the model does not say: how the volume is prepared".to_owned());
    }
    if model.manifest.preprocess.iter().any(|step| step.origin == Origin::Assumed) {
        let steps: Vec<&str> = model.steps().iter().map(crate::preprocess::Step::name).collect();
        notes.push(format!("assumed, because the model does not say: the preprocessing ({})", steps.join(", ")));
    }
    notes
}

/// Control characters would reach the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// At most seven characters, so that score columns line up.
fn short(name: &str) -> String {
    if name.chars().count() <= 7 { name.to_owned() } else { name.chars().take(6).chain(['…']).collect() }
}

fn slices(slices: &[usize], all: bool) -> String {
    match slices {
        [] => String::new(),
        [0] if !all => String::new(),
        [one] => format!("  [slice {one}]"),
        several => format!("  [{} slices]", several.len()),
    }
}
