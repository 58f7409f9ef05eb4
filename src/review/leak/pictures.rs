//! Pairs worth looking at, and their pictures.

use std::collections::HashSet;
use std::path::Path;

use super::{Leaks, Pair};
use crate::render::{Thumbnail, thumbnail};
use crate::scan::{self, Polarity, ScanError};

/// At most one pair of each file, so that a cluster of a hundred does not fill a sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TellingPairs {
    /// Labels that contradict each other, strongest first: one of the two is wrong, or the threshold is too low.
    pub disagreeing: Vec<Pair>,
    pub strongest: Vec<Pair>,
    /// Just above the threshold, weakest first: whether it is right is seen here.
    pub weakest: Vec<Pair>,
}

/// The first `most` of each kind. Where there is training data, only pairs across.
pub fn telling_pairs(leaks: &Leaks, most: usize) -> TellingPairs {
    let wanted = |pair: &&Pair| {
        let side = |index: usize| leaks.files.get(index).map(|file| file.side);
        !leaks.two_sides || side(pair.a) != side(pair.b)
    };
    let disagree = |pair: &&Pair| leaks.labels_agree(pair) == Some(false);
    TellingPairs {
        disagreeing: once_each(leaks.pairs.iter().filter(wanted).filter(disagree), most),
        strongest: once_each(leaks.pairs.iter().filter(wanted), most),
        weakest: once_each(leaks.pairs.iter().rev().filter(wanted), most),
    }
}

fn once_each<'a>(pairs: impl Iterator<Item = &'a Pair>, most: usize) -> Vec<Pair> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for pair in pairs {
        if kept.len() >= most {
            break;
        }
        if !seen.contains(&pair.a) && !seen.contains(&pair.b) {
            seen.extend([pair.a, pair.b]);
            kept.push(*pair);
        }
    }
    kept
}

/// The frame that was compared, fitted into `side` pixels.
///
/// # Errors
/// A file that can no longer be read.
pub fn picture(path: &Path, side: usize) -> Result<Thumbnail, ScanError> {
    let scan = scan::open(path)?;
    let frame = scan.frame(scan.frames / 2)?;
    Ok(thumbnail(frame, scan.meta.polarity.unwrap_or(Polarity::HighIsWhite), scan.meta.spacing, side))
}
