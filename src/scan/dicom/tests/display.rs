//! What a file says about how it is shown: windows, VOI LUTs, sides, where its spacing holds.

use super::*;
use crate::scan::{PatientSpace, SpacingPlace, WindowFunction};

fn lut(descriptor: [u16; 3], entries: &[u16]) -> Fixture {
    Fixture::new().words(0x0028_3002, "US", &descriptor).words(0x0028_3006, "OW", entries)
}

fn luts(fixture: &Fixture) -> Vec<(i64, Vec<u16>, u16)> {
    let found = fixture.open().unwrap().source.voi_luts(0);
    found.iter().map(|lut| (lut.first, lut.entries.clone(), lut.white)).collect()
}

#[test]
fn voi_luts_are_read_with_their_names_and_empty_ones_left_out() {
    let named = lut([3, 100, 12], &[0, 2000, 4095]).text(0x0028_3003, "LO", "HARDER");
    let file = Fixture::gray(1, 1, 16, 12, false).items(0x0028_3010, vec![named, Fixture::new()]).word_pixels(&[7]);
    assert_eq!(luts(&file), [(100, vec![0, 2000, 4095], 4095)]);
    assert_eq!(file.open().unwrap().source.voi_luts(0)[0].name.as_deref(), Some("HARDER"));
    // 8-bit entries, two to a word, the first in the low byte (PS3.3 C.11.2.1.1).
    let packed = Fixture::gray(1, 1, 8, 8, false).items(0x0028_3010, vec![lut([4, 0, 8], &[0x2010, 0xFF30])]);
    assert_eq!(luts(&packed.pixels(&[0])), [(0, vec![0x10, 0x20, 0x30, 0xFF], 255)]);
}

#[test]
fn the_first_mapped_value_is_signed_where_the_values_may_be_negative() {
    let first = |file: Fixture| luts(&file.word_pixels(&[0]))[0].0;
    let with = |file: Fixture| file.items(0x0028_3010, vec![lut([2, 0xFC00, 8], &[0, 255])]);
    assert_eq!(first(with(Fixture::gray(1, 1, 16, 16, false))), 64512);
    assert_eq!(first(with(Fixture::gray(1, 1, 16, 16, true))), -1024);
    // Stored unsigned, but Hounsfield units after the rescale.
    let hounsfield = Fixture::gray(1, 1, 16, 12, false).text(0x0028_1052, "DS", "-1024").text(0x0028_1053, "DS", "1");
    assert_eq!(first(with(hounsfield)), -1024);
    let ss = Fixture::new().words(0x0028_3002, "SS", &[2, 0xFC00, 8]).words(0x0028_3006, "OW", &[0, 255]);
    assert_eq!(first(Fixture::gray(1, 1, 16, 16, false).items(0x0028_3010, vec![ss])), -1024);
}

#[test]
fn windows_have_functions_and_names() {
    let file = Fixture::gray(1, 1, 16, 16, true)
        .text(0x0028_1050, "DS", "40\\-600")
        .text(0x0028_1051, "DS", "400\\1500")
        .text(0x0028_1055, "LO", "ABDOMEN\\LUNG")
        .word_pixels(&[0]);
    let windows = |file: &Fixture| file.open().unwrap().source.frame(0).unwrap().windows;
    let shown: Vec<_> = windows(&file).into_iter().map(|w| (w.center, w.width, w.name.unwrap(), w.function)).collect();
    let linear = WindowFunction::Linear;
    assert_eq!(shown, [(40.0, 400.0, "ABDOMEN".into(), linear), (-600.0, 1500.0, "LUNG".into(), linear)]);
    assert_eq!(windows(&file.clone().text(0x0028_1056, "CS", "SIGMOID"))[1].function, WindowFunction::Sigmoid);
    assert_eq!(windows(&file.clone().text(0x0028_1056, "CS", "LINEAR_EXACT"))[0].function, WindowFunction::LinearExact);
    // LINEAR is not defined below 1.
    let narrow = file.text(0x0028_1051, "DS", "0.5\\1");
    assert_eq!(windows(&narrow)[0].function, WindowFunction::LinearExact);
    assert_eq!(windows(&narrow)[1].function, WindowFunction::Linear);
}

#[test]
fn a_projection_gets_its_letters_from_patient_orientation() {
    let file = Fixture::gray(1, 1, 16, 12, false)
        .text(0x0020_0020, "CS", "L\\F")
        .text(0x0020_0060, "CS", "R")
        .text(0x0020_0062, "CS", "L")
        .text(0x0020_0052, "UI", "1.2.3")
        .word_pixels(&[0]);
    let meta = file.open().unwrap().meta;
    let edges = meta.edge_letters().unwrap();
    assert_eq!([edges.left, edges.right, edges.top, edges.bottom], ["R", "L", "S", "I"]);
    assert_eq!(meta.laterality, Some('L'));
    assert_eq!(meta.patient_space, Some(PatientSpace::FrameOfReference("1.2.3".into())));
    let series_only = file.text(0x0020_0062, "CS", "").text(0x0020_0020, "CS", "L").open().unwrap().meta;
    assert_eq!((series_only.laterality, series_only.edge_letters()), (Some('R'), None));
}

#[test]
fn it_is_said_where_a_spacing_holds() {
    let place = |file: Fixture| file.word_pixels(&[0]).open().unwrap().meta.spacing_place;
    let of = |modality: &str| Fixture::gray(1, 1, 16, 12, false).text(0x0008_0060, "CS", modality);
    let (pixel, imager) = (0x0028_0030, 0x0018_1164);
    assert_eq!(place(of("CT").text(pixel, "DS", "0.5\\0.5")), Some(SpacingPlace::Body));
    assert_eq!(place(of("DX").text(pixel, "DS", "0.5\\0.5")), Some(SpacingPlace::Unstated));
    let detector = of("DX").text(imager, "DS", "0.15\\0.15");
    assert_eq!(place(detector.clone()), Some(SpacingPlace::Detector { magnification: None }));
    let mammogram = of("MG").text(imager, "DS", "0.085\\0.085").text(0x0018_1114, "DS", "1.04");
    assert_eq!(place(mammogram), Some(SpacingPlace::Detector { magnification: Some(1.04) }));
    let same = detector.clone().text(pixel, "DS", "0.15\\0.15");
    assert_eq!(place(same.clone()), Some(SpacingPlace::Detector { magnification: None }));
    let smaller = detector.text(pixel, "DS", "0.12\\0.12");
    assert_eq!(place(smaller), Some(SpacingPlace::Calibrated { how: None }));
    let how = Some("FIDUCIAL".to_owned());
    assert_eq!(place(same.text(0x0028_0A02, "CS", "FIDUCIAL")), Some(SpacingPlace::Calibrated { how }));
    assert_eq!(place(of("SC").text(0x0018_2010, "DS", "0.1\\0.1")), Some(SpacingPlace::Film));
    assert_eq!(place(of("CT")), None);
}
