//! What a picture holds, against what a model of medical pictures takes: masks, empty slices, colour maps and
//! radiographs with black and white exchanged give a sentence. Nothing is refused.
//!
//! In: a frame as it was read, in modality units. Only models whose manifest states a modality are asked; the rules are
//! written down in `docs/MANIFEST.md` with what they catch.

use std::collections::BTreeSet;

use ndarray::{Array2, Array3, Axis, s};

use super::model::Model;
use crate::preprocess::Step;
use crate::scan::{Frame, Meta, Pixels, Polarity};

/// Smaller frames are test patterns and cut-outs, of which nothing can be told.
const FEWEST_PIXELS: usize = 1024;
/// Distinct values that a mask has at most, and that a label map has at most.
const MASK: usize = 16;
const LABELS: usize = 64;
/// Share of a label map's neighbours that are equal, where not both are its commonest value.
const FLAT: f64 = 0.8;
/// Share of one value from which hardly anything is in a picture.
const EMPTY: f64 = 0.98;
/// Channels of a pixel that is coloured differ by this many of 255 levels; so many of them make a coloured picture.
const COLOURED: u8 = 32;
const COLOURED_SHARE: f64 = 0.05;
/// The corners of a radiograph show air, which is dark: brighter than the whole picture by this share of its range, they
/// are the corners of an exchanged one.
const BRIGHT_CORNERS: f64 = 0.1;
/// Side of a corner, of the shorter side.
const CORNER: f64 = 0.12;
/// Values that its range is estimated from.
const MOST_SAMPLED: usize = 1 << 14;

/// DICOM's modalities whose pictures are grey, and those of radiographs.
const GREY: [&str; 9] = ["CR", "DX", "MG", "XA", "RF", "CT", "MR", "PT", "NM"];
const RADIOGRAPHS: [&str; 2] = ["CR", "DX"];

impl Model {
    /// A sentence for each doubt about the values of a frame that this model would be fed: outside the stated range, or no
    /// picture of its modality.
    pub fn picture_warnings(&self, frame: &Frame, meta: &Meta) -> Vec<String> {
        let Some(selection) = self.manifest.input_selection.as_ref().map(|selection| &selection.value) else {
            return Vec::new();
        };
        let stated = selection.modality.as_ref().map(|modality| modality.as_slice()).unwrap_or_default();
        let only = |known: &[&str]| {
            !stated.is_empty() && stated.iter().all(|own| known.iter().any(|known| own.eq_ignore_ascii_case(known)))
        };
        let inverts = self.steps().iter().any(|step| matches!(step, Step::Invert {}));
        let expected = Expected {
            grey: only(&GREY),
            // Where high values are black in the file, or the model wants them so, bright corners are right.
            dark_corners: only(&RADIOGRAPHS) && !inverts && meta.polarity != Some(Polarity::LowIsWhite),
        };
        let doubt = if stated.is_empty() { None } else { doubt(&frame.pixels, expected) };
        selection.value_warning(frame).into_iter().chain(doubt).collect()
    }
}

/// What pictures of the model's modality are like.
#[derive(Clone, Copy)]
struct Expected {
    grey: bool,
    dark_corners: bool,
}

/// The first doubt that there is: a mask has bright corners by chance.
fn doubt(pixels: &Pixels, expected: Expected) -> Option<String> {
    match pixels {
        Pixels::Rgb(values) if expected.grey => coloured(values).or_else(|| {
            // Grey in three channels.
            let values = values.index_axis(Axis(2), 0).mapv(f32::from);
            doubt_of_grey(&values, expected)
        }),
        Pixels::Rgb(_) => None,
        Pixels::Gray(values) => doubt_of_grey(values, expected),
    }
}

fn doubt_of_grey(values: &Array2<f32>, expected: Expected) -> Option<String> {
    if values.len() < FEWEST_PIXELS {
        return None;
    }
    let corners = || if expected.dark_corners { bright_corners(values) } else { None };
    empty(values).or_else(|| labels(values)).or_else(corners)
}

fn coloured(values: &Array3<u8>) -> Option<String> {
    let spread = |pixel: &ndarray::ArrayView1<'_, u8>| {
        let (low, high) = pixel.iter().fold((u8::MAX, 0), |(low, high), v| (low.min(*v), high.max(*v)));
        high.saturating_sub(low) >= COLOURED
    };
    let (pixels, coloured) = (values.len() / 3, values.rows().into_iter().filter(spread).count());
    let share = coloured as f64 / pixels.max(1) as f64;
    (share >= COLOURED_SHARE).then(|| {
        format!(
            "This picture is in colour ({:.0} % of its pixels), and the model is made for grey ones: a colour map changes \
             what values mean.",
            share * 100.0
        )
    })
}

/// The value that more than half of the pixels have, if one has (Boyer and Moore 1981, MJRTY), else any; and its share.
fn commonest(values: &Array2<f32>) -> (f32, f64) {
    let (mut candidate, mut lead) = (0f32, 0usize);
    for value in values {
        if lead == 0 {
            (candidate, lead) = (*value, 1);
        } else if *value == candidate {
            lead += 1;
        } else {
            lead -= 1;
        }
    }
    let count = values.iter().filter(|value| **value == candidate).count();
    (candidate, count as f64 / values.len().max(1) as f64)
}

fn empty(values: &Array2<f32>) -> Option<String> {
    let (value, share) = commonest(values);
    (share >= EMPTY).then(|| {
        let percent = (share * 1000.0).floor() / 10.0;
        format!("There is hardly anything in this picture: {percent} % of its pixels have the value {value}.")
    })
}

/// Few distinct values; somewhat more of them only where they lie in patches.
fn labels(values: &Array2<f32>) -> Option<String> {
    let mut distinct: BTreeSet<u32> = BTreeSet::new();
    for value in values.iter().filter(|value| value.is_finite()) {
        // Zero has two patterns.
        distinct.insert((*value + 0.0).to_bits());
        if distinct.len() > LABELS {
            return None;
        }
    }
    let in_patches = || {
        let (background, _) = commonest(values);
        let rows = values.outer_iter();
        let (mut equal, mut pairs) = (0usize, 0usize);
        for row in rows {
            for (one, next) in row.iter().zip(row.iter().skip(1)) {
                if *one != background || *next != background {
                    pairs += 1;
                    equal += usize::from(one == next);
                }
            }
        }
        equal as f64 >= FLAT * pairs as f64
    };
    let few = !distinct.is_empty() && (distinct.len() <= MASK || in_patches());
    few.then(|| {
        format!(
            "This picture has only {} different values, as a mask or a map of labels has: it is no picture of the model's \
             modality.",
            distinct.len()
        )
    })
}

fn bright_corners(values: &Array2<f32>) -> Option<String> {
    let (rows, cols) = values.dim();
    let side = ((rows.min(cols) as f64 * CORNER) as usize).max(1);
    let mean = |part: ndarray::ArrayView2<'_, f32>| {
        let (sum, count) =
            part.iter().filter(|v| v.is_finite()).fold((0.0, 0.0), |(s, n), v| (s + f64::from(*v), n + 1.0));
        sum / f64::max(count, 1.0)
    };
    let (bottom, right) = (rows - side, cols - side);
    let corners = [s![..side, ..side], s![..side, right..], s![bottom.., ..side], s![bottom.., right..]];
    let corners = corners.into_iter().map(|corner| mean(values.slice(corner))).sum::<f64>() / 4.0;
    let step = values.len().div_ceil(MOST_SAMPLED);
    let mut sampled: Vec<f32> = values.iter().copied().filter(|value| value.is_finite()).step_by(step).collect();
    sampled.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| sampled.get(((sampled.len() as f64 - 1.0) * share) as usize).copied().map(f64::from);
    let range = at(0.99)? - at(0.01)?;
    (range > 0.0 && corners - mean(values.view()) > BRIGHT_CORNERS * range).then(|| {
        "The corners of this radiograph are brighter than the rest: black and white may be exchanged (the model is made \
         for dark air), or it shows none."
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREY_RADIOGRAPH: Expected = Expected { grey: true, dark_corners: true };

    fn said(values: Array2<f32>) -> String {
        doubt(&Pixels::Gray(values), GREY_RADIOGRAPH).unwrap_or_default()
    }

    /// A bright disc of many values on black.
    fn disc(side: usize, radius: f64) -> Array2<f32> {
        Array2::from_shape_fn((side, side), |(row, col)| {
            let centre = (side as f64 - 1.0) / 2.0;
            let from = (row as f64 - centre).hypot(col as f64 - centre);
            if from < radius { (200.0 - 3.0 * from + (row % 7) as f64) as f32 } else { (col % 5) as f32 }
        })
    }

    #[test]
    fn masks_and_maps_of_labels() {
        let mask = disc(64, 20.0).mapv(|value| f32::from(value > 50.0));
        assert!(said(mask).contains("only 2 different values"));
        let atlas = Array2::from_shape_fn((64, 64), |(row, col)| (row / 12 * 6 + col / 11) as f32);
        assert!(said(atlas.clone()).contains("only 36 different values"));
        let rough = Array2::from_shape_fn((64, 64), |(row, col)| ((row * 7 + col * 13) % 36) as f32);
        assert_eq!(said(rough), "", "few levels that change from pixel to pixel");
        assert_eq!(said(disc(64, 20.0)), "");
        assert_eq!(said(atlas.slice(s![..24, ..24]).to_owned()), "", "too small to tell");
    }

    #[test]
    fn empty_pictures() {
        assert!(said(Array2::zeros((40, 40))).contains("100 % of its pixels have the value 0"));
        let mut few = Array2::from_elem((100, 100), -1000f32);
        few.slice_mut(s![40..45, 40..45]).assign(&disc(5, 9.0));
        assert!(said(few).contains("99.7 % of its pixels have the value -1000"));
        assert_eq!(said(disc(100, 12.0)), "");
        assert!(said(Array2::from_elem((40, 40), f32::NAN)).is_empty(), "what is no number is said elsewhere");
    }

    #[test]
    fn radiographs_with_black_and_white_exchanged() {
        let upright = disc(80, 36.0);
        assert_eq!(said(upright.clone()), "");
        let exchanged = upright.mapv(|value| 255.0 - value);
        assert!(said(exchanged.clone()).contains("black and white may be exchanged"));
        let channels = exchanged.mapv(|value| value as u8).insert_axis(Axis(2));
        let channels = ndarray::concatenate![Axis(2), channels, channels, channels];
        assert!(doubt(&Pixels::Rgb(channels), GREY_RADIOGRAPH).unwrap().contains("exchanged"), "in three channels too");
        let other = Expected { grey: true, dark_corners: false };
        assert_eq!(doubt(&Pixels::Gray(exchanged), other), None, "of an MRI nothing is said");
    }

    #[test]
    fn colour_maps_on_grey_modalities() {
        let grey = Array3::from_shape_fn((40, 40, 3), |(row, col, _)| (row * 5 + col) as u8);
        assert_eq!(doubt(&Pixels::Rgb(grey.clone()), GREY_RADIOGRAPH), None);
        let mut hot = grey;
        hot.slice_mut(s![.., ..20, 0]).fill(255);
        assert!(doubt(&Pixels::Rgb(hot.clone()), GREY_RADIOGRAPH).unwrap().contains("in colour (5"));
        let microscope = Expected { grey: false, dark_corners: false };
        assert_eq!(doubt(&Pixels::Rgb(hot), microscope), None);
    }

    #[test]
    fn the_commonest_value_is_found_where_it_has_the_majority() {
        let values = Array2::from_shape_fn((10, 10), |(row, col)| if (row + col) % 3 == 0 { 7.0 } else { 2.0 });
        assert_eq!(commonest(&values), (2.0, 0.66));
    }
}
