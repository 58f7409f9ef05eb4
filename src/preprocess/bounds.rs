//! Parameters that no picture and no volume can be prepared with: said when a model is opened, not at its first picture.

use super::error::PreprocessError;
use super::step::Step;
use super::volume::VolumeStep;

/// Longest side that a step may ask for.
const LONGEST: usize = 16_384;

impl Step {
    /// The first parameter that cannot be meant, whatever the picture is.
    ///
    /// # Errors
    /// [`PreprocessError::BadParameter`].
    pub fn check(&self) -> Result<(), PreprocessError> {
        let bounds = Bounds { step: self.name() };
        match self {
            Self::To8Bit { low, high, .. } => bounds.percentiles(*low, *high),
            Self::Window { center, width, .. } => {
                bounds.finite("center", *center)?;
                bounds.holds(width.is_finite() && *width > 0.0, "width", width, "a number above 0")
            }
            Self::Draft { size }
            | Self::Resize { size, .. }
            | Self::CenterCrop { size, .. }
            | Self::Letterbox { size, .. } => bounds.sides(size),
            Self::ResizeShorter { size, .. } => bounds.sides(&[*size]),
            Self::Rescale { factor, offset } => bounds.rescale(*factor, *offset),
            Self::Normalize { mean, std } => {
                mean.iter().try_for_each(|value| bounds.finite("mean", *value))?;
                let usable = |value: &f64| value.is_finite() && *value != 0.0;
                std.iter().try_for_each(|value| bounds.holds(usable(value), "std", value, "a number other than 0"))?;
                let counts = [mean.len(), std.len()].iter().all(|count| matches!(count, 1 | 3));
                let given = format!("{} and {}", mean.len(), std.len());
                bounds.holds(counts, "mean, std", &given, "one number for all channels, or one for each of three")
            }
            Self::MinMax { low, high } => bounds.ascending(*low, *high),
            Self::Clip { low, high } => bounds.ascending(*low, *high),
            _ => Ok(()),
        }
    }
}

impl VolumeStep {
    /// The same for a step of a volume.
    ///
    /// # Errors
    /// [`PreprocessError::BadParameter`].
    pub fn check(&self) -> Result<(), PreprocessError> {
        let bounds = Bounds { step: self.name() };
        match self {
            Self::Resize { size } => bounds.sides(size),
            Self::Clip { low, high } | Self::MinMax { low, high } => bounds.ascending(*low, *high),
            Self::ClipPercentiles { low, high } => bounds.percentiles(*low, *high),
            Self::Rescale { factor, offset } => bounds.rescale(*factor, *offset),
            Self::ScaleRange { from: [from, until], to: [low, high], .. } => {
                let range = format!("{from}, {until}");
                let differ = from.is_finite() && until.is_finite() && from != until;
                bounds.holds(differ, "from", &range, "two numbers that differ")?;
                let range = format!("{low}, {high}");
                bounds.holds(
                    low.is_finite() && high.is_finite() && low != high,
                    "to",
                    &range,
                    "two numbers that differ",
                )
            }
            Self::Orient { .. } | Self::Zscore { .. } => Ok(()),
        }
    }
}

/// Rules of the parameters of one step.
struct Bounds {
    step: &'static str,
}

impl Bounds {
    fn holds(
        &self,
        holds: bool,
        parameter: &'static str,
        value: &dyn std::fmt::Display,
        rule: &'static str,
    ) -> Result<(), PreprocessError> {
        let bad = || PreprocessError::BadParameter { step: self.step, parameter, value: value.to_string(), rule };
        if holds { Ok(()) } else { Err(bad()) }
    }

    fn finite(&self, parameter: &'static str, value: f64) -> Result<(), PreprocessError> {
        self.holds(value.is_finite(), parameter, &value, "a finite number")
    }

    fn ascending(&self, low: f64, high: f64) -> Result<(), PreprocessError> {
        let range = format!("{low}, {high}");
        self.holds(low < high && (high - low).is_finite(), "low, high", &range, "two numbers, the lower one first")
    }

    fn percentiles(&self, low: f64, high: f64) -> Result<(), PreprocessError> {
        let range = format!("{low}, {high}");
        let holds = 0.0 <= low && low < high && high <= 100.0;
        self.holds(holds, "low, high", &range, "two per cents from 0 to 100, the lower one first")
    }

    fn rescale(&self, factor: f64, offset: f64) -> Result<(), PreprocessError> {
        self.holds(factor.is_finite() && factor != 0.0, "factor", &factor, "a number other than 0")?;
        self.finite("offset", offset)
    }

    fn sides(&self, sides: &[usize]) -> Result<(), PreprocessError> {
        let fits = sides.iter().all(|side| (1..=LONGEST).contains(side));
        let words: Vec<String> = sides.iter().map(usize::to_string).collect();
        self.holds(fits, "size", &words.join(" x "), "from 1 to 16384 a side")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_picture_can_be_prepared_with_is_said() {
        for (json, parameter) in [
            (r#"{"step":"to_8bit","low":99,"high":1}"#, "`low, high` is 99, 1"),
            (r#"{"step":"window","center":40,"width":0}"#, "`width`"),
            (r#"{"step":"resize","size":[0,3],"as":"pillow"}"#, "`size` is 0 x 3"),
            (r#"{"step":"rescale","factor":0}"#, "`factor`"),
            (r#"{"step":"normalize","mean":[0.5],"std":[0]}"#, "`std` is 0"),
            (r#"{"step":"normalize","mean":[0.5,0.5],"std":[1]}"#, "`mean, std`"),
            (r#"{"step":"min_max","low":1,"high":0}"#, "`low, high` is 1, 0"),
            (r#"{"step":"clip","low":1,"high":0}"#, "`low, high`"),
        ] {
            let step: Step = serde_json::from_str(json).unwrap();
            let said = step.check().unwrap_err().to_string();
            assert!(said.contains(parameter) && said.contains(step.name()), "{json}: {said}");
        }
        for (json, parameter) in [
            (r#"{"step":"min_max","low":1,"high":0}"#, "`low, high` is 1, 0"),
            (r#"{"step":"clip_percentiles","low":99,"high":1}"#, "`low, high`"),
            (r#"{"step":"scale_range","from":[1,1],"to":[0,1]}"#, "`from`"),
            (r#"{"step":"resize","size":[0,3,3]}"#, "`size`"),
        ] {
            let step: VolumeStep = serde_json::from_str(json).unwrap();
            let said = step.check().unwrap_err().to_string();
            assert!(said.contains(parameter) && said.contains(step.name()), "{json}: {said}");
        }
    }

    #[test]
    fn every_preset_is_sound() {
        for preset in crate::preprocess::PRESETS {
            for step in preset.recipe().steps(Some([224, 224]), 3) {
                assert_eq!(step.check(), Ok(()), "{}", preset.name);
            }
        }
    }
}
