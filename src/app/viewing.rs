//! What becomes of a person's wishes about the views: which item in which view, slices, planes, the crosshair.

use super::current::CurrentError;
use super::jobs::{FrameJob, SliceJob, first_frame};
use super::views::{Crosshair, MOST};
use super::{
    AppState, Current, Decoded, Layout, Link, PlanePicture, Problem, SliceChoice, Stack, ViewTransform, Views,
};
use crate::geometry::Turn;
use crate::render::{Plane, same_space};
use crate::scan::Scan;

impl AppState {
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// What the active view holds; `None` while it is empty.
    pub fn current(&self) -> Option<&Current> {
        self.views.get(self.views.active())
    }

    pub(super) fn active_mut(&mut self) -> Option<&mut Current> {
        self.views.get_mut(self.views.active)
    }

    /// What the model is asked about.
    pub(super) fn subject(&self) -> Option<&Current> {
        self.views.get(self.views.subject())
    }

    /// Item `index` into the active view, or into all where they show planes of one item.
    pub(super) fn select(&mut self, index: usize) {
        let Some(_) = self.items.get(index) else { return };
        self.items.select(index);
        self.point_to_selected();
        let views = match self.views.layout {
            // The stored frames first: they are there before the volume is.
            Layout::Planes => vec![3, 0, 1, 2],
            _ => vec![self.views.active],
        };
        let there = |view: &usize| self.views.get(*view).is_some_and(|current| current.item == index);
        if views.iter().all(there) {
            return;
        }
        for view in views {
            self.open_item(view, index, self.plane_of(view));
        }
    }

    fn plane_of(&self, view: usize) -> Option<Plane> {
        let planes = self.views.layout == Layout::Planes;
        Layout::PLANES.get(view).copied().flatten().filter(|_| planes)
    }

    fn open_item(&mut self, view: usize, item: usize, plane: Option<Plane>) {
        let Some(files) = self.files(item) else { return };
        let generation = self.next_generation();
        let mut current = Current { plane, ..Current::new(item, files.clone(), generation) };
        if let Some(before) = self.views.get(view) {
            current.invert = before.invert;
            if before.plane.is_some() {
                self.jobs.leave_plane(view);
            }
        }
        let fails = |other: &Current| matches!(other.error, Some(CurrentError::File(_)));
        let twin = self.views.iter().find(|other| other.item == item && !fails(other));
        let mut scan = None;
        match twin {
            Some(twin) => {
                (current.opening, current.prediction) = (twin.opening, twin.prediction.clone());
                (current.prediction_request, current.slice_override) = (twin.prediction_request, twin.slice_override);
                scan = twin.scan.clone();
            }
            None => self.jobs.open(view, generation, files),
        }
        if let Some(scan) = scan {
            let first = first_frame(&scan);
            current.opened(scan, first);
        }
        self.views.set(view, Some(current));
        self.ask(view);
        self.adopt_orphans();
    }

    /// Views that waited for a scan which another view was opening, and no longer is.
    fn adopt_orphans(&mut self) {
        for view in 0..MOST {
            let Some(current) = self.views.get(view) else { continue };
            let waits = current.scan.is_none() && current.error.is_none();
            if !waits || self.views.of_generation(current.opening).is_some() {
                continue;
            }
            let (generation, files) = (current.generation, current.files.clone());
            self.jobs.open(view, generation, files);
            if let Some(current) = self.views.get_mut(view) {
                current.opening = generation;
            }
        }
    }

    /// Asks the workers for the slice that view `view` wants.
    pub(super) fn ask(&mut self, view: usize) {
        let Some(current) = self.views.get(view) else { return };
        let Some(scan) = current.scan.clone() else { return };
        let (generation, files) = (current.generation, current.files.clone());
        let auto = current.windowing.window.is_none();
        let index = current.wanted_frame;
        match current.plane {
            None => {
                let lut = current.windowing.lut();
                self.jobs.frame(view, FrameJob { generation, files, scan, index, lut, auto });
            }
            Some(plane) => {
                let known = current.stack.as_ref().is_some_and(|stack| stack.plane == Some(plane));
                let slice = if known { SliceChoice::Index(index) } else { current.wanted_slice };
                let volume = current.volume;
                self.jobs.slice(SliceJob { view: view as u64, generation, files, scan, volume, plane, slice, auto });
            }
        }
    }

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

    pub(super) fn volume_progress(&mut self, path: &std::path::Path, done: usize, total: usize) {
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
    fn scroll(&mut self, view: usize, index: usize) -> Option<usize> {
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

    /// Another view is acted on from now on; the worklist follows.
    pub(super) fn activate(&mut self, view: usize) {
        if view >= self.views.layout.views() || view == self.views.active {
            return;
        }
        self.views.active = view;
        if let Some(item) = self.current().map(|current| current.item) {
            self.items.select(item);
            self.point_to_selected();
        }
    }

    pub(super) fn set_layout(&mut self, layout: Layout) {
        if layout == self.views.layout {
            return;
        }
        self.views.layout = layout;
        if layout == Layout::Planes {
            self.set_plane(None);
            self.move_active(MOST - 1);
            if let Some(item) = self.current().map(|current| current.item) {
                for view in 0..MOST - 1 {
                    self.open_item(view, item, self.plane_of(view));
                }
            }
        } else if self.views.active >= layout.views() {
            self.move_active(0);
        }
    }

    /// What was asked for the view that changes its place is asked for again, as others may take its turn.
    fn move_active(&mut self, view: usize) {
        let before = self.views.active;
        self.views.move_active(view);
        for view in [before, view] {
            let late = |current: &Current| current.shown.as_ref().is_none_or(|s| s.index != current.wanted_frame);
            if self.views.get(view).is_some_and(late) {
                self.ask(view);
            }
        }
        self.adopt_orphans();
    }

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

    fn follow_crosshair(&mut self, active: usize) {
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
    fn start_crosshair(&mut self, view: usize) {
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
    fn move_crosshair(&mut self, view: usize, index: usize) {
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
