//! Both engines on the golden models, on models built in code, and on damaged ones.

mod common;
#[path = "engines/damaged.rs"]
mod damaged;
#[path = "common/engines.rs"]
mod engines_here;
#[path = "engines/golden.rs"]
mod golden;
#[path = "engines/golden_cases.rs"]
mod golden_cases;
#[path = "engines/manifests.rs"]
mod manifests;
#[path = "common/onnx_models.rs"]
mod onnx_models;
#[path = "engines/slices.rs"]
mod slices;
#[path = "engines/small.rs"]
mod small;

use std::path::{Path, PathBuf};

use engines_here::{cpu, engines};
use ndarray::{Array3, ArrayView3};
use overread::engine::{EngineChoice, Inference, Model, Session};

/// A model folder with this model and this `metadata.json`.
fn folder_with(model: &[u8], metadata: &serde_json::Value) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("모델");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("model.onnx"), model).unwrap();
    std::fs::write(path.join("metadata.json"), metadata.to_string()).unwrap();
    (folder, path)
}

fn run(path: &Path, choice: EngineChoice, pictures: &[Array3<f32>]) -> Vec<Inference> {
    let model = Model::load(path).unwrap();
    let mut session = Session::start(&model, choice, &cpu()).unwrap();
    let views: Vec<ArrayView3<'_, f32>> = pictures.iter().map(|picture| picture.view()).collect();
    session.run(&views).unwrap()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
