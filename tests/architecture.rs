//! The rooms keep their order: a file may name only its own room and rooms below it.

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first. `cli` and `ui` share a rank: neither may name the other.
const ROOMS: &[&[&str]] = &[
    &["geometry"],
    &["metrics"],
    &["scan"],
    &["onnx"],
    &["preprocess"],
    &["engine"],
    &["explain"],
    &["render"],
    &["review"],
    &["report"],
    &["app"],
    &["cli", "ui"],
];

/// Crates that only some rooms may name.
const OWNED_CRATES: &[(&str, &[&str])] = &[
    ("dicom_object", &["scan"]),
    ("dicom_pixeldata", &["scan"]),
    ("nifti", &["scan"]),
    ("ort", &["engine"]),
    ("tract_onnx", &["engine"]),
    ("eframe", &["ui"]),
    ("egui", &["ui"]),
    ("rfd", &["ui"]),
    ("fluent_bundle", &["ui"]),
    ("sys_locale", &["ui"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("signal_hook", &["cli"]),
    ("plotters", &["report"]),
    ("plotters_backend", &["report"]),
    ("pdf_writer", &["report"]),
    ("subsetter", &["report"]),
];

#[test]
fn every_room_names_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        let own =
            rank(&room).unwrap_or_else(|| panic!("src/{room} is not in the list of rooms of tests/architecture.rs"));
        for (number, line) in code_lines(&text) {
            for named in names_after(line, "crate::") {
                if rank(&named).is_some_and(|other| other > own || (other == own && named != room)) {
                    wrong.push(format!("{}:{number} names {named}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upward paths:\n{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        for (number, line) in code_lines(&text) {
            for (name, rooms) in OWNED_CRATES {
                if names_crate(line, name) && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{number} names {name}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn main_stays_thin() {
    let lines = fs::read_to_string(source_root().join("main.rs")).unwrap().lines().count();
    assert!(lines < 80, "src/main.rs has {lines} lines");
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|names| names.contains(&room))
}

/// Every file of every room: (room, path, text).
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(source_root()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let room = path.file_name().unwrap().to_string_lossy().into_owned();
            collect(&path, &room, &mut found);
        }
    }
    assert!(!found.is_empty());
    found
}

fn collect(folder: &Path, room: &str, found: &mut Vec<(String, PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, room, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push((room.to_owned(), path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The first path segment after each `prefix` in a line; `crate::{a, b::c}` gives both.
fn names_after(line: &str, prefix: &str) -> Vec<String> {
    line.match_indices(prefix)
        .flat_map(|(at, _)| {
            let rest = &line[at + prefix.len()..];
            let parts: Vec<&str> = match rest.strip_prefix('{') {
                Some(group) => group.split(',').collect(),
                None => vec![rest],
            };
            parts.into_iter().map(identifier).collect::<Vec<_>>()
        })
        .collect()
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::")).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}
