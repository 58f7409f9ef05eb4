//! A zoo of small exports, imported with nothing but class names: the framework's probabilities within 2e-4, its Grad-CAM
//! within 1e-3 of the map's largest value, on both engines.
//!
//! The exports, the pictures and what the frameworks said of them lie in `tests/zoo/models`, made by
//! `tests/zoo/make_import_keras.py` and `make_import_torch.py`. Only the image chains are imported with a preset: no
//! file and no name can tell them.
//!
//! `cargo test --test zoo_import -- --nocapture` prints the differences of the table of `docs/EXPORTS.md`.

mod common;
#[path = "common/engines.rs"]
mod engines_here;

use std::path::{Path, PathBuf};

use engines_here::{cpu, engines};
use ndarray::Array2;
use overread::engine::import::{Choices, draft, save};
use overread::engine::{EngineChoice, Model, Origin};
use overread::explain::{Explainer, Method, Target};
use overread::preprocess::{Prepared, Preset, prepare};
use overread::scan;
use serde_json::Value;

/// Of probabilities.
const SCORES: f32 = 2e-4;
/// Of a map's largest value.
const MAPS: f32 = 1e-3;

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zoo/models")
}

fn families() -> Vec<Value> {
    let read =
        |name: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(models().join(name)).unwrap()).unwrap() };
    ["keras.json", "torch.json"].iter().flat_map(|name| read(name)["families"].as_array().unwrap().clone()).collect()
}

/// What a person says: class names, where the export does not carry them, and the preset of a chain.
fn choices(entry: &Value) -> Choices {
    let names = |list: &Vec<Value>| list.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    Choices {
        classes: entry["classes"].as_array().map(names),
        preset: entry["preset"].as_str().map(|name| Preset::by_name(name).unwrap()),
        ..Choices::default()
    }
}

/// The imported model, loaded again from the folder that was written.
fn imported(entry: &Value, folder: &Path) -> Model {
    let made = draft(&models().join(entry["path"].as_str().unwrap()), &choices(entry)).unwrap();
    save(&made, folder).unwrap();
    Model::load(folder).unwrap()
}

fn prepared(model: &Model, file: &str) -> Prepared {
    let scan = scan::open(&models().join("pictures").join(file)).unwrap();
    let frame = scan.frame(0).unwrap();
    prepare(&frame, &scan.meta, model.steps(), false).unwrap()
}

struct Seen {
    scores: f32,
    map: f32,
    layer: String,
}

/// Differences of one family on one engine.
fn compare(model: &Model, entry: &Value, engine: EngineChoice) -> Seen {
    let mut explainer = Explainer::start(model, None, engine, &cpu()).unwrap();
    let mut seen = Seen { scores: 0.0, map: 0.0, layer: explainer.layer().words() };
    for said in entry["pictures"].as_array().unwrap() {
        let fed = prepared(model, said["file"].as_str().unwrap());
        let class = said["class"].as_u64().unwrap() as usize;
        let found = explainer.run(&[fed.tensor.view()], &[class], Target::Logit).unwrap().remove(0);
        let expected = numbers(&said["probabilities"]);
        assert_eq!(found.inference.scores.len(), expected.len());
        seen.scores =
            found.inference.scores.iter().zip(&expected).fold(seen.scores, |off, (a, b)| off.max((a - b).abs()));
        let cam = &said["gradcam"];
        let shape = ["rows", "cols"].map(|side| cam[side].as_u64().unwrap() as usize);
        let expected = Array2::from_shape_vec(shape, numbers(&cam["values"])).unwrap();
        let map = Method::GradCam.map(&found).unwrap().values;
        if map.dim() != expected.dim() {
            seen.map = f32::INFINITY;
            continue;
        }
        let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let off = map.iter().zip(&expected).fold(0.0f32, |off, (a, b)| off.max((a - b).abs()));
        seen.map = seen.map.max(off / largest);
    }
    seen
}

fn numbers(list: &Value) -> Vec<f32> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect()
}

/// Where the steps come from, for the table.
fn origin(model: &Model, entry: &Value) -> &'static str {
    let steps = &model.manifest.preprocess;
    match (entry["preset"].is_string(), steps.iter().any(|step| step.origin == Origin::Assumed)) {
        (true, _) => "chosen",
        (false, true) => "assumed",
        (false, false) => "found",
    }
}

#[test]
fn every_family_is_fed_as_its_framework_fed_it() {
    let mut wrong = Vec::new();
    println!("| family | preprocessing | probabilities, ONNX Runtime | map | probabilities, embedded | map | layer |");
    println!("|---|---|---|---|---|---|---|");
    for entry in families() {
        let family = entry["family"].as_str().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let model = imported(&entry, &folder.path().join("model"));
        // A guess must never pass for something that was found.
        let carries_its_steps = models().join(entry["path"].as_str().unwrap()).is_dir();
        assert_eq!(origin(&model, &entry) == "found", carries_its_steps, "{family}");
        let mut cells = Vec::new();
        let mut layer = String::new();
        for engine in engines().into_iter().rev() {
            let seen = compare(&model, &entry, engine);
            cells.push(format!("{:.0e} | {:.0e}", seen.scores, seen.map));
            if seen.scores > SCORES || seen.map > MAPS {
                wrong.push(format!("{family} {engine:?}: {:.1e}, {:.1e} ({})", seen.scores, seen.map, seen.layer));
            }
            layer = seen.layer;
        }
        println!("| {family} | {} | {} | {layer} |", origin(&model, &entry), cells.join(" | "));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
