//! `overread doctor` on a bare export that has no class names, as scripts use it.

#[allow(dead_code)]
#[path = "common/onnx_models.rs"]
mod onnx_models;

use std::path::{Path, PathBuf};
use std::process::Command;

use onnx_models::{Axis, Tail, bytes, small_cnn};
use overread::engine::import::{Choices, ReadExport};
use overread::engine::{EngineChoice, Session, SessionOptions};
use overread::preprocess::{Preset, prepare};
use overread::scan;
use serde_json::Value;

fn doctor(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .args([&["doctor", "--engine", "embedded"], args].concat())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A bare export of three classes, pictures in folders, and what the export says of each as OpenCV would prepare them.
struct Desk {
    folder: tempfile::TempDir,
    onnx: PathBuf,
    pictures: PathBuf,
    /// File name and scores.
    outputs: Vec<(String, Vec<f32>)>,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let onnx = folder.path().join("grades.onnx");
    std::fs::write(&onnx, bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax))).unwrap();
    let recipe = Preset::by_name("opencv-bgr").unwrap().recipe();
    let choices = Choices { recipe: Some(recipe), ..Choices::default() };
    let model = ReadExport::open(&onnx).unwrap().draft(&choices).unwrap().model;
    let mut session = Session::start(&model, EngineChoice::Embedded, &SessionOptions::default()).unwrap();
    let pictures = folder.path().join("사진");
    let mut outputs = Vec::new();
    for seed in 1..=6u32 {
        let name = format!("{seed}.png");
        let path = pictures.join(["healthy", "mild", "severe"][seed as usize % 3]).join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let color = |x: u32, y: u32| {
            let at = |a: u32, b: u32| ((x * a * seed + y * b + 31 * seed) % 256) as u8;
            image::Rgb([at(7, 3), at(2, 11) / 2, at(5, 5) / 3])
        };
        image::RgbImage::from_fn(31, 23, color).save(&path).unwrap();
        let scan = scan::open(&path).unwrap();
        let prepared = prepare(&scan.frame(0).unwrap(), &scan.meta, model.steps(), false).unwrap();
        outputs.push((name, session.run(&[prepared.tensor.view()]).unwrap().remove(0).scores));
    }
    Desk { folder, onnx, pictures, outputs }
}

impl Desk {
    /// What the framework said, its columns in an order of its own: the last output first.
    fn table(&self, header: &str) -> PathBuf {
        let mut table = format!("file,{header}\n");
        for (name, scores) in &self.outputs {
            table += &format!("{name},{},{},{}\n", scores[2], scores[0], scores[1]);
        }
        let path = self.folder.path().join("outputs.csv");
        std::fs::write(&path, table).unwrap();
        path
    }

    /// The same without any name, as `numpy.save` writes it: rows in the order of the sorted paths.
    fn array(&self) -> PathBuf {
        let mut rows: Vec<(PathBuf, &Vec<f32>)> = Vec::new();
        for (place, (name, scores)) in self.outputs.iter().enumerate() {
            let class = ["healthy", "mild", "severe"][(place + 1) % 3];
            rows.push((self.pictures.join(class).join(name), scores));
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 3), }}", rows.len());
        header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
        header.push('\n');
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(rows.iter().flat_map(|(_, scores)| scores.iter().flat_map(|score| score.to_le_bytes())));
        let path = self.folder.path().join("outputs.npy");
        std::fs::write(&path, file).unwrap();
        path
    }
}

fn verdict(args: &[&str]) -> Value {
    let (code, json, said) = doctor(&[args, &["--json"]].concat());
    assert_eq!(code, Some(0), "{said}");
    serde_json::from_str(&json).unwrap()
}

fn said(verdict: &Value) -> String {
    verdict["sentences"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

#[test]
fn columns_name_the_outputs_of_a_bare_export_in_the_order_that_is_found() {
    let desk = desk();
    let table = desk.table("severe,healthy,mild");
    let verdict = verdict(&[text(&desk.onnx), "--pictures", text(&desk.pictures), "--predictions", text(&table)]);
    assert_eq!(verdict["reproduced"], true, "{verdict}");
    assert_eq!(verdict["classes"], serde_json::json!(["healthy", "mild", "severe"]));
    let said = said(&verdict);
    assert!(said.contains("the columns name them") && said.contains("--classes healthy,mild,severe"), "{said}");
}

#[test]
fn an_array_without_names_is_numbered() {
    let desk = desk();
    let array = desk.array();
    let args = [text(&desk.onnx), "--pictures", text(&desk.pictures), "--predictions", text(&array)];
    let verdict = verdict(&args);
    assert_eq!((&verdict["reproduced"], verdict["pictures"].as_u64()), (&Value::Bool(true), Some(6)), "{verdict}");
    assert_eq!(verdict["classes"], serde_json::json!(["class 0", "class 1", "class 2"]));
}

#[test]
fn folders_or_the_person_name_the_outputs_and_a_wrong_count_is_said() {
    let desk = desk();
    let (onnx, pictures) = (text(&desk.onnx), text(&desk.pictures));
    let of_folders = verdict(&[onnx, "--pictures", pictures]);
    assert_eq!((&of_folders["reference"], of_folders["pictures"].as_u64()), (&"labels".into(), Some(6)));
    let mut names: Vec<&str> = of_folders["classes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["healthy", "mild", "severe"]);
    assert!(said(&of_folders).contains("the pictures' folders name them"), "{of_folders}");

    let typed = verdict(&[onnx, "--pictures", pictures, "--classes", "severe, mild,healthy"]);
    assert_eq!(typed["pictures"].as_u64(), Some(6));
    assert!(!said(&typed).contains("name them"), "{typed}");

    let one = desk.pictures.join("mild");
    let (code, _, errors) = doctor(&[onnx, "--pictures", text(&one)]);
    assert!(code == Some(1) && errors.contains("3 classes") && errors.contains("1 folders (mild)"), "{errors}");
    let (code, _, errors) = doctor(&[onnx, "--pictures", pictures, "--classes", "a,b"]);
    assert!(code == Some(1) && errors.contains("2 class names") && errors.contains("3 classes"), "{errors}");
    let (code, _, errors) = doctor(&[onnx, "--pictures", pictures, "--apply"]);
    assert!(code == Some(2) && errors.contains("overread import"), "{errors}");
}
