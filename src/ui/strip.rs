//! The processing result: one small picture for each preprocessing step, side by side, as the model is fed.

use std::sync::Arc;

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Shape, Stroke, TextureHandle, TextureOptions, Ui,
    UiBuilder, Vec2, WidgetInfo, pos2, scroll_area::ScrollBarVisibility, style::ScrollStyle, vec2,
};

use super::overlay::alike;
use super::theme;
use super::thumbnails::image;
use super::widgets::{elided, palette, tip};
use super::words::words;
use crate::app::{Prediction, SeenStep, StepFacts};
use crate::engine::Origin;
use crate::render::Thumbnail;

/// Between two steps, with the arrow.
const GAP: f32 = 24.0;

/// Of one step: enough for its parameters.
const MOST_WIDTH: f32 = 184.0;

/// Slices through a volume that the model was fed.
const SLICES: usize = 3;

/// The uploaded pictures of one prediction's steps.
#[derive(Default)]
pub(super) struct StepPictures {
    /// Held, so that its address stays its own.
    of: Option<Arc<Prediction>>,
    textures: Vec<Option<TextureHandle>>,
}

impl StepPictures {
    /// Before pictures are painted: those of another prediction go.
    pub fn begin(&mut self, prediction: &Arc<Prediction>) {
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, prediction)) {
            *self = Self { of: Some(prediction.clone()), textures: vec![None; prediction.seen.len() + SLICES] };
        }
    }

    /// Picture `n` as large as fits into `at`: that of a step, or behind the last one a slice of what the model was fed.
    pub fn paint(&mut self, ui: &Ui, n: usize, picture: Option<&Thumbnail>, at: Rect) {
        ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
        let Some(picture) = picture else { return };
        let Some(slot) = self.textures.get_mut(n) else { return };
        let texture = slot
            .get_or_insert_with(|| ui.ctx().load_texture(format!("step {n}"), image(picture), TextureOptions::LINEAR));
        let size = texture.size_vec2();
        let scale = (at.width() / size.x.max(1.0)).min(at.height() / size.y.max(1.0));
        let shown = Rect::from_center_size(at.center(), size * scale);
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), shown, uv, eframe::egui::Color32::WHITE);
    }
}

/// Of the bar below a strip that is wider than its place.
const BAR: f32 = 5.0;

/// Where the words of a step stand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Words {
    Below,
    /// So much room.
    Beside(f32),
}

/// Room for words beside a picture.
const BESIDE: std::ops::RangeInclusive<f32> = 112.0..=232.0;
/// Four lines of them.
const LINES: f32 = 66.0;

/// All steps of a prediction in one row, pictures `side` points high, their words below. `steps` says their parameters
/// and origins.
pub(super) fn strip(
    ui: &mut Ui,
    pictures: &mut StepPictures,
    prediction: &Arc<Prediction>,
    steps: &[StepFacts],
    side: f32,
) {
    let count = prediction.seen.len().max(1) as f32;
    let width = ((ui.available_width() + GAP) / count - GAP).clamp(side.max(96.0), MOST_WIDTH);
    row(ui, pictures, prediction, steps, (vec2(width, side), Words::Below));
}

fn row(
    ui: &mut Ui,
    pictures: &mut StepPictures,
    prediction: &Arc<Prediction>,
    steps: &[StepFacts],
    (size, place): (Vec2, Words),
) {
    pictures.begin(prediction);
    let cell_width = match place {
        Words::Below => size.x,
        Words::Beside(width) => size.x + theme::GRID + width,
    };
    let count = prediction.seen.len() as f32;
    // Cells that share the width fill it but for rounding.
    let is_wider = count * (cell_width + GAP) - GAP > ui.available_width() + 1.0;
    // What does not fit is seen to go on, and the wheel alone reaches it; what fits has no bar for a pixel of rounding.
    let bar = if is_wider { ScrollBarVisibility::AlwaysVisible } else { ScrollBarVisibility::AlwaysHidden };
    let was = ui.style().clone();
    let style = ui.style_mut();
    style.always_scroll_the_only_direction = true;
    style.spacing.scroll = ScrollStyle { floating_width: BAR, dormant_handle_opacity: 0.6, ..style.spacing.scroll };
    let area = ScrollArea::horizontal().id_salt("strip").auto_shrink([false, true]).scroll_bar_visibility(bar);
    area.show(ui, |ui| {
        ui.set_style(was);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (n, step) in prediction.seen.iter().enumerate() {
                if n > 0 {
                    arrow(ui, size.y);
                }
                let declared = n.checked_sub(1).and_then(|n| steps.get(n));
                cell(ui, pictures, (n, step), declared, (size, place));
            }
        });
        if is_wider {
            ui.add_space(BAR);
        }
    });
}

/// The strip below a page: small where the window is low, and folded away by its title.
#[derive(Default)]
pub(super) struct FoldingStrip {
    pictures: StepPictures,
    is_folded: bool,
}

/// Windows lower than this have the words beside the pictures.
const LOW: f32 = 840.0;
const TITLE: f32 = 20.0;
const MARGIN: f32 = 8.0;

impl FoldingStrip {
    /// Of the panel that holds it.
    pub fn height(&self, ui: &Ui) -> f32 {
        let row = match Self::look(ui) {
            _ if self.is_folded => 0.0,
            (size, Words::Beside(_)) => size.y + 14.0,
            (size, Words::Below) => size.y + LINES + 14.0,
        };
        TITLE + row + 2.0 * MARGIN
    }

    fn look(ui: &Ui) -> (Vec2, Words) {
        let is_low = ui.ctx().content_rect().height() < LOW;
        if is_low { (vec2(56.0, 56.0), Words::Beside(*BESIDE.start())) } else { (vec2(MOST_WIDTH, 88.0), Words::Below) }
    }

    pub fn show(&mut self, ui: &mut Ui, prediction: &Arc<Prediction>, steps: &[StepFacts]) {
        ui.spacing_mut().item_spacing.y = 6.0;
        self.title(ui, prediction);
        if self.is_folded {
            return;
        }
        let look = Self::look(ui);
        match look.1 {
            Words::Beside(_) => {
                let count = prediction.seen.len().max(1) as f32;
                let width = (ui.available_width() + GAP) / count - GAP - look.0.x - theme::GRID;
                let beside = Words::Beside(width.clamp(*BESIDE.start(), *BESIDE.end()));
                row(ui, &mut self.pictures, prediction, steps, (look.0, beside));
            }
            Words::Below => strip(ui, &mut self.pictures, prediction, steps, look.0.y),
        }
    }

    /// Folded, it still names the steps.
    fn title(&mut self, ui: &mut Ui, prediction: &Prediction) {
        let (p, words) = (palette(ui), words(ui));
        let width = ui.available_width();
        let (rect, response) = ui.allocate_exact_size(vec2(width, TITLE), Sense::click());
        let name = words.text("strip");
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, !self.is_folded, name));
        let color = if response.hovered() || response.has_focus() { p.accent } else { p.text };
        let at = rect.left_center() + vec2(5.0, 0.0);
        let corners = match self.is_folded {
            true => [vec2(-3.0, -4.5), vec2(4.0, 0.0), vec2(-3.0, 4.5)],
            false => [vec2(-4.5, -3.0), vec2(4.5, -3.0), vec2(0.0, 4.0)],
        };
        let corners = corners.into_iter().map(|by| at + by).collect();
        ui.painter().add(Shape::convex_polygon(corners, color, Stroke::NONE));
        let title = elided(ui, name, theme::heading(), color, width - 16.0);
        let left = rect.left() + 16.0;
        let end = left + title.size().x;
        ui.painter().galley(pos2(left, rect.center().y - title.size().y / 2.0), title, color);
        if self.is_folded {
            let names = prediction.seen.iter().map(|step| match step.name {
                Some(name) => words.step(name),
                None => words.text("seen-as-read").to_owned(),
            });
            let chain = names.collect::<Vec<_>>().join("  ›  ");
            let chain = elided(ui, &chain, theme::small(), p.weak, rect.right() - end - 16.0);
            ui.painter().galley(pos2(end + 16.0, rect.center().y - chain.size().y / 2.0), chain, p.weak);
        }
        if response.clicked() {
            self.is_folded = !self.is_folded;
        }
    }
}

fn arrow(ui: &mut Ui, side: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(GAP, side), Sense::hover());
    let (at, color) = (rect.center(), palette(ui).weak);
    let stroke = eframe::egui::Stroke::new(1.5, color);
    ui.painter().line(vec![at + vec2(-3.0, -5.0), at + vec2(3.0, 0.0), at + vec2(-3.0, 5.0)], stroke);
}

fn cell(
    ui: &mut Ui,
    pictures: &mut StepPictures,
    (n, step): (usize, &SeenStep),
    declared: Option<&StepFacts>,
    (size, place): (Vec2, Words),
) {
    let (p, words) = (palette(ui), words(ui));
    let room = match place {
        Words::Below => vec2(0.0, LINES),
        Words::Beside(width) => vec2(theme::GRID + width, 0.0),
    };
    let (all, response) = ui.allocate_exact_size(size + room, Sense::hover());
    let picture = Rect::from_min_size(all.min, size);
    pictures.paint(ui, n, step.picture.as_ref(), picture);
    let mut lines = all;
    match place {
        Words::Below => lines.min.y = picture.bottom() + 2.0,
        Words::Beside(_) => lines.min.x = picture.right() + theme::GRID,
    }
    let title = match step.name {
        Some(name) => format!("{n}  {}", words.step(name)),
        None => words.text("seen-as-read").to_owned(),
    };
    let own = declared.map(|step| words.parameters(step).join(" · ")).unwrap_or_default();
    let (values, whole) = (values(ui, step), whole(ui, step));
    let builder = UiBuilder::new().max_rect(lines).layout(Layout::top_down(Align::Min)).id_salt(("step", n));
    // A child of its own: the cell is as wide as it was made, however short its words.
    let ui = &mut ui.new_child(builder);
    ui.spacing_mut().item_spacing.y = 0.0;
    let assumed = declared.is_some_and(|step| step.origin == Origin::Assumed);
    let color = if assumed { p.amber } else { p.text };
    let line = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).truncate().halign(Align::LEFT));
    line(ui, RichText::new(&title).font(theme::small_strong()).color(color));
    for text in [&own, &step.shape, &values].into_iter().filter(|text| !text.is_empty()) {
        line(ui, RichText::new(text).font(theme::small()).color(p.weak));
    }
    let told = [Some(title), Some(own), step.remark.clone(), Some(whole)];
    let told: Vec<String> = told.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    tip(response, || told.join("\n"));
}

/// `0 to 255`; nothing where it is not known.
fn values(ui: &Ui, step: &SeenStep) -> String {
    let Some((low, high)) = step.range else { return String::new() };
    let [low, high] = alike([low, high].map(f64::from));
    let values = [("low", low.into()), ("high", high.into())];
    words(ui).with(if step.is_slice { "seen-values-slice" } else { "seen-values" }, &values)
}

/// `224 × 224 × 3, 0 to 255`.
fn whole(ui: &Ui, step: &SeenStep) -> String {
    let Some((low, high)) = step.range else { return step.shape.clone() };
    let [low, high] = alike([low, high].map(f64::from));
    let values = [("shape", (&step.shape).into()), ("low", low.into()), ("high", high.into())];
    words(ui).with(if step.is_slice { "seen-range-slice" } else { "seen-range" }, &values)
}
