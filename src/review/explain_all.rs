//! Many files through a mapper: a few threads decode ahead, each every n-th file, and the caller's thread explains what
//! is ready together, in input order. Short queues bound the memory.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use super::batch::Control;
use super::explained::{Explained, explain_case, place};
use super::prepare::{PreparedCase, prepare_case};
use super::{BatchOptions, CaseError};
use crate::engine::{Model, SliceChoice};
use crate::explain::forward::ProgressFn;
use crate::explain::{Mapper, Question};

/// Prepared cases that wait, per decoding thread.
const CASES_AHEAD: usize = 2;
/// Most pictures per call of the engine: more cost memory and gain nothing on a CPU.
const PICTURES: usize = 8;

/// A case with its maps, one per slice.
pub type CaseMaps = (PreparedCase, Vec<Explained>);

/// Takes a case (with its item's index) or why it has no maps.
pub type OnCase<'a> = dyn FnMut(usize, Result<CaseMaps, CaseError>, &mut Mapper) -> Control + 'a;

/// Explains `items` (each one file, or the files of one series) and hands every case to `on_case` in input order, with
/// its item's index and the mapper, until it returns [`Control::Stop`]. `progress` is that of [`Mapper::explain`].
pub fn explain_all(
    items: &[Vec<PathBuf>],
    mapper: &mut Mapper,
    question: &Question,
    options: &BatchOptions,
    progress: &mut ProgressFn<'_>,
    on_case: &mut OnCase<'_>,
) {
    let threads = options.decode_threads.clamp(1, items.len().max(1));
    let model = mapper.model().clone();
    std::thread::scope(|scope| {
        let mut queues = Vec::with_capacity(threads);
        for first in 0..threads {
            let (sender, receiver) = sync_channel(CASES_AHEAD);
            let work = Decoder { items, first, every: threads, model: &model, slices: options.slices.as_ref(), sender };
            let name = format!("decode-{first}");
            if let Err(error) = std::thread::Builder::new().name(name).spawn_scoped(scope, move || work.run()) {
                tracing::warn!("a decoding thread did not start: {error}");
            }
            queues.push(receiver);
        }
        let mut source = Source { queues, items: items.len(), item: 0 };
        let most = if question.method.needs_passes() { 1 } else { options.batch.unwrap_or(PICTURES).max(1) };
        while let Some(ready) = source.ready(most) {
            for (item, case) in explain_ready(items, ready, mapper, question, progress) {
                if on_case(item, case, mapper) == Control::Stop {
                    return; // the queues go, and the decoders with them
                }
            }
        }
    });
}

type Ready = Vec<(usize, Result<PreparedCase, CaseError>)>;

/// All pictures in one call; where that fails, case by case, so that one costs the others nothing.
fn explain_ready(
    items: &[Vec<PathBuf>],
    ready: Ready,
    mapper: &mut Mapper,
    question: &Question,
    progress: &mut ProgressFn<'_>,
) -> Vec<(usize, Result<CaseMaps, CaseError>)> {
    let path = |item: usize| items.get(item).and_then(|files| files.first()).map_or(Path::new(""), PathBuf::as_path);
    let pictures: Vec<_> = ready
        .iter()
        .filter_map(|(_, case)| case.as_ref().ok())
        .flat_map(|case| case.prepared.iter().map(|prepared| prepared.tensor.view()))
        .collect();
    let several = ready.len() > 1;
    let together = if several { mapper.explain(&pictures, question, progress).ok() } else { None };
    let mut found = together.map(Vec::into_iter);
    let mut explained = |item: usize, case: PreparedCase| {
        let maps = match &mut found {
            Some(found) => place(path(item), &case, found.by_ref().take(case.prepared.len())),
            None => explain_case(path(item), &case, mapper, question, progress),
        };
        maps.map(|maps| (case, maps))
    };
    ready.into_iter().map(|(item, case)| (item, case.and_then(|case| explained(item, case)))).collect()
}

/// What a decoding thread tells.
enum Decoded {
    Case(Result<PreparedCase, CaseError>),
    /// The item has no more cases.
    End,
}

struct Decoder<'a> {
    items: &'a [Vec<PathBuf>],
    first: usize,
    every: usize,
    model: &'a Model,
    slices: Option<&'a SliceChoice>,
    sender: SyncSender<Decoded>,
}

impl Decoder<'_> {
    fn run(self) {
        for files in self.items.iter().skip(self.first).step_by(self.every) {
            let mut wanted = true;
            let mut take = |case| {
                wanted = self.sender.send(Decoded::Case(case)).is_ok();
                wanted
            };
            if let Err(error) = prepare_case(files, self.model, self.slices, &mut take) {
                take(Err(error));
            }
            if !wanted || self.sender.send(Decoded::End).is_err() {
                return;
            }
        }
    }
}

/// The decoders' queues, read in the items' order.
struct Source {
    queues: Vec<Receiver<Decoded>>,
    items: usize,
    item: usize,
}

impl Source {
    /// The next case, and those behind it that are ready, up to about `most` pictures; `None` at
    /// the end.
    fn ready(&mut self, most: usize) -> Option<Ready> {
        let first = self.next(true)?;
        let mut pictures = first.1.as_ref().map_or(0, |case| case.prepared.len());
        let mut ready = vec![first];
        while pictures < most {
            let Some(next) = self.next(false) else { break };
            pictures += next.1.as_ref().map_or(0, |case| case.prepared.len());
            ready.push(next);
        }
        Some(ready)
    }

    fn next(&mut self, wait: bool) -> Option<(usize, Result<PreparedCase, CaseError>)> {
        while self.item < self.items {
            let queue = self.queues.get(self.item % self.queues.len().max(1))?;
            let decoded = match wait {
                true => queue.recv().map_err(|_| TryRecvError::Disconnected),
                false => queue.try_recv(),
            };
            match decoded {
                Ok(Decoded::Case(case)) => return Some((self.item, case)),
                Ok(Decoded::End) => self.item += 1,
                Err(TryRecvError::Empty) => return None,
                // Its decoder is gone, and what it had left to say with it.
                Err(TryRecvError::Disconnected) => self.item += 1,
            }
        }
        None
    }
}
