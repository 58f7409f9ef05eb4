//! Natural order of paths: `slice 9` before `slice 10`, folders level by level, capitals like small letters.

use std::cmp::Ordering;
use std::path::Path;

/// Compares two paths component by component; equal-looking ones by their bytes, so that the order is total.
pub(super) fn compare(a: &Path, b: &Path) -> Ordering {
    let mut left = a.components();
    let mut right = b.components();
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return a.as_os_str().cmp(b.as_os_str()),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(l), Some(r)) if l == r => Ordering::Equal,
            (Some(l), Some(r)) => compare_names(&l.as_os_str().to_string_lossy(), &r.as_os_str().to_string_lossy()),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Runs of digits compare as numbers of any length, everything else by lower-case letters.
fn compare_names(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number_a, rest_a) = split_digits(a);
            let (number_b, rest_b) = split_digits(b);
            (a, b) = (rest_a, rest_b);
            number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b))
        } else {
            a = a.get(x.len_utf8()..).unwrap_or_default();
            b = b.get(y.len_utf8()..).unwrap_or_default();
            x.to_lowercase().cmp(y.to_lowercase())
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Leading digits without leading zeros, and what follows.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_the_order_is_total() {
        let mut paths = ["b/2", "b/10", "B/1", "a10", "a9", "a09", "가10", "가2", "a1x", "a1"].map(Path::new);
        paths.sort_by(|a, b| compare(a, b));
        assert_eq!(paths, ["a1", "a1x", "a09", "a9", "a10", "B/1", "b/2", "b/10", "가2", "가10"].map(Path::new));
    }
}
