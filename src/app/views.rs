//! The views side by side: how many, which one is acted on, and what they have in common.

use super::Current;
use crate::render::{Plane, same_space};
use crate::scan::Scan;

/// Most views at a time.
pub(super) const MOST: usize = 4;

/// How the middle of the window is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    #[default]
    One,
    /// Side by side.
    TwoColumns,
    /// One above the other.
    TwoRows,
    Four,
    /// Axial, coronal, sagittal, and the frames as they are stored, all of one item.
    Planes,
}

impl Layout {
    pub const ALL: [Self; 5] = [Self::One, Self::TwoColumns, Self::TwoRows, Self::Four, Self::Planes];

    /// Rows and columns of views.
    pub fn grid(self) -> (usize, usize) {
        match self {
            Self::One => (1, 1),
            Self::TwoColumns => (1, 2),
            Self::TwoRows => (2, 1),
            Self::Four | Self::Planes => (2, 2),
        }
    }

    pub fn views(self) -> usize {
        let (rows, cols) = self.grid();
        rows * cols
    }

    /// The planes of the views of [`Layout::Planes`].
    pub(super) const PLANES: [Option<Plane>; MOST] =
        [Some(Plane::Axial), Some(Plane::Coronal), Some(Plane::Sagittal), None];
}

/// What views do together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// Zoom and place.
    Zoom,
    Scroll,
    Window,
    /// The crosshair and the pointer's place.
    Cursor,
}

impl Link {
    pub const ALL: [Self; 4] = [Self::Zoom, Self::Scroll, Self::Window, Self::Cursor];
}

/// A place in the patient that views have in common.
#[derive(Clone, Debug)]
pub struct Crosshair {
    /// LPS mm.
    pub point: [f64; 3],
    /// Whose coordinates these are.
    pub(super) item: usize,
    pub(super) scan: Scan,
}

/// The views and what they have in common.
#[derive(Debug, Default)]
pub struct Views {
    slots: [Option<Current>; MOST],
    pub(super) active: usize,
    pub(super) layout: Layout,
    unlinked: Vec<Link>,
    pub(super) crosshair: Option<Crosshair>,
}

impl Views {
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The view that keys, buttons and the worklist act on, counted from 0.
    pub fn active(&self) -> usize {
        self.active
    }

    /// What view `view` holds; `None` where it is empty.
    pub fn get(&self, view: usize) -> Option<&Current> {
        self.slots.get(view)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, view: usize) -> Option<&mut Current> {
        self.slots.get_mut(view)?.as_mut()
    }

    pub(super) fn set(&mut self, view: usize, current: Option<Current>) {
        if let Some(slot) = self.slots.get_mut(view) {
            *slot = current;
        }
    }

    /// Those on the screen that are not empty.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Current)> {
        let all = self.slots.iter().take(self.layout.views()).enumerate();
        all.filter_map(|(view, slot)| Some((view, slot.as_ref()?)))
    }

    /// All, whether on the screen or not.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Current> {
        self.slots.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Current> {
        self.slots.iter_mut().flatten()
    }

    /// The view that an answer of the workers is for.
    pub(super) fn of_generation(&self, generation: u64) -> Option<usize> {
        self.slots.iter().position(|slot| slot.as_ref().is_some_and(|current| current.generation == generation))
    }

    pub fn is_linked(&self, link: Link) -> bool {
        !self.unlinked.contains(&link)
    }

    pub(super) fn toggle_link(&mut self, link: Link) {
        let linked = self.is_linked(link);
        self.unlinked.retain(|other| *other != link);
        if linked {
            self.unlinked.push(link);
        }
    }

    /// The view of the frames that the model is asked about: the active one, or where that shows a plane, another one
    /// of the same item.
    pub fn subject(&self) -> usize {
        let Some(active) = self.get(self.active).filter(|active| active.plane.is_some()) else { return self.active };
        let same = self.shown().find(|(_, other)| other.item == active.item && other.plane.is_none());
        same.map_or(self.active, |(view, _)| view)
    }

    /// Views may change places: the active one moves into `view`.
    pub(super) fn move_active(&mut self, view: usize) {
        self.slots.swap(self.active, view);
        self.active = view;
    }

    pub(super) fn clear(&mut self) {
        self.slots = Default::default();
        self.crosshair = None;
    }

    /// Where the crosshair is, in a view whose scan is in the same space.
    pub fn crosshair_in(&self, current: &Current) -> Option<[f64; 3]> {
        let (crosshair, scan) = self.crosshair.as_ref().zip(current.scan.as_ref())?;
        let same = crosshair.item == current.item || same_space(&crosshair.scan.meta, &scan.meta).is_ok();
        same.then_some(crosshair.point)
    }
}
