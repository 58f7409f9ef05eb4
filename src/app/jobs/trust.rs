//! The checks of one heatmap, each step telling how far it is.

use std::ops::ControlFlow;

use super::Emitter;
use super::heatmap::{Loaded, Wanted};
use crate::app::{Event, Heatmap, Trust, TrustProgress, TrustStep};
use crate::engine::{EngineChoice, EngineError, SessionOptions};
use crate::explain::ExplainError;
use crate::explain::forward::ForwardError;
use crate::explain::forward::faithfulness::DeletionInsertion;
use crate::explain::scramble::Scrambled;
use crate::review::{self, Randomised};

/// Random orders of the scrambled weights; one for methods that score many pictures for each map.
const SEEDS: u64 = 3;

/// `None` where it was left because something newer is wanted.
pub(super) fn measure(
    loaded: &mut Loaded,
    (wanted, heatmap): (&Wanted, &Heatmap),
    emit: &Emitter,
    is_waiting: &dyn Fn() -> bool,
) -> Result<Option<Trust>, String> {
    let tell = |step: TrustStep, done: usize, total: usize| {
        let progress = TrustProgress { step, done, total };
        emit.send(Event::TrustProgress { pane: wanted.pane, request: wanted.request.clone(), progress });
        if is_waiting() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    match steps(loaded, wanted, heatmap, &tell) {
        Ok(trust) => Ok(Some(trust)),
        Err(Left::Cancelled) => Ok(None),
        Err(Left::Failed(sentence)) => Err(sentence),
    }
}

enum Left {
    Cancelled,
    Failed(String),
}

impl From<String> for Left {
    fn from(sentence: String) -> Self {
        Self::Failed(sentence)
    }
}

impl From<ExplainError> for Left {
    fn from(error: ExplainError) -> Self {
        if matches!(error, ExplainError::Cancelled) { Self::Cancelled } else { Self::Failed(error.to_string()) }
    }
}

impl From<ForwardError<EngineError>> for Left {
    fn from(error: ForwardError<EngineError>) -> Self {
        if matches!(error, ForwardError::Cancelled) { Self::Cancelled } else { Self::Failed(error.to_string()) }
    }
}

fn steps(
    loaded: &mut Loaded,
    wanted: &Wanted,
    heatmap: &Heatmap,
    tell: &dyn Fn(TrustStep, usize, usize) -> ControlFlow<()>,
) -> Result<Trust, Left> {
    let (map, question) = (heatmap.map(), &wanted.request.question);
    let model = loaded.model.clone();
    if model.is_volume() {
        return Err(Left::Failed("These checks change or compare pictures; this model takes volumes.".to_owned()));
    }
    let (mapper, case) = loaded.mapper(question)?;
    let prepared = case.prepared.first().ok_or_else(|| "The slice was not prepared.".to_owned())?;
    let picture = prepared.tensor.view();

    let opinions = review::opinions(mapper, picture, map)?;
    let parameters = DeletionInsertion::default();
    let mut progress = |done, total| tell(TrustStep::Curves, done, total);
    let session = (mapper.session()?, &model);
    let faithfulness = review::faithfulness(session, picture, map, &parameters, &mut progress)?;

    let seeds = if map.method.needs_passes() { 1 } else { SEEDS };
    let kinds: Vec<(Scrambled, u64)> = (0..seeds).flat_map(|seed| Scrambled::ALL.map(|which| (which, seed))).collect();
    let mut randomised: Vec<Randomised> = Vec::with_capacity(kinds.len());
    for (number, kind) in kinds.iter().enumerate() {
        if tell(TrustStep::Weights, number, kinds.len()).is_break() {
            return Err(Left::Cancelled);
        }
        let engine = (EngineChoice::Auto, &SessionOptions::beside_a_window());
        let layer = map.layer.as_ref().map(|layer| layer.name.as_str());
        let mut scrambled = review::scrambled_mapper(&model, layer, *kind, engine)?;
        let mut progress = |_, _| tell(TrustStep::Weights, number, kinds.len());
        randomised.push(review::randomised(&mut scrambled, *kind, picture, map, &mut progress)?);
    }
    Ok(Trust { faithfulness, parameters, randomised, opinions })
}
