//! The command line: words in, lines and files out. Stable, because others script it.
//!
//! Exit codes: 0 all well, 1 some file or run failed, 2 the call itself is wrong, 130 stopped by Ctrl+C.

/// A line on standard output. A reader that has gone away is no reason to stop.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), $($words)*);
    }};
}

mod args;
mod calibrate;
mod demo;
mod doctor;
mod explain;
mod golden;
mod import;
mod inspect;
mod interrupt;
mod leaks;
mod metrics;
mod predict;
mod presets;
mod progress;
mod reference;
mod review;
mod runtime;
mod stability;
mod table;

pub use args::{
    CalibrateArgs, Cli, Command, DemoArgs, DoctorArgs, EngineArg, ExplainArgs, GoldenAction, GoldenArgs,
    GoldenRecordArgs, GoldenVerifyArgs, ImportArgs, InspectArgs, LanguageArg, LeaksArgs, MetricsArgs,
    OperatingPointArg, PredictArgs, PresetsArgs, ReferenceArgs, ReviewArgs, RuntimeAction, RuntimeArgs, TargetArg,
    WindowArgs,
};
pub use calibrate::calibrate;
pub use demo::{DemoFolder, demo_in_terminal, find_demo};
pub use doctor::doctor;
pub use explain::explain;
pub use golden::golden;
pub use import::import;
pub use inspect::inspect;
pub use interrupt::STOPPED;
pub use leaks::leaks;
pub use metrics::metrics;
pub use predict::predict;
pub use presets::presets;
pub use reference::reference;
pub use review::review;
pub use runtime::{runtime, schema};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Well,
    /// Some file or run failed; the rest was done.
    SomeFailed,
    /// A person stopped it; what was done is kept or printed.
    Stopped,
}

/// The call itself is wrong (exit code 2).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);

/// An error and its causes as one text; a cause that its error's own sentence already holds is not said again.
pub fn sentence(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said {
        said if said.is_empty() => cause,
        said if said.contains(&cause) => said,
        said => format!("{said}: {cause}"),
    })
}
