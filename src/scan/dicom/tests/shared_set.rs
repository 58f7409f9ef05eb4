//! The 156 collected files of `../shared/data/dicom` against pydicom's own decoding (`index.csv`, pydicom 3.0.2 with
//! python-gdcm 3.2.6, pylibjpeg-libjpeg 2.5.0, pylibjpeg-openjpeg 2.6.0, pylibjpeg-rle 2.2.0).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::*;

#[path = "../../../../tests/common/mod.rs"]
pub(super) mod common;

/// One line of `index.csv`: the columns that matter here.
struct Listed {
    file: String,
    /// `ok` where pydicom decodes it.
    decode: String,
    shape: String,
    /// First 16 digits of the sha256 of pydicom's pixel array.
    pix_sha: String,
}

/// Files that open here although pydicom gives no pixels: shape, least and largest stored value.
const BEYOND_PYDICOM: [(&str, &str, u16, u16); 7] = [
    // 12 bits packed without gaps, no meta information.
    ("none/fo-dicom__GH340.dcm", "256x256", 0, 266),
    // Plain pixels in a fragment under a JPEG syntax.
    ("ts-4-50/fo-dicom__genFile.dcm", "512x512", 0, 255),
    // 12-bit JPEG whose scan header says 0 for the last coefficient.
    ("ts-4-51/dcm4che__NM1_JPLY.dcm", "1024x256", 0, 264),
    ("ts-4-51/dicom-test-files__RG3_JPLY.dcm", "1760x1760", 0, 1023),
    ("ts-4-51/dicom-test-files__XA1_JPLY.dcm", "1024x1024", 0, 556),
    // Progressive 12-bit JPEG, retired from DICOM.
    (
        "ts-4-53/cornerstone3D__CTImage.dcm_JPEGProcess6_8TransferSyntax_1.2.840.10008.1.2.4.53.dcm",
        "512x512",
        498,
        2708,
    ),
    (
        "ts-4-55/cornerstone3D__CTImage.dcm_JPEGProcess10_12TransferSyntax_1.2.840.10008.1.2.4.55.dcm",
        "512x512",
        498,
        2708,
    ),
];

/// Lossy pictures and the lossless ones of the same scan.
const LOSSY_AND_LOSSLESS: [(&str, &str); 3] = [
    ("ts-4-51/dicom-test-files__XA1_JPLY.dcm", "ts-4-70/dicom-test-files__XA1_JPLL.dcm"),
    ("ts-4-51/dicom-test-files__RG3_JPLY.dcm", "ts-4-80/dicom-test-files__RG3_JLSL.dcm"),
    ("ts-4-51/dcm4che__NM1_JPLY.dcm", "ts-4-80/dicom-test-files__NM1_JLSL.dcm"),
];

fn listed(folder: &Path) -> Vec<Listed> {
    let mut reader = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| {
        let mut row = row.unwrap();
        let mut take = |name: &str| row.remove(name).unwrap();
        Listed { file: take("file"), decode: take("decode"), shape: take("shape"), pix_sha: take("pix_sha") }
    });
    rows.collect()
}

/// Shape as numpy orders it and stored values of all frames as bytes, or the sentence.
fn stored_bytes(path: &Path) -> Result<(String, Vec<u8>), ScanError> {
    let opened = open(path)?;
    let mut bytes = Vec::new();
    let mut samples = 1;
    for index in 0..opened.frames {
        let stored = opened.source.stored(index)?;
        samples = stored.samples;
        bytes.extend(stored.values.to_le_bytes());
        let frame = opened.source.frame(index)?;
        assert_eq!(frame.pixels.size(), opened.size, "{path:?}");
    }
    let mut shape = vec![opened.size.rows, opened.size.cols];
    if opened.frames > 1 {
        shape.insert(0, opened.frames);
    }
    if samples == 3 {
        shape.push(3);
    }
    let shape: Vec<String> = shape.iter().map(usize::to_string).collect();
    Ok((shape.join("x"), bytes))
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_file_gives_pydicoms_pixels_or_a_sentence() {
    let Some(shared) = common::shared() else { return };
    let folder = shared.join("data/dicom");
    let (mut equal, mut beyond, mut sentences) = (0, 0, 0);
    for Listed { file, decode, shape, pix_sha } in listed(&folder) {
        let expected = BEYOND_PYDICOM.iter().find(|(name, ..)| *name == file);
        match (stored_bytes(&folder.join(&file)), expected) {
            (Ok((found, bytes)), Some((_, shape, least, most))) => {
                let words: Vec<u16> = match bytes.len() {
                    262_144 if file.contains("genFile") => bytes.iter().map(|byte| u16::from(*byte)).collect(),
                    _ => bytes.as_chunks().0.iter().map(|word| u16::from_le_bytes(*word)).collect(),
                };
                let range = (words.iter().min(), words.iter().max());
                assert_eq!((found.as_str(), range), (*shape, (Some(least), Some(most))), "{file}");
                beyond += 1;
            }
            (Ok((found, bytes)), None) => {
                assert_eq!(decode, "ok", "{file} opens here and not in pydicom: list it");
                assert_eq!((found, short_hash(&bytes)), (shape, pix_sha), "{file}");
                equal += 1;
            }
            (Err(error), _) => {
                assert_ne!(decode, "ok", "{file} opens in pydicom: {error}");
                let sentence = error.to_string();
                assert!(sentence.contains(&file) && sentence.len() > file.len() + 20, "{sentence}");
                sentences += 1;
            }
        }
    }
    assert_eq!((equal, beyond, sentences), (106, 7, 43));
}

#[test]
fn lossy_pictures_resemble_the_lossless_ones() {
    let Some(shared) = common::shared() else { return };
    let read = |file: &str| gray(&open(&shared.join("data/dicom").join(file)).unwrap().source, 0);
    for (lossy, lossless) in LOSSY_AND_LOSSLESS {
        let (lossy_values, lossless_values) = (read(lossy), read(lossless));
        let pairs = lossy_values.iter().zip(&lossless_values);
        let mean = pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / lossy_values.len() as f64;
        assert!(mean < 3.0, "{lossy} differs by {mean} on average");
    }
}
