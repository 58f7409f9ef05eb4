//! Class names out of files and folders.

use std::path::Path;

use serde_json::Value;

use crate::engine::EngineError;

/// Files beyond this size hold no class names.
const MAX_LABEL_BYTES: u64 = 4 << 20;

/// Class names of a text file (one a line), a JSON list, a JSON object by index or by name (`{"cat": 0}`, Keras'
/// `class_indices`), or `index,name` lines.
///
/// # Errors
/// [`EngineError::NoNames`] for a file that holds none of these.
pub fn class_names_from_file(path: &Path) -> Result<Vec<String>, EngineError> {
    let read = |source| EngineError::Read { path: path.to_owned(), source };
    let unusable = |what: &str| EngineError::NoNames { path: path.to_owned(), what: what.to_owned() };
    if std::fs::metadata(path).map_err(read)?.len() > MAX_LABEL_BYTES {
        return Err(unusable("it is too large for a list of class names."));
    }
    let bytes = std::fs::read(path).map_err(read)?;
    let text = String::from_utf8(bytes).map_err(|_| unusable("it is not UTF-8 text."))?;
    names_in(&text).ok_or_else(|| unusable("write one name a line, a JSON list, or an object by index."))
}

/// The same out of text that was typed or pasted; one line may hold several names with commas, semicolons or tabs
/// between. Empty where there are none.
pub fn class_names_from_text(text: &str) -> Vec<String> {
    let numbered = |line: &str| line.split_once([',', '\t', ':']).is_some_and(|(n, _)| n.trim().parse::<u32>().is_ok());
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next()) {
        (Some(line), None) if !line.starts_with(['{', '[']) && !numbered(line) => {
            let mut names: Vec<String> =
                line.split([',', ';', '\t']).map(|name| name.trim().trim_matches('"').to_owned()).collect();
            // The next name is still to come; one left out between two others is a fault that is to be seen.
            while names.last().is_some_and(String::is_empty) {
                names.pop();
            }
            names
        }
        _ => names_in(text).unwrap_or_default(),
    }
}

fn names_in(text: &str) -> Option<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let names = match serde_json::from_str::<Value>(text) {
        Ok(value) => from_json(&value),
        Err(_) => from_lines(text),
    };
    names.filter(|names| !names.is_empty())
}

fn from_json(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(names) => names.iter().map(|name| Some(name.as_str()?.to_owned())).collect(),
        Value::Object(fields) => (0..fields.len())
            .map(|index| {
                let by_index = fields.get(&index.to_string()).and_then(Value::as_str);
                let by_name = || {
                    let wanted = u64::try_from(index).ok();
                    fields.iter().find(|(_, value)| value.as_u64() == wanted).map(|(name, _)| name.as_str())
                };
                by_index.or_else(by_name).map(str::to_owned)
            })
            .collect(),
        _ => None,
    }
}

fn from_lines(text: &str) -> Option<Vec<String>> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let numbered: Option<Vec<(usize, String)>> = lines
        .iter()
        .map(|line| {
            let (index, name) = line.split_once([',', '\t', ':', ' '])?;
            Some((index.trim().parse().ok()?, name.trim().trim_matches('"').to_owned()))
        })
        .collect();
    match numbered {
        Some(mut numbered) => {
            numbered.sort();
            let in_order = numbered.iter().enumerate().all(|(place, (index, _))| place == *index);
            in_order.then(|| numbered.into_iter().map(|(_, name)| name).collect())
        }
        None => Some(lines.into_iter().map(str::to_owned).collect()),
    }
}

/// Names of the folders inside a folder, sorted as Keras' `image_dataset_from_directory` and torchvision's `ImageFolder`
/// sort them: by their bytes.
///
/// # Errors
/// [`EngineError::Read`], or [`EngineError::NoNames`] for fewer than two folders.
pub fn class_names_from_folder(path: &Path) -> Result<Vec<String>, EngineError> {
    let entries = std::fs::read_dir(path).map_err(|source| EngineError::Read { path: path.to_owned(), source })?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort_unstable();
    if names.len() < 2 {
        let count = if names.len() == 1 { "is one folder" } else { "are no folders" };
        let what = format!("there {count} in it, and class names are taken from at least two.");
        return Err(EngineError::NoNames { path: path.to_owned(), what });
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_way_to_write_class_names_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("labels");
        for text in [
            "정상\nAD\nMCI\n",
            "\u{feff}0 정상\r\n1 AD\r\n2 MCI",
            "2,MCI\n0,정상\n1,\"AD\"",
            r#"["정상", "AD", "MCI"]"#,
            r#"{"0": "정상", "1": "AD", "2": "MCI"}"#,
            r#"{"AD": 1, "MCI": 2, "정상": 0}"#,
        ] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(class_names_from_file(&path).unwrap(), ["정상", "AD", "MCI"], "{text}");
        }
        for text in ["", "0,a\n2,b", r#"{"a": 1}"#, "[1, 2]"] {
            std::fs::write(&path, text).unwrap();
            assert!(class_names_from_file(&path).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_pasted_is_read_like_a_file_and_a_line_is_cut_at_its_commas() {
        let names = ["정상", "mild AD", "AD"];
        for text in ["정상, mild AD,AD", "정상\nmild AD\n\nAD\n", "정상;\"mild AD\";AD,", "0: 정상\n1: mild AD\n2: AD"]
        {
            assert_eq!(class_names_from_text(text), names, "{text}");
        }
        assert_eq!(class_names_from_text(r#"["정상", "mild AD", "AD"]"#), names);
        assert_eq!(class_names_from_text("one name"), ["one name"]);
        assert_eq!(class_names_from_text("a,,c, "), ["a", "", "c"], "one that is left out keeps its place");
        for nothing in ["", " \n ", "{\"a\": 7}"] {
            assert!(class_names_from_text(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn folders_are_sorted_as_the_frameworks_sort_them() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b", "a10", "a2", "B", ".hidden"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("z.txt"), "").unwrap();
        assert_eq!(class_names_from_folder(folder.path()).unwrap(), ["B", "a10", "a2", "b"]);
        assert!(class_names_from_folder(&folder.path().join("a2")).is_err());
    }
}
