//! The picture: drawn at the screen's resolution, moved and windowed with the mouse.

use eframe::egui::{
    self, ColorImage, CursorIcon, Id, Key, MouseWheelUnit, PointerButton, Rect, Response, Sense, Spinner,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use std::sync::Arc;

use super::overlay;
use super::shell::Wishes;
use super::theme;
use crate::app::{AppState, Command, Current, CurrentError, Placement, ViewTransform};
use crate::geometry::{PlaneMap, Size};
use crate::render::{self, Shader, View};
use crate::scan::Frame;

/// Travel of a touchpad that goes one slice on, in points.
const POINTS_PER_SLICE: f32 = 40.0;
const SLICES_PER_PAGE: f32 = 10.0;
/// Zoom per point of a right-button drag: 100 points are a factor of 2.
const ZOOM_PER_POINT: f64 = 0.006_93;

/// The viewport's own memory: the uploaded picture and what it was made from.
#[derive(Default)]
pub(super) struct Viewport {
    texture: Option<TextureHandle>,
    drawn: Option<Drawn>,
    rgba: Vec<u8>,
    placement: Option<Placement>,
    wheel: f32,
}

/// What the uploaded picture shows; equal means nothing to do.
struct Drawn {
    /// Held, so that its address stays its own.
    frame: Arc<Frame>,
    view: View,
    shader: Shader,
}

impl Viewport {
    /// Where the picture lay in the last frame.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }

    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let Some(current) = state.current() else { return };
        let rect = ui.available_rect_before_wrap();
        let response = ui.interact(rect, Id::unique("viewport"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, spoken(state, current)));
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let (width, height) = (f64::from(rect.width()) * pixels_per_point, f64::from(rect.height()) * pixels_per_point);
        let Some(scan) = &current.scan else {
            self.placement = None;
            return without_picture(ui, rect, current);
        };
        let placed = Placement::new(&current.view, scan.size, scan.meta.spacing, (width, height));
        self.placement = Some(placed);
        self.mouse(ui, &response, &placed, current, wishes);
        match (&current.error, current.shown.is_some()) {
            (None, true) => {
                self.picture(ui, rect, state, current, &placed);
                overlay::overlay(ui, rect, state, current, &placed);
            }
            _ => without_picture(ui, rect, current),
        }
    }

    /// Uploads the visible part where it changed, and paints it.
    fn picture(&mut self, ui: &Ui, rect: Rect, state: &AppState, current: &Current, placed: &Placement) {
        let (Some(shown), Some(shader)) = (&current.shown, current.shader(state.invert())) else { return };
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let most = ui.ctx().input(|input| input.max_texture_side);
        let viewport = (f64::from(rect.width()) * pixels_per_point, f64::from(rect.height()) * pixels_per_point);
        let Some(crop) = Crop::new(placed, shown.picture.size(), viewport, most) else { return };
        let view = View {
            size: crop.size,
            image_from_screen: placed.image_from_screen.after(&PlaneMap {
                offset_x: crop.left as f64,
                offset_y: crop.top as f64,
                ..PlaneMap::IDENTITY
            }),
            smooth: state.smooth(),
        };
        let frame = shown.picture.frame();
        let same = |drawn: &Drawn| Arc::ptr_eq(&drawn.frame, frame) && drawn.view == view && drawn.shader == shader;
        if !self.drawn.as_ref().is_some_and(same) {
            render::draw(&shown.picture, &view, &shader, &mut self.rgba);
            let image = ColorImage::from_rgba_premultiplied([view.size.cols, view.size.rows], &self.rgba);
            // One texture pixel is one screen pixel: nothing to interpolate.
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::NEAREST),
                None => self.texture = Some(ui.ctx().load_texture("viewport", image, TextureOptions::NEAREST)),
            }
            self.drawn = Some(Drawn { frame: frame.clone(), view, shader });
        }
        if let Some(texture) = &self.texture {
            let scale = 1.0 / ui.pixels_per_point();
            let at = rect.min + vec2(crop.left as f32, crop.top as f32) * scale;
            let size = vec2(crop.size.cols as f32, crop.size.rows as f32) * scale;
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().with_clip_rect(rect).image(
                texture.id(),
                Rect::from_min_size(at, size),
                uv,
                egui::Color32::WHITE,
            );
        }
    }

    fn mouse(&mut self, ui: &Ui, response: &Response, placed: &Placement, current: &Current, wishes: &mut Wishes) {
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let in_pixels = |v: Vec2| (f64::from(v.x) * pixels_per_point, f64::from(v.y) * pixels_per_point);
        let local = |at: egui::Pos2| in_pixels(at - response.rect.min);
        let space = ui.input(|input| input.key_down(Key::Space));
        let delta = response.drag_delta();

        if response.double_clicked() {
            wishes.commands.push(Command::SetView(ViewTransform::Fit));
        } else if response.dragged_by(PointerButton::Middle) || (space && response.dragged_by(PointerButton::Primary)) {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            if delta != Vec2::ZERO {
                wishes.commands.push(Command::SetView(placed.panned(in_pixels(delta))));
            }
        } else if response.dragged_by(PointerButton::Secondary) {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeVertical);
            let from = ui.input(|input| input.pointer.press_origin()).unwrap_or(response.rect.center());
            if delta.y != 0.0 {
                let factor = (-f64::from(delta.y) * ZOOM_PER_POINT).exp();
                wishes.commands.push(Command::SetView(placed.zoomed(factor, local(from))));
            }
        } else if response.dragged_by(PointerButton::Primary) {
            ui.ctx().set_cursor_icon(CursorIcon::Move);
            if delta != Vec2::ZERO {
                wishes.commands.push(Command::DragWindow { dx: delta.x, dy: delta.y });
            }
        } else if space && response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        }

        if let Some(at) = response.hover_pos() {
            let (zoom, slices) = ui.input(|input| (input.zoom_delta(), wheel_slices(&input.events)));
            if zoom != 1.0 {
                wishes.commands.push(Command::SetView(placed.zoomed(f64::from(zoom), local(at))));
            } else if slices != 0.0 && current.frames() > 1 {
                self.scroll(slices, wishes);
            }
        }
    }

    fn scroll(&mut self, slices: f32, wishes: &mut Wishes) {
        // Turning back must not first undo what was left over.
        if self.wheel.signum() != slices.signum() {
            self.wheel = 0.0;
        }
        self.wheel += slices;
        let whole = self.wheel.trunc();
        if whole != 0.0 {
            self.wheel -= whole;
            wishes.commands.push(Command::StepFrame(-whole as isize));
        }
    }
}

/// Slices the wheel was turned by, positive away from the person: one a notch, as it comes, without egui's smoothing.
fn wheel_slices(events: &[egui::Event]) -> f32 {
    let slices = |event: &egui::Event| match event {
        egui::Event::MouseWheel { unit, delta, modifiers, .. } if !modifiers.ctrl && !modifiers.command => match unit {
            MouseWheelUnit::Line => delta.y,
            MouseWheelUnit::Point => delta.y / POINTS_PER_SLICE,
            MouseWheelUnit::Page => delta.y * SLICES_PER_PAGE,
        },
        _ => 0.0,
    };
    events.iter().map(slices).sum()
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

/// A sentence instead of the picture, or a sign of work.
fn without_picture(ui: &mut Ui, rect: Rect, current: &Current) {
    let p = theme::palette(true);
    match &current.error {
        Some(CurrentError::File(sentence)) => in_the_middle(ui, rect, "This file does not open", sentence, p.red),
        Some(CurrentError::Frame { sentence, .. }) if current.frames() < 2 => {
            in_the_middle(ui, rect, "This file does not open", sentence, p.red);
        }
        Some(CurrentError::Frame { index, sentence }) => {
            in_the_middle(ui, rect, &format!("Slice {} does not decode", index + 1), sentence, p.red);
        }
        None => {
            let at = Rect::from_center_size(rect.center(), Vec2::splat(24.0));
            ui.put(at, Spinner::new().size(24.0).color(theme::ON_PICTURE_WEAK));
        }
    }
}

fn in_the_middle(ui: &mut Ui, rect: Rect, title: &str, sentence: &str, color: egui::Color32) {
    let width = (rect.width() - 64.0).clamp(120.0, 560.0);
    let at = Rect::from_center_size(rect.center(), vec2(width, 160.0));
    let layout = egui::Layout::top_down(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(at).layout(layout), |ui| {
        let (icon, _) = ui.allocate_exact_size(vec2(32.0, 32.0), Sense::hover());
        super::icons::paint(ui.painter(), icon, 28.0, super::icons::Icon::Warning, color);
        ui.label(egui::RichText::new(title).font(theme::heading()).color(theme::ON_PICTURE));
        let text = egui::RichText::new(sentence).color(theme::ON_PICTURE_WEAK);
        ui.add(egui::Label::new(text).wrap().selectable(true).halign(egui::Align::Center));
    });
}

fn spoken(state: &AppState, current: &Current) -> String {
    let name = state.items().get(current.item).map_or("", |item| item.name.as_str());
    format!("Picture of {name}")
}
