//! Golden cases of a manifest.

use ndarray::Array3;
use overread::engine::{EngineChoice, Model, Session};
use overread::review::golden::verify_golden;
use serde_json::json;

use crate::onnx_models::{Axis, Tail, bytes, noise, small_cnn};
use crate::{cpu, folder_with, run};

/// A little-endian float32 `.npy` of version 1.
fn npy(tensor: &Array3<f32>) -> Vec<u8> {
    let shape = tensor.shape();
    let mut header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}, {}), }}", shape[0], shape[1], shape[2]);
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(tensor.iter().flat_map(|value| value.to_le_bytes()));
    file
}

#[test]
fn golden_cases_pass_fail_or_say_why_they_cannot_run() {
    let model = bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax));
    let tensor = Array3::from_shape_vec((8, 8, 3), noise(192, 3)).unwrap();
    let (_keep, plain) = folder_with(&model, &json!({"preprocess": []}));
    let logits = run(&plain, EngineChoice::Embedded, std::slice::from_ref(&tensor)).remove(0).logits.unwrap();
    let off: Vec<f32> = logits.iter().map(|z| z + 0.5).collect();
    let case = |file: &str, logits: &[f32]| json!({"file": file, "logits": logits, "tolerance": 1e-4});
    let mut wrong_sha = case("golden/0.npy", &logits);
    wrong_sha["sha256"] = json!("12".repeat(32));
    // An 8-bit picture goes through the manifest's own steps.
    let picture = image::RgbImage::from_fn(8, 8, |x, y| image::Rgb([(x * 20) as u8, (y * 20) as u8, 128]));
    let prepared =
        Array3::from_shape_fn((8, 8, 3), |(y, x, c)| f32::from(picture.get_pixel(x as u32, y as u32)[c]) / 255.0);
    let picture_logits = run(&plain, EngineChoice::Embedded, &[prepared]).remove(0).logits.unwrap();
    let cases = json!([
        case("golden/0.npy", &logits),
        case("golden/0.npy", &off),
        case("golden/0.npy", &logits[..2]),
        wrong_sha,
        case("golden/missing.npy", &logits),
        case("../0.npy", &logits),
        case("golden/1.png", &picture_logits)
    ]);
    let metadata = json!({"preprocess": [{"step": "rescale", "factor": 1.0 / 255.0}], "golden_cases": cases});
    let (_keep, folder) = folder_with(&model, &metadata);
    std::fs::create_dir(folder.join("golden")).unwrap();
    std::fs::write(folder.join("golden/0.npy"), npy(&tensor)).unwrap();
    picture.save(folder.join("golden/1.png")).unwrap();
    let model = Model::load(&folder).unwrap();
    for engine in crate::engines() {
        let mut session = Session::start(&model, engine, &cpu()).unwrap();
        let results = verify_golden(&model, &mut session);
        let passed: Vec<bool> = results.iter().map(|result| result.passed).collect();
        assert_eq!(passed, [true, false, false, false, false, false, true], "{results:?}");
        assert!((results[1].largest_difference.unwrap() - 0.5).abs() < 1e-3);
        let words = ["2 logits are stated", "another file", "missing.npy", "not a path inside"];
        for (result, words) in results[2..6].iter().zip(words) {
            assert!(result.problem.as_ref().unwrap().contains(words), "wanted {words:?}: {result:?}");
        }
    }
}
