//! Predictions as a table for people.

use crate::engine::Session;
use crate::review::Case;

/// Writes one row a case: predicted class, its score, the path; the header before the first row.
pub struct Table {
    class_names: Vec<String>,
    name_width: usize,
    header_written: bool,
}

impl Table {
    pub fn new(class_names: &[String]) -> Self {
        let name_width = class_names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max("predicted".len());
        Self { class_names: class_names.to_vec(), name_width, header_written: false }
    }

    /// The row of a case, after the header if it is the first.
    pub fn row(&mut self, case: &Case) -> String {
        let row = match &case.outcome {
            Ok(scored) => {
                let result = &scored.inference;
                let scores: Vec<String> = result.scores.iter().map(|score| format!("{score:>7.4}")).collect();
                let predicted = self.class_names.get(result.predicted).map_or("?", String::as_str);
                let mark = match case.truth {
                    Some(truth) if truth == result.predicted => "=",
                    Some(_) => "≠",
                    None => " ",
                };
                format!(
                    "{predicted:<width$} {mark} {}  {}{}",
                    scores.join(" "),
                    case.path.display(),
                    slices(&scored.slices),
                    width = self.name_width
                )
            }
            Err(error) => format!("{:<width$}   {error}", "error", width = self.name_width),
        };
        if std::mem::replace(&mut self.header_written, true) { row } else { format!("{}\n{row}", self.header()) }
    }

    fn header(&self) -> String {
        let names: Vec<String> = self.class_names.iter().map(|name| format!("{:>7}", short(name))).collect();
        format!("{:<width$}   {}  file", "predicted", names.join(" "), width = self.name_width)
    }

    /// The closing lines.
    pub fn summary(&self, predicted: usize, failed: usize, session: &Session) -> String {
        let remark = session.remark().map(|remark| format!("\n{remark}")).unwrap_or_default();
        format!(
            "\n{predicted} predicted, {failed} failed · {} · {}{remark}\n{}",
            session.engine(),
            session.provider(),
            crate::report::RESEARCH_USE
        )
    }
}

/// At most seven characters, so that score columns line up.
fn short(name: &str) -> String {
    if name.chars().count() <= 7 { name.to_owned() } else { name.chars().take(6).chain(['…']).collect() }
}

fn slices(slices: &[usize]) -> String {
    match slices {
        [] | [0] => String::new(),
        [one] => format!("  [slice {one}]"),
        several => format!("  [{} slices]", several.len()),
    }
}
