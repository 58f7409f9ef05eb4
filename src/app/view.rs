//! Where a picture lies on the screen: zoom, pan, true proportions.

use crate::geometry::{PixelSpacing, PlaneMap, Size, Turn};

/// Smallest and largest zoom, screen pixels per picture column.
const ZOOM_RANGE: (f64, f64) = (0.02, 64.0);

/// What the reader chose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum ViewTransform {
    /// The whole picture, centred.
    #[default]
    Fit,
    /// `zoom` screen pixels per picture column; `center` is the picture point `(x, y)` in the middle of the viewport.
    Free { zoom: f64, center: (f64, f64) },
}

/// What is done to the picture as it lies on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turning {
    Clockwise,
    CounterClockwise,
    /// Left and right change places.
    FlipAcross,
    /// Top and bottom change places.
    FlipDown,
}

impl Turning {
    pub(super) fn of(self, turn: Turn) -> Turn {
        match self {
            Self::Clockwise => turn.clockwise(),
            Self::CounterClockwise => turn.counter_clockwise(),
            Self::FlipAcross => turn.flipped_across(),
            Self::FlipDown => turn.flipped_down(),
        }
    }
}

/// A picture placed in a viewport, both in pixels with edges at whole numbers. The canvas is the viewport as the picture
/// sees it: the same where the picture is not transposed, else with its axes swapped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    pub canvas_from_image: PlaneMap,
    pub image_from_canvas: PlaneMap,
    pub turn: Turn,
    /// Screen pixels per picture column.
    pub zoom: f64,
    size: Size,
    /// Of the canvas.
    viewport: (f64, f64),
    center: (f64, f64),
}

impl Placement {
    /// `viewport` is `(width, height)` in screen pixels. Rows are stretched so that mm are equal in both directions.
    pub fn new(
        view: &ViewTransform,
        turn: Turn,
        size: Size,
        spacing: Option<PixelSpacing>,
        viewport: (f64, f64),
    ) -> Self {
        let viewport = turn.swapped(viewport);
        let stretch = spacing.map_or(1.0, |s| s.row_mm / s.col_mm);
        let stretch = if stretch.is_finite() && stretch > 0.0 { stretch } else { 1.0 };
        let (cols, rows) = (size.cols.max(1) as f64, size.rows.max(1) as f64);
        let (zoom, center) = match *view {
            ViewTransform::Fit => {
                let fit = (viewport.0 / cols).min(viewport.1 / (rows * stretch));
                (fit.max(1e-6), (cols / 2.0, rows / 2.0))
            }
            ViewTransform::Free { zoom, center } => (zoom, center),
        };
        let mirrored = |scale: f64, mirror: bool| if mirror { -scale } else { scale };
        let (scale_x, scale_y) = (mirrored(zoom, turn.mirror_x), mirrored(zoom * stretch, turn.mirror_y));
        let canvas_from_image = PlaneMap {
            scale_x,
            scale_y,
            offset_x: viewport.0 / 2.0 - center.0 * scale_x,
            offset_y: viewport.1 / 2.0 - center.1 * scale_y,
        };
        let image_from_canvas = canvas_from_image.inverse().unwrap_or(PlaneMap::IDENTITY);
        Self { canvas_from_image, image_from_canvas, turn, zoom, size, viewport, center }
    }

    /// Where a point of the picture lies on the screen.
    pub fn to_screen(&self, image: (f64, f64)) -> (f64, f64) {
        self.turn.swapped(self.canvas_from_image.apply(image))
    }

    /// The point of the picture at a point of the screen.
    pub fn to_image(&self, screen: (f64, f64)) -> (f64, f64) {
        self.image_from_canvas.apply(self.turn.swapped(screen))
    }

    /// Zoomed by `factor` with the picture point under screen point `at` staying where it is.
    pub fn zoomed(&self, factor: f64, at: (f64, f64)) -> ViewTransform {
        let zoom = (self.zoom * factor).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1);
        let fixed = self.to_image(at);
        let share = self.zoom / zoom;
        let along = |fixed: f64, center: f64| fixed - (fixed - center) * share;
        self.free(zoom, (along(fixed.0, self.center.0), along(fixed.1, self.center.1)))
    }

    /// At `zoom` screen pixels per column, around the middle of the viewport.
    pub fn at_zoom(&self, zoom: f64) -> ViewTransform {
        self.zoomed(zoom / self.zoom, self.turn.swapped((self.viewport.0 / 2.0, self.viewport.1 / 2.0)))
    }

    /// Moved with the pointer by `(dx, dy)` screen pixels.
    pub fn panned(&self, by: (f64, f64)) -> ViewTransform {
        let (dx, dy) = self.turn.swapped(by);
        let (scale_x, scale_y) = (self.canvas_from_image.scale_x, self.canvas_from_image.scale_y);
        self.free(self.zoom, (self.center.0 - dx / scale_x, self.center.1 - dy / scale_y))
    }

    /// The middle of the viewport stays on the picture, so that it cannot get lost.
    fn free(&self, zoom: f64, center: (f64, f64)) -> ViewTransform {
        let inside = |v: f64, len: usize| v.clamp(0.0, len as f64);
        ViewTransform::Free { zoom, center: (inside(center.0, self.size.cols), inside(center.1, self.size.rows)) }
    }
}

/// The length in mm of a scale bar that is at most `most_mm` long: 1, 2 or 5 times a power of ten.
pub fn scale_bar_mm(most_mm: f64) -> Option<f64> {
    if !most_mm.is_finite() || most_mm <= 0.0 {
        return None;
    }
    let power = 10f64.powf(most_mm.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|mm| *mm <= most_mm)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { rows: 100, cols: 200 };

    #[test]
    fn fit_shows_the_whole_picture_in_true_proportions() {
        let fit = Placement::new(&ViewTransform::Fit, Turn::default(), SIZE, None, (400.0, 400.0));
        assert_eq!(fit.zoom, 2.0);
        assert_eq!(fit.to_screen((0.0, 0.0)), (0.0, 100.0));
        let tall = PixelSpacing { row_mm: 4.0, col_mm: 1.0 };
        let fit = Placement::new(&ViewTransform::Fit, Turn::default(), SIZE, Some(tall), (400.0, 400.0));
        assert_eq!(fit.to_screen((0.0, 0.0)), (100.0, 0.0), "400 mm high, 200 mm wide");
        assert_eq!(fit.to_screen((200.0, 100.0)), (300.0, 400.0));
    }

    #[test]
    fn the_point_under_the_pointer_stays_however_the_picture_is_turned() {
        for turn in [Turn::default(), Turn::default().clockwise(), Turn::default().clockwise().flipped_down()] {
            let mut placed = Placement::new(&ViewTransform::Fit, turn, SIZE, None, (400.0, 300.0));
            let before = placed.to_image((190.0, 150.0));
            for factor in [1.5, 3.0, 0.8] {
                placed = Placement::new(&placed.zoomed(factor, (190.0, 150.0)), turn, SIZE, None, (400.0, 300.0));
                let after = placed.to_image((190.0, 150.0));
                assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9, "{turn:?}");
            }
            let moved = Placement::new(&placed.panned((30.0, -20.0)), turn, SIZE, None, (400.0, 300.0));
            let (x, y) = moved.to_screen(before);
            assert!((x - 220.0).abs() < 1e-9 && (y - 130.0).abs() < 1e-9, "{turn:?}: it moves with the pointer");
        }
    }

    #[test]
    fn a_picture_turned_to_the_right_has_its_first_row_on_the_right() {
        let placed = Placement::new(&ViewTransform::Fit, Turn::default().clockwise(), SIZE, None, (400.0, 400.0));
        assert_eq!(placed.zoom, 2.0, "200 columns fit into the height");
        assert_eq!(placed.to_screen((0.0, 0.0)), (300.0, 0.0));
        assert_eq!(placed.to_screen((200.0, 0.0)), (300.0, 400.0));
        assert_eq!(placed.to_screen((0.0, 100.0)), (100.0, 0.0));
        assert_eq!(placed.to_image((300.0, 400.0)), (200.0, 0.0));
    }

    #[test]
    fn zoom_and_pan_have_ends() {
        let placed = Placement::new(&ViewTransform::Fit, Turn::default(), SIZE, None, (400.0, 400.0));
        let ViewTransform::Free { zoom, .. } = placed.zoomed(1e9, (0.0, 0.0)) else { panic!("zooming frees the view") };
        assert_eq!(zoom, 64.0);
        assert_eq!(placed.panned((-1e6, 1e6)), ViewTransform::Free { zoom: 2.0, center: (200.0, 0.0) });
        assert!(Placement::new(&ViewTransform::Fit, Turn::default(), Size::new(0, 0), None, (0.0, 0.0)).zoom > 0.0);
    }

    #[test]
    fn scale_bars_are_round_numbers() {
        assert_eq!(
            [99.0, 50.0, 19.0, 1.2, 0.07].map(|most| scale_bar_mm(most).unwrap()),
            [50.0, 50.0, 10.0, 1.0, 0.05]
        );
        assert_eq!(scale_bar_mm(0.0), None);
        assert_eq!(scale_bar_mm(f64::NAN), None);
    }
}
