//! Series of DICOM files, written here by hand: grouping, order along the slice normal, spacing, remarks.

use std::path::{Path, PathBuf};

use overread::scan::{Format, Pixels, ScanError, discover, group_series, open_series};

/// What differs between the files of these tests.
#[derive(Clone)]
struct Slice {
    series: &'static str,
    orientation: [f64; 6],
    position: [f64; 3],
    instance: i32,
    /// Rows and columns.
    size: u16,
    /// Stored value of every pixel.
    value: u16,
}

const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

fn axial(z: f64, instance: i32, value: u16) -> Slice {
    Slice { series: "1.2.3", orientation: AXIAL, position: [0.0, 0.0, z], instance, size: 4, value }
}

/// One explicit VR little endian element with a short length field.
fn element(group: u16, number: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == "UI" { 0 } else { b' ' });
    }
    let mut bytes = [group.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend(vr.as_bytes());
    if matches!(vr, "OB" | "OW") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn decimals(values: &[f64]) -> Vec<u8> {
    values.iter().map(f64::to_string).collect::<Vec<_>>().join("\\").into_bytes()
}

fn file(slice: &Slice) -> Vec<u8> {
    let short = |group, number, value: u16| element(group, number, "US", &value.to_le_bytes());
    let syntax = element(2, 0x10, "UI", b"1.2.840.10008.1.2.1");
    let pixels: Vec<u8> = (0..slice.size * slice.size).flat_map(|_| slice.value.to_le_bytes()).collect();
    [
        vec![0; 128],
        b"DICM".to_vec(),
        element(2, 0, "UL", &(syntax.len() as u32).to_le_bytes()),
        syntax,
        element(8, 0x16, "UI", b"1.2.840.10008.5.1.4.1.1.4"),
        element(8, 0x60, "CS", b"MR"),
        element(0x20, 0x0d, "UI", b"1.2.9"),
        element(0x20, 0x0e, "UI", slice.series.as_bytes()),
        element(0x20, 0x13, "IS", slice.instance.to_string().as_bytes()),
        element(0x20, 0x32, "DS", &decimals(&slice.position)),
        element(0x20, 0x37, "DS", &decimals(&slice.orientation)),
        short(0x28, 0x02, 1),
        element(0x28, 0x04, "CS", b"MONOCHROME2"),
        short(0x28, 0x10, slice.size),
        short(0x28, 0x11, slice.size),
        element(0x28, 0x30, "DS", b"0.5\\0.5"),
        short(0x28, 0x100, 16),
        short(0x28, 0x101, 16),
        short(0x28, 0x102, 15),
        short(0x28, 0x103, 0),
        element(0x7fe0, 0x10, "OW", &pixels),
    ]
    .concat()
}

/// Writes the slices under the names `0.dcm`, `1.dcm`… and gives the paths.
fn write(folder: &Path, slices: &[Slice]) -> Vec<PathBuf> {
    let write_one = |(number, slice): (usize, &Slice)| {
        let path = folder.join(format!("{number}.dcm"));
        std::fs::write(&path, file(slice)).unwrap();
        path
    };
    slices.iter().enumerate().map(write_one).collect()
}

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
