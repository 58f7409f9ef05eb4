//! Charts as PNG or SVG files (by the file's extension), drawn by plotters with the bundled font, in one look. SVG text
//! names that font and common ones with Hangul behind it: the viewer's machine decides.

mod confusion;
mod curves;
mod figure;
mod words;

use std::path::Path;
use std::sync::Once;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Language, ReportError};
use crate::render::fonts;

pub use confusion::{confusion_chart, matrix_chart};
pub use curves::{calibration_chart, precision_recall_chart, roc_chart};
pub(super) use figure::{Figure, figures};

/// Rows of the research-use line below a chart that stands alone.
const NOTICE_ROWS: u32 = 36;
const FAMILY: &str = "overread";
/// What stands in an SVG instead: a viewer takes the first that it has.
const SVG_FAMILIES: &str =
    "Overread Hangul, Noto Sans CJK KR, Noto Sans KR, Malgun Gothic, Apple SD Gothic Neo, sans-serif";
const INK: RGBColor = RGBColor(30, 34, 40);
const LEFT: Pos = Pos { h_pos: HPos::Left, v_pos: VPos::Center };
const CENTRE: Pos = Pos { h_pos: HPos::Center, v_pos: VPos::Center };

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Something that can be drawn on any backend.
trait Drawing {
    /// Columns and rows in pixels.
    fn size(&self) -> Result<(u32, u32), Box<dyn std::error::Error>>;
    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) -> Drawn
    where
        B::ErrorType: 'static;
}

fn save(path: &Path, drawing: &impl Drawing, language: Language) -> Result<(), ReportError> {
    register_font();
    let saved = if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
        save_svg(path, drawing, language)
    } else {
        save_png(path, drawing, language)
    };
    saved.map_err(|error| ReportError::Draw { path: path.to_owned(), what: error.to_string() })
}

fn save_png(path: &Path, drawing: &impl Drawing, language: Language) -> Drawn {
    let size = drawing.size()?;
    let mut rgb = vec![0; usize::try_from(size.0)? * usize::try_from(size.1)? * 3];
    sheet(&BitMapBackend::with_buffer(&mut rgb, size).into_drawing_area(), size, drawing, language)?;
    image::save_buffer(path, &rgb, size.0, size.1, image::ExtendedColorType::Rgb8)?;
    Ok(())
}

fn save_svg(path: &Path, drawing: &impl Drawing, language: Language) -> Drawn {
    let size = drawing.size()?;
    let mut text = String::new();
    sheet(&SVGBackend::with_string(&mut text, size).into_drawing_area(), size, drawing, language)?;
    std::fs::write(path, in_common_fonts(&text))?;
    Ok(())
}

fn in_common_fonts(svg: &str) -> String {
    svg.replace(&format!("font-family=\"{FAMILY}\""), &format!("font-family=\"{SVG_FAMILIES}\""))
}

/// White ground, the drawing, the research-use line.
fn sheet<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    size: (u32, u32),
    drawing: &impl Drawing,
    language: Language,
) -> Drawn
where
    B::ErrorType: 'static,
{
    area.fill(&WHITE)?;
    drawing.draw(area)?;
    area.draw(&Text::new(language.notice(), (16, i32::try_from(size.1)? - 22), text(14.0, LEFT)))?;
    area.present()?;
    Ok(())
}

fn text(height: f64, place: Pos) -> TextStyle<'static> {
    TextStyle::from((FAMILY, height).into_font()).color(&INK).pos(place)
}

fn register_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if plotters::style::register_font(FAMILY, FontStyle::Normal, fonts::HANGUL).is_err() {
            tracing::error!("the bundled font was refused; charts have no text");
        }
    });
}

/// Width in pixels of one line.
fn width(words: &str, height: f64) -> f64 {
    let size = text(height, LEFT).font.layout_box(words);
    size.map_or(0.0, |((left, _), (right, _))| f64::from(right - left))
}

/// The words, shortened with "..." to a width in pixels.
fn fitted(words: &str, height: f64, most: f64) -> String {
    register_font();
    if width(words, height) <= most {
        return words.to_owned();
    }
    let mut kept: Vec<char> = words.chars().collect();
    while kept.pop().is_some() {
        let shorter: String = kept.iter().chain(&['.', '.', '.']).collect();
        if width(&shorter, height) <= most {
            return shorter;
        }
    }
    String::new()
}
