//! Preprocessing in the choices that training scripts make: range, channels, fit, resizing, scale.
//!
//! A [`Recipe`] becomes an ordinary list of steps for one model's size and channels. Presets name recipes; the doctor
//! tries them.

use super::choices::{ChannelOrder, Filter, Library, RangeChoice};
use super::step::Step;

/// One way to prepare pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// How values become 8-bit; `None` leaves them as they are. 8-bit pictures do not mind.
    pub range: Option<RangeChoice>,
    /// Through one grey channel, whatever the model takes.
    pub grey: bool,
    pub invert: bool,
    /// Steps before the picture is resized.
    pub before: Vec<Step>,
    pub fit: Fit,
    pub resampler: Resampler,
    /// Steps on the 8-bit picture after it was resized.
    pub after: Vec<Step>,
    /// Blue first.
    pub swap: bool,
    pub scale: Scale,
}

/// How the picture's shape becomes the model's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fit {
    /// Resized to the model's size, whatever the shape was.
    Squash,
    /// The shorter side to the model's shorter side divided by this share (rounded down), then the middle.
    Crop(f64),
    /// Fitted in, the rest filled with this value.
    Letterbox(f64),
    /// Filled to a square with this value, then resized.
    Square(f64),
}

/// Who resizes, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampler {
    pub library: Library,
    pub filter: Filter,
    pub antialias: Option<bool>,
    /// Pillow before version 13.
    pub columns_first: bool,
}

impl Resampler {
    pub const fn new(library: Library, filter: Filter) -> Self {
        Self { library, filter, antialias: None, columns_first: false }
    }

    /// `Pillow bilinear`, `TensorFlow bilinear, antialiased`.
    pub fn title(&self) -> String {
        let filter = self.filter.name().replace('_', " ");
        let smooth = if self.antialias == Some(true) { ", antialiased" } else { "" };
        let older = if self.columns_first { " (before version 13)" } else { "" };
        format!("{} {filter}{smooth}{older}", self.library.title())
    }
}

/// How 8-bit values become what the network learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// 0..255: the model scales itself.
    Raw,
    /// 0..1.
    Unit,
    /// -1..1.
    Signed,
    /// Blue first, ImageNet's mean taken off.
    Caffe,
    /// 0..1, then ImageNet's mean and deviation.
    ImageNet,
    /// 0..1, then the mean and deviation of OpenAI's CLIP.
    Clip,
    /// -1024..1024: torchxrayvision.
    Xray,
    /// Each picture to mean 0 and deviation 1.
    Standardize,
    /// Each picture from its lowest value to its highest, to 0..1.
    MinMax,
}

impl Scale {
    /// The commonest first.
    pub const ALL: [Self; 9] = [
        Self::Unit,
        Self::ImageNet,
        Self::Signed,
        Self::Caffe,
        Self::Raw,
        Self::Standardize,
        Self::MinMax,
        Self::Clip,
        Self::Xray,
    ];

    /// False for means of three colours where there is one channel.
    pub fn fits(self, channels: usize) -> bool {
        channels == 3 || !matches!(self, Self::Caffe | Self::ImageNet | Self::Clip)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Raw => "values 0 to 255",
            Self::Unit => "values 0 to 1",
            Self::Signed => "values -1 to 1",
            Self::Caffe => "Keras' caffe mode (blue first, mean taken off)",
            Self::ImageNet => "0 to 1, then ImageNet's mean and deviation",
            Self::Clip => "0 to 1, then CLIP's mean and deviation",
            Self::Xray => "values -1024 to 1024",
            Self::Standardize => "each picture to mean 0 and deviation 1",
            Self::MinMax => "each picture stretched to 0 to 1",
        }
    }

    /// The steps that bring 0..255 there.
    pub fn steps(self) -> Vec<Step> {
        match self {
            Self::Raw => Vec::new(),
            Self::Unit => Step::unit(),
            Self::Signed => Step::keras_tf(),
            Self::Caffe => Step::keras_caffe(),
            Self::ImageNet => Step::imagenet(),
            Self::Clip => {
                let mean = vec![0.481_454_66, 0.457_827_5, 0.408_210_73];
                let std = vec![0.268_629_54, 0.261_302_58, 0.275_777_11];
                Step::unit().into_iter().chain([Step::Normalize { mean, std }]).collect()
            }
            // torchxrayvision.datasets.normalize: (2 * (x / 255) - 1) * 1024.
            Self::Xray => vec![Step::Rescale { factor: 2048.0 / 255.0, offset: -1024.0 }],
            Self::Standardize => vec![Step::Standardize {}],
            Self::MinMax => vec![Step::MinMax { low: 0.0, high: 1.0 }],
        }
    }
}

impl Recipe {
    /// Header's window, RGB, squashed, nothing else.
    pub const fn plain(resampler: Resampler, scale: Scale) -> Self {
        Self {
            range: Some(RangeChoice::Header),
            grey: false,
            invert: false,
            before: Vec::new(),
            fit: Fit::Squash,
            resampler,
            after: Vec::new(),
            swap: false,
            scale,
        }
    }

    /// The steps for a model of this size (`[rows, cols]`; `None` where it takes any, then nothing is resized) and
    /// 1 or 3 channels.
    pub fn steps(&self, size: Option<[usize; 2]>, channels: usize) -> Vec<Step> {
        let mut steps = self.picture_steps(size, channels);
        steps.extend(self.value_steps(channels));
        steps
    }

    /// Everything up to the resized picture.
    pub fn picture_steps(&self, size: Option<[usize; 2]>, channels: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Some(window) = self.range {
            steps.push(Step::To8Bit { window, low: 0.5, high: 99.5 });
        }
        let library = self.color_library();
        steps.push(match channels == 1 || self.grey {
            true => Step::ToGray { library },
            false => Step::ToRgb { library },
        });
        if self.invert {
            steps.push(Step::Invert {});
        }
        steps.extend(self.before.iter().cloned());
        if let Some(size) = size {
            steps.extend(self.fit.steps(size, self.resampler));
        }
        steps.extend(self.after.iter().cloned());
        if self.grey && channels != 1 {
            steps.push(Step::ToRgb { library });
        }
        steps
    }

    /// What is done to the values of the resized picture.
    pub fn value_steps(&self, channels: usize) -> Vec<Step> {
        let swap = (self.swap && channels == 3).then_some(Step::ChannelOrder { order: ChannelOrder::Bgr });
        swap.into_iter().chain(self.scale.steps()).collect()
    }

    /// Pillow cuts float values to 0..255 when it changes channels: only 8-bit pictures go through it.
    fn color_library(&self) -> Library {
        match (self.range, self.resampler.library) {
            (_, Library::Opencv) => Library::Opencv,
            (None, _) => Library::Torch,
            (Some(_), Library::Tensorflow | Library::Keras) => Library::Tensorflow,
            (Some(_), _) => Library::Pillow,
        }
    }

    /// In words: `values 0 to 1; blue first; Pillow bilinear, squashed`.
    pub fn words(&self) -> String {
        let mut words = vec![self.scale.title().to_owned()];
        if self.swap {
            words.push(if self.scale == Scale::Caffe { "fed blue first".into() } else { "blue first".to_owned() });
        }
        words.extend(self.grey.then(|| "grey".to_owned()));
        words.extend(self.invert.then(|| "inverted".to_owned()));
        words.push(format!("{}, {}", self.resampler.title(), self.fit.title()));
        words.extend(match self.range {
            Some(RangeChoice::Header) => None,
            Some(RangeChoice::Percentile) => Some("8 bits from percentiles".to_owned()),
            Some(RangeChoice::Full) => Some("8 bits from lowest to highest".to_owned()),
            None => Some("values as they are in the file".to_owned()),
        });
        words.extend(self.before.iter().chain(&self.after).map(|step| step.name().replace('_', " ")));
        words.join("; ")
    }
}

impl Fit {
    pub fn title(self) -> String {
        match self {
            Self::Squash => "squashed to the model's size".to_owned(),
            Self::Crop(part) if part >= 1.0 => "shorter side fitted, middle taken".to_owned(),
            Self::Crop(part) => format!("middle {:.0} % taken", part * 100.0),
            Self::Letterbox(fill) => format!("letterboxed with {fill}"),
            Self::Square(fill) => format!("filled to a square with {fill}"),
        }
    }

    fn steps(self, size: [usize; 2], resampler: Resampler) -> Vec<Step> {
        let Resampler { library, filter, antialias, columns_first } = resampler;
        let resize = Step::Resize { size, filter, library, antialias, columns_first };
        match self {
            Self::Squash => vec![resize],
            Self::Crop(part) => {
                let shorter = (size[0].min(size[1]) as f64 / part).floor() as usize;
                let crop_as = match library {
                    Library::Pillow | Library::Torch | Library::Torchvision => Library::Torch,
                    other => other,
                };
                vec![
                    Step::ResizeShorter { size: shorter, filter, library, antialias },
                    Step::CenterCrop { size, library: crop_as },
                ]
            }
            Self::Letterbox(fill) => vec![Step::Letterbox { size, filter, library, antialias, fill }],
            Self::Square(fill) => vec![Step::PadToSquare { fill }, resize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_written_as_a_person_would_write_it() {
        let pillow = Resampler::new(Library::Pillow, Filter::Bilinear);
        let torchvision = Recipe { fit: Fit::Crop(0.875), ..Recipe::plain(pillow, Scale::ImageNet) };
        let written = serde_json::to_value(torchvision.steps(Some([224, 224]), 3)).unwrap();
        let expected = serde_json::json!([
            {"step": "to_8bit", "window": "header", "low": 0.5, "high": 99.5},
            {"step": "to_rgb", "as": "pillow"},
            {"step": "resize_shorter", "size": 256, "filter": "bilinear", "as": "pillow"},
            {"step": "center_crop", "size": [224, 224], "as": "torch"},
            {"step": "rescale", "factor": 1.0 / 255.0, "offset": 0.0},
            {"step": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
        ]);
        assert_eq!(written, expected);
        assert!(torchvision.words().contains("middle 88 % taken"), "{}", torchvision.words());
    }

    #[test]
    fn one_channel_and_grey_levels_go_their_way() {
        let opencv = Resampler::new(Library::Opencv, Filter::Bilinear);
        let grey = Recipe { grey: true, before: vec![Step::Equalize {}], ..Recipe::plain(opencv, Scale::Unit) };
        let names = |channels| grey.steps(None, channels).iter().map(Step::name).collect::<Vec<_>>();
        assert_eq!(names(1), ["to_8bit", "to_gray", "equalize", "rescale"]);
        assert_eq!(names(3), ["to_8bit", "to_gray", "equalize", "to_rgb", "rescale"]);
        let swapped = Recipe { swap: true, ..Recipe::plain(opencv, Scale::Raw) };
        assert_eq!(swapped.value_steps(3).len(), 1);
        assert!(swapped.value_steps(1).is_empty());
    }
}
