//! What a file says, and the values it holds, against what the manifest's `input_selection` asks for. Nothing is refused;
//! people are told.

use super::volume::{InputSelection, OneOrMany};
use crate::scan::{Frame, Meta, ModalityHint, Pixels};

/// A sentence for each fact of a file that the model is not made for.
pub(super) fn differences(selection: &InputSelection, meta: &Meta) -> Vec<String> {
    let pairs = [
        ("The model is made for the modality ", &selection.modality, &meta.modality),
        ("The model is made for the body part ", &selection.body_part, &meta.body_part),
        ("The model is made for the photometric interpretation ", &selection.photometric, &meta.photometric),
    ];
    let differs = |(what, wanted, found): (&str, &Option<OneOrMany>, &Option<String>)| {
        let (wanted, found) = (wanted.as_ref()?.as_slice(), found.as_ref()?);
        (!wanted.iter().any(|value| value.eq_ignore_ascii_case(found)))
            .then(|| format!("{what}{}; the file says {found}.", wanted.join(" or ")))
    };
    pairs.into_iter().filter_map(differs).chain(hinted(selection, meta)).collect()
}

/// The same for a volume whose format has no field for the modality.
fn hinted(selection: &InputSelection, meta: &Meta) -> Option<String> {
    let (wanted, hint) = (selection.modality.as_ref()?.as_slice(), meta.modality_hint.as_ref()?);
    match hint {
        // Silence is how most such volumes are: a warning beside each of them would say nothing.
        _ if meta.modality.is_some() => None,
        ModalityHint::Silent => None,
        ModalityHint::Says { modality, .. } if wanted.iter().any(|value| value.eq_ignore_ascii_case(modality)) => None,
        ModalityHint::Says { modality, by } => {
            Some(format!("The model is made for the modality {}; {by} says {modality}.", wanted.join(" or ")))
        }
    }
}

/// Fewer values outside the stated range are metal, markers and the edge of the table.
const MOST_OUTSIDE: f64 = 0.01;

impl InputSelection {
    /// A sentence where values of a frame lie outside the stated range: for a picture of 8 bits or in other units the score
    /// means little.
    pub fn value_warning(&self, frame: &Frame) -> Option<String> {
        let [low, high] = self.value_range?;
        let (mut outside, mut count, mut least, mut most) = (0usize, 0usize, f32::INFINITY, f32::NEG_INFINITY);
        let mut look = |value: f32| {
            if value.is_finite() {
                count += 1;
                outside += usize::from(value < low || value > high);
                (least, most) = (least.min(value), most.max(value));
            }
        };
        match &frame.pixels {
            Pixels::Gray(values) => values.iter().for_each(|value| look(*value)),
            Pixels::Rgb(values) => values.iter().for_each(|value| look(f32::from(*value))),
        }
        let share = outside as f64 / count.max(1) as f64;
        // Values far inside the range are as telling: 0..1 where -1000..3000 is stated.
        let narrow = count > 0 && f64::from(most - least) < 0.02 * f64::from(high - low);
        if share > MOST_OUTSIDE {
            let percent = share * 100.0;
            return Some(format!(
                "The model is made for values from {low} to {high}; {percent:.0} % of these lie outside (they reach from \
                 {least} to {most})."
            ));
        }
        narrow.then(|| {
            format!("The model is made for values from {low} to {high}; these reach from {least} to {most} only.")
        })
    }
}
