//! Series of DICOM files, written here by hand: grouping, order along the slice normal, spacing, remarks.

#[path = "common/dicom_series.rs"]
mod dicom_series;

use std::path::PathBuf;

use dicom_series::{Slice, axial, write};
use overread::scan::{Format, Pixels, ScanError, discover, group_series, open_series};

fn first_values(files: &[PathBuf]) -> Vec<f32> {
    let scan = open_series(files).unwrap();
    (0..scan.frames)
        .map(|index| match scan.frame(index).unwrap().pixels {
            Pixels::Gray(values) => values[[0, 0]],
            Pixels::Rgb(_) => f32::NAN,
        })
        .collect()
}

#[test]
fn slices_are_sorted_by_position_not_by_name_or_number() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), &[axial(10.0, 1, 30), axial(-5.0, 2, 10), axial(2.5, 3, 20)]);
    let groups = group_series(&discover(&[folder.path().to_path_buf()]).files);
    assert_eq!(groups, [vec![files[1].clone(), files[2].clone(), files[0].clone()]]);
    assert_eq!(first_values(&groups[0]), [10.0, 20.0, 30.0]);
    // Unsorted files give the same scan.
    assert_eq!(first_values(&files), [10.0, 20.0, 30.0]);
    let scan = open_series(&files).unwrap();
    assert_eq!((scan.format, scan.frames, &scan.path), (Format::Dicom, 3, &files[1]));
    assert_eq!(scan.meta.slice_spacing_mm, Some(7.5));
    assert_eq!(scan.meta.patient_from_voxel.unwrap().apply([0.0, 0.0, 2.0]), [0.0, 0.0, 10.0]);
    assert!(scan.meta.remarks.is_empty(), "{:?}", scan.meta.remarks);
}

#[test]
fn positions_count_along_the_slice_normal() {
    // Sagittal slices: rows run to posterior, columns to feet, the normal to the patient's right.
    let sagittal = |x: f64, value| Slice {
        bright_row: None,
        orientation: [0.0, 1.0, 0.0, 0.0, 0.0, -1.0],
        position: [x, 100.0 - x, 50.0],
        ..axial(0.0, 1, value)
    };
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), &[sagittal(-4.0, 1), sagittal(4.0, 2), sagittal(0.0, 3)]);
    assert_eq!(first_values(&files), [2.0, 3.0, 1.0]);
    assert_eq!(open_series(&files).unwrap().meta.slice_spacing_mm, Some(4.0));
}

#[test]
fn other_series_orientations_and_sizes_stand_apart() {
    let folder = tempfile::tempdir().unwrap();
    let coronal = Slice { orientation: [1.0, 0.0, 0.0, 0.0, 0.0, -1.0], ..axial(0.0, 9, 9) };
    let slices = [
        axial(1.0, 1, 1),
        coronal,
        Slice { series: "1.2.4", ..axial(2.0, 1, 1) },
        Slice { size: 6, ..axial(3.0, 1, 1) },
        axial(0.0, 1, 1),
    ];
    let mut files = write(folder.path(), &slices);
    files.push(folder.path().join("notes.txt"));
    std::fs::write(&files[5], "text").unwrap();
    let groups: Vec<Vec<usize>> = group_series(&files)
        .iter()
        .map(|group| group.iter().map(|file| files.iter().position(|other| other == file).unwrap()).collect())
        .collect();
    assert_eq!(groups, [vec![4, 0], vec![1], vec![2], vec![3], vec![5]]);
}

#[test]
fn gaps_and_repetitions_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), &[0.0, 2.0, 4.0, 8.0, 10.0].map(|z| axial(z, 1, 1)));
    let scan = open_series(&files).unwrap();
    assert_eq!(scan.meta.slice_spacing_mm, Some(2.0));
    assert!(scan.meta.remarks[0].contains("Missing slices: 1"), "{:?}", scan.meta.remarks);
    // Two echoes: by position, then Instance Number.
    let files = write(folder.path(), &[axial(2.0, 4, 22), axial(0.0, 3, 12), axial(2.0, 2, 21), axial(0.0, 1, 11)]);
    assert_eq!(first_values(&files), [11.0, 12.0, 21.0, 22.0]);
    assert!(open_series(&files).unwrap().meta.remarks[0].contains("2 of the slices lie where another"));
}

#[test]
fn a_file_of_another_series_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(folder.path(), &[axial(0.0, 1, 1), Slice { size: 6, ..axial(1.0, 2, 1) }]);
    let error = open_series(&files).unwrap_err();
    assert!(matches!(&error, ScanError::SeriesMismatch { path, .. } if *path == files[1]), "{error}");
    assert!(open_series(&[]).is_err());
    assert_eq!(open_series(&files[..1]).unwrap().frames, 1);
}
