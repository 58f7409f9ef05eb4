//! Pixel spacing and the place of the frames in the patient (PS3.3 C.7.6.2, C.7.6.16.2, 10.7.1). LPS, mm.

use dicom_core::Tag;

use super::data_set::Values;
use super::groups::FunctionalGroups;
use crate::geometry::{Affine3, PixelSpacing};
use crate::scan::SpacingPlace;

const PIXEL_SPACING: Tag = Tag(0x0028, 0x0030);
const POSITION: Tag = Tag(0x0020, 0x0032);
const ORIENTATION: Tag = Tag(0x0020, 0x0037);
const PIXEL_MEASURES: Tag = Tag(0x0028, 0x9110);
const PLANE_POSITION: Tag = Tag(0x0020, 0x9113);
const PLANE_ORIENTATION: Tag = Tag(0x0020, 0x9116);
const SPACING_BETWEEN_SLICES: Tag = Tag(0x0018, 0x0088);
const IMAGER_PIXEL_SPACING: Tag = Tag(0x0018, 0x1164);
const IMAGER: &str = "Imager Pixel Spacing: at the detector, larger than in the body";
const SCANNED: &str = "Nominal Scanned Pixel Spacing";
/// Modalities whose pictures are projections.
const PROJECTIONS: [&str; 9] = ["CR", "DX", "MG", "IO", "PX", "XA", "RF", "RG", "DR"];

/// What a header says about space.
#[derive(Clone, Debug, Default)]
pub(crate) struct Geometry {
    pub spacing: Option<PixelSpacing>,
    /// Which attribute `spacing` is from.
    pub spacing_source: Option<&'static str>,
    pub spacing_place: Option<SpacingPlace>,
    pub slice_spacing_mm: Option<f64>,
    pub patient_from_voxel: Option<Affine3>,
    pub remark: Option<String>,
    /// Why several frames are no evenly spaced stack.
    pub stack_problem: Option<String>,
}

/// Image Position (Patient) of the first frame.
pub(crate) fn position(values: Values) -> Option<[f64; 3]> {
    let in_group = |group: Values| group.item(PLANE_POSITION)?.vector(POSITION);
    values.vector(POSITION).or_else(|| FunctionalGroups::of(values).first(in_group))
}

/// Image Orientation (Patient) of the first frame: two perpendicular unit vectors, along the columns' axis and the
/// rows' axis.
pub(crate) fn orientation(values: Values) -> Option<[f64; 6]> {
    let in_group = |group: Values| group.item(PLANE_ORIENTATION)?.vector(ORIENTATION);
    let found = values.vector(ORIENTATION).or_else(|| FunctionalGroups::of(values).first(in_group))?;
    let [a, b, c, d, e, f] = found;
    let lengths = [a * a + b * b + c * c, d * d + e * e + f * f];
    let is_unit = lengths.iter().all(|length| (length - 1.0).abs() < 0.02);
    (is_unit && (a * d + b * e + c * f).abs() < 0.02).then_some(found)
}

/// Reads all of it for a file of `frames` frames.
pub(crate) fn read(values: Values, frames: usize) -> Geometry {
    let (spacing, spacing_source) = spacing(values).unzip();
    let spacing_place = spacing_source.map(|source| spacing_place(values, source));
    let mut geometry = Geometry { spacing, spacing_source, spacing_place, ..Geometry::default() };
    let groups = FunctionalGroups::of(values);
    let declared = values.number(SPACING_BETWEEN_SLICES);
    let declared =
        declared.or_else(|| groups.first(|group| group.item(PIXEL_MEASURES)?.number(SPACING_BETWEEN_SLICES)));
    let declared = declared.map(f64::abs).filter(|distance| *distance > 0.0);
    geometry.slice_spacing_mm = declared;
    let (Some(spacing), Some(orientation), Some(first)) = (spacing, orientation(values), position(values)) else {
        return geometry;
    };
    let [a, b, c, d, e, f] = orientation;
    let normal = [b * f - c * e, c * d - a * f, a * e - b * d];
    let positions = groups.by_frame(frames, |group| group.item(PLANE_POSITION)?.vector::<3>(POSITION));
    let positions: Option<Vec<[f64; 3]>> = positions.into_iter().collect();
    let step = match slice_step(positions.as_deref().unwrap_or_default()) {
        Some(Ok(step)) => {
            geometry.slice_spacing_mm = Some(length(step));
            step
        }
        Some(Err(remark)) => {
            geometry.stack_problem = Some(remark.clone());
            geometry.remark = Some(remark);
            geometry.slice_spacing_mm = None;
            normal
        }
        None => {
            let problem = "The frames do not each say where they lie; they may be one place at several times.";
            geometry.stack_problem = (frames > 1).then(|| problem.to_owned());
            normal.map(|v| v * declared.unwrap_or(1.0))
        }
    };
    let turns = groups.by_frame(frames, |group| group.item(PLANE_ORIENTATION)?.vector::<6>(ORIENTATION));
    let turned = |other: &[f64; 6]| other.iter().zip(orientation).any(|(a, b)| (a - b).abs() > 1e-3);
    if turns.iter().flatten().any(turned) {
        geometry.stack_problem = Some("The frames lie in different directions.".into());
    }
    let across = [a, b, c].map(|v| v * spacing.col_mm);
    let down = [d, e, f].map(|v| v * spacing.row_mm);
    let row = |axis: usize| [&across, &down, &step, &first].map(|vector| vector.get(axis).copied().unwrap_or(0.0));
    geometry.patient_from_voxel = Some(Affine3([row(0), row(1), row(2)]));
    geometry
}

/// From one frame's position to the next one's, where they are evenly spaced; a sentence where they are not; `None`
/// where frames share one position.
fn slice_step(positions: &[[f64; 3]]) -> Option<Result<[f64; 3], String>> {
    let (first, last) = (positions.first()?, positions.last()?);
    if positions.len() < 2 || length(minus(last, first)) < 1e-6 {
        return None;
    }
    let step = minus(last, first).map(|v| v / (positions.len() - 1) as f64);
    let even = positions.windows(2).all(|pair| match pair {
        [a, b] => length(minus(&minus(b, a), &step)) < 0.02 * length(step) + 1e-3,
        _ => true,
    });
    Some(if even { Ok(step) } else { Err("The frames are not evenly spaced; depths along them are not in mm.".into()) })
}

fn minus(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    std::array::from_fn(|axis| a.get(axis).copied().unwrap_or(0.0) - b.get(axis).copied().unwrap_or(0.0))
}

fn length(vector: [f64; 3]) -> f64 {
    vector.iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// Row and column spacing and the attribute it is from (PS3.3 section 10.7.1.3).
fn spacing(values: Values) -> Option<(PixelSpacing, &'static str)> {
    let in_group = |group: Values| group.item(PIXEL_MEASURES)?.vector(PIXEL_SPACING);
    let candidates = [
        (values.vector(PIXEL_SPACING), "Pixel Spacing"),
        (FunctionalGroups::of(values).first(in_group), "Pixel Spacing of the functional groups"),
        (values.vector(IMAGER_PIXEL_SPACING), IMAGER),
        (values.vector(Tag(0x0018, 0x2010)), SCANNED),
    ];
    candidates.into_iter().find_map(|(found, source)| {
        let [row_mm, col_mm] = found?;
        (row_mm > 0.0 && col_mm > 0.0).then_some((PixelSpacing { row_mm, col_mm }, source))
    })
}

/// At which depth the spacing from `source` holds. In projections, Pixel Spacing that equals Imager Pixel Spacing is
/// uncorrected, and one that differs is calibrated (PS3.3 section 10.7.1.3).
fn spacing_place(values: Values, source: &str) -> SpacingPlace {
    let modality = values.text(Tag(0x0008, 0x0060)).unwrap_or_default();
    let how = values.text(Tag(0x0028, 0x0A02));
    let magnification = values.number(Tag(0x0018, 0x1114)).filter(|factor| *factor > 1.0);
    if source == IMAGER {
        return SpacingPlace::Detector { magnification };
    }
    if source == SCANNED {
        return SpacingPlace::Film;
    }
    if !PROJECTIONS.contains(&modality.as_str()) {
        return SpacingPlace::Body;
    }
    if how.is_some() {
        return SpacingPlace::Calibrated { how };
    }
    match (values.vector::<2>(PIXEL_SPACING), values.vector::<2>(IMAGER_PIXEL_SPACING)) {
        (Some(pixel), Some(imager)) => {
            let same = pixel.iter().zip(imager).all(|(a, b)| (a - b).abs() <= 1e-4 * b.abs());
            if same { SpacingPlace::Detector { magnification } } else { SpacingPlace::Calibrated { how: None } }
        }
        _ => SpacingPlace::Unstated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_positions_give_a_step_and_uneven_ones_a_sentence() {
        let even = [[0.0, 0.0, 0.0], [0.0, 0.0, -2.5], [0.0, 0.0, -5.0]];
        assert_eq!(slice_step(&even), Some(Ok([0.0, 0.0, -2.5])));
        let uneven = [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 5.0]];
        assert!(matches!(slice_step(&uneven), Some(Err(_))));
        assert_eq!(slice_step(&[[1.0; 3], [1.0; 3]]), None);
        assert_eq!(slice_step(&[]), None);
    }
}
