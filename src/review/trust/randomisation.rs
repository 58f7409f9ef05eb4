//! Does a map depend on what the model has learnt? The same question to the model with scrambled weights.

use ndarray::ArrayView3;
use serde_json::{Value, json};

use crate::engine::{EngineChoice, Model, SessionOptions};
use crate::explain::forward::ProgressFn;
use crate::explain::forward::faithfulness::{MapSimilarity, compare_maps};
use crate::explain::scramble::{Scrambled, scrambled};
use crate::explain::{ExplainError, Mapper, Question, SaliencyMap};

/// A map beside that of a scrambled model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Randomised {
    pub which: Scrambled,
    pub seed: u64,
    /// `None` where the scrambled model's map is all zero: nothing is left of the evidence.
    pub similarity: Option<MapSimilarity>,
}

/// A mapper of `model` with scrambled weights, for the layer of `map`.
///
/// # Errors
/// As [`scrambled`].
pub fn scrambled_mapper(
    model: &Model,
    layer: Option<&str>,
    (which, seed): (Scrambled, u64),
    (choice, options): (EngineChoice, &SessionOptions),
) -> Result<Mapper, ExplainError> {
    Ok(Mapper::new(scrambled(model, which, seed)?, layer, choice, options.clone()))
}

/// How alike `map` and the same map of the scrambled model behind `mapper` are, on the prepared `picture`
/// `[rows, cols, channels]`. `progress` is that of [`Mapper::explain`].
///
/// # Errors
/// As [`Mapper::explain`].
pub fn randomised(
    mapper: &mut Mapper,
    (which, seed): (Scrambled, u64),
    picture: ArrayView3<'_, f32>,
    map: &SaliencyMap,
    progress: &mut ProgressFn<'_>,
) -> Result<Randomised, ExplainError> {
    let question = Question { method: map.method, class: Some(map.class), target: map.target };
    let found = mapper.explain(&[picture], &question, progress)?;
    let similarity = found.first().and_then(|other| compare_maps(map.values.view(), other.map.values.view()));
    Ok(Randomised { which, seed, similarity })
}

/// One entry for each scrambled model.
pub fn randomised_json(all: &[Randomised]) -> Value {
    let entry = |one: &Randomised| {
        json!({
            "scrambled": one.which.name(),
            "seed": one.seed,
            "rank_correlation": one.similarity.and_then(|similarity| similarity.rank),
            "rank_correlation_of_magnitudes": one.similarity.and_then(|similarity| similarity.rank_of_magnitudes),
            "ssim": one.similarity.and_then(|similarity| similarity.ssim),
        })
    };
    json!({
        "models": all.iter().map(entry).collect::<Vec<_>>(),
        "reading": "Near 1 the map does not depend on what the model has learnt.",
    })
}
