//! What is wrong with a JSON text, in words for the person who wrote it by hand.

use serde_json::error::Category;

/// The end of a sentence about `text`, with the line.
pub fn json_fault(text: &str, error: &serde_json::Error) -> String {
    if text.trim().is_empty() {
        return "it is empty.".to_owned();
    }
    let (line, why) = (error.line().max(1), json_reason(error));
    match error.classify() {
        Category::Eof => format!("it is not whole JSON: {why} (line {line})."),
        Category::Syntax => format!("it is not JSON at line {line}, column {}: {why}.", error.column()),
        Category::Data | Category::Io => format!("line {line}: {why}."),
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

/// `invalid type: integer `3`, expected a string` becomes `integer `3` stands where a string is needed`.
fn data(what: &str) -> String {
    let what = what.replace("struct MetadataFile", "an object in braces").replace("sequence", "a list");
    let what = what.replace("a map", "an object in braces").replace("a list, expected", "a list in brackets, expected");
    let typed = what.strip_prefix("invalid type: ").or_else(|| what.strip_prefix("invalid value: "));
    if let Some((found, wanted)) = typed.and_then(|rest| rest.split_once(", expected ")) {
        return format!("{found} stands where {wanted} is needed");
    }
    if let Some((unknown, known)) =
        what.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{unknown} is not known; it must be {known}");
    }
    what
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
            ("{\n\"name\": 3}", "line 2: integer `3` stands where a string is needed."),
            ("[1]", "line 1: a list in brackets stands where an object in braces is needed."),
            (
                r#"{"network_data_format": {"inputs": {"image": {"layout": "CHW"}}}}"#,
                "line 1: `CHW` is not known; it must be one of `NCHW`",
            ),
        ] {
            let fault = MetadataFile::parse(text).unwrap_err();
            assert!(fault.contains(said), "{text}: {fault}");
        }
    }
}
