//! JSON lines (as `overread predict --json` writes them) or one JSON array of objects, as a table: `scores` by class
//! name become columns `score NAME`, lists become columns `KEY 0`, `KEY 1`….

use std::collections::HashMap;

use serde_json::Value;

use super::rows::{RawTable, Row, RowProblem};
use crate::engine::{json_fault, json_reason};

pub(super) fn parse(text: &str) -> Result<RawTable, String> {
    let mut problems = Vec::new();
    let mut objects = Vec::new();
    if text.trim_start().starts_with('[') {
        let list: Vec<Value> = serde_json::from_str(text).map_err(|error| json_fault(text, &error, &|_| true))?;
        objects.extend((1..).zip(list));
    } else {
        for (line, words) in (1..).zip(text.lines()).filter(|(_, words)| !words.trim().is_empty()) {
            match serde_json::from_str(words) {
                Ok(value) => objects.push((line, value)),
                Err(error) => {
                    let why = json_reason(&error);
                    problems.push(RowProblem { line, what: format!("no JSON object ({why}); left out") });
                }
            }
        }
    }
    let mut columns = Columns::default();
    let mut rows = Vec::new();
    for (line, value) in objects {
        let Value::Object(object) = value else {
            problems.push(RowProblem { line, what: "no JSON object; left out".to_owned() });
            continue;
        };
        let mut cells = Vec::new();
        for (key, value) in object {
            columns.put(&key, value, &mut cells);
        }
        rows.push(Row { line, cells });
    }
    let width = columns.header.len();
    rows.iter_mut().for_each(|row| row.cells.resize(width, String::new()));
    Ok(RawTable {
        header: columns.header,
        rows,
        problems,
        remarks: Vec::new(),
        encoding: "",
        delimiter: "JSON",
        separator: None,
    })
}

#[derive(Default)]
struct Columns {
    header: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    fn put(&mut self, key: &str, value: Value, cells: &mut Vec<String>) {
        match value {
            // How far a case lies from a reference: nothing of it is a score.
            Value::Object(_) if key == "known" => {}
            Value::Object(map) => {
                let name = key.strip_suffix('s').unwrap_or(key);
                map.into_iter().for_each(|(class, value)| self.put(&format!("{name} {class}"), value, cells));
            }
            // Slices, warnings: not of a fixed length, and no numbers of a class.
            Value::Array(list) if key != "slices" && key != "warnings" => {
                let name = key.strip_suffix('s').unwrap_or(key);
                (0..).zip(list).for_each(|(at, value)| self.put(&format!("{name} {at}"), value, cells));
            }
            Value::Array(_) | Value::Null => {}
            Value::String(text) => self.cell(key, text.trim().to_owned(), cells),
            other => self.cell(key, other.to_string(), cells),
        }
    }

    fn cell(&mut self, key: &str, text: String, cells: &mut Vec<String>) {
        let next = self.header.len();
        let place = *self.places.entry(key.to_owned()).or_insert(next);
        if place == next {
            self.header.push(key.to_owned());
        }
        if cells.len() <= place {
            cells.resize(place + 1, String::new());
        }
        if let Some(cell) = cells.get_mut(place) {
            *cell = text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_lines_become_columns() {
        let text = r#"{"path":"a.png","slice":0,"scores":{"N":0.25,"P":0.75},"logits":[-1.5],"predicted":"P","truth":"P"}
{"path":"b.png","error":"broken"}
{"path": "c.p
"#;
        let table = parse(text).unwrap();
        assert_eq!(table.header, ["path", "slice", "score N", "score P", "logit 0", "predicted", "truth", "error"]);
        assert_eq!(table.rows[0].cells[3], "0.75");
        assert_eq!(table.rows[1].get(7), Some("broken"));
        assert_eq!((table.rows.len(), table.problems[0].line), (2, 3));
    }

    #[test]
    fn an_array_of_objects_reads_too() {
        let table = parse(r#"[{"id": 1, "y_true": 0}, {"id": 2, "y_true": null}]"#).unwrap();
        assert_eq!((table.header.len(), table.rows.len(), table.rows[1].get(1)), (2, 2, None));
        assert!(parse("[1, 2").is_err());
    }
}
