//! The scan on the screen: its frame, its window, its prediction.

use super::{PredictionState, Problem, ViewTransform};
use crate::geometry::{Ruler, Turn};
use crate::render::{Pyramid, Shader, auto_window};
use crate::scan::{Polarity, Scan, Window, WindowFunction};

/// Screen points of drag that change the window's width or centre by its own size.
const POINTS_PER_WINDOW: f64 = 300.0;
/// Narrowest window, in modality units, that a drag can reach.
const NARROWEST: f64 = 1e-6;

/// Where the window on the screen came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    /// The header's n-th window, counted from 0.
    Header(usize),
    /// From the values.
    Auto,
    /// One that readers know by name, or that the values' range gives.
    Preset,
    /// The reader dragged it.
    Manual,
}

/// The frame on the screen.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Counted from 0.
    pub index: usize,
    pub picture: Pyramid,
}

/// Why nothing is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CurrentError {
    /// The file does not open.
    File(Problem),
    /// This frame does not decode; others may.
    Frame { index: usize, problem: Problem },
}

/// The selected item, opened.
#[derive(Clone, Debug)]
pub struct Current {
    /// Its place in the list.
    pub item: usize,
    pub(super) generation: u64,
    /// `None` until its header is read.
    pub scan: Option<Scan>,
    pub error: Option<CurrentError>,
    /// The frame asked for, counted from 0; what is shown may still be another.
    pub wanted_frame: usize,
    pub shown: Option<Shown>,
    pub window: Option<Window>,
    pub window_source: WindowSource,
    pub view: ViewTransform,
    /// How the picture is turned and mirrored on the screen.
    pub turn: Turn,
    pub prediction: PredictionState,
    /// The one slice to predict instead of the manifest's choice, counted from 0.
    pub slice_override: Option<usize>,
    /// Lengths measured, with the frame that each lies on.
    pub rulers: Vec<(usize, Ruler)>,
    /// True while the slices play.
    pub playing: bool,
    /// The newest prediction asked for this item; the first follows the first picture.
    pub(super) prediction_request: Option<u64>,
    initial_window: Option<(Window, WindowSource)>,
}

impl Current {
    pub(super) fn new(item: usize, generation: u64) -> Self {
        Self {
            item,
            generation,
            scan: None,
            error: None,
            wanted_frame: 0,
            shown: None,
            window: None,
            window_source: WindowSource::Auto,
            view: ViewTransform::Fit,
            turn: Turn::default(),
            prediction: PredictionState::None,
            slice_override: None,
            rulers: Vec::new(),
            playing: false,
            prediction_request: None,
            initial_window: None,
        }
    }

    /// Frames of the scan, 0 until its header is read.
    pub fn frames(&self) -> usize {
        self.scan.as_ref().map_or(0, |scan| scan.frames)
    }

    /// How values become grey levels now; `None` until a frame is shown.
    pub fn shader(&self, invert: bool) -> Option<Shader> {
        let polarity = self.scan.as_ref().and_then(|scan| scan.meta.polarity).unwrap_or(Polarity::HighIsWhite);
        self.window.as_ref().map(|window| Shader::new(window, polarity, invert))
    }

    /// Windows the header offers for the shown frame.
    pub fn header_windows(&self) -> &[Window] {
        self.shown.as_ref().map_or(&[], |shown| shown.picture.frame().windows.as_slice())
    }

    /// Takes a decoded frame. Its window: the same of the header's windows as before, else the one on the screen, else
    /// the header's first, else an automatic one, which then holds for the whole scan.
    pub(super) fn show(&mut self, index: usize, picture: Pyramid) {
        let windows = &picture.frame().windows;
        match (self.window_source, &self.window) {
            (_, None) => {
                let (window, source) = match windows.first() {
                    Some(window) => (window.clone(), WindowSource::Header(0)),
                    None => (auto_window(picture.frame()), WindowSource::Auto),
                };
                self.initial_window = Some((window.clone(), source));
                (self.window, self.window_source) = (Some(window), source);
            }
            (WindowSource::Header(n), Some(_)) => {
                if let Some(window) = windows.get(n) {
                    self.window = Some(window.clone());
                }
            }
            _ => {}
        }
        self.error = None;
        self.shown = Some(Shown { index, picture });
    }

    /// Right widens, down raises the centre, both in proportion to the window.
    pub(super) fn drag_window(&mut self, dx: f32, dy: f32) {
        let Some(window) = &mut self.window else { return };
        let step = window.width.abs().max(NARROWEST) / POINTS_PER_WINDOW;
        let least = if window.function == WindowFunction::Linear { 1.0 } else { NARROWEST };
        window.width = (window.width + f64::from(dx) * step).max(least);
        window.center += f64::from(dy) * step;
        window.name = None;
        self.window_source = WindowSource::Manual;
    }

    /// The header's window `n`; the automatic one where the header has fewer.
    pub(super) fn header_window(&mut self, n: usize) {
        match self.header_windows().get(n).cloned() {
            Some(window) => (self.window, self.window_source) = (Some(window), WindowSource::Header(n)),
            None => self.auto_window(),
        }
    }

    /// Through the header's windows, then the automatic one, then from the start.
    pub(super) fn next_window(&mut self) {
        self.header_window(match self.window_source {
            WindowSource::Header(n) => n + 1,
            WindowSource::Auto | WindowSource::Preset | WindowSource::Manual => 0,
        });
    }

    pub(super) fn auto_window(&mut self) {
        if let Some(shown) = &self.shown {
            self.window = Some(auto_window(shown.picture.frame()));
            self.window_source = WindowSource::Auto;
        }
    }

    pub(super) fn preset_window(&mut self, window: Window) {
        (self.window, self.window_source) = (Some(window), WindowSource::Preset);
    }

    /// On the frame that is shown; a point alone is no length.
    pub(super) fn measure(&mut self, ruler: Ruler) {
        if let Some(shown) = self.shown.as_ref().filter(|_| ruler.from != ruler.to) {
            self.rulers.push((shown.index, ruler));
        }
    }

    /// As the scan opened.
    pub(super) fn reset(&mut self) {
        (self.view, self.turn) = (ViewTransform::Fit, Turn::default());
        self.reset_window();
    }

    pub(super) fn reset_window(&mut self) {
        let Some((window, source)) = self.initial_window.clone() else { return };
        let window = match source {
            WindowSource::Header(n) => self.header_windows().get(n).cloned().unwrap_or(window),
            WindowSource::Auto | WindowSource::Preset | WindowSource::Manual => window,
        };
        (self.window, self.window_source) = (Some(window), source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Frame, Pixels};
    use ndarray::Array2;

    fn window(center: f64, width: f64) -> Window {
        Window { center, width, name: None, function: WindowFunction::Linear }
    }

    fn picture(windows: Vec<Window>, highest: f32) -> Pyramid {
        let values = Array2::from_shape_fn((8, 8), |(r, c)| highest * (r * 8 + c) as f32 / 63.0);
        Pyramid::new(Frame { pixels: Pixels::Gray(values), windows, eight_bit_picture: false })
    }

    #[test]
    fn each_frame_brings_its_own_header_window() {
        let mut current = Current::new(0, 1);
        current.show(0, picture(vec![window(40.0, 400.0), window(50.0, 80.0)], 1.0));
        current.next_window();
        assert_eq!(current.window_source, WindowSource::Header(1));
        current.show(1, picture(vec![window(41.0, 400.0), window(51.0, 80.0)], 1.0));
        assert_eq!(current.window.as_ref().unwrap().center, 51.0);
        current.next_window();
        assert_eq!(current.window_source, WindowSource::Auto, "after the last one the automatic one");
        current.next_window();
        assert_eq!(current.window_source, WindowSource::Header(0));
    }

    #[test]
    fn a_dragged_window_and_an_automatic_one_stay_while_scrolling() {
        let mut current = Current::new(0, 1);
        current.show(0, picture(Vec::new(), 1000.0));
        let auto = current.window.clone().unwrap();
        current.show(1, picture(Vec::new(), 10.0));
        assert_eq!(current.window.as_ref(), Some(&auto));
        current.drag_window(300.0, -150.0);
        let dragged = current.window.clone().unwrap();
        assert!((dragged.width / auto.width - 2.0).abs() < 1e-6);
        assert!((dragged.center - (auto.center - auto.width / 2.0)).abs() < 1e-6);
        current.show(2, picture(Vec::new(), 99.0));
        assert_eq!(current.window.as_ref(), Some(&dragged));
        current.reset_window();
        assert_eq!(current.window.as_ref(), Some(&auto));
    }

    #[test]
    fn a_drag_never_turns_a_window_inside_out() {
        let mut current = Current::new(0, 1);
        current.show(0, picture(vec![window(40.0, 400.0)], 1.0));
        current.drag_window(-1e9, 0.0);
        assert_eq!(current.window.unwrap().width, 1.0);
    }
}
