//! DICOM files of one series, written by hand.

#![allow(dead_code)] // each test binary uses its own part

use std::path::{Path, PathBuf};

/// What differs between the files.
#[derive(Clone)]
pub struct Slice {
    pub series: &'static str,
    pub orientation: [f64; 6],
    pub position: [f64; 3],
    pub instance: i32,
    /// Rows and columns.
    pub size: u16,
    /// Stored value of every pixel.
    pub value: u16,
    /// A row that is 1000 brighter.
    pub bright_row: Option<u16>,
}

pub const AXIAL: [f64; 6] = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];

pub fn axial(z: f64, instance: i32, value: u16) -> Slice {
    Slice { series: "1.2.3", orientation: AXIAL, position: [0.0, 0.0, z], instance, size: 4, value, bright_row: None }
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
    let pixels: Vec<u8> = (0..slice.size * slice.size)
        .map(|at| if slice.bright_row == Some(at / slice.size) { slice.value + 1000 } else { slice.value })
        .flat_map(u16::to_le_bytes)
        .collect();
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
pub fn write(folder: &Path, slices: &[Slice]) -> Vec<PathBuf> {
    let write_one = |(number, slice): (usize, &Slice)| {
        let path = folder.join(format!("{number}.dcm"));
        std::fs::write(&path, file(slice)).unwrap();
        path
    };
    slices.iter().enumerate().map(write_one).collect()
}
