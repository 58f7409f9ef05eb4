//! A calibration or an operating point into a model's `metadata.json`, every other byte of which stays.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::error::EngineError;
use super::import::replace_metadata;
use super::metadata_file::MetadataFile;
use super::model::Model;

/// What is to be saved; `None` leaves what the file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperatingPoint {
    /// Divides logits.
    pub temperature: Option<f64>,
    /// Class index and least score, replacing all that are there.
    pub thresholds: Option<Vec<(usize, f64)>>,
    /// Where the numbers come from, in a sentence.
    pub note: String,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedMetadata {
    pub path: PathBuf,
    /// The file as it was, in `versions/`; `None` where nothing changed.
    pub backup: Option<PathBuf>,
}

/// Writes `calibration` and `thresholds`, tied to the model's sha256, and keeps the file as it was beside it.
///
/// # Errors
/// [`EngineError::Manifest`] for a model without a `metadata.json`, or one that cannot be changed safely;
/// [`EngineError::Read`] for what the disk says.
pub fn save_operating_point(model: &Model, point: &OperatingPoint) -> Result<SavedMetadata, EngineError> {
    let path = model.folder.join("metadata.json");
    let cannot = |what: String| EngineError::Manifest { path: path.clone(), what };
    if model.is_bare {
        return Err(cannot(
            "the model has no metadata.json yet. Open it in the window and save its form first.".into(),
        ));
    }
    let disk = |source| EngineError::Read { path: path.clone(), source };
    let old = std::fs::read_to_string(&path).map_err(disk)?;
    let mut text = old.clone();
    let tied = |mut values: Map<String, Value>| {
        values.insert("model_sha256".to_owned(), json!(model.sha256));
        values.insert("fitted_on".to_owned(), json!(point.note));
        Value::Object(values)
    };
    if let Some(temperature) = point.temperature {
        let values = Map::from_iter([("temperature".to_owned(), json!(temperature))]);
        text = with_member(&text, "calibration", &tied(values)).map_err(cannot)?;
    }
    if let Some(thresholds) = &point.thresholds {
        let name = |class: usize| model.class_names().get(class).cloned().unwrap_or_default();
        let values = thresholds.iter().map(|(class, least)| (name(*class), json!(least))).collect();
        text = with_member(&text, "thresholds", &tied(values)).map_err(cannot)?;
    }
    MetadataFile::parse(&text).map_err(|what| cannot(format!("it would be damaged: {what}")))?;
    let written = replace_metadata(&model.folder, &text)?;
    Ok(SavedMetadata { path: written.path, backup: written.older })
}

/// The text of a JSON object with one member set: its value is replaced, or the member is added at the end.
fn with_member(text: &str, key: &str, value: &Value) -> Result<String, String> {
    let pretty = serde_json::to_string_pretty(value).map_err(|error| error.to_string())?;
    let pretty = pretty.replace('\n', "\n  ");
    let found = members(text).ok_or("it is no JSON object")?;
    let (mut out, quoted) = (String::with_capacity(text.len() + pretty.len()), json!(key).to_string());
    let mut same = found.members.iter().filter(|member| member.key == quoted);
    match (same.next(), same.next()) {
        (Some(_), Some(_)) => return Err(format!("{key} stands there twice")),
        (Some(member), None) => {
            out.push_str(text.get(..member.start).unwrap_or_default());
            out.push_str(&pretty);
            out.push_str(text.get(member.end..).unwrap_or_default());
        }
        (None, _) => {
            let at = found.members.last().map_or(found.open, |member| member.end);
            out.push_str(text.get(..at).unwrap_or_default());
            out.push_str(if found.members.is_empty() { "\n  " } else { ",\n  " });
            out.push_str(&format!("{quoted}: {pretty}"));
            let rest = text.get(at..).unwrap_or_default();
            out.push_str(if rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') { "" } else { "\n" });
            out.push_str(rest);
        }
    }
    Ok(out)
}

struct Member<'a> {
    /// With its quotation marks.
    key: &'a str,
    /// Bytes of the value.
    start: usize,
    end: usize,
}

struct Members<'a> {
    /// Behind the brace.
    open: usize,
    members: Vec<Member<'a>>,
}

/// The members of the outermost object of a text that is valid JSON.
fn members(text: &str) -> Option<Members<'_>> {
    serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')).ok()?;
    let bytes = text.as_bytes();
    let open = bytes.iter().position(|byte| *byte == b'{')? + 1;
    let (mut members, mut at) = (Vec::new(), open);
    loop {
        at = skip(bytes, at, |byte| byte.is_ascii_whitespace() || byte == b',');
        if *bytes.get(at)? == b'}' {
            return Some(Members { open, members });
        }
        let key_end = end_of_value(bytes, at)?;
        let key = text.get(at..key_end)?;
        let start = skip(bytes, key_end, |byte| byte.is_ascii_whitespace() || byte == b':');
        at = end_of_value(bytes, start)?;
        members.push(Member { key, start, end: at });
    }
}

fn skip(bytes: &[u8], from: usize, over: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().take_while(|byte| over(**byte)).count()
}

/// One past a string, a number, a word, an array or an object.
fn end_of_value(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut in_string, mut at) = (0_usize, false, start);
    loop {
        let byte = *bytes.get(at)?;
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => depth -= 1,
            b',' | b':' if depth == 0 => return Some(at),
            byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at),
            _ => {}
        }
        at += 1;
        if depth == 0 && !in_string && matches!(byte, b'"' | b'}' | b']') {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> String {
        with_member(text, "calibration", &json!({"temperature": 2.5})).unwrap()
    }

    #[test]
    fn everything_else_stays_as_it_was_written() {
        let head = "\u{feff}{\n  \"name\":\"a \\\" } b\",  \"factor\": 0.00392156862745098,\r\n  \"x\": [1, {\"calibration\": 3}], ";
        let tail = "  ,\n\t\"뇌\": null }\n";
        let old = format!("{head}\"calibration\":{{ \"temperature\": 1 }}{tail}");
        assert_eq!(set(&old), format!("{head}\"calibration\":{{\n    \"temperature\": 2.5\n  }}{tail}"));
    }

    #[test]
    fn a_new_member_comes_last() {
        assert_eq!(set("{}"), "{\n  \"calibration\": {\n    \"temperature\": 2.5\n  }\n}");
        assert_eq!(
            set("{\n  \"a\": \"calibration\"\n}\n"),
            "{\n  \"a\": \"calibration\",\n  \"calibration\": {\n    \"temperature\": 2.5\n  }\n}\n"
        );
        for whole in ["{}", "{\"a\":1}", "{\"a\":[ ]  }", "{ \"a\" : true\n}"] {
            let value: Value = serde_json::from_str(&set(whole)).unwrap();
            assert_eq!(value["calibration"]["temperature"], 2.5, "{whole}");
        }
    }

    #[test]
    fn what_cannot_be_changed_safely_is_refused() {
        assert!(with_member("{\"a\": 1, \"a\": 2}", "a", &json!(3)).is_err());
        assert!(with_member("{\"a\": ", "a", &json!(3)).is_err());
        assert!(with_member("[]", "a", &json!(3)).is_err());
    }
}
