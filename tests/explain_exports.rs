//! Exports of many families, against the framework that made them, on both engines.
//!
//! The exports are not part of the repository (hundreds of megabytes): `tests/zoo/make_keras.py` and `make_torch.py`
//! write them to a folder, each with the framework's own maps; `OVERREAD_EXPORTS` names it, otherwise this test says
//! that it was skipped. What it found is left as `results.jsonl` in that folder, for `tests/zoo/table.py`.
//!
//! Where the framework's own map moves by more than the tolerance when the last bits of the picture change (a max pool
//! or Relu near a tie), a difference of up to three times that is its rounding; it is listed apart.
//!
//! Grad-CAM++ divides by a sum that may pass zero where activations are negative (its paper has a Relu there): it is
//! measured at such layers, and not held to the tolerance.
//!
//! `OVERREAD_EXPORTS_ONLY` compares the files whose name holds that text. `OVERREAD_REQUIRE=exports` fails where there
//! are none.

mod common;
#[path = "common/engines.rs"]
mod engines_here;
#[path = "common/npz.rs"]
mod npz;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use engines_here::{cpu, engines};
use ndarray::{Array1, Array2, Array3, Array4, ArrayView3, Axis};
use ndarray_npy::ReadNpyExt;
use overread::engine::{EngineChoice, Model};
use overread::explain::{ExplainError, Explainer, FeatureGradients, Method, Target};
use serde_json::{Value, json};

/// Of a map's largest value.
const TOLERANCE: f32 = 1e-3;

/// Of probabilities.
const SCORES: f32 = 2e-4;

/// Maps that are the framework's rounding: (part of `file layer`, why).
const EXCEPTIONS: &[(&str, &str)] = &[];

const METHODS: [Method; 3] = [Method::GradCam, Method::GradCamPlusPlus, Method::HiResCam];

type Archive = BTreeMap<String, Cursor<Vec<u8>>>;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("OVERREAD_EXPORTS").map(PathBuf::from);
    common::require("exports", folder.as_ref().is_some_and(|folder| folder.is_dir())).then_some(folder).flatten()
}

#[test]
fn exports_of_many_families_give_the_maps_of_their_framework() {
    let Some(folder) = folder() else { return };
    let only = std::env::var("OVERREAD_EXPORTS_ONLY").unwrap_or_default();
    let mut results = std::fs::File::create(folder.join(format!("results{only}.jsonl"))).unwrap();
    let (mut compared, mut wrong) = (0, String::new());
    for entry in entries(&folder) {
        let file = entry["file"].as_str().unwrap();
        if !file.contains(&only) {
            continue;
        }
        for (place, engine) in engines().into_iter().enumerate() {
            for row in check(&folder, &entry, engine, place == 0) {
                writeln!(results, "{row}").unwrap();
                let place = format!("{file} {}", row["layer"].as_str().unwrap_or_default());
                let known = EXCEPTIONS.iter().any(|(part, _)| place.contains(part));
                let difference = row["difference"].as_f64().unwrap_or(f64::INFINITY);
                if !known && (row["problem"].is_string() || difference > f64::from(TOLERANCE)) {
                    writeln!(wrong, "{row}").unwrap();
                }
                compared += row["maps"].as_u64().unwrap_or(0);
            }
        }
        println!("{file}: {compared} maps so far");
    }
    assert!(compared > 0, "{} holds no exports", folder.display());
    assert!(wrong.is_empty(), "{wrong}");
}

/// One per exported file, of all `*.json` that the scripts wrote.
fn entries(folder: &Path) -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let read = |file: &PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap() };
    // Files may be deleted once they were compared.
    let there = |entry: &Value| folder.join(entry["file"].as_str().unwrap()).exists();
    files.iter().flat_map(|file| read(file)["exports"].as_array().unwrap().clone()).filter(there).collect()
}

/// One row per layer; one with a `problem` where something was refused.
fn check(folder: &Path, entry: &Value, engine: EngineChoice, with_default: bool) -> Vec<Value> {
    let row = |layer: &str, more: Value| {
        let mut row = json!({
            "family": entry["family"], "exporter": entry["exporter"], "opset": entry["opset"], "file": entry["file"],
            "engine": format!("{engine:?}"), "layer": layer,
        });
        let facts = more.as_object().unwrap().clone();
        row.as_object_mut().unwrap().extend(facts);
        row
    };
    let model = match Model::load(&folder.join(entry["file"].as_str().unwrap())) {
        Ok(model) => model,
        Err(error) => return vec![row("", json!({ "problem": error.to_string() }))],
    };
    let mut archive = npz::read(&folder.join(entry["reference"].as_str().unwrap()));
    let pictures = Array4::<f32>::read_npy(archive.remove("pictures").unwrap()).unwrap();
    let scores = Array2::<f32>::read_npy(archive.remove("scores").unwrap()).unwrap();
    let mut rows = Vec::new();
    match with_default.then(|| Explainer::start(&model, None, engine, &cpu())) {
        None => {}
        Some(Ok(explainer)) => {
            let layer = explainer.layer();
            rows.push(row("(default)", json!({
                "difference": 0.0, "default": layer.name, "words": layer.words(), "reason": explainer.layer_reason(),
            })));
        }
        Some(Err(error)) => rows.push(row("(default)", json!({ "problem": error.to_string() }))),
    }
    for (layer, tensor) in entry["layers"].as_object().unwrap() {
        // A Conv whose batch normalisation was folded in has no tensor of its own.
        let Some(tensor) = tensor.as_str() else { continue };
        let found = match Explainer::start(&model, Some(tensor), engine, &cpu()) {
            Ok(mut explainer) => compare(&mut explainer, &archive, layer, &pictures, &scores),
            // A tensor that keeps no grid of the picture is not offered.
            Err(error @ ExplainError::NoSuchLayer { .. }) => json!({ "difference": 0.0, "hidden": error.to_string() }),
            Err(error) => json!({ "problem": error.to_string() }),
        };
        let mut found = row(layer, found);
        found["tensor"] = json!(tensor);
        rows.push(found);
    }
    rows
}

fn compare(
    explainer: &mut Explainer,
    archive: &Archive,
    layer: &str,
    pictures: &Array4<f32>,
    scores: &Array2<f32>,
) -> Value {
    let views: Vec<ArrayView3<'_, f32>> = pictures.outer_iter().collect();
    let (mut maps, mut off, mut own_rounding) = (0, 0.0f32, 0.0f32);
    let mut worst: BTreeMap<&str, (f32, String)> = BTreeMap::new();
    let negative = Array4::<f32>::read_npy(archive[&format!("{layer}|fmap")].clone()).unwrap().iter().any(|a| *a < 0.0);
    let classes = Array1::<i64>::read_npy(archive["classes"].clone()).unwrap();
    for (target, word) in [(Target::Logit, "logit"), (Target::Probability, "prob")] {
        for unit in classes.iter().copied() {
            // The only output of a binary model is its class 1.
            let class = if scores.ncols() == 1 { 1 } else { usize::try_from(unit).unwrap() };
            let found = match explainer.run(&views, &vec![class; views.len()], target) {
                Ok(found) => found,
                Err(error) => return json!({ "problem": error.to_string() }),
            };
            off = found.iter().zip(scores.outer_iter()).fold(off, |off, (one, row)| {
                let own = if row.len() == 1 { &one.inference.scores[1..] } else { &one.inference.scores[..] };
                own.iter().zip(row).fold(off, |off, (a, b)| off.max((a - b).abs()))
            });
            for method in METHODS {
                let key = format!("{layer}|{word}|{unit}|{}", method.name());
                let expected = Array3::<f32>::read_npy(archive[&key].clone()).unwrap();
                let moved = archive.get(&format!("{key}|moved"));
                let moved = moved.map(|content| Array1::<f32>::read_npy(content.clone()).unwrap());
                for (picture, one) in found.iter().enumerate() {
                    let mut difference = difference(one, method, &expected.index_axis(Axis(0), picture).to_owned());
                    maps += 1;
                    // The framework's own map moves as far where the picture's last bit changes.
                    let rounding = moved.as_ref().map_or(0.0, |moved| moved[picture]);
                    if difference > TOLERANCE && difference <= 3.0 * rounding {
                        own_rounding = own_rounding.max(difference);
                        difference = 0.0;
                    }
                    let own = worst.entry(method.name()).or_default();
                    if difference >= own.0 {
                        *own = (difference, format!("{word} {unit} picture {picture}"));
                    }
                }
            }
        }
    }
    let held = |method: &str| method != "gradcam++" || !negative;
    let largest = worst.iter().filter(|(method, _)| held(method)).fold(0.0f32, |most, (_, own)| most.max(own.0));
    let mut found = json!({
        "maps": maps, "difference": largest, "rounding": own_rounding, "negative": negative, "methods": worst,
        "scores": off,
    });
    if off > SCORES {
        found["problem"] = json!(format!("probabilities differ by {off:.1e}"));
    }
    found
}

/// Largest difference relative to the largest value. A map of zeros has no scale: then nothing but zeros will do.
fn difference(found: &FeatureGradients, method: Method, expected: &Array2<f32>) -> f32 {
    let map = match method.map(found) {
        Ok(map) if map.values.dim() == expected.dim() => map.values,
        _ => return f32::INFINITY,
    };
    let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let difference = map.iter().zip(expected).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
    if map.iter().any(|value| value.is_nan()) {
        return f32::INFINITY;
    }
    if largest == 0.0 { difference } else { difference / largest }
}
