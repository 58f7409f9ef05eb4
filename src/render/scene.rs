//! One pane of a viewport: a picture in a view, with a map of evidence over it where there is one.

use super::{Canvas, OverlayStyle, Paint, PlacedMap, Pyramid, Shader, View, draw, draw_overlay};

/// What is drawn. Its pixels are the same wherever they are made: [`Scene::draw`] says what they must be.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub picture: &'a Pyramid,
    pub view: View,
    pub shader: Shader,
    /// The map lies on the view's pixels (`canvas_from_map` ends on the screen).
    pub overlay: Option<(PlacedMap<'a>, OverlayStyle)>,
}

impl Scene<'_> {
    /// Fills `out` with RGBA, row by row, `4 * rows * cols` bytes. Pixels outside the picture are transparent.
    pub fn draw(&self, out: &mut Vec<u8>) {
        draw(self.picture, &self.view, &self.shader, out);
        if let Some((placed, style)) = &self.overlay
            && let Ok(mut canvas) = Canvas::new(out, self.view.size)
        {
            draw_overlay(&mut canvas, placed, &Paint::new(style));
        }
    }
}
