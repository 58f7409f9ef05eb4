//! The slices of the views: what the workers bring, scrolling, planes.

use std::path::Path;

use super::current::CurrentError;
use super::jobs::first_frame;
use super::views::MOST;
use super::{AppState, Current, Decoded, Link, PlanePicture, Problem, SliceChoice, Stack, ViewTransform};
use crate::geometry::Turn;
use crate::render::{Plane, same_space};
use crate::scan::Scan;

impl AppState {
    /// The header of a scan is read, or why not. The view that opened it gets its first frame without asking.
    pub(super) fn opened(&mut self, generation: u64, result: Result<Scan, Problem>) {
        let views: Vec<usize> = (0..MOST)
            .filter(|view| self.views.get(*view).is_some_and(|c| c.opening == generation && c.scan.is_none()))
            .collect();
        for view in views {
            let Some(current) = self.views.get_mut(view) else { continue };
            match &result {
                Ok(scan) => {
                    current.opened(scan.clone(), first_frame(scan));
                    if current.generation != generation || current.plane.is_some() {
                        self.ask(view);
                    }
                }
                Err(problem) => {
                    current.error = Some(CurrentError::File(problem.clone()));
                    current.prediction = super::PredictionState::None;
                    let item = current.item;
                    self.item_failed(item, problem);
                }
            }
        }
    }

    /// A frame of a view that shows frames as they are stored.
    pub(super) fn frame_shown(&mut self, view: usize, index: usize, result: Result<Decoded, Problem>) {
        let Some(current) = self.views.get_mut(view).filter(|current| current.plane.is_none()) else { return };
        match result {
            Ok(decoded) => {
                current.show(index, decoded);
                self.look_like_twin(view);
            }
            Err(problem) => {
                let (item, only_frame) = (current.item, current.frames() < 2);
                current.shown = None;
                current.error = Some(CurrentError::Frame { index, problem: problem.clone() });
                if only_frame {
                    self.item_failed(item, &problem);
                }
            }
        }
    }

    pub(super) fn plane_ready(&mut self, generation: u64, plane: Plane, result: Result<Box<PlanePicture>, Problem>) {
        let Some(view) = self.views.of_generation(generation) else { return };
        let Some(current) = self.views.get_mut(view).filter(|current| current.plane == Some(plane)) else { return };
        match result {
            Ok(picture) => {
                let PlanePicture { stack, index, decoded, remarks } = *picture;
                if current.stack.as_ref() != Some(&stack) {
                    (current.wanted_frame, current.plane_remarks) = (index, remarks);
                    current.stack = Some(stack);
                }
                current.show(index, decoded);
                self.look_like_twin(view);
                self.start_crosshair(view);
                self.ask_fusion(view);
            }
            Err(problem) => {
                (current.loading, current.error) = (None, Some(CurrentError::Plane(problem)));
            }
        }
    }

    /// A view's first picture takes the window of another view of its item, so that they look alike from the start.
    fn look_like_twin(&mut self, view: usize) {
        let Some(current) = self.views.get(view).filter(|current| current.windowing.is_first) else { return };
        let (item, generation) = (current.item, current.generation);
        let twin = |other: &&Current| other.item == item && other.generation != generation && other.window().is_some();
        let like = self.views.iter().find(twin).map(|twin| (twin.windowing.clone(), twin.colors));
        let Some(current) = self.views.get_mut(view) else { return };
        if let Some((windowing, colors)) = like.filter(|(windowing, _)| windowing.lut().is_none()) {
            (current.windowing, current.colors) = (windowing, colors);
        }
        current.windowing.is_first = false;
    }

    pub(super) fn volume_progress(&mut self, path: &Path, done: usize, total: usize) {
        for current in self.views.iter_mut() {
            let waits = current.plane.is_some() && current.stack.as_ref().is_none_or(|s| s.plane != current.plane);
            if waits && current.scan.as_ref().is_some_and(|scan| scan.path == path) {
                current.loading = Some((done, total));
            }
        }
    }

    /// Slice `index` in view `view`; slices of other views that are linked follow.
    pub(super) fn go_to_frame(&mut self, index: usize) {
        let view = self.views.active;
        let Some(before) = self.current().map(|current| current.wanted_frame) else { return };
        let Some(index) = self.scroll(view, index) else { return };
        self.move_crosshair(view, index);
        if self.views.is_linked(Link::Scroll) {
            self.scroll_others(view, before, index);
        }
    }

    /// The slice that is then wanted; `None` where nothing changes.
    pub(super) fn scroll(&mut self, view: usize, index: usize) -> Option<usize> {
        let current = self.views.get_mut(view)?;
        let stack = current.stack.as_ref().filter(|stack| stack.plane == current.plane)?;
        let index = index.min(stack.count.saturating_sub(1));
        if index == current.wanted_frame {
            return None;
        }
        current.wanted_frame = index;
        self.ask(view);
        Some(index)
    }

    /// To the same place in the patient where that is known to be the same, else as many slices on.
    fn scroll_others(&mut self, active: usize, before: usize, index: usize) {
        let Some(current) = self.views.get(active) else { return };
        let (Some(stack), Some(scan)) = (current.stack.clone(), current.scan.clone()) else { return };
        let (item, middle) = (current.item, stack.middle(index));
        let target = |view: usize, other: &Current| {
            let (own, own_scan) = (other.stack.as_ref()?, other.scan.as_ref()?);
            if view == active || !own.is_parallel_to(&stack) {
                return None;
            }
            let same = other.item == item || same_space(&scan.meta, &own_scan.meta).is_ok();
            let place = middle.filter(|_| same).and_then(|point| own.nearest_slice(point, other.wanted_frame));
            let by = index as isize - before as isize;
            Some((view, place.unwrap_or_else(|| other.wanted_frame.saturating_add_signed(by))))
        };
        let targets: Vec<_> = self.views.shown().filter_map(|(view, other)| target(view, other)).collect();
        for (view, index) in targets {
            self.scroll(view, index);
        }
    }

    /// A plane for the active view; `None` for the frames as they are stored.
    pub(super) fn set_plane(&mut self, plane: Option<Plane>) {
        let view = self.views.active;
        let crosshair = self.current().and_then(|current| self.views.crosshair_in(current));
        let Some(current) = self.active_mut().filter(|current| current.plane != plane) else { return };
        let Some(scan) = current.scan.clone() else { return };
        let middle = current.shown_stack().zip(current.shown.as_ref()).and_then(|(s, shown)| s.middle(shown.index));
        let point = crosshair.or(middle);
        if current.plane.is_none() {
            current.volume = current.stack.as_ref().map_or(0, |stack| stack.volume_of(current.wanted_frame));
        }
        (current.plane, current.error, current.loading) = (plane, None, None);
        (current.view, current.turn, current.playing) = (ViewTransform::Fit, Turn::default(), false);
        current.wanted_slice = point.map_or(SliceChoice::Middle, SliceChoice::Through);
        if plane.is_none() {
            let stack = Stack::of_frames(&scan);
            let first = stack.first_of_volume(current.volume);
            current.wanted_frame =
                point.and_then(|point| stack.nearest_slice(point, first)).unwrap_or_else(|| first_frame(&scan));
            (current.stack, current.plane_remarks) = (Some(stack), Vec::new());
            self.jobs.leave_plane(view);
        }
        self.ask(view);
    }
}
