//! Half-precision and quantised exports, scores and maps, on both engines: `fixtures/precision`, written by
//! `zoo/make_precision.py` under ONNX Runtime 1.31.1, torch 2.15.0 and onnx 1.23.2 (weights random, seed fixed).
//!
//! Scores are ONNX Runtime's: within 2e-4. In half precision rounding between the operators differs from engine to engine,
//! so there the scores may differ by [`HALF`] and the maps by [`HALF_MAP`] of their largest value; the maps of quantised
//! models are torch's with `fake_quantize_per_tensor_affine`, within 1e-3 of their largest value.

mod common;
#[path = "common/engines.rs"]
mod engines_here;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use engines_here::{cpu, engines};
use ndarray::{Array2, Array3};
use overread::engine::{EngineChoice, Model, Session};
use overread::explain::{Explainer, Mapper, Method, Question, Target};
use serde_json::Value;

const SCORES: f32 = 2e-4;
const MAPS: f32 = 1e-3;
/// Half precision holds 11 bits: 2e-4 near 0.5, and a few of them add up.
const HALF: f32 = 1e-3;
const HALF_MAP: f32 = 5e-3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/precision")
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect()
}

fn pins() -> (Vec<Array3<f32>>, Vec<Value>) {
    let text = std::fs::read_to_string(folder().join("pins.json")).unwrap();
    let pins: Value = serde_json::from_str(&text).unwrap();
    let pictures = pins["pictures"].as_array().unwrap().iter().map(numbers);
    let pictures = pictures.map(|values| Array3::from_shape_vec((24, 24, 1), values).unwrap()).collect();
    (pictures, pins["models"].as_array().unwrap().clone())
}

fn largest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(0.0, |largest, value| largest.max(value.abs()))
}

fn score_difference(engine: EngineChoice, model: &Model, pictures: &[Array3<f32>], pinned: &Value) -> f32 {
    let mut session = Session::start(model, engine, &cpu()).unwrap();
    let views: Vec<_> = pictures.iter().map(|picture| picture.view()).collect();
    let found = session.run(&views).unwrap();
    let cases = pinned["cases"].as_array().unwrap();
    assert_eq!(found.len(), cases.len());
    let pairs = found.iter().zip(cases).flat_map(|(found, case)| {
        let logits = found.logits.clone().unwrap();
        logits.into_iter().zip(numbers(&case["scores"])).map(|(a, b)| a - b).collect::<Vec<_>>()
    });
    largest(pairs)
}

#[test]
fn every_export_gives_the_scores_and_maps_of_its_framework() {
    let (pictures, models) = pins();
    let mut compared = 0;
    for pinned in &models {
        let file = pinned["file"].as_str().unwrap();
        let model = Model::load(&folder().join(file)).unwrap();
        let (scores, maps) = if file == "half.onnx" { (HALF, HALF_MAP) } else { (SCORES, MAPS) };
        for engine in engines() {
            let off = score_difference(engine, &model, &pictures, pinned);
            println!("{file} {engine:?}: scores off by {off:.1e}");
            assert!(off <= scores, "{file} {engine:?}: {off}");
            let cases = pinned["cases"].as_array().unwrap();
            let layers: Vec<String> = cases[0]["maps"].as_object().unwrap().keys().cloned().collect();
            for layer in layers {
                let mut explainer = Explainer::start(&model, Some(&layer), engine, &cpu()).unwrap();
                assert_eq!(explainer.layer().name, layer);
                for (picture, case) in pictures.iter().zip(cases) {
                    for (unit, values) in case["maps"][&layer].as_object().unwrap() {
                        let class: usize = unit.parse().unwrap();
                        let found = explainer.run(&[picture.view()], &[class], Target::Logit).unwrap().remove(0);
                        let map = Method::GradCam.map(&found).unwrap().values;
                        let expected = Array2::from_shape_vec(map.dim(), numbers(values)).unwrap();
                        let off = largest((&map - &expected).into_iter()) / largest(expected.into_iter());
                        println!("{file} {engine:?} {layer} class {class}: map off by {off:.1e}");
                        assert!(off <= maps, "{file} {engine:?} {layer} class {class}: {off}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared >= 20, "{compared}");
}

/// What the next layer sees: behind the pair, of which the Relu may have become a part.
#[test]
fn the_default_layer_looks_through_quantising_pairs() {
    for (file, expected) in [
        ("half.onnx", "Relu, 12 x 12 x 8"),
        ("qdq.onnx", "Conv (quantised), 12 x 12 x 8"),
        ("qdq_channel.onnx", "Conv (quantised), 12 x 12 x 8"),
        ("qdq_signed.onnx", "Relu (quantised), 12 x 12 x 8"),
    ] {
        let model = Model::load(&folder().join(file)).unwrap();
        let explainer = Explainer::start(&model, None, EngineChoice::Auto, &cpu()).unwrap();
        assert_eq!(explainer.layer().words(), expected, "{file}");
        assert!(explainer.layer().linear_head, "{file}");
        assert!(explainer.layer_reason().contains("GlobalAveragePool"), "{}", explainer.layer_reason());
    }
}

/// A model quantised while it runs has its own scale for each batch: pictures go one by one, and methods without gradients work
/// too.
#[test]
fn scales_found_over_a_batch_are_those_of_each_picture() {
    let (pictures, _) = pins();
    let model = Model::load(&folder().join("dynamic.onnx")).unwrap();
    assert!(model.manifest.remarks.iter().any(|remark| remark.contains("one by one")), "{:?}", model.manifest.remarks);
    let mut mapper = Mapper::new(model, None, EngineChoice::Auto, cpu());
    for method in [Method::EigenCam, Method::Occlusion] {
        let question = Question { method, class: None, target: Target::Logit };
        let found = mapper.explain(&[pictures[0].view()], &question, &mut |_, _| ControlFlow::Continue(())).unwrap();
        assert!(found[0].map.largest() > 0.0, "{method:?}");
    }
}
