//! Between one channel and three, and the order of the three.

use ndarray::{Array2, Array3, Axis};

use super::choices::Library;
use super::error::PreprocessError;
use super::picture::{Picture, Raster, array};

/// What each of the three equal channels is when one channel becomes colour.
///
/// Pillow's `convert("RGB")` makes 8-bit pictures of everything: float and 16-bit grey values (modes F and I;16) are
/// cut to 0..=255, the fraction dropped (checked against Pillow 13.0). The other libraries' functions (`cv2.cvtColor`,
/// `tf.image.grayscale_to_rgb`, `Tensor.expand`) only repeat the channel.
pub(super) fn one_channel_of_rgb(picture: Picture, library: Library) -> Picture {
    match (picture, library) {
        (Picture::F32(values), Library::Pillow) => Picture::U8(cut_to_8bit(&values)),
        (picture, _) => picture,
    }
}

/// The one channel of three that are equal everywhere; `None` for colours.
pub(super) fn gray_in_three(values: &Array3<u8>) -> Option<Array2<f32>> {
    let raster = Raster::of(values);
    let mut pixels = raster.data.as_chunks::<3>().0.iter();
    if !pixels.all(|[r, g, b]| r == g && g == b) {
        return None;
    }
    let gray = raster.data.as_chunks::<3>().0.iter().map(|[value, ..]| f32::from(*value)).collect();
    Array2::from_shape_vec((raster.rows, raster.cols), gray).ok()
}

/// One channel to three equal ones.
pub(super) fn repeat_channel(picture: &Picture) -> Picture {
    match picture {
        Picture::U8(values) => Picture::U8(repeat(values)),
        Picture::F32(values) => Picture::F32(repeat(values)),
    }
}

/// Three channels to one; a picture that already has one passes unchanged (but Pillow's `convert("L")` makes it
/// 8-bit, as [`one_channel_of_rgb`] does).
///
/// - Pillow `convert("L")`: ITU-R 601 in 16-bit fixed point. Exact.
/// - OpenCV `cvtColor(COLOR_RGB2GRAY)`: in 15-bit fixed point for uint8, exact; f32 for float.
/// - TensorFlow `tf.image.rgb_to_grayscale`: f32 weights .2989 .587 .114 on values / 255, then * 255.5 and cut.
/// - torchvision `rgb_to_grayscale`: the same weights on the values themselves, cut for uint8.
pub(super) fn to_gray(picture: Picture, library: Library) -> Result<Picture, PreprocessError> {
    if picture.channels() == 1 {
        return Ok(match (picture, library) {
            (Picture::F32(values), Library::Pillow) => Picture::U8(cut_to_8bit(&values)),
            (picture, _) => picture,
        });
    }
    Ok(match picture {
        Picture::U8(values) => Picture::U8(match library {
            Library::Pillow => merge(&values, |r, g, b| {
                ((u32::from(r) * 19595 + u32::from(g) * 38470 + u32::from(b) * 7471 + 0x8000) >> 16) as u8
            }),
            Library::Opencv => merge(&values, |r, g, b| {
                ((u32::from(r) * 9798 + u32::from(g) * 19235 + u32::from(b) * 3735 + 0x4000) >> 15) as u8
            }),
            Library::Tensorflow | Library::Keras => merge(&values, |r, g, b| {
                let [r, g, b] = [r, g, b].map(|value| f32::from(value) * (1.0 / 255.0));
                (weigh(r, g, b) * 255.5) as u8
            }),
            Library::Torch | Library::Torchvision => {
                merge(&values, |r, g, b| weigh(f32::from(r), f32::from(g), f32::from(b)) as u8)
            }
        }),
        Picture::F32(values) => Picture::F32(match library {
            Library::Pillow => {
                return Err(PreprocessError::NotInLibrary {
                    step: "to_gray",
                    library: library.title(),
                    why: "it has no float colour pictures; put to_8bit before it or name another library",
                });
            }
            Library::Opencv => merge(&values, |r, g, b| r * 0.299 + g * 0.587 + b * 0.114),
            Library::Tensorflow | Library::Keras | Library::Torch | Library::Torchvision => merge(&values, weigh),
        }),
    })
}

/// TensorFlow's and torchvision's weights.
fn weigh(r: f32, g: f32, b: f32) -> f32 {
    r * 0.2989 + g * 0.587 + b * 0.114
}

fn merge<T: Copy>(values: &Array3<T>, gray: impl Fn(T, T, T) -> T) -> Array3<T> {
    let raster = Raster::of(values);
    let data = raster.data.as_chunks::<3>().0.iter().map(|&[r, g, b]| gray(r, g, b)).collect();
    array(raster.rows, raster.cols, 1, data)
}

fn repeat<T: Copy>(values: &Array3<T>) -> Array3<T> {
    let raster = Raster::of(values);
    let mut data = Vec::with_capacity(raster.data.len() * 3);
    for value in raster.data.iter() {
        data.extend_from_slice(&[*value; 3]);
    }
    array(raster.rows, raster.cols, 3, data)
}

/// Pillow's F or I;16 to L: below 0 is 0, above 255 is 255, the fraction is dropped.
fn cut_to_8bit(values: &Array3<f32>) -> Array3<u8> {
    values.mapv(|value| value as u8)
}

/// Red, green, blue to blue, green, red (or back).
pub(super) fn reverse_channels(mut picture: Picture) -> Result<Picture, PreprocessError> {
    let channels = picture.channels();
    if channels != 3 {
        return Err(PreprocessError::NeedsRgb { step: "channel_order", channels });
    }
    fn reverse<T: Clone>(values: &mut Array3<T>) {
        values.invert_axis(Axis(2));
        *values = values.as_standard_layout().into_owned();
    }
    match &mut picture {
        Picture::U8(values) => reverse(values),
        Picture::F32(values) => reverse(values),
    }
    Ok(picture)
}
