//! `configs/inference.json` of a MONAI bundle for volumes: its transforms as steps of a volume.

use serde_json::{Map, Value, json};

use super::imported_monai::{LOAD, transforms};

/// Steps in the order of the bundle's `preprocessing`, and a sentence for each transform that is not known here. `None`
/// where there is no list of transforms.
pub(super) fn monai_volume_steps(config: &Map<String, Value>) -> Option<(Vec<Value>, Vec<String>)> {
    let (mut all, mut notes) = (Vec::new(), Vec::new());
    if transforms(config)?.all(|(name, _)| name != "Orientation") {
        notes.push(
            "The MONAI bundle takes volumes as their files have them; RAS is taken here, which is right for files stored so."
                .to_owned(),
        );
        all.push(json!({"step": "orient", "axes": "RAS"}));
    }
    // How the reader lays out its axes is no matter: volumes are turned by their orientation.
    for (name, transform) in transforms(config)?.filter(|(name, _)| *name != LOAD) {
        match steps(name, transform, &mut notes) {
            Some(steps) => all.extend(steps),
            None => notes.push(format!("The MONAI bundle's {name} is not known here and was left out.")),
        }
    }
    Some((all, notes))
}

fn steps(name: &str, transform: &Value, notes: &mut Vec<String>) -> Option<Vec<Value>> {
    let number = |key: &str, default: f64| transform.get(key).map_or(Some(default), Value::as_f64);
    let stated = |key: &str| transform.get(key).filter(|value| !value.is_null());
    let is_true = |key: &str| stated(key).and_then(Value::as_bool) == Some(true);
    Some(match name {
        "Orientation" => vec![json!({"step": "orient", "axes": stated("axcodes")?.as_str()?})],
        "Resize" => {
            let size = three(stated("spatial_size")?)?;
            let mode = stated("mode").and_then(Value::as_str).unwrap_or("area");
            if mode != "trilinear" {
                notes.push(format!(
                    "The MONAI bundle resizes with \"{mode}\"; trilinear is used, which differs a little."
                ));
            }
            vec![json!({"step": "resize", "size": size})]
        }
        "ScaleIntensity" if stated("factor").is_none() => {
            vec![json!({"step": "min_max", "low": number("minv", 0.0)?, "high": number("maxv", 1.0)?})]
        }
        "ScaleIntensityRange" => {
            let (from, to) =
                ([number("a_min", 0.0)?, number("a_max", 1.0)?], [number("b_min", 0.0)?, number("b_max", 1.0)?]);
            vec![json!({"step": "scale_range", "from": from, "to": to, "clip": is_true("clip")})]
        }
        // Cut at the percentiles, these are the least and the largest value.
        "ScaleIntensityRangePercentiles" if is_true("clip") && !is_true("relative") => vec![
            json!({"step": "clip_percentiles", "low": number("lower", 0.0)?, "high": number("upper", 100.0)?}),
            json!({"step": "min_max", "low": number("b_min", 0.0)?, "high": number("b_max", 1.0)?}),
        ],
        "ClipIntensityPercentiles" if stated("sharpness_factor").is_none() => {
            vec![json!({"step": "clip_percentiles", "low": number("lower", 0.0)?, "high": number("upper", 100.0)?})]
        }
        "NormalizeIntensity" => match (stated("subtrahend"), stated("divisor")) {
            (None, None) => vec![json!({"step": "zscore", "nonzero": is_true("nonzero")})],
            (Some(mean), Some(std)) if !is_true("nonzero") => {
                let (mean, std) = (mean.as_f64()?, std.as_f64().filter(|std| *std != 0.0)?);
                vec![json!({"step": "rescale", "factor": 1.0 / std, "offset": -mean / std})]
            }
            _ => return None,
        },
        _ => return None,
    })
}

fn three(value: &Value) -> Option<[u64; 3]> {
    match value {
        Value::Array(sides) => match sides.as_slice() {
            [one] => Some([one.as_u64()?; 3]),
            [depth, rows, cols] => Some([depth.as_u64()?, rows.as_u64()?, cols.as_u64()?]),
            _ => None,
        },
        one => Some([one.as_u64()?; 3]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::VolumeStep;

    #[test]
    fn a_bundles_transforms_become_steps_of_a_volume() {
        let config = json!({"preprocessing": {"_target_": "Compose", "transforms": [
            {"_target_": "LoadImaged", "keys": "image"},
            {"_target_": "EnsureChannelFirstd", "keys": "image"},
            {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
            {"_target_": "Spacingd", "pixdim": [1.0, 1.0, 1.0]},
            {"_target_": "monai.transforms.Resized", "spatial_size": [96, 96, 64], "mode": "trilinear"},
            {"_target_": "ScaleIntensityRangePercentilesd", "lower": 1, "upper": 99, "b_min": 0, "b_max": 1, "clip": true},
            {"_target_": "NormalizeIntensityd", "nonzero": true}
        ]}});
        let (steps, notes) = monai_volume_steps(config.as_object().unwrap()).unwrap();
        let read: Vec<VolumeStep> = steps.into_iter().map(|step| serde_json::from_value(step).unwrap()).collect();
        let names: Vec<&str> = read.iter().map(VolumeStep::name).collect();
        assert_eq!(names, ["orient", "resize", "clip_percentiles", "min_max", "zscore"]);
        assert_eq!(read[1], VolumeStep::Resize { size: [96, 96, 64] });
        assert!(notes.len() == 1 && notes[0].contains("Spacing"), "{notes:?}");

        let config = json!({"preprocessing": [{"_target_": "LoadImaged"}, {"_target_": "ScaleIntensityd"}]});
        let (steps, notes) = monai_volume_steps(config.as_object().unwrap()).unwrap();
        assert_eq!(steps[0], json!({"step": "orient", "axes": "RAS"}));
        assert!(steps.len() == 2 && notes.len() == 1 && notes[0].contains("RAS"), "{notes:?}");
    }
}
