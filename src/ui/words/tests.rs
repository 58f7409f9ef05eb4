//! Both files and the sources of `src/ui` in step: the same keys and variables, all of them used, none missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;
use crate::preprocess::{PRESETS, Step, VolumeStep};
use crate::render::RESEARCH_USE_KO;
use crate::ui::RESEARCH_USE;

/// Variables by key.
type Keys = BTreeMap<String, BTreeSet<String>>;

fn keys(language: Language) -> Keys {
    let resource = FluentResource::try_new(source(language).to_owned()).unwrap_or_else(|(_, errors)| {
        panic!("{}.ftl does not parse: {errors:?}", language.code());
    });
    let mut keys = Keys::new();
    let mut add = |key: String, pattern: &Pattern<&str>| {
        let mut variables = BTreeSet::new();
        in_pattern(pattern, &mut variables);
        assert!(keys.insert(key.clone(), variables).is_none(), "{key} is there twice in {}.ftl", language.code());
    };
    for entry in resource.entries() {
        match entry {
            Entry::Message(message) => {
                let id = message.id.name;
                message.value.iter().for_each(|pattern| add(id.to_owned(), pattern));
                message.attributes.iter().for_each(|own| add(format!("{id}.{}", own.id.name), &own.value));
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{}.ftl has neither message nor comment: {other:?}", language.code()),
        }
    }
    keys
}

fn in_pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => in_inline(inline, found),
            Expression::Select { selector, variants } => {
                in_inline(selector, found);
                variants.iter().for_each(|variant| in_pattern(&variant.value, found));
            }
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        other => panic!("only variables are used so far: {other:?}"),
    }
}

/// What is said in a file of `src/ui`, tests left out: (path, code).
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let code = code.replace("'\"'", "' '");
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.push((path, lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

/// String literals of a source.
fn literals(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some((_, after)) = rest.split_once('"') {
        let mut end = 0;
        while let Some(at) = after[end..].find('"').map(|at| at + end) {
            if !after[..at].ends_with('\\') {
                end = at;
                break;
            }
            end = at + 1;
        }
        found.push(&after[..end]);
        rest = &after[(end + 1).min(after.len())..];
    }
    found
}

/// Keys written where they are used, and how: `text("…")` without, `with("…", …)` with variables.
fn used() -> Vec<(String, bool)> {
    let mut used = Vec::new();
    for (_, code) in sources() {
        for (call, variables) in [(".text(", false), (".with(", true)] {
            for (at, _) in code.match_indices(call) {
                let rest = code[at + call.len()..].trim_start();
                let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                used.push((key.to_owned(), variables));
            }
        }
    }
    assert!(used.len() > 100);
    used
}

/// Keys put together: the table of actions, the names of steps, and literals that stand in tables of their own.
fn put_together() -> BTreeSet<String> {
    let english = keys(Language::English);
    let mut keys = BTreeSet::new();
    for (path, code) in sources() {
        keys.extend(literals(&code).into_iter().filter(|literal| english.contains_key(*literal)).map(str::to_owned));
        if path.ends_with("actions.rs") {
            for id in literals(&code).into_iter().filter(|literal| literal.starts_with("action-")) {
                keys.insert(id.to_owned());
                keys.insert(format!("{id}.tooltip"));
            }
        }
    }
    keys.extend(PRESETS.iter().map(|preset| format!("recipe-{}", preset.name)));
    keys.extend(PRESETS.iter().map(|preset| format!("recipe-{}.title", preset.name)));
    keys.extend(["file", "folder"].map(|from| format!("import-names-{from}.tooltip")));
    let steps = Step::NAMES.iter().chain(&VolumeStep::NAMES);
    keys.extend(steps.map(|name| format!("step-{}", name.replace('_', "-"))));
    keys
}

#[test]
fn every_language_has_the_same_keys_with_the_same_variables() {
    let english = keys(Language::English);
    assert!(english.len() > 200);
    for language in Language::ALL {
        let own = keys(language);
        let missing: Vec<_> = english.keys().filter(|key| !own.contains_key(*key)).collect();
        let more: Vec<_> = own.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty() && more.is_empty(), "{}.ftl lacks {missing:?}, has alone {more:?}", language.code());
        for (key, variables) in &english {
            assert_eq!(own[key], *variables, "variables of {key} in {}.ftl", language.code());
        }
    }
}

#[test]
fn every_key_that_is_used_is_there_and_every_key_is_used() {
    let english = keys(Language::English);
    let mut known: BTreeSet<String> = put_together();
    for key in &known {
        assert!(english.contains_key(key), "{key} is missing");
    }
    for (key, variables) in used() {
        let own = english.get(&key).unwrap_or_else(|| panic!("src/ui says {key}, which en.ftl lacks"));
        assert_eq!(!own.is_empty(), variables, "{key} is said with the wrong one of `text` and `with`");
        known.insert(key);
    }
    let unused: Vec<_> = english.keys().filter(|key| !known.contains(*key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// Files whose sentences are read elsewhere: on a terminal, in a test's log.
const NOT_ON_THE_SCREEN: &[&str] = &["preflight.rs", "smoke.rs", "language.rs", "gpu/error.rs"];

#[test]
fn no_words_are_written_into_the_sources() {
    // Proper names, and what the standard library's own messages are compared with.
    let proper = [
        "Overread",
        "ONNX Runtime {}",
        "Analyze 7.5",
        "NumPy",
        "Ctrl+",
        "Shift+",
        "Esc",
        "Del",
        "PgDn",
        "PgUp",
        "Ctrl+Shift+",
        "OpenGL",
        "OpenGL ES",
    ];
    let mut found = Vec::new();
    for (path, code) in sources() {
        if NOT_ON_THE_SCREEN.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        let code: String = code.lines().filter(|line| !line.contains("tracing::")).collect::<Vec<_>>().join("\n");
        for literal in literals(&code).into_iter().filter(|literal| !proper.contains(literal)) {
            let worded = literal.split(|c: char| !c.is_alphabetic()).any(|word| {
                let mut letters = word.chars();
                letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
            });
            if worded {
                found.push(format!("{}: {literal}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "put these into assets/locales:\n{}", found.join("\n"));
}

#[test]
fn the_research_line_is_the_one_burnt_into_pictures() {
    assert_eq!(Words::new(Language::English).text("research-use"), RESEARCH_USE);
    assert_eq!(Words::new(Language::Korean).text("research-use"), RESEARCH_USE_KO);
}

#[test]
fn numbers_and_plurals_are_said_without_marks() {
    let say = |language, count: usize| Words::new(language).with("notice-not-listed", &[("count", count.into())]);
    assert_eq!(say(Language::English, 1), "1 file or folder could not be listed.");
    assert_eq!(say(Language::English, 12_345), "12345 files or folders could not be listed.");
    assert_eq!(say(Language::Korean, 1), "파일 또는 폴더 1개의 목록을 읽지 못했습니다.");
}

#[test]
fn korean_sentences_are_korean() {
    let hangul = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let same = [
        "action-actual-size",
        "action-language",
        "help-version",
        "interval-delong",
        "interval-wilson",
        "metric-auc",
        "metric-f1",
        "value-keras",
        "value-opencv",
        "value-pillow",
        "value-tensorflow",
        "value-torch",
    ];
    let korean = Words::new(Language::Korean);
    for (key, variables) in keys(Language::Korean) {
        if variables.is_empty() && !same.contains(&key.as_str()) {
            let text = korean.find(&key).unwrap();
            assert!(hangul(text), "{key}: {text}");
        }
    }
}

#[test]
fn what_is_missing_is_no_panic() {
    let korean = Words::new(Language::Korean);
    assert_eq!(korean.text("no-such-key"), "no-such-key");
    assert_eq!(korean.with("no-such-key", &[]), "no-such-key");
    assert_eq!(korean.with("picture-slice", &[]), "슬라이스 {$index} / {$count}");
}
