//! One session at work: it takes the prepared cases that are ready and sends their results on.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::ArrayView3;

use super::Scored;
use super::order::{Event, Key};
use super::prepare::{PreparedCase, engine_error, of_slice};
use crate::engine::{EngineError, Inference, Model, Session};

/// A prepared case on its way to a session.
pub(super) struct Waiting {
    pub key: Key,
    pub case: PreparedCase,
}

impl Waiting {
    fn shape(&self) -> Option<(usize, usize, usize)> {
        self.case.prepared.first().map(|prepared| prepared.tensor.dim())
    }
}

/// A session and the two ends it works between.
pub(super) struct Lane<'a> {
    pub items: &'a [Vec<PathBuf>],
    pub model: &'a Model,
    pub session: &'a mut Session,
    /// Most pictures per run.
    pub batch: usize,
    pub queue: Arc<Mutex<Receiver<Waiting>>>,
    pub to_caller: SyncSender<Event>,
}

impl Lane<'_> {
    /// Works until the decoders are done or nobody wants results.
    pub fn run(mut self) {
        let mut held = None;
        while let Some(group) = self.take(&mut held) {
            for (key, outcome) in self.score(group) {
                if self.to_caller.send(Event::Case(key, Box::new(outcome))).is_err() {
                    return;
                }
            }
        }
    }

    /// The next case, with those of the same shape that are ready behind it. One of another shape is held for the next
    /// turn.
    fn take(&self, held: &mut Option<Waiting>) -> Option<Vec<Waiting>> {
        let first = held.take().or_else(|| self.queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok())?;
        let shape = first.shape();
        let mut pictures = first.case.prepared.len();
        let mut group = vec![first];
        while pictures < self.batch {
            // A lane that waits for the next case keeps the lock: then nothing is ready.
            let Some(next) = self.queue.try_lock().ok().and_then(|queue| queue.try_recv().ok()) else { break };
            if next.shape() != shape {
                *held = Some(next);
                break;
            }
            pictures += next.case.prepared.len();
            group.push(next);
        }
        Some(group)
    }

    fn score(&mut self, group: Vec<Waiting>) -> Vec<(Key, super::order::Outcome)> {
        let tensors: Vec<ArrayView3<f32>> =
            group.iter().flat_map(|waiting| waiting.case.prepared.iter().map(|p| p.tensor.view())).collect();
        let together = self.session.run(&tensors);
        let mut results = match together {
            Ok(results) => results.into_iter().map(Ok).collect::<Vec<_>>(),
            // One picture must not cost the others their result.
            Err(_) if tensors.len() > 1 => tensors.iter().map(|tensor| self.run_one(*tensor)).collect(),
            Err(error) => vec![Err(error)],
        }
        .into_iter();
        let mut scored = Vec::with_capacity(group.len());
        for Waiting { key, case } in group {
            let parts: Result<Vec<Inference>, EngineError> = results.by_ref().take(case.prepared.len()).collect();
            let outcome = parts
                .and_then(|parts| self.model.combine(parts))
                .map_err(|source| {
                    let first = case.slices.first().copied().unwrap_or(0);
                    of_slice(engine_error(self.path(key), source), case.siblings, first)
                })
                .map(|inference| Scored {
                    slices: case.slices,
                    siblings: case.siblings,
                    inference,
                    warnings: case.warnings,
                    known: None,
                });
            scored.push((key, outcome));
        }
        scored
    }

    fn run_one(&mut self, tensor: ArrayView3<f32>) -> Result<Inference, EngineError> {
        let no_output = || EngineError::NoOutput { what: "the engine returned nothing".to_owned() };
        self.session.run(&[tensor])?.pop().ok_or_else(no_output)
    }

    fn path(&self, key: Key) -> &Path {
        self.items.get(key.item).and_then(|files| files.first()).map_or(Path::new(""), PathBuf::as_path)
    }
}
