//! JPEG files read at a reduced size against Pillow 13.0.0's `Image.draft` (`tests/fixtures/make_draft_pins.py` wrote the
//! numbers). Exact.

mod common;

use std::path::Path;

use ndarray::Array2;
use overread::geometry::Size;
use overread::preprocess::{Step, prepare, read};
use overread::scan::{Frame, Meta, Pixels, open};
use serde_json::Value;

fn pins() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/draft_pins.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as usize).collect()
}

/// Shape, sum and weighted sum as the pins have them.
fn said(frame: &Frame) -> (Vec<usize>, f64, f64) {
    let (shape, values): (Vec<usize>, Vec<f64>) = match &frame.pixels {
        Pixels::Gray(values) => (values.shape().to_vec(), values.iter().map(|value| f64::from(*value)).collect()),
        Pixels::Rgb(values) => (values.shape().to_vec(), values.iter().map(|value| f64::from(*value)).collect()),
    };
    let weighted = values.iter().enumerate().map(|(index, value)| value * (1 + index % 1009) as f64).sum();
    (shape, values.iter().sum(), weighted)
}

/// Checks the pins of one origin; gives how many there are.
fn check(origin: &str, root: &Path) -> usize {
    let pins: Vec<Value> = pins().into_iter().filter(|pin| pin["file"].as_str().unwrap().starts_with(origin)).collect();
    for pin in &pins {
        let name = pin["file"].as_str().unwrap();
        let scan = open(&root.join(name.strip_prefix(origin).unwrap())).unwrap();
        let [rows, cols] = numbers(&pin["size"])[..] else { panic!("two sides") };
        let (frame, divisor) = scan.reduced_frame(0, Size::new(rows, cols)).unwrap();
        let pillow = (numbers(&pin["shape"]), pin["sum"].as_f64().unwrap(), pin["weighted"].as_f64().unwrap());
        assert_eq!(said(&frame), pillow, "{name} at {rows} x {cols}");
        assert_eq!(frame.pixels.size().rows, scan.size.rows.div_ceil(divisor));
    }
    pins.len()
}

#[test]
fn synthetic_files_are_reduced_as_pillow_reduces_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scan");
    assert_eq!(check("fixtures/", &root), 35);
}

#[test]
fn x_rays_are_reduced_as_pillow_reduces_them() {
    let Some(shared) = common::shared() else { return };
    let root = shared.join("data/chest_xray_pneumonia");
    if common::require("the chest X-rays", root.is_dir()) {
        assert!(check("shared/", &shared) > 100);
    }
}

#[test]
fn the_step_halves_the_picture_and_the_map_knows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scan/grey.jpg");
    let scan = open(&path).unwrap();
    let steps: Vec<Step> = serde_json::from_str(r#"[{"step":"draft","size":[6,8]}]"#).unwrap();
    let (frame, map) = read(&scan, 0, &steps).unwrap();
    assert_eq!(frame.pixels.size(), Size::new(7, 9));
    assert_eq!((map.scale_x, map.scale_y, map.offset_x, map.offset_y), (0.5, 0.5, 0.0, 0.0));
    assert_eq!(prepare(&frame, &scan.meta, &steps, false).unwrap().tensor.dim(), (7, 9, 1));
    // Anything but a JPEG is read whole.
    let png = open(&path.with_file_name("grey.png")).unwrap();
    assert_eq!(read(&png, 0, &steps).unwrap().0.pixels.size(), png.size);
}

#[test]
fn the_step_must_be_the_first() {
    let frame = Frame { pixels: Pixels::Gray(Array2::ones((4, 4))), windows: Vec::new(), eight_bit_picture: true };
    let steps: Vec<Step> = serde_json::from_str(r#"[{"step":"to_rgb"},{"step":"draft","size":[2,2]}]"#).unwrap();
    let error = prepare(&frame, &Meta::default(), &steps, false).unwrap_err();
    assert!(error.to_string().contains("must be the first"), "{error}");
}
