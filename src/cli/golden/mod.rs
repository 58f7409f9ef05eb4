//! `overread golden`: inputs whose numbers a model must give on every engine.

mod outputs;
mod record;
mod verify;

use super::{Ended, GoldenAction, GoldenArgs};

/// Runs the command.
pub fn golden(args: &GoldenArgs) -> anyhow::Result<Ended> {
    match &args.action {
        GoldenAction::Record(args) => record::record(args),
        GoldenAction::Verify(args) => verify::verify(args),
    }
}
