//! The picture: drawn at the screen's resolution, moved and windowed with the mouse.

use eframe::egui::{
    self, CursorIcon, Id, Key, MouseWheelUnit, PointerButton, Rect, Response, Sense, Spinner, Ui, UiBuilder, Vec2,
    WidgetInfo, vec2,
};

use super::heatmap_marks::{self, HeatmapMarks};
use super::overlay::{self, Corner};
use super::picture::{Order, Overlay, Picture};
use super::renderer::Renderer;
use super::rulers;
use super::shell::Wishes;
use super::theme;
use super::words::{Told, words};
use crate::app::{AppState, Command, Current, CurrentError, Pane, Placement, Shown, ViewTransform};
use crate::geometry::Ruler;

/// Travel of a touchpad that goes one slice on, in points.
const POINTS_PER_SLICE: f32 = 40.0;
const SLICES_PER_PAGE: f32 = 10.0;
/// Zoom per point of a right-button drag: 100 points are a factor of 2.
const ZOOM_PER_POINT: f64 = 0.006_93;
/// Between two panes, in points.
const GAP: f32 = 2.0;

/// The viewport's own memory: a picture for each pane.
pub(super) struct Viewport {
    renderer: Renderer,
    panes: [PaneLook; 2],
    placement: Option<Placement>,
    wheel: f32,
    /// The length that is being drawn.
    measuring: Option<Ruler>,
}

#[derive(Default)]
struct PaneLook {
    picture: Picture,
    marks: HeatmapMarks,
}

/// A pane in this frame of the window.
struct Place {
    pane: Pane,
    rect: Rect,
    placed: Placement,
}

impl Viewport {
    pub fn new(renderer: Renderer) -> Self {
        Self { renderer, panes: Default::default(), placement: None, wheel: 0.0, measuring: None }
    }

    /// Where the picture lay in the last frame.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }

    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let Some(current) = state.current() else { return };
        self.placement = None;
        let name = state.items().get(current.item).map_or(String::new(), |item| words(ui).item(item));
        let mut places = Vec::new();
        for (pane, rect) in rects(ui.available_rect_before_wrap(), state) {
            let (id, spoken) = match pane {
                Pane::First => ("viewport", words(ui).with("picture-spoken", &[("name", name.as_str().into())])),
                Pane::Second => {
                    ("second viewport", words(ui).with("picture-spoken-right", &[("name", name.as_str().into())]))
                }
            };
            let response = ui.interact(rect, Id::unique(id), Sense::click_and_drag());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, &spoken));
            let Some(scan) = &current.scan else { return without_picture(ui, rect, current) };
            let in_pixels = |points: f32| f64::from(points) * f64::from(ui.pixels_per_point());
            let size = (in_pixels(rect.width()), in_pixels(rect.height()));
            let placed = Placement::new(&current.view, current.turn, scan.size, scan.meta.spacing, size);
            self.placement = Some(placed);
            self.mouse(ui, &response, &placed, current, wishes);
            places.push(Place { pane, rect, placed });
        }
        let cursor = places.iter().find_map(|place| cursor(ui, place));
        for (place, look) in places.iter().zip(&mut self.panes) {
            ui.scope_builder(UiBuilder::new().max_rect(place.rect), |ui| match (&current.error, &current.shown) {
                (None, Some(shown)) => {
                    look.show(ui, state, (current, shown), place, (cursor, &self.renderer));
                    rulers::rulers(ui, place.rect, (current, shown), &place.placed, self.measuring);
                }
                _ => without_picture(ui, place.rect, current),
            });
        }
    }

    fn mouse(&mut self, ui: &Ui, response: &Response, placed: &Placement, current: &Current, wishes: &mut Wishes) {
        let pixels_per_point = f64::from(ui.pixels_per_point());
        let in_pixels = |v: Vec2| (f64::from(v.x) * pixels_per_point, f64::from(v.y) * pixels_per_point);
        let local = |at: egui::Pos2| in_pixels(at - response.rect.min);
        let (space, shift) = ui.input(|input| (input.key_down(Key::Space), input.modifiers.shift));
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
        } else if (self.measuring.is_some() && (response.dragged() || response.drag_stopped()))
            || (shift && response.drag_started_by(PointerButton::Primary))
        {
            self.measure(ui, response, placed, wishes);
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

    /// A length from where the button went down to where the pointer is.
    fn measure(&mut self, ui: &Ui, response: &Response, placed: &Placement, wishes: &mut Wishes) {
        ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        let point = |at: egui::Pos2| {
            let local = (at - response.rect.min) * ui.pixels_per_point();
            placed.to_image((f64::from(local.x), f64::from(local.y)))
        };
        let (from, to) = ui.input(|input| (input.pointer.press_origin(), input.pointer.latest_pos()));
        let from = self.measuring.map(|ruler| ruler.from).or_else(|| from.map(point));
        let Some((from, to)) = from.zip(to.map(point)) else { return self.measuring = None };
        let ruler = Ruler { from, to };
        if response.drag_stopped() {
            self.measuring = None;
            wishes.commands.push(Command::Measure(ruler));
        } else {
            self.measuring = Some(ruler);
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

impl PaneLook {
    fn show(
        &mut self,
        ui: &Ui,
        state: &AppState,
        (current, shown): (&Current, &Shown),
        Place { pane, rect, placed }: &Place,
        (cursor, renderer): (Option<(f64, f64)>, &Renderer),
    ) {
        let Some(shader) = current.shader(state.invert()) else { return };
        let heatmap = state.heatmaps().ready(*pane);
        let style = state.heatmaps().overlay_style(*pane);
        let over = heatmap.zip(style).map(|(heatmap, style)| Overlay { heatmap: heatmap.clone(), style });
        let smooth = state.smooth();
        let order = Order { picture: &shown.picture, shader, smooth, placed, overlay: over.as_ref(), renderer };
        self.picture.show(ui, *rect, &order);
        if let Some(over) = &over {
            if state.heatmaps().style().contour {
                self.marks.contour(ui, *rect, placed, shown.picture.size(), over);
            }
            // One bar is enough for one scale.
            let later = state.heatmaps().panes().last().filter(|last| *last != pane);
            if later.and_then(|last| state.heatmaps().overlay_style(*last)) != Some(over.style) {
                self.marks.bar(ui, *rect, over);
            }
        }
        let words = words(ui);
        let evidence = cursor.zip(heatmap).and_then(|(point, heatmap)| heatmap_marks::reading(words, heatmap, point));
        let own = Corner { heatmap: heatmap_marks::corner_line(words, state, *pane), cursor, evidence };
        overlay::overlay(ui, *rect, state, (current, placed), own);
        let elsewhere = ui.ctx().pointer_hover_pos().is_none_or(|at| !rect.contains(at));
        if let Some(point) = cursor.filter(|_| elsewhere) {
            heatmap_marks::cross(ui, *rect, heatmap_marks::on_screen(ui, *rect, placed, point));
        }
    }
}

/// The panes and their places: the whole, or two halves.
fn rects(whole: Rect, state: &AppState) -> Vec<(Pane, Rect)> {
    if !state.heatmaps().is_comparing() {
        return vec![(Pane::First, whole)];
    }
    let (left, right) = whole.split_left_right_at_x(whole.center().x.round());
    vec![
        (Pane::First, left.with_max_x(left.right() - GAP / 2.0)),
        (Pane::Second, right.with_min_x(right.left() + GAP / 2.0)),
    ]
}

/// Where the pointer is on the picture, where it is over this pane.
fn cursor(ui: &Ui, place: &Place) -> Option<(f64, f64)> {
    let at = ui.ctx().pointer_hover_pos().filter(|at| place.rect.contains(*at))?;
    let local = (at - place.rect.min) * ui.pixels_per_point();
    Some(place.placed.to_image((f64::from(local.x), f64::from(local.y))))
}

/// A sentence instead of the picture, or a sign of work.
fn without_picture(ui: &mut Ui, rect: Rect, current: &Current) {
    let p = theme::palette(true);
    let words = words(ui);
    match &current.error {
        Some(CurrentError::File(problem)) => {
            in_the_middle(ui, rect, words.text("picture-no-file"), words.problem(problem), p.red);
        }
        Some(CurrentError::Frame { problem, .. }) if current.frames() < 2 => {
            in_the_middle(ui, rect, words.text("picture-no-file"), words.problem(problem), p.red);
        }
        Some(CurrentError::Frame { index, problem }) => {
            let title = words.with("picture-no-frame", &[("index", (index + 1).into())]);
            in_the_middle(ui, rect, &title, words.problem(problem), p.red);
        }
        None => {
            let at = Rect::from_center_size(rect.center(), Vec2::splat(24.0));
            ui.put(at, Spinner::new().size(24.0).color(theme::ON_PICTURE_WEAK));
        }
    }
}

fn in_the_middle(ui: &mut Ui, rect: Rect, title: &str, (text, lines): Told, color: egui::Color32) {
    let width = (rect.width() - 64.0).clamp(120.0, 560.0);
    let at = Rect::from_center_size(rect.center(), vec2(width, 160.0));
    let layout = egui::Layout::top_down(egui::Align::Center);
    ui.scope_builder(egui::UiBuilder::new().max_rect(at).layout(layout), |ui| {
        let (icon, _) = ui.allocate_exact_size(vec2(32.0, 32.0), Sense::hover());
        super::icons::paint(ui.painter(), icon, 28.0, super::icons::Icon::Warning, color);
        ui.label(egui::RichText::new(title).font(theme::heading()).color(theme::ON_PICTURE));
        let text = egui::RichText::new(text).color(theme::ON_PICTURE_WEAK);
        ui.add(egui::Label::new(text).wrap().selectable(true).halign(egui::Align::Center));
        facts(ui, &lines);
    });
}

/// The English sentence behind a problem, on request.
fn facts(ui: &mut Ui, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let id = ui.scope_id().with(lines);
    let open: bool = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let text = if open { words(ui).text("details-hide") } else { words(ui).text("details-show") };
    if ui.link(egui::RichText::new(text).font(theme::small())).clicked() {
        ui.data_mut(|data| data.insert_temp(id, !open));
    }
    if open {
        let text = egui::RichText::new(lines.join("\n")).font(theme::small()).color(theme::ON_PICTURE_WEAK);
        ui.add(egui::Label::new(text).wrap().selectable(true).halign(egui::Align::Center));
    }
}
