//! Class names and the many ways to write a class: name, index, `1.0`, `True`.

use std::collections::HashMap;

use super::columns::plain;

/// Integers up to which a gap in the labels is taken for a class that does not occur.
const MOST_FILLED: i64 = 20;

/// The class list and how labels were read.
#[derive(Clone, Debug, Default)]
pub(super) struct ClassList {
    pub names: Vec<String>,
    by_name: HashMap<String, usize>,
    by_plain: HashMap<String, usize>,
}

impl ClassList {
    pub(super) fn new(names: Vec<String>) -> Self {
        let mut list = Self { names, ..Default::default() };
        for (index, name) in list.names.iter().enumerate() {
            list.by_name.entry(name.clone()).or_insert(index);
            list.by_plain.entry(plain(name)).or_insert(index);
        }
        list
    }

    /// Sorted as scikit-learn and Keras sort labels: numbers by value (gaps of whole numbers are filled), names by
    /// code point. The remark says what was added.
    pub(super) fn of_labels<'a>(labels: impl Iterator<Item = &'a str>) -> (Self, Option<String>) {
        let mut names: Vec<String> = labels.map(canonical).collect();
        names.sort_unstable();
        names.dedup();
        let whole: Option<Vec<i64>> = names.iter().map(|name| name.parse().ok()).collect();
        let Some(mut numbers) = whole.filter(|numbers| !numbers.is_empty()) else { return (Self::new(names), None) };
        numbers.sort_unstable();
        let (Some(first), Some(last)) = (numbers.first().copied(), numbers.last().copied()) else {
            return (Self::new(names), None);
        };
        let (first, last) = if (first, last) == (0, 0) || (first, last) == (1, 1) { (0, 1) } else { (first, last) };
        let filled: Vec<i64> = (first..=last.min(first.saturating_add(MOST_FILLED))).collect();
        let fits = first >= 0 && last <= MOST_FILLED;
        let added = fits && filled.len() > numbers.len();
        let numbers = if fits { filled } else { numbers };
        let remark = added.then(|| format!("Classes {first} to {last} are assumed, though not all of them occur."));
        (Self::new(numbers.iter().map(i64::to_string).collect()), remark)
    }

    /// The class that a cell names: exactly; without regard to case and separators; as an index from 0 where no class
    /// is a number.
    pub(super) fn index(&self, label: &str) -> Option<usize> {
        if let Some(index) = self.by_name.get(label).or_else(|| self.by_plain.get(&plain(label))) {
            return Some(*index);
        }
        let label = canonical(label);
        if let Some(index) = self.by_name.get(&label) {
            return Some(*index);
        }
        let number = match label.to_ascii_lowercase().as_str() {
            "true" if self.names.len() == 2 => 1,
            "false" if self.names.len() == 2 => 0,
            other => other.parse::<usize>().ok()?,
        };
        let named = self.names.iter().all(|name| name.parse::<f64>().is_err());
        (named && number < self.names.len()).then_some(number)
    }
}

/// `1.0` is `1`, as pandas writes whole numbers of a column with gaps.
pub(super) fn canonical(label: &str) -> String {
    match label.split_once('.') {
        Some((whole, zeros))
            if whole.parse::<i64>().is_ok() && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') =>
        {
            whole.to_owned()
        }
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_value_and_gaps_are_filled() {
        let (list, remark) = ClassList::of_labels(["2", "0", "3.0", "0"].into_iter());
        assert_eq!(list.names, ["0", "1", "2", "3"]);
        assert!(remark.unwrap().contains("0 to 3"));
        assert_eq!(ClassList::of_labels(["10", "9"].into_iter()).0.names, ["9", "10"]);
        assert_eq!(ClassList::of_labels(["100", "5"].into_iter()).0.names, ["5", "100"]);
        assert_eq!(ClassList::of_labels(["b", "a"].into_iter()).0.names, ["a", "b"]);
    }

    #[test]
    fn a_class_may_be_named_in_many_ways() {
        let list = ClassList::new(vec!["NORMAL".into(), "PNEUMONIA".into()]);
        for label in ["PNEUMONIA", "pneumonia", "1", "1.0", "True"] {
            assert_eq!(list.index(label), Some(1), "{label}");
        }
        for label in ["2", "-1", "lung", "1.5"] {
            assert_eq!(list.index(label), None, "{label}");
        }
        let grades = ClassList::new(vec!["1".into(), "2".into()]);
        assert_eq!((grades.index("0"), grades.index("1.0")), (None, Some(0)));
    }
}
