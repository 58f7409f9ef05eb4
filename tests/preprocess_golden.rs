//! Resizing three real pictures against what Pillow, OpenCV and TensorFlow made of them (`../shared/golden/resize`).
//!
//! Tolerance: 8-bit results equal to the last grey level; float results within 1e-3 of a grey level.

mod common;
#[path = "common/npz.rs"]
mod npz;

use std::path::Path;

use ndarray::{Array2, Array3};
use ndarray_npy::ReadNpyExt;
use overread::preprocess::{Filter, Library, Picture, Step, prepare};
use overread::scan::{Frame, Meta, Pixels};

fn frame(path: &Path) -> Frame {
    let picture = image::open(path).unwrap();
    let (rows, cols) = (picture.height() as usize, picture.width() as usize);
    let pixels = if picture.color().has_color() {
        Pixels::Rgb(Array3::from_shape_vec((rows, cols, 3), picture.into_rgb8().into_raw()).unwrap())
    } else {
        let values = picture.into_luma8().into_raw().into_iter().map(f32::from).collect();
        Pixels::Gray(Array2::from_shape_vec((rows, cols), values).unwrap())
    };
    Frame { pixels, windows: Vec::new(), eight_bit_picture: true }
}

/// `pil_bilinear_64`, `tf_bicubic_antialias_224`, `cv2_linear_64`…
fn step(name: &str) -> Step {
    let (library, filter) = name.split_once('_').unwrap();
    let (filter, side) = filter.rsplit_once('_').unwrap();
    let side = side.parse().unwrap();
    let antialias = filter.ends_with("_antialias").then_some(true);
    let filter = match filter.trim_end_matches("_antialias") {
        "nearest" => Filter::Nearest,
        "box" => Filter::Box,
        "bilinear" | "linear" => Filter::Bilinear,
        "bicubic" | "cubic" => Filter::Bicubic,
        "lanczos" => Filter::Lanczos,
        "area" => Filter::Area,
        other => panic!("no such filter: {other}"),
    };
    let library = match library {
        "pil" => Library::Pillow,
        "cv2" => Library::Opencv,
        "tf" => Library::Tensorflow,
        other => panic!("no such library: {other}"),
    };
    Step::Resize { size: [side, side], filter, library, antialias, columns_first: false }
}

#[test]
fn resizing_real_pictures_equals_the_libraries() {
    let Some(shared) = common::shared() else { return };
    let golden = shared.join("golden");
    let mut compared = 0;
    for case in ["astro", "brain", "chest"] {
        let frame = frame(&golden.join(format!("inputs/{case}.png")));
        for archive in ["pil", "tf"] {
            for (name, content) in npz::read(&golden.join(format!("resize/{case}_{archive}.npz"))) {
                let to_rgb = Step::ToRgb { library: Library::Pillow };
                let prepared = prepare(&frame, &Meta::default(), &[to_rgb, step(&name)], true).unwrap();
                let got = prepared.steps.last().and_then(|step| step.picture.clone()).unwrap();
                match got {
                    Picture::U8(values) => {
                        assert_eq!(values, Array3::<u8>::read_npy(content).unwrap(), "{case} {name}")
                    }
                    Picture::F32(values) => {
                        let expected = Array3::<f32>::read_npy(content).unwrap();
                        assert_eq!(values.dim(), expected.dim(), "{case} {name}");
                        let off = (&values - &expected).iter().fold(0.0_f32, |off, value| off.max(value.abs()));
                        assert!(off < 1e-3, "{case} {name} is {off} off");
                    }
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 90, "arrays compared");
}
