//! What the mouse does on a picture: window, place, size, slices, measuring, the crosshair.

use eframe::egui::{self, CursorIcon, Key, MouseWheelUnit, PointerButton, Pos2, Response, Ui, Vec2};

use super::shell::Wishes;
use crate::app::{Command, Current, Placement, Shape, Tool, ViewTransform};
use crate::geometry::{Area, Ruler};
use crate::render::Roi;

/// Travel of a touchpad that goes one slice on, in points.
const POINTS_PER_SLICE: f32 = 40.0;
const SLICES_PER_PAGE: f32 = 10.0;
/// Zoom per point of a right-button drag: 100 points are a factor of 2.
const ZOOM_PER_POINT: f64 = 0.006_93;

/// What is being drawn, in picture coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drawing {
    /// From where the button went down to where the pointer is.
    Drag { tool: Tool, from: (f64, f64), to: (f64, f64) },
    /// The first side is there; the second follows the pointer until a click.
    SecondSide { from: (f64, f64), vertex: (f64, f64), to: (f64, f64) },
}

/// A view's memory between two frames of the window.
#[derive(Default)]
pub(super) struct Gestures {
    wheel: f32,
    drawing: Option<Drawing>,
}

/// The picture under the mouse.
pub(super) struct Under<'a> {
    pub response: &'a Response,
    pub placed: &'a Placement,
    pub current: &'a Current,
    pub tool: Tool,
    /// A click places the crosshair.
    pub crosshair: bool,
}

impl Under<'_> {
    fn local(&self, ui: &Ui, at: Pos2) -> (f64, f64) {
        in_pixels(ui, at - self.response.rect.min)
    }

    fn point(&self, ui: &Ui, at: Pos2) -> (f64, f64) {
        self.placed.to_image(self.local(ui, at))
    }
}

fn in_pixels(ui: &Ui, v: Vec2) -> (f64, f64) {
    let pixels_per_point = f64::from(ui.pixels_per_point());
    (f64::from(v.x) * pixels_per_point, f64::from(v.y) * pixels_per_point)
}

impl Gestures {
    /// The shape that is being drawn.
    pub fn drawing(&self) -> Option<Shape> {
        self.drawing.map(Drawing::shape)
    }

    pub fn mouse(&mut self, ui: &Ui, under: &Under<'_>, wishes: &mut Wishes) {
        let Under { response, placed, .. } = under;
        let (space, shift) = ui.input(|input| (input.key_down(Key::Space), input.modifiers.shift));
        let tool = if shift { Tool::Length } else { under.tool };
        let delta = response.drag_delta();
        if let Some(Drawing::SecondSide { .. }) = self.drawing {
            self.second_side(ui, under, wishes);
        } else if self.drawing.is_some()
            || (tool != Tool::Window && response.drag_started_by(PointerButton::Primary) && !space)
        {
            self.draw(ui, under, tool, wishes);
        } else if response.double_clicked() {
            wishes.commands.push(Command::SetView(ViewTransform::Fit));
        } else if response.dragged_by(PointerButton::Middle) || (space && response.dragged_by(PointerButton::Primary)) {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            if delta != Vec2::ZERO {
                wishes.commands.push(Command::SetView(placed.panned(in_pixels(ui, delta))));
            }
        } else if response.dragged_by(PointerButton::Secondary) {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeVertical);
            let from = ui.input(|input| input.pointer.press_origin()).unwrap_or(response.rect.center());
            if delta.y != 0.0 {
                let factor = (-f64::from(delta.y) * ZOOM_PER_POINT).exp();
                wishes.commands.push(Command::SetView(placed.zoomed(factor, under.local(ui, from))));
            }
        } else if response.dragged_by(PointerButton::Primary) && tool == Tool::Window {
            ui.ctx().set_cursor_icon(CursorIcon::Move);
            if delta != Vec2::ZERO {
                wishes.commands.push(Command::DragWindow { dx: delta.x, dy: delta.y });
            }
        } else if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() && under.crosshair) {
            let (x, y) = under.point(ui, at);
            wishes.commands.push(Command::PlaceCrosshair { x, y });
        } else if space && response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
        } else if tool != Tool::Window && response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        }
        self.wheel(ui, under, wishes);
    }

    fn wheel(&mut self, ui: &Ui, under: &Under<'_>, wishes: &mut Wishes) {
        let Some(at) = under.response.hover_pos() else { return };
        let (zoom, slices) = ui.input(|input| (input.zoom_delta(), wheel_slices(&input.events)));
        if zoom != 1.0 {
            wishes.commands.push(Command::SetView(under.placed.zoomed(f64::from(zoom), under.local(ui, at))));
        } else if slices != 0.0 && under.current.frames() > 1 {
            self.scroll(slices, wishes);
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
            // Nothing is drawn from one slice to another.
            self.drawing = None;
            wishes.commands.push(Command::StepFrame(-whole as isize));
        }
    }

    /// From where the button went down to where the pointer is.
    fn draw(&mut self, ui: &Ui, under: &Under<'_>, tool: Tool, wishes: &mut Wishes) {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let (origin, now) = ui.input(|input| (input.pointer.press_origin(), input.pointer.latest_pos()));
        let (tool, from) = match self.drawing {
            Some(Drawing::Drag { tool, from, .. }) => (tool, Some(from)),
            _ => (tool, origin.map(|at| under.point(ui, at))),
        };
        let Some((from, to)) = from.zip(now.map(|at| under.point(ui, at))) else { return self.drawing = None };
        let drawing = Drawing::Drag { tool, from, to };
        if under.response.dragged() && !under.response.drag_stopped() {
            self.drawing = Some(drawing);
            return;
        }
        self.drawing = None;
        if tool == Tool::Angle && from != to {
            self.drawing = Some(Drawing::SecondSide { from, vertex: to, to });
        } else if tool != Tool::Angle {
            wishes.commands.push(Command::Measure(drawing.shape()));
        }
    }

    fn second_side(&mut self, ui: &Ui, under: &Under<'_>, wishes: &mut Wishes) {
        let Some(Drawing::SecondSide { from, vertex, to }) = self.drawing else { return };
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let to = under.response.hover_pos().map_or(to, |at| under.point(ui, at));
        let drawing = Drawing::SecondSide { from, vertex, to };
        self.drawing = (under.tool == Tool::Angle).then_some(drawing);
        if under.response.clicked() || under.response.drag_stopped() {
            self.drawing = None;
            wishes.commands.push(Command::Measure(drawing.shape()));
        }
    }
}

impl Drawing {
    fn shape(self) -> Shape {
        match self {
            Self::SecondSide { from, vertex, to } => Shape::Angle { from, vertex, to },
            Self::Drag { tool: Tool::Ellipse, from, to } => Shape::Region(Roi::Ellipse(between(from, to))),
            Self::Drag { tool: Tool::Rectangle, from, to } => Shape::Region(Roi::Rectangle(between(from, to))),
            // An angle's first side looks like a length until the second is there.
            Self::Drag { from, to, .. } => Shape::Length(Ruler { from, to }),
        }
    }
}

fn between((x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> Area {
    Area { x: [x0.min(x1), x0.max(x1)], y: [y0.min(y1), y0.max(y1)] }
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
