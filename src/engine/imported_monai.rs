//! `configs/inference.json` of a MONAI bundle: its transforms as steps.

use serde_json::{Map, Value, json};

/// Transforms that change no value this program would change.
const NOTHING_TO_DO: &[&str] =
    &["EnsureChannelFirst", "AddChannel", "AsChannelFirst", "EnsureType", "ToTensor", "CastToType", "ToDevice"];

/// Options that change no value, whatever they say.
const HARMLESS: &[&str] = &["_target_", "keys", "allow_missing_keys", "dtype", "lazy", "image_only"];

/// The transform that opens the file.
pub(super) const LOAD: &str = "LoadImage";

/// What a bundle does with pictures.
pub(super) struct Transforms {
    /// In their order, sizes as [rows, cols].
    pub steps: Vec<Value>,
    /// A sentence for each transform that is not known here.
    pub notes: Vec<String>,
    /// The network gets columns before rows, as MONAI's readers give them.
    pub columns_first: bool,
}

/// `None` where there is no list of transforms.
pub(super) fn monai_steps(config: &Map<String, Value>) -> Option<Transforms> {
    let (mut steps, mut notes) = (Vec::new(), Vec::new());
    let mut columns_first = false;
    for (name, transform) in transforms(config)? {
        match name {
            // MONAI's readers give columns before rows, unless they are told not to.
            LOAD => {
                columns_first = transform.get("reverse_indexing").and_then(Value::as_bool) != Some(false);
                continue;
            }
            "Transpose" if transform.get("indices") == Some(&json!([0, 2, 1])) => {
                columns_first = !columns_first;
                continue;
            }
            _ => {}
        }
        match step(name, transform, columns_first) {
            Some(found) => steps.extend(found),
            None => notes.push(format!(
                "The MONAI bundle's {name} is not known here, or not with these options, and was left out."
            )),
        }
    }
    Some(Transforms { steps, notes, columns_first })
}

/// The transforms that change values, by their names without module and without the `d` of those for dictionaries.
pub(super) fn transforms(config: &Map<String, Value>) -> Option<impl Iterator<Item = (&str, &Value)>> {
    let preprocessing = config.get("preprocessing")?;
    let transforms = preprocessing.get("transforms").or(Some(preprocessing)).and_then(Value::as_array)?;
    let all = transforms.iter().map(|transform| (name_of(transform), transform));
    Some(all.filter(|(name, _)| !NOTHING_TO_DO.contains(name)))
}

fn name_of(transform: &Value) -> &str {
    let target = transform.get("_target_").and_then(Value::as_str).unwrap_or("a transform without a name");
    let name = target.rsplit('.').next().unwrap_or(target);
    name.strip_suffix('d').unwrap_or(name)
}

fn step(name: &str, transform: &Value, columns_first: bool) -> Option<Vec<Value>> {
    let pair = |value: &Value| pair(value).map(|[one, two]| if columns_first { [two, one] } else { [one, two] });
    let one = |step: Value| Some(vec![step]);
    let number = |key: &str, default: f64| transform.get(key).map_or(Some(default), Value::as_f64);
    let says_only = |known: &[&str]| {
        let is_default = |key: &str, value: &Value| match value {
            Value::Null | Value::Bool(false) => true,
            Value::String(word) => key == "size_mode" && word == "all",
            _ => false,
        };
        let mut options = transform.as_object().into_iter().flatten();
        options.all(|(key, value)| {
            HARMLESS.contains(&key.as_str()) || known.contains(&key.as_str()) || is_default(key, value)
        })
    };
    let known: &[&str] = match name {
        "Resize" => &["spatial_size", "mode"],
        "CenterSpatialCrop" => &["roi_size"],
        "ResizeWithPadOrCrop" => &["spatial_size", "method", "mode"],
        "ScaleIntensity" => &["minv", "maxv"],
        "ScaleIntensityRange" => &["a_min", "a_max", "b_min", "b_max", "clip"],
        "ScaleIntensityRangePercentiles" => &["lower", "upper", "b_min", "b_max", "clip"],
        "NormalizeIntensity" => &["subtrahend", "divisor"],
        _ => return None,
    };
    if !says_only(known) {
        return None;
    }
    match name {
        "Resize" => {
            let mode = transform.get("mode").and_then(Value::as_str).unwrap_or("area").replace('-', "_");
            let filter = if mode == "linear" { "bilinear".to_owned() } else { mode };
            let size = pair(transform.get("spatial_size")?)?;
            one(json!({"step": "resize", "size": size, "filter": filter, "as": "torch"}))
        }
        // MONAI's middle begins at side / 2 - size / 2, each rounded down: for even sizes that is half of the margin, rounded
        // down, as Keras and TensorFlow have it. For odd ones no library has it.
        "CenterSpatialCrop" => {
            let size = even(pair(transform.get("roi_size")?)?)?;
            one(json!({"step": "center_crop", "size": size, "as": "keras"}))
        }
        "ResizeWithPadOrCrop" => {
            let says = |key: &str, usual: &str| {
                transform
                    .get(key)
                    .is_none_or(|value| value.as_str().is_some_and(|word| word.eq_ignore_ascii_case(usual)))
            };
            let size = even(pair(transform.get("spatial_size")?)?)?;
            let is_usual = says("method", "symmetric") && says("mode", "constant");
            is_usual.then(|| vec![json!({"step": "center_crop", "size": size, "as": "tensorflow"})])
        }
        "ScaleIntensity" => one(json!({"step": "min_max", "low": number("minv", 0.0)?, "high": number("maxv", 1.0)?})),
        // Of all values: the least and the largest are the ends. Other percentiles have no step of pictures.
        "ScaleIntensityRangePercentiles" if (number("lower", 0.0)?, number("upper", 100.0)?) == (0.0, 100.0) => {
            one(json!({"step": "min_max", "low": number("b_min", 0.0)?, "high": number("b_max", 1.0)?}))
        }
        "ScaleIntensityRange" => {
            let (from, to) = (number("a_min", 0.0)?, number("a_max", 1.0)?);
            let (low, high) = (number("b_min", 0.0)?, number("b_max", 1.0)?);
            let factor = (high - low) / (to - from);
            let rescale = json!({"step": "rescale", "factor": factor, "offset": low - from * factor});
            let clips = transform.get("clip").and_then(Value::as_bool) == Some(true);
            let clip = clips.then(|| json!({"step": "clip", "low": low, "high": high}));
            factor.is_finite().then(|| [rescale].into_iter().chain(clip).collect())
        }
        "NormalizeIntensity" => match (transform.get("subtrahend"), transform.get("divisor")) {
            (None, None) => one(json!({"step": "standardize"})),
            (Some(mean), Some(std)) => one(json!({"step": "normalize", "mean": list(mean)?, "std": list(std)?})),
            _ => None,
        },
        _ => None,
    }
}

fn pair(value: &Value) -> Option<[u64; 2]> {
    match value {
        Value::Array(sides) => match sides.as_slice() {
            [one] => Some([one.as_u64()?; 2]),
            [rows, cols] => Some([rows.as_u64()?, cols.as_u64()?]),
            _ => None,
        },
        one => Some([one.as_u64()?; 2]),
    }
}

fn even(size: [u64; 2]) -> Option<[u64; 2]> {
    size.iter().all(|side| side % 2 == 0).then_some(size)
}

fn list(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::Array(values) => values.iter().map(Value::as_f64).collect(),
        one => Some(vec![one.as_f64()?]),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::preprocess::{Step, prepare};
    use crate::scan::{Frame, Meta, Pixels};

    #[test]
    fn a_bundles_transforms_become_steps_and_the_rest_is_said() {
        let config = json!({"preprocessing": {"_target_": "Compose", "transforms": [
            {"_target_": "LoadImaged", "keys": "image"},
            {"_target_": "monai.transforms.Resized", "keys": "image", "spatial_size": [96, 64]},
            {"_target_": "ScaleIntensityRanged", "a_min": -57, "a_max": 164, "b_min": 0.0, "b_max": 1.0, "clip": true},
            {"_target_": "NormalizeIntensityd"},
            {"_target_": "Flipd", "spatial_axis": 1}
        ]}});
        let Transforms { steps, notes, columns_first } = monai_steps(config.as_object().unwrap()).unwrap();
        assert_eq!(steps[0], json!({"step": "resize", "size": [64, 96], "filter": "area", "as": "torch"}));
        let factor = steps[1]["factor"].as_f64().unwrap();
        let offset = steps[1]["offset"].as_f64().unwrap();
        assert!((164.0 * factor + offset - 1.0).abs() < 1e-12 && (-57.0 * factor + offset).abs() < 1e-12);
        assert_eq!(steps[2], json!({"step": "clip", "low": 0.0, "high": 1.0}));
        assert_eq!(steps[3], json!({"step": "standardize"}));
        assert!(notes.len() == 1 && notes[0].contains("Flip") && columns_first, "{notes:?}");
        let upright = |transforms: Value| {
            let config = json!({"preprocessing": transforms});
            !monai_steps(config.as_object().unwrap()).unwrap().columns_first
        };
        assert!(upright(json!([{"_target_": "LoadImaged", "reverse_indexing": false}])));
        assert!(upright(json!([{"_target_": "LoadImaged"}, {"_target_": "Transposed", "indices": [0, 2, 1]}])));
        assert!(!upright(json!([{"_target_": "monai.transforms.LoadImage"}])));
        assert!(monai_steps(&Map::new()).is_none());
    }

    /// The middle, and its padding, of an 11 x 5 picture of 1 to 55; numbers of MONAI 1.6.1, exact.
    #[test]
    fn crops_and_pads_are_those_of_monai() {
        let values = Array2::from_shape_fn((11, 5), |(row, col)| (row * 5 + col + 1) as f32);
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: false };
        let made = |transform: Value| -> Vec<f32> {
            let steps: Vec<Step> = step(name_of(&transform), &transform, false)
                .unwrap()
                .into_iter()
                .map(|step| serde_json::from_value(step).unwrap())
                .collect();
            prepare(&frame, &Meta::default(), &steps, false).unwrap().tensor.into_iter().collect()
        };
        let padded = made(json!({"_target_": "ResizeWithPadOrCropd", "spatial_size": [4, 8], "mode": "constant"}));
        let expected = [
            [0.0, 16.0, 17.0, 18.0, 19.0, 20.0, 0.0, 0.0],
            [0.0, 21.0, 22.0, 23.0, 24.0, 25.0, 0.0, 0.0],
            [0.0, 26.0, 27.0, 28.0, 29.0, 30.0, 0.0, 0.0],
            [0.0, 31.0, 32.0, 33.0, 34.0, 35.0, 0.0, 0.0],
        ];
        assert_eq!(padded, expected.concat());
        let middle = made(json!({"_target_": "CenterSpatialCropd", "roi_size": [6, 2]}));
        assert_eq!(
            middle,
            [[12.0, 13.0], [17.0, 18.0], [22.0, 23.0], [27.0, 28.0], [32.0, 33.0], [37.0, 38.0]].concat()
        );
        for unknown in [
            json!({"_target_": "ResizeWithPadOrCropd", "spatial_size": [5, 8]}),
            json!({"_target_": "ResizeWithPadOrCropd", "spatial_size": [4, 8], "method": "end"}),
            json!({"_target_": "ScaleIntensityRangePercentilesd", "lower": 1, "upper": 99, "b_min": 0, "b_max": 1}),
            json!({"_target_": "Rotate90d", "k": 1}),
            json!({"_target_": "NormalizeIntensityd", "nonzero": true}),
        ] {
            assert!(step(name_of(&unknown), &unknown, false).is_none(), "{unknown}");
        }
        let whole =
            json!({"_target_": "ScaleIntensityRangePercentilesd", "lower": 0, "upper": 100, "b_min": -1, "b_max": 1});
        assert_eq!(
            step(name_of(&whole), &whole, false),
            Some(vec![json!({"step": "min_max", "low": -1.0, "high": 1.0})])
        );
    }
}
