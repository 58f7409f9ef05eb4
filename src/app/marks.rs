//! What a person measured on the slices of a view, with undo.

use std::collections::HashMap;

use crate::geometry::Ruler;
use crate::render::{Plane, Roi, RoiStats};

/// Steps that can be undone.
const MOST_STEPS: usize = 100;

/// What a drag with the left button does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Window width and centre.
    #[default]
    Window,
    Length,
    /// One side by a drag, the end of the other by a click.
    Angle,
    Ellipse,
    Rectangle,
}

/// What is measured, in picture coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    Length(Ruler),
    Angle { from: (f64, f64), vertex: (f64, f64), to: (f64, f64) },
    Region(Roi),
}

impl Shape {
    /// False for what a mere click leaves: a point.
    fn has_size(&self) -> bool {
        match self {
            Self::Length(ruler) => ruler.from != ruler.to,
            Self::Angle { from, vertex, to } => from != vertex && to != vertex,
            Self::Region(roi) => roi.area_px() > 0.0,
        }
    }
}

/// A shape on one slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Its own number.
    pub id: u64,
    /// `None` for frames as they are stored.
    pub plane: Option<Plane>,
    /// Counted from 0.
    pub slice: usize,
    pub shape: Shape,
}

/// The marks of a view's scan, and the way back to earlier ones.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    all: Vec<Mark>,
    earlier: Vec<Vec<Mark>>,
    later: Vec<Vec<Mark>>,
    /// By the mark's number; `None` inside where it holds no finite value.
    stats: HashMap<u64, Option<RoiStats>>,
}

impl Marks {
    pub fn all(&self) -> &[Mark] {
        &self.all
    }

    /// Those on one slice.
    pub fn on(&self, plane: Option<Plane>, slice: usize) -> impl Iterator<Item = &Mark> {
        self.all.iter().filter(move |mark| mark.plane == plane && mark.slice == slice)
    }

    /// What a region holds: `None` while it is being measured, `Some(None)` where it holds no finite value.
    pub fn stats(&self, mark: u64) -> Option<Option<&RoiStats>> {
        self.stats.get(&mark).map(Option::as_ref)
    }

    pub fn can_undo(&self) -> bool {
        !self.earlier.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.later.is_empty()
    }

    /// False where the shape has no size: then nothing is kept.
    pub(super) fn add(&mut self, mark: Mark) -> bool {
        if !mark.shape.has_size() {
            return false;
        }
        self.change(|all| all.push(mark));
        true
    }

    pub(super) fn clear(&mut self) {
        if !self.all.is_empty() {
            self.change(Vec::clear);
        }
    }

    pub(super) fn measured(&mut self, mark: u64, stats: Option<RoiStats>) {
        self.stats.insert(mark, stats);
    }

    pub(super) fn undo(&mut self) {
        if let Some(all) = self.earlier.pop() {
            self.later.push(std::mem::replace(&mut self.all, all));
        }
    }

    pub(super) fn redo(&mut self) {
        if let Some(all) = self.later.pop() {
            self.earlier.push(std::mem::replace(&mut self.all, all));
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Vec<Mark>)) {
        self.earlier.push(self.all.clone());
        let surplus = self.earlier.len().saturating_sub(MOST_STEPS);
        self.earlier.drain(..surplus);
        self.later.clear();
        change(&mut self.all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: u64) -> Mark {
        let shape = Shape::Length(Ruler { from: (0.0, 0.0), to: (id as f64, 0.0) });
        Mark { id, plane: None, slice: 0, shape }
    }

    fn ids(marks: &Marks) -> Vec<u64> {
        marks.all().iter().map(|mark| mark.id).collect()
    }

    #[test]
    fn what_was_deleted_comes_back_and_a_new_mark_ends_redoing() {
        let mut marks = Marks::default();
        assert!(!marks.add(mark(0)), "a point is no length");
        marks.add(mark(1));
        marks.add(mark(2));
        marks.clear();
        marks.undo();
        assert_eq!(ids(&marks), [1, 2]);
        marks.undo();
        assert_eq!(ids(&marks), [1]);
        marks.redo();
        assert_eq!(ids(&marks), [1, 2]);
        marks.undo();
        marks.add(mark(3));
        assert!(!marks.can_redo());
        assert_eq!(ids(&marks), [1, 3]);
        (0..3).for_each(|_| marks.undo());
        assert_eq!((ids(&marks), marks.can_undo()), (vec![], false));
    }
}
