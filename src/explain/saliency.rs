//! The result of an explanation.

use std::sync::Arc;

use ndarray::{Array2, ArrayView2};

use super::methods::Method;
use super::onnx::FeatureMap;
use crate::geometry::{Area, PlaneMap, Size};

/// Which number of the model is traced back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Before softmax or sigmoid.
    #[default]
    Logit,
    /// After it: a saturated model gives a map close to zero.
    Probability,
}

/// Evidence for and against one class, on the grid of one layer or of the network's input.
#[derive(Clone, Debug)]
pub struct SaliencyMap {
    /// `[rows, cols]`, raw and signed, as the method gives it: never cut, scaled or resized. Of a volume
    /// `[depth * rows, cols]`, its slices one under another; [`volume`](Self::volume) takes them apart, and
    /// [`on_frame`](Self::on_frame) gives what one frame of the scan sees.
    pub values: Array2<f32>,
    pub method: Method,
    /// `None` for a method that looks at no layer: the grid is then the network's input.
    pub layer: Option<Arc<FeatureMap>>,
    /// What the method was set to, in words; `None` for a method without settings.
    pub settings: Option<String>,
    /// Index of the class.
    pub class: usize,
    pub target: Target,
    /// The class's logit (of one sigmoid: z for class 1, -z for class 0), or its probability.
    pub score: f32,
    /// From the map's coordinates to those of the network's input, cell edges at whole numbers.
    pub model_from_map: PlaneMap,
    /// The map of the whole volume, as `values` of such a map, where this is what one frame of the scan sees of it.
    pub whole: Option<Arc<Array2<f32>>>,
}

impl SaliencyMap {
    /// From the map's coordinates to those of the picture; `model_from_image` is that of the prepared picture. `None`
    /// where preparing flattened an axis.
    pub fn image_from_map(&self, model_from_image: &PlaneMap) -> Option<PlaneMap> {
        Some(model_from_image.inverse()?.after(&self.model_from_map))
    }

    /// What the model saw (its whole input of `model_size`), in the map's coordinates. `None` for a map without extent.
    pub fn seen(&self, model_size: Size) -> Option<Area> {
        Some(Area::whole(model_size.rows, model_size.cols).through(&self.model_from_map.inverse()?))
    }

    /// False where nothing at this layer speaks for the class: a message, not a picture.
    pub fn has_positive_evidence(&self) -> bool {
        self.values.iter().any(|value| *value > 0.0)
    }

    /// The numbers that a scale of colours goes by: of a frame of a volume those of the whole volume.
    pub fn for_scale(&self) -> ArrayView2<'_, f32> {
        self.whole.as_ref().map_or_else(|| self.values.view(), |whole| whole.view())
    }

    /// The largest value without its sign; the scale of a signed colour map.
    pub fn largest(&self) -> f32 {
        self.values.iter().fold(0.0, |largest, value| largest.max(value.abs()))
    }

    /// What is positive, as the Grad-CAM paper shows it.
    pub fn positive(&self) -> Array2<f32> {
        self.values.mapv(|value| value.max(0.0))
    }
}
