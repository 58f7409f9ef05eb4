//! One drawn picture: the visible part of the slice, with a heatmap or another scan over it.

use std::sync::Arc;

use eframe::egui::{self, Color32, Context, PaintCallback, Rect, Ui, pos2, vec2};
use eframe::egui_glow;

use super::composed::Composed;
use super::gpu::Target;
use super::renderer::Renderer;
use crate::app::{Fused, Heatmap, Placement};
use crate::geometry::{Area, PlaneMap, Size};
use crate::render::{OverlayStyle, PlacedMap, Pyramid, Scene, Shader, View};

/// What lies over a picture. Held, so that its address stays its own.
#[derive(Clone)]
pub(super) enum Over {
    Heatmap(Arc<Heatmap>),
    /// Another scan.
    Fused(Arc<Fused>),
}

/// What lies over a picture, and how it looks.
#[derive(Clone)]
pub(super) struct Overlay {
    pub over: Over,
    pub style: OverlayStyle,
}

impl Over {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Heatmap(a), Self::Heatmap(b)) => Arc::ptr_eq(a, b),
            (Self::Fused(a), Self::Fused(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// On the picture's pixels.
    fn placed(&self) -> PlacedMap<'_> {
        match self {
            Self::Heatmap(heatmap) => heatmap.explained.placed(),
            Self::Fused(fused) => PlacedMap::whole(fused.values.view(), PlaneMap::IDENTITY),
        }
    }
}

impl PartialEq for Overlay {
    fn eq(&self, other: &Self) -> bool {
        self.over.is(&other.over) && self.style == other.style
    }
}

/// What is to be drawn.
pub(super) struct Order<'a> {
    pub picture: &'a Pyramid,
    pub shader: Shader,
    pub smooth: bool,
    pub placed: &'a Placement,
    pub overlay: Option<&'a Overlay>,
    pub renderer: &'a Renderer,
}

/// A viewport's own memory: what the processor drew, where it has to. The graphics card keeps its own.
#[derive(Default)]
pub(super) struct Picture {
    by_processor: Composed,
}

impl Picture {
    /// Paints the visible part.
    pub fn show(&mut self, ui: &Ui, rect: Rect, order: &Order<'_>) {
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let most = ui.ctx().input(|input| input.max_texture_side);
        let screen = (f64::from(rect.width()) * pixels_per_point, f64::from(rect.height()) * pixels_per_point);
        let turn = order.placed.turn;
        let viewport = turn.swapped(screen);
        let Some(crop) = Crop::new(order.placed, order.picture.size(), viewport, most) else { return };
        let view = View {
            size: crop.size,
            image_from_screen: order.placed.image_from_canvas.after(&PlaneMap {
                offset_x: crop.left as f64,
                offset_y: crop.top as f64,
                ..PlaneMap::IDENTITY
            }),
            smooth: order.smooth,
        };
        let pixels_per_point = ui.pixels_per_point();
        let corner = (rect.min.to_vec2() * pixels_per_point).round();
        let (across, down) = turn.swapped((crop.left, crop.top));
        let (left, top) = (corner.x as i32 + across as i32, corner.y as i32 + down as i32);
        let on_screen = |size: Size| {
            let corner = pos2(left as f32, top as f32) / pixels_per_point;
            Rect::from_min_size(corner, vec2(size.cols as f32, size.rows as f32) / pixels_per_point)
        };
        let painter = ui.painter().with_clip_rect(rect);
        if order.renderer.may_use_gpu() {
            self.by_processor = Composed::default();
            let callback = Arc::new(callback(ui.ctx(), order, view, (left, top)));
            let (cols, rows) = turn.swapped((crop.size.cols, crop.size.rows));
            painter.add(PaintCallback { rect: on_screen(Size::new(rows, cols)), callback });
        } else if let Some((texture, size)) = self.by_processor.ready(ui, order, view) {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture, on_screen(size), uv, Color32::WHITE);
        }
    }
}

/// Draws with the graphics card when the window is painted, from the window's pixel `(left, top)` on.
fn callback(ctx: &Context, order: &Order<'_>, view: View, (left, top): (i32, i32)) -> egui_glow::CallbackFn {
    let (ctx, renderer) = (ctx.clone(), order.renderer.clone());
    let (picture, shader, overlay) = (order.picture.clone(), order.shader, order.overlay.cloned());
    let transposed = order.placed.turn.transposed;
    egui_glow::CallbackFn::new(move |info: egui::PaintCallbackInfo, _: &egui_glow::Painter| {
        let overlay = overlay.as_ref().and_then(|overlay| on_screen(overlay, &view));
        let scene = Scene { picture: &picture, view, shader, transposed, overlay };
        let height = i32::try_from(info.screen_size_px[1]).unwrap_or(0);
        if !renderer.draw(&scene, Target { height, left, top }) {
            // This frame has no picture; the next one has the processor's.
            ctx.request_repaint();
        }
    })
}

/// The map over the pixels of a view.
pub(super) fn on_screen<'a>(overlay: &'a Overlay, view: &View) -> Option<(PlacedMap<'a>, OverlayStyle)> {
    let placed = overlay.over.placed();
    let canvas_from_map = view.image_from_screen.inverse()?.after(&placed.canvas_from_map);
    Some((PlacedMap { canvas_from_map, ..placed }, overlay.style))
}

/// The part of the canvas that the picture covers, in whole screen pixels.
struct Crop {
    left: usize,
    top: usize,
    size: Size,
}

impl Crop {
    /// `None` where nothing of the picture is visible.
    fn new(placed: &Placement, size: Size, viewport: (f64, f64), most: usize) -> Option<Self> {
        let Area { x: [left, right], y: [top, bottom] } =
            Area::whole(size.rows, size.cols).through(&placed.canvas_from_image);
        let span = |from: f64, to: f64, edge: f64| {
            let (from, to) = (from.clamp(0.0, edge).floor(), to.clamp(0.0, edge).ceil());
            (to > from).then_some((from as usize, ((to - from) as usize).min(most)))
        };
        let (left, cols) = span(left, right, viewport.0)?;
        let (top, rows) = span(top, bottom, viewport.1)?;
        Some(Self { left, top, size: Size::new(rows, cols) })
    }
}
