//! A picture to draw on.

use super::RenderError;
use crate::geometry::Size;

/// RGBA of `size`, row by row, 4 bytes a pixel. Drawing changes red, green and blue; alpha stays as it is.
#[derive(Debug)]
pub struct Canvas<'a> {
    pixels: &'a mut [[u8; 4]],
    size: Size,
}

impl<'a> Canvas<'a> {
    /// # Errors
    /// [`RenderError::Bytes`] where `rgba` is not 4 bytes a pixel of `size`.
    pub fn new(rgba: &'a mut [u8], size: Size) -> Result<Self, RenderError> {
        let found = rgba.len();
        let (pixels, rest) = rgba.as_chunks_mut::<4>();
        if !rest.is_empty() || size.pixels() != Some(pixels.len()) {
            return Err(RenderError::Bytes { size, found });
        }
        Ok(Self { pixels, size })
    }

    pub fn size(&self) -> Size {
        self.size
    }

    /// All pixels, row by row.
    pub(super) fn pixels_mut(&mut self) -> &mut [[u8; 4]] {
        self.pixels
    }

    /// Lays `rgb` over one pixel, `cover` of 255; outside of the picture nothing happens.
    pub(super) fn blend(&mut self, row: usize, col: usize, rgb: [u8; 3], cover: u8) {
        if row < self.size.rows
            && col < self.size.cols
            && let Some(pixel) = self.pixels.get_mut(row * self.size.cols + col)
        {
            lay_over(pixel, rgb, cover);
        }
    }

    /// Lays `rgb` over the rectangle whose first pixel is `(row, col)`, cut to the picture.
    pub(super) fn fill(&mut self, (row, col): (usize, usize), size: Size, rgb: [u8; 3], cover: u8) {
        let rows = row..row.saturating_add(size.rows).min(self.size.rows);
        let cols = col..col.saturating_add(size.cols).min(self.size.cols);
        for row in rows {
            cols.clone().for_each(|col| self.blend(row, col, rgb, cover));
        }
    }
}

/// `cover` of 255 of `rgb`, the rest of what was there; exact at 0 and 255.
#[inline]
pub(super) fn lay_over(pixel: &mut [u8; 4], [r, g, b]: [u8; 3], cover: u8) {
    let mix = |under: u8, over: u8| {
        let sum = u16::from(under) * u16::from(255 - cover) + u16::from(over) * u16::from(cover);
        ((sum + 127) / 255) as u8
    };
    let [under_r, under_g, under_b, alpha] = *pixel;
    *pixel = [mix(under_r, r), mix(under_g, g), mix(under_b, b), alpha];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_everything_are_exact_and_half_is_the_mean() {
        for (cover, expected) in [(0, [10, 20, 30, 255]), (255, [200, 0, 90, 255]), (128, [105, 10, 60, 255])] {
            let mut pixel = [10, 20, 30, 255];
            lay_over(&mut pixel, [200, 0, 90], cover);
            assert_eq!(pixel, expected);
        }
    }

    #[test]
    fn bytes_that_are_no_such_picture_are_refused_and_drawing_stays_inside() {
        let error = Canvas::new(&mut [0; 15], Size::new(2, 2)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a picture of 2 x 2 pixels does not fit 15 bytes of RGBA; it takes 4 bytes a pixel"
        );
        assert!(Canvas::new(&mut [0; 16], Size::new(usize::MAX, 2)).is_err());
        let mut rgba = [0; 16];
        let mut canvas = Canvas::new(&mut rgba, Size::new(2, 2)).unwrap();
        canvas.fill((1, 1), Size::new(usize::MAX, 9), [7; 3], 255);
        assert_eq!(rgba[..12], [0; 12]);
        assert_eq!(rgba[12..], [7, 7, 7, 0]);
    }
}
