//! Does a map say what the model does? Numbers to stand beside it.
//!
//! In: maps, and for the curves a [`Scorer`](super::Scorer). Out: curves, areas, correlations. They measure the map
//! against the model, never against a disease.

mod deletion_insertion;
mod randomisation;
mod rank_correlation;
mod ssim;

pub use deletion_insertion::{Curve, Curves, DeletionInsertion, Faithfulness, deletion_insertion};
pub use randomisation::{MapSimilarity, compare_maps};
pub use rank_correlation::spearman;
pub use ssim::ssim;
