//! Golden cases, run again: pictures through the whole preprocessing, or prepared arrays as they are, compared with the
//! numbers that the training framework gave.
//!
//! In: a model, its session, the entries of `golden_cases`. Out: a [`GoldenResult`] each: the largest difference of a
//! number, and, where prepared arrays lie beside the pictures, whether preprocessing or network differs. A case that is
//! broken is a result that failed, with a sentence. It writes no file.

mod place;
mod stored;

use std::path::PathBuf;

use ndarray::Array3;
use serde::Serialize;

use self::place::{array_difference, find_place};
use self::stored::Input;
use super::prepare_case;
use crate::engine::{GoldenCase, GoldenEntry, Inference, Model, Session, SliceChoice};

pub use place::{ArrayDifference, Place};
pub use stored::{fed, stored_array};

/// What was fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Checked {
    /// Pictures: how they are prepared, and the network.
    Pictures,
    /// A prepared array: the network only.
    Array,
}

/// Which numbers were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Compared {
    Logits,
    /// Before any calibration.
    Probabilities,
}

impl Compared {
    /// The plural, in English.
    pub fn word(self) -> &'static str {
        match self {
            Self::Logits => "logits",
            Self::Probabilities => "probabilities",
        }
    }
}

/// How one golden case came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoldenResult {
    /// As the manifest names it; of several files the first.
    pub file: String,
    /// Number of files that were fed.
    pub files: usize,
    pub checked: Checked,
    pub compared: Compared,
    /// True where the expected numbers are this program's own.
    pub own: bool,
    pub passed: bool,
    /// Largest difference of a number; `None` where the case could not be run.
    pub largest_difference: Option<f32>,
    pub tolerance: f32,
    /// How far the prepared pictures are from the arrays that lie beside them.
    pub prepared: Option<ArrayDifference>,
    /// Largest difference of a number where the stored arrays are fed; only of a case that failed.
    pub network_difference: Option<f32>,
    /// Where the difference of a case that failed lies, where its arrays tell.
    pub place: Option<Place>,
    /// Why the case could not be run.
    pub problem: Option<String>,
}

/// Runs every entry of the manifest.
pub fn verify_golden(model: &Model, session: &mut Session) -> Vec<GoldenResult> {
    model.manifest.golden_cases.iter().map(|entry| verify_entry(model, session, entry)).collect()
}

/// Runs one entry of the manifest.
pub fn verify_entry(model: &Model, session: &mut Session, entry: &GoldenEntry) -> GoldenResult {
    // The manifest's own entries are said by their place.
    let place = model.manifest.golden_cases.iter().position(|own| own == entry);
    let key = place.map_or_else(|| "golden_cases".to_owned(), |place| format!("golden_cases[{place}]"));
    let stated = |what: String| format!("metadata.json, {key}: {what}");
    match entry.case().and_then(|case| case.check().map(|()| case)) {
        Ok(case) => verify_case(model, session, case),
        Err(what) => GoldenResult::not_run(entry, stated(what)),
    }
}

/// The numbers would be called otherwise than they were recorded.
fn check_names(model: &Model, case: &GoldenCase) -> Result<(), String> {
    let (recorded, now) = (&case.class_names, model.class_names());
    if recorded.is_empty() || recorded == now {
        return Ok(());
    }
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort_unstable();
        names
    };
    let what = if sorted(recorded) == sorted(now) { "in another order" } else { "otherwise" };
    Err(format!(
        "The classes are called {what} now: the case was recorded for {}, and metadata.json has {} under channel_def. The \
         same numbers would stand for other classes: correct channel_def, or record the case anew.",
        recorded.join(", "),
        now.join(", ")
    ))
}

/// Runs one case, whose files lie in the model's folder.
pub fn verify_case(model: &Model, session: &mut Session, case: &GoldenCase) -> GoldenResult {
    let mut result = GoldenResult::of(case);
    let ran = run(model, session, case, &mut result).and_then(|()| check_names(model, case));
    if let Err(problem) = ran {
        result.problem = Some(problem);
    }
    result.passed = result.problem.is_none() && result.largest_difference.is_some_and(|off| off <= case.tolerance);
    result
}

fn run(model: &Model, session: &mut Session, case: &GoldenCase, result: &mut GoldenResult) -> Result<(), String> {
    if case.logits.is_empty() && case.probabilities.is_empty() {
        return Err("The case states neither logits nor probabilities.".to_owned());
    }
    case.check().map_err(|what| format!("golden_cases: {what}"))?;
    let files = match stored::input(model, case)? {
        Input::Array(tensor) => {
            result.checked = Checked::Array;
            result.largest_difference = Some(difference(model, session, case, &[tensor])?);
            return Ok(());
        }
        Input::Pictures(files) => files,
    };
    result.checked = Checked::Pictures;
    let arrays = stored::arrays(model, case)?;
    let prepared = prepared(model, &files, case.slice);
    if !arrays.is_empty() {
        result.prepared = prepared.as_ref().ok().map(|prepared| array_difference(prepared, &arrays));
    }
    let found = prepared.and_then(|prepared| difference(model, session, case, &prepared));
    result.largest_difference = found.as_ref().ok().copied();
    let passed = found.as_ref().is_ok_and(|off| *off <= case.tolerance);
    if !passed && !arrays.is_empty() {
        let network = difference(model, session, case, &arrays).ok();
        result.place = Some(find_place(result.prepared.as_ref(), network.is_some_and(|off| off <= case.tolerance)));
        result.network_difference = network;
    }
    found.map(|_| ())
}

/// The tensors of one case, as the window and `predict` make them: `[rows, cols, channels]` for each slice that goes in, or
/// `[depth, rows, cols]` of a volume.
///
/// # Errors
/// A sentence for files that cannot be read or prepared, or that give several cases.
pub fn prepared(model: &Model, files: &[PathBuf], slice: Option<usize>) -> Result<Vec<Array3<f32>>, String> {
    let choice = slice.map(SliceChoice::Index);
    let mut found = None;
    prepare_case(files, model, choice.as_ref(), &mut |case| {
        found = Some(case);
        false
    })
    .map_err(|error| error.to_string())?;
    let case = found.ok_or("The files give no case.")?.map_err(|error| error.to_string())?;
    if case.siblings > 1 {
        return Err(format!(
            "Each of the {} slices is a case of its own here; \"slice\" must say which one is meant.",
            case.siblings
        ));
    }
    Ok(case.prepared.into_iter().map(|prepared| prepared.tensor).collect())
}

/// What the model says of the tensors of one case: logits and scores before any calibration.
///
/// # Errors
/// A sentence of the engine.
pub fn answer(model: &Model, session: &mut Session, tensors: &[Array3<f32>]) -> Result<Inference, String> {
    let views: Vec<_> = tensors.iter().map(|tensor| tensor.view()).collect();
    let parts = session.run(&views).map_err(|error| error.to_string())?;
    model.combine_uncalibrated(parts).map_err(|error| error.to_string())
}

/// Largest difference of a stated number.
fn difference(model: &Model, session: &mut Session, case: &GoldenCase, tensors: &[Array3<f32>]) -> Result<f32, String> {
    let answer = answer(model, session, tensors)?;
    let (found, stated, what) = if case.logits.is_empty() {
        (answer.scores, &case.probabilities, "probabilities")
    } else {
        let logits = answer.logits.ok_or("The model gives no logits to compare; state probabilities instead.")?;
        (logits, &case.logits, "logits")
    };
    // One probability is that of class 1 of two.
    let found = match (found.as_slice(), stated.as_slice()) {
        ([_, second], [_]) if case.logits.is_empty() => vec![*second],
        _ => found,
    };
    if found.len() != stated.len() {
        return Err(format!("{} {what} are stated; the model gives {}.", stated.len(), found.len()));
    }
    Ok(found.iter().zip(stated).map(|(found, stated)| (found - stated).abs()).fold(0.0, f32::max))
}

impl GoldenResult {
    fn of(case: &GoldenCase) -> Self {
        let first = case.pictures.first().map(|picture| &picture.file).or(case.file.as_ref());
        let file = first.cloned().unwrap_or_default();
        // Until the file is opened, its name tells.
        let array = case.pictures.is_empty() && file.to_ascii_lowercase().ends_with(".npy");
        Self {
            file,
            files: case.pictures.len().max(1),
            checked: if array { Checked::Array } else { Checked::Pictures },
            compared: if case.logits.is_empty() { Compared::Probabilities } else { Compared::Logits },
            own: case.is_own(),
            passed: false,
            largest_difference: None,
            tolerance: case.tolerance,
            prepared: None,
            network_difference: None,
            place: None,
            problem: None,
        }
    }

    /// For an entry that could not be run, with the reason.
    pub fn not_run(entry: &GoldenEntry, problem: String) -> Self {
        let of_case = match entry {
            GoldenEntry::Case(case) => Self::of(case),
            GoldenEntry::Unreadable(value) => {
                let file = value.get("file").and_then(|file| file.as_str()).unwrap_or("golden_cases").to_owned();
                Self::of(&GoldenCase { file: Some(file), ..GoldenCase::default() })
            }
        };
        Self { problem: Some(problem), ..of_case }
    }

    /// The file, and how many more there are.
    pub fn title(&self) -> String {
        match self.files {
            0 | 1 => self.file.clone(),
            files => format!("{} and {} more", self.file, files - 1),
        }
    }

    /// A doubt about a case that passed: the network hardly notices that pictures are prepared otherwise.
    pub fn doubt(&self) -> Option<String> {
        let prepared = self.prepared.as_ref().filter(|prepared| self.passed && prepared.is_doubtful())?;
        Some(format!(
            "The {} agree, and yet the pictures are prepared otherwise: {}. This network hardly notices; others would.",
            self.compared.word(),
            prepared.words()
        ))
    }

    /// Why it failed, and where the difference lies: sentences for a person. `None` where it passed.
    pub fn reason(&self) -> Option<String> {
        if self.passed {
            return None;
        }
        let place = self.place_in_words();
        let sentences: Vec<String> = self.problem.iter().cloned().chain(place).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn place_in_words(&self) -> Option<String> {
        let Some(place) = self.place else {
            let untold = self.checked == Checked::Pictures && self.problem.is_none();
            return untold.then(|| {
                "No prepared array lies beside the pictures, so whether preprocessing or network differs is not known."
                    .to_owned()
            });
        };
        let what = self.compared.word();
        let off = self
            .network_difference
            .map_or_else(|| "cannot be run".to_owned(), |off| format!("is off by {off:.1e} in its {what}"));
        let array = match (&self.prepared, self.place) {
            (None, _) => "the pictures cannot be prepared".to_owned(),
            (Some(prepared), Some(Place::Network)) if prepared.largest == Some(0.0) => {
                "the prepared array is the stored one".to_owned()
            }
            (Some(prepared), _) => prepared.words(),
        };
        Some(match place {
            Place::Preprocessing => {
                format!("The preprocessing differs: {array}. The network is right: for the stored array it {off}.")
            }
            Place::Network => format!("The network differs: for the stored array it {off}, and {array}."),
            Place::Both => {
                format!("Preprocessing and network differ: {array}, and for the stored array the network {off}.")
            }
        })
    }
}
