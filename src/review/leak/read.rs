//! Files to fingerprints on a few threads: headers first, for the size that most pictures have, then pixels.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use super::fingerprint::{Fingerprint, grid_for};
use super::{Broken, Control, LeakError, LeakFile, LeakItem, LeakProgress, LeakStage, MOST_BYTES, Side};
use crate::geometry::Size;
use crate::review::source::identifier;
use crate::scan::{self, Scan};

/// What could be read.
pub(super) struct Reading {
    pub files: Vec<LeakFile>,
    /// One for each file.
    pub fingerprints: Vec<Fingerprint>,
    pub broken: Vec<Broken>,
    pub grid: Size,
}

pub(super) fn read(
    inside: &[LeakItem],
    against: &[LeakItem],
    threads: usize,
    on_progress: &mut dyn FnMut(LeakProgress) -> Control,
) -> Result<Reading, LeakError> {
    let sided = |side| move |item| (side, item);
    let items: Vec<(Side, &LeakItem)> =
        inside.iter().map(sided(Side::Inside)).chain(against.iter().map(sided(Side::Against))).collect();
    let open = |item: &LeakItem| scan::open(&item.path).map_err(|error| error.to_string());
    let sizes = on_threads(&items, threads, LeakStage::Opening, on_progress, |item| Ok(open(item)?.size))?;
    let grid = grid_for(most_common(sizes.iter().flatten()).ok_or_else(|| nothing(&sizes))?);
    let most = MOST_BYTES / grid.pixels().unwrap_or(usize::MAX).saturating_mul(size_of::<i16>()).max(1);
    if items.len() > most {
        return Err(LeakError::TooMany { files: items.len(), most });
    }
    let looked = on_threads(&items, threads, LeakStage::Reading, on_progress, |item| look(&open(item)?, grid))?;
    let mut reading = Reading { files: Vec::new(), fingerprints: Vec::new(), broken: Vec::new(), grid };
    let unread = || nothing(&looked);
    if looked.iter().all(Result::is_err) {
        return Err(unread());
    }
    for ((side, item), looked) in items.into_iter().zip(looked) {
        let path = item.path.clone();
        match looked {
            Ok(Looked { fingerprint, patient, frames }) => {
                let flat = fingerprint.is_flat();
                let label = item.label.clone();
                reading.files.push(LeakFile { path, side, label, patient, frames, flat, cluster: 0 });
                reading.fingerprints.push(fingerprint);
            }
            Err(what) => reading.broken.push(Broken { path, side, what }),
        }
    }
    Ok(reading)
}

fn nothing<T>(results: &[Result<T, String>]) -> LeakError {
    let first = results.iter().find_map(|result| result.as_ref().err()).cloned();
    LeakError::NothingRead { first: first.unwrap_or_else(|| "no file was found".to_owned()) }
}

/// The size that most pictures have; of equally many the largest.
fn most_common<'a>(sizes: impl Iterator<Item = &'a Size>) -> Option<Size> {
    let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    sizes.for_each(|size| *counts.entry((size.rows, size.cols)).or_default() += 1);
    let ((rows, cols), _) = counts.into_iter().max_by_key(|((rows, cols), count)| (*count, rows * cols))?;
    Some(Size::new(rows, cols))
}

struct Looked {
    fingerprint: Fingerprint,
    patient: Option<String>,
    frames: usize,
}

fn look(scan: &Scan, grid: Size) -> Result<Looked, String> {
    let frame = scan.frame(scan.frames / 2).map_err(|error| error.to_string())?;
    let patient = identifier(&scan.meta, "PatientID");
    let fingerprint =
        Fingerprint::of(frame, &scan.meta, grid).map_err(|what| format!("{}: {what}", scan.path.display()))?;
    Ok(Looked { fingerprint, patient, frames: scan.frames })
}

/// Results that wait for the caller.
const AHEAD: usize = 64;

/// `work` on every item, in any order, the results in the items' order.
fn on_threads<T: Send>(
    items: &[(Side, &LeakItem)],
    threads: usize,
    stage: LeakStage,
    on_progress: &mut dyn FnMut(LeakProgress) -> Control,
    work: impl Fn(&LeakItem) -> Result<T, String> + Sync,
) -> Result<Vec<Result<T, String>>, LeakError> {
    let total = items.len();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut results: Vec<Option<Result<T, String>>> = items.iter().map(|_| None).collect();
    let stopped = std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(AHEAD);
        for _ in 0..threads.clamp(1, total.max(1)) {
            let (sender, next, stop, work) = (sender.clone(), &next, &stop, &work);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((_, item)) = items.get(at) else { return };
                    if sender.send((at, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, (at, result)) in receiver.into_iter().enumerate() {
            if let Some(place) = results.get_mut(at) {
                *place = Some(result);
            }
            if on_progress(LeakProgress { stage, done: done + 1, total }) == Control::Stop {
                stop.store(true, Ordering::Relaxed);
                return true;
            }
        }
        false
    });
    if stopped {
        return Err(LeakError::Stopped);
    }
    let lost = || Err("its thread ended early".to_owned());
    Ok(results.into_iter().map(|result| result.unwrap_or_else(lost)).collect())
}
