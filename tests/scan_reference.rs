//! Synthetic files of every format against what Pillow 13.0.0, nibabel 5.4.2 and numpy 2.4.6 read from them
//! (`tests/fixtures/make_scan_fixtures.py` wrote both). Exact, except JPEG: grey within 1 level, colour within 4.

use std::path::{Path, PathBuf};

use overread::scan::{Pixels, Scan, ScanError, open};
use serde_json::{Map, Value};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn pins() -> Map<String, Value> {
    let text = std::fs::read_to_string(fixtures().join("scan_pins.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    fixtures().join("scan").join(name)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// All frames' values in row-major order, colour interleaved; kind; whether they count as 8-bit picture.
fn values(scan: &Scan) -> Result<(Vec<f64>, &'static str, bool), ScanError> {
    let (mut all, mut kind, mut eight_bit) = (Vec::new(), "", false);
    for index in 0..scan.frames {
        let frame = scan.frame(index)?;
        assert_eq!(frame.pixels.size(), scan.size);
        eight_bit = frame.eight_bit_picture;
        kind = match frame.pixels {
            Pixels::Gray(values) => {
                all.extend(values.iter().map(|v| f64::from(*v)));
                "gray"
            }
            Pixels::Rgb(values) => {
                all.extend(values.iter().map(|v| f64::from(*v)));
                "rgb"
            }
        };
    }
    Ok((all, kind, eight_bit))
}

/// What differs between a file and its pin.
fn differences(name: &str, pin: &Value) -> Result<Vec<String>, ScanError> {
    let scan = open(&fixture(name))?;
    let (values, kind, eight_bit) = values(&scan)?;
    let mut wrong = Vec::new();
    let mut check = |what: &str, got: String, want: String| {
        if got != want {
            wrong.push(format!("{name}: {what} is {got}, the reference says {want}"));
        }
    };
    let shape = [scan.frames, scan.size.rows, scan.size.cols].map(|n| n as f64);
    check("shape", format!("{shape:?}"), format!("{:?}", numbers(&pin["shape"])));
    check("kind", kind.into(), pin["kind"].as_str().unwrap().into());
    check("eight_bit", eight_bit.to_string(), pin["eight_bit"].to_string());
    if let Some(codes) = pin.get("codes").and_then(Value::as_str) {
        let stored = scan.meta.facts.iter().find(|(key, _)| key == "StoredAxes").map(|(_, v)| v.as_str());
        check("axes", format!("{stored:?}"), format!("{:?}", Some(codes)));
        let spacing = scan.meta.spacing.unwrap();
        let affine = scan.meta.patient_from_voxel.unwrap();
        let got = [spacing.col_mm, spacing.row_mm, scan.meta.slice_spacing_mm.unwrap()];
        check("spacing", rounded(&got), rounded(&numbers(&pin["spacing"])));
        check("first voxel", rounded(&affine.apply([0.0; 3])), rounded(&numbers(&pin["first_lps"])));
    }
    if let Some(pixels) = pin.get("pixels") {
        let most = values.iter().zip(numbers(pixels)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        let allowed = if kind == "gray" { 1.0 } else { 4.0 };
        if most > allowed {
            check("largest difference", most.to_string(), format!("at most {allowed}"));
        }
        return Ok(wrong);
    }
    let sum: f64 = values.iter().sum();
    let weighted: f64 = values.iter().enumerate().map(|(i, v)| v * ((i % 1009) + 1) as f64).sum();
    check("sum", rounded(&[sum]), rounded(&[pin["sum"].as_f64().unwrap()]));
    check("weighted sum", rounded(&[weighted]), rounded(&[pin["weighted"].as_f64().unwrap()]));
    Ok(wrong)
}

/// Eleven significant digits: the sums are not added in the same order.
fn rounded(values: &[f64]) -> String {
    values.iter().map(|v| format!("{:.10e} ", if v.abs() < 1e-9 { 0.0 } else { *v })).collect()
}

#[test]
fn every_fixture_reads_as_its_reference_library_reads_it() {
    let pins = pins();
    assert!(pins.len() > 100);
    let mut wrong = Vec::new();
    for (name, pin) in &pins {
        match differences(name, pin) {
            Ok(found) => wrong.extend(found),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn complex_numbers_are_refused_in_words() {
    let error = open(&fixture("complex.nii")).unwrap_err();
    assert!(error.to_string().contains("uses complex numbers"), "{error}");
}

#[test]
fn the_image_of_a_pair_opens_through_its_header() {
    let by_header = open(&fixture("pair.hdr")).unwrap();
    let by_image = open(&fixture("pair.img")).unwrap();
    assert_eq!(by_header.frame(2).unwrap().pixels, by_image.frame(2).unwrap().pixels);
    assert_eq!(by_image.path, fixture("pair.img"));
}

#[test]
fn assumed_left_and_right_are_said() {
    for name in ["no_affine.nii", "analyze.hdr"] {
        let scan = open(&fixture(name)).unwrap();
        assert!(scan.meta.remarks.iter().any(|remark| remark.contains("left and right are assumed")), "{name}");
    }
    assert!(open(&fixture("scaled.nii")).unwrap().meta.remarks.is_empty());
}

#[test]
fn orientation_of_photographs_is_told_and_not_applied() {
    for name in ["exif6.jpg", "exif6.png"] {
        let scan = open(&fixture(name)).unwrap();
        assert_eq!((scan.meta.exif_orientation, scan.size.rows, scan.size.cols), (6, 13, 17), "{name}");
        let shown = overread::scan::upright(&scan.frame(0).unwrap().pixels, scan.meta.exif_orientation);
        assert_eq!((shown.size().rows, shown.size().cols), (17, 13));
    }
}

#[test]
fn four_dimensions_are_volume_by_volume() {
    let scan = open(&fixture("four.nii.gz")).unwrap();
    let slices = scan.meta.slices_per_volume.unwrap();
    assert_eq!(scan.frames, 2 * slices);
}

#[test]
fn korean_and_other_paths_open() {
    let folder = tempfile::tempdir().unwrap();
    for (name, from) in [("환자 영상.png", "grey.png"), ("뇌 ✓ É.nii", "scaled.nii"), ("이름.bin", "rgb.npy")]
    {
        let path = folder.path().join("폴더 – ü").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::copy(fixture(from), &path).unwrap();
        let scan = open(&path).unwrap();
        assert_eq!(scan.frame(0).unwrap().pixels, open(&fixture(from)).unwrap().frame(0).unwrap().pixels);
    }
}

#[test]
fn what_a_file_is_instead_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let said = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        open(&path).unwrap_err().to_string()
    };
    assert!(said("a.png", b"GIF89a......").contains("it is a GIF"));
    assert!(said("a.nii", b"").contains("it is empty"));
    assert!(said("a.jpg", "환자 이름".as_bytes()).contains("it is text"));
    assert!(said("a.tif", &[0, 1, 2, 3]).contains("none of a known format"));
    assert!(open(Path::new("/none/such.png")).unwrap_err().to_string().contains("could not be read"));
    let scan = open(&fixture("grey.png")).unwrap();
    assert!(matches!(scan.frame(1), Err(ScanError::NoSuchFrame { frames: 1, index: 1, .. })));
}
