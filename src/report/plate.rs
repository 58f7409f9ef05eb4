//! A picture as it is exported: its window, its size, a map over it, words on it.

use std::path::Path;

use image::{ImageEncoder as _, codecs::png::PngEncoder};

use super::ReportError;
use crate::explain::Target;
use crate::geometry::{PlaneMap, Size};
use crate::render::{
    Canvas, OverlayStyle, Paint, PlacedMap, Pyramid, RESEARCH_USE, Shader, View, auto_window, burn_caption,
    color_bar_cols, draw, draw_color_bar, draw_overlay, with_caption,
};
use crate::review::Explained;
use crate::scan::{Frame, Polarity};

/// A frame in its header's window or an automatic one, ready to be drawn several times.
pub(super) struct Plate {
    picture: Pyramid,
    shader: Shader,
    size: Size,
    image_from_plate: PlaneMap,
}

impl Plate {
    /// At the frame's own size, or (with `most` pixels on its longer side) smaller.
    pub fn new(frame: Frame, polarity: Polarity, most: Option<usize>) -> Self {
        let window = frame.windows.first().cloned().unwrap_or_else(|| auto_window(&frame));
        let shader = Shader::new(&window, polarity, false);
        let picture = Pyramid::new(frame);
        let Size { rows, cols } = picture.size();
        let shrink = most.map_or(1.0, |most| (most as f64 / rows.max(cols).max(1) as f64).min(1.0));
        let side = |length: usize| ((length as f64 * shrink).round() as usize).max(1);
        let size = Size::new(side(rows), side(cols));
        let image_from_plate = PlaneMap {
            scale_x: cols as f64 / size.cols as f64,
            scale_y: rows as f64 / size.rows as f64,
            offset_x: 0.0,
            offset_y: 0.0,
        };
        Self { picture, shader, size, image_from_plate }
    }

    pub fn size(&self) -> Size {
        self.size
    }

    /// RGBA with the map over it and a colour bar with numbers where it fits.
    pub fn draw(&self, map: Option<(&Explained, &OverlayStyle)>) -> Result<Vec<u8>, String> {
        let smooth = self.image_from_plate != PlaneMap::IDENTITY;
        let view = View { size: self.size, image_from_screen: self.image_from_plate, smooth };
        let mut rgba = Vec::new();
        draw(&self.picture, &view, &self.shader, &mut rgba);
        if let Some((explained, style)) = map {
            let mut canvas = Canvas::new(&mut rgba, self.size).map_err(|error| error.to_string())?;
            let paint = Paint::new(style);
            let plate_from_image = self.image_from_plate.inverse().unwrap_or(PlaneMap::IDENTITY);
            let placed = explained.placed();
            let canvas_from_map = plate_from_image.after(&placed.canvas_from_map);
            draw_overlay(&mut canvas, &PlacedMap { canvas_from_map, ..placed }, &paint);
            bar(&mut canvas, &paint, unit(explained.map.target));
        }
        Ok(rgba)
    }

    /// Writes RGBA with the research-use line burnt in, where it fits (it needs 96 columns or so).
    pub fn save(&self, path: &Path, mut rgba: Vec<u8>) -> Result<(), ReportError> {
        let failed = |what: String| ReportError::Draw { path: path.to_owned(), what };
        let mut canvas = Canvas::new(&mut rgba, self.size).map_err(|error| failed(error.to_string()))?;
        // Very small pictures have no room for the words; the JSON beside them says the same.
        let _ = burn_caption(&mut canvas, &[RESEARCH_USE]);
        save_png(path, &rgba, self.size)
    }

    /// Writes RGBA with the words and the research-use line on a strip below.
    pub fn save_with_words(&self, path: &Path, rgba: Vec<u8>, words: &str) -> Result<(), ReportError> {
        let failed = |what: String| ReportError::Draw { path: path.to_owned(), what };
        let captioned = with_caption(rgba, self.size, &[words, RESEARCH_USE]);
        let (rgba, size) = captioned.map_err(|error| failed(error.to_string()))?;
        save_png(path, &rgba, size)
    }
}

/// What the map's numbers count.
fn unit(target: Target) -> &'static str {
    match target {
        Target::Logit => "logit",
        Target::Probability => "probability",
    }
}

/// Share of a picture's columns that a colour bar may take.
const WIDEST_BAR: f32 = 0.2;

fn bar(canvas: &mut Canvas<'_>, paint: &Paint, unit: &str) {
    let size = canvas.size();
    let text_height = (size.rows as f32 / 40.0).clamp(9.0, 28.0);
    let cols = color_bar_cols(paint, unit, text_height);
    if cols as f32 > size.cols as f32 * WIDEST_BAR || size.rows < 200 {
        return;
    }
    let rows = size.rows / 2;
    draw_color_bar(canvas, (size.rows / 16, size.cols - cols), Size::new(rows, cols), paint, unit, text_height);
}

fn save_png(path: &Path, rgba: &[u8], size: Size) -> Result<(), ReportError> {
    let failed = |what: String| ReportError::Draw { path: path.to_owned(), what };
    let side = |length: usize| u32::try_from(length).map_err(|_| failed("it is too large".to_owned()));
    let (cols, rows) = (side(size.cols)?, side(size.rows)?);
    let rgb: Vec<u8> = rgba.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect();
    let file = std::fs::File::create(path).map_err(|source| ReportError::Write { path: path.to_owned(), source })?;
    PngEncoder::new(std::io::BufWriter::new(file))
        .write_image(&rgb, cols, rows, image::ExtendedColorType::Rgb8)
        .map_err(|error| failed(error.to_string()))
}
