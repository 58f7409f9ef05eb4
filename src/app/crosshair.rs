//! The crosshair: a place in the patient that the views of one space share.

use super::views::Crosshair;
use super::{AppState, Current, Link};

impl AppState {
    /// The crosshair at a point of the active view's slice; views of the same space turn to it.
    pub(super) fn place_crosshair(&mut self, point: (f64, f64)) {
        let active = self.views.active;
        let Some(current) = self.current() else { return };
        let Some((stack, shown)) = current.shown_stack().zip(current.shown.as_ref()) else { return };
        let (Some(scan), Some(patient)) = (current.scan.clone(), stack.point(shown.index, point)) else { return };
        self.views.crosshair = Some(Crosshair { point: patient, item: current.item, scan });
        if self.views.is_linked(Link::Cursor) {
            self.follow_crosshair(active);
        }
    }

    pub(super) fn follow_crosshair(&mut self, active: usize) {
        let target = |view: usize, other: &Current| {
            let point = self.views.crosshair_in(other).filter(|_| view != active)?;
            Some((view, other.stack.as_ref()?.nearest_slice(point, other.wanted_frame)?))
        };
        let targets: Vec<_> = self.views.shown().filter_map(|(view, other)| target(view, other)).collect();
        for (view, index) in targets {
            self.scroll(view, index);
        }
    }

    /// Planes have a crosshair from the start, in the middle of the first.
    pub(super) fn start_crosshair(&mut self, view: usize) {
        let Some(current) = self.views.get(view) else { return };
        if self.views.crosshair_in(current).is_some() {
            return;
        }
        let middle = current.shown_stack().and_then(|stack| stack.middle(current.wanted_frame));
        if let (Some(point), Some(scan)) = (middle, current.scan.clone()) {
            self.views.crosshair = Some(Crosshair { point, item: current.item, scan });
        }
    }

    /// With the slice that is scrolled to.
    pub(super) fn move_crosshair(&mut self, view: usize, index: usize) {
        let Some(current) = self.views.get(view).filter(|_| self.views.is_linked(Link::Cursor)) else { return };
        let Some(stack) = current.stack.as_ref() else { return };
        let place = self.views.crosshair_in(current).and_then(|point| stack.locate(point));
        let moved = place.and_then(|place| stack.point(index, (place.x, place.y)));
        // In the coordinates of the view's scan, which are those of the crosshair's.
        if let (Some(point), Some(crosshair)) = (moved, &mut self.views.crosshair) {
            crosshair.point = point;
        }
    }
}
