//! The words a step's parameters are chosen from.

use serde::{Deserialize, Serialize};

/// The library whose numbers a step reproduces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Library {
    #[default]
    Pillow,
    Tensorflow,
    /// `torch.nn.functional.interpolate` on float tensors.
    Torch,
    /// `torchvision.transforms.v2` on 8-bit tensors; on PIL images torchvision is Pillow.
    Torchvision,
    Opencv,
    Keras,
}

impl Library {
    pub const ALL: [Self; 6] =
        [Self::Pillow, Self::Tensorflow, Self::Torch, Self::Torchvision, Self::Opencv, Self::Keras];

    /// The name people know it by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pillow => "Pillow",
            Self::Tensorflow => "TensorFlow",
            Self::Torch => "torch",
            Self::Torchvision => "torchvision",
            Self::Opencv => "OpenCV",
            Self::Keras => "Keras",
        }
    }
}

/// How values between pixels are made. Each library has its own subset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    Nearest,
    NearestExact,
    Box,
    #[default]
    Bilinear,
    Hamming,
    Bicubic,
    Lanczos,
    Lanczos3,
    Lanczos4,
    Lanczos5,
    Area,
}

impl Filter {
    /// As the manifest writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::NearestExact => "nearest_exact",
            Self::Box => "box",
            Self::Bilinear => "bilinear",
            Self::Hamming => "hamming",
            Self::Bicubic => "bicubic",
            Self::Lanczos => "lanczos",
            Self::Lanczos3 => "lanczos3",
            Self::Lanczos4 => "lanczos4",
            Self::Lanczos5 => "lanczos5",
            Self::Area => "area",
        }
    }
}

/// Where `to_8bit` takes its window from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RangeChoice {
    /// The header's first window; percentiles where it has none.
    #[default]
    Header,
    /// The percentiles `low` and `high` of this frame.
    Percentile,
    /// Lowest to highest value of this frame.
    Full,
}

/// VOI LUT Function of an explicit window (PS3.3 C.11.2.1.2 and C.11.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiFunction {
    #[default]
    Linear,
    LinearExact,
    Sigmoid,
}

/// Order of the colour channels the model wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelOrder {
    Bgr,
}

/// The mean a smoothing takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmoothKind {
    Average,
    Median,
    #[default]
    Gaussian,
}
