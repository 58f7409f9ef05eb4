//! Small pictures: for the worklist, and of the steps that a model saw.

use ndarray::{Array3, Axis};

use super::{Pyramid, Shader, View, auto_window, draw};
use crate::geometry::{PixelSpacing, PlaneMap, Size};
use crate::preprocess::Picture;
use crate::scan::{Frame, Pixels, Polarity};

/// A small RGBA picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    pub size: Size,
    /// `4 * rows * cols` bytes.
    pub rgba: Vec<u8>,
}

/// Fits a frame into `side` x `side` pixels, in its true proportions, with its first window or an automatic one.
/// Never larger than the frame itself.
pub fn thumbnail(frame: Frame, polarity: Polarity, spacing: Option<PixelSpacing>, side: usize) -> Thumbnail {
    let window = frame.windows.first().cloned().unwrap_or_else(|| auto_window(&frame));
    let shader = Shader::new(&window, polarity, false);
    let stretch = spacing.map_or(1.0, |s| s.row_mm / s.col_mm);
    let stretch = if stretch.is_finite() && stretch > 0.0 { stretch } else { 1.0 };
    let picture = Pyramid::new(frame);
    let Size { rows, cols } = picture.size();
    let (height, width) = (rows as f64 * stretch, cols as f64);
    let shrink = (side as f64 / height.max(width)).min(1.0);
    let size = Size::new(((height * shrink).round() as usize).max(1), ((width * shrink).round() as usize).max(1));
    let image_from_screen = PlaneMap {
        scale_x: cols as f64 / size.cols as f64,
        scale_y: rows as f64 / size.rows as f64,
        offset_x: 0.0,
        offset_y: 0.0,
    };
    let mut rgba = Vec::new();
    draw(&picture, &View { size, image_from_screen, smooth: true }, &shader, &mut rgba);
    Thumbnail { size, rgba }
}

/// A picture between two preprocessing steps, fitted into `side` pixels: 8-bit as it is, float from its lowest to its
/// highest value, with that range. `None` for an empty picture.
pub fn picture_rgba(picture: &Picture, side: usize) -> Option<(Thumbnail, (f32, f32))> {
    let (values, range) = match picture {
        Picture::U8(values) => (values.mapv(f32::from), (0.0, 255.0)),
        Picture::F32(values) => {
            let range = finite_range(values)?;
            let span = if range.1 > range.0 { range.1 - range.0 } else { 1.0 };
            (values.mapv(|v| (v - range.0) / span * 255.0), range)
        }
    };
    let pixels = match values.shape() {
        [0, _, _] | [_, 0, _] | [_, _, 0] => return None,
        [_, _, 3] => Pixels::Rgb(values.mapv(|v| (v + 0.5) as u8)),
        _ => Pixels::Gray(values.index_axis_move(Axis(2), 0)),
    };
    let frame = Frame { pixels, windows: Vec::new(), eight_bit_picture: true };
    Some((thumbnail(frame, Polarity::HighIsWhite, None, side), range))
}

/// Lowest and highest finite value; `None` where there is none.
fn finite_range(values: &Array3<f32>) -> Option<(f32, f32)> {
    values.iter().copied().filter(|v| v.is_finite()).fold(None, |range, v| {
        let (low, high) = range.unwrap_or((v, v));
        Some((v.min(low), v.max(high)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn frame(rows: usize, cols: usize) -> Frame {
        let pixels = Pixels::Gray(Array2::from_elem((rows, cols), 100.0));
        Frame { pixels, windows: Vec::new(), eight_bit_picture: true }
    }

    #[test]
    fn a_thumbnail_keeps_proportions_in_mm() {
        let of = |rows, cols, spacing| thumbnail(frame(rows, cols), Polarity::HighIsWhite, spacing, 48).size;
        assert_eq!(of(480, 240, None), Size::new(48, 24));
        let tall = PixelSpacing { row_mm: 4.0, col_mm: 1.0 };
        assert_eq!(of(100, 100, Some(tall)), Size::new(48, 12));
        assert_eq!(of(4, 8, None), Size::new(4, 8), "small pictures are not enlarged");
        let broken = PixelSpacing { row_mm: 1.0, col_mm: 0.0 };
        assert_eq!(of(100, 100, Some(broken)), Size::new(48, 48));
    }

    #[test]
    fn float_steps_show_their_own_range() {
        let values = Array3::from_shape_fn((2, 2, 1), |(r, _, _)| if r == 0 { -2.5 } else { 1.5 });
        let (small, range) = picture_rgba(&Picture::F32(values), 48).unwrap();
        assert_eq!(range, (-2.5, 1.5));
        assert_eq!((small.rgba[0], small.rgba[12]), (0, 255));
        assert!(picture_rgba(&Picture::U8(Array3::zeros((0, 4, 3))), 48).is_none());
        let nothing = Picture::F32(Array3::from_elem((2, 2, 1), f32::NAN));
        assert!(picture_rgba(&nothing, 48).is_none());
    }
}
