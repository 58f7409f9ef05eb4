//! Which slices of a volume go into a model of pictures, and how their results become one; all of them for a model of volumes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::error::EngineError;
use super::guards::differences;
use super::slice_files::{NamedPlaces, SliceFiles};
use crate::geometry::{Affine3, Size};
use crate::scan::{Meta, Scan};

/// `input_selection` of the manifest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InputSelection {
    /// DICOM Modality (0008,0060): `MR`, `PT`, `CT`, `CR`, `DX`… Another one is a remark, not an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modality: Option<OneOrMany>,
    /// Body Part Examined (0018,0015).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_part: Option<OneOrMany>,
    /// DICOM Photometric Interpretation (0028,0004): `MONOCHROME2`, `RGB`… Another one is a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photometric: Option<OneOrMany>,
    /// Lowest and highest value that scans of this kind have, in modality units. Values outside are a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_range: Option<[f32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slices: Option<SliceChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub combine: Option<Combine>,
    /// Names of pictures that hold one slice of a case each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice_files: Option<SliceFiles>,
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A value, or a list of values any of which fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "it must be text or a list of texts")]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values as a list.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// Which frames of a scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum SliceChoice {
    /// The frame in the middle (of an even number, the one after the middle).
    Middle,
    /// Every frame; a case of its own unless the manifest says how to combine.
    All,
    Index(usize),
    /// Frames 0, n, 2n…
    EveryNth(usize),
    Indices(Vec<usize>),
    /// The frames nearest to positions along a patient axis, in mm of the scanner's or template's space, signed as
    /// NIfTI and MNI do (x to the right, y to the front, z upwards).
    PositionsMm {
        positions_mm: Vec<f64>,
        axis: PatientAxis,
    },
}

impl SliceChoice {
    /// How many slices are named one by one.
    fn count(&self) -> Option<usize> {
        match self {
            Self::Indices(list) => Some(list.len()),
            Self::PositionsMm { positions_mm, .. } => Some(positions_mm.len()),
            Self::Middle | Self::All | Self::Index(_) | Self::EveryNth(_) => None,
        }
    }
}

/// An axis of patient space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatientAxis {
    /// Left to right: sagittal slices.
    X,
    /// Back to front: coronal slices.
    Y,
    /// Feet to head: axial slices.
    #[default]
    Z,
}

/// How the results of several slices become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    MeanLogits,
    MeanProbabilities,
    /// The slice with the highest score of the positive class (of any class where none is named).
    Max,
    /// Not at all: each slice is a case of its own.
    Each,
}

/// Frames of one scan, grouped into cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SliceSelection {
    /// One case each: indices of the frames whose results are combined into one.
    pub groups: Vec<Vec<usize>>,
    /// What was assumed, and what does not fit the manifest.
    pub remarks: Vec<String>,
}

/// Applies a choice to a scan of `frames` frames. `choice` goes before the manifest's `selection`; where neither says
/// anything, a volume gives its middle frame, with a remark.
///
/// # Errors
/// [`EngineError::Slices`] for frames or positions that the scan does not have.
pub fn select_slices(
    frames: usize,
    size: Size,
    meta: &Meta,
    selection: Option<&InputSelection>,
    choice: Option<&SliceChoice>,
) -> Result<SliceSelection, EngineError> {
    select(frames, size, meta, selection, choice, None)
}

/// The same for an open scan. The slices of files that are named as `slice_files` says lie where their names say.
pub(super) fn select_slices_of(
    scan: &Scan,
    selection: Option<&InputSelection>,
    choice: Option<&SliceChoice>,
) -> Result<SliceSelection, EngineError> {
    let named = selection.and_then(|selection| selection.slice_files.as_ref()?.places(scan));
    select(scan.frames, scan.size, &scan.meta, selection, choice, named.as_ref())
}

fn select(
    frames: usize,
    size: Size,
    meta: &Meta,
    selection: Option<&InputSelection>,
    choice: Option<&SliceChoice>,
    named: Option<&NamedPlaces>,
) -> Result<SliceSelection, EngineError> {
    let mut remarks = selection.map(|selection| differences(selection, meta)).unwrap_or_default();
    if frames == 0 {
        return Err(EngineError::Slices { what: "the scan has no frames.".to_owned() });
    }
    remarks.extend(named.and_then(NamedPlaces::remark));
    let declared = selection.and_then(|selection| selection.slices.as_ref());
    let combine = selection.and_then(|selection| selection.combine);
    let (chosen, each) = match (choice, declared) {
        (Some(choice), _) => (choice, *choice == SliceChoice::All),
        // A file that is named as one slice of a case is no case.
        (None, _) if frames == 1 && named.is_none() => {
            if let Some(wanted) = declared.and_then(SliceChoice::count).filter(|wanted| *wanted > 1)
                && combine.is_some_and(|combine| combine != Combine::Each)
            {
                remarks.push(format!(
                    "The model puts {wanted} slices of a case together; this file holds one, and it alone was scored."
                ));
            }
            (&SliceChoice::Index(0), false)
        }
        (None, Some(declared)) => (declared, combine.map_or(*declared == SliceChoice::All, |c| c == Combine::Each)),
        (None, None) => {
            remarks.push(format!("The manifest does not say which slice: the middle one of {frames} is taken."));
            (&SliceChoice::Middle, false)
        }
    };
    let middle = middle(frames, meta.slices_per_volume);
    let indices = match (chosen, named) {
        (SliceChoice::PositionsMm { positions_mm, .. }, Some(named)) => named.frames_at(positions_mm)?,
        _ => indices(chosen, frames, middle, size, meta.patient_from_voxel.as_ref())?,
    };
    let groups = if each || combine == Some(Combine::Each) {
        indices.into_iter().map(|index| vec![index]).collect()
    } else {
        if indices.len() > 1 && combine.is_none() {
            remarks.push("The manifest does not say how slices combine: their probabilities are averaged.".to_owned());
        }
        vec![indices]
    };
    Ok(SliceSelection { groups, remarks })
}

/// All frames of one volume, for a network that takes volumes.
///
/// # Errors
/// [`EngineError::Slices`] for a single picture.
pub fn whole_volume(
    frames: usize,
    meta: &Meta,
    selection: Option<&InputSelection>,
) -> Result<SliceSelection, EngineError> {
    let mut remarks = selection.map(|selection| differences(selection, meta)).unwrap_or_default();
    let length = match meta.slices_per_volume {
        Some(slices) if slices > 0 && frames > slices => {
            remarks.push(format!("The scan holds {} volumes; the first is taken.", frames / slices));
            slices
        }
        _ => frames,
    };
    if length < 2 {
        let what = "the model takes a volume, and this is a single picture; open the whole series, or its NIfTI file.";
        return Err(EngineError::Slices { what: what.to_owned() });
    }
    Ok(SliceSelection { groups: vec![(0..length).collect()], remarks })
}

/// The middle slice; of several volumes one after the other, that of the middle volume.
fn middle(frames: usize, slices_per_volume: Option<usize>) -> usize {
    match slices_per_volume {
        Some(slices) if slices > 0 && frames > slices => (frames / slices / 2) * slices + slices / 2,
        _ => frames / 2,
    }
}

fn indices(
    choice: &SliceChoice,
    frames: usize,
    middle: usize,
    size: Size,
    patient_from_voxel: Option<&Affine3>,
) -> Result<Vec<usize>, EngineError> {
    let wrong = |what: String| EngineError::Slices { what };
    let existing = |index: usize| {
        if index < frames {
            Ok(index)
        } else {
            Err(wrong(format!("slice {index} is asked for; there are {frames}, the last is {}.", frames - 1)))
        }
    };
    let chosen = match choice {
        SliceChoice::Middle => vec![middle],
        SliceChoice::All => (0..frames).collect(),
        SliceChoice::Index(index) => vec![existing(*index)?],
        SliceChoice::EveryNth(0) => return Err(wrong("every_nth must be 1 or more.".to_owned())),
        SliceChoice::EveryNth(step) => (0..frames).step_by(*step).collect(),
        SliceChoice::Indices(list) => list.iter().map(|index| existing(*index)).collect::<Result<_, _>>()?,
        SliceChoice::PositionsMm { positions_mm, axis } => {
            let map = patient_from_voxel.ok_or_else(|| {
                wrong("positions in mm are asked for; the file does not say where its slices lie.".to_owned())
            })?;
            let line = SliceLine::new(map, size, *axis)?;
            positions_mm.iter().map(|mm| line.nearest(*mm, frames)).collect::<Result<_, _>>()?
        }
    };
    if chosen.is_empty() { Err(wrong("the list of slices is empty.".to_owned())) } else { Ok(chosen) }
}

/// Position of the slices' centres along a patient axis: `start_mm + index * step_mm`.
struct SliceLine {
    start_mm: f64,
    step_mm: f64,
    axis: PatientAxis,
}

impl SliceLine {
    fn new(patient_from_voxel: &Affine3, size: Size, axis: PatientAxis) -> Result<Self, EngineError> {
        // LPS to the RAS signs that NIfTI and MNI use.
        let (row, sign) = match axis {
            PatientAxis::X => (0, -1.0),
            PatientAxis::Y => (1, -1.0),
            PatientAxis::Z => (2, 1.0),
        };
        let half = |pixels: usize| (pixels as f64 - 1.0) / 2.0;
        let centre = patient_from_voxel.apply([half(size.cols), half(size.rows), 0.0]);
        let along = patient_from_voxel.column(2);
        let length = patient_from_voxel.step_length(2);
        let (start, step) = (centre.get(row).copied().unwrap_or(f64::NAN), along.get(row).copied().unwrap_or(0.0));
        // Slices more than 45 degrees away from the axis are slices of another plane.
        let is_along_axis = length > 0.0 && (step / length).abs() > std::f64::consts::FRAC_1_SQRT_2;
        if !start.is_finite() || !is_along_axis {
            return Err(EngineError::Slices {
                what: format!(
                    "slices across the patient's {axis:?} axis are asked for; this scan is sliced in another plane."
                ),
            });
        }
        Ok(Self { start_mm: sign * start, step_mm: sign * step, axis })
    }

    fn nearest(&self, mm: f64, frames: usize) -> Result<usize, EngineError> {
        let index = (mm - self.start_mm) / self.step_mm;
        let last = frames.saturating_sub(1) as f64;
        // Half a slice beyond the first and last centre still lies inside them; a little more is rounding.
        if !index.is_finite() || index < -0.501 || index > last + 0.501 {
            let end_mm = self.start_mm + self.step_mm * last;
            let (low, high) = (self.start_mm.min(end_mm), self.start_mm.max(end_mm));
            return Err(EngineError::Slices {
                what: format!(
                    "{:?} = {mm} mm is asked for; the scan reaches from {low:.1} to {high:.1} mm.",
                    self.axis
                ),
            });
        }
        Ok(index.round().clamp(0.0, last) as usize)
    }
}

impl TryFrom<Value> for SliceChoice {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let unknown = || {
            format!(
                "slices is {value}; it may be \"middle\", \"all\", a number, {{\"every_nth\": 2}}, {{\"indices\": [3, 5]}} \
                 or {{\"positions_mm\": [-20, 0, 20], \"axis\": \"z\"}}"
            )
        };
        let known = match &value {
            Value::String(word) if word == "middle" => Some(Self::Middle),
            Value::String(word) if word == "all" => Some(Self::All),
            Value::Number(number) => number.as_u64().and_then(|n| usize::try_from(n).ok()).map(Self::Index),
            Value::Object(fields) => from_fields(fields),
            _ => None,
        };
        known.ok_or_else(unknown)
    }
}

fn from_fields(fields: &Map<String, Value>) -> Option<SliceChoice> {
    let only = |allowed: &[&str]| fields.keys().all(|key| allowed.contains(&key.as_str()));
    if let Some(step) = fields.get("every_nth").filter(|_| only(&["every_nth"])) {
        return serde_json::from_value(step.clone()).ok().map(SliceChoice::EveryNth);
    }
    if let Some(list) = fields.get("indices").filter(|_| only(&["indices"])) {
        return serde_json::from_value(list.clone()).ok().map(SliceChoice::Indices);
    }
    let positions = fields.get("positions_mm").filter(|_| only(&["positions_mm", "axis"]))?;
    let positions_mm = serde_json::from_value(positions.clone()).ok()?;
    let axis = fields.get("axis").map_or(Some(PatientAxis::Z), |axis| serde_json::from_value(axis.clone()).ok())?;
    Some(SliceChoice::PositionsMm { positions_mm, axis })
}

impl From<SliceChoice> for Value {
    fn from(choice: SliceChoice) -> Self {
        match choice {
            SliceChoice::Middle => json!("middle"),
            SliceChoice::All => json!("all"),
            SliceChoice::Index(index) => json!(index),
            SliceChoice::EveryNth(step) => json!({"every_nth": step}),
            SliceChoice::Indices(list) => json!({"indices": list}),
            SliceChoice::PositionsMm { positions_mm, axis } => json!({"positions_mm": positions_mm, "axis": axis}),
        }
    }
}
