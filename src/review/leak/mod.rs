//! Pictures that are almost the same: inside a folder, and between it and the training data.
//!
//! In: two lists of files ([`LeakItem`]). Out: [`Leaks`]: pairs with their correlation, clusters, byte twins, patients of
//! both sides, files that could not be read; and, with predictions, the accuracy on the rest ([`rest`]).
//!
//! The measure is plain: each picture is shrunk to one small grid ([`grid_for`]) with Pillow's bilinear filter, its mean
//! taken off, and two pictures are compared by the correlation of these values. Every pair is computed, as blocks of one
//! matrix product: no hash stands before it, so nothing can be missed (6 400 pictures take 13 s on two cores, most of it
//! for decoding them). A picture that was turned, mirrored or cropped is another picture here. Of a file with several
//! frames the middle one is compared. It writes no file and draws nothing.

mod clusters;
mod compare;
mod fingerprint;
mod items;
mod patients;
mod pictures;
mod read;
mod rest;
mod same_bytes;

use std::path::PathBuf;

use super::Control;
use crate::geometry::Size;

pub use compare::Nearest;
pub use fingerprint::grid_for;
pub use items::{LeakItem, LeakItems, leak_items, leave_out};
pub use patients::SharedPatient;
pub use pictures::{TellingPairs, picture, telling_pairs};
pub use rest::{LookUp, RestReport, look_up, rest};

/// Correlation above which two pictures count as twins, where nothing else is asked for.
pub const DEFAULT_THRESHOLD: f32 = 0.95;
/// Bytes that the small pictures may take together: 58 000 files at the usual size.
const MOST_BYTES: usize = 1 << 30;

/// How pictures are compared.
#[derive(Clone, Debug)]
pub struct LeakOptions {
    /// Twins have a larger correlation, `-1..=1`.
    pub threshold: f32,
    /// Threads that decode, then compare.
    pub threads: usize,
    /// Pairs that are kept one by one, the strongest; all are counted.
    pub most_pairs: usize,
}

impl Default for LeakOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { threshold: DEFAULT_THRESHOLD, threads: cores.min(8), most_pairs: 50_000 }
    }
}

/// How far the search is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeakProgress {
    pub stage: LeakStage,
    pub done: usize,
    pub total: usize,
}

/// What is going on; files in the first two, blocks of the matrix in the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeakStage {
    Opening,
    Reading,
    Comparing,
}

/// Which list a file is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The folder that is looked at.
    Inside,
    /// The training data.
    Against,
}

/// One picture that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct LeakFile {
    pub path: PathBuf,
    pub side: Side,
    pub label: Option<String>,
    /// PatientID (0010,0020): identifies a person, never to be written unless asked.
    pub patient: Option<String>,
    /// Frames of the file; the middle one was compared.
    pub frames: usize,
    /// One value everywhere: such a picture resembles nothing and is compared by its bytes only.
    pub flat: bool,
    /// Index of its cluster in [`Leaks::clusters`].
    pub cluster: usize,
}

/// Two pictures that are almost the same; `a` is before `b` in [`Leaks::files`], and inside where only one of them is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    pub a: usize,
    pub b: usize,
    /// 1 for files with the same bytes.
    pub correlation: f32,
    pub same_bytes: bool,
}

/// Files that hang together by pairs, each with at least one other of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cluster {
    pub inside: usize,
    pub against: usize,
    /// True where its files carry more than one label.
    pub mixed_labels: bool,
}

impl Cluster {
    pub fn size(&self) -> usize {
        self.inside + self.against
    }
}

/// A file that could not be read, with the sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub path: PathBuf,
    pub side: Side,
    pub what: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Leaks {
    pub threshold: f32,
    /// Rows and columns that the pictures were shrunk to.
    pub grid: Size,
    /// Readable files, inside first, each side in the order it was given.
    pub files: Vec<LeakFile>,
    pub broken: Vec<Broken>,
    /// Pairs above the threshold, strongest first: within the folder, and across to the training data. Pairs within the
    /// training data are not looked for.
    pub pairs: Vec<Pair>,
    /// How many there are, kept or not.
    pub pairs_found: u64,
    /// In the order of their first file; a file without twin is a cluster of its own.
    pub clusters: Vec<Cluster>,
    /// For each file of [`Leaks::files`] that is inside: the most similar picture of the training data, however weak.
    pub nearest: Vec<Option<Nearest>>,
    pub shared_patients: Vec<SharedPatient>,
    /// True where there was a second list.
    pub two_sides: bool,
}

/// Why nothing was compared.
#[derive(Debug, thiserror::Error)]
pub enum LeakError {
    #[error("the leak check was stopped")]
    Stopped,
    #[error("no picture could be read there: {first}")]
    NothingRead { first: String },
    #[error(
        "{files} pictures are more than the leak check holds in memory at once ({most}); check the folder part by part"
    )]
    TooMany { files: usize, most: usize },
    #[error("the threshold {0} is not between -1 and 1")]
    Threshold(f32),
}

/// Reads and compares everything. `on_progress` is called on the caller's thread and may stop it.
///
/// # Errors
/// [`LeakError`]; files that cannot be read are no error, they are listed in the result.
pub fn find_leaks(
    inside: &[LeakItem],
    against: Option<&[LeakItem]>,
    options: &LeakOptions,
    on_progress: &mut dyn FnMut(LeakProgress) -> Control,
) -> Result<Leaks, LeakError> {
    if !(-1.0..=1.0).contains(&options.threshold) {
        return Err(LeakError::Threshold(options.threshold));
    }
    let read = read::read(inside, against.unwrap_or_default(), options.threads, on_progress)?;
    let read::Reading { mut files, fingerprints, broken, grid } = read;
    let mut found = compare::compare(&files, &fingerprints, options, on_progress)?;
    same_bytes::mark(&files, &fingerprints, &mut found);
    found.pairs.sort_by(compare::stronger);
    let clusters = found.clusters.number(&mut files);
    let shared_patients = patients::shared(&files);
    Ok(Leaks {
        threshold: options.threshold,
        grid,
        broken,
        pairs: found.pairs,
        pairs_found: found.count,
        clusters,
        nearest: found.nearest,
        shared_patients,
        two_sides: against.is_some(),
        files,
    })
}

impl Leaks {
    /// Number of readable files of a side.
    pub fn count(&self, side: Side) -> usize {
        self.files.iter().filter(|file| file.side == side).count()
    }

    /// Indices of the files inside.
    pub fn inside(&self) -> impl Iterator<Item = usize> + '_ {
        self.files.iter().enumerate().filter(|(_, file)| file.side == Side::Inside).map(|(index, _)| index)
    }

    /// The training picture that is this file's twin, the most similar one.
    pub fn training_twin(&self, file: usize) -> Option<Nearest> {
        self.nearest.get(file).copied().flatten().filter(|near| near.correlation > self.threshold)
    }

    /// True where the file hangs together with training pictures, directly or through others of the folder.
    pub fn in_training_cluster(&self, file: usize) -> bool {
        let cluster = self.files.get(file).and_then(|file| self.clusters.get(file.cluster));
        cluster.is_some_and(|cluster| cluster.against > 0)
    }

    /// Whether the labels of a pair agree; `None` where one is not known.
    pub fn labels_agree(&self, pair: &Pair) -> Option<bool> {
        let label = |index: usize| self.files.get(index)?.label.as_deref();
        Some(label(pair.a)? == label(pair.b)?)
    }
}

#[cfg(test)]
mod tests;
