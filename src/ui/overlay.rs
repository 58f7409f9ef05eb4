//! Text and marks on the picture: corners, orientation letters, scale bar. Nothing that identifies a person unless
//! asked for.

use eframe::egui::{Align2, Color32, FontId, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::theme;
use super::widgets::elided;
use super::words::{Language, Words, words};
use crate::app::{AppState, Current, Layout, Placement, SlicePosition, Stack, WindowSource, scale_bar_mm};
use crate::geometry::Turn;
use crate::render::ColorMap;
use crate::scan::{Format, Pixels, Scan, Window, WindowFunction};

/// Distance of the corners' text from the edges, and of its lines, in points.
const MARGIN: f32 = 16.0;
const LINE: f32 = 18.0;
/// Below this width, in points, there is no room for what the file is.
const NARROW: f32 = 440.0;
/// Identifying attributes listed before "and n more".
const MOST_TAGS: usize = 14;

/// What the corners say about the pane itself.
#[derive(Default)]
pub(super) struct Corner {
    /// Which view it is.
    pub view: usize,
    /// What its heatmap shows.
    pub heatmap: Option<String>,
    /// The cursor's place on the picture, in picture coordinates.
    pub cursor: Option<(f64, f64)>,
    /// The evidence there.
    pub evidence: Option<String>,
}

pub(super) fn overlay(ui: &Ui, rect: Rect, state: &AppState, (current, placed): (&Current, &Placement), own: Corner) {
    let Some(scan) = &current.scan else { return };
    let words = words(ui);
    let inner = rect.shrink(if rect.width() >= NARROW { MARGIN } else { MARGIN / 2.0 });
    let mut top_left = named(words, state, current);
    top_left.extend(what(words, (current, scan), rect.width() >= NARROW));
    top_left.extend(own.heatmap.iter().flat_map(|lines| lines.lines().map(str::to_owned)));
    let mut top = corner(ui, inner, Align2::LEFT_TOP, &top_left, theme::ON_PICTURE);
    if let Some(Err(why)) = &scan.meta.suv {
        no_suv(ui, inner, &mut top, why, own.view);
    }
    if state.shows_identity() {
        let below = Rect::from_min_max(pos2(inner.left(), top + LINE * 0.5), inner.max);
        corner(ui, below, Align2::LEFT_TOP, &identity(words, scan), theme::ON_PICTURE_AMBER);
    }
    corner(
        ui,
        inner,
        Align2::RIGHT_TOP,
        &place(words, current, placed, own, rect.width() >= NARROW),
        theme::ON_PICTURE,
    );
    corner(ui, inner, Align2::LEFT_BOTTOM, &window_lines(words, current), theme::ON_PICTURE);
    let Some(stack) = current.shown_stack() else { return };
    letters(ui, rect, stack, placed.turn);
    scale_bar(ui, inner, stack, placed);
}

/// Which item or plane it is, where there are several views.
fn named(words: Words, state: &AppState, current: &Current) -> Vec<String> {
    let plane = current.shown.as_ref().and_then(|shown| shown.plane);
    let layout = state.views().layout();
    let item = state.items().get(current.item).filter(|_| !matches!(layout, Layout::One | Layout::Planes));
    let outside = current.outside_name().map(|name| words.with("known-outside", &[("name", name.into())]));
    let mut lines: Vec<String> = item.map(|item| words.item(item)).or(outside).into_iter().collect();
    let over = current.fused().and_then(|(fusion, fused)| Some((state.items().get(fusion.item)?, fused)));
    if let Some((over, fused)) = over {
        lines.push(words.with("fusion-over", &[("name", words.item(over).into())]));
        lines.extend(fused.caution.as_ref().map(|_| words.text("fusion-caution").to_owned()));
    }
    match plane {
        Some(plane) => lines.push(words.plane(plane).to_owned()),
        None if layout == Layout::Planes => lines.push(words.text("plane-stored").to_owned()),
        None => {}
    }
    lines
}

/// Modality, body part, size.
fn what(words: Words, (current, scan): (&Current, &Scan), wide: bool) -> Vec<String> {
    let meta = &scan.meta;
    let side = match meta.laterality {
        Some('R') => Some(words.text("side-right")),
        Some('L') => Some(words.text("side-left")),
        Some('B') => Some(words.text("side-both")),
        _ => None,
    };
    let kind = [meta.modality.as_deref(), meta.body_part.as_deref(), side];
    let kind: Vec<&str> = kind.into_iter().flatten().collect();
    let mut lines = Vec::new();
    if !kind.is_empty() {
        lines.push(kind.join(" · "));
    }
    if !wide {
        return lines;
    }
    let size = current.shown_stack().map_or(scan.size, |stack| stack.size);
    let [cols, rows] = [("cols", size.cols.into()), ("rows", size.rows.into())];
    let format = ("format", format_name(scan.format).into());
    lines.push(match meta.bits_stored {
        Some(bits) => words.with("picture-size-bits", &[cols, rows, ("bits", bits.into()), format]),
        None => words.with("picture-size", &[cols, rows, format]),
    });
    lines
}

fn format_name(format: Format) -> &'static str {
    match format {
        Format::Dicom => "DICOM",
        Format::Nifti1 => "NIfTI-1",
        Format::Nifti2 => "NIfTI-2",
        Format::Analyze => "Analyze 7.5",
        Format::Png => "PNG",
        Format::Jpeg => "JPEG",
        Format::Tiff => "TIFF",
        Format::Bmp => "BMP",
        Format::Npy => "NumPy",
    }
}

fn identity(words: Words, scan: &Scan) -> Vec<String> {
    let tags = &scan.meta.identity;
    if tags.is_empty() {
        return vec![words.text("picture-no-identity").to_owned()];
    }
    let mut lines: Vec<String> = tags.iter().take(MOST_TAGS).map(|t| format!("{}: {}", t.keyword, t.value)).collect();
    if tags.len() > MOST_TAGS {
        lines.push(words.with("picture-more-tags", &[("count", (tags.len() - MOST_TAGS).into())]));
    }
    lines
}

/// Why there is no SUV: a line, and the whole sentence under the pointer.
fn no_suv(ui: &Ui, inner: Rect, top: &mut f32, why: &str, view: usize) {
    let words = words(ui);
    let none = words.text("picture-no-suv");
    let sentence = match words.language() {
        Language::English => format!("{none}: {why}"),
        Language::Korean => none.to_owned(),
    };
    let galley = elided(ui, &sentence, theme::small(), theme::ON_PICTURE_AMBER, inner.width() * 0.45);
    let line = Rect::from_min_size(pos2(inner.left(), *top), galley.size());
    shadowed(ui, line.min, Align2::LEFT_TOP, galley.text(), theme::small(), theme::ON_PICTURE_AMBER);
    let response = ui.interact(line, eframe::egui::Id::unique(("no suv", view)), eframe::egui::Sense::hover());
    response.on_hover_text(words.explained(none, why));
    *top += LINE;
}

/// Slice and zoom.
fn place(words: Words, current: &Current, placed: &Placement, own: Corner, wide: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(shown) = &current.shown
        && current.frames() > 1
    {
        let (index, count) = ((shown.index + 1).into(), current.frames().into());
        let slice = words.with("picture-slice", &[("index", index), ("count", count)]);
        let position = current.shown_stack().and_then(|stack| stack.position(shown.index));
        // The middle of the upper edge is the letter's.
        match position {
            Some(SlicePosition { letter, mm }) if wide => lines.push(format!("{slice} · {letter} {mm:.1} mm")),
            Some(SlicePosition { letter, mm }) => lines.extend([slice, format!("{letter} {mm:.1} mm")]),
            None => lines.push(slice),
        }
    }
    if wide {
        let percent = format!("{:.0}", placed.zoom * 100.0);
        lines.push(words.with("picture-zoom", &[("percent", percent.into())]));
    }
    lines.extend(turned(words, placed.turn));
    if let Some(value) = own.cursor.and_then(|point| value_at(current, point)) {
        lines.push(value);
        lines.extend(own.evidence);
    }
    lines
}

/// How the picture is turned, where it is: nobody shall take it for how it was stored.
fn turned(words: Words, turn: Turn) -> Option<String> {
    let degrees = [("degrees", turn.degrees().into())];
    match (turn.is_mirrored(), turn.degrees()) {
        (false, 0) => None,
        (false, _) => Some(words.with("picture-turned", &degrees)),
        (true, 0) => Some(words.text("picture-mirrored").to_owned()),
        (true, _) => Some(words.with("picture-mirrored-turned", &degrees)),
    }
}

/// `x, y: value` in modality units.
fn value_at(current: &Current, (x, y): (f64, f64)) -> Option<String> {
    if x < 0.0 || y < 0.0 {
        return None;
    }
    let (col, row) = (x as usize, y as usize);
    let value = match &current.shown.as_ref()?.picture.frame().pixels {
        Pixels::Gray(values) => {
            let unit = current.scan.as_ref().and_then(|scan| scan.meta.unit.as_deref()).unwrap_or("");
            let value = f64::from(*values.get((row, col))?);
            let suv = current.scan.as_ref().and_then(|scan| scan.meta.suv.as_ref()?.as_ref().ok().copied());
            let suv = suv.map_or(String::new(), |factor| format!(" · SUV {}", number(value * factor)));
            format!("{} {unit}{suv}", number(value))
        }
        Pixels::Rgb(values) => {
            let channel = |c| values.get((row, col, c)).copied();
            format!("{} {} {}", channel(0)?, channel(1)?, channel(2)?)
        }
    };
    Some(format!("{col}, {row}: {}", value.trim_end()))
}

fn window_lines(words: Words, current: &Current) -> Vec<String> {
    let mut lines = Vec::new();
    let colour = current.shown.as_ref().is_some_and(|s| matches!(s.picture.frame().pixels, Pixels::Rgb(_)));
    if let Some(window) = current.window().filter(|_| !colour) {
        lines.push(window_name(words, window, current.windowing.source));
        if current.windowing.lut().is_none() {
            let (width, center) = (number(window.width).into(), number(window.center).into());
            lines.push(words.with("picture-window", &[("width", width), ("center", center)]));
        }
        if current.colors != ColorMap::Gray {
            lines.push(words.colours(current.colors).to_owned());
        }
    }
    if current.invert {
        lines.push(words.text("picture-inverted").to_owned());
    }
    lines
}

/// A window's own name, or where it came from.
pub(super) fn window_name(words: Words, window: &Window, source: WindowSource) -> String {
    let origin = match source {
        WindowSource::Header(n) => {
            let unnamed = || words.with("window-header", &[("number", (n + 1).into())]);
            window.name.clone().unwrap_or_else(unnamed)
        }
        WindowSource::Lut(n) => {
            let unnamed = || words.with("window-lut", &[("number", (n + 1).into())]);
            window.name.as_ref().map_or_else(unnamed, |name| words.with("window-lut-named", &[("name", name.into())]))
        }
        WindowSource::Auto => words.text("window-auto").to_owned(),
        WindowSource::Preset => words.preset(window),
        WindowSource::Manual => words.text("window-own").to_owned(),
    };
    match window.function {
        WindowFunction::Sigmoid => words.with("window-sigmoid", &[("name", origin.into())]),
        WindowFunction::Linear | WindowFunction::LinearExact => origin,
    }
}

/// Enough digits for the size of the number, never more.
pub(super) fn number(value: f64) -> String {
    let size = value.abs();
    if value == value.trunc() && size < 1e6 {
        format!("{value:.0}")
    } else if !(1e-3..1e6).contains(&size) {
        format!("{value:.2e}")
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

/// Numbers that stand together, all with as many decimals as the largest of them needs.
pub(super) fn alike<const N: usize>(values: [f64; N]) -> [String; N] {
    let size = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let decimals = match size {
        _ if values.iter().all(|value| *value == value.trunc()) => 0,
        100.0.. => 0,
        10.0..100.0 => 1,
        1.0..10.0 => 2,
        _ => 3,
    };
    // What rounding leaves of a small negative number is 0, not -0.
    let fixed = |value: f64| {
        let text = format!("{value:.decimals$}");
        if text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) { text } else { text.replace('-', "") }
    };
    if (1e-3..1e6).contains(&size) || size == 0.0 { values.map(fixed) } else { values.map(number) }
}

fn letters(ui: &Ui, rect: Rect, stack: &Stack, turn: Turn) {
    let Some(edges) = stack.letters.as_ref().map(|edges| turn.edges(edges)) else { return };
    let at = rect.shrink(MARGIN);
    let font = theme::orientation_letter;
    shadowed(ui, at.left_center(), Align2::LEFT_CENTER, &edges.left, font(), theme::ON_PICTURE_AMBER);
    shadowed(ui, at.right_center(), Align2::RIGHT_CENTER, &edges.right, font(), theme::ON_PICTURE_AMBER);
    shadowed(ui, at.center_top(), Align2::CENTER_TOP, &edges.top, font(), theme::ON_PICTURE_AMBER);
    shadowed(ui, at.center_bottom(), Align2::CENTER_BOTTOM, &edges.bottom, font(), theme::ON_PICTURE_AMBER);
}

/// A round length in mm, bottom right.
fn scale_bar(ui: &Ui, inner: Rect, stack: &Stack, placed: &Placement) {
    let Some(spacing) = stack.spacing else { return };
    let points_per_mm = placed.zoom / f64::from(ui.pixels_per_point()) / spacing.col_mm;
    let longest = f64::from(theme::SCALE_BAR_LONGEST.min(inner.width() * 0.3));
    let Some(mm) = scale_bar_mm(longest / points_per_mm) else { return };
    let length = (mm * points_per_mm) as f32;
    let right = inner.right_bottom();
    let left = right - vec2(length, 0.0);
    let tick = vec2(0.0, -6.0);
    for (width, color) in [(4.0, theme::PICTURE_TEXT_SHADOW), (1.5, theme::ON_PICTURE)] {
        let stroke = Stroke::new(width, color);
        ui.painter().line(vec![left + tick, left, right, right + tick], stroke);
    }
    let text = if mm >= 10.0 { format!("{} cm", number(mm / 10.0)) } else { format!("{} mm", number(mm)) };
    shadowed(ui, right - vec2(0.0, 10.0), Align2::RIGHT_BOTTOM, &text, theme::small(), theme::ON_PICTURE);
}

/// Lines in a corner of `rect`; where they end (y).
fn corner(ui: &Ui, rect: Rect, align: Align2, lines: &[String], color: Color32) -> f32 {
    let corner = align.pos_in_rect(&rect);
    let bottom = align.y() == eframe::egui::Align::Max;
    let first = if bottom { corner.y - LINE * lines.len().saturating_sub(1) as f32 } else { corner.y };
    for (i, line) in lines.iter().enumerate() {
        shadowed(ui, pos2(corner.x, first + LINE * i as f32), align, line, theme::small(), color);
    }
    first + LINE * lines.len() as f32
}

/// Readable on black and on white pixels.
pub(super) fn shadowed(ui: &Ui, at: Pos2, align: Align2, text: &str, font: FontId, color: Color32) {
    let painter = ui.painter().with_clip_rect(ui.max_rect());
    // Inverted PET is white up to the corners, where a shadow alone leaves little of small letters.
    let galley = painter.layout_no_wrap(text.to_owned(), font.clone(), color);
    let plate = align.anchor_size(at, galley.size()).expand2(vec2(3.0, 1.0));
    painter.rect_filled(plate, 3.0, theme::PICTURE_TEXT_PLATE);
    for offset in [vec2(1.0, 1.0), vec2(-1.0, 1.0), vec2(1.0, -1.0), vec2(-1.0, -1.0)] {
        painter.text(at + offset * 0.75, align, text, font.clone(), theme::PICTURE_TEXT_SHADOW);
    }
    painter.text(at, align, text, font, color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_need_to_be() {
        let cases = [(400.0, "400"), (-1024.0, "-1024"), (0.25, "0.250"), (12.34, "12.3"), (1234.5, "1234")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(0.00001), "1.00e-5");
        assert_eq!(alike([-1.9, -0.398]), ["-1.90", "-0.40"]);
        assert_eq!(alike([0.0, 255.0]), ["0", "255"]);
        assert_eq!(alike([-123.68, 0.002, 151.06]), ["-124", "0", "151"]);
        assert_eq!(alike([0.0, 0.99609]), ["0.000", "0.996"]);
        assert_eq!(alike([-0.00001, 12.5]), ["0.0", "12.5"]);
        assert_eq!(alike([0.0, 0.00002]), ["0", "2.00e-5"]);
        assert_eq!(number(3.2e9), "3.20e9");
    }
}
