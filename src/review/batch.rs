//! Many files through a model: decoding ahead on a few threads, one or more sessions side by side, results in input
//! order.
//!
//! Decoders put prepared cases into a short queue; each lane (a thread with a session of its own) takes what is ready,
//! up to a batch; the caller's thread puts results in order and hands them over. The queue bounds the memory.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::Scope;

use super::lane::{Lane, Waiting};
use super::order::{Event, Key, Order, Outcome};
use super::prepare::{open_item, prepare_scan};
use super::reference::Reference;
use super::{Case, SourceFacts, truth_from_folder};
use crate::engine::{EngineKind, Model, Provider, Session, SliceChoice};
use crate::scan::Meta;

/// How a batch runs.
#[derive(Clone, Debug)]
pub struct BatchOptions {
    /// Threads that decode and prepare.
    pub decode_threads: usize,
    /// Most pictures per run of the engine; `None` lets the program choose.
    pub batch: Option<usize>,
    /// Overrides the manifest's choice of slices.
    pub slices: Option<SliceChoice>,
    /// Whether each case comes with its [`SourceFacts`]: every file is read once more, for its hash.
    pub source_facts: bool,
    /// Says how far each case lies from what the model has seen; the session must read its [taps](Reference::taps).
    pub reference: Option<Arc<Reference>>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { decode_threads: cores.min(8), batch: None, slices: None, source_facts: false, reference: None }
    }
}

/// What the receiver of cases wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Continue,
    Stop,
}

/// Results that wait for the caller; they hold no pictures.
const RESULTS_AHEAD: usize = 256;

/// Runs `items` (each one file, or the files of one series) and hands every case to `on_case` in input order. Ends
/// early, without losing what was handed over, when `on_case` returns [`Control::Stop`]. Further sessions start beside
/// `session` where its options ask for lanes.
pub fn run(
    items: &[Vec<PathBuf>],
    model: &Model,
    session: &mut Session,
    options: &BatchOptions,
    on_case: &mut dyn FnMut(Case) -> Control,
) {
    let lanes = lanes(session, items.len());
    let batch = options.batch.unwrap_or_else(|| usual_batch(session, lanes)).max(1);
    let next_item = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let (to_lanes, queue) = sync_channel(lanes * batch + lanes);
    let (to_caller, results) = sync_channel(RESULTS_AHEAD);
    // When the last lane ends, the queue ends too, and decoders that wait on it wake up.
    let queue = Arc::new(Mutex::new(queue));
    let start = session.start_again();
    std::thread::scope(|scope| {
        for number in 0..options.decode_threads.max(1) {
            let decoder = Decoder {
                items,
                model,
                slices: options.slices.as_ref(),
                // A reference case is known by its hash.
                source_facts: options.source_facts || options.reference.is_some(),
                next_item: &next_item,
                stop: &stop,
                to_lanes: to_lanes.clone(),
                to_caller: to_caller.clone(),
            };
            spawn(scope, format!("decode-{number}"), move || decoder.run());
        }
        drop(to_lanes);
        for number in 1..lanes {
            let (start, queue, to_caller) = (&start, Arc::clone(&queue), to_caller.clone());
            let work = move || match start.start(model) {
                Ok(mut session) => Lane { items, model, session: &mut session, batch, queue, to_caller }.run(),
                // The other lanes do its work.
                Err(error) => tracing::warn!("lane {number} did not start: {error}"),
            };
            spawn(scope, format!("lane-{number}"), work);
        }
        let first = Lane { items, model, session, batch, queue, to_caller };
        spawn(scope, "lane-0".to_owned(), move || first.run());
        let mut order = Order::default();
        let mut take = |(item, source, mut outcome): (usize, Option<SourceFacts>, Outcome)| {
            if let (Some(reference), Ok(scored)) = (&options.reference, &mut outcome) {
                scored.compare(reference, source.as_ref());
            }
            let path = items.get(item).and_then(|files| files.first()).cloned().unwrap_or_default();
            on_case(Case { item, truth: truth_from_folder(&path, model.class_names()), path, source, outcome })
        };
        for event in &results {
            order.put(event);
            if order.hand_over(&mut take) == Control::Stop {
                stop.store(true, Ordering::Relaxed);
                break;
            }
        }
        drop(results); // wakes everyone who waits to hand over a result
    });
}

fn spawn<'scope>(scope: &'scope Scope<'scope, '_>, name: String, work: impl FnOnce() + Send + 'scope) {
    if let Err(error) = std::thread::Builder::new().name(name.clone()).spawn_scoped(scope, work) {
        tracing::warn!("the thread {name} did not start: {error}");
    }
}

/// Lanes pay where one session is slower with two threads than two sessions with one: ONNX Runtime on the CPU.
fn lanes(session: &Session, items: usize) -> usize {
    let on_cpu = session.engine() == EngineKind::OnnxRuntime && session.provider() == Provider::Cpu;
    if on_cpu { session.options().lanes.min(items).max(1) } else { 1 }
}

/// Larger batches cost memory; they pay on a GPU, and where the embedded engine spreads them over its threads.
fn usual_batch(session: &Session, lanes: usize) -> usize {
    match (session.engine(), session.provider()) {
        (EngineKind::OnnxRuntime, Provider::Cpu) if lanes > 1 => 1,
        (EngineKind::OnnxRuntime, Provider::Cpu) => 2,
        _ => 8,
    }
}

/// One decode thread.
struct Decoder<'a> {
    items: &'a [Vec<PathBuf>],
    model: &'a Model,
    slices: Option<&'a SliceChoice>,
    source_facts: bool,
    next_item: &'a AtomicUsize,
    stop: &'a AtomicBool,
    to_lanes: SyncSender<Waiting>,
    to_caller: SyncSender<Event>,
}

impl Decoder<'_> {
    fn run(self) {
        while !self.stop.load(Ordering::Relaxed) {
            let item = self.next_item.fetch_add(1, Ordering::Relaxed);
            let Some(files) = self.items.get(item) else { return };
            let mut part = 0;
            let mut take = |case| {
                let key = Key { item, part };
                part += 1;
                let sent = match case {
                    Ok(case) => self.to_lanes.send(Waiting { key, case }).is_ok(),
                    Err(error) => self.to_caller.send(Event::Case(key, Box::new(Err(error)))).is_ok(),
                };
                sent && !self.stop.load(Ordering::Relaxed)
            };
            let scan = open_item(files);
            if self.source_facts && !self.begin(item, files, scan.as_ref().ok().map(|scan| &*scan.meta)) {
                return;
            }
            let prepared = scan.and_then(|scan| prepare_scan(&scan, self.model, self.slices, &mut take));
            if let Err(error) = prepared {
                let event = Event::Case(Key { item, part }, Box::new(Err(error)));
                part += 1;
                if self.to_caller.send(event).is_err() {
                    return;
                }
            }
            if self.to_caller.send(Event::End { item, parts: part }).is_err() {
                return;
            }
        }
    }

    /// Sent before the item's cases, so that it arrives before their results.
    fn begin(&self, item: usize, files: &[PathBuf], meta: Option<&Meta>) -> bool {
        let source = SourceFacts::read(files, meta);
        self.to_caller.send(Event::Begin { item, source }).is_ok()
    }
}
