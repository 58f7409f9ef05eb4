//! `overread reference` and what `predict` and `review` say with one, over the bundled demo.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use overread::engine::Model;
use overread::review::reference::{Reference, ReferenceError};
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

fn lines(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The demo's model and pictures, and a reference made of them.
struct Made {
    folder: tempfile::TempDir,
    model: PathBuf,
    pictures: PathBuf,
    facts: Value,
}

fn made(extra: &[&str]) -> Made {
    let folder = tempfile::tempdir().unwrap();
    let (model, pictures) = (folder.path().join("모델"), folder.path().join("영상"));
    std::fs::create_dir(&model).unwrap();
    for file in ["model.onnx", "metadata.json"] {
        std::fs::copy(root().join("models/phantom-brain-3grade").join(file), model.join(file)).unwrap();
    }
    for grade in std::fs::read_dir(root().join("assets/demo")).unwrap().flatten().filter(|one| one.path().is_dir()) {
        let to = pictures.join(grade.file_name());
        std::fs::create_dir_all(&to).unwrap();
        for file in std::fs::read_dir(grade.path()).unwrap().flatten() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
    let args = [&["reference", text(&pictures), "--model", text(&model), "--engine", "embedded", "--json"], extra];
    let (code, said, errors) = overread(&args.concat());
    assert_eq!(code, Some(0), "{said}{errors}");
    let facts = serde_json::from_str(&said).unwrap();
    Made { folder, model, pictures, facts }
}

fn predict(made: &Made, paths: &[&str]) -> Vec<Value> {
    let args = [&["predict", "--model", text(&made.model), "--engine", "embedded", "--json"], paths];
    let (code, said, errors) = overread(&args.concat());
    assert_eq!(code, Some(0), "{said}{errors}");
    lines(&said)
}

#[test]
fn cases_are_known_again_and_others_are_compared_with_them() {
    let made = made(&[]);
    let count = made.facts["cases"].as_u64().unwrap() as usize;
    let parts = made.facts["parts"].as_array().unwrap();
    let dims = |part: &Value| part["dims"].as_u64().unwrap();
    assert_eq!(
        parts.iter().map(dims).collect::<Vec<_>>(),
        [24, 32, 48, 64],
        "a quarter, a half, three quarters, the end"
    );
    let last = parts.last().unwrap();
    assert_eq!(
        (last["tensor"].as_str(), last["words"].as_str()),
        (Some("pooled_flat"), Some("input of the last linear layer"))
    );
    assert!(parts[0]["words"].as_str().unwrap().starts_with("channel means of Relu"), "{}", parts[0]);
    assert!(parts.iter().all(|part| part["usual"]["deviation"].as_f64().unwrap() > 0.0));
    let cases = lines(&std::fs::read_to_string(made.model.join("reference/cases.jsonl")).unwrap());
    assert_eq!(cases.len(), count);
    assert!(cases.iter().all(|case| case["label"].as_str().is_some_and(|label| label.starts_with("grade"))));

    // Each is found again, with the distance it had while it was left out, and is none of its own neighbours.
    let again = predict(&made, &[text(&made.pictures)]);
    assert_eq!(again.len(), count);
    for line in &again {
        let known = &line["known"];
        let own = cases.iter().find(|case| line["path"].as_str().unwrap().ends_with(case["name"].as_str().unwrap()));
        let own = own.unwrap();
        assert_eq!((&known["is_reference"], &known["distance"]), (&Value::Bool(true), &own["distance"]));
        let nearest = known["nearest"].as_array().unwrap();
        assert!(nearest.len() == 5 && nearest.iter().all(|near| near["name"] != own["name"]), "{line}");
        let similar: Vec<f64> = nearest.iter().map(|near| near["similarity"].as_f64().unwrap()).collect();
        assert!(similar.windows(2).all(|pair| pair[0] >= pair[1]) && similar[0] <= 1.0, "{similar:?}");
    }
    let mut shares: Vec<f64> = again.iter().map(|line| line["known"]["farther_than"].as_f64().unwrap()).collect();
    shares.sort_by(f64::total_cmp);
    let even = (0..count).map(|nearer| nearer as f64 / count as f64);
    assert!(shares.iter().zip(even).all(|(share, even)| (share - even).abs() < 1e-9), "{shares:?}");

    // Noise is nothing that this model has seen.
    let noise = made.folder.path().join("noise.png");
    let mut state = 7u32;
    let pixels = image::GrayImage::from_fn(176, 208, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Luma([(state >> 24) as u8])
    });
    pixels.save(&noise).unwrap();
    let other = &predict(&made, &[text(&noise)])[0];
    let known = &other["known"];
    assert_eq!(
        (&known["unlike"], &known["farther_than"], &known["is_reference"]),
        (&true.into(), &1.0.into(), &Value::Null)
    );
    assert!(other["warnings"][0].as_str().unwrap().contains("than 100 % of them"), "{other}");
    let (_, table, _) = overread(&["predict", "--model", text(&made.model), text(&noise), "--engine", "embedded"]);
    assert!(table.contains("[unlike: farther than 100 %; nearest ") && table.contains("1 of 1"), "{table}");

    // Once is enough, unless asked.
    let again = ["reference", text(&made.pictures), "--model", text(&made.model)];
    let (code, _, said) = overread(&again);
    assert!(code == Some(2) && said.contains("--replace"), "{said}");
    let (code, said, _) = overread(&[&again[..], &["--replace", "--most", "12"]].concat());
    assert!(code == Some(0) && said.contains(&format!("12 of {count} pictures")), "{said}");
}

#[test]
fn a_review_keeps_what_the_reference_says() {
    let made = made(&["--without-names"]);
    let cases = lines(&std::fs::read_to_string(made.model.join("reference/cases.jsonl")).unwrap());
    assert!(cases.iter().all(|case| case.get("name").is_none() && case["sha256"].is_string()));
    assert!(made.facts.get("folder").is_none());
    let out = made.folder.path().join("review");
    let args = ["review", text(&made.pictures), "--model", text(&made.model), "--out", text(&out), "--explain", "0"];
    let (code, said, errors) = overread(&[&args[..], &["--engine", "embedded", "--resamples", "10"]].concat());
    assert_eq!(code, Some(0), "{said}{errors}");
    let table = std::fs::read_to_string(out.join("predictions.csv")).unwrap();
    let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let column = header.iter().position(|name| *name == "farther_than").unwrap();
    assert!(table.lines().skip(1).all(|row| row.split(',').nth(column).unwrap().parse::<f64>().is_ok()), "{table}");
    let unlike = header.iter().position(|name| *name == "unlike").unwrap();
    assert!(table.lines().skip(1).all(|row| ["yes", "no"].contains(&row.split(',').nth(unlike).unwrap())), "{table}");
    let run: Value = serde_json::from_slice(&std::fs::read(out.join("run.json")).unwrap()).unwrap();
    let reference = Reference::load(&made.model.join("reference"), &Model::load(&made.model).unwrap()).unwrap();
    assert_eq!(run["reference_sha256"], reference.sha256.as_str());
    let records = lines(&std::fs::read_to_string(out.join("cases.jsonl")).unwrap());
    assert!(records.iter().all(|record| record["outcome"]["scored"]["known"]["nearest"][0]["label"].is_string()));
}

/// Each damage is a sentence, and predictions go on without the reference.
#[test]
fn damaged_hostile_and_foreign_references_are_refused() {
    let made = made(&[]);
    let (own, model) = (made.model.join("reference"), Model::load(&made.model).unwrap());
    assert!(Reference::load(&own, &model).is_ok());
    let read = |name: &str| std::fs::read(own.join(name)).unwrap();
    let (json, cases, npy) = (read("reference.json"), read("cases.jsonl"), read("features.npy"));
    let broken = made.folder.path().join("broken");
    std::fs::create_dir(&broken).unwrap();
    let try_with = |json: &[u8], cases: &[u8], npy: &[u8]| {
        std::fs::write(broken.join("reference.json"), json).unwrap();
        std::fs::write(broken.join("cases.jsonl"), cases).unwrap();
        std::fs::write(broken.join("features.npy"), npy).unwrap();
        Reference::load(&broken, &model).unwrap_err()
    };
    let with = |key: &str, value: Value| {
        let mut facts: Value = serde_json::from_slice(&json).unwrap();
        facts[key] = value;
        facts.to_string().into_bytes()
    };
    let with_part = |key: &str, value: Value| {
        let mut facts: Value = serde_json::from_slice(&json).unwrap();
        facts["parts"][3][key] = value;
        facts.to_string().into_bytes()
    };
    let foreign = try_with(&with("model_sha256", "0".repeat(64).into()), &cases, &npy);
    assert!(matches!(foreign, ReferenceError::OtherModel { .. }), "{foreign}");
    let sentence = foreign.to_string();
    assert!(sentence.contains("another model") && sentence.contains("overread reference"), "{sentence}");

    let hostile = [
        ("format", with("version", 9.into()), cases.clone(), npy.clone()),
        ("no tensor", with_part("tensor", "none".into()), cases.clone(), npy.clone()),
        ("none that are written", with_part("dims", u64::MAX.into()), cases.clone(), npy.clone()),
        ("none that are written", with("cases", 1_000_000_000u64.into()), cases.clone(), npy.clone()),
        ("none that is written", with_part("scale", 0.into()), cases.clone(), npy.clone()),
        ("no array of", with_part("dims", 63.into()), cases.clone(), npy.clone()),
        ("not finite", with_part("scale", 1e300.into()), cases.clone(), npy.clone()),
        ("sha256", json.clone(), cases.clone(), npy[..npy.len() - 2].to_vec()),
        (
            "states",
            json.clone(),
            cases[..cases.len() / 2].rsplitn(2, |b| *b == b'\n').nth(1).unwrap().to_vec(),
            npy.clone(),
        ),
        ("no case", json.clone(), b"[[[[".to_vec(), npy.clone()),
        ("KiB", vec![b' '; 1 << 20], cases.clone(), npy.clone()),
        ("cannot be used", b"null".to_vec(), cases.clone(), npy.clone()),
        ("cannot be used", with("parts", Value::Array(vec![])), cases.clone(), npy.clone()),
        ("usual distance", with_part("usual", Value::Null), cases.clone(), npy.clone()),
    ];
    for (expected, json, cases, npy) in hostile {
        let error = try_with(&json, &cases, &npy).to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    std::fs::remove_file(broken.join("features.npy")).unwrap();
    assert!(Reference::load(&broken, &model).is_err());

    std::fs::write(own.join("features.npy"), b"gone").unwrap();
    let (code, said, _) =
        overread(&["predict", "--model", text(&made.model), text(&made.pictures), "--engine", "embedded"]);
    assert!(code == Some(0) && said.contains("warning: ") && said.contains("features.npy"), "{said}");
}

#[test]
fn too_few_pictures_are_no_reference() {
    let made = made(&[]);
    let one = std::fs::read_dir(made.pictures.join("grade-0")).unwrap().flatten().next().unwrap().path();
    let (code, _, said) = overread(&["reference", text(&one), "--model", text(&made.model), "--replace"]);
    assert!(code == Some(1) && said.contains("needs 10"), "{said}");
    assert!(made.model.join("reference/features.npy").is_file(), "the one that was there stays");
}

/// The shipped reference of chest-xray-pneumonia-lite over chests of the official test split and over knees. At each depth
/// scikit-learn 1.9.1's `LedoitWolf().fit(features).mahalanobis` of ONNX Runtime 1.31.1's vectors of Pillow's pictures, in
/// standard deviations of the cases' own distances (numpy, each left out), and the mean; tolerance 2e-4.
#[test]
fn real_chests_are_known_and_knees_are_not() {
    let Some(shared) = common::shared() else { return };
    let known = [
        ("chest_xray_pneumonia/test/NORMAL/IM-0001-0001.jpeg", 1.07186, false),
        ("chest_xray_pneumonia/test/NORMAL/IM-0099-0001.jpeg", -0.77553, false),
        ("chest_xray_pneumonia/test/NORMAL/NORMAL2-IM-0317-0001.jpeg", -0.74531, false),
        ("chest_xray_pneumonia/test/PNEUMONIA/person101_bacteria_485.jpeg", -0.27921, false),
        ("chest_xray_pneumonia/test/PNEUMONIA/person1628_virus_2822.jpeg", 0.40506, false),
        ("chest_xray_pneumonia/test/PNEUMONIA/person65_virus_123.jpeg", -0.98566, false),
        ("knee_xray_kl/test/0/9004184R.jpg", 11.03315, true),
        ("knee_xray_kl/test/1/9700314R.jpg", 5.86966, true),
        ("knee_xray_kl/test/3/9188312R.jpg", 4.90465, true),
        ("knee_xray_kl/test/4/9012867R.jpg", 13.42865, true),
    ];
    let model = root().join("models/chest-xray-pneumonia-lite");
    for (file, distance, unlike) in known {
        let picture = shared.join("data").join(file);
        let args = ["predict", "--model", text(&model), "--engine", "embedded", "--json", text(&picture)];
        let (code, said, errors) = overread(&args);
        assert_eq!(code, Some(0), "{said}{errors}");
        let line = &lines(&said)[0]["known"];
        let found = line["distance"].as_f64().unwrap();
        assert!((found - distance).abs() < 2e-4, "{file}: {found} is not {distance}");
        assert_eq!((&line["unlike"], &line["is_reference"]), (&Value::Bool(unlike), &Value::Null), "{file}: {line}");
    }
}

/// A reference as the first version of the format wrote it: one part, its fields beside the others, plain distances.
#[test]
fn the_first_version_is_read_and_its_distances_are_counted_anew() {
    let made = made(&[]);
    let (own, model) = (made.model.join("reference"), Model::load(&made.model).unwrap());
    let read = |name: &str| std::fs::read(own.join(name)).unwrap();
    let facts: Value = serde_json::from_slice(&read("reference.json")).unwrap();
    let last = &facts["parts"][3];
    let count = facts["cases"].as_u64().unwrap() as usize;
    // The last 64 of 168 numbers a row, behind a header that NumPy 2 writes for that shape.
    let npy = read("features.npy");
    let rows = &npy[npy.len() - count * 168 * 2..];
    let mut header = format!("{{'descr': '<f2', 'fortran_order': False, 'shape': ({count}, 64), }}");
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let mut first = b"\x93NUMPY\x01\x00".to_vec();
    first.extend((header.len() as u16).to_le_bytes());
    first.extend(header.as_bytes());
    first.extend(rows.chunks_exact(168 * 2).flat_map(|row| row[104 * 2..].to_vec()));
    let mut lines = lines(&String::from_utf8(read("cases.jsonl")).unwrap());
    lines.iter_mut().enumerate().for_each(|(place, line)| line["distance"] = (5.0 + place as f64).into());
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let old = serde_json::json!({
        "version": 1, "model": facts["model"], "model_sha256": facts["model_sha256"], "tensor": last["tensor"],
        "axes": last["axes"], "words": last["words"], "dims": 64, "cases": count, "of": count, "scale": last["scale"],
        "made_by": "overread 0.1.0", "features_sha256": overread::engine::sha256_hex(&first),
    });
    for (name, bytes) in
        [("reference.json", old.to_string().into_bytes()), ("cases.jsonl", text.into_bytes()), ("features.npy", first)]
    {
        std::fs::write(own.join(name), bytes).unwrap();
    }
    let reference = Reference::load(&own, &model).unwrap();
    assert_eq!((reference.facts.version, reference.taps().len(), reference.facts.dims()), (1, 1, 64));
    let mean = reference.cases.iter().map(|case| case.distance).sum::<f64>() / count as f64;
    assert!(mean.abs() < 1e-9 && reference.cases[0].distance < -1.0, "in standard deviations");
    let folder = made.pictures.join("grade-0");
    let line = &predict(&made, &[folder.to_str().unwrap()])[0];
    assert!(line["known"]["is_reference"] == true && line["known"]["distance"].as_f64().unwrap() < 2.0, "{line}");
}
