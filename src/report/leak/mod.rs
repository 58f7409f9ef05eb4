//! A leak check as files: JSON with everything, a text for people, tables of pairs and of files with their clusters, sheets
//! of pairs as pictures.

mod json;
mod sheet;
mod tables;
mod text;

use std::path::Path;

use crate::review::leak::{Leaks, LookUp, RestReport};

pub use json::leak_json;
pub use sheet::{PairPicture, write_pair_sheet};
pub use tables::{write_leak_files, write_leak_pairs};
pub use text::leak_text;

/// A leak check and what was asked of it.
pub struct LeakReport<'a> {
    pub folder: &'a Path,
    pub against: Option<&'a Path>,
    pub leaks: &'a Leaks,
    pub look_up: Option<LookUp>,
    /// The table of predictions and what became of its accuracy.
    pub rest: Option<(&'a Path, RestReport)>,
    /// Sentences about what was assumed.
    pub remarks: Vec<String>,
    /// Whether PatientIDs are written.
    pub identity: bool,
}

/// What both outputs say about the measure.
const MEASURE: &str = "correlation of the grey values, shrunk with Pillow's bilinear filter, mean taken off; every pair \
                       computed; turned, mirrored or cropped copies are not found";

/// Cases that the numbers of a side tell apart.
struct Counts {
    inside: usize,
    against: usize,
    /// Files inside with a twin inside.
    with_twin_inside: usize,
    /// Files inside with a training twin, and of them those whose labels agree and are known.
    with_training_twin: usize,
    training_twin_agrees: usize,
    training_twin_labelled: usize,
    /// Files inside that hang together with training pictures.
    in_training_cluster: usize,
    /// Clusters of several files.
    clusters: usize,
    largest: usize,
    mixed: usize,
    same_bytes: usize,
}

impl Counts {
    fn of(leaks: &Leaks) -> Self {
        use crate::review::leak::Side;
        let several = || leaks.clusters.iter().filter(|cluster| cluster.size() > 1);
        let is_inside = |index: usize| leaks.files.get(index).is_some_and(|file| file.side == Side::Inside);
        let mut twin_inside = vec![false; leaks.files.len()];
        for pair in leaks.pairs.iter().filter(|pair| is_inside(pair.a) && is_inside(pair.b)) {
            for index in [pair.a, pair.b] {
                if let Some(place) = twin_inside.get_mut(index) {
                    *place = true;
                }
            }
        }
        let label = |index: usize| leaks.files.get(index).and_then(|file| file.label.as_deref());
        let twins: Vec<(usize, usize)> =
            leaks.inside().filter_map(|file| Some((file, leaks.training_twin(file)?.file))).collect();
        let labelled = || twins.iter().filter_map(|(file, twin)| Some((label(*file)?, label(*twin)?)));
        Self {
            inside: leaks.count(Side::Inside),
            against: leaks.count(Side::Against),
            with_twin_inside: twin_inside.into_iter().filter(|has| *has).count(),
            with_training_twin: twins.len(),
            training_twin_agrees: labelled().filter(|(own, other)| own == other).count(),
            training_twin_labelled: labelled().count(),
            in_training_cluster: leaks.inside().filter(|file| leaks.in_training_cluster(*file)).count(),
            clusters: several().count(),
            largest: several().map(|cluster| cluster.size()).max().unwrap_or(0),
            mixed: several().filter(|cluster| cluster.mixed_labels).count(),
            same_bytes: leaks.pairs.iter().filter(|pair| pair.same_bytes).count(),
        }
    }
}
