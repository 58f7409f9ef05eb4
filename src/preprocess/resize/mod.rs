//! A picture to another number of rows and columns, in the numbers of a named library.
//!
//! In: a picture, the new size, filter, library. Out: the picture as that library would return it (Pillow, OpenCV
//! and torchvision keep 8-bit pictures 8-bit; TensorFlow, Keras and torch give float), and the map from old to new coordinates.
//! It does not keep the shape (see `letterbox` and `resize_shorter`) and never crops.

mod opencv;
mod opencv_area;
mod pillow;
#[cfg(target_arch = "x86_64")]
mod pillow_sse2;
mod taps;
mod tensorflow;
mod torch;
mod torchvision;

use ndarray::Array3;

use super::choices::{Filter, Library};
use super::error::PreprocessError;
use super::picture::{Picture, Raster, check_size};
use crate::geometry::{PlaneMap, Size};
use taps::{Taps, pick, resample};

/// How to resize.
#[derive(Clone, Copy, Debug)]
pub(super) struct Method {
    /// The step's name, for errors.
    pub step: &'static str,
    pub filter: Filter,
    pub library: Library,
    pub antialias: Option<bool>,
    /// Pillow's order of passes before version 13.
    pub columns_first: bool,
}

impl Library {
    /// The filters that it has for resizing.
    pub fn filters(self) -> &'static [Filter] {
        known(self).0
    }
}

/// The filters a library has, first as values, then in words.
fn known(library: Library) -> (&'static [Filter], &'static str) {
    use Filter::*;
    match library {
        Library::Pillow => {
            (&[Nearest, Box, Bilinear, Hamming, Bicubic, Lanczos], "nearest, box, bilinear, hamming, bicubic, lanczos")
        }
        Library::Tensorflow | Library::Keras => (
            &[Nearest, Bilinear, Bicubic, Area, Lanczos3, Lanczos5],
            "nearest, bilinear, bicubic, area, lanczos3, lanczos5",
        ),
        Library::Torch => {
            (&[Nearest, NearestExact, Bilinear, Bicubic, Area], "nearest, nearest_exact, bilinear, bicubic, area")
        }
        Library::Torchvision => {
            (&[Nearest, NearestExact, Bilinear, Bicubic, Lanczos], "nearest, nearest_exact, bilinear, bicubic, lanczos")
        }
        Library::Opencv => {
            (&[Nearest, Bilinear, Area, Bicubic, Lanczos4], "nearest, bilinear, area, bicubic, lanczos4")
        }
    }
}

/// Resizes. The map takes old to new picture coordinates: edges go to edges, except that a filter that picks single
/// pixels moves the picture by the mean distance between the pixels it picks and the ones it stands for.
pub(super) fn resize(picture: Picture, size: Size, method: &Method) -> Result<(Picture, PlaneMap), PreprocessError> {
    let from = picture.size();
    check_method(&picture, size, method)?;
    if let Some(find) = nearest(method) {
        let (rows, cols) = (find(from.rows, size.rows), find(from.cols, size.cols));
        let map = PlaneMap {
            scale_x: size.cols as f64 / from.cols as f64,
            scale_y: size.rows as f64 / from.rows as f64,
            offset_x: -pull(&cols, from.cols) * size.cols as f64 / from.cols as f64,
            offset_y: -pull(&rows, from.rows) * size.rows as f64 / from.rows as f64,
        };
        return Ok((picked(&picture, &rows, &cols, method.library), map));
    }
    let map = PlaneMap {
        scale_x: size.cols as f64 / from.cols as f64,
        scale_y: size.rows as f64 / from.rows as f64,
        ..PlaneMap::IDENTITY
    };
    // Pillow, OpenCV, torchvision and TensorFlow return the picture itself, its type included, where the size stays.
    if from == size && !matches!(method.library, Library::Torch | Library::Keras) {
        return Ok((picture, map));
    }
    let resized = match (method.library, &picture) {
        (Library::Pillow, Picture::U8(values)) => {
            pillow::eight_bit(&Raster::of(values), size, method.filter, method.columns_first).map(Picture::U8)
        }
        (Library::Pillow, Picture::F32(values)) => {
            pillow::float(&Raster::of(values), size, method.filter).map(Picture::F32)
        }
        (Library::Opencv, Picture::U8(values)) => {
            opencv::eight_bit(&Raster::of(values), size, method.filter).map(Picture::U8)
        }
        (Library::Opencv, Picture::F32(values)) => {
            opencv::float(&Raster::of(values), size, method.filter).map(Picture::F32)
        }
        (Library::Torchvision, Picture::U8(values)) => {
            torchvision::eight_bit(&Raster::of(values), size, method.filter).map(Picture::U8)
        }
        (Library::Torchvision, picture) => {
            weighted(picture, size, &Method { antialias: Some(true), ..*method }, torch::taps)
        }
        (Library::Torch, picture) => weighted(picture, size, method, torch::taps),
        (Library::Tensorflow | Library::Keras, picture) => weighted(picture, size, method, tensorflow::taps),
    };
    resized.map(|picture| (picture, map)).ok_or_else(|| no_such_filter(method))
}

/// The function that picks an input position for each output position, where the filter does that.
fn nearest(method: &Method) -> Option<fn(usize, usize) -> Vec<usize>> {
    Some(match (method.library, method.filter) {
        (Library::Pillow, Filter::Nearest) => pillow::nearest,
        (Library::Tensorflow | Library::Keras, Filter::Nearest) => tensorflow::nearest,
        (Library::Torch | Library::Torchvision, Filter::Nearest) => torch::nearest,
        (Library::Torch | Library::Torchvision, Filter::NearestExact) => torch::nearest_exact,
        (Library::Opencv, Filter::Nearest) => opencv::nearest,
        _ => return None,
    })
}

/// torch's tensors are float, as is what Keras' `Resizing` is given by its data pipelines.
fn picked(picture: &Picture, rows: &[usize], cols: &[usize], library: Library) -> Picture {
    match picture {
        Picture::U8(values) => {
            let picked = Picture::U8(pick(&Raster::of(values), rows, cols));
            if matches!(library, Library::Torch | Library::Keras) { Picture::F32(picked.into_f32()) } else { picked }
        }
        Picture::F32(values) => Picture::F32(pick(&Raster::of(values), rows, cols)),
    }
}

/// Mean distance, in input pixels, from the point an output pixel stands for to the centre of the pixel it shows.
fn pull(picked: &[usize], inputs: usize) -> f64 {
    let scale = inputs as f64 / picked.len() as f64;
    let distance = |(output, input): (usize, &usize)| *input as f64 + 0.5 - (output as f64 + 0.5) * scale;
    let mean = picked.iter().enumerate().map(distance).sum::<f64>() / picked.len() as f64;
    // Sums of rounding errors are not a distance.
    if mean.abs() < 1e-9 { 0.0 } else { mean }
}

type TapsOf = fn(usize, usize, Filter, bool) -> Option<Taps<f32>>;

/// Float resampling with a library's weights.
fn weighted(picture: &Picture, size: Size, method: &Method, taps: TapsOf) -> Option<Picture> {
    let from = picture.size();
    let antialias = method.antialias.unwrap_or(false);
    let rows = taps(from.rows, size.rows, method.filter, antialias)?;
    let cols = taps(from.cols, size.cols, method.filter, antialias)?;
    let resampled: Array3<f32> = match picture {
        Picture::U8(values) => resample(&Raster::of(values), &rows, &cols),
        Picture::F32(values) => resample(&Raster::of(values), &rows, &cols),
    };
    Some(Picture::F32(resampled))
}

fn check_method(picture: &Picture, size: Size, method: &Method) -> Result<(), PreprocessError> {
    let step = method.step;
    check_size(step, size, picture)?;
    if !known(method.library).0.contains(&method.filter) {
        return Err(no_such_filter(method));
    }
    let why = match (method.library, method.filter, method.antialias) {
        (Library::Pillow, Filter::Nearest, _) => return Ok(()),
        (Library::Pillow, _, Some(false)) => "it always antialiases (but for nearest); leave `antialias` out",
        (Library::Torchvision, Filter::Bilinear | Filter::Bicubic | Filter::Lanczos, Some(false)) => {
            "it antialiases here, as its default is; leave `antialias` out"
        }
        (Library::Opencv, _, Some(true)) => "it never antialiases; use filter \"area\"",
        (Library::Torch, Filter::Nearest | Filter::NearestExact | Filter::Area, Some(true))
        | (Library::Torchvision, Filter::Nearest | Filter::NearestExact, Some(true)) => {
            "it antialiases bilinear and bicubic only"
        }
        _ => return Ok(()),
    };
    Err(PreprocessError::NotInLibrary { step, library: method.library.title(), why })
}

fn no_such_filter(method: &Method) -> PreprocessError {
    PreprocessError::NoSuchFilter {
        step: method.step,
        library: method.library.title(),
        filter: method.filter.name(),
        known: known(method.library).1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(filter: Filter, library: Library, antialias: Option<bool>) -> Method {
        Method { step: "resize", filter, library, antialias, columns_first: false }
    }

    fn gray(rows: usize, cols: usize) -> Picture {
        Picture::U8(Array3::from_shape_fn((rows, cols, 1), |(row, col, _)| (row * 31 + col * 17) as u8))
    }

    #[test]
    fn what_a_library_has_not_is_refused_whatever_the_size() {
        for (filter, library, antialias) in [
            (Filter::Area, Library::Pillow, None),
            (Filter::Bilinear, Library::Pillow, Some(false)),
            (Filter::Lanczos, Library::Tensorflow, None),
            (Filter::Area, Library::Torch, Some(true)),
            (Filter::Bicubic, Library::Torchvision, Some(false)),
            (Filter::Box, Library::Opencv, None),
            (Filter::Bilinear, Library::Opencv, Some(true)),
        ] {
            for size in [Size::new(4, 5), Size::new(2, 2)] {
                let error = resize(gray(4, 5), size, &method(filter, library, antialias)).unwrap_err();
                assert!(error.to_string().contains(library.title()), "{error}");
            }
        }
    }

    #[test]
    fn sizes_out_of_reason_are_refused() {
        let bilinear = method(Filter::Bilinear, Library::Pillow, None);
        for size in [Size::new(0, 3), Size::new(1 << 20, 1 << 20), Size::new(usize::MAX, 2)] {
            assert!(resize(gray(4, 5), size, &bilinear).is_err());
        }
        assert!(resize(gray(0, 5), Size::new(2, 2), &bilinear).is_err());
    }

    /// Pillow, OpenCV, torchvision and TensorFlow return the picture itself; torch and Keras hold floats.
    #[test]
    fn the_same_size_changes_no_value() {
        let picture = gray(4, 5);
        for library in Library::ALL {
            let (same, map) =
                resize(picture.clone(), Size::new(4, 5), &method(Filter::Bicubic, library, None)).unwrap();
            assert_eq!(same.into_f32(), picture.clone().into_f32(), "{library:?}");
            assert_eq!(map, PlaneMap::IDENTITY);
        }
    }

    #[test]
    fn one_pixel_becomes_any_size() {
        for library in Library::ALL {
            for filter in [Filter::Nearest, Filter::Bilinear, Filter::Bicubic] {
                let one = Picture::U8(Array3::from_elem((1, 1, 3), 200));
                let (picture, _) = resize(one, Size::new(3, 2), &method(filter, library, None)).unwrap();
                assert!(picture.into_f32().iter().all(|value| (value - 200.0).abs() < 1e-3), "{library:?} {filter:?}");
            }
        }
    }

    /// Pillow 13 takes the rows first where they shrink by more than twice what the columns do.
    #[test]
    fn pillows_two_orders_of_passes_differ() {
        let noise = Picture::U8(Array3::from_shape_fn((60, 40, 1), |(row, col, _)| (row * row * 37 + col * 101) as u8));
        let rows_first = method(Filter::Bicubic, Library::Pillow, None);
        let columns_first = Method { columns_first: true, ..rows_first };
        let both = |size| {
            let resized = |method| resize(noise.clone(), size, method).unwrap().0;
            (resized(&rows_first), resized(&columns_first))
        };
        let (new, old) = both(Size::new(30, 38));
        assert_ne!(new, old);
        let (new, old) = both(Size::new(30, 20));
        assert_eq!(new, old);
    }
}
