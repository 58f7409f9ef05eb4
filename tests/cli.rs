//! The command line as scripts use it: the real program, the bundled demo, exit codes and fields that must stay.

#[path = "common/dicom_series.rs"]
mod dicom_series;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dicom_series::{axial, write};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn demo_model() -> PathBuf {
    root().join("models/phantom-brain-3grade")
}

/// The program without a display, on the embedded engine's ground: nothing outside the repository.
fn overread(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overread"))
        .args(args)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn predict_lines(paths: &[&Path], extra: &[&str]) -> (Vec<Value>, Option<i32>) {
    let model = demo_model();
    let mut args = vec!["predict", "--json", "--engine", "embedded", "--model", text(&model)];
    args.extend(paths.iter().map(|path| text(path)));
    args.extend(extra);
    let output = overread(&args);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(output.stderr.is_empty(), "a pipe gets no progress: {}", String::from_utf8_lossy(&output.stderr));
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

#[test]
fn the_demo_folder_gives_one_complete_line_per_image() {
    let (lines, code) = predict_lines(&[&root().join("assets/demo")], &[]);
    assert_eq!(code, Some(0));
    assert!(lines.len() >= 20, "{} lines", lines.len());
    for line in &lines {
        let scores = line["scores"].as_object().unwrap();
        assert_eq!(scores.len(), 3);
        let sum: f64 = scores.values().map(|score| score.as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-5);
        assert_eq!(line["logits"].as_array().unwrap().len(), 3);
        let best = scores.iter().max_by(|a, b| a.1.as_f64().unwrap().total_cmp(&b.1.as_f64().unwrap())).unwrap();
        assert_eq!(line["predicted"].as_str(), Some(best.0.as_str()));
        assert_eq!(line["engine"], "embedded");
        assert_eq!(line["provider"], "cpu");
        assert_eq!(line["slice"], 0);
        assert!(line["elapsed_ms"].as_f64().unwrap() > 0.0);
        assert!(line["path"].as_str().unwrap().contains("demo"));
    }
}

#[test]
fn a_broken_file_is_a_line_and_the_next_file_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let good = first_png(&root().join("assets/demo"));
    std::fs::write(folder.path().join("a-broken.png"), b"\x89PNG\r\n\x1a\nnot really").unwrap();
    std::fs::copy(good, folder.path().join("뇌 영상 1.png")).unwrap();
    let (lines, code) = predict_lines(&[folder.path()], &[]);
    assert_eq!(code, Some(1));
    assert_eq!(lines.len(), 2);
    let error = lines.iter().find_map(|line| line["error"].as_str()).unwrap();
    assert!(error.contains("a-broken.png"), "{error}");
    let good = lines.iter().find(|line| line["error"].is_null()).unwrap();
    assert!(good["path"].as_str().unwrap().ends_with("뇌 영상 1.png"));
}

#[test]
fn a_missing_file_fails_and_says_so() {
    let (lines, code) = predict_lines(&[Path::new("/no/such/file.dcm")], &[]);
    assert_eq!(code, Some(1));
    assert!(lines[0]["error"].as_str().unwrap().contains("/no/such/file.dcm"));
}

#[test]
fn misuse_ends_with_two() {
    assert_eq!(overread(&["predict"]).status.code(), Some(2));
    assert_eq!(overread(&["predict", "x.png", "--model", "/no/such/model"]).status.code(), Some(2));
    assert_eq!(overread(&["no-such-command", "--flag"]).status.code(), Some(2));
}

#[test]
fn a_table_names_the_engine_and_the_research_line() {
    let model = demo_model();
    let scan = first_png(&root().join("assets/demo"));
    let output = overread(&["predict", text(&scan), "--model", text(&model), "--engine", "embedded"]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.starts_with("predicted"), "{table}");
    assert!(table.contains("1 predicted, 0 failed"), "{table}");
    assert!(table.contains("Research use only."), "{table}");
}

#[test]
fn inspect_writes_the_values_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let scan = first_png(&root().join("assets/demo"));
    let out = folder.path().join("values.npy");
    let output = overread(&["inspect", text(&scan), "--json", "--pixels", text(&out)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let facts: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (rows, cols) = (facts["rows"].as_u64().unwrap(), facts["cols"].as_u64().unwrap());
    let bytes = std::fs::read(&out).unwrap();
    let header = String::from_utf8_lossy(&bytes[..128]).into_owned();
    assert!(header.contains(&format!("({rows}, {cols})")) && header.contains("<f4"), "{header}");
    assert_eq!(bytes.len() as u64, 128 + rows * cols * 4);
    let picture = image::open(&scan).unwrap().to_luma8();
    let values: Vec<f32> = bytes[128..].as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
    assert!(values.iter().zip(picture.as_raw()).all(|(value, sample)| *value == f32::from(*sample)));
}

#[test]
fn inspect_hides_who_it_is_until_asked() {
    let scan = first_file(&root().join("assets/demo"), "dcm");
    let quiet = overread(&["inspect", text(&scan)]);
    let open = overread(&["inspect", text(&scan), "--identity"]);
    let (quiet, open) = (String::from_utf8(quiet.stdout).unwrap(), String::from_utf8(open.stdout).unwrap());
    assert!(!quiet.contains("Phantom^") && quiet.contains("identifying attributes hidden"), "{quiet}");
    assert!(open.contains("Phantom^"), "{open}");
}

#[test]
fn the_demo_without_a_display_does_the_job_on_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("results");
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .args(["demo", "--out", text(&out)])
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with("No window: "), "{said}");
    for name in ["predictions.csv", "predictions.jsonl", "confusion.png"] {
        assert!(out.join(name).is_file() && said.contains(name), "{name}: {said}");
    }
    let chart = image::open(out.join("confusion.png")).unwrap();
    assert!(chart.width() >= 640);
}

#[test]
fn the_schema_of_the_manifest_is_json() {
    let schema: Value = serde_json::from_slice(&overread(&["schema"]).stdout).unwrap();
    assert!(schema["properties"]["preprocess"].is_object());
}

/// `[rows, cols]` float32, format version 1.0 (NEP 1).
fn npy(path: &Path, shape: (usize, usize), values: &[f32]) {
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", shape.0, shape.1);
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_picture_without_numbers_gets_no_score_and_missing_values_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let (none, some) = (folder.path().join("none.npy"), folder.path().join("some.npy"));
    npy(&none, (16, 16), &[f32::NAN; 256]);
    let mut values: Vec<f32> = (0..256).map(|i| i as f32).collect();
    values[..64].fill(f32::NAN);
    npy(&some, (16, 16), &values);
    let (lines, code) = predict_lines(&[&none, &some], &[]);
    assert_eq!(code, Some(1));
    assert!(lines[0]["error"].as_str().unwrap().contains("no number at all"), "{lines:?}");
    assert!(lines[1]["warnings"].to_string().contains("64 values (25.0 %)"), "{lines:?}");
}

#[test]
fn explain_writes_map_overlay_and_facts_at_the_pictures_own_size() {
    let (folder, scan) = (tempfile::tempdir().unwrap(), first_png(&root().join("assets/demo")));
    let (out, model) = (folder.path().join("열지도"), demo_model());
    let call = |method: &str| {
        overread(&["explain", text(&scan), "--model", text(&model), "--method", method, "--out", text(&out), "--json"])
    };
    let result = call("gradcam");
    assert_eq!(result.status.code(), Some(0), "{}", String::from_utf8_lossy(&result.stderr));
    let facts: Value = serde_json::from_slice(&result.stdout).unwrap();
    let stem = scan.file_stem().unwrap().to_str().unwrap();
    let file = |ending: &str| out.join(format!("{stem}.gradcam.{ending}"));
    let overlay = out.join(format!("{stem}.overlay.png"));
    let (picture, overlay) = (image::open(&scan).unwrap(), image::open(overlay).unwrap());
    assert_eq!((overlay.width(), overlay.height()), (picture.width(), picture.height()));
    let written: Value = serde_json::from_slice(&std::fs::read(file("json")).unwrap()).unwrap();
    assert_eq!(written, facts);
    assert_eq!(facts["class"], facts["predicted"]);
    for field in ["score", "method", "layer", "values", "scale", "image_from_map", "provenance", "target", "notice"] {
        assert!(!facts[field].is_null(), "{field}: {facts:#}");
    }
    assert!(std::fs::read(file("npy")).unwrap().starts_with(b"\x93NUMPY"));
    let wrong = call("gradcat");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("hirescam"));
}

#[test]
fn methods_of_many_passes_and_all_checks_are_reachable() {
    let (folder, scan) = (tempfile::tempdir().unwrap(), first_png(&root().join("assets/demo")));
    let (out, model) = (folder.path().join("out"), demo_model());
    for method in ["occlusion", "scorecam"] {
        let checks: &[&str] =
            if method == "scorecam" { &["--agreement", "--randomisation", "--faithfulness", "4"] } else { &[] };
        let call = ["explain", text(&scan), "--model", text(&model), "--engine", "embedded", "--out", text(&out)];
        let result = overread(&[&call[..], &["--method", method, "--json"], checks].concat());
        assert_eq!(result.status.code(), Some(0), "{}", String::from_utf8_lossy(&result.stderr));
        let facts: Value = serde_json::from_slice(&result.stdout).unwrap();
        assert_eq!(facts["method"], method);
        assert!(facts["settings"].as_str().unwrap().contains("forward passes"), "{facts:#}");
        assert_eq!(facts["layer"].is_null(), method == "occlusion");
        if checks.is_empty() {
            continue;
        }
        let models = facts["randomisation"]["models"].as_array().unwrap();
        assert_eq!(
            models.iter().map(|one| one["scrambled"].as_str().unwrap()).collect::<Vec<_>>(),
            ["head", "all_layers"]
        );
        let groups = facts["agreement"]["groups"].as_array().unwrap();
        assert!(groups.iter().any(|group| group.as_array().unwrap().contains(&Value::from("hirescam"))), "{facts:#}");
        assert_eq!(facts["faithfulness"]["steps"], 4);
        assert_eq!(facts["faithfulness"]["deletion_auc"]["curve"].as_array().unwrap().len(), 5);
    }
}

#[test]
fn the_overlay_of_a_series_lies_over_its_own_slice() {
    let folder = tempfile::tempdir().unwrap();
    let bright = |z: f64, row| dicom_series::Slice { size: 200, bright_row: Some(row), ..axial(z, 1, 100) };
    // The bright rows are 20, 60, 40 by name, and 20, 40, 60 along the axis.
    write(folder.path(), &[bright(0.0, 20), bright(20.0, 60), bright(10.0, 40)]);
    let (out, model) = (folder.path().join("out"), demo_model());
    let result = overread(&[
        "explain",
        text(folder.path()),
        "--model",
        text(&model),
        "--engine",
        "embedded",
        "--series",
        "--slices",
        "all",
        "--out",
        text(&out),
        "--opacity",
        "0",
        "--json",
    ]);
    assert_eq!(result.status.code(), Some(0), "{}", String::from_utf8_lossy(&result.stdout));
    let lines = String::from_utf8(result.stdout).unwrap();
    let facts: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(facts.iter().map(|one| one["slice"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2]);
    for (one, row) in facts.iter().zip([20, 40, 60]) {
        assert!(one["path"].as_str().unwrap().ends_with("0.dcm"), "a series is named by its first file");
        let overlay = image::open(one["files"]["overlay"].as_str().unwrap()).unwrap().to_luma8();
        let brightest = (0..100).max_by_key(|row| overlay.get_pixel(50, *row).0[0]).unwrap();
        assert_eq!(brightest, row, "slice {}", one["slice"]);
    }
}

fn first_png(folder: &Path) -> PathBuf {
    first_file(folder, "png")
}

fn first_file(folder: &Path, extension: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().next().unwrap()
}
