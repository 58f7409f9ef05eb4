//! Files through an explainer: each picture's map, with what is needed to draw it in its place.

use std::path::{Path, PathBuf};

use super::CaseError;
use super::prepare::PreparedCase;
use crate::engine::Inference;
use crate::explain::{ExplainError, Explainer, FeatureGradients, Method, SaliencyMap, Target};
use crate::geometry::{Area, PlaneMap, Size};
use crate::render::PlacedMap;

/// What is asked of every picture.
#[derive(Clone, Debug)]
pub struct Question {
    pub method: Method,
    /// Class index; `None` asks about the predicted class.
    pub class: Option<usize>,
    pub target: Target,
}

/// One slice with its map.
#[derive(Debug)]
pub struct Explained {
    /// The file, or the first file of a series.
    pub path: PathBuf,
    /// Frame index, from 0.
    pub slice: usize,
    /// The scores of this slice.
    pub inference: Inference,
    pub map: SaliencyMap,
    /// From the map's cells to pixels of the picture, edges at whole numbers.
    pub image_from_map: PlaneMap,
    /// What the model saw, in the map's coordinates.
    pub seen: Area,
    pub warnings: Vec<String>,
}

impl Explained {
    /// Ready to be drawn over the picture.
    pub fn placed(&self) -> PlacedMap<'_> {
        PlacedMap { values: self.map.values.view(), canvas_from_map: self.image_from_map, seen: self.seen }
    }
}

/// Explains every slice of a prepared case. `guess` is the class asked first where the predicted one is wanted; where
/// the model says another, the picture runs once more. It is left at the last predicted class.
///
/// # Errors
/// A sentence with the path.
pub fn explain_case(
    path: &Path,
    case: &PreparedCase,
    explainer: &mut Explainer,
    question: &Question,
    guess: &mut usize,
) -> Result<Vec<Explained>, CaseError> {
    let failed = |source| CaseError::Explain { path: path.to_owned(), source: Box::new(source) };
    let mut explained = Vec::with_capacity(case.prepared.len());
    for (prepared, slice) in case.prepared.iter().zip(&case.slices) {
        let features = match question.class {
            Some(class) => run(explainer, prepared, class, question.target),
            None => run_predicted(explainer, prepared, question.target, guess),
        }
        .map_err(failed)?;
        let map = question.method.map(&features).map_err(failed)?;
        let (rows, cols, _) = prepared.tensor.dim();
        let place = map.image_from_map(&prepared.model_from_image).zip(map.seen(Size::new(rows, cols)));
        let (image_from_map, seen) =
            place.ok_or_else(|| failed(ExplainError::Shape { what: "the picture was flattened".to_owned() }))?;
        explained.push(Explained {
            path: path.to_owned(),
            slice: *slice,
            inference: features.inference,
            map,
            image_from_map,
            seen,
            warnings: case.warnings.clone(),
        });
    }
    Ok(explained)
}

fn run(
    explainer: &mut Explainer,
    prepared: &crate::preprocess::Prepared,
    class: usize,
    target: Target,
) -> Result<FeatureGradients, ExplainError> {
    let found = explainer.run(&[prepared.tensor.view()], &[class], target)?;
    found.into_iter().next().ok_or_else(|| ExplainError::Shape { what: "no result came back".to_owned() })
}

fn run_predicted(
    explainer: &mut Explainer,
    prepared: &crate::preprocess::Prepared,
    target: Target,
    guess: &mut usize,
) -> Result<FeatureGradients, ExplainError> {
    let features = run(explainer, prepared, *guess, target)?;
    let predicted = features.inference.predicted;
    if predicted == *guess {
        return Ok(features);
    }
    *guess = predicted;
    run(explainer, prepared, predicted, target)
}
