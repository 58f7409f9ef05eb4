//! `overread review` and `overread calibrate` as people use them: the real program on the bundled phantoms, stopped and
//! gone on with, with labels of every kind, two models, broken files.

#[path = "common/dicom_series.rs"]
mod dicom_series;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn demo_model() -> PathBuf {
    root().join("models/phantom-brain-3grade")
}

fn overread(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overread")).args(args).current_dir(std::env::temp_dir()).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Reviews `scans` into `out` with few resamples and no heatmaps unless `extra` says otherwise.
fn review(scans: &Path, model: &Path, out: &Path, extra: &[&str]) -> (String, Option<i32>) {
    let mut args = vec!["review", text(scans), "--model", text(model), "--out", text(out), "--engine", "embedded"];
    args.extend(["--resamples", "50"]);
    if !extra.contains(&"--explain") {
        args.extend(["--explain", "0"]);
    }
    args.extend(extra);
    let output = overread(&args);
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (said, output.status.code())
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn records(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("cases.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn demo_pngs() -> Vec<PathBuf> {
    let grades = ["grade-0", "grade-1", "grade-2"].map(|grade| root().join("assets/demo").join(grade));
    let mut files: Vec<PathBuf> =
        grades.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "png"));
    files.sort();
    files
}

/// A copy of the bundled model, its manifest changed.
fn changed_model(folder: &Path, change: impl Fn(String) -> String) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::copy(demo_model().join("model.onnx"), folder.join("model.onnx")).unwrap();
    let manifest = std::fs::read_to_string(demo_model().join("metadata.json")).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest.as_object_mut().unwrap().remove("golden_cases");
    std::fs::write(folder.join("metadata.json"), change(format!("{manifest:#}\n"))).unwrap();
    folder.to_owned()
}

#[test]
fn a_folder_gives_records_numbers_figures_and_the_wrong_cases_with_heatmaps() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("결과");
    // One case under the wrong grade's folder.
    let scans = home.path().join("scans");
    for (number, file) in demo_pngs().iter().enumerate() {
        let grade = if number == 0 { "grade-2" } else { file.parent().unwrap().file_name().unwrap().to_str().unwrap() };
        std::fs::create_dir_all(scans.join(grade)).unwrap();
        std::fs::copy(file, scans.join(grade).join(file.file_name().unwrap())).unwrap();
    }
    let (said, code) = review(&scans, &demo_model(), &out, &["--explain", "5"]);
    assert_eq!(code, Some(0), "{said}");
    let records = records(&out);
    assert_eq!(records.len(), demo_pngs().len());
    let first = &records[0];
    assert!(first["key"].as_str().unwrap().starts_with("grade-"), "{first}");
    assert_eq!(first["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(first["truth"]["from"], "folder");
    assert_eq!(first["outcome"]["scored"]["scores"].as_array().unwrap().len(), 3);
    for name in
        ["run.json", "predictions.csv", "metrics.json", "metrics.txt", "confusion.png", "roc.svg", "gallery/0001.png"]
    {
        assert!(out.join(name).is_file(), "{name}: {said}");
    }
    assert!(out.join("gallery/0001-heatmap.png").is_file());
    assert!(said.contains("1 misclassified, 1 shown"), "{said}");
    // The same numbers from the table alone.
    let again = home.path().join("again");
    let table = out.join("predictions.csv");
    let output = overread(&["metrics", text(&table), "--out", text(&again), "--resamples", "50"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (json(&out.join("metrics.json")), json(&again.join("metrics.json")));
    assert_eq!(ours["confusion"], theirs["confusion"]);
    let loss = |metrics: &Value| metrics["overall"]["log loss"]["value"].as_f64().unwrap();
    assert!((loss(&ours) - loss(&theirs)).abs() < 1e-6);
}

#[test]
fn a_run_that_was_killed_goes_on_and_ends_as_if_it_was_not() {
    let home = tempfile::tempdir().unwrap();
    let (whole, cut) = (home.path().join("whole"), home.path().join("cut"));
    let scans = root().join("assets/demo");
    let results = ["cases.jsonl", "predictions.csv", "confusion.csv", "thresholds.csv"];
    assert_eq!(review(&scans, &demo_model(), &whole, &[]).1, Some(0));
    assert_eq!(review(&scans, &demo_model(), &cut, &[]).1, Some(0));
    let cases = std::fs::read(cut.join("cases.jsonl")).unwrap();
    // Killed while the ninth line was written.
    let lines: Vec<usize> = cases.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    std::fs::write(cut.join("cases.jsonl"), &cases[..lines[7] + 40]).unwrap();
    for name in &results[1..] {
        std::fs::remove_file(cut.join(name)).unwrap();
    }
    let (said, code) = review(&scans, &demo_model(), &cut, &[]);
    assert_eq!(code, Some(0));
    assert!(said.contains(&format!("8 of {} are done", lines.len())), "{said}");
    // Patients' pseudonyms are each folder's own: these files are compared without them.
    let without_people = |folder: &Path| -> Vec<Value> {
        let mut records = records(folder);
        for record in &mut records {
            for field in ["patient", "series"] {
                record.as_object_mut().unwrap().remove(field);
            }
        }
        records
    };
    assert_eq!(without_people(&cut), without_people(&whole));
    assert_eq!(std::fs::read(cut.join("cases.jsonl")).unwrap(), cases, "the same folder, the same bytes");
    for name in &results[2..] {
        assert_eq!(std::fs::read(cut.join(name)).unwrap(), std::fs::read(whole.join(name)).unwrap(), "{name}");
    }
    // Once more: nothing is left to do, nothing is written twice.
    assert_eq!(review(&scans, &demo_model(), &cut, &[]).1, Some(0));
    assert_eq!(std::fs::read(cut.join("cases.jsonl")).unwrap(), cases);
}

#[test]
fn another_model_does_not_write_into_the_folder() {
    let home = tempfile::tempdir().unwrap();
    let (scans, out) = (root().join("assets/demo/grade-0"), home.path().join("out"));
    let other = changed_model(&home.path().join("other"), |text| {
        text.replace("\"window\": \"header\"", "\"window\": \"full\"")
    });
    assert_eq!(review(&scans, &demo_model(), &out, &[]).1, Some(0));
    let before = std::fs::read(out.join("cases.jsonl")).unwrap();
    let (said, code) = review(&scans, &other, &out, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("other preprocessing steps") && said.contains("choose another folder"), "{said}");
    assert_eq!(std::fs::read(out.join("cases.jsonl")).unwrap(), before);
    let (said, code) = review(&root().join("assets/demo/grade-1"), &demo_model(), &out, &[]);
    assert!(code == Some(1) && said.contains("other files or folders"), "{said}");
}

#[test]
fn broken_files_are_listed_with_their_sentence_and_no_path_of_the_machine() {
    let home = tempfile::tempdir().unwrap();
    let scans = home.path().join("scans/grade-0");
    std::fs::create_dir_all(&scans).unwrap();
    std::fs::copy(&demo_pngs()[0], scans.join("좋음.png")).unwrap();
    std::fs::write(scans.join("broken.png"), b"\x89PNG\r\n\x1a\nnot really").unwrap();
    std::fs::write(scans.join("empty.dcm"), b"").unwrap();
    let out = home.path().join("out");
    let (said, code) = review(&home.path().join("scans"), &demo_model(), &out, &[]);
    assert_eq!(code, Some(1), "{said}");
    let text = std::fs::read_to_string(out.join("cases.jsonl")).unwrap();
    assert!(!text.contains(home.path().to_str().unwrap()), "{text}");
    let records = records(&out);
    let failed = |name: &str| {
        let record = records.iter().find(|record| record["key"] == format!("grade-0/{name}")).unwrap();
        record["outcome"]["failed"].as_str().unwrap().to_owned()
    };
    assert!(failed("broken.png").starts_with("grade-0/broken.png"), "{}", failed("broken.png"));
    assert!(failed("empty.dcm").contains("empty"));
    assert!(said.contains(&failed("broken.png")), "{said}");
    assert_eq!(records.len(), 3);
    assert!(std::fs::read_to_string(out.join("predictions.csv")).unwrap().contains("broken.png"));
}

#[test]
fn failed_files_are_tried_again_when_they_changed_or_when_asked() {
    let home = tempfile::tempdir().unwrap();
    let scans = home.path().join("scans/grade-0");
    std::fs::create_dir_all(&scans).unwrap();
    std::fs::copy(&demo_pngs()[0], scans.join("good.png")).unwrap();
    for name in ["later.png", "never.png"] {
        std::fs::write(scans.join(name), b"\x89PNG\r\n\x1a\ncut").unwrap();
    }
    let (scans, out) = (home.path().join("scans"), home.path().join("out"));
    let (said, code) = review(&scans, &demo_model(), &out, &[]);
    assert!(code == Some(1) && said.contains("3 cases, 2 failed") && said.contains("--retry-failed"), "{said}");
    let lines = records(&out).len();
    assert_eq!(lines, 3);
    // Nothing changed: nothing runs.
    assert!(!review(&scans, &demo_model(), &out, &[]).0.contains("Tried again"));
    assert_eq!(records(&out).len(), lines);
    std::fs::copy(&demo_pngs()[1], scans.join("grade-0/later.png")).unwrap();
    let (said, code) = review(&scans, &demo_model(), &out, &[]);
    assert!(said.contains("2 of 3 are done."), "{said}");
    assert!(said.contains("Tried again: 1 that failed before (changed since)"), "{said}");
    assert!(code == Some(1) && said.contains("3 cases, 1 failed"), "{said}");
    let mended = records(&out).into_iter().rfind(|record| record["key"] == "grade-0/later.png").unwrap();
    assert_eq!(mended["outcome"]["scored"]["scores"].as_array().unwrap().len(), 3);
    let (said, code) = review(&scans, &demo_model(), &out, &["--retry-failed"]);
    assert!(code == Some(1) && said.contains("Tried again: 1 that failed before (as asked)"), "{said}");
}

#[test]
fn labels_come_from_a_korean_table_and_their_mapping_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let scans = home.path().join("scans");
    std::fs::create_dir_all(&scans).unwrap();
    let mut table = "파일명;진단\r\n".to_owned();
    for (number, (file, label)) in demo_pngs().iter().zip(["0", "경도", "2등급", "grade 1", "모름"]).enumerate() {
        std::fs::copy(file, scans.join(format!("뇌 {number}.png"))).unwrap();
        table += &format!("뇌 {number}.png;{label}\r\n");
    }
    let path = home.path().join("labels.csv");
    std::fs::write(&path, encoding_rs::EUC_KR.encode(&table).0).unwrap();
    let out = home.path().join("out");
    let extra = ["--truth", text(&path), "--map", "경도=grade-1"];
    let (said, code) = review(&scans, &demo_model(), &out, &extra);
    assert_eq!(code, Some(0), "{said}");
    for part in
        ["CP949", "semicolon", "5 of 5 files", "grade-1 (by request)", "grade-2 (by grade)", "none of the classes"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    let classes: Vec<Value> = records(&out).iter().map(|record| record["truth"]["class"].clone()).collect();
    assert_eq!(classes, [0.into(), 1.into(), 2.into(), 1.into(), Value::Null]);
    assert_eq!(json(&out.join("metrics.json"))["n"], 4);
    // Other labels later: no picture runs again, and the last line about a case counts.
    std::fs::write(&path, table.replace("모름", "grade-2")).unwrap();
    assert_eq!(review(&scans, &demo_model(), &out, &extra).1, Some(0));
    assert_eq!((records(&out).len(), json(&out.join("metrics.json"))["n"].clone()), (6, 5.into()));
    let (said, code) = review(&scans, &demo_model(), &out, &["--truth", text(&path), "--map", "경도=mild"]);
    assert!(code == Some(2) && said.contains("grade-0, grade-1, grade-2"), "{said}");
}

#[test]
fn a_typed_label_goes_before_the_folders() {
    let home = tempfile::tempdir().unwrap();
    let (scans, out) = (root().join("assets/demo"), home.path().join("out"));
    review(&scans, &demo_model(), &out, &[]);
    let total = |metrics: &Value, truth: usize| -> u64 {
        metrics["confusion"]["counts"][truth].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum()
    };
    let before = json(&out.join("metrics.json"));
    let key = records(&out)[0]["key"].as_str().unwrap().to_owned();
    let line = serde_json::json!({"key": key, "opinion": "disagree", "truth": "grade-2"});
    std::fs::write(out.join("decisions.jsonl"), format!("{line}\n{{\"key\": \"torn")).unwrap();
    let (said, code) = review(&scans, &demo_model(), &out, &[]);
    assert_eq!(code, Some(0), "{said}");
    let after = json(&out.join("metrics.json"));
    assert_eq!((total(&after, 0), total(&after, 2)), (total(&before, 0) - 1, total(&before, 2) + 1));
    assert_eq!(std::fs::read_to_string(out.join("decisions.jsonl")).unwrap(), format!("{line}\n"));
}

#[test]
fn two_models_are_compared_case_by_case() {
    let home = tempfile::tempdir().unwrap();
    // The same network with an operating point that calls nearly everything grade 2.
    let sha256 = records_sha(&home);
    let other = changed_model(&home.path().join("other"), |text| {
        let thresholds =
            format!("\"thresholds\": {{\"grade-2\": 0.0001, \"model_sha256\": \"{sha256}\"}},\n  \"task\"");
        text.replacen("\"task\"", &thresholds, 1)
    });
    let (scans, out) = (root().join("assets/demo"), home.path().join("out"));
    let (said, code) = review(&scans, &demo_model(), &out, &["--compare", text(&other), "--explain", "2"]);
    assert_eq!(code, Some(0), "{said}");
    let comparison = json(&out.join("comparison.json"));
    let count = |name: &str| comparison["paired"]["agreement"][name].as_u64().unwrap();
    let total = ["both_right", "only_a_right", "only_b_right", "both_wrong"].map(count);
    assert_eq!(total.iter().sum::<u64>(), records(&out).len() as u64);
    assert!(count("only_a_right") > 0, "{total:?}");
    assert!(out.join("flips.csv").is_file() && out.join("compare/predictions.csv").is_file());
    assert!(out.join("gallery/0001-heatmap-b.png").is_file(), "{said}");
    let people = |folder: &Path| records(folder).iter().map(|record| record["series"].clone()).collect::<Vec<_>>();
    assert_eq!(people(&out), people(&out.join("compare")), "one pseudonym for both models");

    // An operating point asked for is the first model's alone.
    let table = |folder: &Path| std::fs::read(folder.join("predictions.csv")).unwrap();
    let (of_a, of_b) = (table(&out), table(&out.join("compare")));
    let (said, code) = review(
        &scans,
        &demo_model(),
        &out,
        &["--compare", text(&other), "--explain", "0", "--threshold", "grade-1=0.0001"],
    );
    assert_eq!(code, Some(0), "{said}");
    assert_ne!(table(&out), of_a);
    assert_eq!(table(&out.join("compare")), of_b);
    assert!(!out.join("gallery").exists(), "pictures of an earlier call");
}

/// The bundled model's sha256, as a run says it.
fn records_sha(home: &tempfile::TempDir) -> String {
    let out = home.path().join("sha");
    review(&root().join("assets/demo/grade-0"), &demo_model(), &out, &[]);
    json(&out.join("run.json"))["model"]["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn identifiers_are_pseudonyms_unless_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let scans = home.path().join("scans");
    std::fs::create_dir_all(&scans).unwrap();
    let mut slices = [dicom_series::axial(0.0, 1, 100), dicom_series::axial(5.0, 2, 300)];
    slices.iter_mut().for_each(|slice| slice.size = 64);
    dicom_series::write(&scans, &slices);
    let (hidden, plain) = (home.path().join("hidden"), home.path().join("plain"));
    review(&scans, &demo_model(), &hidden, &[]);
    review(&scans, &demo_model(), &plain, &["--identify"]);
    let series = |out: &Path| records(out).iter().map(|r| r["series"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(series(&plain), ["1.2.3", "1.2.3"]);
    let pseudonyms = series(&hidden);
    assert_eq!((pseudonyms[0].len(), &pseudonyms[0]), (12, &pseudonyms[1]));
    for name in ["cases.jsonl", "predictions.csv", "run.json"] {
        assert!(!std::fs::read_to_string(hidden.join(name)).unwrap().contains("1.2.3"), "{name}");
    }
    let (said, code) = review(&scans, &demo_model(), &hidden, &["--identify"]);
    assert!(code == Some(1) && said.contains("--identify"), "{said}");
}

#[test]
fn a_threshold_moves_the_prediction_and_not_the_record() {
    let home = tempfile::tempdir().unwrap();
    let (scans, out) = (root().join("assets/demo"), home.path().join("out"));
    review(&scans, &demo_model(), &out, &[]);
    let before = std::fs::read(out.join("cases.jsonl")).unwrap();
    // Of a call that compared two models.
    std::fs::write(out.join("comparison.txt"), "McNemar").unwrap();
    let (said, code) = review(&scans, &demo_model(), &out, &["--threshold", "grade-2=0.0001"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!out.join("comparison.txt").exists(), "numbers of an earlier call lie beside a report that has none");
    assert_eq!(std::fs::read(out.join("cases.jsonl")).unwrap(), before);
    let counts = json(&out.join("metrics.json"))["confusion"]["counts"].clone();
    assert!(counts[0][2].as_u64().unwrap() + counts[1][2].as_u64().unwrap() > 0, "{counts}");
    assert_eq!(review(&scans, &demo_model(), &out, &["--threshold", "0.4"]).1, Some(2), "which class?");
}

#[test]
fn a_fitted_temperature_goes_into_the_manifest_and_holds_for_its_model_only() {
    let home = tempfile::tempdir().unwrap();
    let model = changed_model(&home.path().join("model"), |text| text);
    // One wrong label: without any the best temperature would be 0.
    let scans = home.path().join("scans");
    for (number, file) in demo_pngs().iter().enumerate() {
        let grade = if number == 0 { "grade-1" } else { file.parent().unwrap().file_name().unwrap().to_str().unwrap() };
        std::fs::create_dir_all(scans.join(grade)).unwrap();
        std::fs::copy(file, scans.join(grade).join(file.file_name().unwrap())).unwrap();
    }
    let out = home.path().join("out");
    review(&scans, &model, &out, &[]);
    let manifest = model.join("metadata.json");
    let before = std::fs::read_to_string(&manifest).unwrap();
    let calibrate = |extra: &[&str]| {
        let mut args = vec!["calibrate", text(&out), "--model", text(&model)];
        args.extend(extra);
        let output = overread(&args);
        (String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(), output.status.code())
    };
    let (said, code) = calibrate(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Nothing was written"), "{said}");
    assert_eq!(std::fs::read_to_string(&manifest).unwrap(), before);
    let (said, code) = calibrate(&["--save", "--threshold", "grade-2:sensitivity=1"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(std::fs::read_to_string(model.join("versions/metadata-1.json")).unwrap(), before);
    let after = std::fs::read_to_string(&manifest).unwrap();
    let up_to_calibration = |text: &str| text.split("\"calibration\"").next().unwrap().trim_end().to_owned();
    assert_eq!(up_to_calibration(&after), up_to_calibration(&before), "everything else stays byte for byte");
    let saved = json(&manifest);
    let temperature = saved["calibration"]["temperature"].as_f64().unwrap();
    let loss = |out: &Path| json(&out.join("metrics.json"))["overall"]["log loss"]["value"].as_f64().unwrap();
    // The calibrated model is another run, with a smaller loss.
    let (said, code) = review(&scans, &model, &out, &[]);
    assert!(code == Some(1) && said.contains("calibration"), "{said}");
    let calibrated = home.path().join("calibrated");
    assert_eq!(review(&scans, &model, &calibrated, &[]).1, Some(0));
    assert!(temperature != 1.0 && loss(&calibrated) < loss(&out), "{temperature}");
    let lines = |out: &Path| -> Vec<(String, Option<f64>)> {
        let rows = json(&out.join("metrics.json"))["calibrated_scores"].as_array().unwrap().clone();
        rows.iter().map(|row| (row["scores"].as_str().unwrap().to_owned(), row["temperature"].as_f64())).collect()
    };
    let declared = serde_json::from_str::<Value>(&before).unwrap()["calibration"]["temperature"].as_f64().unwrap();
    for (out, applied) in [(&out, declared), (&calibrated, temperature)] {
        let lines = lines(out);
        assert_eq!(lines[0], ("raw".to_owned(), Some(1.0)));
        assert!(lines[1].0 == "in_use" && (lines[1].1.unwrap() - applied).abs() < 1e-6, "{lines:?}");
    }
    let page = std::fs::read_to_string(calibrated.join("report.html")).unwrap();
    assert!(page.contains("Before: softmax of the raw logits") && page.contains("stored temperature"));
    // Under another model's hash both are ignored, with a sentence.
    let sha256 = saved["calibration"]["model_sha256"].as_str().unwrap();
    std::fs::write(&manifest, after.replace(sha256, &"0".repeat(64))).unwrap();
    let picture = demo_pngs()[0].clone();
    let output = overread(&["predict", text(&picture), "--model", text(&model), "--engine", "embedded"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("calibration values were made for another model") && said.contains("thresholds were"),
        "{said}"
    );
}
