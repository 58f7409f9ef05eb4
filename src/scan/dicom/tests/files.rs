//! The pixel path and the header on small files, each with one trap.

use super::*;
use crate::geometry::{Affine3, PixelSpacing};
use crate::scan::WindowFunction;

#[test]
fn signed_values_are_masked_and_extended() {
    // 12 of 16 bits, rubbish above them.
    let fixture = Fixture::gray(1, 3, 16, 12, true).word_pixels(&[0xF7FF, 0x0800, 0x0FFF]);
    assert_eq!(fixture.stored(), StoredValues::I16(vec![0x7FF, -0x800, -1]));
    assert_eq!(fixture.gray_values(), [2047.0, -2048.0, -1.0]);
}

#[test]
fn values_in_the_high_bits_are_brought_down() {
    let fixture = Fixture::new().picture(1, "MONOCHROME2", 1, 2, [16, 12, 15, 0]).word_pixels(&[0xFFF0, 0x8001]);
    assert_eq!(fixture.gray_values(), [4095.0, 2048.0]);
}

#[test]
fn few_bits_in_wide_words_are_not_black() {
    let fixture = Fixture::gray(1, 2, 16, 8, false).word_pixels(&[200, 0xFF01]);
    assert_eq!(fixture.gray_values(), [200.0, 1.0]);
}

#[test]
fn monochrome_1_keeps_its_values_and_says_so() {
    let fixture = Fixture::new().picture(1, "MONOCHROME1", 1, 2, [8, 8, 7, 0]).pixels(&[0, 255]);
    assert_eq!(fixture.gray_values(), [0.0, 255.0]);
    let opened = fixture.open().unwrap();
    assert_eq!(opened.meta.polarity, Some(Polarity::LowIsWhite));
    assert!(opened.source.frame(0).unwrap().eight_bit_picture);
}

#[test]
fn thirty_two_bits_and_floats_in_either_byte_order() {
    let words = Fixture::gray(1, 2, 32, 32, true);
    let little = words.clone().pixels(&[1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]);
    assert_eq!(little.stored(), StoredValues::I32(vec![1, -2]));
    let mut big = words.pixels(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE]);
    (big.big_endian, big.syntax) = (true, Some("1.2.840.10008.1.2.2"));
    assert_eq!(big.stored(), StoredValues::I32(vec![1, -2]));
    let float = Fixture::gray(1, 1, 32, 32, false).bytes(0x7FE0_0008, "OF", &1.5f32.to_le_bytes());
    assert_eq!(float.gray_values(), [1.5]);
    let double = Fixture::gray(1, 1, 64, 64, false).bytes(0x7FE0_0009, "OD", &(-2.25f64).to_le_bytes());
    assert_eq!(double.gray_values(), [-2.25]);
}

#[test]
fn big_endian_bytes_in_words_are_swapped() {
    let mut fixture = Fixture::gray(1, 4, 8, 8, false).bytes(0x7FE0_0010, "OW", &[2, 1, 4, 3]);
    (fixture.big_endian, fixture.syntax) = (true, Some("1.2.840.10008.1.2.2"));
    assert_eq!(fixture.gray_values(), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn one_bit_frames_need_no_whole_bytes() {
    // Two frames of 3 x 3 bits, bit by bit.
    let fixture =
        Fixture::gray(3, 3, 1, 1, false).text(0x0028_0008, "IS", "2").pixels(&[0b1010_1011, 0b0111_0110, 0b10]);
    let source = fixture.open().unwrap().source;
    assert_eq!(gray(&source, 0), [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(gray(&source, 1), [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn colours_by_plane_and_ybr_become_rgb_by_pixel() {
    let planes = Fixture::colour(1, 2, "RGB").us(0x0028_0006, 1).pixels(&[1, 2, 3, 4, 5, 6]);
    assert_eq!(planes.rgb(), [1, 3, 5, 2, 4, 6]);
    let full = Fixture::colour(1, 2, "YBR_FULL").pixels(&[76, 85, 255, 29, 255, 107]);
    assert_eq!(full.rgb(), [254, 0, 0, 0, 0, 254]);
    let shared = Fixture::colour(1, 2, "YBR_FULL_422").pixels(&[100, 200, 128, 128]);
    assert_eq!(shared.rgb(), [100, 100, 100, 200, 200, 200]);
}

#[test]
fn sixteen_bit_palettes_are_scaled_and_stored_values_stay_indices() {
    let fixture = Fixture::new().picture(1, "PALETTE COLOR", 1, 3, [8, 8, 7, 0]).pixels(&[4, 5, 9]);
    let table = |fixture: Fixture, channel: u32, words: &[u16]| {
        fixture.words(0x0028_1101 + channel, "US", &[2, 4, 16]).words(0x0028_1201 + channel, "OW", words)
    };
    let fixture = table(table(table(fixture, 0, &[0xFF00, 0x0100]), 1, &[0, 0x8000]), 2, &[0x1000, 0]);
    assert_eq!(fixture.rgb(), [255, 0, 16, 1, 128, 0, 1, 128, 0]);
    assert_eq!(fixture.stored(), StoredValues::U8(vec![4, 5, 9]));
}

#[test]
fn modality_table_and_rescale_give_modality_units() {
    let lut = Fixture::new().words(0x0028_3002, "US", &[3, 10, 16]).text(0x0028_3004, "LO", "OD").words(
        0x0028_3006,
        "US",
        &[100, 200, 400],
    );
    let fixture = Fixture::gray(1, 4, 8, 8, false).items(0x0028_3000, vec![lut]).pixels(&[0, 10, 11, 255]);
    assert_eq!(fixture.gray_values(), [100.0, 100.0, 200.0, 400.0]);
    assert_eq!(fixture.open().unwrap().meta.unit.as_deref(), Some("OD"));
    let ct = Fixture::gray(1, 2, 16, 16, false)
        .text(0x0008_0060, "CS", "CT")
        .text(0x0028_1052, "DS", "-1024")
        .text(0x0028_1053, "DS", " 0.5 ")
        .word_pixels(&[0, 2048]);
    assert_eq!(ct.gray_values(), [-1024.0, 0.0]);
    let opened = ct.open().unwrap();
    assert_eq!(opened.meta.unit.as_deref(), Some("HU"));
    assert!(!opened.source.frame(0).unwrap().eight_bit_picture);
    let pet = Fixture::gray(1, 1, 8, 8, false).text(0x0054_1001, "CS", "BQML").pixels(&[1]);
    assert_eq!(pet.open().unwrap().meta.unit.as_deref(), Some("BQML"));
}

#[test]
fn all_windows_are_offered_with_their_names() {
    let fixture = Fixture::gray(1, 1, 16, 16, false)
        .text(0x0028_1050, "DS", "40\\-600\\1")
        .text(0x0028_1051, "DS", "400\\1600\\0")
        .text(0x0028_1055, "LO", "SOFT\\LUNG\\NONE")
        .text(0x0028_1056, "CS", "SIGMOID")
        .word_pixels(&[0]);
    let windows = fixture.open().unwrap().source.frame(0).unwrap().windows;
    assert_eq!(windows.len(), 2, "a window without width is none");
    assert_eq!((windows[1].center, windows[1].width, windows[1].name.as_deref()), (-600.0, 1600.0, Some("LUNG")));
    assert_eq!(windows[0].function, WindowFunction::Sigmoid);
}

#[test]
fn frames_of_enhanced_objects_have_their_own_rescale_window_and_place() {
    let frame = |z: &str, slope: &str, center: &str| {
        let place = Fixture::new().text(0x0020_0032, "DS", &format!("-10\\-20\\{z}"));
        let rescale = Fixture::new().text(0x0028_1052, "DS", "0").text(0x0028_1053, "DS", slope);
        let window = Fixture::new().text(0x0028_1050, "DS", center).text(0x0028_1051, "DS", "10");
        Fixture::new()
            .items(0x0020_9113, vec![place])
            .items(0x0028_9132, vec![window])
            .items(0x0028_9145, vec![rescale])
    };
    let shared = Fixture::new()
        .items(0x0020_9116, vec![Fixture::new().text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")])
        .items(0x0028_9110, vec![Fixture::new().text(0x0028_0030, "DS", "0.5\\0.25")]);
    let fixture = Fixture::gray(1, 1, 8, 8, false)
        .text(0x0028_0008, "IS", "2")
        .items(0x5200_9229, vec![shared])
        .items(0x5200_9230, vec![frame("30", "2", "5"), frame("33", "3", "6")])
        .pixels(&[7, 7]);
    let opened = fixture.open().unwrap();
    assert_eq!((gray(&opened.source, 0), gray(&opened.source, 1)), (vec![14.0], vec![21.0]));
    assert_eq!(opened.source.frame(1).unwrap().windows[0].center, 6.0);
    assert_eq!(opened.meta.spacing, Some(PixelSpacing { row_mm: 0.5, col_mm: 0.25 }));
    assert_eq!(opened.meta.slice_spacing_mm, Some(3.0));
    let affine = Affine3([[0.25, 0.0, 0.0, -10.0], [0.0, 0.5, 0.0, -20.0], [0.0, 0.0, 3.0, 30.0]]);
    assert_eq!(opened.meta.patient_from_voxel, Some(affine));
}

#[test]
fn the_detectors_spacing_is_told_from_the_bodys() {
    let fixture = Fixture::gray(1, 1, 8, 8, false).text(0x0018_1164, "DS", "0.2\\0.1").pixels(&[0]);
    let meta = fixture.open().unwrap().meta;
    assert_eq!(meta.spacing, Some(PixelSpacing { row_mm: 0.2, col_mm: 0.1 }));
    let source = meta.facts.iter().find(|(name, _)| name == "SpacingSource").unwrap();
    assert!(source.1.starts_with("Imager Pixel Spacing"), "{source:?}");
}

#[test]
fn files_open_without_preamble_without_meta_and_under_a_wrong_syntax() {
    let fixture = Fixture::gray(1, 2, 16, 16, false)
        .text(0x0008_0060, "CS", "MR")
        .text(0x0010_0020, "LO", "0123")
        .word_pixels(&[1, 2]);
    for (preamble, syntax, explicit_vr) in [
        (true, Some(EXPLICIT), true),
        (false, Some(EXPLICIT), true),
        (false, None, true),
        (false, None, false),
        (true, Some(EXPLICIT), false),
    ] {
        let fixture = Fixture { preamble, syntax, explicit_vr, ..fixture.clone() };
        assert!(looks_like(&fixture.build()), "{preamble} {syntax:?} {explicit_vr}");
        assert_eq!(fixture.gray_values(), [1.0, 2.0], "{preamble} {syntax:?} {explicit_vr}");
    }
    let deflated = Fixture { deflated: true, syntax: Some("1.2.840.10008.1.2.1.99"), ..fixture };
    assert_eq!(deflated.gray_values(), [1.0, 2.0]);
}

#[test]
fn who_it_is_is_read_in_its_own_letters() {
    let name = b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf";
    let fixture = Fixture::gray(1, 1, 8, 8, false)
        .text(0x0008_0005, "CS", "\\ISO 2022 IR 149")
        .bytes(0x0008_0070, "LO", b"\x1b$)C\xc8\xab")
        .bytes(0x0010_0010, "PN", name)
        .text(0x0010_0020, "LO", "0123")
        .text(0x0020_000D, "UI", "1.2.3")
        .us(0x0028_0120, 63)
        .pixels(&[0]);
    let meta = fixture.open().unwrap().meta;
    let found: Vec<(&str, &str)> = meta.identity.iter().map(|tag| (tag.keyword.as_str(), tag.value.as_str())).collect();
    let expected =
        [("PatientName", "Hong^Gildong=洪^吉洞=홍^길동"), ("PatientID", "0123"), ("StudyInstanceUID", "1.2.3")];
    assert_eq!(found, expected);
    assert_eq!(meta.identity[0].tag, "(0010,0010)");
    assert!(meta.facts.contains(&("Manufacturer".into(), "홍".into())));
    assert!(meta.facts.contains(&("PixelPaddingValue".into(), "63".into())));
}

#[test]
fn a_series_is_told_by_a_header_only_read() {
    let fixture = Fixture::gray(2, 3, 8, 8, false)
        .text(0x0020_000E, "UI", "1.2.3.4")
        .text(0x0020_0013, "IS", "7")
        .text(0x0020_0032, "DS", "0\\0\\12.5")
        .text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")
        .pixels(&[0; 6]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slice");
    std::fs::write(&path, fixture.build()).unwrap();
    let key = series_key(&path).unwrap();
    assert_eq!((key.series.as_deref(), key.instance, key.depth_mm()), (Some("1.2.3.4"), Some(7), Some(12.5)));
    assert_eq!((key.rows, key.cols, key.frames, key.has_pixels), (Some(2), Some(3), 1, true));
}

#[test]
fn what_cannot_be_read_is_said() {
    let says = |fixture: &Fixture| match fixture.open() {
        Ok(opened) => opened.source.frame(0).map(|_| String::new()).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    };
    let picture = Fixture::gray(2, 2, 8, 8, false);
    let cases = [
        (picture.clone().pixels(&[1, 2]), "its first frame takes 4 bytes, only 2 are there"),
        (picture.clone().us(0x0028_0010, 0).pixels(&[1; 4]), "its Rows is 0"),
        (picture.clone().us(0x0028_0101, 40).pixels(&[1; 4]), "its Bits Stored is 40 of 8 allocated"),
        (picture.clone().us(0x0028_0101, 0).pixels(&[1; 4]), "its Bits Stored is 0 of 8 allocated"),
        (picture.clone().us(0x0028_0100, 24).pixels(&[1; 4]), "24 bits per stored value"),
        (picture.clone().pixels(&[]), "its pixel data is empty"),
        (picture.clone().text(0x0008_0060, "CS", "SR"), "a structured report (SR)"),
        (picture.clone().fragments("1.2.840.10008.1.2.4.102", &[], &[&[0; 8]]), "MPEG-4"),
        (picture.fragments("1.2.840.10008.1.2.5", &[], &[&[0; 64]]), "0 segments instead of 1"),
        (
            Fixture::gray(65535, 65535, 16, 16, false).word_pixels(&[0]),
            "one frame of 65535 x 65535 pixels takes 8191 MB, the limit is 1024",
        ),
    ];
    for (fixture, expected) in cases {
        let said = says(&fixture);
        assert!(said.contains(expected), "{said:?} lacks {expected:?}");
    }
}

#[test]
fn missing_frames_are_said_and_the_others_open() {
    let fixture = Fixture::gray(1, 2, 8, 8, false).text(0x0028_0008, "IS", "5").pixels(&[1, 2, 3, 4]);
    let opened = fixture.open().unwrap();
    assert_eq!(opened.frames, 2);
    assert_eq!(gray(&opened.source, 1), [3.0, 4.0]);
    assert!(opened.meta.remarks.iter().any(|remark| remark.contains("announces 5 frames, the file holds 2")));
    assert!(matches!(opened.source.frame(2), Err(ScanError::NoSuchFrame { frames: 2, index: 2, .. })));
}

#[test]
fn a_header_that_claims_more_than_the_file_is_refused() {
    let mut bytes = Fixture::gray(1, 1, 8, 8, false).bytes(0x0009_0010, "OB", &[0; 4]).pixels(&[0]).build();
    // The length of the private element: 4 GB.
    let at = bytes.windows(6).position(|window| window == [0x09, 0, 0x10, 0, b'O', b'B']).unwrap();
    bytes[at + 8..at + 12].copy_from_slice(&0xFFFF_FFF0u32.to_le_bytes());
    let error = open_bytes(&bytes).unwrap_err().to_string();
    assert!(error.contains("(0009,0010) announces 4294967280 bytes"), "{error}");
}
