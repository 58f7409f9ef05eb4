//! One drawn picture: the visible part of the slice, with a heatmap over it, uploaded where anything changed.

use std::sync::Arc;

use eframe::egui::{self, ColorImage, Rect, TextureHandle, TextureOptions, Ui, pos2, vec2};

use crate::app::{Heatmap, Placement};
use crate::geometry::{PlaneMap, Size};
use crate::render::{self, Canvas, OverlayStyle, Paint, PlacedMap, Pyramid, Shader, View};
use crate::scan::Frame;

/// A heatmap and how it looks.
#[derive(Clone)]
pub(super) struct Overlay {
    /// Held, so that its address stays its own.
    pub heatmap: Arc<Heatmap>,
    pub style: OverlayStyle,
}

impl PartialEq for Overlay {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.heatmap, &other.heatmap) && self.style == other.style
    }
}

/// What is to be drawn.
pub(super) struct Order<'a> {
    pub picture: &'a Pyramid,
    pub shader: Shader,
    pub smooth: bool,
    pub placed: &'a Placement,
    pub overlay: Option<&'a Overlay>,
}

/// A viewport's own memory: the uploaded picture and what it was made from.
#[derive(Default)]
pub(super) struct Picture {
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
    overlay: Option<Overlay>,
}

impl Picture {
    /// Uploads the visible part where it changed, and paints it.
    pub fn show(&mut self, ui: &Ui, rect: Rect, order: &Order<'_>) {
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let most = ui.ctx().input(|input| input.max_texture_side);
        let viewport = (f64::from(rect.width()) * pixels_per_point, f64::from(rect.height()) * pixels_per_point);
        let Some(crop) = Crop::new(order.placed, order.picture.size(), viewport, most) else { return };
        let view = View {
            size: crop.size,
            image_from_screen: order.placed.image_from_screen.after(&PlaneMap {
                offset_x: crop.left as f64,
                offset_y: crop.top as f64,
                ..PlaneMap::IDENTITY
            }),
            smooth: order.smooth,
        };
        let frame = order.picture.frame();
        let same = |drawn: &Drawn| {
            Arc::ptr_eq(&drawn.frame, frame)
                && drawn.view == view
                && drawn.shader == order.shader
                && drawn.overlay.as_ref() == order.overlay
        };
        if !self.drawn.as_ref().is_some_and(same) {
            self.draw(ui, order, &view);
            let (frame, overlay) = (frame.clone(), order.overlay.cloned());
            self.drawn = Some(Drawn { frame, view, shader: order.shader, overlay });
        }
        if let Some(texture) = &self.texture {
            let scale = 1.0 / ui.pixels_per_point();
            let at = rect.min + vec2(crop.left as f32, crop.top as f32) * scale;
            let size = vec2(crop.size.cols as f32, crop.size.rows as f32) * scale;
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let at = Rect::from_min_size(at, size);
            ui.painter().with_clip_rect(rect).image(texture.id(), at, uv, egui::Color32::WHITE);
        }
    }

    fn draw(&mut self, ui: &Ui, order: &Order<'_>, view: &View) {
        render::draw(order.picture, view, &order.shader, &mut self.rgba);
        if let (Some(overlay), Some(screen_from_image)) = (order.overlay, view.image_from_screen.inverse())
            && let Ok(mut canvas) = Canvas::new(&mut self.rgba, view.size)
        {
            let placed = overlay.heatmap.explained.placed();
            let canvas_from_map = screen_from_image.after(&placed.canvas_from_map);
            render::draw_overlay(&mut canvas, &PlacedMap { canvas_from_map, ..placed }, &Paint::new(&overlay.style));
        }
        let image = ColorImage::from_rgba_premultiplied([view.size.cols, view.size.rows], &self.rgba);
        // One texture pixel is one screen pixel: nothing to interpolate.
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::NEAREST),
            None => self.texture = Some(ui.ctx().load_texture("viewport", image, TextureOptions::NEAREST)),
        }
    }
}

/// The part of the viewport that the picture covers, in whole screen pixels.
struct Crop {
    left: usize,
    top: usize,
    size: Size,
}

impl Crop {
    /// `None` where nothing of the picture is visible.
    fn new(placed: &Placement, size: Size, viewport: (f64, f64), most: usize) -> Option<Self> {
        let (left, top) = placed.screen_from_image.apply((0.0, 0.0));
        let (right, bottom) = placed.screen_from_image.apply((size.cols as f64, size.rows as f64));
        let span = |from: f64, to: f64, edge: f64| {
            let (from, to) = (from.clamp(0.0, edge).floor(), to.clamp(0.0, edge).ceil());
            (to > from).then_some((from as usize, ((to - from) as usize).min(most)))
        };
        let (left, cols) = span(left, right, viewport.0)?;
        let (top, rows) = span(top, bottom, viewport.1)?;
        Some(Self { left, top, size: Size::new(rows, cols) })
    }
}
