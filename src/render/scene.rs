//! One pane of a viewport: a picture in a view, with a map of evidence over it where there is one.

use crate::geometry::Size;

use super::{Canvas, OverlayStyle, Paint, PlacedMap, Pyramid, Shader, View, draw, draw_overlay};

/// What is drawn. Its pixels are the same wherever they are made: [`Scene::draw`] says what they must be.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub picture: &'a Pyramid,
    pub view: View,
    pub shader: Shader,
    /// At last the view's axes are swapped: its first row goes down the left side of what is drawn.
    pub transposed: bool,
    /// The map lies on the view's pixels (`canvas_from_map` ends on the screen).
    pub overlay: Option<(PlacedMap<'a>, OverlayStyle)>,
}

impl Scene<'_> {
    /// Rows and columns of what is drawn.
    pub fn size(&self) -> Size {
        let Size { rows, cols } = self.view.size;
        if self.transposed { Size::new(cols, rows) } else { self.view.size }
    }

    /// Fills `out` with RGBA, row by row, `4 * rows * cols` bytes of [`Scene::size`]. Pixels outside the picture are
    /// transparent.
    pub fn draw(&self, out: &mut Vec<u8>) {
        draw(self.picture, &self.view, &self.shader, out);
        if let Some((placed, style)) = &self.overlay
            && let Ok(mut canvas) = Canvas::new(out, self.view.size)
        {
            draw_overlay(&mut canvas, placed, &Paint::new(style));
        }
        if self.transposed {
            *out = transposed(out, self.view.size);
        }
    }
}

/// Pixels at a time along both axes: what is read and written stays in the processor's nearest memory.
const BLOCK: usize = 32;

/// RGBA of `size` with rows and columns swapped.
fn transposed(rgba: &[u8], size: Size) -> Vec<u8> {
    let (from, _) = rgba.as_chunks::<4>();
    let mut to = vec![[0; 4]; from.len()];
    for (top, left) in
        (0..size.rows).step_by(BLOCK).flat_map(|row| (0..size.cols).step_by(BLOCK).map(move |c| (row, c)))
    {
        for row in top..(top + BLOCK).min(size.rows) {
            let cols = left..(left + BLOCK).min(size.cols);
            let pixels = from.get(row * size.cols + cols.start..row * size.cols + cols.end).unwrap_or_default();
            for (pixel, col) in pixels.iter().zip(cols) {
                if let Some(slot) = to.get_mut(col * size.rows + row) {
                    *slot = *pixel;
                }
            }
        }
    }
    to.into_flattened()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_goes_down_the_left_side() {
        let size = Size::new(35, 70);
        let rgba: Vec<u8> =
            (0..size.rows * size.cols).flat_map(|n| [(n / size.cols) as u8, (n % size.cols) as u8, 7, 255]).collect();
        let turned = transposed(&rgba, size);
        let pixel = |row: usize, col: usize| &turned[4 * (row * size.rows + col)..][..4];
        for (row, col) in [(0, 0), (0, 34), (69, 0), (33, 31), (69, 34)] {
            assert_eq!(pixel(row, col), [col as u8, row as u8, 7, 255]);
        }
    }
}
