//! The line at the bottom: research use, always; background work while there is some.

use eframe::egui::{Align, Button, Label, Layout, ProgressBar, RichText, Ui};

use super::actions::Action;
use super::shell::Wishes;
use super::theme;
use super::widgets::palette;
use super::words::words;
use crate::app::{AppState, ExportState};

pub(super) fn status_bar(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        ui.add(Label::new(RichText::new(words.text("research-use")).font(theme::small()).color(p.weak)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(16.0);
            let background = state.background();
            if background.is_running() {
                let entry = Action::CancelRest.entry();
                let cancel = RichText::new(entry.name(words)).font(theme::small()).color(p.accent);
                let button = Button::new(cancel).frame(false).small();
                if ui.add(button).on_hover_text(entry.tooltip(words)).clicked() {
                    wishes.actions.push(Action::CancelRest);
                }
                let share = background.done as f32 / background.total.max(1) as f32;
                ui.add(ProgressBar::new(share).desired_width(120.0).desired_height(4.0).fill(p.accent));
                let (done, total) = (background.done.into(), background.total.into());
                let text = words.with("prediction-rest", &[("done", done), ("total", total)]);
                let text = match background.pace() {
                    Some((rate, seconds)) => format!("{text} · {}", words.pace(rate, seconds)),
                    None => text,
                };
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.weak)));
            } else if let ExportState::Running { done, total } = state.export_state() {
                let text = words.with("export-running", &[("done", done.into()), ("total", total.into())]);
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.weak)));
            } else if state.can_go_on() {
                let entry = Action::PredictRest.entry();
                let go_on = RichText::new(words.text("prediction-go-on")).font(theme::small()).color(p.accent);
                if ui.add(Button::new(go_on).frame(false).small()).on_hover_text(entry.tooltip(words)).clicked() {
                    wishes.actions.push(Action::PredictRest);
                }
                let values = [("done", state.answered().into()), ("total", state.items().len().into())];
                let text = words.with("prediction-paused", &values);
                ui.add(Label::new(RichText::new(text).font(theme::small()).color(p.weak)));
            } else if state.is_listing() {
                ui.add(Label::new(RichText::new(words.text("listing")).font(theme::small()).color(p.weak)));
            } else if let Some(what) = words.install(state.install()) {
                ui.add(Label::new(RichText::new(what).font(theme::small()).color(p.weak)).truncate());
            }
        });
    });
}
