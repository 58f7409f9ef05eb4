//! Time to open DICOM files and decode all their frames into modality units.
//!
//! `cargo bench --bench dicom_decode -- FILE…` (or `OVERREAD_BENCH_FILES`, separated by `:`) prints for each file the
//! median and the least milliseconds of eleven runs after two for warming up. Compare with a reference reader by
//! running both in turn on the same machine: only ratios of one sitting count.

use std::path::{Path, PathBuf};
use std::time::Instant;

use overread::scan;

const RUNS: usize = 11;
const WARM_UP: usize = 2;

fn main() {
    // cargo itself adds `--bench`.
    let mut files: Vec<PathBuf> =
        std::env::args_os().skip(1).filter(|arg| arg != "--bench").map(PathBuf::from).collect();
    if let Some(listed) = std::env::var_os("OVERREAD_BENCH_FILES") {
        files.extend(std::env::split_paths(&listed));
    }
    if files.is_empty() {
        println!("no files given: cargo bench --bench dicom_decode -- FILE…");
    }
    for file in files {
        match (0..RUNS + WARM_UP).map(|_| milliseconds(&file)).collect::<Result<Vec<f64>, _>>() {
            Ok(mut times) => {
                times.drain(..WARM_UP);
                times.sort_by(f64::total_cmp);
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                println!("{name:40} median {:9.2} ms   least {:9.2} ms", times[RUNS / 2], times[0]);
            }
            Err(error) => println!("{error}"),
        }
    }
}

/// One run: open, decode every frame.
fn milliseconds(file: &Path) -> Result<f64, scan::ScanError> {
    let start = Instant::now();
    let scan = scan::open(file)?;
    for index in 0..scan.frames {
        std::hint::black_box(scan.frame(index)?);
    }
    Ok(start.elapsed().as_secs_f64() * 1e3)
}
