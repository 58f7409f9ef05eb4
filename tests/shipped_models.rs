//! The models that come with the program: each one's golden cases on both engines, and the demo's stated scores.

mod common;
#[path = "common/engines.rs"]
mod engines_here;

use std::path::{Path, PathBuf};

use engines_here::{cpu, engines};
use overread::engine::{EngineChoice, Model, Session};
use overread::review::golden::verify_golden;
use overread::review::{self, BatchOptions, Control};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Both engines, or only the embedded one (said in a line) where ONNX Runtime is missing.
fn start(model: &Model, engine: EngineChoice) -> Session {
    Session::start(model, engine, &cpu()).unwrap()
}

/// Folders of `models/` with a `model.onnx`.
fn shipped() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("models"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("model.onnx").is_file())
        .collect();
    folders.sort();
    folders
}

#[test]
fn every_shipped_model_gives_the_logits_of_its_training_framework() {
    let folders = shipped();
    assert!(folders.len() >= 2, "{folders:?}");
    for folder in folders {
        let model = Model::load(&folder).unwrap();
        for engine in engines() {
            let results = verify_golden(&model, &mut start(&model, engine));
            assert!(!results.is_empty(), "{} has no golden case", folder.display());
            let worst = results.iter().filter_map(|result| result.largest_difference).fold(0.0, f32::max);
            println!(
                "{} on {engine:?}: {} cases, largest difference {worst:.1e}",
                model.manifest.name.value,
                results.len()
            );
            assert!(results.iter().all(|result| result.passed), "{results:?}");
        }
    }
}

#[test]
fn every_shipped_model_has_a_card_that_names_its_limits_and_its_weights() {
    for folder in shipped() {
        let card = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(card.contains("Not a medical device"), "{}", folder.display());
        let bytes = std::fs::metadata(folder.join("model.onnx")).unwrap().len();
        assert!(bytes < 16_000_000, "{}: {bytes} bytes", folder.display());
        let model = Model::load(&folder).unwrap();
        assert!(model.manifest.remarks.is_empty(), "{:?}", model.manifest.remarks);
    }
}

/// `assets/demo/expected.json` was written with ONNX Runtime in Python; 2e-4 is the program's promise.
#[test]
fn the_demo_gives_the_stated_scores_on_both_engines() {
    let demo = root().join("assets/demo");
    let text = std::fs::read_to_string(demo.join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let model = Model::load(&root().join("models/phantom-brain-3grade")).unwrap();
    assert_eq!(expected["model_sha256"], model.sha256.as_str());
    let stated = expected["cases"].as_array().unwrap();
    let items: Vec<Vec<PathBuf>> = stated.iter().map(|case| vec![demo.join(case["path"].as_str().unwrap())]).collect();
    assert_eq!(items.len(), 21);
    for engine in engines() {
        let mut cases = Vec::new();
        review::run(&items, &model, &mut start(&model, engine), &BatchOptions::default(), &mut |case| {
            cases.push(case);
            Control::Continue
        });
        assert_eq!(cases.len(), stated.len());
        for (case, stated) in cases.iter().zip(stated) {
            let scored = case.outcome.as_ref().unwrap();
            let (path, inference) = (case.path.display(), &scored.inference);
            for (found, stated) in inference.scores.iter().zip(stated["scores"].as_array().unwrap()) {
                let stated = stated.as_f64().unwrap();
                assert!((f64::from(*found) - stated).abs() <= 2e-4, "{path}: {found} for {stated} on {engine:?}");
            }
            let name = |index: usize| model.class_names()[index].as_str();
            assert_eq!(stated["truth"], name(case.truth.unwrap()), "{path}");
            assert_eq!(stated["predicted"], name(inference.predicted), "{path}");
        }
    }
}
