//! Rows of two tables that are about the same case: by path, by the end of the path, by file name, by name without
//! extension, whichever matches most.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What a case is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Key {
    pub id: String,
    /// Frame of a volume.
    pub slice: Option<String>,
}

/// The result of a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// For each left row the right one.
    pub pairs: Vec<Option<usize>>,
    /// What was compared, in words.
    pub by: &'static str,
}

impl Joined {
    pub fn matched(&self) -> usize {
        self.pairs.iter().flatten().count()
    }
}

/// How much of a name is compared.
type Way = fn(&str) -> String;

const WAYS: [(&str, Way); 5] = [
    ("path", whole),
    ("last three parts of the path", |id| last(id, 3)),
    ("last two parts of the path", |id| last(id, 2)),
    ("file name", |id| last(id, 1)),
    ("file name without extension", stem),
];

/// Joins by the strictest of the ways that match most rows. A name that occurs twice on the right matches nothing;
/// twice on the left only with `many_to_one` (slices that share one label).
pub fn join(left: &[Key], right: &[Key], many_to_one: bool) -> Joined {
    let sliced = left.iter().any(|key| key.slice.is_some()) && right.iter().any(|key| key.slice.is_some());
    let mut best = Joined { pairs: vec![None; left.len()], by: "path" };
    for (by, way) in WAYS {
        let pairs = pairs(left, right, way, sliced, many_to_one);
        let joined = Joined { pairs, by };
        if joined.matched() > best.matched() {
            best = joined;
        }
    }
    best
}

fn pairs(left: &[Key], right: &[Key], way: Way, sliced: bool, many: bool) -> Vec<Option<usize>> {
    let name = |key: &Key| (way(&key.id), if sliced { key.slice.clone() } else { None });
    let index = |keys: &[Key]| {
        let mut places: HashMap<_, Option<usize>> = HashMap::new();
        for (row, key) in keys.iter().enumerate() {
            match places.entry(name(key)) {
                Entry::Vacant(free) => {
                    free.insert(Some(row));
                }
                Entry::Occupied(mut twice) => {
                    twice.insert(None);
                }
            }
        }
        places
    };
    let (lefts, rights) = (index(left), index(right));
    let unique = |name: &(String, Option<String>)| many || lefts.get(name).is_some_and(Option::is_some);
    let pair = |key: &Key| {
        let name = name(key);
        unique(&name).then(|| rights.get(&name).copied().flatten()).flatten()
    };
    left.iter().map(pair).collect()
}

fn parts(id: &str) -> impl DoubleEndedIterator<Item = &str> {
    id.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".")
}

fn whole(id: &str) -> String {
    parts(id).collect::<Vec<_>>().join("/")
}

fn last(id: &str, count: usize) -> String {
    let mut last: Vec<&str> = parts(id).rev().take(count).collect();
    last.reverse();
    last.join("/")
}

fn stem(id: &str) -> String {
    let name = last(id, 1);
    let lower = name.to_ascii_lowercase();
    let known =
        [".nii.gz", ".nii", ".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".npy", ".hdr", ".img", ".gz"];
    let ending = known.iter().find(|ending| lower.ends_with(*ending)).map_or(0, |ending| ending.len());
    name.get(..name.len() - ending).unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(ids: &[&str]) -> Vec<Key> {
        ids.iter().map(|id| Key { id: (*id).to_owned(), slice: None }).collect()
    }

    fn joined(left: &[&str], right: &[&str]) -> (Vec<Option<usize>>, &'static str) {
        let joined = join(&keys(left), &keys(right), false);
        (joined.pairs, joined.by)
    }

    #[test]
    fn the_strictest_way_that_matches_most_wins() {
        assert_eq!(joined(&["a/1.png", "a/2.png"], &["a/2.png", "./a/1.png"]), (vec![Some(1), Some(0)], "path"));
        assert_eq!(joined(&["x\\A\\1.png", "x\\B\\1.png"], &["B/1.png", "A/1.png"]).1, "last two parts of the path");
        assert_eq!(joined(&["/data/1.png"], &["1.png"]).1, "file name");
        assert_eq!(joined(&["/data/뇌 1.nii.gz"], &["뇌 1"]), (vec![Some(0)], "file name without extension"));
        assert_eq!(joined(&["a.png"], &["b.png"]).0, [None]);
    }

    #[test]
    fn a_name_that_occurs_twice_matches_nothing() {
        assert_eq!(joined(&["x/1.png", "y/1.png"], &["1.png"]).0, [None, None]);
        assert_eq!(join(&keys(&["x/1.png", "y/1.png"]), &keys(&["1.png"]), true).pairs, [Some(0), Some(0)]);
        assert_eq!(joined(&["1.png"], &["x/1.png", "y/1.png"]).0, [None]);
    }

    #[test]
    fn slices_are_told_apart_where_both_tables_have_them() {
        let slice = |slice: &str| Key { id: "a.nii".to_owned(), slice: Some(slice.to_owned()) };
        assert_eq!(join(&[slice("0"), slice("1")], &[slice("1"), slice("0")], false).pairs, [Some(1), Some(0)]);
    }
}
