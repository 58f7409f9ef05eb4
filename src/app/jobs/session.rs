//! The session worker (joined to the engine below).

use std::path::PathBuf;
use std::sync::Arc;

use super::Emitter;
use crate::app::Event;
use crate::scan::Scan;

/// One prediction asked for.
#[derive(Debug)]
pub(in crate::app) struct PredictJob {
    pub model: u64,
    pub list: u64,
    pub item: usize,
    pub files: Arc<[PathBuf]>,
    /// Where it is open already.
    pub scan: Option<Scan>,
    /// `Some` for the item on the screen: its pictures are kept.
    pub request: Option<u64>,
    /// The one slice to predict instead of the manifest's choice.
    pub slice: Option<usize>,
}

#[derive(Debug)]
pub(super) enum Job {
    Load { generation: u64, path: PathBuf },
    Predict(PredictJob),
}

#[derive(Debug, Default)]
pub(super) struct Worker {}

impl Worker {
    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Load { generation, path } => {
                emit.send(Event::ModelLoaded { generation, path, result: Err("no engine yet".into()) });
            }
            Job::Predict(job) => drop(job),
        }
    }
}

pub(super) fn install(emit: &Emitter) {
    emit.send(Event::Installed(Err("no engine yet".into())));
}
