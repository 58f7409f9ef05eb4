//! The golden models: what Keras and PyTorch say of three pictures (Keras 3.15.1, torch 2.15.0).

use std::path::Path;

use ndarray::Array3;
use overread::engine::{EngineChoice, Model};
use overread::scan::{self, Pixels};
use serde_json::{Value, json};

use crate::common::shared;
use crate::{engines, folder_with, largest_difference, run};

/// Of a probability; ONNX Runtime itself reaches 9e-5.
const TOLERANCE: f32 = 2e-4;

const CASES: [&str; 3] = ["brain", "chest", "astro"];

#[test]
fn probabilities_are_those_of_the_framework_on_both_engines() {
    let Some(golden) = shared().map(|shared| shared.join("golden")) else { return };
    let mut models: Vec<_> =
        std::fs::read_dir(golden.join("models")).unwrap().map(|entry| entry.unwrap().path()).collect();
    models.sort();
    assert_eq!(models.len(), 12);
    for engine in engines() {
        for path in &models {
            let (scores, logits) = check_model(&golden, path, engine);
            let name = path.file_stem().unwrap().to_string_lossy();
            println!("{engine:?} {name}: largest difference of a probability {scores:.1e}, of a logit {logits:.1e}");
            assert!(scores <= TOLERANCE, "{engine:?} {name}: {scores:e}");
        }
    }
}

/// Largest differences over the three pictures, as one batch.
fn check_model(golden: &Path, path: &Path, engine: EngineChoice) -> (f32, f32) {
    let name = path.file_stem().unwrap().to_string_lossy().replace("_dynamo", "");
    let text = std::fs::read_to_string(golden.join("maps").join(&name).join("manifest.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let (_keep, folder) = folder_with(&std::fs::read(path).unwrap(), &json!({"preprocess": []}));
    let model = Model::load(&folder).unwrap();
    assert_eq!(model.layout().to_string(), expected["input_layout"].as_str().unwrap(), "{name}");
    let files = expected["input_files"].as_array().unwrap();
    let pictures: Vec<Array3<f32>> =
        files.iter().map(|f| picture(&golden.join(f.as_str().unwrap()), &expected)).collect();
    let found = run(&folder, engine, &pictures);
    let mut worst = (0.0f32, 0.0f32);
    for (case, found) in CASES.iter().zip(&found) {
        let numbers = |key: &str| -> Vec<f32> { serde_json::from_value(expected["cases"][case][key].clone()).unwrap() };
        let (probs, logits) = (numbers("probs"), numbers("logits"));
        // One probability is that of class 1.
        let scores = if probs.len() == 1 { &found.scores[1..] } else { &found.scores[..] };
        worst.0 = worst.0.max(largest_difference(scores, &probs));
        worst.1 = worst.1.max(largest_difference(found.logits.as_ref().unwrap(), &logits));
        assert!((found.scores.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
    worst
}

/// The framework's own input: scaled and normalised as the manifest of the golden numbers says, in words.
fn picture(path: &Path, expected: &Value) -> Array3<f32> {
    let Pixels::Rgb(pixels) = scan::open(path).unwrap().frame(0).unwrap().pixels else {
        panic!("not a colour picture")
    };
    let words = expected["preprocess"].as_str().unwrap();
    let mut values = pixels.mapv(f32::from);
    if words.contains("/255") {
        values.mapv_inplace(|value| value / 255.0);
    }
    if words.contains("mean=") {
        let (mean, std) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
        values.indexed_iter_mut().for_each(|((_, _, channel), value)| *value = (*value - mean[channel]) / std[channel]);
    }
    values
}
