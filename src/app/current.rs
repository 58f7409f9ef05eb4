//! What a view holds: its scan, the slice on the screen, how it looks, its prediction.

use std::path::PathBuf;
use std::sync::Arc;

use super::marks::Marks;
use super::windowing::Windowing;
use super::{Decoded, Fused, Fusion, PredictionState, Problem, Shown, SliceChoice, Stack, ViewTransform};
use crate::geometry::{PixelSpacing, Turn};
use crate::render::{ColorMap, Plane, Pyramid, Shader, same_space};
use crate::scan::{Polarity, Scan, SpacingPlace, VoiLut, Window};

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurrentError {
    /// The file does not open.
    File(Problem),
    /// This frame does not decode; others may.
    Frame { index: usize, problem: Problem },
    /// The frames are no volume, or one that is too large: there are no planes.
    Plane(Problem),
}

/// An item in a view.
#[derive(Clone, Debug)]
pub struct Current {
    /// Its place in the list.
    pub item: usize,
    pub(super) files: Arc<[PathBuf]>,
    /// This item in this view; answers of the workers name it.
    pub(super) generation: u64,
    /// Who opened the scan: views of one item share it.
    pub(super) opening: u64,
    /// `None` until its header is read.
    pub scan: Option<Scan>,
    pub error: Option<CurrentError>,
    /// `None` for the frames as they are stored.
    pub plane: Option<Plane>,
    /// What is scrolled through; `None` until the header, or for a plane the whole volume, is read.
    pub stack: Option<Stack>,
    /// Frames of the volume that are decoded, of how many, while a plane waits for them.
    pub loading: Option<(usize, usize)>,
    /// Sentences about what the planes show.
    pub plane_remarks: Vec<String>,
    /// The slice asked for, counted from 0; what is shown may still be another.
    pub wanted_frame: usize,
    /// The slice of a plane asked for while it is not known how many there are.
    pub(super) wanted_slice: SliceChoice,
    /// Which volume the planes are of, where the frames are several.
    pub(super) volume: usize,
    pub shown: Option<Shown>,
    pub windowing: Windowing,
    pub view: ViewTransform,
    /// How the picture is turned and mirrored on the screen.
    pub turn: Turn,
    /// The reader's own inversion, beside the file's polarity.
    pub invert: bool,
    /// Colours for grey levels; [`ColorMap::Gray`] shows them as they are.
    pub colors: ColorMap,
    pub prediction: PredictionState,
    /// The one slice to predict instead of the manifest's choice, counted from 0.
    pub slice_override: Option<usize>,
    /// Another scan over it.
    pub fusion: Option<Fusion>,
    pub marks: Marks,
    /// True while the slices play.
    pub playing: bool,
    /// The newest prediction asked for this item; the first follows the first picture.
    pub(super) prediction_request: Option<u64>,
}

impl Current {
    pub(super) fn new(item: usize, files: Arc<[PathBuf]>, generation: u64) -> Self {
        Self {
            item,
            files,
            generation,
            opening: generation,
            scan: None,
            error: None,
            plane: None,
            stack: None,
            loading: None,
            plane_remarks: Vec::new(),
            wanted_frame: 0,
            wanted_slice: SliceChoice::Middle,
            volume: 0,
            shown: None,
            windowing: Windowing::default(),
            view: ViewTransform::Fit,
            turn: Turn::default(),
            invert: false,
            colors: ColorMap::Gray,
            prediction: PredictionState::None,
            slice_override: None,
            fusion: None,
            marks: Marks::default(),
            playing: false,
            prediction_request: None,
        }
    }

    /// Slices that can be scrolled through, 0 until that is known.
    pub fn frames(&self) -> usize {
        self.stack.as_ref().map_or(0, |stack| stack.count)
    }

    /// True where it has slices by its files alone, before any of them is read: several files, or NIfTI.
    pub fn is_surely_volume(&self) -> bool {
        let is_nifti = |path: &PathBuf| {
            let name = path.to_string_lossy().to_lowercase();
            name.ends_with(".nii") || name.ends_with(".nii.gz")
        };
        self.files.len() > 1 || self.files.first().is_some_and(is_nifti)
    }

    /// The window on the screen; `None` until a slice is shown.
    pub fn window(&self) -> Option<&Window> {
        self.windowing.window.as_ref()
    }

    /// How values become grey levels and colours now; `None` until a slice is shown.
    pub fn shader(&self) -> Option<Shader> {
        let polarity = self.scan.as_ref().and_then(|scan| scan.meta.polarity).unwrap_or(Polarity::HighIsWhite);
        let dark_is_high = self.colors == ColorMap::InvertedGray;
        let shader = Shader::new(self.window()?, polarity, self.invert != dark_is_high);
        Some(if matches!(self.colors, ColorMap::Gray | ColorMap::InvertedGray) {
            shader
        } else {
            shader.with_colors(self.colors)
        })
    }

    /// What is drawn: the slice, or the slice through the VOI LUT that is chosen.
    pub fn drawn(&self) -> Option<&Pyramid> {
        let shown = self.shown.as_ref()?;
        let through = shown.through.as_ref().filter(|_| self.windowing.lut().is_some());
        Some(through.map_or(&shown.picture, |(_, picture)| picture))
    }

    /// Windows the header offers for the shown frame.
    pub fn header_windows(&self) -> &[Window] {
        self.shown.as_ref().map_or(&[], |shown| shown.picture.frame().windows.as_slice())
    }

    /// VOI LUTs the header offers for the shown frame.
    pub fn luts(&self) -> &[Arc<VoiLut>] {
        self.shown.as_ref().map_or(&[], |shown| &shown.luts)
    }

    /// True where the values stand for uptake and may be coloured: PET and scintigraphy.
    pub fn is_nuclear(&self) -> bool {
        let modality = self.scan.as_ref().and_then(|scan| scan.meta.modality.as_deref());
        matches!(modality, Some("PT" | "NM"))
    }

    /// The header is read.
    pub(super) fn opened(&mut self, scan: Scan, first: usize) {
        if scan.meta.modality.as_deref() == Some("PT") {
            self.colors = ColorMap::InvertedGray;
        }
        if self.plane.is_none() {
            (self.wanted_frame, self.stack) = (first, Some(Stack::of_frames(&scan)));
        }
        self.scan = Some(scan);
    }

    /// Takes a decoded slice of the plane asked for.
    pub(super) fn show(&mut self, index: usize, decoded: Decoded) {
        self.windowing.take(&decoded);
        let Decoded { picture, luts, through, .. } = decoded;
        (self.error, self.loading) = (None, None);
        self.shown = Some(Shown { index, plane: self.plane, picture, luts, through });
    }

    /// The slice on the screen as it is stored, by its frame's index: what heatmaps and single predictions are of.
    pub fn shown_frame(&self) -> Option<usize> {
        self.shown.as_ref().filter(|shown| shown.plane.is_none()).map(|shown| shown.index)
    }

    /// What lies over the slice on the screen.
    pub fn fused(&self) -> Option<(&Fusion, &Arc<Fused>)> {
        let (fusion, shown) = self.fusion.as_ref().zip(self.shown.as_ref())?;
        let ready = fusion.ready.as_ref()?;
        ((ready.plane, ready.index) == (shown.plane, shown.index)).then_some((fusion, ready))
    }

    /// What the slice on the screen is a part of; while a plane waits for its volume, that is still another.
    pub fn shown_stack(&self) -> Option<&Stack> {
        let shown = self.shown.as_ref()?;
        self.stack.as_ref().filter(|stack| stack.plane == shown.plane)
    }

    /// Of the slice on the screen.
    pub fn spacing(&self) -> Option<PixelSpacing> {
        self.shown_stack().or(self.stack.as_ref()).and_then(|stack| stack.spacing)
    }

    /// Where the spacing holds; planes are cut through the body.
    pub fn spacing_place(&self) -> Option<&SpacingPlace> {
        let meta = &self.scan.as_ref()?.meta;
        meta.spacing_place.as_ref().filter(|_| self.plane.is_none())
    }

    /// True where both scans' patient coordinates mean the same place.
    pub fn is_in_space_of(&self, other: &Self) -> bool {
        let scans = self.scan.as_ref().zip(other.scan.as_ref());
        self.item == other.item || scans.is_some_and(|(own, other)| same_space(&own.meta, &other.meta).is_ok())
    }

    /// As the scan opened.
    pub(super) fn reset(&mut self) {
        (self.view, self.turn, self.invert) = (ViewTransform::Fit, Turn::default(), false);
        let pet = self.scan.as_ref().is_some_and(|scan| scan.meta.modality.as_deref() == Some("PT"));
        self.colors = if pet { ColorMap::InvertedGray } else { ColorMap::Gray };
        let windows = self.header_windows().to_vec();
        self.windowing.reset(&windows);
    }
}
