//! How volumes were prepared in training, choice by choice; and the steps that say so.

use super::orient::Axes;
use super::step::VolumeStep;

/// Orientation, then size, then values: the order of nearly every script.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumeRecipe {
    /// `None` takes the axes as they are stored: `[frames, rows, cols]`.
    pub axes: Option<Axes>,
    /// Values outside these percentiles of the volume become the ends.
    pub percentiles: Option<[f64; 2]>,
    pub scale: VolumeScale,
}

/// What becomes of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum VolumeScale {
    AsStored,
    /// Mean 0 and deviation 1 over the volume, or over what is not 0 of it.
    Zscore {
        nonzero: bool,
    },
    /// The least value to 0, the largest to 1.
    MinMax,
    /// This range to 0 to 1, cut at its ends; in Hounsfield units for CT.
    Range([f64; 2]),
}

impl VolumeScale {
    /// One of each kind, with its usual values.
    pub const ALL: [Self; 5] = [
        Self::Zscore { nonzero: true },
        Self::Zscore { nonzero: false },
        Self::MinMax,
        Self::Range([-1000.0, 400.0]),
        Self::AsStored,
    ];

    /// True where only the numbers may differ.
    pub fn is_same_kind(self, other: Self) -> bool {
        match (self, other) {
            (Self::Zscore { nonzero: a }, Self::Zscore { nonzero: b }) => a == b,
            (a, b) => std::mem::discriminant(&a) == std::mem::discriminant(&b),
        }
    }

    fn step(self) -> Option<VolumeStep> {
        match self {
            Self::AsStored => None,
            Self::Zscore { nonzero } => Some(VolumeStep::Zscore { nonzero }),
            Self::MinMax => Some(VolumeStep::MinMax { low: 0.0, high: 1.0 }),
            Self::Range(from) => Some(VolumeStep::ScaleRange { from, to: [0.0, 1.0], clip: true }),
        }
    }

    fn of_step(step: &VolumeStep) -> Option<Self> {
        match *step {
            VolumeStep::Zscore { nonzero } => Some(Self::Zscore { nonzero }),
            VolumeStep::MinMax { low: 0.0, high: 1.0 } => Some(Self::MinMax),
            VolumeStep::ScaleRange { from, to: [0.0, 1.0], clip: true } => Some(Self::Range(from)),
            _ => None,
        }
    }
}

impl VolumeRecipe {
    /// The usual ends of intensities.
    pub const PERCENTILES: [f64; 2] = [1.0, 99.0];

    /// As the manifest states them. `size` is the network's, `None` where it takes any.
    pub fn steps(&self, size: Option<[usize; 3]>) -> Vec<VolumeStep> {
        let mut steps = Vec::new();
        steps.extend(self.axes.map(|axes| VolumeStep::Orient { axes }));
        steps.extend(size.map(|size| VolumeStep::Resize { size }));
        steps.extend(self.percentiles.map(|[low, high]| VolumeStep::ClipPercentiles { low, high }));
        steps.extend(self.scale.step());
        steps
    }

    /// The choices that lead to `steps`; `None` where no choices do.
    pub fn of_steps(steps: &[VolumeStep]) -> Option<Self> {
        let mut recipe = Self { axes: None, percentiles: None, scale: VolumeScale::AsStored };
        let mut size = None;
        for step in steps {
            match *step {
                VolumeStep::Orient { axes } => recipe.axes = Some(axes),
                VolumeStep::Resize { size: sides } => size = Some(sides),
                VolumeStep::ClipPercentiles { low, high } => recipe.percentiles = Some([low, high]),
                ref values => recipe.scale = VolumeScale::of_step(values)?,
            }
        }
        (recipe.steps(size) == steps).then_some(recipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_and_steps_lead_to_each_other() {
        let axes = |text: &str| Axes::try_from(text.to_owned()).ok();
        for scale in VolumeScale::ALL {
            for percentiles in [None, Some(VolumeRecipe::PERCENTILES)] {
                for (axes, size) in [(axes("RAS"), Some([20, 24, 16])), (None, Some([8, 8, 8])), (axes("SPL"), None)] {
                    let recipe = VolumeRecipe { axes, percentiles, scale };
                    assert_eq!(VolumeRecipe::of_steps(&recipe.steps(size)), Some(recipe));
                }
            }
        }
        let written = VolumeRecipe { axes: axes("LPS"), percentiles: Some([1.0, 99.0]), scale: VolumeScale::MinMax };
        assert_eq!(
            serde_json::to_value(written.steps(Some([4, 5, 6]))).unwrap(),
            serde_json::json!([
                {"step": "orient", "axes": "LPS"},
                {"step": "resize", "size": [4, 5, 6]},
                {"step": "clip_percentiles", "low": 1.0, "high": 99.0},
                {"step": "min_max", "low": 0.0, "high": 1.0},
            ])
        );
    }

    #[test]
    fn another_order_or_other_numbers_are_no_choices_of_the_page() {
        let size = VolumeStep::Resize { size: [2, 2, 2] };
        let of = |steps: &[VolumeStep]| VolumeRecipe::of_steps(steps);
        assert_eq!(of(&[VolumeStep::MinMax { low: 0.0, high: 1.0 }, size.clone()]), None);
        assert_eq!(of(&[size.clone(), VolumeStep::MinMax { low: -1.0, high: 1.0 }]), None);
        assert_eq!(of(&[VolumeStep::Clip { low: 0.0, high: 9.0 }]), None);
        assert!(of(&[size]).is_some_and(|recipe| recipe.scale == VolumeScale::AsStored));
    }
}
