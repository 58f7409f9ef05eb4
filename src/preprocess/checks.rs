//! Values that do not look like what the steps were written for. Nothing is changed here; people are told.

use super::error::PreprocessError;
use super::picture::Picture;
use super::step::Step;
use crate::scan::{Meta, Polarity};

/// What the first step that works on values needs them to be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    /// 0..=255.
    EightBit,
    /// 0..=1.
    Unit,
}

impl Expected {
    /// Only steps that plainly expect something.
    fn by(step: &Step) -> Option<Self> {
        match step {
            // 1/255, 1/127.5 and their like bring 8-bit values near 1.
            Step::Rescale { factor, .. } if (0.001..0.02).contains(&factor.abs()) => Some(Self::EightBit),
            Step::Normalize { mean, .. } if mean.iter().any(|mean| *mean > 2.0) => Some(Self::EightBit),
            Step::Normalize { .. } => Some(Self::Unit),
            _ => None,
        }
    }
}

/// True for steps that set the range of values themselves.
fn sets_range(step: &Step) -> bool {
    matches!(
        step,
        Step::To8Bit { .. }
            | Step::Window { .. }
            | Step::Rescale { .. }
            | Step::Normalize { .. }
            | Step::Standardize {}
            | Step::MinMax { .. }
    )
}

/// Warnings collected while the steps are applied.
#[derive(Default)]
pub(super) struct Checks {
    range_set: bool,
    pub warnings: Vec<String>,
}

impl Checks {
    /// Before `step` is applied to `picture`.
    pub fn before(&mut self, step: &Step, picture: &Picture) {
        if let Picture::F32(_) = picture
            && matches!(
                step,
                Step::ToRgb { library: super::Library::Pillow } | Step::ToGray { library: super::Library::Pillow }
            )
            && let Some((low, high)) = picture.range().filter(|(low, high)| *low < 0.0 || *high >= 256.0)
        {
            self.warnings.push(format!(
                "{} as Pillow cuts values to 0..255; they reach from {low} to {high}. Put to_8bit before it.",
                step.name()
            ));
        }
        if !self.range_set
            && let Some(expected) = Expected::by(step)
        {
            self.compare(expected, step, picture);
        }
        self.range_set |= sets_range(step);
    }

    fn compare(&mut self, expected: Expected, step: &Step, picture: &Picture) {
        let Some((low, high)) = picture.range() else {
            return;
        };
        // Sharpening filters overshoot by about a tenth.
        let (range, name) = match expected {
            Expected::EightBit => (-32.0..=288.0, "0..255"),
            Expected::Unit => (-0.13..=1.13, "0..1"),
        };
        let name_of_step = step.name();
        if !range.contains(&low) || !range.contains(&high) {
            self.warnings.push(format!(
                "values reach from {low} to {high} where {name_of_step} expects {name}; the score means little"
            ));
        } else if expected == Expected::EightBit && low >= 0.0 && high > 0.0 && high <= 1.0 {
            self.warnings.push(format!(
                "values stay between {low} and {high} where {name_of_step} expects 0..255; the score means little"
            ));
        }
    }

    /// Before the first step: 8-bit pictures hide what is not a number in later ones.
    pub fn first(&mut self, picture: &Picture) -> Result<(), PreprocessError> {
        let Picture::F32(values) = picture else { return Ok(()) };
        let missing = values.iter().filter(|value| !value.is_finite()).count();
        if missing == values.len() {
            return Err(PreprocessError::NoNumbers);
        }
        if missing > 0 {
            let share = 100.0 * missing as f64 / values.len() as f64;
            self.warnings.push(format!(
                "{missing} values ({share:.1} %) are NaN or infinite; steps that make 8-bit pictures take them as black \
                 (positive infinity: white)"
            ));
        }
        Ok(())
    }

    /// After the last step.
    pub fn after(mut self, steps: &[Step], meta: &Meta, tensor: &ndarray::Array3<f32>) -> Vec<String> {
        if !tensor.iter().fold(true, |finite, value| finite & value.is_finite()) {
            self.warnings.push("some values are not finite numbers; the score means little".into());
        }
        let highest = if self.range_set { 0.0 } else { tensor.iter().copied().fold(0.0, f32::max) };
        if highest > 288.0 {
            self.warnings.push(format!(
                "values reach {highest} and no step scales them; a model that learnt from 8-bit pictures needs to_8bit"
            ));
        }
        let turned = |step: &Step| matches!(step, Step::To8Bit { .. } | Step::Window { .. } | Step::Invert {});
        if meta.polarity == Some(Polarity::LowIsWhite) && !steps.iter().any(turned) {
            self.warnings.push(
                "low values are white in this file (MONOCHROME1) and no step turns them over: to_8bit, window or invert"
                    .into(),
            );
        }
        self.warnings
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use crate::preprocess::{Step, prepare};
    use crate::scan::{Frame, Meta, Pixels, Polarity};

    fn warnings(values: Array2<f32>, eight_bit: bool, steps: &str, polarity: Option<Polarity>) -> Vec<String> {
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: eight_bit };
        let steps: Vec<Step> = serde_json::from_str(steps).unwrap();
        prepare(&frame, &Meta { polarity, ..Meta::default() }, &steps, false).unwrap().warnings
    }

    const UNIT: &str = r#"[{"step":"rescale","factor":0.00392156862745098}]"#;

    #[test]
    fn twelve_bit_values_under_an_eight_bit_scale_are_told() {
        let told = warnings(array![[0.0, 4095.0]], false, UNIT, None);
        assert!(told.len() == 1 && told[0].contains("4095") && told[0].contains("0..255"), "{told:?}");
        let caffe = r#"[{"step":"normalize","mean":[120],"std":[1]}]"#;
        assert_eq!(warnings(array![[0.0, 4095.0]], false, caffe, None).len(), 1);
        let unit_first = r#"[{"step":"normalize","mean":[0.5],"std":[0.5]}]"#;
        assert_eq!(warnings(array![[0.0, 200.0]], true, unit_first, None).len(), 1);
        assert_eq!(warnings(array![[0.0, 4095.0]], false, "[]", None).len(), 1);
        let cut = r#"[{"step":"to_rgb","as":"pillow"}]"#;
        assert!(warnings(array![[0.0, 4095.0]], false, cut, None)[0].contains("cuts"));
    }

    #[test]
    fn values_that_are_scaled_already_are_told() {
        let told = warnings(array![[0.0, 0.9]], false, UNIT, None);
        assert!(told.len() == 1 && told[0].contains("0.9"), "{told:?}");
    }

    #[test]
    fn ordinary_pictures_are_quiet() {
        assert!(warnings(array![[0.0, 255.0]], true, UNIT, None).is_empty());
        let all = r#"[{"step":"to_8bit"},{"step":"to_rgb"},{"step":"rescale","factor":0.00392156862745098},
            {"step":"normalize","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}]"#;
        assert!(warnings(array![[-1000.0, 4095.0]], false, all, None).is_empty());
        assert!(warnings(array![[-1000.0, 4095.0]], false, r#"[{"step":"min_max"}]"#, None).is_empty());
        assert!(warnings(array![[0.0, 0.0]], true, UNIT, None).is_empty());
    }

    #[test]
    fn white_that_nobody_turns_over_is_told() {
        let told = warnings(array![[0.0, 255.0]], true, UNIT, Some(Polarity::LowIsWhite));
        assert!(told.len() == 1 && told[0].contains("MONOCHROME1"), "{told:?}");
        let inverted = r#"[{"step":"invert"}]"#;
        assert!(warnings(array![[0.0, 255.0]], true, inverted, Some(Polarity::LowIsWhite)).is_empty());
    }

    #[test]
    fn numbers_that_are_none_are_told() {
        let told = warnings(array![[f32::NAN, 1.0]], false, r#"[{"step":"standardize"}]"#, None);
        assert!(told.iter().any(|warning| warning.contains("not finite")), "{told:?}");
    }
}
