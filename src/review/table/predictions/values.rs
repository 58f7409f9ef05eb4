//! Cells of scores to probabilities: what scale the whole file is on, then row by row.

use super::super::TableOptions;
use super::super::columns::plain;
use super::super::labels::ClassList;
use super::super::rows::{RawTable, Row};
use super::super::scores::{ScoreColumns, number};
use super::softmax_rows;

/// What rounding may add to a probability.
const ROUNDING: f64 = 1e-6;

/// How the score cells of one file become probabilities.
#[derive(Debug)]
pub(super) struct Scale {
    kind: Kind,
    classes: usize,
    separator: Option<u8>,
    /// Column of each class's logit, beside probabilities; or the one of two classes.
    logits: Vec<usize>,
    /// Class of the value in a single column.
    positive: usize,
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    None,
    /// Column of each class, and how its values are read.
    Classes(Vec<usize>, Unit),
    Single(usize, Unit),
    /// The score of whichever class was predicted.
    OfPredicted(usize, Unit),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Unit {
    Probability,
    Percent,
    Logit,
}

impl Scale {
    pub(super) fn new(
        table: &RawTable,
        found: &ScoreColumns,
        classes: &ClassList,
        options: &TableOptions,
        predicted: Option<usize>,
    ) -> Result<Self, String> {
        let count = classes.names.len();
        let mut scale = Self {
            kind: Kind::None,
            classes: count,
            separator: table.separator,
            logits: vec![],
            positive: 1,
            remarks: vec![],
        };
        if let Some(wanted) = &options.positive {
            scale.positive = classes
                .index(wanted)
                .ok_or_else(|| format!("{wanted} is none of the classes {}", classes.names.join(", ")))?;
        }
        let logits = of_classes(&found.logits, classes);
        let probabilities = of_classes(&found.classes, classes);
        if !found.classes.is_empty() && probabilities.is_none() {
            let names: Vec<&str> = found.classes.iter().map(|(_, name)| name.as_str()).collect();
            return Err(format!(
                "the score columns are of {}, the classes are {}; {}",
                names.join(", "),
                classes.names.join(", "),
                // Where somebody named the classes, another list is no help.
                match &options.classes {
                    Some(_) => "call the columns like the classes",
                    None => "name the classes in order with --classes",
                }
            ));
        }
        match (probabilities, logits, &found.single) {
            (Some(columns), logits, _) => {
                scale.classes_of(table, columns);
                scale.logits = logits.or_else(|| lone_logit(found, count)).unwrap_or_default();
            }
            (None, Some(columns), _) => {
                scale.remarks.push("The scores are logits by their names: softmax was applied.".to_owned());
                scale.logits = columns.clone();
                scale.kind = Kind::Classes(columns, Unit::Logit);
            }
            (None, None, Some(single)) if count == 2 => scale.single(table, single, classes, predicted, options),
            (None, None, Some(_)) => scale.remarks.push(format!(
                "One score column cannot describe {count} classes: numbers that need every class's score are left out."
            )),
            (None, None, None) => {}
        }
        Ok(scale)
    }

    pub(super) fn is_none(&self) -> bool {
        self.kind == Kind::None
    }

    fn classes_of(&mut self, table: &RawTable, columns: Vec<usize>) {
        let rows = || table.rows.iter().map(|row| columns.iter().filter_map(|c| number(row.get(*c)?, table.separator)));
        let inside = |value: f64| (-ROUNDING..=1.0 + ROUNDING).contains(&value);
        let unit = if rows().flatten().all(inside) {
            Unit::Probability
        } else if rows().all(|row| {
            let row: Vec<f64> = row.collect();
            row.len() < columns.len() || row.iter().all(|v| *v >= 0.0) && (row.iter().sum::<f64>() - 100.0).abs() < 1.0
        }) {
            self.remarks.push("The scores of a row sum to 100: read as per cent.".to_owned());
            Unit::Percent
        } else {
            self.remarks.push("Some scores are below 0 or above 1: read as logits, softmax was applied.".to_owned());
            self.logits = columns.clone();
            Unit::Logit
        };
        self.kind = Kind::Classes(columns, unit);
    }

    fn single(
        &mut self,
        table: &RawTable,
        single: &super::scores::Single,
        classes: &ClassList,
        predicted: Option<usize>,
        options: &TableOptions,
    ) {
        let column = single.column;
        let header = table.header.get(column).cloned().unwrap_or_default();
        let cells = || table.rows.iter().filter_map(|row| number(row.get(column)?, table.separator));
        let unit = if single.logit || !cells().all(|value| (-ROUNDING..=100.0 + ROUNDING).contains(&value)) {
            Unit::Logit
        } else if cells().all(|value| value <= 1.0 + ROUNDING) {
            Unit::Probability
        } else if cells().any(|value| value > 20.0) {
            Unit::Percent
        } else {
            Unit::Logit
        };
        let how = match unit {
            Unit::Probability => "",
            Unit::Percent => " in per cent",
            Unit::Logit => ", a logit (sigmoid was applied)",
        };
        if let Some(class) =
            single.class.as_deref().and_then(|class| classes.index(class)).filter(|_| options.positive.is_none())
        {
            self.positive = class;
        }
        // P(positive) of a case predicted as negative is small; a confidence never is.
        let confidence = unit == Unit::Probability
            && single.class.is_none()
            && predicted.is_some_and(|column| {
                let negative =
                    |row: &Row| row.get(column).and_then(|label| classes.index(label)) != Some(self.positive);
                cells().all(|value| value >= 0.5 - ROUNDING) && table.rows.iter().any(negative)
            });
        if predicted.is_some() && (single.of_predicted || confidence) {
            self.remarks.push(format!("The column {header} is read as the score of the predicted class{how}."));
            self.kind = Kind::OfPredicted(column, unit);
            return;
        }
        let name = classes.names.get(self.positive).map_or("", String::as_str);
        let said = if options.positive.is_some() || single.class.is_some() { "read" } else { "assumed to be" };
        let said = if said == "read" { "read as" } else { said };
        self.remarks.push(format!("The column {header} is {said} the score of {name}{how}."));
        self.kind = Kind::Single(column, unit);
    }

    /// Probabilities and logits of a row, each `[k]` or empty.
    pub(super) fn read(&self, row: &Row, predicted: Option<usize>) -> Result<(Vec<f64>, Vec<f64>), String> {
        let cell = |column: usize| match row.get(column) {
            None => Err(match row.cells.get(column).map(String::as_str) {
                None | Some("") => "a score is missing".to_owned(),
                Some(cell) => format!("the score {} is no number", shorten(cell)),
            }),
            Some(cell) => {
                number(cell, self.separator).ok_or_else(|| format!("the score {} is no number", shorten(cell)))
            }
        };
        let logits = self.logits.iter().map(|column| cell(*column)).collect::<Result<Vec<f64>, _>>();
        let logits = self.whole(logits.unwrap_or_default());
        let (column, unit, class) = match &self.kind {
            Kind::None => return Ok((vec![], vec![])),
            Kind::Classes(columns, unit) => {
                let values = columns.iter().map(|column| cell(*column)).collect::<Result<Vec<f64>, _>>()?;
                let probabilities = match unit {
                    Unit::Logit => softmax_rows(&values, self.classes, 1.0),
                    unit => values.iter().map(|value| unit.probability(*value)).collect::<Result<_, _>>()?,
                };
                return Ok((probabilities, if *unit == Unit::Logit { values } else { logits }));
            }
            Kind::Single(column, unit) => (*column, *unit, self.positive),
            Kind::OfPredicted(column, unit) => (*column, *unit, predicted.unwrap_or(self.positive)),
        };
        let value = cell(column)?;
        let p = unit.probability(value)?;
        let pair = |at_class: f64, other: f64| if class == 1 { vec![other, at_class] } else { vec![at_class, other] };
        let logits = if unit == Unit::Logit { pair(value, 0.0) } else { logits };
        Ok((pair(p, 1.0 - p), logits))
    }

    /// One logit of two classes is that of the second.
    fn whole(&self, logits: Vec<f64>) -> Vec<f64> {
        match logits.as_slice() {
            [z] if self.classes == 2 => vec![0.0, *z],
            several if several.len() == self.classes => logits,
            _ => Vec::new(),
        }
    }

    /// The class of the largest probability; of one score, the positive class from 0.5 on.
    pub(super) fn predicted(&self, probabilities: &[f64]) -> usize {
        if let (Kind::Single(..), Some(p)) = (&self.kind, probabilities.get(self.positive)) {
            return if *p >= 0.5 { self.positive } else { 1 - self.positive };
        }
        let larger = |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
        probabilities.iter().copied().enumerate().fold((0, f64::NEG_INFINITY), larger).0
    }
}

impl Unit {
    fn probability(self, value: f64) -> Result<f64, String> {
        let p = match self {
            Self::Probability => value,
            Self::Percent => value / 100.0,
            Self::Logit if value >= 0.0 => 1.0 / (1.0 + (-value).exp()),
            Self::Logit => value.exp() / (1.0 + value.exp()),
        };
        if (-ROUNDING..=1.0 + ROUNDING).contains(&p) {
            Ok(p.clamp(0.0, 1.0))
        } else {
            Err(format!("the score {value} is not between 0 and 1"))
        }
    }
}

/// Column of each class in the class list's order, where each class has exactly one.
fn of_classes(found: &[(usize, String)], classes: &ClassList) -> Option<Vec<usize>> {
    if found.len() != classes.names.len() {
        return None;
    }
    let numbered = found.iter().all(|(_, name)| name.parse::<usize>().is_ok());
    let own = found.iter().zip(&classes.names).all(|((_, name), class)| plain(name) == plain(class));
    let mut columns = vec![None; classes.names.len()];
    for (at, (column, name)) in found.iter().enumerate() {
        // Numbered columns beside named classes stand in the classes' order.
        let class = if own || numbered && classes.index(name).is_none() { at } else { classes.index(name)? };
        *columns.get_mut(class)? = Some(*column);
    }
    columns.into_iter().collect()
}

/// One logit column beside the probabilities of two classes.
fn lone_logit(found: &ScoreColumns, classes: usize) -> Option<Vec<usize>> {
    match found.logits.as_slice() {
        [(column, _)] if classes == 2 => Some(vec![*column]),
        _ => None,
    }
}

fn shorten(cell: &str) -> String {
    if cell.chars().count() <= 24 { cell.to_owned() } else { cell.chars().take(23).chain(['…']).collect() }
}
