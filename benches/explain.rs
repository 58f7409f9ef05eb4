//! What a heatmap costs: predict + Grad-CAM beside predict alone, on both engines, for batches of 1 and 8.
//!
//! `cargo bench --bench explain -- MODEL…`. Runs alternate and medians are compared: only the ratio counts.

use std::path::Path;
use std::time::Instant;

use ndarray::{Array3, ArrayView3};
use overread::engine::{EngineChoice, Model, ProviderChoice, Session, SessionOptions};
use overread::explain::{Explainer, Method, Target};

const ROUNDS: usize = 7;

fn main() {
    let models: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if models.is_empty() {
        println!("skipped: no model given (cargo bench --bench explain -- MODEL…)");
    }
    for path in &models {
        let model = Model::load(Path::new(path)).expect("the model loads");
        for choice in [EngineChoice::OnnxRuntime, EngineChoice::Embedded] {
            measure(&model, choice);
        }
    }
}

fn measure(model: &Model, choice: EngineChoice) {
    let options = SessionOptions { provider: ProviderChoice::Cpu, ..SessionOptions::default() };
    let Ok(mut session) = Session::start(model, choice, &options) else { return };
    let mut explainer = Explainer::start(model, None, choice, &options).expect("the layer can be explained");
    let (rows, cols) = model.input_size().unwrap_or((224, 224));
    let value = |(r, c, k): (usize, usize, usize)| ((r * 7 + c * 3 + k * 11) % 255) as f32 / 255.0;
    let picture = Array3::from_shape_fn((rows, cols, model.channels()), value);
    for batch in [1, 8] {
        let pictures: Vec<ArrayView3<f32>> = vec![picture.view(); batch];
        let classes = vec![0; batch];
        let (mut plain, mut explained) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let start = Instant::now();
            session.run(&pictures).expect("the model runs");
            let middle = Instant::now();
            for features in explainer.run(&pictures, &classes, Target::Logit).expect("the model runs") {
                Method::GradCam.map(&features).expect("there are gradients");
            }
            if round > 0 {
                plain.push((middle - start).as_secs_f64() * 1e3);
                explained.push(middle.elapsed().as_secs_f64() * 1e3);
            }
        }
        let (plain, explained) = (median(plain), median(explained));
        println!(
            "{:24} {choice:?} batch {batch}: predict {plain:8.1} ms, with Grad-CAM at {} {explained:8.1} ms, {:.2} x",
            model.manifest.name.value,
            explainer.layer().words(),
            explained / plain
        );
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
