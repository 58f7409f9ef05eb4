//! EXIF orientation, applied for display.

use ndarray::{Array, Axis, Dimension};

use super::super::Pixels;

/// The picture as a person expects it: EXIF orientation 1..=8 applied (TIFF 6.0 tag 274), anything else left alone.
/// Values 5 to 8 swap rows and columns. Frameworks feed the stored picture; this is for the eye.
pub fn upright(pixels: &Pixels, exif_orientation: u8) -> Pixels {
    match pixels {
        Pixels::Gray(values) => Pixels::Gray(turned(values, exif_orientation)),
        Pixels::Rgb(values) => Pixels::Rgb(turned(values, exif_orientation)),
    }
}

/// First a transposition, then flips: every one of the eight orientations is such a pair.
fn turned<T: Clone, D: Dimension>(values: &Array<T, D>, orientation: u8) -> Array<T, D> {
    let (transpose, flip_rows, flip_cols) = match orientation {
        2 => (false, false, true),
        3 => (false, true, true),
        4 => (false, true, false),
        5 => (true, false, false),
        6 => (true, false, true),
        7 => (true, true, true),
        8 => (true, true, false),
        _ => return values.clone(),
    };
    let mut view = values.view();
    if transpose {
        view.swap_axes(0, 1);
    }
    if flip_rows {
        view.invert_axis(Axis(0));
    }
    if flip_cols {
        view.invert_axis(Axis(1));
    }
    view.as_standard_layout().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Origin: Pillow 13.0.0, `ImageOps.exif_transpose` on [[1, 2, 3], [4, 5, 6]].
    #[test]
    fn the_eight_orientations_are_those_of_pillow() {
        let stored = Pixels::Gray(array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        let shown = |orientation| match upright(&stored, orientation) {
            Pixels::Gray(values) => values,
            Pixels::Rgb(_) => unreachable!(),
        };
        assert_eq!(shown(0), array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(shown(1), array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(shown(2), array![[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]);
        assert_eq!(shown(3), array![[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]);
        assert_eq!(shown(4), array![[4.0, 5.0, 6.0], [1.0, 2.0, 3.0]]);
        assert_eq!(shown(5), array![[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]);
        assert_eq!(shown(6), array![[4.0, 1.0], [5.0, 2.0], [6.0, 3.0]]);
        assert_eq!(shown(7), array![[6.0, 3.0], [5.0, 2.0], [4.0, 1.0]]);
        assert_eq!(shown(8), array![[3.0, 6.0], [2.0, 5.0], [1.0, 4.0]]);
    }
}
