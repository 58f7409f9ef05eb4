//! Times of one model: library, model, session, first run, then pictures per second by threads and batch length.
//!
//! `cargo bench --bench engine -- MODEL [ROWS COLS]`; compare with `../shared/peers/raw_limit.py MODEL` in the same
//! minute: only ratios from one run count.

use std::path::Path;
use std::time::Instant;

use ndarray::Array3;
use overread::engine::{EngineChoice, Model, ProviderChoice, Session, SessionOptions, runtime};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let Some(path) = arguments.first() else {
        println!("skipped: no model given (cargo bench --bench engine -- MODEL [ROWS COLS])");
        return;
    };
    let start = Instant::now();
    let status = runtime::status();
    println!("library and status {:7.1} ms ({:?}, {:?})", ms(start), status.would_use, status.version);
    let start = Instant::now();
    let model = Model::load(Path::new(path)).expect("the model loads");
    println!("model              {:7.1} ms", ms(start));
    let side = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let (rows, cols) = model.input_size().unwrap_or((side(1).unwrap_or(224), side(2).unwrap_or(224)));
    let picture =
        Array3::from_shape_fn((rows, cols, model.channels()), |(r, c, k)| ((r * 7 + c * 3 + k) % 255) as f32 / 255.0);
    for choice in [EngineChoice::OnnxRuntime, EngineChoice::Embedded] {
        let options = SessionOptions { provider: ProviderChoice::Cpu, ..SessionOptions::default() };
        let start = Instant::now();
        let Ok(mut session) = Session::start(&model, choice, &options) else { continue };
        println!("{choice:?}: session {:7.1} ms", ms(start));
        let start = Instant::now();
        session.run(&[picture.view()]).expect("the model runs");
        println!("{choice:?}: first run {:7.1} ms", ms(start));
        for (threads, batch) in [(1, 1), (1, 8), (2, 1), (2, 4), (2, 8), (2, 16)] {
            let options = SessionOptions { threads, max_batch: batch, ..options.clone() };
            let mut session = Session::start(&model, choice, &options).expect("the session starts");
            let pictures = vec![picture.view(); 64];
            session.run(&pictures[..batch]).expect("the model runs");
            let start = Instant::now();
            session.run(&pictures).expect("the model runs");
            println!("{choice:?}: threads {threads}, batch {batch:2}: {:6.1} pictures/s", 64e3 / ms(start));
        }
    }
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}
