//! Which tensor of a model stands for a picture.

use ndarray::Array3;

use crate::engine::{EngineChoice, Model, Session, SessionOptions};
use crate::explain::{ExplainError, Explainer, MapLayout};
use crate::onnx::{FeatureAxes, FeatureTap, features_before_head};

/// Fewer numbers tell little of a picture.
const FEWEST_FEATURES: usize = 4;

/// A tensor, and a session that reads it.
pub struct TapFound {
    pub session: Session,
    pub tap: FeatureTap,
    /// In words.
    pub words: String,
}

/// The input of the last linear layer, where it gives a vector of at most [`MOST_FEATURES`](crate::engine::MOST_FEATURES)
/// numbers; else the channel means of the layer that heatmaps are made of.
///
/// # Errors
/// What the engine said, or why there is no such layer.
pub fn find_tap(model: &Model, choice: EngineChoice, options: &SessionOptions) -> Result<TapFound, ExplainError> {
    let logits = model.logits.as_ref().map_or(model.output.as_str(), |logits| logits.name.as_str());
    if let Some(tap) = features_before_head(&model.graph, logits) {
        let mut session = start(model, choice, options, &tap)?;
        if gives_features(model, &mut session)? {
            return Ok(TapFound { session, tap, words: "input of the last linear layer".to_owned() });
        }
    }
    let explainer = Explainer::start_forward_only(model, None, choice, options)?;
    let layer = explainer.layer();
    let axes = match layer.layout {
        MapLayout::Nchw | MapLayout::Ncdhw => FeatureAxes::ChannelsFirst,
        MapLayout::Nhwc | MapLayout::Ndhwc => FeatureAxes::ChannelsLast { skip: 0 },
        MapLayout::Tokens { skip } => FeatureAxes::ChannelsLast { skip },
    };
    let tap = FeatureTap { tensor: layer.name.clone(), axes };
    let words = format!("channel means of {}", layer.words());
    Ok(TapFound { session: start(model, choice, options, &tap)?, tap, words })
}

fn start(
    model: &Model,
    choice: EngineChoice,
    options: &SessionOptions,
    tap: &FeatureTap,
) -> Result<Session, ExplainError> {
    let options = SessionOptions { features: Some(tap.clone()), ..options.clone() };
    Ok(Session::start(model, choice, &options)?)
}

/// Tries it on a picture of zeros.
fn gives_features(model: &Model, session: &mut Session) -> Result<bool, ExplainError> {
    let picture = Array3::<f32>::zeros(model.usual_shape());
    let found = session.run(&[picture.view()])?;
    let features = found.first().and_then(|inference| inference.features.as_ref());
    Ok(features.is_some_and(|features| features.len() >= FEWEST_FEATURES))
}
