//! Real files of `../shared/data`: NIfTI volumes against nibabel 5.4.2 (`index.csv` and pinned voxels), folders.

mod common;

use std::path::Path;

use overread::scan::{Pixels, Scan, ScanError, discover, group_series, open, open_series};
use serde_json::{Map, Value};

fn pins() -> Map<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nibabel_pins.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

/// The numbers in `(91, 109, 91)` or `[2.0, 2.0, 2.0]`.
fn listed(text: &str) -> Vec<f64> {
    let inside = text.trim_matches(|c| "()[]".contains(c));
    inside.split(',').filter(|part| !part.trim().is_empty()).map(|part| part.trim().parse().unwrap()).collect()
}

/// Least, largest, sum, and the pinned voxels of all frames.
fn measured(scan: &Scan, voxels: &[Vec<f64>]) -> (f64, f64, f64, Vec<f64>) {
    let (mut least, mut most, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    let mut found = vec![f64::NAN; voxels.len()];
    for index in 0..scan.frames {
        let Pixels::Gray(values) = scan.frame(index).unwrap().pixels else { panic!("{:?} is not grey", scan.path) };
        for v in &values {
            let v = f64::from(*v);
            (least, most, sum) = (least.min(v), most.max(v), sum + v);
        }
        for (slot, voxel) in found.iter_mut().zip(voxels).filter(|(_, voxel)| voxel[0] as usize == index) {
            *slot = f64::from(values[[voxel[1] as usize, voxel[2] as usize]]);
        }
    }
    (least, most, sum, found)
}

fn close(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs()) + 1e-12
}

#[test]
fn every_volume_reads_as_nibabel_reads_it() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/nifti");
    let pins = pins();
    let mut rows = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    let mut seen = 0;
    for row in rows.records().map(Result::unwrap) {
        if !pins.contains_key(&row[0]) {
            // Two volumes are listed without being in the folder.
            assert!(!folder.join(&row[0]).exists(), "{} needs pinned numbers", &row[0]);
            println!("skipped: {} is listed in index.csv but not there", &row[0]);
            continue;
        }
        let scan = open(&folder.join(&row[0])).unwrap();
        header_agrees(&scan, &row);
        values_agree(&scan, &row, &pins[&row[0]]);
        seen += 1;
    }
    assert_eq!(seen, pins.len());
}

/// index.csv lists lengths and voxel sizes in file order; this program has them in the order of its frames.
fn header_agrees(scan: &Scan, row: &csv::StringRecord) {
    let name = &row[0];
    let codes = scan.meta.facts.iter().find(|(key, _)| key == "StoredAxes").map(|(_, codes)| codes.as_str());
    assert_eq!(codes, Some(&row[7]), "{name}");
    let (mut stored, mut declared) = (listed(&row[3]), listed(&row[5]));
    let volumes = stored.get(3).copied().unwrap_or(1.0);
    stored.truncate(3);
    declared.truncate(3);
    let mut lengths = vec![scan.size.cols as f64, scan.size.rows as f64, scan.frames as f64 / volumes];
    let spacing = scan.meta.spacing.unwrap();
    let mut sizes = vec![spacing.col_mm, spacing.row_mm, scan.meta.slice_spacing_mm.unwrap()];
    for list in [&mut lengths, &mut stored, &mut sizes, &mut declared] {
        list.sort_by(f64::total_cmp);
    }
    assert_eq!(lengths, stored, "{name}");
    assert!(sizes.iter().zip(&declared).all(|(a, b)| (a - b).abs() < 2e-3), "{name}: {sizes:?} {declared:?}");
}

fn values_agree(scan: &Scan, row: &csv::StringRecord, pin: &Value) {
    let name = &row[0];
    let voxels: Vec<Vec<f64>> = pin["voxels"].as_array().unwrap().iter().map(floats).collect();
    let (least, most, sum, found) = measured(scan, &voxels);
    assert!(close(least, row[8].parse().unwrap(), 1e-7), "{name}: least {least}");
    assert!(close(most, row[9].parse().unwrap(), 1e-7), "{name}: largest {most}");
    assert!(close(sum, pin["sum"].as_f64().unwrap(), 1e-10), "{name}: sum {sum}");
    for (got, voxel) in found.iter().zip(&voxels) {
        assert_eq!(*got as f32, voxel[3] as f32, "{name} at frame, row, col {voxel:?}");
    }
    let lps = scan.meta.patient_from_voxel.unwrap().apply([3.0, 5.0, 7.0]);
    for (got, want) in lps.iter().zip(floats(&pin["lps_of_3_5_7"])) {
        assert!((got - want).abs() < 1e-4, "{name}: {lps:?}");
    }
}

#[test]
fn whole_folders_are_found() {
    let Some(shared) = common::shared() else { return };
    let found = discover(&[shared.join("data/alzheimer_mri_4class")]);
    assert_eq!((found.files.len(), found.problems.len()), (6400, 0));
    let first = open(&found.files[0]).unwrap();
    assert_eq!((first.size.rows, first.size.cols, first.frames), (208, 176, 1));
    let volumes = discover(&[shared.join("data/nifti")]);
    let is_volume = |path: &&std::path::PathBuf| path.to_string_lossy().contains(".nii");
    assert_eq!(volumes.files.iter().filter(is_volume).count(), pins().len());
}

#[test]
fn every_dicom_file_is_recognised_and_answers() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/dicom");
    let mut rows = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    let columns = rows.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|header| header == name).unwrap();
    let (decode, shape) = (column("decode"), column("shape"));
    let mut wrong = Vec::new();
    for row in rows.records().map(Result::unwrap).filter(|row| folder.join(&row[0]).exists()) {
        let outcome = open(&folder.join(&row[0])).and_then(|scan| scan.frame(0).map(|frame| (scan, frame)));
        match outcome {
            Ok((scan, frame)) => {
                assert_eq!(frame.pixels.size(), scan.size, "{}", &row[0]);
                let said = format!("{}x{}", scan.size.rows, scan.size.cols);
                if &row[decode] == "ok" && !row[shape].contains(&said) {
                    wrong.push(format!("{} is {said}, pydicom says {}", &row[0], &row[shape]));
                }
            }
            Err(ScanError::DecoderPanicked { what, .. }) => wrong.push(format!("{} panicked: {what}", &row[0])),
            Err(error) if &row[decode] == "ok" => wrong.push(error.to_string()),
            Err(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_folder_of_dicom_files_opens_series_by_series() {
    let Some(shared) = common::shared() else { return };
    let found = discover(&[shared.join("data/dicom")]);
    let groups = group_series(&found.files);
    assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), found.files.len());
    let long: Vec<_> = groups.iter().filter(|group| group.len() > 1).collect();
    assert!(!long.is_empty());
    for group in long {
        let scan = open_series(group).unwrap();
        assert_eq!(scan.frames, group.len());
    }
}
