//! A reference from its folder: nothing of it is believed before it was checked.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf, Prefix};

use ndarray::Array2;

use super::gaussian::Gaussian;
use super::{FEWEST, Known, MOST, NEAREST, Neighbour, ReferenceCase, ReferenceFacts, VERSION, nearest};
use crate::engine::{MOST_FEATURES, Model, sha256_hex};
use crate::onnx::FeatureTap;
use crate::review::record::Roots;
use crate::scan::{self, Format, Pixels};

/// Larger ones are none that this program wrote.
const MOST_FACTS: u64 = 64 << 10;
const MOST_CASES: u64 = 8 << 20;
/// Of the `.npy` header.
const MOST_HEADER: u64 = 16 << 10;

/// Why a reference cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    #[error("{path} could not be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error(
        "{path} was made for another model: its sha256 is {stated}, that of this model is {found}. Make it again with `overread reference`."
    )]
    OtherModel { path: PathBuf, stated: String, found: String },
    #[error("{path} cannot be used: {what}. Make it again with `overread reference`.")]
    Unusable { path: PathBuf, what: String },
}

/// The reference cases of one model.
pub struct Reference {
    pub facts: ReferenceFacts,
    pub cases: Vec<ReferenceCase>,
    /// Where it lies.
    pub folder: PathBuf,
    /// `[cases, dims]`.
    features: Array2<f32>,
    gaussian: Gaussian,
    /// The cases' own distances, from the nearest on.
    distances: Vec<f64>,
    roots: Roots,
}

impl Reference {
    /// Reads and checks the reference in `folder` for `model`.
    ///
    /// # Errors
    /// A sentence for another model's, for a damaged one, and for one that no vectors fit.
    pub fn load(folder: &Path, model: &Model) -> Result<Self, ReferenceError> {
        let facts = facts(folder, model)?;
        let cases = cases(folder, &facts)?;
        let features = features(folder, &facts)?;
        let unusable = |what: &str| ReferenceError::Unusable { path: folder.to_owned(), what: what.to_owned() };
        let gaussian = Gaussian::fit(features.view()).ok_or_else(|| unusable("its vectors are all alike"))?;
        let mut distances: Vec<f64> = cases.iter().map(|case| case.distance).collect();
        distances.sort_by(f64::total_cmp);
        let folders: Vec<PathBuf> = facts.folder.clone().into_iter().filter(|folder| is_local(folder)).collect();
        let roots = Roots::new(&folders);
        Ok(Self { facts, cases, folder: folder.to_owned(), features, gaussian, distances, roots })
    }

    /// What a session must read.
    pub fn tap(&self) -> FeatureTap {
        self.facts.tap.clone()
    }

    /// What the reference says of a case with these features; `sha256` is that of its files, `slice` its frame where the
    /// file gives several cases. `None` for features of another length.
    pub fn judge(&self, features: &[f32], sha256: Option<&str>, slice: Option<usize>) -> Option<Known> {
        if features.len() != self.facts.dims {
            return None;
        }
        let same_file = |index: usize| {
            let own = self.cases.get(index).and_then(|case| case.sha256.as_deref());
            own.is_some() && own == sha256
        };
        let itself = (0..self.cases.len()).find(|index| {
            same_file(*index) && self.cases.get(*index).is_some_and(|case| case.slice.is_none() || case.slice == slice)
        });
        let distance = match itself.and_then(|index| self.cases.get(index)) {
            Some(case) => case.distance,
            None => self.gaussian.distance(features),
        };
        let nearer = self.distances.partition_point(|other| *other < distance);
        let rows = self.features.outer_iter();
        let rows: Vec<&[f32]> = rows.map(|row| row.to_slice().unwrap_or_default()).collect();
        let found = nearest(rows.into_iter(), features, NEAREST, &same_file);
        Some(Known {
            distance,
            farther_than: nearer as f64 / self.distances.len().max(1) as f64,
            is_reference: itself.is_some(),
            nearest: found.into_iter().filter_map(|(index, similarity)| self.neighbour(index, similarity)).collect(),
        })
    }

    fn neighbour(&self, case: usize, similarity: f64) -> Option<Neighbour> {
        let ReferenceCase { name, slice, label, predicted, .. } = self.cases.get(case)?.clone();
        Some(Neighbour { case, name, slice, label, predicted, similarity })
    }

    /// The file of a neighbour, where it still lies below the folder that the reference was made of.
    pub fn file(&self, neighbour: &Neighbour) -> Option<PathBuf> {
        self.roots.find(neighbour.name.as_deref()?)
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reference").field("facts", &self.facts).finish_non_exhaustive()
    }
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>, ReferenceError> {
    let failed = |source| ReferenceError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > most {
        let what = format!("it has more than {} KiB", most >> 10);
        return Err(ReferenceError::Unusable { path: path.to_owned(), what });
    }
    Ok(bytes)
}

fn facts(folder: &Path, model: &Model) -> Result<ReferenceFacts, ReferenceError> {
    let path = folder.join("reference.json");
    let bytes = read(&path, MOST_FACTS)?;
    let unusable = |what: String| ReferenceError::Unusable { path: path.clone(), what };
    let facts: ReferenceFacts = serde_json::from_slice(&bytes).map_err(|error| unusable(format!("{error}")))?;
    if facts.version != VERSION {
        return Err(unusable(format!("its format is {}, and {VERSION} is read", facts.version)));
    }
    if facts.model_sha256 != model.sha256 {
        let (stated, found) = (facts.model_sha256, model.sha256.clone());
        return Err(ReferenceError::OtherModel { path: folder.to_owned(), stated, found });
    }
    if model.graph.producer(&facts.tap.tensor).is_none() {
        return Err(unusable(format!("the model has no tensor \"{}\"", facts.tap.tensor)));
    }
    let plausible = (1..=MOST_FEATURES).contains(&facts.dims) && (FEWEST..=MOST).contains(&facts.cases);
    if !(plausible && facts.scale.is_finite() && facts.scale > 0.0) {
        let (cases, dims, scale) = (facts.cases, facts.dims, facts.scale);
        return Err(unusable(format!("{cases} vectors of {dims} numbers times {scale} are none that are written")));
    }
    Ok(facts)
}

fn cases(folder: &Path, facts: &ReferenceFacts) -> Result<Vec<ReferenceCase>, ReferenceError> {
    let path = folder.join("cases.jsonl");
    let bytes = read(&path, MOST_CASES)?;
    let unusable = |what: String| ReferenceError::Unusable { path: path.clone(), what };
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(MOST + 1);
    let cases: Vec<ReferenceCase> = lines
        .map(serde_json::from_slice)
        .collect::<Result<_, _>>()
        .map_err(|error: serde_json::Error| unusable(format!("a line is no case ({error})")))?;
    if cases.len() != facts.cases {
        return Err(unusable(format!("it has {} cases, reference.json states {}", cases.len(), facts.cases)));
    }
    if cases.iter().any(|case| !(case.distance.is_finite() && case.distance >= 0.0)) {
        return Err(unusable("a distance is no number".to_owned()));
    }
    Ok(cases)
}

fn features(folder: &Path, facts: &ReferenceFacts) -> Result<Array2<f32>, ReferenceError> {
    let path = folder.join("features.npy");
    let unusable = |what: String| ReferenceError::Unusable { path: path.clone(), what };
    let bytes = read(&path, (facts.cases * facts.dims * 4) as u64 + MOST_HEADER)?;
    let found = sha256_hex(&bytes);
    if found != facts.features_sha256 {
        return Err(unusable(format!("its sha256 is {found}, reference.json states {}", facts.features_sha256)));
    }
    let frame = scan::open(&path)
        .and_then(|scan| if scan.format == Format::Npy { scan.frame(0).map(Some) } else { Ok(None) })
        .map_err(|error| unusable(error.to_string()))?;
    let wanted = (facts.cases, facts.dims);
    let values = match frame.map(|frame| frame.pixels) {
        Some(Pixels::Gray(values)) if values.dim() == wanted => values,
        _ => return Err(unusable(format!("it is no array of {} x {} numbers", wanted.0, wanted.1))),
    };
    let values = values.mapv(|value| (f64::from(value) * facts.scale) as f32);
    if values.iter().any(|value| !value.is_finite()) {
        return Err(unusable("a number of it is not finite".to_owned()));
    }
    Ok(values.as_standard_layout().into_owned())
}

/// True for a path on a disk of this machine: a reference from elsewhere must not make the program ask a server.
fn is_local(path: &Path) -> bool {
    match path.components().next() {
        Some(Component::RootDir) => true,
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::Disk(_) | Prefix::VerbatimDisk(_)),
        _ => false,
    }
}
