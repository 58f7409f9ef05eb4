//! What becomes of a person's wishes about the views: which item in which view, which layout.

use std::path::PathBuf;
use std::sync::Arc;

use super::current::CurrentError;
use super::jobs::{FrameJob, SliceJob, first_frame};
use super::views::MOST;
use super::{AppState, Current, Layout, SliceChoice, Views};
use crate::render::Plane;

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
    pub fn subject(&self) -> Option<&Current> {
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

    /// Opens the files anew that could not be read.
    pub(super) fn reopen_broken(&mut self) {
        for view in 0..MOST {
            let broken = |current: &&Current| matches!(current.error, Some(CurrentError::File(_)));
            if let Some((item, plane)) = self.views.get(view).filter(broken).map(|broken| (broken.item, broken.plane)) {
                self.open_item(view, item, plane);
            }
        }
    }

    fn open_item(&mut self, view: usize, item: usize, plane: Option<Plane>) {
        if let Some(files) = self.files(item) {
            self.open_files(view, item, files, plane);
        }
    }

    /// The same for files that may be of no item of the list.
    pub(super) fn open_files(&mut self, view: usize, item: usize, files: Arc<[PathBuf]>, plane: Option<Plane>) {
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
}
