//! `overread golden` and `overread doctor` as scripts use them, over the bundled demo.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn overread(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .args(args)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A copy of the demo's model without its golden cases.
fn copy_of_the_model(folder: &Path) -> PathBuf {
    let (from, to) = (root().join("models/phantom-brain-3grade"), folder.join("모델"));
    std::fs::create_dir(&to).unwrap();
    std::fs::copy(from.join("model.onnx"), to.join("model.onnx")).unwrap();
    let mut metadata: Value = serde_json::from_slice(&std::fs::read(from.join("metadata.json")).unwrap()).unwrap();
    metadata.as_object_mut().unwrap().remove("golden_cases");
    std::fs::write(to.join("metadata.json"), metadata.to_string()).unwrap();
    to
}

fn pictures() -> Vec<PathBuf> {
    let mut waiting = vec![root().join("assets/demo")];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false if path.extension().is_some_and(|end| end == "png") => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

#[test]
fn recorded_cases_pass_on_every_engine_and_fail_where_the_model_answers_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let model = copy_of_the_model(folder.path());
    let (code, _, said) = overread(&["golden", "verify", text(&model)]);
    assert!(code == Some(2) && said.contains("golden record"), "{said}");
    let demo = root().join("assets/demo");
    let record = ["golden", "record", text(&model), text(&demo), "--most", "3", "--engine", "embedded"];
    let (code, said, _) = overread(&record);
    assert!(code == Some(0) && said.contains("3 golden cases"), "{said}");
    assert!(model.join("versions/metadata-1.json").is_file());
    let (code, json, _) = overread(&["golden", "verify", text(&model), "--json"]);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &report["passed"]), (Some(0), &Value::Bool(true)), "{report}");
    let embedded =
        report["engines"].as_array().unwrap().iter().find(|one| one["engine"] == "the embedded engine").unwrap();
    assert_eq!(embedded["cases"].as_array().unwrap().len(), 3);
    assert_eq!(embedded["cases"][0]["largest_difference"], 0.0);

    // The same pictures again are recognised; then one stated logit is wrong.
    let (code, said, _) = overread(&record);
    assert!(code == Some(0) && said.contains("Recorded already: ") && said.contains("Nothing new"), "{said}");
    let path = model.join("metadata.json");
    let original: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(original["golden_cases"].as_array().unwrap().len(), 3);
    let verify = |change: &dyn Fn(&mut Value)| {
        let mut metadata = original.clone();
        change(&mut metadata);
        std::fs::write(&path, metadata.to_string()).unwrap();
        overread(&["golden", "verify", text(&model)])
    };
    let (code, said, _) = verify(&|metadata| {
        let logit = metadata["golden_cases"][1]["logits"][0].as_f64().unwrap();
        metadata["golden_cases"][1]["logits"][0] = (logit + 0.25).into();
    });
    assert!(code == Some(1) && said.contains('✗') && said.contains("2.5e-1") && !said.contains('\x1b'), "{said}");

    // The same numbers under swapped names are red.
    let (code, said, _) = verify(&|metadata| {
        let names = &mut metadata["network_data_format"]["outputs"];
        let names = names.as_object_mut().unwrap().values_mut().next().unwrap()["channel_def"].as_object_mut().unwrap();
        let (first, last) = (names["0"].clone(), names["2"].clone());
        names.insert("0".to_owned(), last);
        names.insert("2".to_owned(), first);
    });
    assert!(code == Some(1) && said.contains('✗') && said.contains("in another order now"), "{said}");

    for tolerance in [Value::from(-1.0), 1e6.into(), "much".into()] {
        let (code, said, _) = verify(&|metadata| metadata["golden_cases"][2]["tolerance"] = tolerance.clone());
        let place = "metadata.json, golden_cases[2]: ";
        assert!(code == Some(1) && said.contains(place) && said.contains("a number"), "{said}");
    }
}

/// Logits of the framework stay logits, in the place of the program's own numbers for the same picture.
#[test]
fn the_frameworks_logits_are_recorded_as_logits() {
    let folder = tempfile::tempdir().unwrap();
    let model = copy_of_the_model(folder.path());
    let picture = pictures().remove(0);
    let record = ["golden", "record", text(&model), text(&picture), "--engine", "embedded"];
    assert_eq!(overread(&record).0, Some(0));
    let path = model.join("metadata.json");
    let cases = || -> Vec<Value> {
        let metadata: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        metadata["golden_cases"].as_array().unwrap().clone()
    };
    let own = cases();
    let logits: Vec<f64> = serde_json::from_value(own[0]["logits"].clone()).unwrap();
    let names: Vec<String> = serde_json::from_value(own[0]["class_names"].clone()).unwrap();
    let name = picture.file_name().unwrap().to_str().unwrap();
    let outputs = folder.path().join("framework.csv");
    let row: Vec<String> = logits.iter().map(f64::to_string).collect();
    let table = |prefix: &str, row: &[String]| {
        let header: Vec<String> = names.iter().map(|name| format!("{prefix}_{name}")).collect();
        std::fs::write(&outputs, format!("file,{}\n{name},{}\n", header.join(","), row.join(","))).unwrap();
    };
    let with_outputs = [&record[..], &["--outputs", text(&outputs)]].concat();
    table("logit", &row);
    let (code, said, errors) = overread(&with_outputs);
    assert_eq!(code, Some(0), "{said}{errors}");
    let [case] = &cases()[..] else { panic!("one case in the place of the other: {:?}", cases()) };
    assert!(case["logits"].is_array() && case.get("probabilities").is_none() && case.get("recorded_by").is_none());
    assert_eq!(case["pictures"], own[0]["pictures"], "the copy that lies there is the same file");
    let (code, said, _) = overread(&with_outputs);
    assert!(code == Some(0) && said.contains("Recorded already"), "{said}");

    table("prob", &["0.5".to_owned(), "0.5".to_owned(), "nan".to_owned()]);
    let (code, _, said) = overread(&with_outputs);
    assert!(code == Some(1) && said.contains("line 2") && said.contains("nan is no number"), "{said}");
    table("prob", &["0.5".to_owned(), "0.5".to_owned(), "0.5".to_owned()]);
    let (code, _, said) = overread(&with_outputs);
    assert!(code == Some(1) && said.contains("sum to 1.500") && said.contains("logit_A"), "{said}");
}

#[test]
fn predictions_under_small_changes_are_counted() {
    let model = root().join("models/phantom-brain-3grade");
    let picture = pictures().remove(0);
    let args = ["predict", text(&picture), "--model", text(&model), "--engine", "embedded", "--stability"];
    let (code, json, said) = overread(&[&args[..], &["--json", "--flips"]].concat());
    assert_eq!(code, Some(0), "{said}");
    let line: Value = serde_json::from_str(&json).unwrap();
    let found = &line["stability"];
    assert_eq!((found["of"].as_u64(), found["changes"].as_array().unwrap().len()), (Some(13), 13));
    let predicted = line["predicted"].as_str().unwrap();
    let others = found["changes"].as_array().unwrap().iter().filter(|one| one["predicted"] != predicted).count();
    assert_eq!(found["other_class"].as_u64(), Some(others as u64));
    let score = line["scores"][predicted].as_f64().unwrap();
    assert!(
        found["score_low"].as_f64().unwrap() <= score + 1e-6 && score <= found["score_high"].as_f64().unwrap() + 1e-6
    );
    let (_, table, _) = overread(&args);
    assert!(table.contains("of 12, score") || table.contains("stays under all 12, score"), "{table}");
}

/// The doctor's own way round: the program's predictions under the true steps, then a model that states wrong ones.
#[test]
fn the_doctor_finds_and_writes_the_steps_that_made_the_predictions() {
    let folder = tempfile::tempdir().unwrap();
    let model = copy_of_the_model(folder.path());
    let path = model.join("metadata.json");
    let mut metadata: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    // A framework knows nothing of a calibration that was fitted afterwards.
    metadata.as_object_mut().unwrap().remove("calibration");
    std::fs::write(&path, metadata.to_string()).unwrap();
    let chosen: Vec<PathBuf> = pictures().into_iter().step_by(5).take(4).collect();
    let mut predict = vec!["predict", "--json", "--engine", "embedded", "--model", text(&model)];
    predict.extend(chosen.iter().map(|path| text(path)));
    let (code, lines, _) = overread(&predict);
    assert_eq!(code, Some(0));
    let predictions = folder.path().join("framework.jsonl");
    std::fs::write(&predictions, &lines).unwrap();
    let truth = metadata["preprocess"].clone();
    metadata["preprocess"] = serde_json::json!([{"step": "to_8bit"}, {"step": "to_rgb"}, {"step": "invert"}]);
    let wanted =
        truth.as_array().unwrap().iter().find(|step| step["step"] == "resize").map(|step| step["size"].clone());
    if let Some(size) = wanted {
        let resize = serde_json::json!({"step": "resize", "size": size, "filter": "nearest", "as": "pillow"});
        metadata["preprocess"].as_array_mut().unwrap().push(resize);
    }
    std::fs::write(&path, metadata.to_string()).unwrap();
    let mut doctor = vec!["doctor", text(&model), "--engine", "embedded", "--apply", "--json"];
    doctor.extend(["--predictions", text(&predictions), "--pictures"]);
    doctor.extend(chosen.iter().map(|path| text(path)));
    let (code, json, said) = overread(&doctor);
    assert_eq!(code, Some(0), "{said}");
    let verdict: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(verdict["reproduced"], true, "{verdict}");
    assert!(verdict["sentences"][1].as_str().unwrap().contains("on all "), "{verdict}");
    let (_, again, _) = overread(&predict);
    let first = |lines: &str| -> Value { serde_json::from_str(lines.lines().next().unwrap()).unwrap() };
    let (before, after) = (first(&lines), first(&again));
    for (class, score) in before["scores"].as_object().unwrap() {
        let found = after["scores"][class].as_f64().unwrap();
        assert!((found - score.as_f64().unwrap()).abs() < 2e-4, "{class}: {found} {score}");
    }
    assert!(model.join("versions/metadata-1.json").is_file());
    let (code, _, said) = overread(&["doctor", text(&model.join("nothing")), "--pictures", text(folder.path())]);
    assert!(code == Some(2) && said.contains("no such file"), "{said}");
}
