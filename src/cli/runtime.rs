//! `overread runtime`: which engines there are, what would be used, and why the others are not.

use super::{Ended, RuntimeAction, RuntimeArgs, progress};
use crate::engine::runtime::{self, Candidate, CandidateState, RuntimeStatus};

/// Runs the command.
pub fn runtime(args: &RuntimeArgs) -> anyhow::Result<Ended> {
    match args.action {
        Some(RuntimeAction::Install { gpu }) => install(gpu, args.json),
        None => {
            let status = runtime::status();
            if args.json {
                println!("{}", serde_json::to_string_pretty(&status)?);
            } else {
                print(&status);
            }
            Ok(Ended::Well)
        }
    }
}

/// Prints the schema of `metadata.json`.
pub fn schema() -> anyhow::Result<Ended> {
    println!("{}", crate::engine::manifest_schema().trim_end());
    Ok(Ended::Well)
}

fn install(gpu: bool, json: bool) -> anyhow::Result<Ended> {
    let spinner = progress::spinner();
    let installed = runtime::install(gpu, &mut |progress| {
        spinner.set_message(format!("{} of {}: {}", progress.number, progress.of, progress.step));
    })?;
    spinner.finish_and_clear();
    if json {
        println!("{}", serde_json::to_string_pretty(&installed)?);
    } else {
        println!("ONNX Runtime {} is installed: {}", installed.version, installed.path.display());
        println!("package sha256: {}", installed.package_sha256);
        if let Some(remark) = installed.remark {
            println!("{remark}");
        }
    }
    Ok(Ended::Well)
}

fn print(status: &RuntimeStatus) {
    println!("In use: {}", status.would_use);
    match (&status.loaded, &status.version) {
        (Some(path), Some(version)) => println!("ONNX Runtime {version}: {}", path.display()),
        _ => println!("ONNX Runtime: none loaded. `overread runtime install` fetches it."),
    }
    if !status.providers_compiled_in.is_empty() {
        println!("Execution providers compiled in: {}", status.providers_compiled_in.join(", "));
        println!("(compiled in does not mean that they work here; every result says what really ran)");
    }
    println!("Embedded engine: {}", status.embedded);
    if status.candidates.is_empty() {
        return;
    }
    println!("\nLibraries found, in the order they are tried:");
    for candidate in &status.candidates {
        println!("  {}", line(candidate));
    }
}

fn line(candidate: &Candidate) -> String {
    let version = candidate.version.as_deref().unwrap_or("version unknown");
    let cuda = if candidate.has_cuda_files { ", with CUDA files" } else { "" };
    let state = match &candidate.state {
        CandidateState::Loaded => "loaded".to_owned(),
        CandidateState::NotTried => "not needed".to_owned(),
        CandidateState::Refused(reason) => format!("refused: {reason}"),
    };
    format!("{} ({}, {version}{cuda}): {state}", candidate.path.display(), candidate.source.words())
}
