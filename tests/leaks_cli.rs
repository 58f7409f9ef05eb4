//! `overread leaks` as people use it, on pictures made here and on the real brain slices.

mod common;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overread")).arg("leaks").args(args).current_dir(folder).output().unwrap()
}

fn picture(path: &Path, seed: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let value = |col: u32, row: u32| image::Luma([(128.0 + 100.0 * f64::from(col * seed + row * row).sin()) as u8]);
    image::GrayImage::from_fn(30, 30, value).save(path).unwrap();
}

/// A test picture that the training folder holds, one that it does not, and a broken one.
fn folders() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    picture(&at("시험/2gr/a <b>.png"), 3);
    picture(&at("시험/1gr/c.png"), 5);
    picture(&at("train/1gr/x.png"), 3);
    std::fs::write(at("시험/1gr/broken.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    std::fs::write(at("p.csv"), "path,prediction\n2gr/a <b>.png,2gr\n1gr/c.png,2gr\n1gr/gone.png,1gr\n").unwrap();
    folder
}

#[test]
fn everything_is_written_and_a_broken_file_is_listed() {
    let folder = folders();
    let args = ["시험", "--against", "train", "--predictions", "p.csv", "--out", "out", "--split", "split.csv"];
    let output = run(folder.path(), &args);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("broken.png") && said.contains("1 of 2 (50.0 %) have a twin in it"), "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("out/leaks.json")).unwrap();
    assert_eq!((&json["n"], &json["n_against"], &json["with_training_twin"]), (&2.into(), &1.into(), &1.into()));
    let pair = &json["pairs"][0];
    assert_eq!((&pair["same_bytes"], &pair["labels_agree"]), (&true.into(), &false.into()));
    assert_eq!((&json["accuracy"]["official"]["right"], &json["accuracy"]["leak_free"]["n"]), (&1.into(), &1.into()));
    // Wilson, statsmodels 0.15.0: proportion_confint(0, 1, method="wilson") = (0, 0.79345).
    assert!((json["accuracy"]["leak_free"]["interval"][1].as_f64().unwrap() - 0.793450).abs() < 1e-5);
    assert_eq!(read("split.csv"), read("out/clusters.csv"));
    assert_eq!(read("split.csv").lines().count(), 4);
    assert!(read("out/pairs.csv").contains("a <b>.png,"));
    for name in ["pairs-disagreeing.png", "pairs-strongest.png", "pairs-weakest.png"] {
        assert!(image::open(folder.path().join("out").join(name)).is_ok(), "{name}");
    }
}

#[test]
fn a_call_that_is_wrong_says_so() {
    let folder = folders();
    for (args, words) in [
        (["none"].as_slice(), "there is no such folder"),
        (&["시험", "--against", "train", "--predictions", "none.csv"], "there is no such file"),
        (&["시험", "--predictions", "p.csv"], "--against"),
    ] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(words), "{args:?}");
    }
}

/// One grade of the set (the whole of it takes two minutes without optimisation). Pinned from numpy 2.4.6 and Pillow 13.0.0
/// over all pairs: `resize((88, 104), BILINEAR)`, mean off, unit length, `E @ T.T`; no correlation lies within 6e-5 of .95.
/// All four grades in the release build: 465 of 1279 (36.4 %), 5644 of 5644 pairs.
#[test]
fn the_leak_of_the_brain_slices_is_found() {
    let Some(shared) = common::shared() else { return };
    let data = shared.join("data/alzheimer_mri_4class");
    let [test, train] =
        ["test", "train"].map(|name| data.join(name).join("MildDemented").to_string_lossy().into_owned());
    let output = run(&data, &[&test, "--against", &train, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["measure"]["rows"], &json["measure"]["cols"]), (&104.into(), &88.into()));
    assert_eq!((&json["n"], &json["n_against"]), (&179.into(), &717.into()));
    assert_eq!((&json["with_training_twin"], &json["pairs_found"]), (&61.into(), &(104 + 283).into()));
    assert_eq!((&json["clusters"]["several_files"], &json["clusters"]["largest"]), (&28.into(), &10.into()));
}
