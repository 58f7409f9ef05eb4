//! `overread golden`: inputs whose logits a model must give on every engine.

use std::io::IsTerminal as _;

use serde_json::{Map, json};

use super::{Ended, GoldenAction, GoldenArgs, GoldenRecordArgs, GoldenVerifyArgs, Misuse};
use crate::engine::{
    EngineChoice, EngineError, GoldenResult, Model, ProviderChoice, Session, SessionOptions, verify_golden,
};
use crate::preprocess::{prepare, prepare_volume, read};
use crate::report::{NewGolden, write_golden};
use crate::scan;

/// Runs the command.
pub fn golden(args: &GoldenArgs) -> anyhow::Result<Ended> {
    match &args.action {
        GoldenAction::Record(args) => record(args),
        GoldenAction::Verify(args) => verify(args),
    }
}

fn record(args: &GoldenRecordArgs) -> anyhow::Result<Ended> {
    let model = Model::load(&args.model)?;
    let found = scan::discover(&args.pictures);
    if found.files.is_empty() {
        return Err(Misuse("no picture was found there".to_owned()).into());
    }
    let mut session = Session::start(&model, args.engine.into(), &SessionOptions::default())?;
    let engine = format!("{} on {}", session.engine(), session.provider());
    let mut cases = Vec::new();
    for path in found.files.iter().take(args.most.into()) {
        let scan = scan::open(path)?;
        let frames: Vec<usize> = model.select_slices(&scan, None)?.groups.into_iter().flatten().collect();
        let frame = frames.get(frames.len() / 2).copied().unwrap_or(0);
        let tensor = if model.is_volume() {
            prepare_volume(&scan, &frames, model.volume_steps(), false)?.tensor
        } else {
            prepare(&read(&scan, frame, model.steps())?.0, &scan.meta, model.steps(), false)?.tensor
        };
        let result = session.run(&[tensor.view()])?.pop();
        let Some(logits) = result.and_then(|result| result.logits) else {
            anyhow::bail!("the model gives no logits to record; its graph has no way to them");
        };
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let picture = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let notes = [("picture", json!(picture)), ("slice", json!(frame)), ("recorded_by", json!(engine))];
        let notes: Map<_, _> = notes.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        cases.push(NewGolden { name, tensor, logits, notes });
    }
    let count = cases.len();
    let written = write_golden(&model, cases, args.tolerance)?;
    say!("{count} golden cases recorded in {}.", written.path.display());
    if let Some(older) = written.older {
        say!("The version before is kept as {}.", older.display());
    }
    Ok(Ended::Well)
}

/// One engine's answer.
struct OnEngine {
    title: String,
    results: Vec<GoldenResult>,
    /// Why this engine did not run.
    missing: Option<String>,
}

fn verify(args: &GoldenVerifyArgs) -> anyhow::Result<Ended> {
    let model = Model::load(&args.model)?;
    if model.manifest.golden_cases.is_empty() {
        let hint = format!(
            "{} has no golden cases; `overread golden record` makes them, docs/EXPORTS.md shows how the training framework \
             does",
            args.model.display()
        );
        return Err(Misuse(hint).into());
    }
    let engines = [
        ("ONNX Runtime on CPU", EngineChoice::OnnxRuntime, ProviderChoice::Cpu),
        ("ONNX Runtime on CUDA", EngineChoice::OnnxRuntime, ProviderChoice::Cuda),
        ("the embedded engine", EngineChoice::Embedded, ProviderChoice::Cpu),
    ];
    let found: Vec<OnEngine> =
        engines.into_iter().map(|(title, choice, at)| on_engine(&model, title, choice, at)).collect();
    let passed = |one: &OnEngine| one.results.iter().all(|result| result.passed);
    let ran = found.iter().filter(|one| one.missing.is_none()).count();
    let all_passed = ran > 0 && found.iter().all(passed);
    if args.json {
        let engines: Vec<_> = found
            .iter()
            .map(|one| json!({"engine": one.title, "cases": one.results, "not_run": one.missing}))
            .collect();
        say!("{}", json!({"passed": all_passed, "engines": engines}));
    } else {
        found.iter().for_each(print_engine);
        let arrays = |case: &crate::engine::GoldenCase| case.file.ends_with(".npy");
        if model.manifest.golden_cases.iter().all(arrays) {
            say!(
                "The cases are prepared arrays: they check the network and the engines, not how pictures are prepared \
                 (`overread doctor` does)."
            );
        }
    }
    Ok(if all_passed { Ended::Well } else { Ended::SomeFailed })
}

fn on_engine(model: &Model, title: &str, choice: EngineChoice, provider: ProviderChoice) -> OnEngine {
    let options = SessionOptions { provider, ..SessionOptions::default() };
    let missing = |why: String| OnEngine { title: title.to_owned(), results: Vec::new(), missing: Some(why) };
    match Session::start(model, choice, &options) {
        Ok(session) if provider == ProviderChoice::Cuda && session.provider() == crate::engine::Provider::Cpu => {
            missing(session.remark().unwrap_or("CUDA is not there").to_owned())
        }
        Ok(mut session) => {
            OnEngine { title: title.to_owned(), results: verify_golden(model, &mut session), missing: None }
        }
        Err(error @ EngineError::NoOnnxRuntime { .. }) => missing(error.to_string()),
        Err(_) if provider == ProviderChoice::Cuda => missing("CUDA is not there".to_owned()),
        // An engine that refuses the model fails it.
        Err(error) => {
            let failed = |case: &crate::engine::GoldenCase| GoldenResult {
                file: case.file.clone(),
                passed: false,
                largest_difference: None,
                tolerance: case.tolerance,
                problem: Some(error.to_string()),
            };
            let results = model.manifest.golden_cases.iter().map(failed).collect();
            OnEngine { title: title.to_owned(), results, missing: None }
        }
    }
}

fn print_engine(one: &OnEngine) {
    if let Some(why) = &one.missing {
        say!("- {}: not run. {why}", one.title);
        return;
    }
    say!("{}:", one.title);
    for result in &one.results {
        let difference = result.largest_difference.map_or_else(|| "-".to_owned(), |found| format!("{found:.1e}"));
        let problem = result.problem.as_deref().map(|problem| format!("  {problem}")).unwrap_or_default();
        say!(
            "  {} {:<24} largest difference {difference}, {:.0e} allowed{problem}",
            mark(result.passed),
            result.file,
            result.tolerance
        );
    }
}

/// Green or red on a terminal; the sign alone elsewhere.
fn mark(passed: bool) -> String {
    let (sign, colour) = if passed { ("✓", 32) } else { ("✗", 31) };
    if std::io::stdout().is_terminal() { format!("\x1b[{colour}m{sign}\x1b[0m") } else { sign.to_owned() }
}
