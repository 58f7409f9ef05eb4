//! Ctrl+C on the real program: the pipe that nobody reads holds it in the middle of its work, so that nothing here depends
//! on time.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn command(what: &str, scans: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overread"));
    command.arg(what).arg(scans).arg("--model").arg(root().join("models/phantom-brain-3grade"));
    command.args(["--engine", "embedded"]);
    command
}

/// Starts it, waits for its first line and presses Ctrl+C; everything it said.
fn interrupted(mut command: Command) -> (Option<i32>, Vec<String>, String) {
    let mut child: Child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()) as BufReader<ChildStdout>;
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let signal = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(signal.success());
    let said: Vec<String> =
        std::iter::once(first.trim_end().to_owned()).chain(lines.lines().map(Result::unwrap)).collect();
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    (child.wait().unwrap().code(), said, error)
}

#[test]
fn predict_ends_after_a_whole_line() {
    let folder = tempfile::tempdir().unwrap();
    let picture = root().join("assets/demo/grade-1/case-08.png");
    // Their lines are some times what a pipe holds.
    let files = 1500;
    for number in 0..files {
        std::os::unix::fs::symlink(&picture, folder.path().join(format!("{number:04}.png"))).unwrap();
    }
    let mut command = command("predict", folder.path());
    command.arg("--json");
    let (code, said, error) = interrupted(command);
    assert_eq!(code, Some(130), "{error}");
    assert!(error.contains("Stopped after") && error.contains("review"), "{error}");
    assert!(said.len() < files, "{} lines", said.len());
    assert!(said.iter().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
fn a_review_keeps_what_is_done_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let scans = folder.path().join("scans/grade-1");
    std::fs::create_dir_all(&scans).unwrap();
    let files = 4000;
    for number in 0..files {
        std::fs::write(scans.join(format!("broken {number:04}.png")), b"\x89PNG\r\n\x1a\n").unwrap();
    }
    let out = folder.path().join("out");
    let review = || {
        let mut command = command("review", &folder.path().join("scans"));
        command.arg("--out").arg(&out);
        command
    };
    let (code, _, error) = interrupted(review());
    assert_eq!(code, Some(130), "{error}");
    assert!(error.contains("the same command goes on from there"), "{error}");
    let kept = || -> Vec<String> {
        let text = std::fs::read_to_string(out.join("cases.jsonl")).unwrap();
        let key =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].as_str().unwrap().to_owned();
        text.lines().map(key).collect()
    };
    let before = kept();
    assert!(!before.is_empty() && before.len() < files, "{}", before.len());
    assert!(error.contains(&format!("{} cases are kept", before.len())), "{error}");
    assert!(!out.join("predictions.csv").exists(), "no numbers of a part");
    let again = review().output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.contains(&format!("going on, {} of {files} are done", before.len())), "{}", &said[..200]);
    let after = kept();
    assert_eq!((after.len(), &after[..before.len()]), (files, before.as_slice()), "each once");
    assert_eq!(again.status.code(), Some(1));
}
