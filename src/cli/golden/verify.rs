//! `overread golden verify`: the golden cases on every engine that is there.

use std::io::IsTerminal as _;

use serde_json::json;

use crate::cli::{Ended, GoldenVerifyArgs, Misuse};
use crate::engine::{EngineChoice, EngineError, Model, Provider, ProviderChoice, Session, SessionOptions};
use crate::review::golden::{Checked, GoldenResult, verify_golden};

/// One engine's answer.
struct OnEngine {
    title: String,
    results: Vec<GoldenResult>,
    /// Why this engine did not run.
    missing: Option<String>,
}

pub(super) fn verify(args: &GoldenVerifyArgs) -> anyhow::Result<Ended> {
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
        say!("{}", what_was_proven(&found));
    }
    Ok(if all_passed { Ended::Well } else { Ended::SomeFailed })
}

fn on_engine(model: &Model, title: &str, choice: EngineChoice, provider: ProviderChoice) -> OnEngine {
    let options = SessionOptions { provider, ..SessionOptions::default() };
    let missing = |why: String| OnEngine { title: title.to_owned(), results: Vec::new(), missing: Some(why) };
    match Session::start(model, choice, &options) {
        Ok(session) if provider == ProviderChoice::Cuda && session.provider() == Provider::Cpu => {
            missing(session.remark().unwrap_or("CUDA is not there").to_owned())
        }
        Ok(mut session) => {
            OnEngine { title: title.to_owned(), results: verify_golden(model, &mut session), missing: None }
        }
        Err(error @ EngineError::NoOnnxRuntime { .. }) => missing(error.to_string()),
        Err(_) if provider == ProviderChoice::Cuda => missing("CUDA is not there".to_owned()),
        // An engine that refuses the model fails it.
        Err(error) => {
            let failed = |entry| GoldenResult::not_run(entry, error.to_string());
            let results = model.manifest.golden_cases.iter().map(failed).collect();
            OnEngine { title: title.to_owned(), results, missing: None }
        }
    }
}

/// Pictures prove more than arrays, and the framework's numbers more than the program's own.
fn what_was_proven(found: &[OnEngine]) -> String {
    let Some(results) = found.iter().find(|one| one.missing.is_none()).map(|one| &one.results) else {
        return "No engine could run them.".to_owned();
    };
    let pictures = results.iter().filter(|result| result.checked == Checked::Pictures);
    let own = pictures.clone().filter(|result| result.own).count();
    let (pictures, all) = (pictures.count(), results.len());
    let mut said = match (pictures, all - pictures) {
        (0, _) => {
            "The cases are prepared arrays: they check the network and the engines, not how pictures are prepared \
                   (`overread doctor` does, and `golden record` with pictures)."
                .to_owned()
        }
        (_, 0) => {
            "The cases are pictures: they check how pictures are prepared, the network and the engines.".to_owned()
        }
        (pictures, arrays) => format!(
            "Pictures: {pictures}, which check preprocessing, network and engines. Prepared arrays: {arrays}, which do not check \
             how pictures are prepared."
        ),
    };
    if own > 0 {
        said.push_str(&format!(
            " Own numbers of the program: {own}. They show that nothing changed since they were recorded, not that training \
             prepared its pictures like this."
        ));
    }
    said
}

fn print_engine(one: &OnEngine) {
    if let Some(why) = &one.missing {
        say!("- {}: not run. {why}", one.title);
        return;
    }
    say!("{}:", one.title);
    let width = one.results.iter().map(|result| result.title().chars().count()).max().unwrap_or(0);
    for result in &one.results {
        let (mark, title) = (mark(result.passed), result.title());
        match result.largest_difference {
            Some(found) => say!(
                "  {mark} {title:<width$}  {} differ by {found:.1e} at most, {:.0e} allowed",
                result.compared.word(),
                result.tolerance
            ),
            None => say!("  {mark} {title:<width$}  not run"),
        }
        if let Some(reason) = result.reason().or_else(|| result.doubt()) {
            say!("      {reason}");
        }
    }
}

/// Green or red on a terminal; the sign alone elsewhere.
fn mark(passed: bool) -> String {
    let (sign, colour) = if passed { ("✓", 32) } else { ("✗", 31) };
    if std::io::stdout().is_terminal() { format!("\x1b[{colour}m{sign}\x1b[0m") } else { sign.to_owned() }
}
