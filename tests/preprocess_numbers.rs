//! Every step against the numbers of the library it names: `pins/preprocess.jsonl`, printed by `pins/preprocess.py`
//! under Pillow 13.0.0, OpenCV 5.0.0 (its x86 wheel), torch 1.13, torchvision 0.29.2, TensorFlow 2.21 and Keras 3.15. The pictures are
//! drawn by a formula that both sides know.
//!
//! Tolerance: 8-bit results are equal to the last grey level; float results are within 1e-3 of a grey level (values
//! of the 12-bit pictures: 1e-3 of one 255th of their range).

use ndarray::{Array2, Array3};
use overread::preprocess::{Picture, Step, prepare};
use overread::scan::{Frame, Meta, Pixels};
use serde::Deserialize;

#[derive(Deserialize)]
struct Pin {
    library: String,
    /// Rows, columns, channels.
    picture: (usize, usize, usize),
    kind: String,
    steps: Vec<Step>,
    shape: (usize, usize, usize),
    #[serde(rename = "type")]
    element: String,
    /// Every `stride`-th value of the flattened result.
    stride: usize,
    samples: Vec<f64>,
    fnv1a: Option<String>,
    mean: Option<f64>,
}

/// As `picture` in `pins/preprocess.py`.
fn drawn((rows, cols, channels): (usize, usize, usize)) -> Vec<u8> {
    let mut state = 1_u32;
    let mut values = Vec::with_capacity(rows * cols * channels);
    for row in 0..rows {
        for col in 0..cols {
            for channel in 0..channels {
                state = state.wrapping_mul(1664525).wrapping_add(1013904223);
                let noise = (state >> 24) as usize % 64;
                let plain = (row / 7 + col / 5) % 3 == 0;
                let value = if plain { noise * 4 } else { (row * 5 + col * 3 + channel * 40 + noise) % 256 };
                values.push(value as u8);
            }
        }
    }
    values
}

fn frame(pin: &Pin) -> Frame {
    let (rows, cols, channels) = pin.picture;
    let values = drawn(pin.picture);
    let gray = |values: Vec<f32>| Pixels::Gray(Array2::from_shape_vec((rows, cols), values).unwrap());
    let pixels = match (channels, pin.kind.as_str()) {
        (3, "u8") => Pixels::Rgb(Array3::from_shape_vec((rows, cols, 3), values).unwrap()),
        (1, "u8") => gray(values.into_iter().map(f32::from).collect()),
        (1, "f32") => gray(values.into_iter().map(|value| f32::from(value) * 16.0 - 500.0).collect()),
        other => panic!("no such picture: {other:?}"),
    };
    Frame { pixels, windows: Vec::new(), eight_bit_picture: pin.kind == "u8" }
}

fn fnv1a(data: impl Iterator<Item = u8>) -> String {
    let hash =
        data.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{hash:016x}")
}

/// What is different, in words.
fn difference(pin: &Pin) -> Option<String> {
    let prepared = match prepare(&frame(pin), &Meta::default(), &pin.steps, true) {
        Ok(prepared) => prepared,
        Err(error) => return Some(error.to_string()),
    };
    let picture = prepared.steps.last()?.picture.clone()?;
    let tensor = &prepared.tensor;
    if tensor.dim() != pin.shape {
        return Some(format!("shape {:?}, expected {:?}", tensor.dim(), pin.shape));
    }
    let tolerance = match (pin.element.as_str(), pin.kind.as_str()) {
        ("u8", _) => 0.0,
        (_, "u8") => 1e-3,
        _ => 16e-3,
    };
    let sampled = tensor.iter().step_by(pin.stride).map(|value| f64::from(*value));
    let far = sampled.clone().zip(&pin.samples).map(|(value, expected)| (value - expected).abs()).fold(0.0, f64::max);
    // Samples are written with seven digits.
    if sampled.count() != pin.samples.len() || far > tolerance * 1.5 {
        return Some(format!("a sample is {far} off"));
    }
    match (&picture, &pin.fnv1a, pin.mean) {
        (Picture::U8(values), Some(expected), _) => {
            let hash = fnv1a(values.iter().copied());
            (hash != *expected).then(|| format!("samples agree, the hash {hash} does not"))
        }
        (Picture::F32(values), _, Some(mean)) => {
            let off = (values.iter().map(|value| f64::from(*value)).sum::<f64>() / values.len() as f64 - mean).abs();
            (off > tolerance).then(|| format!("the mean is {off} off"))
        }
        (picture, ..) => Some(format!("{} expected, got {picture:?}", pin.element)),
    }
}

#[test]
fn every_step_gives_its_librarys_numbers() {
    let pins: Vec<Pin> = include_str!("pins/preprocess.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .collect();
    for library in ["Pillow", "OpenCV", "torch", "TensorFlow", "Keras"] {
        assert!(pins.iter().any(|pin| pin.library.starts_with(library)), "no pins of {library}");
    }
    let failures: Vec<String> = pins
        .iter()
        .filter_map(|pin| {
            let difference = difference(pin)?;
            Some(format!("{} {:?} {} {:?}: {difference}", pin.library, pin.picture, pin.kind, pin.steps))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} differ:\n{}", failures.len(), pins.len(), failures.join("\n"));
}
