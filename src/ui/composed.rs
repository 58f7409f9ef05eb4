//! The picture as the processor draws it: composed where anything changed, uploaded, shown as it is.

use std::sync::Arc;
use std::time::Duration;

use eframe::egui::{ColorImage, TextureHandle, TextureId, TextureOptions, Ui};

use super::picture::{Order, Overlay, on_screen};
use crate::geometry::{PlaneMap, Size};
use crate::render::{Scene, Shader, View};
use crate::scan::Frame;

/// Pixels of a view that the processor draws within a frame's time. Larger ones are drawn with every second row and
/// column while they change, so that the window keeps up with the mouse, and in full once they rest.
const MOST_AT_ONCE: usize = 2 << 20;
/// How long nothing must change, seconds.
const REST_S: f64 = 0.12;

/// The uploaded picture and what it was made from.
#[derive(Default)]
pub(super) struct Composed {
    texture: Option<TextureHandle>,
    drawn: Option<Drawn>,
    rgba: Vec<u8>,
}

/// What the uploaded picture shows; equal means nothing to do.
struct Drawn {
    /// Held, so that its address stays its own.
    frame: Arc<Frame>,
    view: View,
    shader: Shader,
    transposed: bool,
    overlay: Option<Overlay>,
    /// Screen pixels that one of its pixels covers along each axis.
    step: usize,
    /// When it last changed, on egui's clock.
    changed_s: f64,
}

impl Composed {
    /// The picture, drawn anew where anything changed, and the screen pixels that it covers.
    pub fn ready(&mut self, ui: &Ui, order: &Order<'_>, view: View) -> Option<(TextureId, Size)> {
        let now_s = ui.input(|input| input.time);
        let frame = order.picture.frame();
        let same = |drawn: &&Drawn| {
            Arc::ptr_eq(&drawn.frame, frame)
                && drawn.view == view
                && drawn.shader == order.shader
                && drawn.transposed == order.placed.turn.transposed
                && drawn.overlay.as_ref() == order.overlay
        };
        let large = view.size.pixels().is_none_or(|pixels| pixels > MOST_AT_ONCE);
        let (step, changed_s) = match self.drawn.as_ref().filter(same) {
            Some(drawn) if drawn.step > 1 && now_s - drawn.changed_s < REST_S => (drawn.step, drawn.changed_s),
            Some(drawn) => (1, drawn.changed_s),
            None => (if large { 2 } else { 1 }, now_s),
        };
        if self.drawn.as_ref().filter(same).is_none_or(|drawn| drawn.step != step) {
            self.draw(ui, order, coarser(&view, step));
            let (frame, overlay, transposed) = (frame.clone(), order.overlay.cloned(), order.placed.turn.transposed);
            self.drawn = Some(Drawn { frame, view, shader: order.shader, transposed, overlay, step, changed_s });
        }
        if step > 1 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(REST_S));
        }
        let covers = coarser(&view, step).size;
        let (cols, rows) = order.placed.turn.swapped((covers.cols, covers.rows));
        self.texture.as_ref().map(|texture| (texture.id(), Size::new(rows * step, cols * step)))
    }

    fn draw(&mut self, ui: &Ui, order: &Order<'_>, view: View) {
        let overlay = order.overlay.and_then(|overlay| on_screen(overlay, &view));
        let transposed = order.placed.turn.transposed;
        let scene = Scene { picture: order.picture, view, shader: order.shader, transposed, overlay };
        scene.draw(&mut self.rgba);
        let size = scene.size();
        let image = ColorImage::from_rgba_premultiplied([size.cols, size.rows], &self.rgba);
        // One texture pixel is one screen pixel, or a whole number of them: nothing to interpolate.
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture("viewport", image, TextureOptions::NEAREST)),
        }
    }
}

/// The same part of the picture on pixels `step` times as wide and high.
fn coarser(view: &View, step: usize) -> View {
    if step == 1 {
        return *view;
    }
    let wider = PlaneMap { scale_x: step as f64, scale_y: step as f64, ..PlaneMap::IDENTITY };
    let size = Size::new(view.size.rows.div_ceil(step), view.size.cols.div_ceil(step));
    View { size, image_from_screen: view.image_from_screen.after(&wider), ..*view }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarser_pixels_cover_the_same_part_of_the_picture() {
        let map = PlaneMap { scale_x: 0.5, scale_y: 0.25, offset_x: 3.0, offset_y: 4.0 };
        let view = View { size: Size::new(301, 500), image_from_screen: map, smooth: true };
        let coarse = coarser(&view, 2);
        assert_eq!(coarse.size, Size::new(151, 250));
        assert_eq!(coarse.image_from_screen.apply((250.0, 150.5)), map.apply((500.0, 301.0)));
        assert_eq!(coarser(&view, 1), view);
    }
}
