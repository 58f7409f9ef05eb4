//! Cropping, padding, fitting: steps that keep the shape of what is in the picture.

use ndarray::{Array3, s};

use super::choices::Library;
use super::error::PreprocessError;
use super::picture::{Picture, array, check_size};
use super::resize::{Method, resize};
use crate::geometry::{PlaneMap, Size};

/// Pixels added (or, where negative, cut off) above and to the left.
fn moved(top: isize, left: isize) -> PlaneMap {
    PlaneMap { offset_x: left as f64, offset_y: top as f64, ..PlaneMap::IDENTITY }
}

/// torchvision `Resize(int)`: the shorter side becomes `shorter` pixels, the longer one keeps the shape, rounded down.
pub(super) fn resize_shorter(
    picture: Picture,
    shorter: usize,
    method: &Method,
) -> Result<(Picture, PlaneMap), PreprocessError> {
    let Size { rows, cols } = picture.size();
    let longer = |long: usize, short: usize| {
        let product = (shorter as u128) * (long as u128);
        usize::try_from(product / (short.max(1) as u128)).unwrap_or(usize::MAX)
    };
    let size =
        if cols <= rows { Size::new(longer(rows, cols), shorter) } else { Size::new(shorter, longer(cols, rows)) };
    resize(picture, size, method)
}

/// The middle of the picture.
///
/// - torch, torchvision (and Pillow, as torchvision crops PIL images the same way): `torchvision.transforms.CenterCrop`, which
///   rounds an odd margin to the even side and pads a smaller picture with 0.
/// - keras: `keras.layers.CenterCrop`, tensorflow: `tf.image.resize_with_crop_or_pad`, opencv: the slice people write
///   (`(rows - height) // 2`); all round down. Only TensorFlow's pads a smaller picture.
pub(super) fn center_crop(
    picture: Picture,
    wanted: Size,
    library: Library,
) -> Result<(Picture, PlaneMap), PreprocessError> {
    let step = "center_crop";
    let size = picture.size();
    check_size(step, wanted, &picture)?;
    let is_torchvision = matches!(library, Library::Torch | Library::Torchvision | Library::Pillow);
    let pads = is_torchvision || library == Library::Tensorflow;
    if !pads && (size.rows < wanted.rows || size.cols < wanted.cols) {
        return Err(PreprocessError::TooSmall { step, wanted, size });
    }
    let above = |have: usize, want: usize| -> isize {
        let margin = want.abs_diff(have);
        if have < want {
            (margin / 2) as isize
        } else if is_torchvision {
            -((margin as f64 / 2.0).round_ties_even() as isize)
        } else {
            -((margin / 2) as isize)
        }
    };
    let (top, left) = (above(size.rows, wanted.rows), above(size.cols, wanted.cols));
    Ok((place(&picture, wanted, top, left, 0.0), moved(top, left)))
}

/// Equal borders until square; an odd one is larger below or to the right. What `torchvision.transforms.functional.pad`
/// does with `[(side - cols) // 2, (side - rows) // 2, …]`.
pub(super) fn pad_to_square(picture: Picture, fill: f64) -> Result<(Picture, PlaneMap), PreprocessError> {
    let Size { rows, cols } = picture.size();
    let side = rows.max(cols);
    check_size("pad_to_square", Size::new(side, side), &picture)?;
    let (top, left) = (((side - rows) / 2) as isize, ((side - cols) / 2) as isize);
    Ok((place(&picture, Size::new(side, side), top, left, fill), moved(top, left)))
}

/// Fits the picture into `wanted`, keeping its shape, and fills the rest.
///
/// - pillow: `PIL.ImageOps.pad`. The fitted side is rounded to the nearest, the margin likewise (ties to even).
/// - tensorflow, keras: `tf.image.resize_with_pad`. Both round down; its margin is that of the unrounded size.
/// - opencv: Ultralytics' `LetterBox(auto=False)`: nearest, and half a pixel of margin goes below and to the right.
/// - torch and torchvision have no such function.
pub(super) fn letterbox(
    picture: Picture,
    wanted: Size,
    method: &Method,
    fill: f64,
) -> Result<(Picture, PlaneMap), PreprocessError> {
    check_size(method.step, wanted, &picture)?;
    let from = picture.size();
    let Some((fitted, top, left)) = fit(from, wanted, method.library) else {
        let why = "it has no such function; name pillow, tensorflow, keras or opencv";
        return Err(PreprocessError::NotInLibrary { step: method.step, library: method.library.title(), why });
    };
    let (resized, map) = resize(picture, fitted, method)?;
    let (top, left) = (top as isize, left as isize);
    Ok((place(&resized, wanted, top, left, fill), moved(top, left).after(&map)))
}

/// The fitted size and the margin above and to the left.
fn fit(from: Size, wanted: Size, library: Library) -> Option<(Size, usize, usize)> {
    match library {
        Library::Pillow => Some(fit_pillow(from, wanted)),
        Library::Tensorflow | Library::Keras => Some(fit_tensorflow(from, wanted)),
        Library::Opencv => Some(fit_ultralytics(from, wanted)),
        Library::Torch | Library::Torchvision => None,
    }
}

fn fit_pillow(from: Size, wanted: Size) -> (Size, usize, usize) {
    let round = |value: f64| value.round_ties_even() as usize;
    let (shape, frame) = (from.cols as f64 / from.rows as f64, wanted.cols as f64 / wanted.rows as f64);
    let mut fitted = wanted;
    if shape > frame {
        fitted.rows = round(from.rows as f64 / from.cols as f64 * wanted.cols as f64).clamp(1, wanted.rows);
    } else if shape < frame {
        fitted.cols = round(from.cols as f64 / from.rows as f64 * wanted.rows as f64).clamp(1, wanted.cols);
    }
    let margin = |want: usize, have: usize| round((want - have) as f64 * 0.5);
    (fitted, margin(wanted.rows, fitted.rows), margin(wanted.cols, fitted.cols))
}

fn fit_tensorflow(from: Size, wanted: Size) -> (Size, usize, usize) {
    let (rows, cols) = (from.rows as f32, from.cols as f32);
    let ratio = (cols / wanted.cols as f32).max(rows / wanted.rows as f32);
    let axis = |have: f32, want: usize| {
        let fitted = have / ratio;
        let margin = ((want as f32 - fitted) / 2.0).floor().max(0.0) as usize;
        ((fitted as usize).clamp(1, want), margin)
    };
    let ((rows, top), (cols, left)) = (axis(rows, wanted.rows), axis(cols, wanted.cols));
    (Size::new(rows, cols), top.min(wanted.rows - rows), left.min(wanted.cols - cols))
}

fn fit_ultralytics(from: Size, wanted: Size) -> (Size, usize, usize) {
    let ratio = (wanted.rows as f64 / from.rows as f64).min(wanted.cols as f64 / from.cols as f64);
    let axis = |have: usize, want: usize| {
        let fitted = ((have as f64 * ratio).round_ties_even() as usize).clamp(1, want);
        let margin = ((want - fitted) as f64 / 2.0 - 0.1).round_ties_even().max(0.0) as usize;
        (fitted, margin)
    };
    let ((rows, top), (cols, left)) = (axis(from.rows, wanted.rows), axis(from.cols, wanted.cols));
    (Size::new(rows, cols), top, left)
}

/// The picture with its first pixel at `(top, left)` of a canvas of `size`; what falls outside is cut off.
fn place(picture: &Picture, size: Size, top: isize, left: isize, fill: f64) -> Picture {
    match picture {
        Picture::U8(values) => Picture::U8(place_values(values, size, top, left, fill.round_ties_even() as u8)),
        Picture::F32(values) => Picture::F32(place_values(values, size, top, left, fill as f32)),
    }
}

fn place_values<T: Copy>(values: &Array3<T>, size: Size, top: isize, left: isize, fill: T) -> Array3<T> {
    let (rows, cols, channels) = values.dim();
    let mut canvas = array(size.rows, size.cols, channels, vec![fill; size.rows * size.cols * channels]);
    let (rows_from, rows_to, height) = overlap(rows, size.rows, top);
    let (cols_from, cols_to, width) = overlap(cols, size.cols, left);
    canvas.slice_mut(s![rows_to..rows_to + height, cols_to..cols_to + width, ..]).assign(&values.slice(s![
        rows_from..rows_from + height,
        cols_from..cols_from + width,
        ..
    ]));
    canvas
}

/// Where the shared run of two axes begins in each, and its length, if the second is entered at `offset`.
fn overlap(have: usize, room: usize, offset: isize) -> (usize, usize, usize) {
    let from = usize::try_from(-offset).unwrap_or(0).min(have);
    let to = usize::try_from(offset).unwrap_or(0).min(room);
    (from, to, (have - from).min(room - to))
}
