//! The window of a view: where it came from, and how it follows the slices.

use super::{Decoded, ValueWindow};
use crate::scan::{Window, WindowFunction};

/// Screen points of drag that change the window's width or centre by its own size.
const POINTS_PER_WINDOW: f64 = 300.0;
/// Narrowest window, in modality units, that a drag can reach.
const NARROWEST: f64 = 1e-6;

/// Where the window on the screen came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    /// The header's n-th window, counted from 0.
    Header(usize),
    /// The header's n-th VOI LUT, counted from 0: the window only shows the whole of it.
    Lut(usize),
    /// From the values.
    Auto,
    /// One that readers know by name, or that the values' range gives.
    Preset,
    /// The reader dragged it.
    Manual,
}

/// What comes after the window in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextWindow {
    Header(usize),
    Lut(usize),
    Values(ValueWindow),
}

/// A view's window.
#[derive(Clone, Debug)]
pub struct Windowing {
    /// `None` until a slice is shown.
    pub window: Option<Window>,
    pub source: WindowSource,
    /// What the scan opened with.
    initial: Option<(Window, WindowSource)>,
    /// For values as they are, where the scan opened with a VOI LUT.
    plain: Option<Window>,
    /// Until the first slice is shown.
    pub(super) is_first: bool,
}

impl Default for Windowing {
    fn default() -> Self {
        Self { window: None, source: WindowSource::Auto, initial: None, plain: None, is_first: true }
    }
}

impl Windowing {
    /// The VOI LUT that is asked for.
    pub fn lut(&self) -> Option<usize> {
        match self.source {
            WindowSource::Lut(n) => Some(n),
            _ => None,
        }
    }

    /// The window of a decoded slice: the same of the header's windows or VOI LUTs as before, else the one on the
    /// screen, else the header's first, else its first VOI LUT, else an automatic one, which then holds for the scan.
    pub(super) fn take(&mut self, decoded: &Decoded) {
        let windows = &decoded.picture.frame().windows;
        let through = decoded.through.as_ref().and_then(|(n, picture)| Some((*n, picture.frame().windows.first()?)));
        if self.plain.is_none() {
            self.plain = windows.first().or(decoded.auto.as_ref()).cloned();
        }
        match (self.source, &self.window, through) {
            (_, None, through) => {
                let header = windows.first().map(|window| (window.clone(), WindowSource::Header(0)));
                let table = through.map(|(n, window)| (window.clone(), WindowSource::Lut(n)));
                let auto = decoded.auto.clone().map(|window| (window, WindowSource::Auto));
                self.initial = header.or(table).or(auto);
                self.set(self.initial.clone());
            }
            (WindowSource::Header(n), Some(_), _) => {
                if let Some(window) = windows.get(n) {
                    self.window = Some(window.clone());
                }
            }
            (WindowSource::Lut(_), Some(_), Some((n, window))) => {
                self.set(Some((window.clone(), WindowSource::Lut(n))))
            }
            // This slice has no such table.
            (WindowSource::Lut(_), Some(_), None) => {
                let header = windows.first().map(|window| (window.clone(), WindowSource::Header(0)));
                self.set(header.or_else(|| Some((self.plain.clone()?, WindowSource::Auto))));
            }
            _ => {}
        }
    }

    fn set(&mut self, window: Option<(Window, WindowSource)>) {
        if let Some((window, source)) = window {
            (self.window, self.source) = (Some(window), source);
        }
    }

    /// Right widens, down raises the centre, both in proportion to the window. From a VOI LUT on, it is a window of the
    /// values again.
    pub(super) fn drag(&mut self, dx: f32, dy: f32) {
        if self.lut().is_some() {
            self.window = self.plain.clone().or(self.window.take());
        }
        let Some(window) = &mut self.window else { return };
        let step = window.width.abs().max(NARROWEST) / POINTS_PER_WINDOW;
        let least = if window.function == WindowFunction::Linear { 1.0 } else { NARROWEST };
        window.width = (window.width + f64::from(dx) * step).max(least);
        window.center += f64::from(dy) * step;
        window.name = None;
        self.source = WindowSource::Manual;
    }

    /// The header's window `n`, of `windows`. False where it has fewer.
    pub(super) fn header(&mut self, n: usize, windows: &[Window]) -> bool {
        let window = windows.get(n).cloned();
        let found = window.is_some();
        self.set(window.map(|window| (window, WindowSource::Header(n))));
        found
    }

    /// Through the header's windows, its VOI LUTs, the automatic one, then from the start.
    pub(super) fn next(&self, windows: usize, luts: usize) -> NextWindow {
        let (window, lut) = match self.source {
            WindowSource::Header(n) => (n + 1, 0),
            WindowSource::Lut(n) => (windows, n + 1),
            WindowSource::Auto | WindowSource::Preset | WindowSource::Manual => (0, 0),
        };
        match () {
            () if window < windows => NextWindow::Header(window),
            () if lut < luts => NextWindow::Lut(lut),
            () => NextWindow::Values(ValueWindow::Auto),
        }
    }

    pub(super) fn preset(&mut self, window: Window) {
        self.set(Some((window, WindowSource::Preset)));
    }

    /// Found in the values.
    pub(super) fn found(&mut self, from: ValueWindow, window: Window) {
        let source = if from == ValueWindow::Auto { WindowSource::Auto } else { WindowSource::Preset };
        self.set(Some((window, source)));
    }

    pub(super) fn like(&mut self, window: Window, source: WindowSource) {
        self.set(Some((window, source)));
    }

    /// The window the scan opened with; of the header's windows the one of the slice that is shown.
    pub(super) fn reset(&mut self, windows: &[Window]) {
        let Some((window, source)) = self.initial.clone() else { return };
        let window = match source {
            WindowSource::Header(n) => windows.get(n).cloned().unwrap_or(window),
            _ => window,
        };
        self.set(Some((window, source)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Pyramid;
    use crate::scan::{Frame, Pixels};
    use ndarray::Array2;
    use std::sync::Arc;

    fn window(center: f64, width: f64) -> Window {
        Window { center, width, name: None, function: WindowFunction::Linear }
    }

    fn decoded(windows: Vec<Window>, highest: f32) -> Decoded {
        let values = Array2::from_shape_fn((8, 8), |(r, c)| highest * (r * 8 + c) as f32 / 63.0);
        let frame = Frame { pixels: Pixels::Gray(values), windows, eight_bit_picture: false };
        let auto = frame.windows.is_empty().then(|| ValueWindow::Auto.of(&frame));
        Decoded { picture: Pyramid::new(frame), luts: Arc::from(Vec::new()), through: None, auto }
    }

    /// The same through a table whose window is `shown`.
    fn through(shown: Window) -> Decoded {
        let table = decoded(vec![shown], 255.0).picture;
        Decoded { through: Some((0, table)), ..decoded(Vec::new(), 10.0) }
    }

    #[test]
    fn each_frame_brings_its_own_header_window() {
        let mut own = Windowing::default();
        own.take(&decoded(vec![window(40.0, 400.0), window(50.0, 80.0)], 1.0));
        assert_eq!(own.next(2, 0), NextWindow::Header(1));
        assert!(own.header(1, &[window(40.0, 400.0), window(50.0, 80.0)]));
        own.take(&decoded(vec![window(41.0, 400.0), window(51.0, 80.0)], 1.0));
        assert_eq!(own.window.as_ref().unwrap().center, 51.0);
        assert_eq!(own.next(2, 1), NextWindow::Lut(0));
        assert_eq!(own.next(2, 0), NextWindow::Values(ValueWindow::Auto), "after the last one the automatic window");
        own.found(ValueWindow::Auto, window(1.0, 2.0));
        assert_eq!((own.source, own.next(2, 0)), (WindowSource::Auto, NextWindow::Header(0)));
    }

    #[test]
    fn a_dragged_window_and_an_automatic_one_stay_while_scrolling() {
        let mut own = Windowing::default();
        own.take(&decoded(Vec::new(), 1000.0));
        let auto = own.window.clone().unwrap();
        own.take(&decoded(Vec::new(), 10.0));
        assert_eq!(own.window.as_ref(), Some(&auto));
        own.drag(300.0, -150.0);
        let dragged = own.window.clone().unwrap();
        assert!((dragged.width / auto.width - 2.0).abs() < 1e-6);
        assert!((dragged.center - (auto.center - auto.width / 2.0)).abs() < 1e-6);
        own.take(&decoded(Vec::new(), 99.0));
        assert_eq!(own.window.as_ref(), Some(&dragged));
        own.reset(&[]);
        assert_eq!(own.window.as_ref(), Some(&auto));
    }

    #[test]
    fn a_drag_never_turns_a_window_inside_out() {
        let mut own = Windowing::default();
        own.take(&decoded(vec![window(40.0, 400.0)], 1.0));
        own.drag(-1e9, 0.0);
        assert_eq!(own.window.unwrap().width, 1.0);
    }

    #[test]
    fn a_table_holds_until_a_drag_or_a_slice_without_one() {
        let mut own = Windowing::default();
        own.take(&through(window(128.0, 256.0)));
        assert_eq!((own.source, own.window.as_ref().unwrap().width), (WindowSource::Lut(0), 256.0));
        let plain = ValueWindow::Auto.of(decoded(Vec::new(), 10.0).picture.frame());
        own.drag(300.0, 0.0);
        assert_eq!(own.source, WindowSource::Manual);
        assert!((own.window.as_ref().unwrap().width / plain.width - 2.0).abs() < 1e-6, "of the values, not the table");
        own.reset(&[]);
        assert_eq!(own.lut(), Some(0));
        own.take(&decoded(Vec::new(), 99.0));
        assert_eq!((own.source, own.window), (WindowSource::Auto, Some(plain)));
    }
}
