//! Slices, series and volumes as golden cases.

use std::path::Path;

use serde_json::{Value, json};

use crate::{
    all_placed_at_preprocessing, dicom_series, metadata, overread, problem, recorded_demo, root, step, text, verify,
    with,
};

const POSITIONS: [&str; 7] = ["-24", "-12", "+00", "+12", "+24", "+36", "+48"];

/// Drawn slices of a subject, of which some are left out.
fn subject(folder: &Path, name: &str, without: &[usize]) {
    std::fs::create_dir_all(folder).unwrap();
    for (place, mm) in POSITIONS.iter().enumerate().filter(|(place, _)| !without.contains(place)) {
        let picture = image::GrayImage::from_fn(79, 95, |col, row| {
            let (x, y) = ((f64::from(col) - 39.0) / 33.0, (f64::from(row) - 47.0) / 42.0);
            let ripple = ((x * 4.0 + place as f64).sin() * (y * 5.0).cos() + 1.0) * 60.0;
            image::Luma([if x * x + y * y < 1.0 { 100.0 + ripple } else { 0.0 } as u8])
        });
        picture.save(folder.join(format!("{name}_z{mm}.png"))).unwrap();
    }
}

#[test]
fn slices_of_a_case_are_one_golden_case() {
    let folder = tempfile::tempdir().unwrap();
    let (from, model) = (root().join("models/brain-fdg-pet"), folder.path().join("pet"));
    std::fs::create_dir(&model).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(from.join(file), model.join(file)).unwrap();
    }
    with(&model, |all| all["golden_cases"] = json!([]));
    let (whole, part) = (folder.path().join("whole"), folder.path().join("part"));
    subject(&whole, "S1", &[]);
    subject(&whole, "S2", &[]);
    subject(&part, "S3", &[1, 5]);
    // A lone slice whose fellows lie beside it.
    let lone = whole.join("S1_z+12.png");
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&lone)]);
    assert!(code == Some(0) && error.contains("S1: 6 further slices"), "{said}{error}");
    let case = metadata(&model)["golden_cases"][0].clone();
    let files: Vec<&str> =
        case["pictures"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!((files.len(), files[0], files[6]), (7, "golden/S1/S1_z-24.png", "golden/S1/S1_z+48.png"));
    assert_eq!(case["prepared"].as_array().unwrap().len(), 7);
    let (_, line, _) = overread(&["predict", text(&whole), "--model", text(&model), "--json"]);
    let predicted: Vec<Value> = line.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (found, predicted) in case["logits"].as_array().unwrap().iter().zip(predicted[0]["logits"].as_array().unwrap())
    {
        assert!((found.as_f64().unwrap() - predicted.as_f64().unwrap()).abs() < 1e-5, "{case} {predicted}");
    }
    // Slices that are nowhere are named.
    let (code, _, error) = overread(&["golden", "record", text(&model), text(&part.join("S3_z+00.png"))]);
    assert!(code == Some(1) && error.contains("5 of S3 are there; missing: -12, 36 mm"), "{error}");
    assert_eq!(metadata(&model)["golden_cases"].as_array().unwrap().len(), 1);
    // The framework's outputs by the case's name: before the calibration, which the manifest of this model has.
    let logits: Vec<f64> = serde_json::from_value(case["logits"].clone()).unwrap();
    let second = 1.0 / (1.0 + (logits[0] - logits[1]).exp());
    let outputs = folder.path().join("outputs.csv");
    std::fs::write(&outputs, format!("id,prob_nAD,prob_AD\nS1,{:.6},{second:.6}\n", 1.0 - second)).unwrap();
    let record = ["golden", "record", text(&model), text(&whole), "--outputs", text(&outputs)];
    let (code, said, error) = overread(&record);
    assert!(code == Some(0) && error.contains("1 of 2 cases have a row"), "{said}{error}");
    // Rows of single slices are no case.
    std::fs::write(&outputs, "file,prob_nAD,prob_AD\nS1_z+00.png,0.1,0.9\nS1_z+12.png,0.2,0.8\n").unwrap();
    let (code, _, error) = overread(&record);
    assert!(code == Some(1) && error.contains("several rows for the slices of S1"), "{error}");
    let (passed, cases) = verify(&model);
    assert!(passed && cases[0]["files"] == 7, "{cases:?}");
    with(&model, |all| step(all, "resize")["filter"] = json!("nearest"));
    let (_, cases) = verify(&model);
    assert!(cases.iter().all(|case| case["place"] == "preprocessing"), "{cases:?}");
    // One of the seven is missing.
    std::fs::remove_file(model.join("golden/S1/S1_z+24.png")).unwrap();
    assert!(problem(&model).contains("S1_z+24.png could not be read"), "{}", problem(&model));
}

/// Logits of torch 2.15 for a drawn NIfTI volume.
#[test]
fn a_volume_is_a_golden_case_of_pytorch() {
    let folder = tempfile::tempdir().unwrap();
    let (from, model) = (root().join("tests/fixtures/volume"), folder.path().join("model"));
    std::fs::create_dir(&model).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(from.join(file), model.join(file)).unwrap();
    }
    let pins: Value = serde_json::from_slice(&std::fs::read(from.join("pins.json")).unwrap()).unwrap();
    let logits: Vec<f64> = serde_json::from_value(pins["phantom"]["logits"].clone()).unwrap();
    let sum: f64 = logits.iter().map(|z| z.exp()).sum();
    let numbers: Vec<String> = logits.iter().map(|z| format!("{:.7}", z.exp() / sum)).collect();
    let outputs = folder.path().join("torch.csv");
    std::fs::write(&outputs, format!("file,prob_CN,prob_MCI,prob_AD\nphantom.nii,{}\n", numbers.join(","))).unwrap();
    let phantom = from.join("phantom.nii");
    let record = ["golden", "record", text(&model), text(&phantom), "--outputs", text(&outputs)];
    let good = metadata(&model);
    with(&model, |all| all["preprocess_volume"][0]["axes"] = json!("LPS"));
    let (code, _, error) = overread(&record);
    assert!(code == Some(1) && error.contains("Correct preprocess_volume") && !error.contains("doctor"), "{error}");
    with(&model, |all| *all = good);
    let (code, said, error) = overread(&record);
    assert_eq!(code, Some(0), "{said}{error}");
    let (passed, cases) = verify(&model);
    assert!(passed && cases[0]["file"] == "golden/phantom.nii" && cases[0]["checked"] == "pictures", "{cases:?}");
    for change in [json!({"step": "orient", "axes": "LPS"}), json!({"step": "orient", "axes": "RSA"})] {
        with(&model, |all| all["preprocess_volume"][0] = change);
        all_placed_at_preprocessing(&model, "a volume turned otherwise");
    }
}

#[test]
fn a_dicom_series_is_one_golden_case_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let (from, model, series) =
        (root().join("tests/fixtures/volume"), folder.path().join("model"), folder.path().join("series"));
    std::fs::create_dir(&model).unwrap();
    std::fs::create_dir(&series).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(from.join(file), model.join(file)).unwrap();
    }
    let slice = |n: u16| dicom_series::axial(f64::from(n) * 2.0, i32::from(n) + 1, 100 + 50 * n);
    let files = dicom_series::write(&series, &(0..6u16).map(slice).collect::<Vec<_>>());
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&series)]);
    assert_eq!(code, Some(0), "{said}{error}");
    let (passed, cases) = verify(&model);
    assert!(passed && cases[0]["files"] == 6, "{cases:?}");
    assert!(cases[0]["file"].as_str().unwrap().starts_with("golden/series/"), "{cases:?}");
    // A single slice is no volume, and is named.
    let (code, _, error) = overread(&["golden", "record", text(&model), text(&files[0])]);
    assert!(code == Some(1) && error.contains("takes a volume") && error.contains(text(&files[0])), "{error}");
}

#[test]
fn of_slices_that_are_cases_of_their_own_one_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let model = recorded_demo(folder.path());
    with(&model, |all| {
        all["golden_cases"] = json!([]);
        all["input_selection"] = json!({"slices": "all"});
    });
    let phantom = root().join("tests/fixtures/volume/phantom.nii");
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&phantom)]);
    assert_eq!(code, Some(0), "{said}{error}");
    let case = metadata(&model)["golden_cases"][0].clone();
    let slice = case["slice"].as_u64().unwrap();
    let (_, line, _) =
        overread(&["predict", text(&phantom), "--model", text(&model), "--json", "--slices", &slice.to_string()]);
    let line: Value = serde_json::from_str(line.trim()).unwrap();
    let numbers = |value: &Value| -> Vec<f64> { serde_json::from_value(value.clone()).unwrap() };
    for (found, predicted) in numbers(&case["logits"]).iter().zip(numbers(&line["logits"])) {
        assert!((found - predicted).abs() < 1e-4, "{case} {line}");
    }
    assert!(slice > 0 && verify(&model).0);
    with(&model, |all| drop(all["golden_cases"][0].as_object_mut().unwrap().remove("slice")));
    assert!(problem(&model).contains("\"slice\" must say which one is meant"), "{}", problem(&model));
}

/// A NIfTI volume gives the slices that the manifest asks for, as the PNG files of its slices do.
#[test]
fn a_real_nifti_of_a_model_of_slices_is_one_golden_case() {
    let Some(shared) = crate::common::shared() else { return };
    let volume = shared.join("data/brain_fdg_pet/volumes/test/AD/AD17.nii.gz");
    if !crate::common::require("shared", volume.is_file()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (from, model) = (root().join("models/brain-fdg-pet"), folder.path().join("pet"));
    std::fs::create_dir(&model).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(from.join(file), model.join(file)).unwrap();
    }
    with(&model, |all| all["golden_cases"] = json!([]));
    let (code, said, error) = overread(&["golden", "record", text(&model), text(&volume)]);
    assert_eq!(code, Some(0), "{said}{error}");
    let case = metadata(&model)["golden_cases"][0].clone();
    assert_eq!(case["pictures"][0]["file"], "golden/AD17.nii.gz");
    assert_eq!(case["prepared"].as_array().unwrap().len(), 7);
    assert!(verify(&model).0);
    with(&model, |all| all["input_selection"]["slices"]["positions_mm"][0] = json!(-20));
    all_placed_at_preprocessing(&model, "another slice");
}
