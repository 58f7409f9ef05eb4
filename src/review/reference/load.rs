//! A reference from its folder: nothing of it is believed before it was checked.

use std::io::Read as _;
use std::path::{Component, Path, PathBuf, Prefix};
use std::sync::Arc;

use ndarray::{Array2, s};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::depths::{Depths, ranges};
use super::fitted::Fitted;
use super::{
    FEWEST, Known, MOST, NEAREST, Neighbour, Part, ReferenceCase, ReferenceFacts, Usual, VERSION, as_written, nearest,
};
use crate::engine::{MOST_FEATURES, Model, sha256_hex};
use crate::onnx::FeatureTap;
use crate::preprocess::{Step, VolumeStep};
use crate::review::record::Roots;
use crate::scan::{self, Format, Pixels};

/// Larger ones are none that this program wrote.
const MOST_FACTS: u64 = 64 << 10;
const MOST_CASES: u64 = 32 << 20;
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
    #[error(
        "{path} was made with other preprocessing than this model has now. Make it again with `overread reference`."
    )]
    OtherSteps { path: PathBuf },
    #[error("{path} cannot be used: {what}. Make it again with `overread reference`.")]
    Unusable { path: PathBuf, what: String },
}

/// The reference cases of one model.
pub struct Reference {
    pub facts: ReferenceFacts,
    pub cases: Vec<ReferenceCase>,
    /// Where it lies.
    pub folder: PathBuf,
    /// Lower-case hexadecimal sha256 of the hashes of its three files, in the order of their names.
    pub sha256: String,
    fitted: Arc<Fitted>,
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
        let (mut facts, facts_sha256) = facts(folder, model)?;
        let (mut cases, cases_sha256) = cases(folder, &facts)?;
        let features = features(folder, &facts)?;
        let sha256 = sha256_hex([cases_sha256, facts.features_sha256.clone(), facts_sha256].concat().as_bytes());
        let unusable = |what: &str| ReferenceError::Unusable { path: folder.to_owned(), what: what.to_owned() };
        if facts.version == 1 {
            in_deviations(&mut facts, &mut cases).ok_or_else(|| unusable("its distances are all the same"))?;
        }
        if !Depths::can_fit(features.view(), &facts.parts) {
            return Err(unusable("its vectors are all alike"));
        }
        let fitted = Fitted::begin(features, facts.parts.clone());
        let mut distances: Vec<f64> = cases.iter().map(|case| case.distance).collect();
        distances.sort_by(f64::total_cmp);
        let folders: Vec<PathBuf> = facts.folder.clone().into_iter().filter(|folder| is_local(folder)).collect();
        let roots = Roots::new(&folders);
        Ok(Self { facts, cases, folder: folder.to_owned(), sha256, fitted, distances, roots })
    }

    /// What a session must read.
    pub fn taps(&self) -> Vec<FeatureTap> {
        self.facts.parts.iter().map(|part| part.tap.clone()).collect()
    }

    /// What the reference says of a case with these features; `sha256` is that of its files, `slice` its frame where the
    /// file gives several cases. `None` for features of another length. The first call may wait until the fit is done.
    pub fn judge(&self, features: &[f32], sha256: Option<&str>, slice: Option<usize>) -> Option<Known> {
        if features.len() != self.facts.dims() {
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
            None => self.fitted.depths()?.distance(features),
        };
        let nearer = self.distances.partition_point(|other| *other < distance);
        let last = ranges(&self.facts.parts).last().unwrap_or_default();
        let own = features.get(last.clone()).unwrap_or_default();
        let rows = self.fitted.features.outer_iter().map(|row| row.to_slice().and_then(|row| row.get(last.clone())));
        let rows: Vec<&[f32]> = rows.map(Option::unwrap_or_default).collect();
        let found = nearest(rows.into_iter(), own, NEAREST, &same_file);
        Some(Known {
            distance: as_written(distance),
            farther_than: as_written(nearer as f64 / self.distances.len().max(1) as f64),
            is_reference: itself.is_some(),
            nearest: found.into_iter().filter_map(|(index, similarity)| self.neighbour(index, similarity)).collect(),
        })
    }

    fn neighbour(&self, case: usize, similarity: f64) -> Option<Neighbour> {
        let ReferenceCase { name, slice, label, predicted, .. } = self.cases.get(case)?.clone();
        Some(Neighbour { case, name, slice, label, predicted, similarity: as_written(similarity) })
    }

    /// Of a neighbour's file, where the reference holds it.
    pub fn sha256(&self, neighbour: &Neighbour) -> Option<&str> {
        self.cases.get(neighbour.case)?.sha256.as_deref()
    }

    /// The files of a neighbour, where all of them still lie below the folder that the reference was made of.
    pub fn files(&self, neighbour: &Neighbour) -> Option<Vec<PathBuf>> {
        let case = self.cases.get(neighbour.case)?;
        let names = case.name.iter().chain(&case.more);
        names.map(|name| self.roots.find(name)).collect::<Option<Vec<_>>>().filter(|files| !files.is_empty())
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

/// `reference.json`, and its hash.
fn facts(folder: &Path, model: &Model) -> Result<(ReferenceFacts, String), ReferenceError> {
    let path = folder.join("reference.json");
    let bytes = read(&path, MOST_FACTS)?;
    let unusable = |what: String| ReferenceError::Unusable { path: path.clone(), what };
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| unusable(format!("{error}")))?;
    let version = value.get("version").and_then(Value::as_u64);
    if version.is_none_or(|version| !(1..=u64::from(VERSION)).contains(&version)) {
        let version = version.map_or("not stated".to_owned(), |version| version.to_string());
        return Err(unusable(format!("its format is {version}, and 1 to {VERSION} are read")));
    }
    let facts: ReferenceFacts =
        serde_json::from_value(with_parts(value)).map_err(|error| unusable(error.to_string()))?;
    if facts.model_sha256 != model.sha256 {
        let (stated, found) = (facts.model_sha256, model.sha256.clone());
        return Err(ReferenceError::OtherModel { path: folder.to_owned(), stated, found });
    }
    if facts.preprocess.as_ref().is_some_and(|steps| !are_steps_of(model, steps)) {
        return Err(ReferenceError::OtherSteps { path: folder.to_owned() });
    }
    if let Some(part) = facts.parts.iter().find(|part| model.graph.producer(&part.tap.tensor).is_none()) {
        return Err(unusable(format!("the model has no tensor \"{}\"", part.tap.tensor)));
    }
    let (cases, dims) = (facts.cases, facts.dims());
    if !((1..=MOST_FEATURES).contains(&dims) && (FEWEST..=MOST).contains(&cases)) {
        return Err(unusable(format!("{cases} vectors of {dims} numbers are none that are written")));
    }
    let measured = |part: &Part| part.usual.map_or(facts.version == 1, Usual::is_sound);
    let sound = |part: &Part| part.dims > 0 && part.scale.is_finite() && part.scale > 0.0 && measured(part);
    if !facts.parts.iter().all(sound) {
        return Err(unusable("a scale or a usual distance of it is none that is written".to_owned()));
    }
    Ok((facts, sha256_hex(&bytes)))
}

/// True where the model prepares its input in these steps.
fn are_steps_of(model: &Model, steps: &Value) -> bool {
    match model.is_volume() {
        true => Vec::<VolumeStep>::deserialize(steps).is_ok_and(|steps| steps == model.volume_steps()),
        false => Vec::<Step>::deserialize(steps).is_ok_and(|steps| steps == model.steps()),
    }
}

/// The first version's one part, whose fields lay beside the others, as it is written now.
fn with_parts(mut facts: Value) -> Value {
    if let Some(fields) = facts.as_object_mut().filter(|fields| fields.get("version") == Some(&Value::from(1))) {
        let moved = ["tensor", "axes", "words", "dims", "scale"];
        let part: Map<String, Value> =
            moved.into_iter().filter_map(|name| Some((name.to_owned(), fields.remove(name)?))).collect();
        fields.insert("parts".to_owned(), Value::from(vec![Value::from(part)]));
    }
    facts
}

/// The first version has plain distances: counts them as they are counted now. `None` where they do not differ.
fn in_deviations(facts: &mut ReferenceFacts, cases: &mut [ReferenceCase]) -> Option<()> {
    let distances: Vec<f64> = cases.iter().map(|case| case.distance).collect();
    let usual = Usual::of(&distances)?;
    facts.parts.iter_mut().for_each(|part| part.usual = Some(usual));
    cases.iter_mut().for_each(|case| case.distance = usual.beyond(case.distance));
    Some(())
}

/// `cases.jsonl`, and its hash.
fn cases(folder: &Path, facts: &ReferenceFacts) -> Result<(Vec<ReferenceCase>, String), ReferenceError> {
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
    if cases.iter().any(|case| !case.distance.is_finite()) {
        return Err(unusable("a distance is no number".to_owned()));
    }
    Ok((cases, sha256_hex(&bytes)))
}

fn features(folder: &Path, facts: &ReferenceFacts) -> Result<Array2<f32>, ReferenceError> {
    let path = folder.join("features.npy");
    let unusable = |what: String| ReferenceError::Unusable { path: path.clone(), what };
    let bytes = read(&path, (facts.cases * facts.dims() * 4) as u64 + MOST_HEADER)?;
    let found = sha256_hex(&bytes);
    if found != facts.features_sha256 {
        return Err(unusable(format!("its sha256 is {found}, reference.json states {}", facts.features_sha256)));
    }
    let frame = scan::open(&path)
        .and_then(|scan| if scan.format == Format::Npy { scan.frame(0).map(Some) } else { Ok(None) })
        .map_err(|error| unusable(error.to_string()))?;
    let wanted = (facts.cases, facts.dims());
    let values = match frame.map(|frame| frame.pixels) {
        Some(Pixels::Gray(values)) if values.dim() == wanted => values,
        _ => return Err(unusable(format!("it is no array of {} x {} numbers", wanted.0, wanted.1))),
    };
    let mut values = values.as_standard_layout().into_owned();
    for (range, part) in ranges(&facts.parts).zip(&facts.parts) {
        values.slice_mut(s![.., range]).mapv_inplace(|value| (f64::from(value) * part.scale) as f32);
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(unusable("a number of it is not finite".to_owned()));
    }
    Ok(values)
}

/// True for a path on a disk of this machine: a reference from elsewhere must not make the program ask a server.
fn is_local(path: &Path) -> bool {
    match path.components().next() {
        Some(Component::RootDir) => true,
        Some(Component::Prefix(prefix)) => matches!(prefix.kind(), Prefix::Disk(_) | Prefix::VerbatimDisk(_)),
        _ => false,
    }
}
