//! The 156 collected files of `../shared/data/dicom` against pydicom's own decoding (`index.csv`, pydicom 3.0.2).

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::*;

#[path = "../../../../tests/common/mod.rs"]
mod common;

/// One line of `index.csv`: the columns that matter here.
struct Listed {
    file: String,
    decode: String,
    shape: String,
    min: String,
    max: String,
    pix_sha: String,
}

fn listed(folder: &Path) -> Vec<Listed> {
    let mut reader = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    let rows = reader.deserialize::<BTreeMap<String, String>>().map(|row| {
        let mut row = row.unwrap();
        let mut take = |name: &str| row.remove(name).unwrap();
        Listed {
            file: take("file"),
            decode: take("decode"),
            shape: take("shape"),
            min: take("min"),
            max: take("max"),
            pix_sha: take("pix_sha"),
        }
    });
    rows.collect()
}

/// Stored values of all frames, or the sentence.
fn stored_bytes(path: &Path) -> Result<(String, Vec<u8>), ScanError> {
    let opened = open(path)?;
    let mut bytes = Vec::new();
    let mut samples = 1;
    for index in 0..opened.frames {
        let stored = opened.source.stored(index)?;
        samples = stored.samples;
        bytes.extend(stored.values.to_le_bytes());
        opened.source.frame(index)?;
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
    let (mut equal, mut differ) = (0, 0);
    for listed in listed(&folder) {
        let path = folder.join(&listed.file);
        match stored_bytes(&path) {
            Ok((shape, bytes)) => {
                let ok = listed.pix_sha == short_hash(&bytes) && shape == listed.shape;
                if ok {
                    equal += 1
                } else {
                    differ += 1;
                    println!(
                        "DIFF {} {} want {} [{}..{}] {}",
                        listed.file, shape, listed.shape, listed.min, listed.max, listed.decode
                    );
                    if let Ok(dir) = std::env::var("DUMP") {
                        std::fs::write(format!("{dir}/{}.bin", listed.file.replace('/', "__")), &bytes).unwrap();
                    }
                }
            }
            Err(error) => println!(
                "{} {error}",
                if listed.decode == "ok" {
                    differ += 1;
                    "MISSING"
                } else {
                    "sentence"
                }
            ),
        }
    }
    println!("{equal} equal {differ} differ");
}
