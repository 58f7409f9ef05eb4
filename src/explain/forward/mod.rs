//! Explanations that need only forward passes, and measures of trust. Pure algorithms over a scoring function.
//!
//! In: a model input `[rows, cols, channels]`, its scores from a [`Scorer`] (logit of the target class, unless the
//! caller wants another), parameters. Out: raw signed maps, never scaled or cut, in units of the score; positive is
//! evidence for the class. Maps at the model's resolution lie where `model_from_image` puts them. Nothing here knows
//! an engine, a file or a colour, and nothing is random without a seed.

mod agreement;
mod baseline;
mod error;
pub mod faithfulness;
mod occlusion;
mod rise;
mod score_cam;
mod scorer;
mod upsample;

pub use crate::metrics::SplitMix64;
pub use agreement::{Agreement, agreement};
pub use baseline::Baseline;
pub use error::ForwardError;
pub use occlusion::{Occlusion, occlusion};
pub use rise::{Rise, rise};
pub use score_cam::{ChannelWeights, ScoreCam, score_cam};
pub use scorer::{ProgressFn, ScoreFn, Scorer};
pub use upsample::upsample;
