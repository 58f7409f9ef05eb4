//! Files with the same bytes: found by length and small picture, proven by SHA-256.

use std::collections::{BTreeMap, HashMap};

use super::compare::Found;
use super::fingerprint::Fingerprint;
use super::{LeakFile, Nearest, Pair, Side};
use crate::review::source::hash_file;

/// Marks the pairs whose files have the same bytes, and adds those that the product cannot see: of flat pictures.
pub(super) fn mark(files: &[LeakFile], fingerprints: &[Fingerprint], found: &mut Found) {
    let mut alike: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (index, (file, fingerprint)) in files.iter().zip(fingerprints).enumerate() {
        if let Ok(facts) = std::fs::metadata(&file.path) {
            alike.entry((facts.len(), fingerprint.key())).or_default().push(index);
        }
    }
    let mut digests: HashMap<usize, String> = HashMap::new();
    for group in alike.into_values().filter(|group| group.len() > 1) {
        let mut same: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in group {
            // A file that cannot be read again is left out.
            let Some(Ok(digest)) = files.get(index).map(|file| hash_file(&file.path)) else { continue };
            digests.insert(index, digest.clone());
            same.entry(digest).or_default().push(index);
        }
        for twins in same.into_values() {
            if twins.iter().any(|index| fingerprints.get(*index).is_some_and(Fingerprint::is_flat)) {
                join_flat(files, &twins, found);
            }
        }
    }
    for pair in &mut found.pairs {
        if let (Some(a), Some(b)) = (digests.get(&pair.a), digests.get(&pair.b))
            && a == b
        {
            (pair.same_bytes, pair.correlation) = (true, 1.0);
        }
    }
}

/// Flat files with the same bytes: each is paired with the first one.
fn join_flat(files: &[LeakFile], twins: &[usize], found: &mut Found) {
    let is_training = |index: usize| files.get(index).is_some_and(|file| file.side == Side::Against);
    let Some((&first, others)) = twins.split_first().filter(|(first, _)| !is_training(**first)) else { return };
    for &b in others {
        found.clusters.join(first, b);
        found.count += 1;
        found.pairs.push(Pair { a: first, b, correlation: 1.0, same_bytes: true });
    }
    let Some(&training) = others.iter().find(|index| is_training(**index)) else { return };
    for index in twins {
        // Training files have no place in this list.
        if let Some(nearest) = found.nearest.get_mut(*index) {
            *nearest = Some(Nearest { file: training, correlation: 1.0 });
        }
    }
}
