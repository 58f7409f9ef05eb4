//! Draws brain-like phantoms: the demo folder and the training sets of `models/phantom-brain-3grade`.
//!
//! `cargo run --example draw_phantoms -- --demo assets/demo`
//! `cargo run --example draw_phantoms -- --train FOLDER --count 3000 --seed 1`
//!
//! Everything is synthetic and follows from the seed; no picture says anything about a person.

mod phantom;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use ndarray::{Array2, Array3, Axis};

use phantom::anatomy::GRADES;
use phantom::demo::{self, Storage};
use phantom::dicom;
use phantom::grid::{COLS, ROWS};
use phantom::random::Random;
use phantom::scanner::Slice;

#[derive(Parser)]
#[command(about = "Draws synthetic brain-like slices in three grades of shrinkage")]
struct Arguments {
    /// Write the demo folder: a folder per grade, DICOM and PNG.
    #[arg(long, value_name = "DIR")]
    demo: Option<PathBuf>,
    /// Write a training set: `images.npy` (uint8 `[count, 208, 176]`) and `labels.csv`.
    #[arg(long, value_name = "DIR")]
    train: Option<PathBuf>,
    /// Phantoms in the training set.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    count: u64,
    /// Number of the training set, from 1; sets with different numbers share no phantom.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seed: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    anyhow::ensure!(arguments.demo.is_some() || arguments.train.is_some(), "give --demo DIR or --train DIR");
    if let Some(folder) = &arguments.demo {
        write_demo(folder)?;
    }
    if let Some(folder) = &arguments.train {
        write_training_set(folder, usize::try_from(arguments.count)?, arguments.seed)?;
    }
    Ok(())
}

fn write_demo(folder: &Path) -> Result<()> {
    for case in demo::cases() {
        let grade = case.severity as usize;
        let class = folder.join(format!("grade-{grade}"));
        fs::create_dir_all(&class).with_context(|| format!("{} could not be made", class.display()))?;
        let slice = Slice::draw(case.seed, case.severity);
        let (bytes, ending) = match case.storage {
            Storage::Dicom => {
                let remark = format!("Synthetic. Severity {:.2} of 0 to {GRADES}, grade-{grade}.", case.severity);
                (dicom::file(&slice, case.seed, case.number, &remark), "dcm")
            }
            Storage::Png => (png(&slice.to_8bit())?, "png"),
        };
        let path = class.join(format!("{}.{ending}", case.stem));
        fs::write(&path, bytes).with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(())
}

fn png(picture: &Array2<u8>) -> Result<Vec<u8>> {
    let samples: Vec<u8> = picture.iter().copied().collect();
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
    encoder.write_image(&samples, COLS as u32, ROWS as u32, ExtendedColorType::L8)?;
    Ok(bytes)
}

/// Severities spread evenly over 0..3.
fn write_training_set(folder: &Path, count: usize, seed: u64) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let mut images = Array3::<u8>::zeros((count, ROWS, COLS));
    let mut labels = String::from("index,grade,severity,seed\n");
    for (index, mut image) in images.axis_iter_mut(Axis(0)).enumerate() {
        let case_seed = seed * 1_000_000 + index as u64;
        let severity = Random::new(!case_seed).range(0.0, GRADES as f32);
        image.assign(&Slice::draw(case_seed, severity).to_8bit());
        labels.push_str(&format!("{index},{},{severity:.4},{case_seed}\n", severity as usize));
    }
    ndarray_npy::write_npy(folder.join("images.npy"), &images)?;
    fs::write(folder.join("labels.csv"), labels)?;
    Ok(())
}
