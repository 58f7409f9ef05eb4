//! A frame in, the model's numbers out: ordered steps, each a pure function that reproduces a named library.
//!
//! Input: [`Frame`](crate::scan::Frame) in modality units. Output: [`Prepared`], `[rows, cols, channels]` f32, with
//! the map from picture to model coordinates. The display's window never reaches it unless the manifest asks for a
//! window as a step. It does not know the model's memory layout (NHWC or NCHW): `engine` transposes.

mod checks;
mod choices;
mod clahe;
mod crop;
mod equalize;
mod error;
mod gray_rgb;
mod merge;
mod morphology;
mod picture;
mod resize;
mod scale;
mod smooth;
mod step;
mod to_8bit;

pub use choices::{ChannelOrder, Filter, Library, RangeChoice, SmoothKind, VoiFunction};
pub use error::PreprocessError;
pub use picture::Picture;
pub use step::Step;

use ndarray::{Array3, Axis};

use crate::geometry::{PlaneMap, Size};
use crate::scan::{Frame, Meta, Pixels};
use resize::Method;
use smooth::Smoothing;

/// One step as it was applied, with the picture after it where the caller asked to keep them.
#[derive(Clone, Debug)]
pub struct AppliedStep {
    pub step: Step,
    /// What the step found in this frame, e.g. the window it used.
    pub remark: Option<String>,
    pub picture: Option<Picture>,
}

/// What the model is fed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// `[rows, cols, channels]`.
    pub tensor: Array3<f32>,
    /// Picture coordinates to model coordinates, both with pixel edges at whole numbers.
    pub model_from_image: PlaneMap,
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
    let mut model_from_image = PlaneMap::IDENTITY;
    let mut applied = Vec::with_capacity(steps.len());
    let mut checks = checks::Checks::default();
    for step in steps {
        checks.before(step, &picture);
        let done = apply(picture, step, frame, meta)?;
        picture = done.picture;
        model_from_image = done.map.after(&model_from_image);
        let kept = keep_pictures.then(|| picture.clone());
        applied.push(AppliedStep { step: step.clone(), remark: done.remark, picture: kept });
    }
    let tensor = picture.into_f32();
    let warnings = checks.after(steps, meta, &tensor);
    Ok(Prepared { tensor, model_from_image, steps: applied, warnings })
}

/// 8-bit pictures start as 8-bit, everything else as float.
fn first_picture(frame: &Frame) -> Result<Picture, PreprocessError> {
    let size = frame.pixels.size();
    if size.pixels().unwrap_or(0) == 0 {
        return Err(PreprocessError::NoPixels { size });
    }
    Ok(match &frame.pixels {
        Pixels::Rgb(values) => Picture::U8(values.as_standard_layout().into_owned()),
        Pixels::Gray(values) => {
            let values = values.view().insert_axis(Axis(2));
            if frame.eight_bit_picture {
                Picture::U8(values.mapv(|value| value as u8))
            } else {
                Picture::F32(values.as_standard_layout().into_owned())
            }
        }
    })
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
        Step::To8Bit { window, low, high } => {
            Done::remarked(to_8bit::to_8bit(picture, &frame.windows, meta, window, (low, high))?)
        }
        Step::Window { center, width, function } => {
            Done::remarked(to_8bit::window(picture, meta, center, width, function)?)
        }
        Step::ToRgb { library } => Done::in_place(gray_rgb::to_rgb(picture, library)),
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
