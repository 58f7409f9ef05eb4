//! Axes turned by whole quarters and flips, never resampled: MONAI's `Orientation`, nibabel's `as_closest_canonical`.

use ndarray::{Array3, Axis};
use serde::{Deserialize, Serialize};

use super::place::{AlongScan, VolumePlace};
use crate::geometry::{Affine3, AnatomicalAxes};
use crate::scan::Meta;

/// The side of the patient that each axis runs to, in the tensor's order: `R` or `L`, `A` or `P`, `S` or `I`, each pair once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Axes([Side; 3]);

/// A direction in the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Side {
    /// 0 left-right, 1 front-back, 2 up-down.
    axis: usize,
    /// True towards L, P and S, as DICOM counts.
    positive: bool,
}

const LETTERS: [(char, Side); 6] = [
    ('L', Side { axis: 0, positive: true }),
    ('R', Side { axis: 0, positive: false }),
    ('P', Side { axis: 1, positive: true }),
    ('A', Side { axis: 1, positive: false }),
    ('S', Side { axis: 2, positive: true }),
    ('I', Side { axis: 2, positive: false }),
];

impl TryFrom<String> for Axes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let side = |letter: char| LETTERS.iter().find(|(known, _)| *known == letter).map(|(_, side)| *side);
        let sides: Option<Vec<Side>> = text.chars().map(side).collect();
        let found = sides.and_then(|sides| <[Side; 3]>::try_from(sides).ok());
        let each_once = |sides: &[Side; 3]| (0..3).all(|axis| sides.iter().any(|side| side.axis == axis));
        found.filter(each_once).map(Self).ok_or_else(|| {
            format!("axes is \"{text}\"; it must be three letters, one of R L, one of A P and one of S I, such as RAS")
        })
    }
}

impl From<Axes> for String {
    fn from(axes: Axes) -> Self {
        let letter = |side: Side| LETTERS.iter().find(|(_, known)| *known == side).map(|(letter, _)| *letter);
        axes.0.into_iter().filter_map(letter).collect()
    }
}

impl Axes {
    /// The letters that each axis runs towards, in the tensor's order.
    pub fn letters(self) -> String {
        self.into()
    }

    /// `RAS`, as most training pipelines have it.
    pub const RAS: Self =
        Self([Side { axis: 0, positive: false }, Side { axis: 1, positive: false }, Side { axis: 2, positive: true }]);
}

/// Columns to the left, rows to the back, frames upwards: a NIfTI file as this program reads it, and the usual axial series.
const USUAL: [Side; 3] =
    [Side { axis: 0, positive: true }, Side { axis: 1, positive: true }, Side { axis: 2, positive: true }];

/// Where the scan's columns, rows and frames run to.
fn sides(patient_from_voxel: &Affine3) -> Option<[Side; 3]> {
    let towards = AnatomicalAxes::of(patient_from_voxel)?.towards;
    let of_voxel_axis = |voxel_axis: usize| {
        let (axis, direction) = towards.iter().enumerate().find(|(_, known)| known.voxel_axis == voxel_axis)?;
        Some(Side { axis, positive: direction.positive })
    };
    Some([of_voxel_axis(0)?, of_voxel_axis(1)?, of_voxel_axis(2)?])
}

pub(super) fn orient(
    values: Array3<f32>,
    place: VolumePlace,
    wanted: Axes,
    meta: &Meta,
    warnings: &mut Vec<String>,
) -> (Array3<f32>, VolumePlace) {
    let scan_sides = meta.patient_from_voxel.as_ref().and_then(sides).unwrap_or_else(|| {
        warnings.push(
            "The file does not say where its slices lie in the patient: columns are taken to run to the left, rows to the \
             back and slices upwards."
                .to_owned(),
        );
        USUAL
    });
    let mut order = [0, 1, 2];
    let mut axes = place.axes;
    let mut flips = [false; 3];
    for (place_of, side) in wanted.0.into_iter().enumerate() {
        for (now, along) in place.axes.iter().enumerate() {
            let Some(scan_side) = scan_sides.get(along.scan_axis).filter(|scan| scan.axis == side.axis) else {
                continue;
            };
            // Runs to the side that the scan's axis runs to, unless it was flipped before.
            let flip = (scan_side.positive == side.positive) != (along.scale > 0.0);
            let length = values.len_of(Axis(now)) as f64;
            let turned = AlongScan { scale: -along.scale, offset: length - along.offset, ..*along };
            if let (Some(order), Some(axis), Some(flipped)) =
                (order.get_mut(place_of), axes.get_mut(place_of), flips.get_mut(place_of))
            {
                (*order, *axis, *flipped) = (now, if flip { turned } else { *along }, flip);
            }
        }
    }
    let mut values = values.permuted_axes(order);
    for (axis, _) in flips.into_iter().enumerate().filter(|(_, flip)| *flip) {
        values.invert_axis(Axis(axis));
    }
    (values.as_standard_layout().into_owned(), VolumePlace { axes, ..place })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(text: &str) -> Axes {
        Axes::try_from(text.to_owned()).unwrap()
    }

    /// Value = 100 * frame + 10 * row + column.
    fn numbered() -> Array3<f32> {
        Array3::from_shape_fn((4, 3, 2), |(frame, row, col)| (100 * frame + 10 * row + col) as f32)
    }

    #[test]
    fn a_canonical_file_becomes_ras_by_two_flips() {
        let lps = Affine3([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]]);
        let meta = Meta { patient_from_voxel: Some(lps), ..Meta::default() };
        let (found, place) = orient(numbered(), VolumePlace::as_stored((4, 3, 2)), axes("RAS"), &meta, &mut Vec::new());
        assert_eq!(found.dim(), (2, 3, 4));
        // x = 0 is the last column, y = 0 the last row, z = 0 the first frame.
        assert_eq!((found[[0, 0, 0]], found[[1, 0, 0]], found[[0, 1, 0]], found[[0, 0, 1]]), (21.0, 20.0, 11.0, 121.0));
        let (tensor_axis, along) = place.along(0).unwrap();
        assert_eq!((tensor_axis, along.to_model(0.0), along.to_model(2.0)), (0, 2.0, 0.0));
        assert_eq!(place.along(2).unwrap().1.to_scan(1.5), 1.5);
    }

    /// A sagittal series: columns to the back, rows downwards, frames to the left.
    #[test]
    fn a_sagittal_series_is_turned() {
        let sagittal = Affine3([[0.0, 0.0, 1.0, 0.0], [1.0, 0.1, 0.0, 0.0], [0.1, -1.0, 0.0, 0.0]]);
        let meta = Meta { patient_from_voxel: Some(sagittal), ..Meta::default() };
        let (found, place) = orient(numbered(), VolumePlace::as_stored((4, 3, 2)), axes("SPL"), &meta, &mut Vec::new());
        assert_eq!(found.dim(), (3, 2, 4));
        assert_eq!((found[[0, 0, 0]], found[[2, 0, 0]], found[[0, 1, 0]], found[[0, 0, 3]]), (20.0, 0.0, 21.0, 320.0));
        // And back, from there.
        let (again, place) = orient(found, place, axes("LIP"), &meta, &mut Vec::new());
        assert_eq!(again, numbered());
        assert_eq!(place, VolumePlace::as_stored((4, 3, 2)));
    }

    #[test]
    fn an_unknown_place_is_told() {
        let mut warnings = Vec::new();
        let (found, _) =
            orient(numbered(), VolumePlace::as_stored((4, 3, 2)), Axes::RAS, &Meta::default(), &mut warnings);
        assert_eq!(found[[0, 0, 0]], 21.0);
        assert_eq!(warnings.len(), 1);
    }
}
