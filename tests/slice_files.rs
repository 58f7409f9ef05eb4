//! Slices in files of their own: one case by their names, one error where a slice is missing, the card's numbers from
//! the real pictures.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use overread::engine::Model;
use overread::review::reference::{Neighbour, Reference};
use overread::scan::{Pixels, ScanError, open_series};
use serde_json::Value;

const POSITIONS: [&str; 7] = ["-24", "-12", "+00", "+12", "+24", "+36", "+48"];

fn model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/brain-fdg-pet")
}

/// A drawn slice: an ellipse whose two halves differ with `seed` and place.
fn slice(seed: usize, place: usize) -> image::GrayImage {
    image::GrayImage::from_fn(79, 95, |col, row| {
        let (x, y) = ((f64::from(col) - 39.0) / 33.0, (f64::from(row) - 47.0) / 42.0);
        let ripple = ((x * (3.0 + seed as f64) + place as f64).sin() * (y * 5.0).cos() + 1.0) * 60.0;
        image::Luma([if x * x + y * y < 1.0 { 100.0 + ripple } else { 0.0 } as u8])
    })
}

fn subject(folder: &Path, name: &str, seed: usize, without: &[usize]) {
    std::fs::create_dir_all(folder).unwrap();
    for (place, mm) in POSITIONS.iter().enumerate().filter(|(place, _)| !without.contains(place)) {
        slice(seed, place).save(folder.join(format!("{name}_z{mm}.png"))).unwrap();
    }
}

/// Lines of `overread predict --json` on the embedded engine, and the exit code.
fn predict(folder: &Path, extra: &[&str]) -> (Vec<Value>, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_overread"));
    command.arg("predict").arg(folder).arg("--model").arg(model()).args(["--json", "--engine", "embedded"]).args(extra);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output.status.code())
}

fn logits(line: &Value) -> Vec<f64> {
    line["logits"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

#[test]
fn the_slices_of_a_subject_are_one_case() {
    let home = tempfile::tempdir().unwrap();
    subject(&home.path().join("AD"), "AD1", 1, &[]);
    subject(&home.path().join("nAD"), "nAD1", 2, &[]);
    slice(3, 0).save(home.path().join("nAD/other.png")).unwrap();
    let (cases, code) = predict(home.path(), &[]);
    assert_eq!((cases.len(), code), (3, Some(0)), "{cases:?}");
    assert!(cases[0]["path"].as_str().unwrap().ends_with("AD1_z-24.png"), "{cases:?}");
    // Each slice for itself: the case is their mean.
    let (single, _) = predict(home.path(), &["--slices", "all"]);
    assert_eq!(single.len(), 15);
    for (case, slices) in cases.iter().zip(single.chunks(7)) {
        let mean = slices.iter().map(|line| logits(line)[1]).sum::<f64>() / slices.len() as f64;
        assert!((logits(case)[1] - mean).abs() < 1e-5, "{case} {mean}");
    }
    assert!((logits(&single[0])[1] - logits(&single[1])[1]).abs() > 1e-3, "the slices differ");
}

/// A reference is fed as a prediction is: seven files a case, and all of them are found again.
#[test]
fn a_reference_case_of_slices_is_whole() {
    let home = tempfile::tempdir().unwrap();
    for seed in 0..12 {
        subject(&home.path().join(["AD", "nAD"][seed % 2]), &format!("S{seed}"), seed, &[]);
    }
    let out = home.path().join("reference");
    let mut command = Command::new(env!("CARGO_BIN_EXE_overread"));
    command.arg("reference").arg(home.path()).arg("--model").arg(model()).arg("--out").arg(&out);
    assert!(command.args(["--engine", "embedded"]).status().unwrap().success());
    let reference = Reference::load(&out, &Model::load(&model()).unwrap()).unwrap();
    assert!(reference.cases.len() == 12 && reference.cases.iter().all(|case| case.more.len() == 6));
    let (cases, code) = predict(&home.path().join("AD"), &["--reference", out.to_str().unwrap()]);
    assert_eq!((cases.len(), code), (6, Some(0)));
    for line in &cases {
        assert_eq!(line["known"]["is_reference"], true, "{line}");
        let neighbour: Neighbour = serde_json::from_value(line["known"]["nearest"][0].clone()).unwrap();
        let files = reference.files(&neighbour).unwrap();
        assert_eq!(files.len(), 7);
        assert!(
            files.iter().all(|file| file.is_file()) && files[0].to_string_lossy().ends_with("_z-24.png"),
            "{files:?}"
        );
    }
}

#[test]
fn a_missing_slice_is_named_and_the_others_go_on() {
    let home = tempfile::tempdir().unwrap();
    subject(home.path(), "S1", 1, &[1, 5]);
    subject(home.path(), "S2", 2, &[]);
    std::fs::write(home.path().join("S2_z+00.png"), "no picture").unwrap();
    subject(home.path(), "S3", 3, &[]);
    let (cases, code) = predict(home.path(), &[]);
    let fits = |case: &&Value, name: &str| case.to_string().contains(&format!("{name}_z-24.png"));
    let of = |name: &str| cases.iter().find(|case| fits(case, name));
    assert!(of("S3").unwrap()["logits"].is_array());
    let said = of("S1").unwrap()["error"].as_str().unwrap();
    assert!(said.contains("5 of S1 are there; missing: -12, 36 mm"), "{said}");
    let said = of("S2").unwrap()["error"].as_str().unwrap();
    assert!(said.contains("missing: 0 mm"), "{said}");
    assert_ne!(code, Some(0));
    // A lone slice is a case with six missing, unless it is asked for as it is.
    let lone = home.path().join("S3_z+12.png");
    let (cases, _) = predict(&lone, &[]);
    assert!(cases[0]["error"].as_str().unwrap().contains("1 of S3 are there"), "{cases:?}");
    assert!(predict(&lone, &["--slices", "0"]).0[0]["logits"].is_array());
}

#[test]
fn pictures_open_as_one_scan_where_they_fit() {
    let home = tempfile::tempdir().unwrap();
    subject(home.path(), "S", 1, &[]);
    let files: Vec<PathBuf> = ["+12", "-12"].iter().map(|mm| home.path().join(format!("S_z{mm}.png"))).collect();
    let scan = open_series(&files).unwrap();
    assert_eq!((scan.frames, scan.file_of(1), &scan.path), (2, files[1].as_path(), &files[0]));
    for (index, place) in [(0, 3), (1, 1)] {
        let Pixels::Gray(values) = scan.frame(index).unwrap().pixels else { panic!("grey") };
        let drawn = slice(1, place);
        assert!(values.iter().zip(drawn.pixels()).all(|(value, pixel)| *value == f32::from(pixel.0[0])));
    }
    assert!(scan.frame(2).is_err());
    let small = home.path().join("small.png");
    image::GrayImage::new(8, 8).save(&small).unwrap();
    let error = open_series(&[files[0].clone(), small.clone()]).unwrap_err();
    assert!(matches!(&error, ScanError::SeriesMismatch { path, .. } if *path == small), "{error}");
}

/// The card's numbers: AUC .968 and 52 of 58 right per subject, from PNG slices through `overread review`.
#[test]
fn real_slices_give_the_numbers_of_the_card() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/brain_fdg_pet/axial/test");
    if !common::require("shared", folder.is_dir()) {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_overread"));
    command.arg("review").arg(&folder).arg("--model").arg(model()).arg("--out").arg(home.path().join("out"));
    let output =
        command.args(["--json", "--engine", "embedded", "--explain", "0", "--resamples", "50"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metrics: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(metrics["confusion"]["counts"], serde_json::json!([[26, 4], [2, 26]]));
    let auc = metrics["by_class"][1]["auc"]["value"].as_f64().unwrap();
    assert!((auc - 0.9678571428571429).abs() < 1e-9, "{auc}");
    let csv = std::fs::read_to_string(home.path().join("out/predictions.csv")).unwrap();
    assert_eq!(csv.lines().count(), 59, "58 subjects");
}
