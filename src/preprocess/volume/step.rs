//! The steps of a volume, as the manifest writes them under `preprocess_volume`.

use serde::{Deserialize, Serialize};

use super::orient::Axes;

/// One step, `{"step": "name", ...parameters}`. Names in brackets are MONAI's transforms with the same numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum VolumeStep {
    /// Turns and flips axes so that they run to these sides of the patient, in the tensor's order (`Orientation`): `RAS` is
    /// what nibabel's `as_closest_canonical` gives, `SPL` is `[slices, rows, cols]` of an axial DICOM series.
    Orient { axes: Axes },
    /// To `[depth, rows, cols]`, trilinear, as `torch.nn.functional.interpolate` with `align_corners=False` does
    /// (`Resize(mode="trilinear")`): voxel edges stay in place, nothing is smoothed before.
    Resize { size: [usize; 3] },
    /// Values outside become the ends.
    Clip { low: f64, high: f64 },
    /// The same with percentiles of the volume (`numpy.percentile`, linear) as ends.
    ClipPercentiles { low: f64, high: f64 },
    /// `value * factor + offset`.
    Rescale {
        factor: f64,
        #[serde(default)]
        offset: f64,
    },
    /// One range to another (`ScaleIntensityRange`).
    ScaleRange {
        from: [f64; 2],
        to: [f64; 2],
        #[serde(default)]
        clip: bool,
    },
    /// The least value to `low`, the largest to `high` (`ScaleIntensity`).
    MinMax {
        #[serde(default)]
        low: f64,
        #[serde(default = "one")]
        high: f64,
    },
    /// Less the mean, divided by the standard deviation (of N); with `nonzero` both are those of the values that are not 0,
    /// and zeros stay (`NormalizeIntensity`).
    Zscore {
        #[serde(default)]
        nonzero: bool,
    },
}

impl VolumeStep {
    /// Every step's name.
    pub const NAMES: [&'static str; 8] =
        ["orient", "resize", "clip", "clip_percentiles", "rescale", "scale_range", "min_max", "zscore"];

    /// As the manifest writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Orient { .. } => "orient",
            Self::Resize { .. } => "resize",
            Self::Clip { .. } => "clip",
            Self::ClipPercentiles { .. } => "clip_percentiles",
            Self::Rescale { .. } => "rescale",
            Self::ScaleRange { .. } => "scale_range",
            Self::MinMax { .. } => "min_max",
            Self::Zscore { .. } => "zscore",
        }
    }
}

fn one() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_and_reading_gives_the_same_text() {
        for line in [
            r#"{"step":"orient","axes":"RAS"}"#,
            r#"{"step":"resize","size":[32,40,24]}"#,
            r#"{"step":"clip_percentiles","low":0.5,"high":99.5}"#,
            r#"{"step":"scale_range","from":[-1000.0,400.0],"to":[0.0,1.0],"clip":true}"#,
            r#"{"step":"zscore","nonzero":true}"#,
        ] {
            let step: VolumeStep = serde_json::from_str(line).unwrap();
            assert_eq!(serde_json::to_string(&step).unwrap(), line);
            assert!(line.contains(&format!("\"{}\"", step.name())) && VolumeStep::NAMES.contains(&step.name()));
        }
        let least: VolumeStep = serde_json::from_str(r#"{"step":"min_max"}"#).unwrap();
        assert_eq!(least, VolumeStep::MinMax { low: 0.0, high: 1.0 });
    }

    #[test]
    fn every_name_is_one_that_is_read() {
        let unknown = serde_json::from_str::<VolumeStep>(r#"{"step":"blur"}"#).unwrap_err().to_string();
        assert!(VolumeStep::NAMES.iter().all(|name| unknown.contains(name)), "{unknown}");
        assert_eq!(unknown.matches('`').count() / 2, VolumeStep::NAMES.len() + 1, "{unknown}");
    }

    #[test]
    fn unknown_steps_parameters_and_axes_are_refused() {
        for line in [
            r#"{"step":"to_rgb"}"#,
            r#"{"step":"zscore","mean":1}"#,
            r#"{"step":"orient","axes":"RAX"}"#,
            r#"{"step":"orient","axes":"RLS"}"#,
        ] {
            assert!(serde_json::from_str::<VolumeStep>(line).is_err(), "{line}");
        }
    }
}
