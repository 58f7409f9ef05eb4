//! A network of volumes from the file to the map on a slice: `fixtures/volume`, written by `zoo/make_volume.py` under torch
//! 2.15.0, nibabel 5.4.2, numpy 2.4 and scipy 1.17 (weights random, seed fixed; the phantom is drawn).
//!
//! Tolerances: the prepared tensor (mean 0, deviation 1) 1e-4, logits 2e-4, maps 1e-3 of their largest value. The T1 is a
//! volume of the shared folder; only numbers of it are kept.

mod common;
#[path = "common/dicom_series.rs"]
mod dicom_series;
#[path = "common/engines.rs"]
mod engines_here;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use engines_here::{cpu, engines};
use ndarray::Array3;
use ndarray_npy::ReadNpyExt;
use overread::engine::{EngineChoice, Model, Session};
use overread::explain::{Mapper, Method, Question, Target};
use overread::render::evidence_at;
use overread::review::{PreparedCase, explanations, on_frame, prepare_case};
use serde_json::Value;

const PREPARED: f32 = 1e-4;
const LOGITS: f32 = 2e-4;
const MAPS: f32 = 1e-3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/volume")
}

fn pins() -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder().join("pins.json")).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect()
}

fn largest_difference(found: impl IntoIterator<Item = f32>, expected: &[f32]) -> f32 {
    let found: Vec<f32> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

fn case_of(file: &Path, model: &Model) -> PreparedCase {
    let mut found = Vec::new();
    let take = &mut |case| {
        found.push(case);
        true
    };
    prepare_case(&[file.to_owned()], model, None, take).unwrap();
    assert_eq!(found.len(), 1, "a volume is one case");
    found.remove(0).unwrap()
}

/// The model of the fixture, and the same one with its channels last.
fn both_layouts() -> [(tempfile::TempDir, Model); 2] {
    ["model.onnx", "channels_last.onnx"].map(|file| {
        let own = tempfile::tempdir().unwrap();
        std::fs::copy(folder().join(file), own.path().join("model.onnx")).unwrap();
        let text = std::fs::read_to_string(folder().join("metadata.json")).unwrap();
        let text = if file == "model.onnx" { text } else { text.replace("NCDHW", "NDHWC") };
        std::fs::write(own.path().join("metadata.json"), text).unwrap();
        let model = Model::load(own.path()).unwrap();
        (own, model)
    })
}

fn check(file: &Path, pinned: &Value) {
    let mut compared = 0;
    for (_kept, model) in both_layouts() {
        let case = case_of(file, &model);
        let (prepared, path) = (&case.prepared[0], file);
        let every = pinned["every"].as_u64().unwrap() as usize;
        let off = largest_difference(prepared.tensor.iter().copied().step_by(every), &numbers(&pinned["prepared"]));
        println!("prepared: off by {off:.1e}");
        assert!(off <= PREPARED, "the tensor is off by {off}");
        let frames: Vec<u64> = pinned["frames"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect();
        assert_eq!(case.slices.len() as u64, frames[0]);
        for engine in engines() {
            let mut session = Session::start(&model, engine, &cpu()).unwrap();
            let logits = session.run(&[prepared.tensor.view()]).unwrap().remove(0).logits.unwrap();
            let off = largest_difference(logits, &numbers(&pinned["logits"]));
            println!("{} {engine:?}: logits off by {off:.1e}", model.layout());
            assert!(off <= LOGITS, "{engine:?}: {off}");
            for map in pinned["maps"].as_array().unwrap() {
                compared += check_map(&model, engine, (&case, path), map, &pinned["voxels"]);
            }
        }
    }
    assert!(compared >= 12, "{compared}");
}

fn check_map(
    model: &Model,
    engine: EngineChoice,
    (case, path): (&PreparedCase, &Path),
    pinned: &Value,
    voxels: &Value,
) -> usize {
    let (layer, class) = (pinned["layer"].as_str().unwrap(), pinned["class"].as_u64().unwrap() as usize);
    let tensor = if layer == "second" { "/second/second.2/Relu_output_0" } else { "/third/third.1/Relu_output_0" };
    let mut mapper = Mapper::new(model.clone(), Some(tensor), engine, cpu());
    let question = Question { method: Method::GradCam, class: Some(class), target: Target::Logit };
    let found =
        explanations(path, case, &mut mapper, &question, &mut |_, _| ControlFlow::Continue(())).unwrap().remove(0);
    let volume = found.map.volume().unwrap();
    let shape: Vec<u64> = pinned["shape"].as_array().unwrap().iter().map(|one| one.as_u64().unwrap()).collect();
    assert_eq!(volume.shape().iter().map(|length| *length as u64).collect::<Vec<_>>(), shape);
    let largest = pinned["largest"].as_f64().unwrap() as f32;
    let every = if layer == "third" { 1 } else { 7 };
    let off = largest_difference(volume.iter().copied().step_by(every), &numbers(&pinned["values"])) / largest;
    println!("{engine:?} {layer} class {class}: map off by {off:.1e}");
    assert!(off <= MAPS, "{engine:?} {layer} {class}: {off}");

    // At voxels of the scan, in the scan's own orientation.
    let at = voxels.as_array().unwrap().iter().map(|voxel| {
        let [frame, row, col] = [0, 1, 2].map(|at| voxel[at].as_u64().unwrap() as usize);
        let slice = on_frame(path, case, &found, Some(frame)).unwrap();
        assert_eq!(slice.slice, frame);
        evidence_at(&slice.placed(), (col as f64 + 0.5, row as f64 + 0.5)).unwrap()
    });
    let off = largest_difference(at, &numbers(&pinned["at_voxels"])) / largest;
    println!("{engine:?} {layer} class {class}: at voxels off by {off:.1e}");
    assert!(off <= MAPS, "{engine:?} {layer} {class} at voxels: {off}");
    1
}

#[test]
fn a_drawn_volume_is_that_of_the_framework() {
    check(&folder().join("phantom.nii"), &pins()["phantom"]);
}

#[test]
fn a_real_volume_is_that_of_the_framework() {
    let Some(shared) = common::shared() else { return };
    let pins = pins();
    check(&shared.join("data/nifti").join(pins["t1"]["file"].as_str().unwrap()), &pins["t1"]);
}

fn overread(arguments: &[&str]) -> (String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_overread")).args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (text, output.status.success())
}

#[test]
fn the_command_line_takes_a_volume_as_one_case() {
    let (model, phantom) = (folder(), folder().join("phantom.nii"));
    let (model, phantom) = (model.to_str().unwrap(), phantom.to_str().unwrap());
    let (text, well) = overread(&["predict", phantom, "--model", model, "--json"]);
    assert!(well, "{text}");
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let pins = pins();
    let frames = pins["phantom"]["frames"][0].as_u64().unwrap() as usize;
    assert_eq!(line["slices"].as_array().unwrap().len(), frames);
    assert!(largest_difference(numbers(&line["logits"]), &numbers(&pins["phantom"]["logits"])) <= LOGITS, "{line}");

    let out = tempfile::tempdir().unwrap();
    let into = out.path().to_str().unwrap();
    let (text, well) = overread(&[
        "explain",
        phantom,
        "--model",
        model,
        "--out",
        into,
        "--class",
        "MCI",
        "--layer",
        "third/third.1/Relu",
    ]);
    assert!(well && text.contains("has the most evidence"), "{text}");
    let map = Array3::<f32>::read_npy(std::fs::File::open(out.path().join("phantom.gradcam.npy")).unwrap()).unwrap();
    assert_eq!(map.dim(), (5, 6, 4));
    let facts = std::fs::read_to_string(out.path().join("phantom.gradcam.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    assert_eq!(facts["volume"]["shape"], serde_json::json!([5, 6, 4]));
    assert_eq!(facts["provenance"]["preprocess"][0]["axes"], "RAS");
    assert!((facts["slice"].as_u64().unwrap() as usize) < frames);
    assert!(out.path().join("phantom.overlay.png").is_file());

    for (arguments, expected) in
        [(vec!["--method", "scorecam"], "takes volumes"), (vec!["--agreement"], "takes volumes")]
    {
        let all = [vec!["explain", phantom, "--model", model, "--out", into], arguments].concat();
        let (text, well) = overread(&all);
        assert!(!well && text.contains(expected), "{all:?}: {text}");
    }
}

#[test]
fn a_series_is_one_case_and_a_single_picture_none() {
    let series = tempfile::tempdir().unwrap();
    let slices: Vec<_> = (0..6u16)
        .map(|slice| dicom_series::axial(f64::from(slice) * 2.0, i32::from(slice) + 1, 100 + 50 * slice))
        .collect();
    let files = dicom_series::write(series.path(), &slices);
    let (model, folder) = (folder(), series.path().to_str().unwrap());
    let (text, well) = overread(&["predict", folder, "--model", model.to_str().unwrap(), "--json"]);
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(well && lines.len() == 1 && lines[0]["slices"].as_array().unwrap().len() == 6, "{text}");

    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(&files[0], alone.path().join("one.dcm")).unwrap();
    let (text, well) =
        overread(&["predict", alone.path().to_str().unwrap(), "--model", model.to_str().unwrap(), "--stability"]);
    assert!(!well && text.contains("takes a volume"), "{text}");
}

#[test]
fn a_volume_is_predicted_under_small_changes() {
    let (model, phantom) = (folder(), folder().join("phantom.nii"));
    let args = ["predict", phantom.to_str().unwrap(), "--model", model.to_str().unwrap(), "--stability", "--flips"];
    let (text, well) = overread(&[&args[..], &["--json"]].concat());
    assert!(well, "{text}");
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let found = &line["stability"];
    assert_eq!(found["of"], 15, "twelve of every picture, two along the slices, one flip");
    let changes = found["changes"].as_array().unwrap();
    let of = |words: &str| {
        let found = changes.iter().filter(|one| one["change"].as_str().unwrap().contains(words));
        found.map(|one| numbers(&one["scores"])).collect::<Vec<_>>()
    };
    // The phantom has few pixels, and its values are standardised without the background: places move, and windows matter
    // only where resizing mixes the background in.
    let along = of("slice");
    assert!(along.len() == 2 && along[0] != along[1], "{found}");
    assert!(of("larger").iter().chain(&of("left for right")).all(|scores| !along.contains(scores)), "{found}");
    let apart = of("brighter")[0].iter().zip(&of("darker")[0]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 2e-3, "{found}");
    let (low, high) = (found["score_low"].as_f64().unwrap(), found["score_high"].as_f64().unwrap());
    assert!(0.0 <= low && low < high && high <= 1.0, "{found}");
    let (text, well) = overread(&args);
    assert!(well && text.contains("stays under all 15"), "{text}");
}

#[test]
fn the_doctor_is_for_pictures() {
    let model = folder();
    let (text, well) = overread(&["doctor", model.to_str().unwrap(), "--pictures", model.to_str().unwrap()]);
    assert!(!well && text.contains("takes volumes"), "{text}");
}

#[test]
fn a_review_of_volumes_is_kept_and_read_again() {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for class in ["CN", "AD"] {
        std::fs::create_dir(data.path().join(class)).unwrap();
        std::fs::copy(folder().join("phantom.nii"), data.path().join(class).join("scan.nii")).unwrap();
    }
    let model = folder();
    let into = out.path().join("review");
    let arguments =
        ["review", data.path().to_str().unwrap(), "--model", model.to_str().unwrap(), "--out", into.to_str().unwrap()];
    let (text, well) = overread(&arguments);
    assert!(well, "{text}");
    let lines = std::fs::read_to_string(into.join("cases.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    // Both are called MCI: a plain picture and one with the map for each.
    assert_eq!(into.join("gallery").read_dir().unwrap().count(), 4);
}

#[test]
fn a_bare_export_of_volumes_says_what_it_assumes() {
    let model = Model::load(&folder().join("channels_last.onnx")).unwrap();
    assert!(model.is_volume() && model.steps().is_empty() && model.volume_steps().len() == 3);
    assert!(model.manifest.remarks.iter().any(|remark| remark.contains("No file states the preprocessing")));
    let file = model.manifest.to_file();
    let input = &file.network_data_format.unwrap().inputs["image"];
    assert_eq!(serde_json::to_value(input).unwrap()["spatial_shape"], serde_json::json!([20, 24, 16]));
    assert_eq!(serde_json::to_value(input).unwrap()["layout"], "NDHWC");
}

/// A MONAI bundle's folder: its transforms become the volume's steps, and are saved as such.
#[test]
fn a_monai_bundle_brings_its_steps() {
    let bundle = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(bundle.path().join("models")).unwrap();
    std::fs::create_dir_all(bundle.path().join("configs")).unwrap();
    std::fs::copy(folder().join("model.onnx"), bundle.path().join("models/model.onnx")).unwrap();
    let transforms = serde_json::json!({"preprocessing": {"_target_": "Compose", "transforms": [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "EnsureChannelFirstd", "keys": "image"},
        {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
        {"_target_": "Resized", "keys": "image", "spatial_size": [20, 24, 16], "mode": "trilinear"},
        {"_target_": "ScaleIntensityd", "keys": "image"},
    ]}});
    std::fs::write(bundle.path().join("configs/inference.json"), transforms.to_string()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let into = out.path().join("model");
    let arguments = ["import", bundle.path().to_str().unwrap(), "--out", into.to_str().unwrap(), "--classes", "A,B,C"];
    let (text, well) = overread(&arguments);
    assert!(well, "{text}");
    let model = Model::load(&into).unwrap();
    let names: Vec<&str> = model.volume_steps().iter().map(|step| step.name()).collect();
    assert_eq!(names, ["orient", "resize", "min_max"]);
    let phantom = folder().join("phantom.nii");
    let (text, well) = overread(&["predict", phantom.to_str().unwrap(), "--model", into.to_str().unwrap()]);
    assert!(well && text.contains("phantom.nii"), "{text}");
}

/// What the window's set-up page offers, as options: what is not said stays.
#[test]
fn the_command_states_how_volumes_are_prepared() {
    let out = tempfile::tempdir().unwrap();
    let onnx = folder().join("channels_last.onnx");
    let import = |name: &str, options: &[&str]| {
        let into = out.path().join(name);
        let arguments = [&["import", onnx.to_str().unwrap(), "--out", into.to_str().unwrap()], options].concat();
        let (text, well) = overread(&arguments);
        assert!(well, "{text}");
        serde_json::to_value(Model::load(&into).unwrap().volume_steps()).unwrap()
    };
    let all = import("all", &["--orient", "lps", "--clip-percentiles", "1,99", "--values", "-1000,400"]);
    let expected = serde_json::json!([
        {"step": "orient", "axes": "LPS"},
        {"step": "resize", "size": [20, 24, 16]},
        {"step": "clip_percentiles", "low": 1.0, "high": 99.0},
        {"step": "scale_range", "from": [-1000.0, 400.0], "to": [0.0, 1.0], "clip": true},
    ]);
    assert_eq!(all, expected);
    let some = import("some", &["--values", "min_max"]);
    assert_eq!(some[0], serde_json::json!({"step": "orient", "axes": "RAS"}), "as it was assumed");
    assert_eq!(some[2], serde_json::json!({"step": "min_max", "low": 0.0, "high": 1.0}));
}
