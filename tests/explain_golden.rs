//! Every reference map of Keras and PyTorch, on both engines (Keras 3.15.1 with TensorFlow 2.21, torch 2.15.0;
//! `golden/README.md` says how they were made).
//!
//! Three kinds of differences have other causes than the gradient, and are checked for just that:
//!
//! - `ks_resnet50_gap`, in front of its last Relu: TensorFlow's forward pass differs from both engines by 3e-4 of the
//!   largest value there, so one or two of 12544 Relu inputs around zero change their sign. The cells where none does are
//!   held to the tolerance; maps with weights over all cells to [`FLIPPED`].
//! - `gradcam_relu` of a map that is negative almost everywhere: its tolerance is that of the raw map it was cut from.
//! - Grad-CAM++ in front of a Relu (`ts_vgg16`, `features[28]`): with negative activations its denominator passes zero,
//!   and 32-bit rounding of the forward pass shows; held to [`NEAR_POLE`].

mod common;
#[path = "common/engines.rs"]
mod engines_here;
#[path = "common/npz.rs"]
mod npz;

use std::collections::BTreeMap;
use std::path::Path;

use common::shared;
use engines_here::cpu;
use ndarray::{Array2, Array3, ArrayView3};
use ndarray_npy::ReadNpyExt;
use overread::engine::{EngineChoice, EngineKind, Model, runtime};
use overread::explain::{Explainer, FeatureGradients, Method, Target};
use overread::scan::{self, Pixels};
use serde_json::Value;

/// Of a map's largest value; the frameworks themselves differ by up to 3e-4.
const TOLERANCE: f32 = 1e-3;

/// For weights that average over a channel in which a Relu changed its sign: 1/49 of a weight.
const FLIPPED: f32 = 1e-2;

/// For Grad-CAM++ where activations are negative.
const NEAR_POLE: f32 = 5e-3;

const CASES: [&str; 3] = ["brain", "chest", "astro"];

const MODELS: [&str; 12] = [
    "ks_incv3_gap",
    "ks_mobilenetv2_gap",
    "ks_resnet50_gap",
    "ks_resnet50v2_gap",
    "ks_vanilla",
    "ks_vgg16_flat",
    "ks_vgg16_gap_bin128",
    "ks_vgg16_gap_bin_dyn",
    "ts_efficientnet_b0",
    "ts_resnet18",
    "ts_resnet18_dynamo",
    "ts_vgg16",
];

#[test]
fn every_map_is_that_of_the_framework_on_onnx_runtime() {
    if common::require("onnxruntime", runtime::status().would_use == EngineKind::OnnxRuntime) {
        check_all(EngineChoice::OnnxRuntime);
    }
}

#[test]
fn every_map_is_that_of_the_framework_on_the_embedded_engine() {
    check_all(EngineChoice::Embedded);
}

fn check_all(engine: EngineChoice) {
    let Some(golden) = shared().map(|shared| shared.join("golden")) else { return };
    let mut compared = 0;
    for model in MODELS {
        let found = check_model(&golden, model, engine);
        println!(
            "{engine:?} {model}: {} maps ({} by another tolerance), largest difference {:.1e} at {}",
            found.maps, found.relaxed, found.worst, found.at
        );
        compared += found.maps;
    }
    println!("{engine:?}: {compared} maps");
    assert!(compared > 700, "{compared} maps");
}

#[derive(Default)]
struct Found {
    maps: usize,
    /// Maps that are held to another tolerance.
    relaxed: usize,
    worst: f32,
    at: String,
}

impl Found {
    /// Largest difference of `found` from `expected` in units of `scale`, relative to the map's own tolerance; cells of
    /// `skip` do not count.
    fn compare(
        &mut self,
        [found, expected]: [&Array2<f32>; 2],
        scale: f32,
        tolerance: f32,
        skip: &[[usize; 2]],
        at: &str,
    ) {
        assert_eq!(found.dim(), expected.dim(), "{at}");
        let cells = expected.indexed_iter().filter(|((row, col), _)| !skip.contains(&[*row, *col]));
        let difference = cells.map(|(cell, value)| (found[cell] - value).abs()).fold(0.0, f32::max);
        // A map of zeros has no scale: then nothing but zeros will do.
        let relative = if scale == 0.0 { difference } else { difference / scale };
        assert!(relative <= tolerance, "{at}: {relative:.1e}, {tolerance:.0e} allowed");
        self.maps += 1;
        let strict = tolerance == TOLERANCE && skip.is_empty();
        if strict && (relative > self.worst || self.at.is_empty()) {
            self.worst = relative.max(self.worst);
            self.at = at.to_owned();
        }
        self.relaxed += usize::from(!strict);
    }
}

fn largest(map: &Array2<f32>) -> f32 {
    map.iter().fold(0.0f32, |largest, value| largest.max(value.abs()))
}

/// Cells in which the sign of a Relu's input is another than in Keras: `(case, row, col)`.
fn flipped_cells(
    model: &Model,
    folder: &Path,
    pictures: &[Array3<f32>],
    engine: EngineChoice,
) -> Vec<(usize, [usize; 2])> {
    let views: Vec<ArrayView3<'_, f32>> = pictures.iter().map(|picture| picture.view()).collect();
    let layer = Some("functional_1/conv5_block3_out_1/Relu:0");
    let mut explainer = Explainer::start_forward_only(model, layer, engine, &cpu()).unwrap();
    let mut flipped = Vec::new();
    for (at, (case, found)) in CASES.iter().zip(explainer.run(&views, &[0; 3], Target::Logit).unwrap()).enumerate() {
        let mut archive = npz::read(&folder.join(format!("{case}.npz")));
        let theirs = Array3::<f32>::read_npy(archive.remove("conv5_block3_out/fmap").unwrap()).unwrap();
        for ((channel, row, col), value) in found.activations.indexed_iter() {
            if (*value > 0.0) != (theirs[[row, col, channel]] > 0.0) {
                flipped.push((at, [row, col]));
            }
        }
    }
    assert!(flipped.len() <= 4, "{flipped:?}");
    flipped
}

fn check_model(golden: &Path, name: &str, engine: EngineChoice) -> Found {
    let folder = golden.join("maps").join(name.replace("_dynamo", ""));
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&text).unwrap();
    let model = Model::load(&golden.join("models").join(format!("{name}.onnx"))).unwrap();
    let files = manifest["input_files"].as_array().unwrap();
    let pictures: Vec<Array3<f32>> =
        files.iter().map(|file| picture(&golden.join(file.as_str().unwrap()), &manifest)).collect();
    let mut cases: Vec<BTreeMap<String, Array2<f32>>> = CASES.iter().map(|case| maps(&folder, case)).collect();
    let mut found = Found::default();
    for (layer, facts) in manifest["layers"].as_object().unwrap() {
        let export = if name.ends_with("_dynamo") { &facts["_dynamo"] } else { &facts["ts"] };
        let tensor = facts["onnx_tensor"].as_str().or_else(|| export["onnx_tensor"].as_str());
        // A Conv whose batch normalisation was folded in has no tensor of its own.
        let Some(tensor) = tensor else { continue };
        let mut explainer = Explainer::start(&model, Some(tensor), engine, &cpu()).unwrap();
        assert_eq!(explainer.layer().name, tensor);
        let flipped = match layer.as_str() {
            "conv5_block3_3_conv" => flipped_cells(&model, &folder, &pictures, engine),
            _ => Vec::new(),
        };
        check_layer(&model, &mut explainer, (layer, &flipped), &pictures, &mut cases, &mut found);
    }
    for (case, rest) in CASES.iter().zip(&cases) {
        let forgotten: Vec<&String> = rest.keys().filter(|key| !key.starts_with("Conv_1/")).collect();
        assert!(forgotten.is_empty(), "{name} {case}: not compared {forgotten:?}");
    }
    found
}

fn check_layer(
    model: &Model,
    explainer: &mut Explainer,
    (layer, flipped): (&str, &[(usize, [usize; 2])]),
    pictures: &[Array3<f32>],
    cases: &mut [BTreeMap<String, Array2<f32>>],
    found: &mut Found,
) {
    let views: Vec<ArrayView3<'_, f32>> = pictures.iter().map(|picture| picture.view()).collect();
    for (target, word) in [(Target::Logit, "logit"), (Target::Probability, "prob")] {
        for unit in 0..model.rule().values {
            // The only output of a binary model is its class 1.
            let class = if model.rule().values == 1 { 1 } else { unit };
            let features = explainer.run(&views, &[class; 3], target).unwrap();
            for (at, (features, maps)) in features.iter().zip(cases.iter_mut()).enumerate() {
                let prefix = format!("{layer}/{word}/class{unit}/");
                let mine: Vec<String> = maps.keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
                assert!(word == "prob" || !mine.is_empty(), "no reference for {prefix}");
                let scale = maps.get(&format!("{prefix}gradcam_raw")).map_or(0.0, largest);
                let cells: Vec<[usize; 2]> =
                    flipped.iter().filter(|(case, _)| *case == at).map(|(_, cell)| *cell).collect();
                for key in mine {
                    let expected = maps.remove(&key).unwrap();
                    let kind = key.strip_prefix(&prefix).unwrap();
                    let cell_by_cell = matches!(kind, "hirescam_raw" | "layercam_raw");
                    let (tolerance, skip) = match kind {
                        _ if cell_by_cell => (TOLERANCE, cells.as_slice()),
                        _ if !cells.is_empty() => (FLIPPED, &[][..]),
                        "gradcampp_raw" if layer == "features[28]" => (NEAR_POLE, &[][..]),
                        _ => (TOLERANCE, &[][..]),
                    };
                    let scale = if kind == "gradcam_relu" { scale } else { largest(&expected) };
                    let at = format!("{} {key}", CASES[at]);
                    found.compare([&map(features, kind), &expected], scale, tolerance, skip, &at);
                }
            }
        }
    }
}

fn map(features: &FeatureGradients, kind: &str) -> Array2<f32> {
    let method = match kind {
        "gradcam_raw" | "gradcam_relu" => Method::GradCam,
        "gradcampp_raw" => Method::GradCamPlusPlus,
        "hirescam_raw" => Method::HiResCam,
        "layercam_raw" => Method::LayerCam,
        other => panic!("{other}"),
    };
    let map = method.map(features).unwrap();
    let positive = map.positive();
    assert_eq!(map.has_positive_evidence(), positive.iter().any(|value| *value > 0.0));
    if kind.ends_with("_relu") { positive } else { map.values }
}

/// The five kinds of reference maps of a case, by their whole name.
fn maps(folder: &Path, case: &str) -> BTreeMap<String, Array2<f32>> {
    const KINDS: [&str; 5] = ["gradcam_raw", "gradcam_relu", "gradcampp_raw", "hirescam_raw", "layercam_raw"];
    let wanted = npz::read(&folder.join(format!("{case}.npz"))).into_iter().filter(|(name, _)| {
        let last = name.rsplit('/').next().unwrap_or_default();
        KINDS.contains(&last) && !name.contains("/pgc/")
    });
    wanted.map(|(name, content)| (name, Array2::read_npy(content).unwrap())).collect()
}

/// The framework's own input: scaled and normalised as the manifest of the golden numbers says, in words.
fn picture(path: &Path, manifest: &Value) -> Array3<f32> {
    let Pixels::Rgb(pixels) = scan::open(path).unwrap().frame(0).unwrap().pixels else {
        panic!("not a colour picture")
    };
    let words = manifest["preprocess"].as_str().unwrap();
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
