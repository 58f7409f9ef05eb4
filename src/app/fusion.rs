//! Another scan laid over a view's slices, e.g. PET on MRI: which, where it lies, how it looks.

use std::path::PathBuf;
use std::sync::Arc;

use ndarray::Array2;

use super::jobs::FuseJob;
use super::{AppState, Layout, Notice, Problem, Severity};
use crate::geometry::Affine3;
use crate::render::{ColorMap, OverlayStyle, Plane, Scale, Threshold};

/// Share of the scale below which nothing is coloured: the noise around the body.
const THRESHOLD: f32 = 0.05;

/// The values of the other scan on one slice of the view.
#[derive(Debug)]
pub struct Fused {
    /// `[rows, cols]` of the slice, modality units; not a number where the other scan has none.
    pub values: Array2<f32>,
    /// The slice.
    pub plane: Option<Plane>,
    pub index: usize,
    /// From nothing to the brightest of the whole other volume.
    pub scale: Scale,
    /// What to know about the two coordinate systems.
    pub caution: Option<String>,
}

/// What lies over a view.
#[derive(Clone, Debug)]
pub struct Fusion {
    /// Place of the other scan in the list.
    pub item: usize,
    pub(super) files: Arc<[PathBuf]>,
    /// 0 to 1.
    pub opacity: f32,
    pub colors: ColorMap,
    /// The slice that was last there.
    pub ready: Option<Arc<Fused>>,
}

impl Fusion {
    /// How it is drawn.
    pub fn style(&self, fused: &Fused) -> OverlayStyle {
        OverlayStyle {
            color_map: self.colors,
            opacity: self.opacity,
            threshold: Threshold::Share(THRESHOLD),
            ..OverlayStyle::positive(fused.scale)
        }
    }
}

impl AppState {
    /// Lays item `item` over the active view, or over all planes of its volume; `None` takes it away.
    pub(super) fn fuse(&mut self, item: Option<usize>) {
        let over = item.and_then(|item| Some((item, self.files(item)?)));
        for view in self.fused_together() {
            let Some(current) = self.views.get_mut(view) else { continue };
            let before = current.fusion.take();
            let (opacity, colors) = before.map_or((0.5, ColorMap::HotIron), |before| (before.opacity, before.colors));
            let new = |(item, files)| Fusion { item, files, opacity, colors, ready: None };
            current.fusion = over.clone().map(new);
            self.ask_fusion(view);
        }
    }

    pub(super) fn set_fusion_look(&mut self, opacity: f32, colors: ColorMap) {
        for view in self.fused_together() {
            if let Some(fusion) = self.views.get_mut(view).and_then(|current| current.fusion.as_mut()) {
                (fusion.opacity, fusion.colors) = (opacity.clamp(0.0, 1.0), colors);
            }
        }
    }

    fn fused_together(&self) -> Vec<usize> {
        match self.views.layout {
            Layout::Planes => self.views.shown().map(|(view, _)| view).collect(),
            _ => vec![self.views.active],
        }
    }

    /// Asks for the other scan's values on the slice that view `view` shows.
    pub(super) fn ask_fusion(&mut self, view: usize) {
        let Some(current) = self.views.get(view) else { return };
        let (Some(fusion), Some(scan)) = (&current.fusion, &current.scan) else { return };
        let (Some(stack), Some(shown)) = (current.shown_stack(), &current.shown) else { return };
        let (plane, index) = (shown.plane, shown.index);
        let there = fusion.ready.as_ref().is_some_and(|ready| (ready.plane, ready.index) == (plane, index));
        if there {
            return;
        }
        // Without a place the worker says why nothing can be laid over it.
        let patient_from_pixel = stack.patient_from_slice(index);
        let (generation, under, files) = (current.generation, scan.meta.clone(), fusion.files.clone());
        let size = stack.size;
        self.jobs.fuse(FuseJob { view: view as u64, generation, under, files, plane, index, patient_from_pixel, size });
    }

    pub(super) fn fused(&mut self, generation: u64, files: &Arc<[PathBuf]>, result: Result<Arc<Fused>, Problem>) {
        let Some(current) = self.views.of_generation(generation).and_then(|view| self.views.get_mut(view)) else {
            return;
        };
        let Some(fusion) = current.fusion.as_mut().filter(|fusion| Arc::ptr_eq(&fusion.files, files)) else { return };
        match result {
            Ok(fused) => fusion.ready = Some(fused),
            Err(problem) => {
                current.fusion = None;
                self.toasts.push(Severity::Error, Notice::NotFused(problem));
            }
        }
    }
}

/// The affine of one slice of a stack.
pub(super) fn of_slice(stack: &Affine3, slice: f64) -> Affine3 {
    let columns = [0, 1, 2].map(|axis| stack.column(axis));
    Affine3::from_columns(columns, stack.apply([0.0, 0.0, slice]))
}
