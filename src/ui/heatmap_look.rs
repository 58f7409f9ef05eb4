//! How heatmaps look: colours, opacity, threshold, lines and the scale.

use eframe::egui::{Checkbox, Slider, Ui, WidgetInfo};

use super::shell::Wishes;
use super::widgets::{named_row, picker};
use super::words::words;
use crate::app::{AppState, Command};
use crate::render::ColorMap;

pub(super) fn heatmap_look(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let words = words(ui);
    let old = state.heatmaps().style();
    let mut style = old;
    picker(ui, None, words.text("heatmap-colours"), words.colours(style.colors()), |ui| {
        for colors in ColorMap::ALL {
            if ui.selectable_label(old.colors() == colors, words.colours(colors)).clicked() {
                style = old.with_colors(colors);
            }
        }
    });
    share(ui, words.text("heatmap-opacity"), &mut style.opacity);
    share(ui, words.text("heatmap-threshold"), &mut style.threshold);
    ui.horizontal(|ui| {
        ui.add(Checkbox::new(&mut style.signed, words.text("heatmap-signed")))
            .on_hover_text(words.text("heatmap-signed.tooltip"));
        ui.add(Checkbox::new(&mut style.contour, words.text("heatmap-contour")))
            .on_hover_text(words.text("heatmap-contour.tooltip"));
        ui.add(Checkbox::new(&mut style.shared_scale, words.text("heatmap-shared")))
            .on_hover_text(words.text("heatmap-shared.tooltip"));
    });
    if style != old {
        wishes.commands.push(Command::SetHeatmapStyle(style));
    }
}

fn share(ui: &mut Ui, name: &str, value: &mut f32) {
    named_row(ui, name, |ui| {
        let text = format!("{:.0} %", *value * 100.0);
        ui.spacing_mut().interact_size.y = 18.0; // the handle's size follows it
        ui.spacing_mut().slider_width = (ui.available_width() - 48.0).max(64.0);
        let slider = ui.add(Slider::new(value, 0.0..=1.0).show_value(false));
        slider.widget_info(|| WidgetInfo::slider(true, f64::from(*value), name));
        ui.label(text);
    });
}
