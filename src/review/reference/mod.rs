//! What a model has seen: a vector for each of some labelled cases, and how far a new case lies from them.
//!
//! In: the [features](crate::engine::Inference::features) of a case, in the model's own units. Out: [`Known`]: how far it
//! lies from the reference cases (Mahalanobis distances at several depths of the network, in standard deviations of the
//! cases' own), the share of them that lie nearer, and the nearest ones by cosine of the last vector. [`build`](build()) makes a [`NewReference`] of a folder, [`Reference::load`] reads one that
//! was written, [`Reference::find`] looks beside the model. It writes no file and says nothing about right or wrong.

mod build;
mod cholesky;
mod depths;
mod fitted;
mod gaussian;
mod load;
mod place;
mod tap;

use serde::{Deserialize, Serialize};

use crate::onnx::FeatureTap;

pub use build::{BuildError, BuildOptions, NewReference, build, choose};
pub use load::{Reference, ReferenceError};
pub use place::{folder_for, own_folder};
pub use tap::{Tap, TapsFound, find_taps};

/// Nearest cases that are given.
pub const NEAREST: usize = 5;

/// From this share of reference cases that lie nearer, a case counts as unlike them.
pub const UNLIKE: f64 = 0.99;

/// Fewest cases that make a reference.
pub const FEWEST: usize = 10;

/// Most cases of a reference: two thousand vectors of eight thousand numbers are 64 MB.
pub const MOST: usize = 2000;

/// Files of one case that are named; of longer series only the first one.
const MOST_FILES: usize = 512;

/// `reference.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceFacts {
    /// Of the format; see `docs/FORMATS.md`.
    pub version: u32,
    /// How the model prepared the cases, as in its `metadata.json`; `None` in older files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preprocess: Option<serde_json::Value>,
    /// Lower-case hexadecimal sha256 of the .onnx.
    pub model_sha256: String,
    pub model: String,
    /// What a vector is made of, one part behind the other, in the order of their depth. Neighbours are compared by the
    /// last one.
    pub parts: Vec<Part>,
    pub cases: usize,
    /// Cases that were there; the reference holds a part of them where they are more.
    pub of: usize,
    /// Of the folder that it was made of, on the machine that made it; `None` where names were left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<std::path::PathBuf>,
    /// Program and version.
    pub made_by: String,
    /// Lower-case hexadecimal sha256 of `features.npy`.
    pub features_sha256: String,
    /// Share of cases whose nearest other case has their label, of those with a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest_agrees: Option<f64>,
}

/// One tensor's numbers in a vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    #[serde(flatten)]
    pub tap: FeatureTap,
    /// Which tensor it is, in words.
    pub words: String,
    /// How many numbers.
    pub dims: usize,
    /// What they are multiplied with in `features.npy`.
    pub scale: f64,
    /// `None` in the first version of the format, which has one part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<Usual>,
}

/// Mahalanobis distances of the reference cases, each to the centre of the others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
}

impl ReferenceFacts {
    /// Numbers of a vector.
    pub fn dims(&self) -> usize {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.dims))
    }
}

/// The format that this program writes. The first one, with one part and its fields beside the others, is read too.
pub const VERSION: u32 = 2;

/// A line of `cases.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceCase {
    /// Path below the folder, parts joined by `/`; of a series, its first file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The frame from 0, where the file gives several cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<usize>,
    /// A class of the model, else the label as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the model said.
    pub predicted: String,
    /// Of the file, or of a series as in a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// As [`Known::distance`], to the others.
    pub distance: f64,
    /// Further files of a case of several, as `name`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<String>,
}

/// What a reference says of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// How far it lies from the reference cases: at each depth the Mahalanobis distance to their centre, in standard
    /// deviations beyond the mean of their own distances; the mean of all depths. The cases' own mean is 0.
    pub distance: f64,
    /// Share of the reference cases that lie nearer to the centre of the others, 0 to 1.
    pub farther_than: f64,
    /// True where the very file is one of the reference cases; it is left out of the nearest then, and the distance is to
    /// the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_reference: bool,
    /// At most [`NEAREST`], the most similar first.
    pub nearest: Vec<Neighbour>,
}

/// A reference case near another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Its line in `cases.jsonl`, from 0.
    pub case: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the model said about it.
    pub predicted: String,
    /// Cosine of the two vectors, -1 to 1.
    pub similarity: f64,
}

impl Known {
    /// True where hardly any reference case lies as far out.
    pub fn is_unlike(&self) -> bool {
        self.farther_than >= UNLIKE
    }

    /// `99.4`, never rounded up to 100 unless all of them are nearer.
    pub fn percent(&self) -> String {
        let percent = self.farther_than * 100.0;
        if percent >= 100.0 { "100".to_owned() } else { format!("{:.1}", (percent * 10.0).floor() / 10.0) }
    }

    /// The doubt in words, where there is one.
    pub fn warning(&self) -> Option<String> {
        self.is_unlike().then(|| format!("Unlike the reference cases: farther out than {} % of them.", self.percent()))
    }
}

/// Nine decimals: what is read back from a line of JSON is the same number.
fn as_written(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

/// Cosine of two vectors of one length; 0 where one of them is zero.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { (dot(a, b) / lengths).clamp(-1.0, 1.0) } else { 0.0 }
}

/// Indices of the `most` most similar rows, those first; `leave_out` are not looked at.
fn nearest<'a>(
    rows: impl Iterator<Item = &'a [f32]>,
    features: &[f32],
    most: usize,
    leave_out: &dyn Fn(usize) -> bool,
) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::with_capacity(most + 1);
    for (index, row) in rows.enumerate().filter(|(index, _)| !leave_out(*index)) {
        let similarity = cosine(row, features);
        let place = found.partition_point(|(_, other)| *other >= similarity);
        if place < most {
            found.insert(place, (index, similarity));
            found.truncate(most);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_come_first_and_equal_ones_in_their_order() {
        let rows: [[f32; 2]; 5] = [[0.0, 1.0], [2.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]];
        let found = nearest(rows.iter().map(|row| row.as_slice()), &[3.0, 0.0], 3, &|_| false);
        assert_eq!(found.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 3, 2]);
        assert!((found[2].1 - 0.5f64.sqrt()).abs() < 1e-9);
        let without = nearest(rows.iter().map(|row| row.as_slice()), &[3.0, 0.0], 1, &|index| index == 1);
        assert_eq!(without[0].0, 3);
    }

    #[test]
    fn a_hundred_percent_is_said_only_where_all_are_nearer() {
        let known = |farther_than| Known { distance: 1.0, farther_than, is_reference: false, nearest: vec![] };
        assert_eq!(known(0.9999).percent(), "99.9");
        assert_eq!(known(1.0).percent(), "100");
        assert!(known(0.989).warning().is_none());
        assert!(known(0.99).warning().unwrap().contains("99.0 %"));
    }
}
