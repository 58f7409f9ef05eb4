//! A list of steps read as the choices that it follows from.

use super::choices::{ChannelOrder, RangeChoice};
use super::recipe::{Fit, Recipe, Resampler, Scale};
use super::step::Step;

impl Recipe {
    /// The recipe that gives exactly these steps for a model of `channels`; `None` where none does.
    pub fn of_steps(steps: &[Step], channels: usize) -> Option<Self> {
        let (range, rest) = range(steps);
        let (grey, rest) = match rest.split_first()? {
            (Step::ToGray { .. }, rest) => (channels != 1, rest),
            (Step::ToRgb { .. }, rest) => (false, rest),
            _ => return None,
        };
        let (invert, rest) = match rest.split_first() {
            Some((Step::Invert {}, rest)) => (true, rest),
            _ => (false, rest),
        };
        let before = rest.iter().take_while(|step| is_on_pictures(step)).count();
        let (before, rest) = rest.split_at(before);
        let (fitted, rest) = fit(rest);
        let after = rest.iter().take_while(|step| is_on_pictures(step)).count();
        let (after, rest) = rest.split_at(after);
        let rest = match rest.split_first() {
            Some((Step::ToRgb { .. }, rest)) if grey => rest,
            _ => rest,
        };
        // Without a resize, steps on the picture may count as before or after it.
        let (size, fit, resampler) = match fitted {
            Some((size, fit, resampler)) => (Some(size), fit, Some(resampler)),
            None => (None, Fit::Squash, None),
        };
        let swapped = matches!(rest.first(), Some(Step::ChannelOrder { order: ChannelOrder::Bgr }));
        let swaps = if swapped { vec![false, true] } else { vec![false] };
        let candidates = swaps.into_iter().flat_map(|swap| Scale::ALL.map(|scale| (swap, scale)));
        let resamplers: Vec<Resampler> = match resampler {
            Some(resampler) => vec![resampler],
            // Nothing is resized: only the library of the colours shows.
            None => super::Library::ALL.map(|library| Resampler::new(library, super::Filter::Bilinear)).to_vec(),
        };
        for (swap, scale) in candidates {
            for resampler in &resamplers {
                let (before, after) = (before.to_vec(), after.to_vec());
                let recipe = Self { range, grey, invert, before, fit, resampler: *resampler, after, swap, scale };
                if recipe.steps(size, channels) == steps {
                    return Some(recipe);
                }
            }
        }
        None
    }
}

fn range(steps: &[Step]) -> (Option<RangeChoice>, &[Step]) {
    match steps.split_first() {
        Some((Step::To8Bit { window, .. }, rest)) => (Some(*window), rest),
        _ => (None, steps),
    }
}

/// Steps that a recipe may hold before or after the resize.
fn is_on_pictures(step: &Step) -> bool {
    matches!(
        step,
        Step::Opening { .. }
            | Step::Equalize {}
            | Step::Clahe { .. }
            | Step::Smooth { .. }
            | Step::OverlapMerge { .. }
            | Step::MultiplyMerge { .. }
    )
}

type Fitted = ([usize; 2], Fit, Resampler);

fn fit(steps: &[Step]) -> (Option<Fitted>, &[Step]) {
    let resized = |step: &Step| match *step {
        Step::Resize { size, filter, library, antialias, columns_first } => {
            Some((size, Resampler { library, filter, antialias, columns_first }))
        }
        _ => None,
    };
    match steps {
        [
            Step::ResizeShorter { size: shorter, filter, library, antialias },
            Step::CenterCrop { size, .. },
            rest @ ..,
        ] => {
            let resampler = Resampler { antialias: *antialias, ..Resampler::new(*library, *filter) };
            match crop_share(*shorter, *size) {
                Some(share) => (Some((*size, Fit::Crop(share), resampler)), rest),
                None => (None, steps),
            }
        }
        [Step::Letterbox { size, filter, library, antialias, fill }, rest @ ..] => {
            let resampler = Resampler { antialias: *antialias, ..Resampler::new(*library, *filter) };
            (Some((*size, Fit::Letterbox(*fill), resampler)), rest)
        }
        [Step::PadToSquare { fill }, resize, rest @ ..] if resized(resize).is_some() => {
            (resized(resize).map(|(size, resampler)| (size, Fit::Square(*fill), resampler)), rest)
        }
        [resize, rest @ ..] if resized(resize).is_some() => {
            (resized(resize).map(|(size, resampler)| (size, Fit::Squash, resampler)), rest)
        }
        _ => (None, steps),
    }
}

/// The usual share that leads to this shorter side, else the exact one.
fn crop_share(shorter: usize, size: [usize; 2]) -> Option<f64> {
    let side = *size.iter().min()? as f64;
    let gives = |share: &f64| *share <= 1.0 && (side / share).floor() as usize == shorter;
    [1.0, 0.875, 0.9, 0.95].into_iter().find(gives).or_else(|| Some(side / shorter as f64).filter(gives))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(json: &str) -> Vec<Step> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_a_bare_export_is_assumed_to_need_is_a_recipe() {
        let assumed = steps(
            r#"[{"step":"to_8bit"},{"step":"to_rgb","as":"pillow"},
                {"step":"resize","size":[224,200],"filter":"bilinear","as":"pillow"},
                {"step":"rescale","factor":0.00392156862745098}]"#,
        );
        let recipe = Recipe::of_steps(&assumed, 3).unwrap();
        assert_eq!((recipe.fit, recipe.scale), (Fit::Squash, Scale::Unit));
        assert_eq!(super::super::Preset::of(&recipe).map(|preset| preset.name), Some("plain"));
    }

    #[test]
    fn steps_that_no_recipe_gives_are_left_alone() {
        for other in [
            r#"[]"#,
            r#"[{"step":"to_rgb"},{"step":"normalize","mean":[1,2,3],"std":[1,2,3]}]"#,
            r#"[{"step":"window","center":40,"width":80},{"step":"to_rgb"}]"#,
            r#"[{"step":"to_8bit","low":2},{"step":"to_rgb"}]"#,
            r#"[{"step":"to_8bit"},{"step":"to_rgb"},{"step":"resize_shorter","size":10,"as":"pillow"},
                {"step":"center_crop","size":[300,300]}]"#,
        ] {
            assert_eq!(Recipe::of_steps(&steps(other), 3), None, "{other}");
        }
    }
}
