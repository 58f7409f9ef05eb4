//! Does a map point at what the model uses? Its deletion and insertion curves, scored by a session.

use std::ops::ControlFlow;

use ndarray::{Array2, ArrayView3};
use serde_json::{Value, json};

use crate::engine::{EngineError, Model, Session};
use crate::explain::forward::faithfulness::{Curves, DeletionInsertion, Faithfulness, deletion_insertion};
use crate::explain::forward::{ForwardError, Scorer};
use crate::explain::{SaliencyMap, score_fn};
use crate::geometry::Size;
use crate::render::{PlacedMap, evidence_at};

/// Measures `map` on the prepared picture `tensor` `[rows, cols, channels]`: the score of the map's class while pixels are
/// taken away or put back in the map's order, in random orders and in the order of the picture's edges. `progress`
/// hears of every batch and may cancel.
///
/// # Errors
/// What scoring said, or [`ForwardError::Cancelled`].
pub fn faithfulness(
    (session, model): (&mut Session, &Model),
    tensor: ArrayView3<'_, f32>,
    map: &SaliencyMap,
    parameters: &DeletionInsertion,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Faithfulness, ForwardError<EngineError>> {
    let (rows, cols, _) = tensor.dim();
    let enlarged = enlarge(map, Size::new(rows, cols));
    let mut score = score_fn(session, model, map.class, map.target);
    let mut scorer = Scorer::new(&mut score, progress, BATCH);
    deletion_insertion(tensor, enlarged.view(), parameters, &mut scorer)
}

/// Pictures per call of the engine.
const BATCH: usize = 8;

/// The map at the model's resolution, each cell where its receptive field lies.
fn enlarge(map: &SaliencyMap, size: Size) -> Array2<f32> {
    let Some(seen) = map.seen(size) else { return Array2::zeros((size.rows, size.cols)) };
    let placed = PlacedMap { values: map.values.view(), canvas_from_map: map.model_from_map, seen };
    Array2::from_shape_fn((size.rows, size.cols), |(row, col)| {
        evidence_at(&placed, (col as f64 + 0.5, row as f64 + 0.5)).unwrap_or(0.0)
    })
}

/// The areas under the curves, in units of the score.
pub fn faithfulness_json(measured: &Faithfulness, parameters: &DeletionInsertion, model: &Model) -> Value {
    let areas = |curves: &Curves| {
        json!({
            "map": curves.map.auc,
            "random": curves.random_auc(),
            "random_deviation": curves.random_auc_deviation(),
            "edges": curves.edges.auc,
            "curve": curves.map.scores,
        })
    };
    json!({
        "deletion_auc": areas(&measured.deletion),
        "insertion_auc": areas(&measured.insertion),
        "steps": parameters.steps,
        "random_orders": parameters.random_orders,
        "seed": parameters.seed,
        "model_sha256": model.sha256,
        "reading": "A faithful map has a smaller deletion area and a larger insertion area than random orders.",
    })
}
