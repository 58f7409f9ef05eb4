//! Letters, planes and resampled values of the shared volumes against nibabel 5.4.2, numpy 2.4.6, pydicom 3.0.2 and
//! scipy 1.17.1 (`tests/fixtures/make_volume_pins.py` says how).

mod common;
#[path = "common/dicom_series.rs"]
mod dicom_series;

use std::path::Path;

use overread::render::{Plane, Volume, VolumePlan, on_plane};
use overread::scan::{Meta, open, open_series};
use serde_json::Value;

fn pins(kind: &str) -> Value {
    let text = include_str!("fixtures/volume_pins.json");
    serde_json::from_str::<Value>(text).unwrap()[kind].take()
}

fn volume(path: &Path) -> Volume {
    let scan = open(path).unwrap();
    VolumePlan::new(&scan, 0).unwrap().fill(|index| scan.frame(index)).unwrap()
}

fn plane(name: &str) -> Plane {
    match name {
        "axial" => Plane::Axial,
        "coronal" => Plane::Coronal,
        "sagittal" => Plane::Sagittal,
        other => panic!("{other}"),
    }
}

fn edges(meta: &Meta) -> Option<[String; 4]> {
    meta.edge_letters().map(|edges| [edges.left, edges.right, edges.top, edges.bottom])
}

fn words(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * b.abs().max(1.0)
}

#[test]
fn letters_of_every_nifti_volume_are_nibabels() {
    let Some(shared) = common::shared() else { return };
    let pins = pins("letters_nifti");
    for (name, pin) in pins.as_object().unwrap() {
        let meta = open(&shared.join("data/nifti").join(name)).unwrap().meta;
        let stored = meta.facts.iter().find(|(key, _)| key == "StoredAxes").map(|(_, value)| value.as_str());
        assert_eq!(stored, pin["stored"].as_str(), "{name}");
        // The closest canonical axes run to R, A and S; the screen's to the Left, Posterior and Superior.
        assert_eq!(pin["canonical"], "RAS", "{name}");
        assert_eq!(edges(&meta).unwrap().to_vec(), words(&pin["edges"]), "{name}");
    }
    assert_eq!(pins.as_object().unwrap().len(), 17);
}

#[test]
fn letters_of_every_dicom_file_with_an_orientation_are_right() {
    let Some(shared) = common::shared() else { return };
    let pins = pins("letters_dicom");
    for (name, pin) in pins.as_object().unwrap() {
        let meta = open(&shared.join("data/dicom").join(name)).unwrap().meta;
        assert_eq!(edges(&meta).map(Vec::from), Some(words(pin)), "{name}");
    }
    assert_eq!(pins.as_object().unwrap().len(), 37);
}

#[test]
fn letters_of_projections_come_from_patient_orientation() {
    let Some(shared) = common::shared() else { return };
    let meta = |name: &str| open(&shared.join("data/dicom").join(name)).unwrap().meta;
    // Read off the headers: L\F with laterality L, R\P with L, R\F with R.
    for (name, letters, laterality) in [
        ("ts-1/highdicom__dx_image.dcm", ["R", "L", "S", "I"], 'L'),
        ("ts-4-70/fo-dicom__OutOfBoundsOverlay.dcm", ["L", "R", "A", "P"], 'L'),
        ("ts-4-80/dicom-test-files__RG3_JLSL.dcm", ["L", "R", "S", "I"], 'R'),
    ] {
        let meta = meta(name);
        assert_eq!((edges(&meta), meta.laterality), (Some(letters.map(String::from)), Some(laterality)), "{name}");
    }
    assert_eq!(edges(&meta("ts-1/fo-dicom__GH1301.dcm")), None);
}

#[test]
fn planes_are_nibabels_canonical_slices() {
    let Some(shared) = common::shared() else { return };
    let pins = pins("planes");
    for (name, pin) in pins.as_object().unwrap() {
        let volume = volume(&shared.join("data/nifti").join(name));
        for (plane_name, pin) in pin.as_object().unwrap() {
            let plane = plane(plane_name);
            let size = volume.plane_size(plane);
            let shape = [volume.slices(plane), size.rows, size.cols];
            assert_eq!(serde_json::json!(shape), pin["shape"], "{name} {plane_name}");
            for slice in pin["slices"].as_array().unwrap() {
                let number = |at: usize| slice[at].as_f64().unwrap();
                let shown = volume.slice(plane, number(0) as usize).unwrap();
                let values: Vec<f64> = shown.values.iter().map(|value| f64::from(*value)).collect();
                let sum: f64 = values.iter().sum();
                let weighted: f64 = values.iter().enumerate().map(|(i, v)| v * ((i % 1009) + 1) as f64).sum();
                assert!(close(sum, number(1), 1e-9) && close(weighted, number(2), 1e-9), "{name} {plane_name}");
                let spacing = [shown.spacing.row_mm, shown.spacing.col_mm];
                assert!((0..2).all(|i| close(spacing[i], pin["spacing"][i].as_f64().unwrap(), 1e-9)), "{name}");
                let edges = [shown.letters.left, shown.letters.top].map(|letters| letters[..1].to_owned());
                let expected = match plane {
                    Plane::Axial => ["R", "A"],
                    Plane::Coronal => ["R", "S"],
                    Plane::Sagittal => ["A", "S"],
                };
                assert_eq!(edges, expected, "{name} {plane_name}");
            }
        }
    }
    assert_eq!(pins.as_object().unwrap().len(), 17);
}

#[test]
fn values_on_another_scans_plane_are_scipys() {
    let Some(shared) = common::shared() else { return };
    let pins = pins("resampled");
    for pin in pins.as_array().unwrap() {
        let of = |key: &str| volume(&shared.join("data/nifti").join(pin[key].as_str().unwrap()));
        let (moving, fixed) = (of("moving"), of("fixed"));
        let plane = plane(pin["plane"].as_str().unwrap());
        let slice = fixed.slice(plane, pin["slice"].as_u64().unwrap() as usize).unwrap();
        let values = on_plane(&moving, &slice.patient_from_pixel, fixed.plane_size(plane));
        assert_eq!(serde_json::json!(values.shape()), pin["shape"]);
        let numbers = values.iter().filter(|value| !value.is_nan()).count();
        assert_eq!(numbers as u64, pin["numbers"].as_u64().unwrap(), "{pin}");
        let sum: f64 = values.iter().filter(|value| !value.is_nan()).map(|value| f64::from(*value)).sum();
        assert!(close(sum, pin["sum"].as_f64().unwrap(), 1e-6), "{sum} {pin}");
        for sample in pin["samples"].as_array().unwrap() {
            let at = |i: usize| sample[i].as_u64().unwrap() as usize;
            let (found, expected) = (f64::from(values[[at(0), at(1)]]), sample[2].as_f64().unwrap());
            assert!(close(found, expected, 1e-5), "{found} {sample}");
        }
    }
    assert_eq!(pins.as_array().unwrap().len(), 4);
}

#[test]
fn a_dicom_series_becomes_a_volume_or_a_sentence() {
    let slices = |positions: &[[f64; 3]]| {
        let folder = tempfile::tempdir().unwrap();
        let slice = |(at, position): (usize, &[f64; 3])| dicom_series::Slice {
            position: *position,
            ..dicom_series::axial(0.0, at as i32, at as u16)
        };
        let slices: Vec<_> = positions.iter().enumerate().map(slice).collect();
        let files = dicom_series::write(folder.path(), &slices);
        let scan = open_series(&files).unwrap();
        VolumePlan::new(&scan, 0).and_then(|plan| plan.fill(|index| scan.frame(index)))
    };
    let straight = slices(&[[0.0, 0.0, 6.0], [0.0, 0.0, 0.0], [0.0, 0.0, 3.0]]).unwrap();
    // File 1 lies lowest: coronal pictures show head up, so file 0 is the top row.
    let coronal = straight.slice(Plane::Coronal, 0).unwrap();
    assert_eq!(coronal.values.column(0).to_vec(), [0.0, 2.0, 1.0]);
    assert_eq!((coronal.spacing.row_mm, coronal.spacing.col_mm), (3.0, 0.5));
    let tilted = slices(&[[0.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 2.0, 6.0]]).unwrap();
    assert!(tilted.remarks()[0].contains("slant of 18.4°"), "{:?}", tilted.remarks());
    assert_eq!(tilted.values().dim(), (3, 8, 4));
    let says = |positions: &[[f64; 3]], words: &str| {
        let sentence = slices(positions).unwrap_err().to_string();
        assert!(sentence.contains(words), "{sentence}");
    };
    says(&[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 3.0], [0.0, 0.0, 3.0]], "Repeated positions: 2");
    says(&[[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.0, 5.0]], "Missing slices: 2");
}
