//! Values that do not look like what the steps were written for. Nothing is changed here; people are told.

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

    /// After the last step.
    pub fn after(mut self, steps: &[Step], meta: &Meta, tensor: &ndarray::Array3<f32>) -> Vec<String> {
        if tensor.iter().any(|value| !value.is_finite()) {
            self.warnings.push("some values are not finite numbers; the score means little".into());
        }
        let highest = tensor.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !self.range_set && highest > 288.0 {
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
