//! A frame in, the model's numbers out: ordered steps, each a pure function that reproduces a named library.
//!
//! Input: [`Frame`] in modality units. Output: [`Prepared`], `[rows, cols, channels]` f32, with
//! the map from picture to model coordinates. [`prepare_volume`] does the same for the frames of a volume. The display's window never reaches it unless the manifest asks for a
//! window as a step. It does not know the model's memory layout (NHWC or NCHW): `engine` transposes.

mod bounds;
mod checks;
mod choices;
mod clahe;
mod crop;
mod defaults;
mod draft;
mod equalize;
mod error;
mod gray_rgb;
mod merge;
mod morphology;
mod picture;
mod presets;
mod recipe;
mod recipe_of_steps;
mod resize;
mod scale;
mod smooth;
mod step;
mod to_8bit;
mod volume;

pub use choices::{ChannelOrder, Filter, Library, RangeChoice, SmoothKind, VoiFunction};
pub use draft::read;
pub use error::PreprocessError;
pub use picture::Picture;
pub use presets::{PRESETS, Preset};
pub use recipe::{Fit, Recipe, Resampler, Scale};
pub use step::Step;
pub use volume::{AlongScan, Axes, VolumePlace, VolumeRecipe, VolumeScale, VolumeStep, prepare_stack, prepare_volume};

use ndarray::{Array2, Array3, Axis};

use crate::geometry::{PlaneMap, Size};
use crate::scan::{Frame, Meta, Pixels};
use resize::Method;
use smooth::Smoothing;

/// One step as it was applied, with the picture after it (of a volume one slice) where the caller asked to keep them.
#[derive(Clone, Debug)]
pub struct AppliedStep {
    /// As the manifest writes it.
    pub name: &'static str,
    /// What the step found in this frame, e.g. the window it used.
    pub remark: Option<String>,
    pub picture: Option<Picture>,
    /// `[depth, rows, cols]` after a step of a volume, of which the picture shows one slice.
    pub volume: Option<[usize; 3]>,
}

/// What the model is fed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// `[rows, cols, channels]` of a picture; `[depth, rows, cols]` of a volume.
    pub tensor: Array3<f32>,
    /// Picture coordinates to model coordinates, both with pixel edges at whole numbers. (The identity for a volume.)
    pub model_from_image: PlaneMap,
    /// Where a volume's axes run in the scan; `None` for a picture.
    pub volume: Option<VolumePlace>,
    pub steps: Vec<AppliedStep>,
    /// Sentences about values that look wrong for these steps (e.g. "values reach 4095 where the steps expect 0..255").
    pub warnings: Vec<String>,
}

/// Applies `steps` in order. With `keep_pictures` every step's record holds the picture after it.
///
/// # Errors
/// The first step that cannot be applied to what the steps before it made.
pub fn prepare(frame: &Frame, meta: &Meta, steps: &[Step], keep_pictures: bool) -> Result<Prepared, PreprocessError> {
    let mut picture = first_picture(frame)?;
    // A grey picture that became colour is worked on as one channel for as long as every step treats channels alike.
    let mut three_alike = false;
    let mut model_from_image = PlaneMap::IDENTITY;
    let mut applied = Vec::with_capacity(steps.len());
    let mut checks = checks::Checks::default();
    checks.first(&picture)?;
    for (place, step) in steps.iter().enumerate() {
        if matches!(step, Step::Draft { .. }) && place > 0 {
            return Err(PreprocessError::DraftNotFirst);
        }
        checks.before(step, &picture);
        if three_alike && !treats_channels_alike(step) {
            picture = gray_rgb::repeat_channel(&picture);
            three_alike = false;
        }
        let mut remark = None;
        if let (Step::ToRgb { library }, 1) = (step, picture.channels()) {
            picture = gray_rgb::one_channel_of_rgb(picture, *library);
            three_alike = true;
        } else {
            let done = apply(picture, step, frame, meta)?;
            picture = done.picture;
            model_from_image = done.map.after(&model_from_image);
            remark = done.remark;
        }
        let kept =
            keep_pictures.then(|| if three_alike { gray_rgb::repeat_channel(&picture) } else { picture.clone() });
        applied.push(AppliedStep { name: step.name(), remark, picture: kept, volume: None });
    }
    if three_alike {
        picture = gray_rgb::repeat_channel(&picture);
    }
    let tensor = row_major(picture.into_f32());
    let warnings = checks.after(steps, meta, &tensor);
    Ok(Prepared { tensor, model_from_image, volume: None, steps: applied, warnings })
}

/// The same for a model that takes `channels`. A picture whose three channels are equal everywhere is grey, however its file
/// stores it: where one channel is asked for and no step of the model changes their number, it goes in as a grey file of
/// the same values would, and the first step's remark says so.
///
/// # Errors
/// As [`prepare`]; [`PreprocessError::Coloured`] for colours that no step makes grey.
pub fn prepare_for(
    channels: usize,
    frame: &Frame,
    meta: &Meta,
    steps: &[Step],
    keep_pictures: bool,
) -> Result<Prepared, PreprocessError> {
    let decides = |step: &Step| matches!(step, Step::ToGray { .. } | Step::ToRgb { .. });
    let Pixels::Rgb(values) = &frame.pixels else { return prepare(frame, meta, steps, keep_pictures) };
    if channels != 1 || steps.iter().any(decides) {
        return prepare(frame, meta, steps, keep_pictures);
    }
    let pixels = Pixels::Gray(gray_rgb::gray_in_three(values).ok_or(PreprocessError::Coloured)?);
    let grey = Frame { pixels, windows: frame.windows.clone(), eight_bit_picture: true };
    let mut prepared = prepare(&grey, meta, steps, keep_pictures)?;
    if let Some(first) = prepared.steps.first_mut() {
        let said = "three equal channels, taken as the one grey channel that they are";
        first.remark = Some(first.remark.take().map_or_else(|| said.to_owned(), |remark| format!("{said}; {remark}")));
    }
    Ok(prepared)
}

/// Applies further steps to values that other steps made, `[rows, cols, channels]`. Steps that need the frame's own
/// windows find none.
///
/// # Errors
/// As [`prepare`].
pub fn go_on(values: Array3<f32>, steps: &[Step]) -> Result<Array3<f32>, PreprocessError> {
    let frame = Frame { pixels: Pixels::Gray(Array2::zeros((1, 1))), windows: Vec::new(), eight_bit_picture: false };
    let meta = Meta::default();
    let first = Picture::F32(values);
    let last = steps.iter().try_fold(first, |picture, step| Ok(apply(picture, step, &frame, &meta)?.picture))?;
    Ok(row_major(last.into_f32()))
}

/// Row by row in memory, copied only if it is not.
fn row_major(values: Array3<f32>) -> Array3<f32> {
    if values.is_standard_layout() { values } else { values.as_standard_layout().into_owned() }
}

/// True where three equal channels stay equal, and one of them alone would become the same.
fn treats_channels_alike(step: &Step) -> bool {
    matches!(
        step,
        Step::ToRgb { .. }
            | Step::Resize { .. }
            | Step::ResizeShorter { .. }
            | Step::CenterCrop { .. }
            | Step::Letterbox { .. }
            | Step::PadToSquare { .. }
            | Step::Rescale { .. }
            | Step::Invert {}
            | Step::Opening { .. }
            | Step::Smooth { .. }
            | Step::OverlapMerge { .. }
            | Step::MultiplyMerge { .. }
    )
}

/// 8-bit pictures start as 8-bit, everything else as float.
fn first_picture(frame: &Frame) -> Result<Picture, PreprocessError> {
    let size = frame.pixels.size();
    if size.pixels().unwrap_or(0) == 0 {
        return Err(PreprocessError::NoPixels { size });
    }
    Ok(match &frame.pixels {
        Pixels::Rgb(values) => Picture::U8(values.as_standard_layout().into_owned()),
        Pixels::Gray(values) if frame.eight_bit_picture => Picture::U8(values.mapv(whole_byte).insert_axis(Axis(2))),
        Pixels::Gray(values) => Picture::F32(values.view().insert_axis(Axis(2)).as_standard_layout().into_owned()),
    })
}

/// The byte that a whole number of 0..=255 is: behind 2^23 the bits of an f32 count ones. Several are turned at once.
fn whole_byte(value: f32) -> u8 {
    debug_assert!((0.0..=255.0).contains(&value) && value.fract() == 0.0, "{value} is no 8-bit sample");
    (value + 8_388_608.0).to_bits() as u8
}

/// What one step made.
struct Done {
    picture: Picture,
    /// From the coordinates before the step to those after it.
    map: PlaneMap,
    remark: Option<String>,
}

impl Done {
    fn in_place(picture: Picture) -> Self {
        Self { picture, map: PlaneMap::IDENTITY, remark: None }
    }

    fn moved((picture, map): (Picture, PlaneMap)) -> Self {
        Self { picture, map, remark: None }
    }

    fn remarked((picture, remark): (Picture, String)) -> Self {
        Self { picture, map: PlaneMap::IDENTITY, remark: Some(remark) }
    }
}

fn apply(picture: Picture, step: &Step, frame: &Frame, meta: &Meta) -> Result<Done, PreprocessError> {
    let name = step.name();
    let method = |filter: Filter, library: Library, antialias: Option<bool>| Method {
        step: name,
        filter,
        library,
        antialias,
        columns_first: false,
    };
    let size = |[rows, cols]: [usize; 2]| Size::new(rows, cols);
    Ok(match *step {
        // The frame was read so; see `read`.
        Step::Draft { .. } => Done::in_place(picture),
        Step::To8Bit { window, low, high } => {
            Done::remarked(to_8bit::to_8bit(picture, &frame.windows, meta, window, (low, high))?)
        }
        Step::Window { center, width, function } => {
            Done::remarked(to_8bit::window(picture, meta, center, width, function)?)
        }
        // One channel is taken care of before; three stay.
        Step::ToRgb { .. } => Done::in_place(picture),
        Step::ToGray { library } => Done::in_place(gray_rgb::to_gray(picture, library)?),
        Step::Resize { size: to, filter, library, antialias, columns_first } => {
            let method = Method { columns_first, ..method(filter, library, antialias) };
            Done::moved(resize::resize(picture, size(to), &method)?)
        }
        Step::ResizeShorter { size, filter, library, antialias } => {
            Done::moved(crop::resize_shorter(picture, size, &method(filter, library, antialias))?)
        }
        Step::CenterCrop { size: to, library } => Done::moved(crop::center_crop(picture, size(to), library)?),
        Step::Letterbox { size: to, filter, library, antialias, fill } => {
            Done::moved(crop::letterbox(picture, size(to), &method(filter, library, antialias), fill)?)
        }
        Step::PadToSquare { fill } => Done::moved(crop::pad_to_square(picture, fill)?),
        Step::Rescale { factor, offset } => Done::in_place(scale::rescale(picture, factor, offset)),
        Step::Normalize { ref mean, ref std } => Done::in_place(scale::normalize(picture, mean, std)?),
        Step::ChannelOrder { order: ChannelOrder::Bgr } => Done::in_place(gray_rgb::reverse_channels(picture)?),
        Step::Standardize {} => Done::in_place(scale::standardize(picture)),
        Step::MinMax { low, high } => Done::in_place(scale::min_max(picture, low, high)),
        Step::Clip { low, high } => Done::in_place(scale::clip(picture, low, high)?),
        Step::Invert {} => Done::in_place(morphology::invert(picture)?),
        Step::Opening { kernel, iterations } => Done::in_place(morphology::opening(picture, kernel, iterations)?),
        Step::Equalize {} => Done::in_place(equalize::equalize(picture)?),
        Step::Clahe { clip_limit, tiles } => Done::in_place(clahe::clahe(picture, clip_limit, tiles)?),
        Step::Smooth { kind, kernel, sigma } => {
            let smoothed = smooth::smooth(name, &picture, &Smoothing { kind, kernel, sigma })?;
            Done::in_place(Picture::U8(smoothed))
        }
        Step::OverlapMerge { image, smoothed, offset, kind, kernel, sigma } => {
            let smoothing = Smoothing { kind, kernel, sigma };
            Done::in_place(merge::overlap(picture, &smoothing, [image, smoothed, offset])?)
        }
        Step::MultiplyMerge { scale, kind, kernel, sigma } => {
            Done::in_place(merge::multiply(picture, &Smoothing { kind, kernel, sigma }, scale)?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_that_fails_is_named_and_pictures_are_kept_on_request() {
        let values = Array2::from_shape_fn((6, 4), |(row, col)| (row * 10 + col) as f32);
        let frame = Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: true };
        let steps: Vec<Step> = serde_json::from_str(
            r#"[{"step":"to_rgb"},{"step":"resize","size":[3,4],"filter":"box","as":"pillow"},
                {"step":"rescale","factor":0.5}]"#,
        )
        .unwrap();
        let kept = prepare(&frame, &Meta::default(), &steps, true).unwrap();
        let sizes: Vec<_> = kept.steps.iter().map(|step| step.picture.as_ref().map(Picture::size)).collect();
        assert_eq!(sizes, [Some(Size::new(6, 4)), Some(Size::new(3, 4)), Some(Size::new(3, 4))]);
        assert_eq!(kept.steps.last().and_then(|step| step.picture.clone()), Some(Picture::F32(kept.tensor.clone())));
        let lean = prepare(&frame, &Meta::default(), &steps, false).unwrap();
        assert_eq!(lean.tensor, kept.tensor);
        assert!(lean.steps.iter().all(|step| step.picture.is_none()));

        let refused = [steps.as_slice(), &[Step::Equalize {}]].concat();
        let error = prepare(&frame, &Meta::default(), &refused, false).unwrap_err().to_string();
        assert!(error.contains("equalize"), "{error}");
    }

    /// What is computed on one channel must be what three channels give.
    #[test]
    fn gray_made_colour_equals_colour_that_is_gray() {
        let values = Array2::from_shape_fn((31, 22), |(row, col)| ((row * 37 + col * col * 11) % 256) as f32);
        let gray = Frame { pixels: Pixels::Gray(values.clone()), windows: Vec::new(), eight_bit_picture: true };
        let rgb = Array3::from_shape_fn((31, 22, 3), |(row, col, _)| values[[row, col]] as u8);
        let colour = Frame { pixels: Pixels::Rgb(rgb), windows: Vec::new(), eight_bit_picture: true };
        for then in [
            r#"{"step":"resize","size":[17,40],"filter":"bicubic","as":"opencv"}"#,
            r#"{"step":"resize","size":[17,40],"as":"tensorflow"}"#,
            r#"{"step":"letterbox","size":[40,40],"as":"pillow","fill":9}"#,
            r#"{"step":"overlap_merge"}"#,
            r#"{"step":"opening"}"#,
            r#"{"step":"standardize"}"#,
            r#"{"step":"normalize","mean":[1,2,3],"std":[2,3,4]}"#,
            r#"{"step":"to_gray"}"#,
        ] {
            let steps: Vec<Step> = serde_json::from_str(&format!(r#"[{{"step":"to_rgb"}},{then}]"#)).unwrap();
            let [from_gray, from_colour] =
                [&gray, &colour].map(|frame| prepare(frame, &Meta::default(), &steps, true).unwrap());
            assert_eq!(from_gray.tensor, from_colour.tensor, "{then}");
            let pictures =
                |prepared: &Prepared| -> Vec<_> { prepared.steps.iter().map(|step| step.picture.clone()).collect() };
            assert_eq!(pictures(&from_gray), pictures(&from_colour), "{then}");
        }
        let equalize: Vec<Step> = serde_json::from_str(r#"[{"step":"to_rgb"},{"step":"equalize"}]"#).unwrap();
        assert!(prepare(&gray, &Meta::default(), &equalize, false).is_err());
    }

    #[test]
    fn a_grey_picture_stored_as_colour_goes_into_a_grey_model_as_grey() {
        let values = Array2::from_shape_fn((12, 9), |(row, col)| ((row * 31 + col * 7) % 256) as f32);
        let gray = Frame { pixels: Pixels::Gray(values.clone()), windows: Vec::new(), eight_bit_picture: true };
        let rgb = Array3::from_shape_fn((12, 9, 3), |(row, col, _)| values[[row, col]] as u8);
        let stored = |rgb: Array3<u8>| Frame { pixels: Pixels::Rgb(rgb), windows: Vec::new(), eight_bit_picture: true };
        let steps: Vec<Step> =
            serde_json::from_str(r#"[{"step":"resize","size":[6,4],"as":"pillow"},{"step":"standardize"}]"#).unwrap();
        let of = |channels, frame: &Frame, steps: &[Step]| prepare_for(channels, frame, &Meta::default(), steps, true);
        let (plain, three) = (of(1, &gray, &steps).unwrap(), of(1, &stored(rgb.clone()), &steps).unwrap());
        assert_eq!((&plain.tensor, plain.model_from_image), (&three.tensor, three.model_from_image));
        assert_eq!((plain.steps[0].remark.as_deref(), three.steps[1].remark.as_deref()), (None, None));
        assert!(three.steps[0].remark.as_ref().unwrap().contains("three equal channels"));
        // A model of colours keeps its three channels, and steps that say what becomes of colours are left alone.
        assert_eq!(of(3, &stored(rgb.clone()), &steps).unwrap().tensor.dim().2, 3);
        let mut coloured = rgb;
        coloured[[5, 5, 1]] ^= 1;
        let refused = of(1, &stored(coloured.clone()), &steps).unwrap_err();
        assert!(refused == PreprocessError::Coloured && refused.to_string().contains("is in colour"), "{refused}");
        let mixing: Vec<Step> = serde_json::from_str(r#"[{"step":"to_gray"}]"#).unwrap();
        assert_eq!(of(1, &stored(coloured), &mixing).unwrap().tensor.dim().2, 1);
    }

    #[test]
    fn a_frame_without_pixels_is_refused() {
        let pixels = Pixels::Gray(Array2::zeros((0, 4)));
        let frame = Frame { pixels, windows: Vec::new(), eight_bit_picture: false };
        assert!(matches!(prepare(&frame, &Meta::default(), &[], false), Err(PreprocessError::NoPixels { .. })));
    }
}
