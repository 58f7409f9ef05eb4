//! Where did the score come from? A model and prepared pictures in, [`SaliencyMap`]s out.
//!
//! [`Explainer::start`] reads the graph, finds the logits and the feature maps, writes the backward pass from the logits
//! to the chosen map as standard operators, and starts the extended graph on an engine: one session for all classes,
//! both targets and any batch. [`Explainer::run`] gives [`FeatureGradients`]: a layer's activations and exact gradients
//! `[C, h, w]`, and the scores of the same run. [`Method::map`] turns them into a raw signed map `[h, w]` with its place
//! on the network's input. Nothing is scaled, cut at zero, resized or coloured here.

pub mod backward;
mod error;
mod explainer;
pub mod forward;
pub mod methods;
pub mod onnx;
mod prepared;
mod saliency;

pub use error::ExplainError;
pub use explainer::{Explainer, FeatureGradients};
pub use methods::Method;
pub use onnx::{FeatureMap, MapLayout};
pub use saliency::{SaliencyMap, Target};
