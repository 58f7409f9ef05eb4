//! Which tensors of a model stand for a picture.

use ndarray::Array3;

use crate::engine::{EngineChoice, MOST_FEATURES, Model, Session, SessionOptions};
use crate::explain::{ExplainError, Explainer, FeatureMap, MapLayout};
use crate::onnx::{FeatureAxes, FeatureTap, features_before_head};

/// Fewer numbers tell little of a picture.
const FEWEST_FEATURES: usize = 4;

/// Depths between the picture and the last layer: at each of so many equal parts of the way.
const QUARTERS: usize = 4;

/// Operators whose values another one is about to change: a sum, or what an activation leaves, stands for a layer.
const UNFINISHED: [&str; 3] = ["Conv", "BatchNormalization", "Mul"];

/// A tensor that stands for a picture.
pub struct Tap {
    pub tap: FeatureTap,
    /// Which one it is, in words.
    pub words: String,
    /// How many numbers it gives.
    pub dims: usize,
}

/// Tensors in the order of their depth, and a session that reads them.
pub struct TapsFound {
    pub session: Session,
    pub taps: Vec<Tap>,
}

/// The input of the last linear layer, where it gives a vector of at most [`MOST_FEATURES`] numbers, else the channel
/// means of the layer that heatmaps are made of; and before it the channel means of the feature maps at a quarter, a half
/// and three quarters of the way there, as far as all of them together have at most [`MOST_FEATURES`] numbers.
///
/// # Errors
/// What the engine said, or why there is no such layer.
pub fn find_taps(model: &Model, choice: EngineChoice, options: &SessionOptions) -> Result<TapsFound, ExplainError> {
    let start = |tap: &[&FeatureTap]| -> Result<(Session, usize), ExplainError> {
        let features = tap.iter().map(|tap| (*tap).clone()).collect();
        let mut session = Session::start(model, choice, &SessionOptions { features, ..options.clone() })?;
        let numbers = numbers(model, &mut session)?;
        Ok((session, numbers))
    };
    let logits = model.logits.as_ref().map_or(model.output.as_str(), |logits| logits.name.as_str());
    let explainer = Explainer::start_forward_only(model, None, choice, options);
    let maps = explainer.as_ref().map(|explainer| on_the_way(explainer.layers())).unwrap_or_default();
    let (last, mut session) = match features_before_head(&model.graph, logits).map(|tap| (start(&[&tap]), tap)) {
        Some((Ok((session, dims)), tap)) if dims >= FEWEST_FEATURES => {
            (Tap { tap, words: "input of the last linear layer".to_owned(), dims }, session)
        }
        Some((Err(error), _)) => return Err(error),
        _ => {
            let explainer = explainer?;
            let tap = means_of(explainer.layer());
            let (session, dims) = start(&[&tap.tap])?;
            (Tap { dims, ..tap }, session)
        }
    };
    let mut taps: Vec<Tap> = maps.into_iter().filter(|map| map.tap.tensor != last.tap.tensor).collect();
    taps.push(last);
    let dims: usize = taps.iter().map(|tap| tap.dims).sum();
    if taps.len() > 1 {
        let all: Vec<&FeatureTap> = taps.iter().map(|tap| &tap.tap).collect();
        match start(&all) {
            Ok((several, found)) if found == dims && dims <= MOST_FEATURES => session = several,
            // Too many numbers, or a map that gives others than it should: the last one alone.
            _ => drop(taps.drain(..taps.len() - 1)),
        }
    }
    Ok(TapsFound { session, taps })
}

/// The maps at a quarter, a half and three quarters of those that stand for layers. A map that only an average and the
/// last layer follow says the same as the last vector.
fn on_the_way(maps: &[FeatureMap]) -> Vec<Tap> {
    let finished = |map: &&FeatureMap| !map.linear_head && !UNFINISHED.iter().any(|op| map.op.starts_with(op));
    let finished: Vec<&FeatureMap> = maps.iter().filter(finished).collect();
    let mut places: Vec<usize> = (1..QUARTERS).map(|quarter| quarter * finished.len() / QUARTERS).collect();
    places.dedup();
    places.into_iter().filter_map(|place| finished.get(place)).map(|map| means_of(map)).collect()
}

fn means_of(map: &FeatureMap) -> Tap {
    let axes = match map.layout {
        MapLayout::Nchw | MapLayout::Ncdhw => FeatureAxes::ChannelsFirst,
        MapLayout::Nhwc | MapLayout::Ndhwc => FeatureAxes::ChannelsLast { skip: 0 },
        MapLayout::Tokens { skip } => FeatureAxes::ChannelsLast { skip },
    };
    let tap = FeatureTap { tensor: map.name.clone(), axes };
    Tap { tap, words: format!("channel means of {}", map.words()), dims: map.channels }
}

/// How many numbers a session gives of a picture of zeros.
fn numbers(model: &Model, session: &mut Session) -> Result<usize, ExplainError> {
    let picture = Array3::<f32>::zeros(model.usual_shape());
    let found = session.run(&[picture.view()])?;
    Ok(found.first().and_then(|inference| inference.features.as_ref()).map_or(0, Vec::len))
}
