//! Activations and gradients in, one number per cell of the grid out. One method per file, its paper and equation on
//! top; each a pure function of activations `[C, h, w]` and gradients `[C, h, w]`, raw and signed: nothing is cut at
//! zero, scaled or resized here. Methods that score changed pictures instead are in [`forward`](super::forward).

pub mod cam;
pub mod eigencam;
pub mod gradcam;
pub mod gradcam_plus_plus;
pub mod hirescam;
pub mod layercam;
pub mod random;
pub mod xgradcam;

use std::str::FromStr;
use std::sync::Arc;

use ndarray::Array2;

use super::error::ExplainError;
use super::explainer::FeatureGradients;
use super::saliency::SaliencyMap;

/// How a map is made: from a layer's activations and gradients, or from the scores of changed pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    #[default]
    GradCam,
    GradCamPlusPlus,
    HiResCam,
    XGradCam,
    LayerCam,
    EigenCam,
    Cam,
    ScoreCam,
    Occlusion,
    Rise,
    /// A control that knows nothing of the model.
    Random,
}

impl Method {
    pub const ALL: [Self; 11] = [
        Self::GradCam,
        Self::GradCamPlusPlus,
        Self::HiResCam,
        Self::XGradCam,
        Self::LayerCam,
        Self::EigenCam,
        Self::Cam,
        Self::ScoreCam,
        Self::Occlusion,
        Self::Rise,
        Self::Random,
    ];

    /// As written on a command line and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::GradCam => "gradcam",
            Self::GradCamPlusPlus => "gradcam++",
            Self::HiResCam => "hirescam",
            Self::XGradCam => "xgradcam",
            Self::LayerCam => "layercam",
            Self::EigenCam => "eigencam",
            Self::Cam => "cam",
            Self::ScoreCam => "scorecam",
            Self::Occlusion => "occlusion",
            Self::Rise => "rise",
            Self::Random => "random",
        }
    }

    /// As its paper writes it.
    pub fn title(self) -> &'static str {
        match self {
            Self::GradCam => "Grad-CAM",
            Self::GradCamPlusPlus => "Grad-CAM++",
            Self::HiResCam => "HiResCAM",
            Self::XGradCam => "XGrad-CAM",
            Self::LayerCam => "LayerCAM",
            Self::EigenCam => "EigenCAM",
            Self::Cam => "CAM",
            Self::ScoreCam => "Score-CAM",
            Self::Occlusion => "Occlusion",
            Self::Rise => "RISE",
            Self::Random => "Random control",
        }
    }

    /// False where activations, scores or nothing at all are enough.
    pub fn needs_gradients(self) -> bool {
        self.needs_layer() && !matches!(self, Self::EigenCam | Self::ScoreCam | Self::Random)
    }

    /// False where the map lies on the network's input.
    pub fn needs_layer(self) -> bool {
        !matches!(self, Self::Occlusion | Self::Rise)
    }

    /// True where hundreds of changed pictures are scored: seconds instead of milliseconds.
    pub fn needs_passes(self) -> bool {
        matches!(self, Self::ScoreCam | Self::Occlusion | Self::Rise)
    }

    /// True where the map is in units of the score: evidence for (positive) and against (negative) the class.
    pub fn is_in_score_units(self) -> bool {
        matches!(self, Self::GradCam | Self::HiResCam | Self::XGradCam | Self::LayerCam | Self::Occlusion | Self::Rise)
    }

    /// The map of one picture, for the methods that follow from one run.
    ///
    /// # Errors
    /// [`ExplainError::NeedsGradients`], [`ExplainError::NoLinearHead`] for CAM at other layers, or
    /// [`ExplainError::NeedsPasses`].
    pub fn map(self, features: &FeatureGradients) -> Result<SaliencyMap, ExplainError> {
        let a = features.activations.view();
        let g = || {
            let gradients = features.gradients.as_ref().map(|gradients| gradients.view());
            gradients.ok_or(ExplainError::NeedsGradients { method: self.title() })
        };
        let values: Array2<f32> = match self {
            Self::GradCam => gradcam::map(a, g()?),
            Self::GradCamPlusPlus => gradcam_plus_plus::map(a, g()?),
            Self::HiResCam => hirescam::map(a, g()?),
            Self::XGradCam => xgradcam::map(a, g()?),
            Self::LayerCam => layercam::map(a, g()?),
            Self::EigenCam => eigencam::map(a),
            Self::Cam if features.layer.linear_head => cam::map(a, g()?),
            Self::Cam => {
                let layer = &features.layer;
                return Err(ExplainError::NoLinearHead { layer: layer.name.clone(), words: layer.words() });
            }
            Self::Random => random::map(a.dim().1, a.dim().2, random::SEED),
            Self::ScoreCam | Self::Occlusion | Self::Rise => {
                return Err(ExplainError::NeedsPasses { method: self.title() });
            }
        };
        Ok(SaliencyMap {
            values,
            method: self,
            layer: Some(Arc::clone(&features.layer)),
            settings: None,
            class: features.class,
            target: features.target,
            score: features.score,
            model_from_map: features.layer.model_from_map,
            whole: None,
        })
    }
}

impl FromStr for Method {
    type Err = ExplainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |text: &str| text.to_lowercase().replace("++", "pp").replace(['-', '_', ' '], "");
        let found = Self::ALL.into_iter().find(|method| plain(method.name()) == plain(text));
        found.ok_or_else(|| ExplainError::NoSuchMethod {
            asked: text.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}
