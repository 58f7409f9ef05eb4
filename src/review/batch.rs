//! Many files through one session: decoding ahead on a few threads, inference in batches, results in input order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use ndarray::ArrayView3;

use super::prepare::{PreparedCase, engine_error, prepare_case};
use super::{Case, CaseError, Scored, truth_from_folder};
use crate::engine::{EngineError, Inference, Model, Session, SliceChoice};

/// How a batch runs.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Threads that decode and prepare.
    pub decode_threads: usize,
    /// Pictures per run of the engine.
    pub batch: usize,
    /// Overrides the manifest's choice of slices.
    pub slices: Option<SliceChoice>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { decode_threads: cores.min(8), batch: 8, slices: None }
    }
}

/// What the receiver of cases wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Continue,
    Stop,
}

/// Runs `items` (each one file, or the files of one series) and hands every case to `on_case` in input order. Ends
/// early, without losing what was handed over, when `on_case` returns [`Control::Stop`].
pub fn run(
    items: &[Vec<PathBuf>],
    model: &Model,
    session: &mut Session,
    options: &BatchOptions,
    on_case: &mut dyn FnMut(Case) -> Control,
) {
    let next_item = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    // Bounded, so that decoding never runs ahead of inference by more than a few batches of tensors.
    let (sender, receiver) = sync_channel(options.batch.max(1) * 2);
    std::thread::scope(|scope| {
        for number in 0..options.decode_threads.max(1) {
            let sender = sender.clone();
            let (next_item, stop) = (&next_item, &stop);
            let worker = move || decode_loop(items, model, options, next_item, stop, &sender);
            let spawned = std::thread::Builder::new().name(format!("decode-{number}")).spawn_scoped(scope, worker);
            if let Err(error) = spawned {
                tracing::warn!("decode thread {number} did not start: {error}");
            }
        }
        drop(sender);
        let mut engine = EngineLoop { items, model, session, batch: options.batch.max(1), waiting: Vec::new() };
        engine.drain(&receiver, &stop, on_case);
        stop.store(true, Ordering::Relaxed);
        drop(receiver); // wakes decoders that wait on a full queue
    });
}

/// From a decode thread to the engine.
enum Message {
    Ready(usize, PreparedCase),
    Failed(usize, CaseError),
    /// No further case comes from this item.
    End(usize),
}

fn decode_loop(
    items: &[Vec<PathBuf>],
    model: &Model,
    options: &BatchOptions,
    next_item: &AtomicUsize,
    stop: &AtomicBool,
    sender: &SyncSender<Message>,
) {
    while !stop.load(Ordering::Relaxed) {
        let index = next_item.fetch_add(1, Ordering::Relaxed);
        let Some(files) = items.get(index) else { return };
        let mut take = |case| sender.send(Message::Ready(index, case)).is_ok() && !stop.load(Ordering::Relaxed);
        if let Err(error) = prepare_case(files, model, options.slices.as_ref(), &mut take)
            && sender.send(Message::Failed(index, error)).is_err()
        {
            return;
        }
        if sender.send(Message::End(index)).is_err() {
            return;
        }
    }
}

/// The engine's side: gathers tensors, runs them, hands cases on in order.
struct EngineLoop<'a> {
    items: &'a [Vec<PathBuf>],
    model: &'a Model,
    session: &'a mut Session,
    batch: usize,
    waiting: Vec<(usize, PreparedCase)>,
}

/// Cases of items that are not yet handed over, by item index.
#[derive(Default)]
struct Reorder {
    next: usize,
    finished: BTreeMap<usize, Vec<Case>>,
    /// Items whose last message has arrived.
    ended: BTreeSet<usize>,
}

impl EngineLoop<'_> {
    fn drain(&mut self, receiver: &Receiver<Message>, stop: &AtomicBool, on_case: &mut dyn FnMut(Case) -> Control) {
        let mut order = Reorder::default();
        let mut first = true;
        while let Ok(message) = receiver.recv() {
            match message {
                Message::Ready(index, case) => {
                    if self.differs(&case) {
                        self.flush(&mut order);
                    }
                    self.waiting.push((index, case));
                }
                Message::Failed(index, error) => {
                    let case = self.case(index, Err(error));
                    order.finished.entry(index).or_default().push(case);
                }
                Message::End(index) => {
                    order.ended.insert(index);
                }
            }
            // The first picture does not wait for a full batch: a person is looking.
            if self.waiting_tensors() >= self.batch || (first && !self.waiting.is_empty()) {
                first = false;
                self.flush(&mut order);
            }
            if self.hand_over(&mut order, on_case) == Control::Stop {
                stop.store(true, Ordering::Relaxed);
                return;
            }
        }
        self.flush(&mut order);
        self.hand_over(&mut order, on_case);
    }

    fn waiting_tensors(&self) -> usize {
        self.waiting.iter().map(|(_, case)| case.prepared.len()).sum()
    }

    /// Whether the case's tensors have another shape than those that wait (models with free height and width).
    fn differs(&self, case: &PreparedCase) -> bool {
        let shape = |case: &PreparedCase| case.prepared.first().map(|prepared| prepared.tensor.dim());
        self.waiting.first().is_some_and(|(_, other)| shape(other) != shape(case))
    }

    fn flush(&mut self, order: &mut Reorder) {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return;
        }
        let tensors: Vec<ArrayView3<f32>> =
            waiting.iter().flat_map(|(_, case)| case.prepared.iter().map(|prepared| prepared.tensor.view())).collect();
        let together = self.session.run(&tensors);
        let mut results = match together {
            Ok(results) => results.into_iter().map(Ok).collect::<Vec<_>>(),
            // One picture must not cost the others their result.
            Err(_) if tensors.len() > 1 => tensors.iter().map(|tensor| self.run_one(*tensor)).collect(),
            Err(error) => vec![Err(error)],
        }
        .into_iter();
        for (index, case) in waiting {
            let parts: Result<Vec<Inference>, EngineError> = results.by_ref().take(case.prepared.len()).collect();
            let scored = parts.and_then(|parts| self.model.combine(parts)).map(|inference| Scored {
                slices: case.slices,
                inference,
                warnings: case.warnings,
            });
            let outcome = scored.map_err(|source| engine_error(self.path(index), source));
            let case = self.case(index, outcome);
            order.finished.entry(index).or_default().push(case);
        }
    }

    fn run_one(&mut self, tensor: ArrayView3<f32>) -> Result<Inference, EngineError> {
        let no_output = || EngineError::NoOutput { what: "the engine returned nothing".to_owned() };
        self.session.run(&[tensor])?.pop().ok_or_else(no_output)
    }

    fn path(&self, index: usize) -> &Path {
        self.items.get(index).and_then(|files| files.first()).map_or(Path::new(""), PathBuf::as_path)
    }

    fn case(&self, index: usize, outcome: Result<Scored, CaseError>) -> Case {
        let path = self.path(index).to_owned();
        Case { truth: truth_from_folder(&path, self.model.class_names()), path, outcome }
    }

    /// Hands over every case whose turn it is.
    fn hand_over(&self, order: &mut Reorder, on_case: &mut dyn FnMut(Case) -> Control) -> Control {
        loop {
            for case in order.finished.remove(&order.next).unwrap_or_default() {
                if on_case(case) == Control::Stop {
                    return Control::Stop;
                }
            }
            let still_waiting = self.waiting.iter().any(|(index, _)| *index == order.next);
            if still_waiting || !order.ended.remove(&order.next) {
                return Control::Continue;
            }
            order.next += 1;
        }
    }
}
