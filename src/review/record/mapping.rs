//! Which class a label text means, said in a way that a person can check.

use serde::Serialize;

/// How a label was matched with a class, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchedBy {
    /// A pair that a person gave.
    Pair,
    /// The class's own name.
    Exact,
    /// The name, but for case, spaces and separators.
    Spelling,
    /// The grade: `2`, `grade 2` and `2gr` are one.
    Grade,
    /// The class's index, from 0, of classes without numbers in their names.
    Index,
}

impl MatchedBy {
    pub fn word(self) -> &'static str {
        match self {
            Self::Pair => "request",
            Self::Exact => "name",
            Self::Spelling => "spelling",
            Self::Grade => "grade",
            Self::Index => "index",
        }
    }
}

/// A label text, what it means and how often it occurs: a row of the mapping that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MappedLabel {
    pub label: String,
    /// Class index; `None` for a label that is none of the classes.
    pub class: Option<usize>,
    pub by: Option<MatchedBy>,
    pub cases: usize,
}

/// From label texts to class indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassMapping {
    names: Vec<String>,
    pairs: Vec<(String, usize)>,
}

impl ClassMapping {
    /// `names` by class index.
    pub fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), pairs: Vec::new() }
    }

    /// Adds what a person says: `label` means the class that `class` names (in any way that a label may).
    ///
    /// # Errors
    /// A sentence where `class` is none of the classes.
    pub fn with_pair(mut self, label: &str, class: &str) -> Result<Self, String> {
        let found = Self { pairs: Vec::new(), ..self.clone() }.class(class);
        let (index, _) = found.ok_or_else(|| format!("{class} is none of the classes {}", self.names.join(", ")))?;
        self.pairs.push((label.trim().to_owned(), index));
        Ok(self)
    }

    /// Class names by index.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The class that a label means, and how that was seen.
    pub fn class(&self, label: &str) -> Option<(usize, MatchedBy)> {
        let label = label.trim();
        self.named(label).or_else(|| self.by_grade(label, true)).or_else(|| self.by_index(label))
    }

    /// As [`ClassMapping::class`] for a folder's name. A bare number counts only with `numbers`: elsewhere it is a
    /// patient's or a series' folder.
    pub fn class_of_folder(&self, name: &str, numbers: bool) -> Option<(usize, MatchedBy)> {
        let name = name.trim();
        let found = self.named(name).or_else(|| self.by_grade(name, numbers));
        found.or_else(|| if numbers { self.by_index(name) } else { None })
    }

    /// By a given pair or by name.
    fn named(&self, label: &str) -> Option<(usize, MatchedBy)> {
        let same = plain(label);
        let pair = |exact: bool| {
            let found = self.pairs.iter().find(|(text, _)| if exact { text == label } else { plain(text) == same });
            found.map(|(_, class)| (*class, MatchedBy::Pair))
        };
        let name =
            |exact: bool| self.names.iter().position(|name| if exact { name == label } else { plain(name) == same });
        pair(true)
            .or_else(|| pair(false))
            .or_else(|| Some((name(true)?, MatchedBy::Exact)))
            .or_else(|| Some((name(false)?, MatchedBy::Spelling)))
    }

    /// Where every class holds one number of its own, and the label's other letters (if any) are those of the class or
    /// a word for grades.
    fn by_grade(&self, label: &str, bare: bool) -> Option<(usize, MatchedBy)> {
        let (word, number) = grade(label)?;
        let classes: Option<Vec<(String, u32)>> = self.names.iter().map(|name| grade(name)).collect();
        let classes = classes?;
        let mut same = classes.iter().enumerate().filter(|(_, (_, of_class))| *of_class == number);
        let (class, (word_of_class, _)) = same.next()?;
        let known = GRADE_WORDS.contains(&word.as_str()) || word == *word_of_class;
        let fits = if word.is_empty() { bare } else { known };
        (same.next().is_none() && fits).then_some((class, MatchedBy::Grade))
    }

    fn by_index(&self, label: &str) -> Option<(usize, MatchedBy)> {
        if self.names.iter().any(|name| name.chars().any(|letter| letter.is_ascii_digit())) {
            return None;
        }
        let number = match label.to_ascii_lowercase().as_str() {
            "true" if self.names.len() == 2 => 1,
            "false" if self.names.len() == 2 => 0,
            _ => {
                grade(label).filter(|(word, _)| word.is_empty()).and_then(|(_, number)| usize::try_from(number).ok())?
            }
        };
        (number < self.names.len()).then_some((number, MatchedBy::Index))
    }

    /// The mapping of `labels` (each with the number of its cases), those that are none of the classes first.
    pub fn table<'a>(&self, labels: impl Iterator<Item = (&'a str, usize)>) -> Vec<MappedLabel> {
        let mut rows: Vec<MappedLabel> = labels
            .map(|(label, cases)| {
                let found = self.class(label);
                MappedLabel {
                    label: label.to_owned(),
                    class: found.map(|(class, _)| class),
                    by: found.map(|(_, by)| by),
                    cases,
                }
            })
            .collect();
        rows.sort_by(|a, b| (a.class, &a.label).cmp(&(b.class, &b.label)));
        rows
    }
}

/// Words that stand beside a grade.
const GRADE_WORDS: [&str; 14] =
    ["g", "gr", "grade", "grades", "class", "level", "stage", "score", "kl", "cdr", "등급", "단계", "도", "급"];

/// The only number of a label and its letters in lower case; `1.0` is 1.
fn grade(label: &str) -> Option<(String, u32)> {
    let label = label.strip_suffix(".0").unwrap_or(label);
    let mut numbers = label.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
    let number = numbers.next()?.parse().ok()?;
    // `-1` is no grade, `1-2` neither.
    if label.starts_with('-') || numbers.next().is_some() {
        return None;
    }
    Some((plain(label).chars().filter(|letter| !letter.is_ascii_digit()).collect(), number))
}

/// Lower case, without spaces and separators.
pub(in crate::review) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(names: &[&str]) -> ClassMapping {
        ClassMapping::new(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn grades_are_known_however_they_are_written() {
        let grades = mapping(&["0gr", "1gr", "2gr"]);
        for (label, class, by) in [
            ("1gr", 1, MatchedBy::Exact),
            ("2 GR", 2, MatchedBy::Spelling),
            ("2", 2, MatchedBy::Grade),
            ("1.0", 1, MatchedBy::Grade),
            ("Grade 2", 2, MatchedBy::Grade),
            ("2등급", 2, MatchedBy::Grade),
        ] {
            assert_eq!(grades.class(label), Some((class, by)), "{label}");
        }
        for label in ["3", "patient 1", "1 2", "normal", "-"] {
            assert_eq!(grades.class(label), None, "{label}");
        }
        // Grades that start at 1 are no indices.
        assert_eq!(mapping(&["1gr", "2gr", "3gr"]).class("1"), Some((0, MatchedBy::Grade)));
        assert_eq!(mapping(&["1gr", "2gr", "3gr"]).class("0"), None);
    }

    #[test]
    fn classes_without_numbers_may_be_counted() {
        let classes = mapping(&["CN", "MCI", "AD"]);
        assert_eq!(classes.class("2"), Some((2, MatchedBy::Index)));
        assert_eq!((classes.class("3"), classes.class("grade 2"), classes.class("-1")), (None, None, None));
        assert_eq!(mapping(&["NORMAL", "PNEUMONIA"]).class("True"), Some((1, MatchedBy::Index)));
    }

    #[test]
    fn what_a_person_says_goes_first() {
        let classes = mapping(&["CN", "AD"]).with_pair("치매", "ad").unwrap().with_pair("CN", "AD").unwrap();
        assert_eq!(classes.class("치매"), Some((1, MatchedBy::Pair)));
        assert_eq!(classes.class("CN"), Some((1, MatchedBy::Pair)));
        assert!(mapping(&["CN", "AD"]).with_pair("x", "MCI").unwrap_err().contains("CN, AD"));
    }

    #[test]
    fn folders_of_patients_are_no_grades() {
        let grades = mapping(&["0gr", "1gr"]);
        assert_eq!(grades.class_of_folder("1", false), None);
        assert_eq!(grades.class_of_folder("1", true), Some((1, MatchedBy::Grade)));
        assert_eq!(grades.class_of_folder("grade_1", false), Some((1, MatchedBy::Grade)));
        assert_eq!(grades.class_of_folder("series 1", true), None);
    }

    #[test]
    fn the_table_shows_what_is_none_of_the_classes_first() {
        let rows = mapping(&["CN", "AD"]).table([("ad", 3), ("??", 1)].into_iter());
        assert_eq!(rows[0], MappedLabel { label: "??".into(), class: None, by: None, cases: 1 });
        assert_eq!((rows[1].class, rows[1].by), (Some(1), Some(MatchedBy::Spelling)));
    }
}
