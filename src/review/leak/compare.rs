//! Every correlation, as blocks of one matrix product.

use std::cmp::Ordering as Order;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use ndarray::Array2;

use super::clusters::UnionFind;
use super::fingerprint::Fingerprint;
use super::{Control, LeakError, LeakFile, LeakOptions, LeakProgress, LeakStage, Pair, Side};

/// Pictures on a side of a block. With grids of 9 216 values a thread holds two sides of 19 MB.
const BLOCK: usize = 512;

/// The most similar training picture of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Index in [`Leaks::files`](super::Leaks::files).
    pub file: usize,
    pub correlation: f32,
}

/// What the product gave.
pub(super) struct Found {
    pub pairs: Vec<Pair>,
    pub count: u64,
    pub clusters: UnionFind,
    /// One for each file inside.
    pub nearest: Vec<Option<Nearest>>,
}

/// A block: rows `row..`, columns `col..`.
#[derive(Clone, Copy)]
struct Block {
    row: usize,
    col: usize,
    row_end: usize,
    col_end: usize,
    /// Columns are training pictures.
    across: bool,
}

/// What one block gave.
struct BlockFound {
    pairs: Vec<Pair>,
    nearest: Vec<(usize, Nearest)>,
}

/// Strongest first; equal ones in the files' order, so that the list never depends on the threads.
pub(super) fn stronger(left: &Pair, right: &Pair) -> Order {
    right.correlation.total_cmp(&left.correlation).then((left.a, left.b).cmp(&(right.a, right.b)))
}

pub(super) fn compare(
    files: &[LeakFile],
    fingerprints: &[Fingerprint],
    options: &LeakOptions,
    on_progress: &mut dyn FnMut(LeakProgress) -> Control,
) -> Result<Found, LeakError> {
    let inside = files.iter().filter(|file| file.side == Side::Inside).count();
    let blocks = blocks(inside, files.len());
    let total = blocks.len();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut found =
        Found { pairs: Vec::new(), count: 0, clusters: UnionFind::new(files.len()), nearest: vec![None; inside] };
    let threads = options.threads.clamp(1, total.max(1));
    let stopped = std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(threads);
        for _ in 0..threads {
            let (sender, next, stop, blocks) = (sender.clone(), &next, &stop, &blocks);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                    if sender.send(block.search(fingerprints, options.threshold)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, block) in receiver.into_iter().enumerate() {
            found.take(block, options.most_pairs);
            if on_progress(LeakProgress { stage: LeakStage::Comparing, done: done + 1, total }) == Control::Stop {
                stop.store(true, Ordering::Relaxed);
                return true;
            }
        }
        false
    });
    if stopped {
        return Err(LeakError::Stopped);
    }
    found.keep_strongest(options.most_pairs);
    Ok(found)
}

/// The upper triangle of the files inside, and all of inside against training.
fn blocks(inside: usize, all: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    for row in (0..inside).step_by(BLOCK) {
        let row_end = (row + BLOCK).min(inside);
        for col in (row..inside).step_by(BLOCK) {
            blocks.push(Block { row, col, row_end, col_end: (col + BLOCK).min(inside), across: false });
        }
        for col in (inside..all).step_by(BLOCK) {
            blocks.push(Block { row, col, row_end, col_end: (col + BLOCK).min(all), across: true });
        }
    }
    blocks
}

impl Block {
    fn search(&self, fingerprints: &[Fingerprint], threshold: f32) -> BlockFound {
        let side = |from: usize, to: usize| fingerprints.get(from..to).unwrap_or_default();
        let (rows, cols) = (side(self.row, self.row_end), side(self.col, self.col_end));
        let product = matrix(rows).dot(&matrix(cols).t());
        let mut found = BlockFound { pairs: Vec::new(), nearest: Vec::new() };
        for ((at, row), correlations) in rows.iter().enumerate().zip(product.rows()) {
            let a = self.row + at;
            let mut nearest: Option<Nearest> = None;
            for ((at, col), correlation) in cols.iter().enumerate().zip(correlations) {
                let b = self.col + at;
                // Rounding may leave 1 + 1e-7.
                let correlation = correlation.clamp(-1.0, 1.0);
                if row.is_flat() || col.is_flat() || (!self.across && b <= a) {
                    continue;
                }
                if correlation > threshold {
                    found.pairs.push(Pair { a, b, correlation, same_bytes: false });
                }
                if self.across && nearest.is_none_or(|near| correlation > near.correlation) {
                    nearest = Some(Nearest { file: b, correlation });
                }
            }
            found.nearest.extend(nearest.map(|near| (a, near)));
        }
        found
    }
}

/// One unit vector a row; zeros for a flat picture.
fn matrix(fingerprints: &[Fingerprint]) -> Array2<f32> {
    let values = fingerprints.iter().map(|fingerprint| fingerprint.values.len()).max().unwrap_or(0);
    let mut matrix = Array2::zeros((fingerprints.len(), values));
    for (mut row, fingerprint) in matrix.rows_mut().into_iter().zip(fingerprints) {
        for (place, value) in row.iter_mut().zip(&fingerprint.values) {
            *place = f32::from(*value) * fingerprint.scale;
        }
    }
    matrix
}

impl Found {
    fn take(&mut self, block: BlockFound, most: usize) {
        self.count += block.pairs.len() as u64;
        for pair in &block.pairs {
            self.clusters.join(pair.a, pair.b);
        }
        self.pairs.extend(block.pairs);
        if self.pairs.len() > most.saturating_mul(2) {
            self.keep_strongest(most);
        }
        for (file, near) in block.nearest {
            let Some(best) = self.nearest.get_mut(file) else { continue };
            let better = |old: Nearest| {
                near.correlation > old.correlation || (near.correlation == old.correlation && near.file < old.file)
            };
            if best.is_none_or(better) {
                *best = Some(near);
            }
        }
    }

    fn keep_strongest(&mut self, most: usize) {
        if self.pairs.len() > most {
            self.pairs.select_nth_unstable_by(most, stronger);
            self.pairs.truncate(most);
        }
    }
}
