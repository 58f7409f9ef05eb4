//! "What the model saw": every preprocessing step with its parameters, where they came from, and the picture after it.

use std::sync::Arc;

use eframe::egui::{CollapsingHeader, Label, Rect, RichText, Sense, TextureHandle, TextureOptions, Ui, Vec2, pos2};

use super::overlay::number;
use super::theme;
use super::thumbnails::image;
use super::widgets::{palette, weak};
use super::words::{Language, words};
use crate::app::{ModelFacts, Prediction, SeenStep, StepFacts};
use crate::engine::Origin;

/// The uploaded pictures of one prediction's steps.
#[derive(Default)]
pub(super) struct Seen {
    /// Held, so that its address stays its own.
    of: Option<Arc<Prediction>>,
    textures: Vec<Option<TextureHandle>>,
}

impl Seen {
    pub fn show(&mut self, ui: &mut Ui, facts: &ModelFacts, prediction: &Arc<Prediction>) {
        if prediction.seen.is_empty() {
            return;
        }
        if !self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, prediction)) {
            *self = Self { of: Some(prediction.clone()), textures: vec![None; prediction.seen.len()] };
        }
        let title = RichText::new(words(ui).text("seen")).font(theme::heading());
        CollapsingHeader::new(title).id_salt("seen").default_open(true).show_unindented(ui, |ui| {
            let assumed = facts.steps.iter().filter(|step| step.origin == Origin::Assumed).count();
            if assumed > 0 {
                let p = palette(ui);
                let text = words(ui).text("seen-assumed");
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.amber)).wrap());
            }
            // The first entry is the picture before any step.
            for (n, step) in prediction.seen.iter().enumerate() {
                let declared = n.checked_sub(1).and_then(|n| facts.steps.get(n));
                self.step(ui, n, step, declared);
            }
        });
    }

    fn step(&mut self, ui: &mut Ui, n: usize, step: &SeenStep, declared: Option<&StepFacts>) {
        let (p, words) = (palette(ui), words(ui));
        let assumed = declared.is_some_and(|step| step.origin == Origin::Assumed);
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(theme::SEEN_PICTURE), Sense::hover());
            self.picture(ui, n, step, rect);
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                let title = match step.name {
                    Some(name) => format!("{n}  {}", words.step(name)),
                    None => words.text("seen-as-read").to_owned(),
                };
                let color = if assumed { p.amber } else { p.text };
                ui.add(Label::new(RichText::new(title).font(theme::strong()).color(color)).wrap());
                if let Some(step) = declared {
                    parameters(ui, step);
                }
                // An English sentence of the step.
                if let Some(remark) = step.remark.as_ref().filter(|_| words.language() == Language::English) {
                    weak(ui, remark.as_str());
                }
                let shape = if step.eight_bit {
                    words.with("seen-shape-8-bit", &[("shape", (&step.shape).into())])
                } else {
                    step.shape.clone()
                };
                let text = match step.range {
                    Some((low, high)) => {
                        let (low, high) = (number(f64::from(low)).into(), number(f64::from(high)).into());
                        words.with("seen-range", &[("shape", shape.into()), ("low", low), ("high", high)])
                    }
                    None => shape,
                };
                let line = weak(ui, text);
                if let Some(remark) = step.remark.as_ref().filter(|_| words.language() != Language::English) {
                    line.on_hover_text(remark);
                }
            });
        });
    }

    fn picture(&mut self, ui: &Ui, n: usize, step: &SeenStep, at: Rect) {
        ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
        let Some(picture) = &step.picture else { return };
        let Some(slot) = self.textures.get_mut(n) else { return };
        let texture = slot
            .get_or_insert_with(|| ui.ctx().load_texture(format!("seen {n}"), image(picture), TextureOptions::LINEAR));
        let size = texture.size_vec2();
        let shown = Rect::from_center_size(at.center(), size * (at.width() / size.max_elem().max(1.0)));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture.id(), shown, uv, eframe::egui::Color32::WHITE);
    }
}

/// `size 224 224 · filter bilinear · as tensorflow`, and where it comes from; amber where it was assumed.
fn parameters(ui: &mut Ui, step: &StepFacts) {
    let (p, own) = (palette(ui), words(ui));
    let color = if step.origin == Origin::Assumed { p.amber } else { p.text };
    let mut words: Vec<String> = step.parameters.iter().map(|(name, value)| format!("{name} {value}")).collect();
    match step.origin {
        Origin::Declared => {}
        Origin::Imported => words.push(own.with("seen-imported", &[("from", (&step.from).into())])),
        Origin::Assumed => words.push(own.text("seen-word-assumed").to_owned()),
    }
    if words.is_empty() {
        return;
    }
    let label = Label::new(RichText::new(words.join(" · ")).font(theme::small()).color(color)).wrap();
    ui.add(label).on_hover_text(&step.from);
}
