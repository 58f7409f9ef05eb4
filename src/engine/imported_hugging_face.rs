//! The steps of a Hugging Face image processor, from its `preprocessor_config.json`.
//!
//! The file does not say which library resizes. Version 4 of transformers wrote `…Fast` where torchvision does; its
//! other processors use Pillow. Version 5 uses torchvision wherever nobody asks for Pillow, and writes one name for both.

use serde_json::{Map, Value, json};

/// Steps as the manifest writes them, and what the person should know of them.
pub(super) struct Steps {
    pub steps: Option<Vec<Value>>,
    pub remark: Option<String>,
}

/// Processors that do what their file says, by their names without `ImageProcessor`. Others of the library (LeViT's,
/// EfficientNet's) do more than it says.
const PLAIN: [&str; 12] = [
    "Beit",
    "Bit",
    "CLIP",
    "ConvNext",
    "DeiT",
    "MobileNetV1",
    "MobileNetV2",
    "MobileViT",
    "PoolFormer",
    "Pvt",
    "Siglip",
    "ViT",
];

/// `model` is the `config.json` beside the processor's: it names the version that wrote both.
pub(super) fn hugging_face_steps(processor: &Map<String, Value>, model: Option<&Map<String, Value>>) -> Steps {
    // Files of old versions name no type or a feature extractor.
    let named = ["image_processor_type", "feature_extractor_type"].iter().find_map(|key| processor.get(*key)?.as_str());
    if let Some(name) = named.filter(|name| !is_plain(name)) {
        let remark = format!(
            "{name} is not known here: its steps are not taken from its file. State them, or let `overread doctor` find \
             them."
        );
        return Steps { steps: None, remark: Some(remark) };
    }
    let (library, remark) = resizing_library(processor, model);
    Steps { steps: steps(processor, library), remark }
}

fn is_plain(name: &str) -> bool {
    let base = name.trim_end_matches("Fast").trim_end_matches("Pil");
    let base = base.strip_suffix("ImageProcessor").or_else(|| base.strip_suffix("FeatureExtractor"));
    base.is_some_and(|base| PLAIN.contains(&base))
}

fn resizing_library(
    processor: &Map<String, Value>,
    model: Option<&Map<String, Value>>,
) -> (&'static str, Option<String>) {
    let name = processor.get("image_processor_type").and_then(Value::as_str).unwrap_or_default();
    if name.ends_with("Fast") {
        return ("torchvision", None);
    }
    let version = model.and_then(|config| config.get("transformers_version")).and_then(Value::as_str);
    match version.and_then(|version| version.split('.').next()?.parse::<u32>().ok()) {
        Some(5..) => {
            let remark = "The processor is of transformers 5, which resizes with torchvision unless a Pillow processor \
                          was asked for; if one was, name Pillow: they differ by a grey level in places.";
            ("torchvision", Some(remark.to_owned()))
        }
        Some(_) => ("pillow", None),
        None => {
            let remark = "No file says which version of transformers wrote the processor. It is taken to resize with \
                          Pillow, as version 4 does; version 5 does it with torchvision, which differs by a grey level \
                          in places.";
            ("pillow", Some(remark.to_owned()))
        }
    }
}

/// `BaseImageProcessor`: resize, centre crop, rescale, normalise, each behind its `do_…` switch.
fn steps(config: &Map<String, Value>, library: &str) -> Option<Vec<Value>> {
    let is_on = |key: &str, default: bool| config.get(key).and_then(Value::as_bool).unwrap_or(default);
    let mut steps = vec![json!({"step": "to_8bit"}), json!({"step": "to_rgb", "as": "pillow"})];
    if is_on("do_resize", true) {
        let filter = match pillow_filter(config.get("resample").and_then(Value::as_u64).unwrap_or(2))? {
            // Pillow's nearest has half-pixel centres; the library asks torchvision for the same.
            "nearest" if library == "torchvision" => "nearest_exact",
            filter => filter,
        };
        steps.extend(match (extent(config.get("size")?)?, config.get("crop_pct").and_then(Value::as_f64)) {
            (Extent::Shorter(size), Some(share)) if share > 0.0 && share <= 1.0 => {
                shorter_of_share(size, share, filter, library)
            }
            (Extent::Both(rows, cols), _) => {
                vec![json!({"step": "resize", "size": [rows, cols], "filter": filter, "as": library})]
            }
            (Extent::Shorter(size), _) => {
                vec![json!({"step": "resize_shorter", "size": size, "filter": filter, "as": library})]
            }
        });
    }
    if is_on("do_center_crop", false) {
        let (rows, cols) = match extent(config.get("crop_size")?)? {
            Extent::Both(rows, cols) => (rows, cols),
            Extent::Shorter(side) => (side, side),
        };
        steps.push(center_crop(rows, cols));
    }
    if is_on("do_rescale", true) {
        let factor = config.get("rescale_factor").and_then(Value::as_f64).unwrap_or(1.0 / 255.0);
        steps.push(json!({"step": "rescale", "factor": factor}));
    }
    if is_on("do_normalize", false) {
        steps.push(json!({"step": "normalize", "mean": config.get("image_mean")?, "std": config.get("image_std")?}));
    }
    if is_on("do_flip_channel_order", false) {
        steps.push(json!({"step": "channel_order", "order": "bgr"}));
    }
    Some(steps)
}

/// Pillow's numbers for resampling filters (`PIL.Image.Resampling`).
fn pillow_filter(resample: u64) -> Option<&'static str> {
    Some(match resample {
        0 => "nearest",
        1 => "lanczos",
        2 => "bilinear",
        3 => "bicubic",
        4 => "box",
        5 => "hamming",
        _ => return None,
    })
}

/// `ConvNextImageProcessor` (ConvNeXt, ResNet…): below 384 the shorter side to size / crop_pct and the middle, from there on
/// squashed.
fn shorter_of_share(size: u64, share: f64, filter: &str, library: &str) -> Vec<Value> {
    if size >= 384 {
        return vec![json!({"step": "resize", "size": [size, size], "filter": filter, "as": library})];
    }
    let shorter = (size as f64 / share) as u64;
    vec![json!({"step": "resize_shorter", "size": shorter, "filter": filter, "as": library}), center_crop(size, size)]
}

/// Both kinds of processor round an odd margin down, as TensorFlow does, and not to the even side as torchvision does.
fn center_crop(rows: u64, cols: u64) -> Value {
    json!({"step": "center_crop", "size": [rows, cols], "as": "tensorflow"})
}

enum Extent {
    Both(u64, u64),
    Shorter(u64),
}

fn extent(value: &Value) -> Option<Extent> {
    if let Some(side) = value.as_u64() {
        return Some(Extent::Both(side, side));
    }
    let fields = value.as_object()?;
    let number = |key: &str| fields.get(key).and_then(Value::as_u64);
    number("shortest_edge").map(Extent::Shorter).or_else(|| Some(Extent::Both(number("height")?, number("width")?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    /// Names as transformers 4.57 and 5.23 write them.
    #[test]
    fn the_version_tells_the_library() {
        let of = |name: &str, version: Option<&str>| {
            let processor = object(json!({"image_processor_type": name, "size": {"height": 8, "width": 8}}));
            let model = version.map(|version| object(json!({"transformers_version": version})));
            let found = hugging_face_steps(&processor, model.as_ref());
            (found.steps.unwrap()[2]["as"].as_str().unwrap().to_owned(), found.remark.is_some())
        };
        assert_eq!(of("ViTImageProcessorFast", Some("4.57.1")), ("torchvision".into(), false));
        assert_eq!(of("ViTImageProcessor", Some("4.57.1")), ("pillow".into(), false));
        assert_eq!(of("ViTImageProcessor", Some("5.23.0")), ("torchvision".into(), true));
        assert_eq!(of("ViTImageProcessor", None), ("pillow".into(), true));
        assert_eq!(of("ViTImageProcessor", Some("main")), ("pillow".into(), true));
    }

    #[test]
    fn processors_that_do_more_than_their_file_says_are_not_guessed_at() {
        for name in ["LevitImageProcessor", "EfficientNetImageProcessorFast", "FooProcessor"] {
            let found = hugging_face_steps(&object(json!({"image_processor_type": name, "size": 8})), None);
            assert!(found.steps.is_none() && found.remark.unwrap().contains(name));
        }
        let old = object(json!({"feature_extractor_type": "ViTFeatureExtractor", "size": 8}));
        assert!(hugging_face_steps(&old, None).steps.is_some());
    }

    /// transformers 5.23 asks torchvision for NEAREST_EXACT where a file says Pillow's NEAREST.
    #[test]
    fn the_nearest_pixel_is_that_of_pillow() {
        let processor = object(
            json!({"image_processor_type": "ViTImageProcessorFast", "size": {"height": 8, "width": 8}, "resample": 0}),
        );
        let steps = hugging_face_steps(&processor, None).steps.unwrap();
        assert_eq!(steps[2], json!({"step": "resize", "size": [8, 8], "filter": "nearest_exact", "as": "torchvision"}));
    }

    #[test]
    fn odd_margins_are_rounded_down() {
        let config = object(json!({
            "size": {"shortest_edge": 256}, "do_center_crop": true, "crop_size": {"height": 224, "width": 224}}));
        let steps = hugging_face_steps(&config, None).steps.unwrap();
        assert_eq!(steps[3], json!({"step": "center_crop", "size": [224, 224], "as": "tensorflow"}));
    }
}
