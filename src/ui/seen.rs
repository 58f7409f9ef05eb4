//! "What the model saw": every preprocessing step with its parameters, where they came from, and the picture after it.

use std::sync::Arc;

use eframe::egui::{CollapsingHeader, Label, RichText, Sense, Ui, Vec2};

use super::overlay::alike;
use super::strip::StepPictures;
use super::theme;
use super::widgets::{palette, weak};
use super::words::{Language, words};
use crate::app::{ModelFacts, Prediction, SeenStep, StepFacts};
use crate::engine::Origin;

/// The section's own memory.
#[derive(Default)]
pub(super) struct Seen {
    pictures: StepPictures,
}

impl Seen {
    pub fn show(&mut self, ui: &mut Ui, facts: &ModelFacts, prediction: &Arc<Prediction>) {
        if prediction.seen.is_empty() {
            return;
        }
        self.pictures.begin(prediction);
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
            self.pictures.paint(ui, n, step.picture.as_ref(), rect);
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
                        let [low, high] = alike([low, high].map(f64::from));
                        let values = [("shape", shape.into()), ("low", low.into()), ("high", high.into())];
                        words.with(if step.is_slice { "seen-range-slice" } else { "seen-range" }, &values)
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
}

/// `size 224 224 · filter bilinear · as tensorflow`, and where it comes from; amber where it was assumed.
fn parameters(ui: &mut Ui, step: &StepFacts) {
    let (p, own) = (palette(ui), words(ui));
    let color = if step.origin == Origin::Assumed { p.amber } else { p.text };
    let mut words = own.parameters(step);
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
