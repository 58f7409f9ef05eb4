//! The steps' names and parameters, as the manifest writes them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::choices::{ChannelOrder, Filter, Library, RangeChoice, SmoothKind, VoiFunction};
use super::defaults;

/// One preprocessing step, `{"step": "name", ...parameters}` in `metadata.json`. `docs/preprocessing-steps.md` says
/// which function of which library each one equals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields, remote = "Self")]
pub enum Step {
    /// First only: a JPEG picture is read at a half, a quarter or an eighth, as far as it stays at least `[rows, cols]`
    /// (Pillow's `Image.draft`, and so its `thumbnail`). Any other picture is read whole.
    Draft { size: [usize; 2] },
    /// Any picture to 8-bit grey levels; 8-bit pictures pass unchanged. `low`, `high` in percent.
    #[serde(rename = "to_8bit")]
    To8Bit {
        #[serde(default)]
        window: RangeChoice,
        #[serde(default = "defaults::low_percent")]
        low: f64,
        #[serde(default = "defaults::high_percent")]
        high: f64,
    },
    /// An explicit window in modality units, to 8-bit grey levels; 8-bit pictures pass unchanged.
    Window {
        center: f64,
        width: f64,
        #[serde(default)]
        function: VoiFunction,
    },
    /// One channel to three; three pass unchanged.
    ToRgb {
        #[serde(rename = "as", default)]
        library: Library,
    },
    /// Three channels to one; one passes unchanged.
    ToGray {
        #[serde(rename = "as", default)]
        library: Library,
    },
    /// To `[rows, cols]`, whatever the shape was.
    Resize {
        size: [usize; 2],
        #[serde(default)]
        filter: Filter,
        #[serde(rename = "as")]
        library: Library,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        antialias: Option<bool>,
        /// Pillow only: the columns first even where Pillow 13 takes the rows first, as all versions before did.
        #[serde(default, skip_serializing_if = "defaults::is_false")]
        columns_first: bool,
    },
    /// The shorter side to `size` pixels, shape kept (torchvision's `Resize(int)`).
    ResizeShorter {
        size: usize,
        #[serde(default)]
        filter: Filter,
        #[serde(rename = "as")]
        library: Library,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        antialias: Option<bool>,
    },
    /// The middle `[rows, cols]`.
    CenterCrop {
        size: [usize; 2],
        #[serde(rename = "as", default = "defaults::torch")]
        library: Library,
    },
    /// Fitted into `[rows, cols]` with the shape kept, the rest filled.
    Letterbox {
        size: [usize; 2],
        #[serde(default)]
        filter: Filter,
        #[serde(rename = "as")]
        library: Library,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        antialias: Option<bool>,
        #[serde(default)]
        fill: f64,
    },
    /// Filled on both sides of the shorter axis until square.
    PadToSquare {
        #[serde(default)]
        fill: f64,
    },
    /// Multiply by `factor`, then add `offset`.
    Rescale {
        factor: f64,
        #[serde(default)]
        offset: f64,
    },
    /// Subtract `mean`, then divide by `std`; one value, or one per channel.
    Normalize { mean: Vec<f64>, std: Vec<f64> },
    /// Reverses red and blue.
    ChannelOrder { order: ChannelOrder },
    /// Mean 0, standard deviation 1 over the whole picture.
    Standardize {},
    /// This picture's lowest value to `low`, its highest to `high`.
    MinMax {
        #[serde(default)]
        low: f64,
        #[serde(default = "defaults::one")]
        high: f64,
    },
    /// Values below `low` become `low`, those above `high` become `high`.
    Clip { low: f64, high: f64 },
    /// 255 - value.
    Invert {},
    /// Erosion, then dilation, with a `kernel` x `kernel` square.
    Opening {
        #[serde(default = "defaults::five")]
        kernel: usize,
        #[serde(default = "defaults::once")]
        iterations: usize,
    },
    /// Histogram equalisation.
    Equalize {},
    /// Contrast-limited adaptive histogram equalisation on `[rows, cols]` tiles.
    Clahe {
        #[serde(default = "defaults::forty")]
        clip_limit: f64,
        #[serde(default = "defaults::eight_by_eight")]
        tiles: [usize; 2],
    },
    /// Smoothing with a `kernel` x `kernel` window. `sigma` in pixels is the Gaussian's; 0 takes it from the kernel, and
    /// kernel 0 takes the kernel from `sigma`.
    Smooth {
        #[serde(default)]
        kind: SmoothKind,
        #[serde(default = "defaults::eleven")]
        kernel: usize,
        #[serde(default, skip_serializing_if = "defaults::is_zero")]
        sigma: f64,
    },
    /// `image` * picture + `smoothed` * smoothed picture + `offset`.
    OverlapMerge {
        #[serde(default = "defaults::four")]
        image: f64,
        #[serde(default = "defaults::minus_four")]
        smoothed: f64,
        #[serde(default = "defaults::half_grey")]
        offset: f64,
        #[serde(default)]
        kind: SmoothKind,
        #[serde(default = "defaults::eleven")]
        kernel: usize,
        #[serde(default, skip_serializing_if = "defaults::is_zero")]
        sigma: f64,
    },
    /// `scale` * picture * smoothed picture.
    MultiplyMerge {
        scale: f64,
        #[serde(default)]
        kind: SmoothKind,
        #[serde(default = "defaults::eleven")]
        kernel: usize,
        #[serde(default, skip_serializing_if = "defaults::is_zero")]
        sigma: f64,
    },
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Step::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Step {
    /// An unknown step names the known ones; any other error names the step it is in.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let fields = serde_json::Map::deserialize(deserializer)?;
        let name = match fields.get("step") {
            Some(serde_json::Value::String(name)) => name.clone(),
            Some(other) => return Err(D::Error::custom(format!("\"step\" must be a name, not {other}"))),
            None => {
                let given = serde_json::Value::Object(fields);
                return Err(D::Error::custom(format!("a preprocessing step has no \"step\" name: {given}")));
            }
        };
        if !Step::NAMES.contains(&name.as_str()) {
            let known = Step::NAMES.join(", ");
            return Err(D::Error::custom(format!(
                "unknown preprocessing step \"{name}\"; the known steps are {known}"
            )));
        }
        Step::deserialize(serde_json::Value::Object(fields))
            .map_err(|error| D::Error::custom(format!("preprocessing step \"{name}\": {error}")))
    }
}

impl Step {
    /// Every step's name, in the order of the documentation.
    pub const NAMES: [&'static str; 23] = [
        "draft",
        "to_8bit",
        "window",
        "to_rgb",
        "to_gray",
        "resize",
        "resize_shorter",
        "center_crop",
        "letterbox",
        "pad_to_square",
        "rescale",
        "normalize",
        "channel_order",
        "standardize",
        "min_max",
        "clip",
        "invert",
        "opening",
        "equalize",
        "clahe",
        "smooth",
        "overlap_merge",
        "multiply_merge",
    ];

    /// As the manifest writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::To8Bit { .. } => "to_8bit",
            Self::Window { .. } => "window",
            Self::ToRgb { .. } => "to_rgb",
            Self::ToGray { .. } => "to_gray",
            Self::Resize { .. } => "resize",
            Self::ResizeShorter { .. } => "resize_shorter",
            Self::CenterCrop { .. } => "center_crop",
            Self::Letterbox { .. } => "letterbox",
            Self::PadToSquare { .. } => "pad_to_square",
            Self::Rescale { .. } => "rescale",
            Self::Normalize { .. } => "normalize",
            Self::ChannelOrder { .. } => "channel_order",
            Self::Standardize {} => "standardize",
            Self::MinMax { .. } => "min_max",
            Self::Clip { .. } => "clip",
            Self::Invert {} => "invert",
            Self::Opening { .. } => "opening",
            Self::Equalize {} => "equalize",
            Self::Clahe { .. } => "clahe",
            Self::Smooth { .. } => "smooth",
            Self::OverlapMerge { .. } => "overlap_merge",
            Self::MultiplyMerge { .. } => "multiply_merge",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(json: &str) -> Result<Step, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn the_manifests_lines_are_read() {
        let resize = parse(r#"{"step":"resize","size":[224,224],"filter":"bilinear","as":"tensorflow"}"#).unwrap();
        let expected = Step::Resize {
            size: [224, 224],
            filter: Filter::Bilinear,
            library: Library::Tensorflow,
            antialias: None,
            columns_first: false,
        };
        assert_eq!(resize, expected);
        assert_eq!(parse(r#"{"step":"to_rgb","as":"pillow"}"#).unwrap(), Step::ToRgb { library: Library::Pillow });
        let to_8bit = Step::To8Bit { window: RangeChoice::Header, low: 0.5, high: 99.5 };
        assert_eq!(parse(r#"{"step":"to_8bit"}"#).unwrap(), to_8bit);
    }

    #[test]
    fn writing_and_reading_gives_the_same_text() {
        for line in [
            r#"{"step":"rescale","factor":0.00392156862745098,"offset":0.0}"#,
            r#"{"step":"normalize","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}"#,
            r#"{"step":"resize","size":[3,4],"filter":"nearest_exact","as":"torch","antialias":false}"#,
            r#"{"step":"standardize"}"#,
            r#"{"step":"clahe","clip_limit":2.0,"tiles":[8,8]}"#,
        ] {
            assert_eq!(serde_json::to_string(&parse(line).unwrap()).unwrap(), line);
        }
    }

    #[test]
    fn an_unknown_step_names_the_known_ones() {
        let error = parse(r#"{"step":"blur"}"#).unwrap_err();
        assert!(error.contains("\"blur\"") && Step::NAMES.iter().all(|name| error.contains(name)), "{error}");
    }

    #[test]
    fn an_unknown_parameter_names_the_step_and_itself() {
        for (json, step, parameter) in [
            (r#"{"step":"rescale","factor":1,"scale":2}"#, "rescale", "scale"),
            (r#"{"step":"invert","strength":2}"#, "invert", "strength"),
            (r#"{"step":"resize","size":[1,1],"as":"pillow","mode":"x"}"#, "resize", "mode"),
        ] {
            let error = parse(json).unwrap_err();
            assert!(error.contains(step) && error.contains(parameter), "{error}");
        }
        assert!(parse(r#"{"name":"resize"}"#).unwrap_err().contains("no \"step\" name"));
    }

    #[test]
    fn every_name_is_the_one_that_is_written() {
        let smoothing = r#""kernel":3"#;
        for name in Step::NAMES {
            let parameters = match name {
                "window" => r#","center":1,"width":2"#.into(),
                "resize" | "letterbox" => r#","size":[2,2],"as":"pillow""#.into(),
                "resize_shorter" => r#","size":2,"as":"pillow""#.into(),
                "center_crop" | "draft" => r#","size":[2,2]"#.into(),
                "rescale" => r#","factor":2"#.into(),
                "clip" => r#","low":0,"high":1"#.into(),
                "normalize" => r#","mean":[1],"std":[1]"#.into(),
                "channel_order" => r#","order":"bgr""#.into(),
                "smooth" | "overlap_merge" => format!(",{smoothing}"),
                "multiply_merge" => format!(r#","scale":1,{smoothing}"#),
                _ => String::new(),
            };
            let step = parse(&format!(r#"{{"step":"{name}"{parameters}}}"#)).unwrap();
            assert_eq!(step.name(), name);
            assert_eq!(serde_json::to_value(&step).unwrap()["step"], name);
        }
    }
}
