//! The command line: words in, lines and files out. Stable, because others script it.
//!
//! Exit codes: 0 all well, 1 some file or run failed, 2 the call itself is wrong.

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
mod explain;
mod inspect;
mod leaks;
mod metrics;
mod predict;
mod progress;
mod review;
mod runtime;
mod table;

pub use args::{
    CalibrateArgs, Cli, Command, DemoArgs, EngineArg, ExplainArgs, InspectArgs, LanguageArg, LeaksArgs, MetricsArgs,
    OperatingPointArg, PredictArgs, ReviewArgs, RuntimeAction, RuntimeArgs, TargetArg, WindowArgs,
};
pub use calibrate::calibrate;
pub use demo::{DemoFolder, demo_in_terminal, find_demo};
pub use explain::explain;
pub use inspect::inspect;
pub use leaks::leaks;
pub use metrics::metrics;
pub use predict::predict;
pub use review::review;
pub use runtime::{runtime, schema};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Well,
    /// Some file or run failed; the rest was done.
    SomeFailed,
}

/// The call itself is wrong (exit code 2).
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Misuse(pub String);
