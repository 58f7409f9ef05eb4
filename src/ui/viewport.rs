//! The pictures: one view or several, drawn at the screen's resolution, moved and windowed with the mouse.

use eframe::egui::{self, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::crosshair;
use super::gestures::{Gestures, Under};
use super::heatmap_marks::{self, HeatmapMarks};
use super::overlay::{self, Corner};
use super::picture::{Order, Over, Overlay, Picture};
use super::renderer::Renderer;
use super::rulers;
use super::shell::Wishes;
use super::theme;
use super::without_picture::{empty_view, loading, without_picture};
use super::words::words;
use crate::app::{AppState, Command, Current, Layout, Link, Pane, Placement, Shown};
use crate::geometry::Size;

/// Between two panes or views, in points.
const GAP: f32 = 2.0;

/// The views' own memory.
pub(super) struct Viewport {
    renderer: Renderer,
    views: [ViewLook; 4],
    /// Of the active view.
    placement: Option<Placement>,
}

/// A view's memory: a picture for each pane.
#[derive(Default)]
struct ViewLook {
    panes: [PaneLook; 2],
    gestures: Gestures,
}

#[derive(Default)]
struct PaneLook {
    picture: Picture,
    marks: HeatmapMarks,
}

/// A pane in this frame of the window.
struct Place {
    view: usize,
    /// `None` in views that show no heatmap.
    pane: Option<Pane>,
    rect: Rect,
    placed: Placement,
}

impl Viewport {
    pub fn new(renderer: Renderer) -> Self {
        Self { renderer, views: Default::default(), placement: None }
    }

    /// Where the active view's picture lay in the last frame.
    pub fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }

    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        self.placement = None;
        let views = state.views();
        let mut places = Vec::new();
        let cells = cells(ui.available_rect_before_wrap(), views.layout());
        for (view, cell) in cells.iter().enumerate() {
            let Some(current) = views.get(view) else {
                let response = sensed(ui, (view, Pane::First), *cell, &empty_view(ui, *cell));
                activate(&response, state, view, wishes);
                continue;
            };
            let panes = if views.subject() == view { state.heatmaps().panes() } else { &[Pane::First] };
            for (pane, rect) in split(*cell, panes) {
                let response = sensed(ui, (view, pane), rect, &spoken(ui, state, current, (view, pane)));
                activate(&response, state, view, wishes);
                let (Some(size), true) = (picture_size(current), current.error.is_none()) else {
                    without_picture(ui, rect, current, wishes);
                    break;
                };
                let placed = placed(ui, rect, current, size);
                if view == views.active() {
                    self.placement = Some(placed);
                }
                let alone = views.layout() == Layout::One && current.plane.is_none();
                let (tool, crosshair) = (state.tool(), !alone);
                if let Some(look) = self.views.get_mut(view) {
                    let under = Under { response: &response, placed: &placed, current, tool, crosshair };
                    look.gestures.mouse(ui, &under, wishes);
                }
                places.push(Place { view, pane: (views.subject() == view).then_some(pane), rect, placed });
            }
        }
        self.draw(ui, state, &places);
        for (view, cell) in cells.iter().enumerate().filter(|_| cells.len() > 1) {
            let color = if view == views.active() { theme::on_dark().accent } else { theme::BETWEEN_VIEWS };
            ui.painter().rect_stroke(*cell, 0.0, Stroke::new(1.0, color), StrokeKind::Inside);
        }
    }

    fn draw(&mut self, ui: &mut Ui, state: &AppState, places: &[Place]) {
        let cursor = places.iter().find_map(|place| cursor(ui, place));
        for place in places {
            let Some((current, look)) = state.views().get(place.view).zip(self.views.get_mut(place.view)) else {
                continue;
            };
            let drawing = look.gestures.drawing();
            let pane = if place.pane == Some(Pane::Second) { 1 } else { 0 };
            let Some(pane) = look.panes.get_mut(pane) else { continue };
            ui.scope_builder(UiBuilder::new().max_rect(place.rect), |ui| {
                if let Some(shown) = &current.shown {
                    let cursor = cursor.and_then(|(view, point)| seen_from(state, (view, point), place.view));
                    pane.show(ui, state, (current, shown), place, (cursor, &self.renderer));
                    rulers::rulers(ui, place.rect, (current, shown), &place.placed, drawing);
                    crosshair::crosshair(ui, place.rect, state, (current, shown), &place.placed);
                }
                loading(ui, place.rect, current);
            });
        }
    }
}

/// Where the mouse is felt, with a name for those who cannot see it.
fn sensed(ui: &Ui, id: (usize, Pane), rect: Rect, spoken: &str) -> Response {
    let response = ui.interact(rect, Id::unique(("viewport", id)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, spoken));
    response
}

fn spoken(ui: &Ui, state: &AppState, current: &Current, (view, pane): (usize, Pane)) -> String {
    let words = words(ui);
    let outside = || current.outside_name().unwrap_or_default();
    let name = ("name", state.items().get(current.item).map_or_else(outside, |item| words.item(item)).into());
    if pane == Pane::Second {
        return words.with("picture-spoken-right", &[name]);
    }
    if state.views().layout() == Layout::One {
        return words.with("picture-spoken", &[name]);
    }
    words.with("picture-spoken-view", &[name, ("view", (view + 1).into())])
}

/// Whoever presses or turns the wheel over a view acts on it.
fn activate(response: &Response, state: &AppState, view: usize, wishes: &mut Wishes) {
    let pressed = response.is_pointer_button_down_on() || response.clicked();
    let turned = response.hovered()
        && response.ctx.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::MouseWheel { .. })));
    if (pressed || turned) && view != state.views().active() {
        wishes.commands.push(Command::Activate(view));
    }
}

/// Of what is shown; before that, of the frame that will be.
fn picture_size(current: &Current) -> Option<Size> {
    match &current.shown {
        Some(shown) => Some(shown.picture.size()),
        None => current.scan.as_ref().filter(|_| current.plane.is_none()).map(|scan| scan.size),
    }
}

fn placed(ui: &Ui, rect: Rect, current: &Current, size: Size) -> Placement {
    let in_pixels = |points: f32| f64::from(points) * f64::from(ui.pixels_per_point());
    let viewport = (in_pixels(rect.width()), in_pixels(rect.height()));
    Placement::new(&current.view, current.turn, size, current.spacing(), viewport)
}

impl PaneLook {
    fn show(
        &mut self,
        ui: &Ui,
        state: &AppState,
        (current, shown): (&Current, &Shown),
        Place { view, pane, rect, placed }: &Place,
        (cursor, renderer): (Option<(f64, f64)>, &Renderer),
    ) {
        let (Some(shader), Some(picture)) = (current.shader(), current.drawn()) else { return };
        let heatmap = pane.and_then(|pane| state.heatmaps().ready(pane)).filter(|_| current.shown_frame().is_some());
        let style = pane.and_then(|pane| state.heatmaps().overlay_style(pane));
        let heat = heatmap.zip(style);
        // A heatmap that is switched on goes before another scan.
        let fused = current.fused().filter(|_| heat.is_none());
        let over = match (heat, fused) {
            (Some((heatmap, style)), _) => Some(Overlay { over: Over::Heatmap(heatmap.clone()), style }),
            (None, Some((fusion, fused))) => {
                Some(Overlay { over: Over::Fused(fused.clone()), style: fusion.style(fused) })
            }
            (None, None) => None,
        };
        let smooth = state.smooth();
        let order = Order { picture, shader, smooth, placed, overlay: over.as_ref(), renderer };
        self.picture.show(ui, *rect, &order);
        let words = words(ui);
        if let Some((heatmap, style)) = heat {
            if state.heatmaps().style().contour {
                self.marks.contour(ui, *rect, placed, shown.picture.size(), (heatmap, &style));
            }
            // One bar is enough for one scale.
            let later = state.heatmaps().panes().last().filter(|last| Some(**last) != *pane);
            if later.and_then(|last| state.heatmaps().overlay_style(*last)) != Some(style) {
                self.marks.bar(ui, *rect, &style, heatmap_marks::unit(words, heatmap));
            }
        }
        if let Some((fusion, fused)) = fused {
            self.marks.bar(ui, *rect, &fusion.style(fused), "");
        }
        let evidence = cursor.zip(heatmap).and_then(|(point, heatmap)| heatmap_marks::reading(words, heatmap, point));
        let heatmap = pane.and_then(|pane| heatmap_marks::corner_line(words, state, pane));
        overlay::overlay(ui, *rect, state, (current, placed), Corner { view: *view, heatmap, cursor, evidence });
        let elsewhere = ui.ctx().pointer_hover_pos().is_none_or(|at| !rect.contains(at));
        if let Some(point) = cursor.filter(|_| elsewhere) {
            heatmap_marks::cross(ui, *rect, heatmap_marks::on_screen(ui, *rect, placed, point));
        }
    }
}

/// The places of a layout's views, row by row.
fn cells(whole: Rect, layout: Layout) -> Vec<Rect> {
    let (rows, cols) = layout.grid();
    if layout == Layout::One {
        return vec![whole];
    }
    let at = |share: f32, low: f32, high: f32| (low + share * (high - low)).round();
    let (x, y) = (|n: usize| n as f32 / cols as f32, |n: usize| n as f32 / rows as f32);
    let cell = |n: usize| {
        let (row, col) = (n / cols, n % cols);
        Rect::from_min_max(
            pos2(at(x(col), whole.left(), whole.right()), at(y(row), whole.top(), whole.bottom())),
            pos2(at(x(col + 1), whole.left(), whole.right()), at(y(row + 1), whole.top(), whole.bottom())),
        )
        .shrink2(vec2(GAP / 2.0, GAP / 2.0))
    };
    (0..layout.views()).map(cell).collect()
}

/// The panes of a view and their places: the whole, or two halves.
fn split(whole: Rect, panes: &[Pane]) -> Vec<(Pane, Rect)> {
    if panes.len() < 2 {
        return vec![(Pane::First, whole)];
    }
    let (left, right) = whole.split_left_right_at_x(whole.center().x.round());
    vec![
        (Pane::First, left.with_max_x(left.right() - GAP / 2.0)),
        (Pane::Second, right.with_min_x(right.left() + GAP / 2.0)),
    ]
}

/// Where the pointer is on the picture, and on which view's, where it is over this pane.
fn cursor(ui: &Ui, place: &Place) -> Option<(usize, (f64, f64))> {
    let at = ui.ctx().pointer_hover_pos().filter(|at| place.rect.contains(*at))?;
    let local = (at - place.rect.min) * ui.pixels_per_point();
    Some((place.view, place.placed.to_image((f64::from(local.x), f64::from(local.y)))))
}

/// The pointer's place as seen from another view, where that shows the same place of the same direction.
fn seen_from(state: &AppState, (view, point): (usize, (f64, f64)), other: usize) -> Option<(f64, f64)> {
    if view == other {
        return Some(point);
    }
    let views = state.views();
    let (from, to) = (views.get(view)?, views.get(other)?);
    let (stack, own) = (from.shown_stack()?, to.shown_stack()?);
    if !views.is_linked(Link::Cursor) || !stack.is_parallel_to(own) {
        return None;
    }
    if from.is_in_space_of(to)
        && let Some(patient) = stack.point(from.shown.as_ref()?.index, point)
    {
        return own.locate(patient).map(|place| (place.x, place.y));
    }
    (stack.size == own.size).then_some(point)
}
