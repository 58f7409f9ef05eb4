//! The leak check: how many cases the training data holds too, the accuracy on the rest, pairs to look at.

use eframe::egui::{self, Button, Label, ProgressBar, Rect, RichText, Sense, TextureHandle, TextureOptions, Ui, vec2};

use crate::app::{AppState, Command, LeakFinding, LeakState, TwinPair};
use crate::metrics::Proportion;
use crate::render::Thumbnail;
use crate::review::Show;
use crate::ui::actions::Action;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::thumbnails::image;
use crate::ui::widgets::{action_button, heading, notice, palette, weak};
use crate::ui::words::{Words, words};

const PICTURE: f32 = 88.0;

/// Uploaded pictures of the pairs.
#[derive(Default)]
pub(super) struct LeakPanel {
    list: u64,
    textures: Vec<(TextureHandle, TextureHandle)>,
}

impl LeakPanel {
    pub fn show(&mut self, ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
        let words = words(ui);
        ui.add_space(theme::GRID);
        heading(ui, words.text("leaks"));
        match state.leaks() {
            LeakState::None => {
                self.textures.clear();
                weak(ui, words.text("leaks-what"));
                action_button(ui, Action::FindLeaks, wishes);
            }
            LeakState::Running { comparing, done, total } => {
                let key = if *comparing { "leaks-comparing" } else { "leaks-reading" };
                weak(ui, words.text(key));
                ui.horizontal(|ui| {
                    let share = *done as f32 / (*total).max(1) as f32;
                    ui.add(ProgressBar::new(share).desired_width(200.0).desired_height(4.0));
                    if ui.add(Button::new(words.text("leaks-stop"))).clicked() {
                        wishes.commands.push(Command::StopLeaks);
                    }
                });
            }
            LeakState::Found(finding) => self.found(ui, state, finding, wishes),
        }
    }

    fn found(&mut self, ui: &mut Ui, state: &AppState, finding: &LeakFinding, wishes: &mut Wishes) {
        let (p, words) = (palette(ui), words(ui));
        let (leaked, all) = (finding.twins.len(), state.items().len());
        let share = format!("{:.1}", 100.0 * leaked as f64 / all.max(1) as f64);
        let folder = finding.against.file_name().unwrap_or_default().to_string_lossy();
        let values = [
            ("leaked", leaked.into()),
            ("all", all.into()),
            ("share", share.into()),
            ("folder", folder.into()),
            ("training", finding.training_files.into()),
            ("threshold", format!("{:.2}", finding.threshold).into()),
        ];
        let text = words.with("leaks-found", &values);
        if leaked > 0 {
            notice(ui, &text, p.amber, p.amber_fill);
        } else {
            weak(ui, text);
        }
        if !finding.shared_patients.is_empty() {
            let text = words.with("leaks-patients", &[("count", finding.shared_patients.len().into())]);
            notice(ui, &text, p.amber, p.amber_fill);
        }
        if let Some((leaked, rest)) = state.accuracy_without_leaks() {
            let values = [("leaked", accuracy(leaked).into()), ("rest", accuracy(rest).into())];
            ui.add(Label::new(RichText::new(words.with("leaks-accuracy", &values))).wrap());
        }
        ui.horizontal(|ui| {
            for (show, key) in [(Show::Leaked, "review-show-leaked"), (Show::NotLeaked, "review-show-not-leaked")] {
                let on = state.review().show() == show;
                if ui.add(Button::selectable(on, words.text(key))).clicked() {
                    wishes.commands.push(Command::Filter(if on { Show::All } else { show }));
                }
            }
            action_button(ui, Action::FindLeaks, wishes);
        });
        self.pairs(ui, state.items().generation, finding);
    }

    fn pairs(&mut self, ui: &mut Ui, list: u64, finding: &LeakFinding) {
        if finding.pairs.is_empty() {
            return;
        }
        let (p, words) = (palette(ui), words(ui));
        if self.list != list || self.textures.len() != finding.pairs.len() {
            let load = |thumbnail: &Thumbnail| ui.ctx().load_texture("twin", image(thumbnail), TextureOptions::LINEAR);
            let both = |pair: &TwinPair| (load(&pair.pictures.0), load(&pair.pictures.1));
            (self.list, self.textures) = (list, finding.pairs.iter().map(both).collect());
        }
        let title = words.with("leaks-pairs", &[("count", finding.pairs.len().into())]);
        let title = RichText::new(title).font(theme::small()).color(p.weak);
        egui::CollapsingHeader::new(title).id_salt("twins").show_unindented(ui, |ui| {
            for (pair, textures) in finding.pairs.iter().zip(&self.textures) {
                ui.horizontal(|ui| {
                    picture(ui, &textures.0);
                    picture(ui, &textures.1);
                    ui.vertical(|ui| pair_words(ui, words, pair));
                });
            }
        });
    }
}

fn pair_words(ui: &mut Ui, words: Words, pair: &TwinPair) {
    let p = palette(ui);
    let name = |path: &std::path::Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let label = |label: &Option<String>| label.clone().unwrap_or_else(|| "–".to_owned());
    let agree = pair.labels.0 == pair.labels.1;
    let correlation = words.with("leaks-correlation", &[("value", format!("{:.3}", pair.correlation).into())]);
    let lines = [
        (name(&pair.inside), p.text),
        (name(&pair.training), p.text),
        (format!("{} · {}", label(&pair.labels.0), label(&pair.labels.1)), if agree { p.weak } else { p.amber }),
        (correlation, p.weak),
    ];
    ui.spacing_mut().item_spacing.y = 2.0;
    for (text, color) in lines {
        ui.add(Label::new(RichText::new(text).font(theme::small()).color(color)).truncate());
    }
}

fn picture(ui: &mut Ui, texture: &TextureHandle) {
    let (at, _) = ui.allocate_exact_size(vec2(PICTURE, PICTURE), Sense::hover());
    ui.painter().rect_filled(at, theme::CONTROL_RADIUS, theme::VIEWPORT);
    let size = texture.size_vec2();
    let shown = Rect::from_center_size(at.center(), size * (PICTURE / size.max_elem().max(1.0)));
    let uv = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), shown, uv, egui::Color32::WHITE);
}

/// `0.661 (0.612 – 0.707), n 391`.
fn accuracy(proportion: Proportion) -> String {
    match (proportion.value(), proportion.interval()) {
        (Ok(value), Ok(interval)) => {
            format!("{value:.3} ({:.3} – {:.3}), n {}", interval.low, interval.high, proportion.of)
        }
        _ => "–".to_owned(),
    }
}
