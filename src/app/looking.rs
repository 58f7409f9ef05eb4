//! What becomes of a person's wishes about how the active view looks, and of the views that look alike with it.

use super::windowing::NextWindow;
use super::{AppState, Current, Link, Mark, Shape, ValueWindow, ViewTransform, WindowSource};
use crate::scan::Window;

impl AppState {
    /// Changes the active view's window; linked views of the same kind follow.
    pub(super) fn change_window(&mut self, change: impl FnOnce(&mut Current)) {
        if let Some(current) = self.active_mut() {
            change(current);
        }
        self.share_window();
    }

    pub(super) fn header_window(&mut self, n: usize) {
        let Some(current) = self.active_mut() else { return };
        let windows = current.header_windows().to_vec();
        if current.windowing.header(n, &windows) {
            self.share_window();
        } else {
            self.value_window(ValueWindow::Auto);
        }
    }

    pub(super) fn next_window(&mut self) {
        let Some(current) = self.current() else { return };
        match current.windowing.next(current.header_windows().len(), current.luts().len()) {
            NextWindow::Header(n) => self.header_window(n),
            NextWindow::Lut(n) => self.show_through_lut(n),
            NextWindow::Values(from) => self.value_window(from),
        }
    }

    /// The worker makes the picture; until then the window stays.
    pub(super) fn show_through_lut(&mut self, n: usize) {
        let view = self.views.active;
        let Some(current) = self.active_mut().filter(|current| n < current.luts().len()) else { return };
        current.windowing.source = WindowSource::Lut(n);
        self.ask(view);
    }

    /// Asks the worker to look at the values.
    pub(super) fn value_window(&mut self, from: ValueWindow) {
        let Some(current) = self.current() else { return };
        let Some(shown) = &current.shown else { return };
        self.jobs.window(self.views.active, current.generation, shown.picture.frame().clone(), from);
    }

    pub(super) fn window_ready(&mut self, generation: u64, from: ValueWindow, window: Window) {
        let Some(view) = self.views.of_generation(generation) else { return };
        if let Some(current) = self.views.get_mut(view) {
            current.windowing.found(from, window);
        }
        if view == self.views.active {
            self.share_window();
        }
    }

    pub(super) fn reset_picture(&mut self) {
        if let Some(current) = self.active_mut() {
            current.reset();
        }
        self.ask_for_lut();
        self.share_window();
        self.share_view();
    }

    pub(super) fn reset_window(&mut self) {
        if let Some(current) = self.active_mut() {
            let windows = current.header_windows().to_vec();
            current.windowing.reset(&windows);
        }
        self.ask_for_lut();
        self.share_window();
    }

    /// A scan that opened with a VOI LUT may need its picture again.
    fn ask_for_lut(&mut self) {
        let view = self.views.active;
        let Some(current) = self.current() else { return };
        let there = current.shown.as_ref().and_then(|shown| shown.through.as_ref()).map(|(n, _)| *n);
        if current.windowing.lut().is_some_and(|wanted| there != Some(wanted)) {
            self.ask(view);
        }
    }

    /// The active view's window for those whose values mean the same.
    fn share_window(&mut self) {
        let active = self.views.active;
        let Some(current) = self.current().filter(|_| self.views.is_linked(Link::Window)) else { return };
        // A table belongs to its own frames.
        let Some(window) = current.window().cloned().filter(|_| current.windowing.lut().is_none()) else { return };
        let (source, item) = (current.windowing.source, current.item);
        let kind = |current: &Current| {
            let meta = current.scan.as_ref().map(|scan| scan.meta.clone())?;
            Some((meta.modality.clone(), meta.unit.clone()))
        };
        let own = kind(current);
        let alike = |(view, other): (usize, &Current)| {
            (view != active && other.shown.is_some() && kind(other) == own).then_some((view, other.item == item))
        };
        let others: Vec<_> = self.views.shown().filter_map(alike).collect();
        for (view, same_item) in others {
            // Another scan's header window of that number is another window.
            let from_header = matches!(source, WindowSource::Header(_)) && !same_item;
            if let Some(other) = self.views.get_mut(view) {
                other.windowing.like(window.clone(), if from_header { WindowSource::Preset } else { source });
            }
        }
    }

    pub(super) fn set_view(&mut self, view: ViewTransform) {
        if let Some(current) = self.active_mut() {
            current.view = view;
        }
        self.share_view();
    }

    /// Other views as large as the active one, in mm where both are known; at the same place where they look the same
    /// way.
    fn share_view(&mut self) {
        let active = self.views.active;
        let Some(current) = self.current().filter(|_| self.views.is_linked(Link::Zoom)) else { return };
        let (view, Some(own)) = (current.view, current.stack.clone()) else { return };
        let likewise = |(at, other): (usize, &Current)| {
            let stack = other.stack.as_ref().filter(|_| at != active)?;
            let ViewTransform::Free { zoom, center } = view else { return Some((at, ViewTransform::Fit)) };
            let mm = stack.spacing.zip(own.spacing).map_or(1.0, |(theirs, own)| theirs.col_mm / own.col_mm);
            let (width, height) = (stack.size.cols as f64, stack.size.rows as f64);
            let center = if stack.is_parallel_to(&own) {
                (center.0 / own.size.cols.max(1) as f64 * width, center.1 / own.size.rows.max(1) as f64 * height)
            } else {
                match other.view {
                    ViewTransform::Free { center, .. } => center,
                    ViewTransform::Fit => (width / 2.0, height / 2.0),
                }
            };
            Some((at, ViewTransform::Free { zoom: zoom * mm, center }))
        };
        let others: Vec<_> = self.views.shown().filter_map(likewise).collect();
        for (at, view) in others {
            if let Some(other) = self.views.get_mut(at) {
                other.view = view;
            }
        }
    }

    /// A mark on the slice that is shown; what a region holds, a worker finds out.
    pub(super) fn measure(&mut self, shape: Shape) {
        let id = self.next_generation();
        let Some(current) = self.active_mut() else { return };
        let Some((frame, mark)) = current.shown.as_ref().map(|shown| {
            let mark = Mark { id, plane: shown.plane, slice: shown.index, shape };
            (shown.picture.frame().clone(), mark)
        }) else {
            return;
        };
        let spacing = current.stack.as_ref().and_then(|stack| stack.spacing);
        let generation = current.generation;
        if current.marks.add(mark)
            && let Shape::Region(roi) = shape
        {
            self.jobs.region(generation, id, frame, roi, spacing);
        }
    }
}
