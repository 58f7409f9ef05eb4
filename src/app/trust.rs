//! How far a heatmap may be trusted: what was measured beside it, on demand.

use std::sync::Arc;

use crate::explain::forward::faithfulness::{DeletionInsertion, Faithfulness, MapSimilarity};
use crate::explain::scramble::Scrambled;
use crate::review::{Opinions, Randomised};

/// The checks of one map.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Deletion and insertion curves, beside random orders and the picture's edges.
    pub faithfulness: Faithfulness,
    pub parameters: DeletionInsertion,
    /// The map beside those of scrambled models.
    pub randomised: Vec<Randomised>,
    /// `None` for a map that lies on no layer.
    pub opinions: Option<Opinions>,
}

impl Trust {
    /// Mean rank correlation with the maps of models scrambled like this; `None` where none has any evidence left.
    pub fn rank_when_scrambled(&self, which: Scrambled) -> Option<f64> {
        let of = |one: &Randomised| one.similarity.and_then(|similarity: MapSimilarity| similarity.rank);
        let ranks: Vec<f64> = self.randomised.iter().filter(|one| one.which == which).filter_map(of).collect();
        (!ranks.is_empty()).then(|| ranks.iter().sum::<f64>() / ranks.len() as f64)
    }
}

/// What is being measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustStep {
    /// Deletion and insertion.
    Curves,
    /// Scrambled weights.
    Weights,
}

/// How far it is: pictures scored, or models scrambled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustProgress {
    pub step: TrustStep,
    pub done: usize,
    pub total: usize,
}

/// The state of a pane's checks.
#[derive(Clone, Debug, Default)]
pub enum TrustState {
    /// Nobody asked.
    #[default]
    None,
    Running(Option<TrustProgress>),
    Ready(Arc<Trust>),
    /// The sentence.
    Failed(String),
}
