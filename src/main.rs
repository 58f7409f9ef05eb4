//! Arguments, logging, start. Everything else is in the library.

use std::process::ExitCode;

use clap::Parser as _;
use overread::cli::{self, Cli, Command, Ended, Misuse, WindowArgs};

fn main() -> ExitCode {
    start_logging();
    match run(Cli::parse()) {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::SomeFailed) => ExitCode::from(1),
        Ok(Ended::Stopped) => ExitCode::from(cli::STOPPED),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("overread: {}", cli::sentence(&error));
            ExitCode::from(if error.is::<Misuse>() { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Ended> {
    match cli.command {
        None => window(cli.window),
        Some(Command::Demo(args)) => {
            let demo = cli::find_demo()?;
            let reason = if args.no_window {
                "as asked".to_owned()
            } else {
                match window(WindowArgs { paths: vec![demo.scans.clone()], model: Some(demo.model.clone()) }) {
                    Ok(ended) => return Ok(ended),
                    Err(error) => format!("{error:#}"),
                }
            };
            cli::demo_in_terminal(&args, &demo, &reason)
        }
        Some(Command::Predict(args)) => cli::predict(&args),
        Some(Command::Explain(args)) => cli::explain(&args),
        Some(Command::Review(args)) => cli::review(&args),
        Some(Command::Calibrate(args)) => cli::calibrate(&args),
        Some(Command::Metrics(args)) => cli::metrics(&args),
        Some(Command::Leaks(args)) => cli::leaks(&args),
        Some(Command::Reference(args)) => cli::reference(&args),
        Some(Command::Import(args)) => cli::import(&args),
        Some(Command::Golden(args)) => cli::golden(&args),
        Some(Command::Doctor(args)) => cli::doctor(&args),
        Some(Command::Presets(args)) => cli::presets(&args),
        Some(Command::Inspect(args)) => cli::inspect(&args),
        Some(Command::Runtime(args)) => cli::runtime(&args),
        Some(Command::Schema) => cli::schema(),
    }
}

#[cfg(feature = "gui")]
fn window(args: WindowArgs) -> anyhow::Result<Ended> {
    overread::ui::run(args.paths, args.model)?;
    Ok(Ended::Well)
}

#[cfg(not(feature = "gui"))]
fn window(_: WindowArgs) -> anyhow::Result<Ended> {
    anyhow::bail!("this build has no window; use `overread predict`, or build with the feature `gui`")
}

/// `OVERREAD_LOG` sets what is logged (to standard error), e.g. `info` or `overread=debug`.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("OVERREAD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// `overread predict … | head` ends quietly.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}
