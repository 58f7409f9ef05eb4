//! Where did the score come from? A model and prepared pictures in, [`SaliencyMap`]s out.
//!
//! [`Explainer::start`] reads the graph, finds the logits and the feature maps, writes the backward pass from the logits
//! to the chosen map as standard operators, and starts the extended graph on an engine: one session for all classes,
//! both targets and any batch. [`Explainer::run`] gives [`FeatureGradients`]: a layer's activations and exact gradients
//! `[C, h, w]`, and the scores of the same run. [`Method::map`] turns them into a raw signed map `[h, w]` with its place
//! on the network's input. [`Mapper`] does all this for any method and starts what it needs, [`forward`] holds the
//! methods that only score changed pictures, [`scramble`] makes the model whose map must differ. Nothing is scaled, cut
//! at zero, resized or coloured here.

pub mod backward;
mod error;
mod explainer;
pub mod forward;
mod mapper;
pub mod methods;
pub mod onnx;
mod passes;
mod prepared;
mod saliency;
pub mod scramble;
mod volume;

pub use error::ExplainError;
pub use explainer::{Explainer, FeatureGradients};
pub use mapper::{Explanation, Mapper, Question};
pub use methods::Method;
pub use onnx::{FeatureMap, MapDepth, MapLayout};
pub use passes::score_fn;
pub use saliency::{SaliencyMap, Target};
