//! The processing result: one small picture for each preprocessing step, side by side, as the model is fed.

use std::sync::Arc;

use eframe::egui::{
    Align, Label, Layout, Rect, RichText, ScrollArea, Sense, TextureHandle, TextureOptions, Ui, UiBuilder, Vec2, pos2,
    vec2,
};

use super::overlay::number;
use super::theme;
use super::thumbnails::image;
use super::widgets::palette;
use super::words::words;
use crate::app::{Prediction, SeenStep, StepFacts};
use crate::engine::Origin;

/// Between two steps, with the arrow.
const GAP: f32 = 24.0;

/// Of one step: enough for its parameters.
const MOST_WIDTH: f32 = 184.0;

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
            *self = Self { of: Some(prediction.clone()), textures: vec![None; prediction.seen.len()] };
        }
    }

    /// Step `n` as large as fits into `at`.
    pub fn paint(&mut self, ui: &Ui, n: usize, step: &SeenStep, at: Rect) {
        ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
        let Some(picture) = &step.picture else { return };
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

/// All steps of a prediction in one row, pictures `side` points wide. `steps` says their parameters and origins.
pub(super) fn strip(
    ui: &mut Ui,
    pictures: &mut StepPictures,
    prediction: &Arc<Prediction>,
    steps: &[StepFacts],
    side: f32,
) {
    pictures.begin(prediction);
    let count = prediction.seen.len().max(1) as f32;
    let width = ((ui.available_width() + GAP) / count - GAP).clamp(side.max(96.0), MOST_WIDTH);
    ScrollArea::horizontal().id_salt("strip").auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (n, step) in prediction.seen.iter().enumerate() {
                if n > 0 {
                    arrow(ui, side);
                }
                cell(ui, pictures, (n, step), n.checked_sub(1).and_then(|n| steps.get(n)), vec2(width, side));
            }
        });
    });
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
    size: Vec2,
) {
    let (p, words) = (palette(ui), words(ui));
    let (all, _) = ui.allocate_exact_size(size + vec2(0.0, 52.0), Sense::hover());
    let layout = Layout::top_down(Align::Min);
    ui.scope_builder(UiBuilder::new().max_rect(all).layout(layout).id_salt(("step", n)), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let (at, response) = ui.allocate_exact_size(size, Sense::hover());
        pictures.paint(ui, n, step, at);
        let title = match step.name {
            Some(name) => format!("{n}  {}", words.step(name)),
            None => words.text("seen-as-read").to_owned(),
        };
        let assumed = declared.is_some_and(|step| step.origin == Origin::Assumed);
        let color = if assumed { p.amber } else { p.text };
        let line = |ui: &mut Ui, text: RichText| ui.add(Label::new(text).truncate().halign(Align::LEFT));
        line(ui, RichText::new(&title).font(theme::small_strong()).color(color));
        let own = declared.map(|step| parameters(step).join(" · ")).unwrap_or_default();
        let values = values(ui, step);
        line(ui, RichText::new(if own.is_empty() { &values } else { &own }).font(theme::small()).color(p.weak));
        if !own.is_empty() {
            line(ui, RichText::new(&values).font(theme::small()).color(p.weak));
        }
        let told = [Some(title), Some(own), step.remark.clone(), Some(values)];
        let told: Vec<String> = told.into_iter().flatten().filter(|text| !text.is_empty()).collect();
        response.on_hover_text(told.join("\n"));
    });
}

/// `224 × 224 × 3, 0 to 255`.
fn values(ui: &Ui, step: &SeenStep) -> String {
    match step.range {
        Some((low, high)) => {
            let (low, high) = (number(f64::from(low)).into(), number(f64::from(high)).into());
            words(ui).with("seen-range", &[("shape", (&step.shape).into()), ("low", low), ("high", high)])
        }
        None => step.shape.clone(),
    }
}

/// `size 224 224`, `filter bilinear`, `as tensorflow`.
pub(super) fn parameters(step: &StepFacts) -> Vec<String> {
    step.parameters.iter().map(|(name, value)| format!("{name} {value}")).collect()
}
