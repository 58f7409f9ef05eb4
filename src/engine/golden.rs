//! Golden cases as `metadata.json` states them: pictures or a prepared array, and what must come out. `review::golden`
//! runs them.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::json_words::json_reason;

/// One entry of `golden_cases`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum GoldenEntry {
    Case(Box<GoldenCase>),
    /// What is written there is no golden case. It is kept, fails with a sentence, and keeps no model from opening.
    Unreadable(Value),
}

/// An input with the numbers that the training framework gives for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GoldenCase {
    /// One file, relative to the model's folder. A float32 `.npy` `[rows, cols, channels]` (`[depth, rows, cols]`) is fed
    /// as it is; anything else is opened as a scan and prepared by the manifest's steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Of `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Instead of `file`: the file, or the files of the slices, of one case as a reader opens them. They go through the whole
    /// preprocessing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<GoldenFile>,
    /// What the pictures come to, as float32 `.npy`: one for each slice that goes in, one for a volume. Tells where a
    /// difference lies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prepared: Vec<GoldenFile>,
    /// The one frame that is meant, counted from 0, instead of the manifest's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<usize>,
    /// Before softmax or sigmoid; of several slices after they were combined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logits: Vec<f32>,
    /// Before any calibration; they count where there are no logits. One value is the probability of class 1 of two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probabilities: Vec<f32>,
    /// Largest difference of a number that counts as the same.
    #[serde(default = "tolerance")]
    pub tolerance: f32,
    /// What the numbers are called, in their order, when they were recorded. Empty where that was not noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub class_names: Vec<String>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A file of a golden case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenFile {
    /// Relative to the model's folder.
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A larger difference of a logit, and of a probability, is no rounding of any engine.
const LARGEST_TOLERANCES: (f32, f32) = (1.0, 0.1);

/// Of a number, where the case states none.
fn tolerance() -> f32 {
    1e-3
}

impl Default for GoldenCase {
    fn default() -> Self {
        Self {
            file: None,
            sha256: None,
            pictures: Vec::new(),
            prepared: Vec::new(),
            slice: None,
            logits: Vec::new(),
            probabilities: Vec::new(),
            tolerance: tolerance(),
            class_names: Vec::new(),
            other: Map::new(),
        }
    }
}

impl GoldenCase {
    /// True where the numbers are this program's own: `golden record` without the framework's outputs.
    pub fn is_own(&self) -> bool {
        self.other.contains_key("recorded_by")
    }

    /// The first number that cannot be meant: the field, and what is wrong with it.
    ///
    /// # Errors
    /// The end of a sentence.
    pub fn check(&self) -> Result<(), String> {
        let (what, largest) = match self.logits.is_empty() {
            true => ("probability", LARGEST_TOLERANCES.1),
            false => ("logit", LARGEST_TOLERANCES.0),
        };
        if !(0.0..=largest).contains(&self.tolerance) {
            return Err(format!(
                "tolerance is {}: the largest difference of a {what} that may pass is a number from 0 to {largest}.",
                self.tolerance
            ));
        }
        if let Some(value) = self.probabilities.iter().find(|value| !(-1e-4..=1.0 + 1e-4).contains(*value)) {
            return Err(format!(
                "probabilities holds {value}: probabilities lie from 0 to 1. Numbers before softmax or sigmoid are logits."
            ));
        }
        if let Some(value) = self.logits.iter().find(|value| !value.is_finite()) {
            return Err(format!("logits holds {value}, which is no finite number."));
        }
        Ok(())
    }

    /// True where the very same files are fed, whatever they are called.
    pub fn feeds_the_same(&self, other: &Self) -> bool {
        let hashes = |case: &Self| -> Option<Vec<String>> {
            let files = case.pictures.iter().map(|file| file.sha256.as_ref());
            let one = case.file.as_ref().map(|_| case.sha256.as_ref());
            let all: Option<Vec<String>> = files.chain(one).map(|hash| Some(hash?.to_lowercase())).collect();
            all.filter(|all| !all.is_empty())
        };
        self.slice == other.slice && hashes(self).is_some_and(|own| hashes(other) == Some(own))
    }
}

impl GoldenFile {
    pub fn new(file: String, sha256: Option<String>) -> Self {
        Self { file, sha256, other: Map::new() }
    }
}

impl From<Value> for GoldenEntry {
    fn from(value: Value) -> Self {
        match GoldenCase::deserialize(&value) {
            Ok(case) => Self::Case(Box::new(case)),
            Err(_) => Self::Unreadable(value),
        }
    }
}

impl GoldenEntry {
    /// The case.
    ///
    /// # Errors
    /// A sentence for what is none.
    pub fn case(&self) -> Result<&GoldenCase, String> {
        match self {
            Self::Case(case) => Ok(case),
            Self::Unreadable(value) => {
                let what = GoldenCase::deserialize(value).err().map(|error| json_reason(&error)).unwrap_or_default();
                Err(format!("it is no golden case: {what}."))
            }
        }
    }
}

/// `golden_cases`, whatever is written there.
pub(super) fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<GoldenEntry>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(list) => list.into_iter().map(GoldenEntry::from).collect(),
        other => vec![GoldenEntry::Unreadable(other)],
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::MetadataFile;
    use super::*;

    #[test]
    fn entries_are_read_as_they_were_and_broken_ones_are_kept() {
        let golden = json!([
            {"file": "golden/0.npy", "sha256": "ab", "logits": [1, -0.5], "picture": "a.png", "slice": 0},
            {"pictures": [{"file": "golden/a.png"}], "probabilities": [0.25, 0.75], "tolerance": 0.5},
            {"file": 3, "logits": [1]},
            "golden/1.npy",
        ]);
        let text = json!({"golden_cases": golden.clone()}).to_string();
        let file = MetadataFile::parse(&text).unwrap();
        let [first, second, third, fourth] = file.golden_cases.as_slice() else { panic!("{file:?}") };
        let first = first.case().unwrap();
        assert_eq!((first.tolerance, first.logits.as_slice(), first.slice), (1e-3, &[1.0, -0.5][..], Some(0)));
        assert_eq!(first.other["picture"], "a.png");
        assert_eq!(second.case().unwrap().pictures, [GoldenFile::new("golden/a.png".to_owned(), None)]);
        for broken in [third, fourth] {
            assert!(broken.case().unwrap_err().contains("no golden case: "), "{:?}", broken.case());
        }
        let written = serde_json::to_value(&file).unwrap();
        for place in 1..4 {
            assert_eq!(written["golden_cases"][place], golden[place]);
        }
    }

    #[test]
    fn no_golden_cases_stop_a_manifest_from_being_read() {
        for (golden, count) in [(json!(null), 0), (json!([]), 0), (json!({"file": "x"}), 1), (json!(7), 1)] {
            let file = MetadataFile::parse(&json!({"golden_cases": golden}).to_string()).unwrap();
            assert_eq!(file.golden_cases.len(), count);
        }
    }
}
