//! Charts as vectors: plotters draws into a sheet's content.

use std::convert::Infallible;

use pdf_writer::Content;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform,
};

use super::fonts::{Fonts, Weight};
use super::paper::{HEIGHT, Paper};
use crate::report::chart::Figure;

/// plotters' text size is the height of a line; this many times the size of the letters.
const LINE_OF_SIZE: f64 = 1.24;
/// Control points of a quarter circle.
const ROUND: f32 = 0.552_284_8;

type Done = Result<(), DrawingErrorKind<Infallible>>;

/// Draws the figure with its upper left corner at `(x, y)`; a pixel is `scale` points.
pub(super) fn put(paper: &mut Paper, figure: &Figure<'_>, (x, y): (f32, f32), scale: f32) -> Result<(), String> {
    let backend = OnPaper {
        content: &mut paper.sheet.content,
        fonts: &mut paper.fonts,
        size: figure.size()?,
        corner: (x, HEIGHT - y),
        scale,
    };
    figure.draw_on(backend)
}

struct OnPaper<'a> {
    content: &'a mut Content,
    fonts: &'a mut Fonts,
    size: (u32, u32),
    /// Upper left, in the file's own coordinates.
    corner: (f32, f32),
    scale: f32,
}

impl OnPaper<'_> {
    fn at(&self, (x, y): BackendCoord) -> (f32, f32) {
        (self.corner.0 + x as f32 * self.scale, self.corner.1 - y as f32 * self.scale)
    }

    /// Sets the colour of lines and areas, laid over white; false where nothing would be seen.
    fn ink(&mut self, color: BackendColor) -> bool {
        let over_white = |level: u8| (1.0 - color.alpha * (1.0 - f64::from(level) / 255.0)) as f32;
        let (r, g, b) = color.rgb;
        let (r, g, b) = (over_white(r), over_white(g), over_white(b));
        self.content.set_fill_rgb(r, g, b).set_stroke_rgb(r, g, b);
        color.alpha > 0.0
    }

    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>) {
        for (number, point) in points.into_iter().enumerate() {
            let (x, y) = self.at(point);
            if number == 0 {
                self.content.move_to(x, y)
            } else {
                self.content.line_to(x, y)
            };
        }
    }

    fn thick(&mut self, pixels: u32) {
        self.content.set_line_width(pixels as f32 * self.scale);
    }
}

impl DrawingBackend for OnPaper<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done {
        if self.ink(style.color()) {
            self.thick(style.stroke_width());
            let ((left, top), (right, bottom)) = (self.at(upper_left), self.at(bottom_right));
            self.content.rect(left, bottom, right - left, top - bottom);
            if fill {
                self.content.fill_nonzero()
            } else {
                self.content.stroke()
            };
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        if self.ink(style.color()) {
            self.thick(style.stroke_width());
            self.path(path);
            self.content.stroke();
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        if self.ink(style.color()) {
            let ((x, y), r) = (self.at(center), radius as f32 * self.scale);
            let c = r * ROUND;
            self.content.move_to(x + r, y);
            self.content.cubic_to(x + r, y + c, x + c, y + r, x, y + r).cubic_to(x - c, y + r, x - r, y + c, x - r, y);
            self.content.cubic_to(x - r, y - c, x - c, y - r, x, y - r).cubic_to(x + c, y - r, x + r, y - c, x + r, y);
            if fill {
                self.content.fill_nonzero()
            } else {
                self.content.stroke()
            };
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Done {
        if self.ink(style.color()) {
            self.path(vert);
            self.content.fill_nonzero();
        }
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Done {
        if !self.ink(style.color()) {
            return Ok(());
        }
        let size = (style.size() / LINE_OF_SIZE) as f32 * self.scale;
        let back = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => 0.5,
            HPos::Right => 1.0,
        } * self.fonts.width(text, size, Weight::Regular);
        // The base line below the anchor, as plotters' SVG places it.
        let down = match style.anchor().v_pos {
            VPos::Top => 0.76,
            VPos::Center => 0.26,
            VPos::Bottom => -0.26,
        } * size;
        // Direction of the line: cosine and sine, in the file's coordinates.
        let (cos, sin) = match style.transform() {
            FontTransform::None => (1.0, 0.0),
            FontTransform::Rotate90 => (0.0, -1.0),
            FontTransform::Rotate180 => (-1.0, 0.0),
            FontTransform::Rotate270 => (0.0, 1.0),
        };
        let (x, y) = self.at(at);
        let start = (x - back * cos + down * sin, y - back * sin - down * cos);
        self.fonts.show(self.content, [cos, sin, -sin, cos, start.0, start.1], text, size, Weight::Regular);
        Ok(())
    }
}
