//! What is wrong with a JSON text, in words for the person who wrote it by hand.

use serde_json::Value;
use serde_json::error::Category;

/// The end of a sentence about `text`, with the line, and with the key where `reads` tells (whether a whole can be read).
pub fn json_fault(text: &str, error: &serde_json::Error, reads: &dyn Fn(&Value) -> bool) -> String {
    if text.trim().is_empty() {
        return "it is empty.".to_owned();
    }
    let (line, why) = (error.line().max(1), json_reason(error));
    match error.classify() {
        Category::Eof => format!("it is not whole JSON: {why} (line {line})."),
        Category::Syntax => format!("it is not JSON at line {line}, column {}: {why}.", error.column()),
        Category::Data | Category::Io => {
            let whole: Option<Value> = serde_json::from_str(text).ok();
            let key = whole.and_then(|whole| faulty_key(&whole, reads)).map(|key| format!(", {key}"));
            format!("line {line}{}: {why}.", key.unwrap_or_default())
        }
    }
}

/// The same without the place, for a line of its own.
pub fn json_reason(error: &serde_json::Error) -> String {
    let full = error.to_string();
    let (what, _) = full.rsplit_once(" at line ").unwrap_or((&full, ""));
    match error.classify() {
        Category::Eof => "it ends where a bracket, a brace or a quotation mark is still open".to_owned(),
        Category::Syntax => syntax(what).to_owned(),
        Category::Data | Category::Io => data(what),
    }
}

fn syntax(what: &str) -> &str {
    match what {
        what if what.starts_with("control character") => {
            "a line break or a tab stands inside quotation marks, or a quotation mark is missing before it"
        }
        "trailing comma" => "a comma stands before a closing bracket or brace",
        "key must be a string" => "a name needs double quotation marks (and the last entry no comma after it)",
        "trailing characters" => "something stands behind the last brace",
        "expected value" => "a value is missing, or text stands there without quotation marks",
        "invalid escape" => "a backslash must be doubled (\\\\), in paths for example",
        other => other,
    }
}

/// `invalid type: integer `3`, expected a string` becomes `the number 3 stands where text is needed`.
fn data(what: &str) -> String {
    // Steps say which one they are, and then the reader's words.
    if let Some((step, fault)) =
        what.strip_prefix("preprocessing step ").and_then(|rest| rest.split_once(": ")).filter(|_| what.contains('"'))
    {
        return format!("preprocessing step {step}: {}", data(fault));
    }
    let typed = what.strip_prefix("invalid type: ").or_else(|| what.strip_prefix("invalid value: "));
    if let Some(said) = typed.and_then(stands) {
        return said;
    }
    if let Some((found, wanted)) = what.strip_prefix("invalid length ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{found} entries stand where {} is needed", needed(wanted));
    }
    if let Some((unknown, known)) =
        what.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{unknown} is not known; it must be {known}");
    }
    if let Some((unknown, known)) = what.strip_prefix("unknown field ").and_then(|rest| rest.split_once(", ")) {
        let known = known.strip_prefix("expected ").map_or_else(String::new, |known| format!("; known are {known}"));
        return format!("{unknown} is not known here{known}");
    }
    if let Some(field) = what.strip_prefix("missing field ") {
        return format!("{field} is missing");
    }
    what.to_owned()
}

/// `integer `3`, expected a string`.
fn stands(fault: &str) -> Option<String> {
    let (found, wanted) = fault.split_once(", expected ")?;
    Some(format!("{} stands where {} is needed", given(found), needed(wanted)))
}

/// What stands there.
fn given(found: &str) -> String {
    let value = |kind: &str| found.strip_prefix(kind).map(|rest| rest.trim().trim_matches('`').to_owned());
    match found {
        "map" => "an object in braces".to_owned(),
        "sequence" => "a list in brackets".to_owned(),
        "null" | "unit value" | "Option value" => "null".to_owned(),
        _ => value("string")
            .map(|text| format!("the text {text}"))
            .or_else(|| Some(format!("the number {}", value("integer").or_else(|| value("floating point"))?)))
            .or_else(|| value("boolean"))
            .unwrap_or_else(|| found.to_owned()),
    }
}

/// What should stand there.
fn needed(wanted: &str) -> String {
    let count = wanted.strip_prefix("an array of length ").or_else(|| wanted.strip_prefix("a tuple of size "));
    match wanted {
        "a string" | "a borrowed string" | "str" => "text in quotation marks".to_owned(),
        "a sequence" => "a list in brackets".to_owned(),
        "a map" => "an object in braces".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "usize" | "u64" | "u32" | "u16" | "u8" => "a whole number of 0 or more".to_owned(),
        "i64" | "i32" => "a whole number".to_owned(),
        _ if wanted.starts_with("struct ") || wanted.contains("enum ") => "an object in braces".to_owned(),
        _ => count.map_or_else(|| wanted.to_owned(), |count| format!("a list of {count}")),
    }
}

/// Deepest place of a fault that is looked for, and most entries of a place that are tried.
const DEEPEST: usize = 6;
const MOST_ENTRIES: usize = 200;

/// Where the fault of `whole` lies, as `input_selection.modality` or `preprocess[2]`: the whole can be read once that one
/// entry is taken out. `None` where it is no object, or no single entry is at fault.
pub(super) fn faulty_key(whole: &Value, reads: &dyn Fn(&Value) -> bool) -> Option<String> {
    let fields = whole.as_object().filter(|fields| fields.len() <= MOST_ENTRIES)?;
    // Of several faults the first: the other entries of the outermost object are left out.
    let alone = |key: &str, value: &Value| Value::Object([(key.to_owned(), value.clone())].into_iter().collect());
    let (key, value) = fields.iter().find(|(key, value)| !reads(&alone(key, value)))?;
    let whole = alone(key, value);
    let mut path = format!("/{}", escaped(key));
    for _ in 1..DEEPEST {
        let entries: Vec<String> = match whole.pointer(&path) {
            Some(Value::Object(fields)) => fields.keys().map(|key| escaped(key)).collect(),
            Some(Value::Array(list)) => (0..list.len()).map(|index| index.to_string()).collect(),
            _ => break,
        };
        let helps = |entry: &String| reads(&without(&whole, &path, entry));
        match entries.iter().take(MOST_ENTRIES).find(|entry| helps(entry)) {
            Some(entry) => path = format!("{path}/{entry}"),
            None => break,
        }
    }
    Some(words_of_path(&whole, &path))
}

/// As JSON pointers write it.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn without(whole: &Value, path: &str, entry: &str) -> Value {
    let mut whole = whole.clone();
    match whole.pointer_mut(path) {
        Some(Value::Object(fields)) => drop(fields.remove(&entry.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(list)) => {
            if let Some(index) = entry.parse().ok().filter(|index| *index < list.len()) {
                list.remove(index);
            }
        }
        _ => {}
    }
    whole
}

/// `/preprocess/2/size` as `preprocess[2].size`.
fn words_of_path(whole: &Value, path: &str) -> String {
    let mut words = String::new();
    let mut so_far = String::new();
    for part in path.split('/').skip(1) {
        let in_list = whole.pointer(&so_far).is_some_and(Value::is_array);
        so_far = format!("{so_far}/{part}");
        let name = part.replace("~1", "/").replace("~0", "~");
        words += &match (in_list, words.is_empty()) {
            (true, _) => format!("[{name}]"),
            (false, true) => name,
            (false, false) => format!(".{name}"),
        };
    }
    words
}

#[cfg(test)]
mod tests {
    use crate::engine::MetadataFile;

    #[test]
    fn what_people_mistype_is_said_in_words_with_its_line() {
        for (text, said) in [
            ("", "it is empty"),
            ("{\n \"name\": \"a\"", "it is not whole JSON: it ends where"),
            ("{\"name\": \"a\n b\"}", "it is not JSON at line 2, column 0: a line break or a tab stands inside"),
            ("{\"name\": \"a\",}", "a comma stands before a closing"),
            ("{name: 1}", "a name needs double quotation marks"),
            ("{\"name\": C:\\x}", "a value is missing, or text stands there without"),
            ("{\"name\": \"C:\\x\"}", "a backslash must be doubled"),
            ("{} {}", "something stands behind"),
            ("{\n\"name\": 3}", "line 2, name: the number 3 stands where text in quotation marks is needed."),
            (
                "{\"input_selection\": {\"modality\": {\"a\": 1}}}",
                "line 1, input_selection.modality: it must be text or a list of texts.",
            ),
            (
                "{\"input_selection\": {\"value_range\": [1]}}",
                "input_selection.value_range: 1 entries stand where a list of 2 is needed.",
            ),
            (
                "{\"preprocess\": {\"step\": 1}}",
                "preprocess: an object in braces stands where a list in brackets is needed.",
            ),
            (
                "{\"preprocess\": [{\"step\": \"rescale\", \"factor\": \"a\"}]}",
                "preprocess[0]: preprocessing step \"rescale\": the text \"a\" stands where a number is needed.",
            ),
            (
                "{\"preprocess\": [{\"step\": \"resize\"}]}",
                "preprocess[0]: preprocessing step \"resize\": `size` is missing.",
            ),
            (
                "{\"preprocess\": [{\"step\": \"to_rgb\", \"size\": 3}]}",
                "preprocess[0].size: preprocessing step \"to_rgb\": `size` is not known here; known are `as`.",
            ),
            ("{\"task\": 1, \"version\": 2}", "task: the number 1 stands"),
            ("[1]", "line 1: a list in brackets stands where an object in braces is needed."),
            (
                r#"{"network_data_format": {"inputs": {"image": {"layout": "CHW"}}}}"#,
                "line 1, network_data_format.inputs.image.layout: `CHW` is not known; it must be one of `NCHW`",
            ),
        ] {
            let fault = MetadataFile::parse(text).unwrap_err();
            assert!(fault.contains(said), "{text}: {fault}");
        }
    }
}
