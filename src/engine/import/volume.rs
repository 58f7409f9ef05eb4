//! The steps of a volume that a person states in part: which of them are theirs, and which are as unsure as before.

use crate::engine::manifest::Sourced;
use crate::engine::model::Model;
use crate::preprocess::{VolumeRecipe, VolumeStep};

use super::page::GIVEN;

/// Which steps of a stated [`VolumeRecipe`] the person said nothing about. Without any, all steps are theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnsaidSteps {
    pub orient: bool,
    pub resize: bool,
    pub percentiles: bool,
    pub values: bool,
}

impl UnsaidSteps {
    fn has(self, step: &VolumeStep) -> bool {
        match step {
            VolumeStep::Orient { .. } => self.orient,
            VolumeStep::Resize { .. } => self.resize,
            VolumeStep::ClipPercentiles { .. } => self.percentiles,
            _ => self.values,
        }
    }
}

/// The recipe's steps for `found`, each with where it comes from: the person, what was found before, or nobody.
pub(super) fn stated(recipe: &VolumeRecipe, unsaid: UnsaidSteps, found: &Model) -> Vec<Sourced<VolumeStep>> {
    let before = &found.manifest.preprocess_volume;
    let sourced = |step: VolumeStep| match before.iter().find(|old| old.value == step) {
        _ if !unsaid.has(&step) => Sourced::declared(step, GIVEN),
        Some(old) => old.clone(),
        None => Sourced::assumed(step, "nobody states this step"),
    };
    recipe.steps(found.volume_size()).into_iter().map(sourced).collect()
}
