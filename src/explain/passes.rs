//! Methods that score changed pictures, on a session.

use ndarray::{Array2, Array3, ArrayView3};

use super::error::ExplainError;
use super::explainer::score;
use super::forward::{
    Baseline, ForwardError, Occlusion, ProgressFn, Rise, ScoreCam, ScoreFn, Scorer, occlusion, rise, score_cam,
};
use super::methods::Method;
use super::prepared::probabilities;
use super::saliency::Target;
use crate::engine::{EngineError, Inference, Model, Session};

/// Pictures per call of the engine.
const BATCH: usize = 8;
/// A patch's side as a share of the picture's: 16 pixels of 224.
const PATCHES_PER_SIDE: f64 = 14.0;

/// The score of `class` for any number of pictures `[rows, cols, channels]`, as a [`Scorer`] wants it.
pub fn score_fn<'a>(
    session: &'a mut Session,
    model: &Model,
    class: usize,
    target: Target,
) -> impl FnMut(&[Array3<f32>]) -> Result<Vec<f32>, EngineError> + 'a {
    let probabilities = probabilities(model);
    let of = move |inference: &Inference| -> Result<f32, EngineError> {
        let own = match (&inference.logits, target) {
            (Some(logits), _) => Some(score(logits, class, target, probabilities)),
            (None, Target::Probability) => inference.scores.get(class).copied(),
            (None, Target::Logit) => None,
        };
        own.ok_or_else(|| EngineError::NoOutput {
            what: "the graph shows no way to its logits; ask for the probability instead.".to_owned(),
        })
    };
    move |pictures| {
        let views: Vec<ArrayView3<'_, f32>> = pictures.iter().map(|picture| picture.view()).collect();
        session.run(&views)?.iter().map(of).collect()
    }
}

/// The score of one picture that is scored already.
pub(super) fn score_of(inference: &Inference, model: &Model, class: usize, target: Target) -> f32 {
    match (&inference.logits, target) {
        (Some(logits), _) => score(logits, class, target, probabilities(model)),
        (None, _) => inference.scores.get(class).copied().unwrap_or(f32::NAN),
    }
}

/// The map of `picture` and the method's settings in words. `activations` `[channels, rows, cols]` are those of the
/// layer that Score-CAM weighs.
pub(super) fn map_by_passes(
    method: Method,
    picture: ArrayView3<'_, f32>,
    activations: Option<ArrayView3<'_, f32>>,
    score: &mut ScoreFn<'_, EngineError>,
    progress: &mut ProgressFn<'_>,
) -> Result<(Array2<f32>, String), ExplainError> {
    let (rows, cols, _) = picture.dim();
    let mut passes = 0;
    let mut counted = |done, total| {
        passes = total;
        progress(done, total)
    };
    let mut scorer = Scorer::new(score, &mut counted, BATCH);
    let (map, words) = match (method, activations) {
        (Method::Occlusion, _) => {
            let parameters = patches(rows, cols);
            (occlusion(picture, &parameters, &mut scorer), occlusion_words(&parameters))
        }
        (Method::Rise, _) => {
            let usual = Rise::default();
            let parameters = Rise { grid: (usual.grid.0.min(rows), usual.grid.1.min(cols)), ..usual };
            (rise(picture, &parameters, &mut scorer), rise_words(&parameters))
        }
        (Method::ScoreCam, Some(activations)) => {
            let parameters = ScoreCam::default();
            let words = format!("channels weighed by the softmax of their scores, {} elsewhere", parameters.baseline);
            (score_cam(picture, activations, &parameters, &mut scorer), words)
        }
        _ => return Err(ExplainError::NeedsGradients { method: method.title() }),
    };
    let map = map.map_err(|error| match error {
        ForwardError::Cancelled | ForwardError::Score(EngineError::Cancelled) => ExplainError::Cancelled,
        other => ExplainError::Passes { method: method.title(), what: other.to_string() },
    })?;
    Ok((map, format!("{words}; {passes} forward passes")))
}

/// Square patches, half overlapping, as large for every picture as 16 pixels are for 224.
fn patches(rows: usize, cols: usize) -> Occlusion {
    let side = ((rows as f64 * cols as f64).sqrt() / PATCHES_PER_SIDE).round() as usize;
    let side = side.clamp(1, rows.min(cols).max(1));
    let stride = (side / 2).max(1);
    Occlusion { patch: (side, side), stride: (stride, stride), baseline: Baseline::Mean }
}

fn occlusion_words(parameters: &Occlusion) -> String {
    let Occlusion { patch: (rows, cols), stride: (down, _), baseline } = parameters;
    format!("patches of {rows} x {cols} pixels every {down}, filled with {baseline}")
}

fn rise_words(parameters: &Rise) -> String {
    let Rise { masks, grid: (down, along), probability, seed, baseline, centered } = parameters;
    let mean = if *centered { ", the mean score taken off" } else { "" };
    format!(
        "{masks} masks of {down} x {along} cells, open with probability {probability}, {baseline} elsewhere{mean}, seed {seed}"
    )
}
