//! Grey levels on the screen against pydicom 3.0.2 (`tests/fixtures/make_voi_pins.py` says how a window's result becomes
//! 8 bits): every decodable grey file of ../shared/data/dicom, its first and last frame, every window of its header, and
//! each of them as LINEAR_EXACT and SIGMOID too. Exact.

mod common;

use std::collections::BTreeSet;

use overread::render::Shader;
use overread::scan::{Frame, Pixels, Polarity, Window, WindowFunction, open};
use sha2::{Digest, Sha256};

#[derive(serde::Deserialize)]
struct Pin {
    file: String,
    frame: usize,
    /// Which of the header's windows it is; none where the header offers none.
    window: Option<usize>,
    /// True where `function` is the header's.
    #[serde(default)]
    own: bool,
    center: f64,
    width: f64,
    function: String,
    sum: u64,
    /// First 16 digits.
    sha256: String,
}

impl Pin {
    fn function(&self) -> WindowFunction {
        match self.function.as_str() {
            "LINEAR" => WindowFunction::Linear,
            "LINEAR_EXACT" => WindowFunction::LinearExact,
            "SIGMOID" => WindowFunction::Sigmoid,
            other => panic!("{other}"),
        }
    }
}

/// What differs, in words.
fn difference(frame: &Frame, polarity: Option<Polarity>, pin: &Pin) -> Result<(), String> {
    let Pixels::Gray(values) = &frame.pixels else { return Err("it is coloured".into()) };
    let window = match pin.window {
        Some(index) => frame.windows.get(index).cloned().ok_or("its window is missing")?,
        None if frame.windows.is_empty() => {
            Window { center: pin.center, width: pin.width, name: None, function: pin.function() }
        }
        None => return Err("it has windows that pydicom does not see".into()),
    };
    if (window.center, window.width) != (pin.center, pin.width) {
        return Err(format!("its window is {} / {}", window.center, window.width));
    }
    // The header's own function comes first.
    if pin.own && window.function != pin.function() {
        return Err(format!("its window's function is {:?}", window.function));
    }
    let window = Window { function: pin.function(), ..window };
    let shader = Shader::new(&window, polarity.unwrap_or(Polarity::HighIsWhite), false);
    let levels: Vec<u8> = values.iter().map(|value| shader.gray(*value)).collect();
    let hash: String = Sha256::digest(&levels).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let sum: u64 = levels.iter().map(|level| u64::from(*level)).sum();
    if hash == pin.sha256 { Ok(()) } else { Err(format!("its levels add up to {sum}, pydicom's to {}", pin.sum)) }
}

#[test]
fn every_grey_file_is_shown_as_pydicom_windows_it() {
    let Some(shared) = common::shared() else { return };
    let pins: Vec<Pin> = serde_json::from_str(include_str!("fixtures/voi_pins.json")).unwrap();
    let files: BTreeSet<&str> = pins.iter().map(|pin| pin.file.as_str()).collect();
    assert_eq!((pins.len(), files.len()), (165, 81));
    let mut wrong = Vec::new();
    for pins in pins.chunk_by(|a, b| (&a.file, a.frame) == (&b.file, b.frame)) {
        let scan = open(&shared.join("data/dicom").join(&pins[0].file)).unwrap();
        let frame = scan.frame(pins[0].frame).unwrap();
        for pin in pins {
            if let Err(what) = difference(&frame, scan.meta.polarity, pin) {
                wrong.push(format!("{} frame {} {}: {what}", pin.file, pin.frame, pin.function));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), pins.len(), wrong.join("\n"));
}
